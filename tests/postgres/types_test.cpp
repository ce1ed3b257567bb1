#include <cmath>
#include <limits>

#include "fixture.hpp"

namespace iacdb::postgres_tests {
namespace {

class Types : public Live {
 protected:
  /// Sends a value as a parameter of the type and reads it back.
  template <class T>
  Value echo(const std::string& type, const T& value) {
    return one("select ?::" + type, value);
  }
};

TEST_F(Types, NumbersKeepTheirExtremes) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(echo("int2", -32768), Value(-32768));
  EXPECT_EQ(echo("int4", 2147483647), Value(2147483647));
  EXPECT_EQ(echo("int8", Limits::min()), Value(Limits::min()));
  EXPECT_EQ(echo("int8", Limits::max()), Value(Limits::max()));
  EXPECT_EQ(echo("oid", 4294967295LL), Value(std::int64_t{4294967295}));
  EXPECT_EQ(echo("float8", 1.7976931348623157e308), Value(1.7976931348623157e308));
  EXPECT_EQ(echo("float8", 5e-324), Value(5e-324));
  EXPECT_TRUE(std::isnan(echo("float8", std::nan("")).as<double>()));
  EXPECT_EQ(echo("float4", 0.5), Value(0.5));
  EXPECT_EQ(echo("float4", -HUGE_VAL), Value(-HUGE_VAL));
  EXPECT_EQ(echo("boolean", true), Value(true));
  EXPECT_TRUE(echo("int4", nullptr).is_null());
}

TEST_F(Types, NothingIsAlteredSilently) {
  EXPECT_EQ(kind_of([&] { echo("int2", 32768); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("int4", 2147483648LL); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("int8", std::uint64_t{1} << 63); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("float8", (std::int64_t{1} << 53) + 1); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("float4", 1e300); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("int4", "12x"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("int4", 1.5); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { echo("int4", Bytes{std::byte{1}}); }), ErrorKind::data);
  EXPECT_EQ(text("select 'still here'"), "still here");
}

TEST_F(Types, OtherTypesGoAsText) {
  EXPECT_EQ(echo("int4", "42"), Value(42));
  EXPECT_EQ(echo("numeric", 42).print(), "42");
  EXPECT_EQ(echo("numeric", 0.1).print(), "0.1");
  EXPECT_EQ(echo("text", 42), Value("42"));
  EXPECT_EQ(echo("date", "2020-02-29"), Value(Date::of(2020, 2, 29)));
  EXPECT_EQ(echo("timestamp", Date::of(2020, 2, 29)).print(), "2020-02-29 00:00:00");
  EXPECT_EQ(echo("bytea", "raw \\x41"),
            Value(Bytes{std::byte{'r'}, std::byte{'a'}, std::byte{'w'}, std::byte{' '},
                        std::byte{'\\'}, std::byte{'x'}, std::byte{'4'}, std::byte{'1'}}));
}

/// A text of several statements is answered in the text forms.
TEST_F(Types, TextFormsReadAsTheBinaryOnes) {
  const std::string expressions =
      "(-32768)::int2, 2147483647::int4, (-9)::int8, 1.5::float4, '-Infinity'::float8, true, "
      "'\\x00ff41'::bytea, 12.50::numeric, 'a'::text, '2020-02-29'::date, '12:30:01.5'::time, "
      "'2020-02-29 10:00:00.25'::timestamp, '2020-02-29 10:00:00+02'::timestamptz, "
      "'1 year 2 mons -3 days 04:05:06.5'::interval, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, "
      "'{\"a\": 1}'::jsonb, '[1]'::json, null::int4, '{1,NULL}'::int4[]";
  const auto binary = query("select " + expressions);
  const auto as_text = [&](const std::string& before) {
    Cursor& cursor = connection_->query(before + "; select " + expressions, {}, false, call_);
    const Closer closer{cursor};
    while (cursor.columns().empty()) {
      if (!cursor.next_result()) return std::vector<Value>();
    }
    return rest(cursor);
  };
  const auto texts = as_text("set extra_float_digits = 1");
  ASSERT_EQ(texts.size(), binary.size());
  for (std::size_t i = 0; i < binary.size(); ++i) {
    EXPECT_EQ(texts[i].print(), binary[i].print()) << i;
  }
  EXPECT_EQ(as_text("set bytea_output = escape").at(6).print(), binary[6].print());
  // Dates in another style stay what the server says.
  EXPECT_EQ(kind_of([&] { as_text("set datestyle = 'SQL, DMY'"); }), ErrorKind::data);
  exec("set datestyle = 'SQL, DMY'");
  const auto other_style = as_text("set extra_float_digits = 1");
  EXPECT_EQ(other_style.at(9), Value("29/02/2020"));
  EXPECT_EQ(other_style.at(1), Value(2147483647));
  exec("set intervalstyle = iso_8601");
  EXPECT_EQ(as_text("set extra_float_digits = 1").at(13).print(), binary[13].print());
}

TEST_F(Types, NumericKeepsEveryDigit) {
  for (const char* digits :
       {"0", "-0.00000000000000000001", "123456789012345678901234567890.123456789", "1.500",
        "10000", "99999999", "NaN", "Infinity", "-Infinity"}) {
    EXPECT_EQ(echo("numeric", Decimal::parse(digits)).print(), digits);
  }
  EXPECT_EQ(echo("numeric(10,2)", Decimal::parse("1.005")).print(), "1.01");
  const std::string big = "select repeat('9', 1000)::numeric";
  EXPECT_EQ(text(big), std::string(1000, '9'));
}

TEST_F(Types, DatesAndTimesWithInfinities) {
  EXPECT_EQ(echo("date", Date{Date::infinity}), Value(Date{Date::infinity}));
  EXPECT_EQ(echo("date", Date{Date::minus_infinity}), Value(Date{Date::minus_infinity}));
  EXPECT_EQ(echo("date", Date::of(-4712, 1, 1)), Value(Date::of(-4712, 1, 1)));
  EXPECT_EQ(text("select date '5874897-12-31'").empty(), false);
  EXPECT_EQ(echo("time", Time{86'400'000'000}), Value(Time{86'400'000'000}));
  EXPECT_EQ(kind_of([&] { echo("time", Time{-1}); }), ErrorKind::data);
  EXPECT_EQ(echo("timestamp", Timestamp{Timestamp::infinity}),
            Value(Timestamp{Timestamp::infinity}));
  EXPECT_EQ(echo("timestamptz", TimestampTz{TimestampTz::minus_infinity}),
            Value(TimestampTz{TimestampTz::minus_infinity}));
  EXPECT_EQ(echo("timestamptz", TimestampTz{-1}), Value(TimestampTz{-1}));
  EXPECT_EQ(text("select timestamp '0044-03-15 BC'"), "-0043-03-15 00:00:00");
  const Interval interval{-13, 40, -1};
  EXPECT_EQ(echo("interval", interval), Value(interval));
}

TEST_F(Types, TextBytesUuidJson) {
  EXPECT_EQ(echo("text", ""), Value(""));
  EXPECT_EQ(echo("varchar(3)", "Ωλx"), Value("Ωλx"));
  EXPECT_EQ(echo("char(3)", "a"), Value("a  "));
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(echo("bytea", all), Value(all));
  const Uuid uuid = Uuid::parse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(echo("uuid", uuid), Value(uuid));
  EXPECT_EQ(echo("json", Json{"{\"a\": 1}"}), Value(Json{"{\"a\": 1}"}));
  EXPECT_EQ(echo("jsonb", Json{"{\"a\":1}"}), Value(Json{"{\"a\": 1}"}));
  EXPECT_EQ(kind_of([&] { echo("jsonb", Json{"{"}); }), ErrorKind::data);
}

TEST_F(Types, ArraysBothWays) {
  const std::vector<std::optional<int>> numbers{1, std::nullopt, 3};
  const Value back = echo("int4[]", numbers);
  ASSERT_EQ(back.type(), Type::array);
  EXPECT_EQ(back.print(), "{1,NULL,3}");
  EXPECT_EQ(back.as<Array>().element, Type::int64);
  const std::vector<std::string> words{"a", "b,\"c\"", ""};
  EXPECT_EQ(echo("text[]", words).as<Array>().elements[1], Value("b,\"c\""));
  EXPECT_EQ(echo("int8[]", std::vector<std::int64_t>{}).as<Array>().elements.size(), 0U);
  EXPECT_EQ(text("select '{{1,2},{3,4}}'::int4[]"), "{{1,2},{3,4}}");
  EXPECT_EQ(text("select array[1.5, null]::numeric[]"), "{1.5,NULL}");
  EXPECT_EQ(text("select ? = any(?::int[])", 3, numbers), "true");
  EXPECT_EQ(text("select ?::text", Value(echo("uuid[]", std::vector<Uuid>(1)).print())),
            "{00000000-0000-0000-0000-000000000000}");
  EXPECT_EQ(kind_of([&] { echo("int2[]", std::vector<int>{70000}); }), ErrorKind::data);
}

TEST_F(Types, EverythingElseIsTextAsPsqlShowsIt) {
  exec("drop type if exists mood");
  exec("create type mood as enum ('sad', 'happy')");
  EXPECT_EQ(text("select 'happy'::mood"), "happy");
  EXPECT_EQ(echo("mood", "sad"), Value("sad"));
  EXPECT_EQ(text("select '{sad,happy}'::mood[]"), "{sad,happy}");
  EXPECT_EQ(kind_of([&] { echo("mood", "angry"); }), ErrorKind::data);
  EXPECT_EQ(text("select inet '10.0.0.1/8'"), "10.0.0.1/8");
  EXPECT_EQ(echo("inet", "::1"), Value("::1"));
  EXPECT_EQ(text("select int4range(1, 5)"), "[1,5)");
  EXPECT_EQ(text("select row(1, 'a b')"), "(1,\"a b\")");
  EXPECT_EQ(text("select time with time zone '12:00:00+02'"), "12:00:00+02");
  EXPECT_EQ(text("select '12.34'::money::numeric"), "12.34");
  EXPECT_EQ(text("select point(1, 2)"), "(1,2)");
  EXPECT_EQ(text("select b'101'"), "101");
  EXPECT_EQ(text("select to_tsvector('simple', 'b a')"), "'a':2 'b':1");
  EXPECT_EQ(text("select '<a/>'::xml"), "<a/>");
  EXPECT_EQ(text("select 'int4'::regtype"), "integer");
  const auto mixed = query("select 1, inet '1.2.3.4', true, point(3, 4), 2.5::float8");
  EXPECT_EQ(mixed[0], Value(1));
  EXPECT_EQ(mixed[1], Value("1.2.3.4"));
  EXPECT_EQ(mixed[2], Value(true));
  EXPECT_EQ(mixed[4], Value(2.5));
  exec("drop type mood");
}

TEST_F(Types, ColumnsAreDescribed) {
  Cursor& cursor = connection_->query(
      "select 1::int4 as a, 'x'::varchar(20) as b, 1::numeric(10,2) as c", {}, true, call_);
  EXPECT_EQ(cursor.columns()[0].name, "a");
  EXPECT_EQ(cursor.columns()[0].type, Type::int64);
  EXPECT_EQ(cursor.columns()[0].database_type, "int4");
  EXPECT_EQ(cursor.columns()[1].database_type, "varchar(20)");
  EXPECT_EQ(cursor.columns()[2].database_type, "numeric(10,2)");
  cursor.close();
}

}  // namespace
}  // namespace iacdb::postgres_tests
