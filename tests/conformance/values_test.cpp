// Values: every type comes back as it went in, at its extremes, and never as something else.

#include <cmath>
#include <limits>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(Values);

/// Writes a value into a column of `type` and reads it back as T.
template <class T>
T round_trip(Database& db, const std::string& table, const T& value) {
  db.exec("delete from " + table);
  db.exec("insert into " + table + " (v) values (?)", value);
  return db.one<T>("select v from " + table);
}

TEST_P(Values, Integers) {
  const auto t = table("v " + types().int64);
  for (const std::int64_t n :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(round_trip(*db, t, n), n);
  }
}

TEST_P(Values, IntegersThatDoNotFitAreRefused) {
  const auto t = table("v " + types().int64);
  db->exec("insert into " + t + " (v) values (?)", std::int64_t{1} << 40);
  const auto facts = expect_error(ErrorKind::data, [&] { db->one<int>("select v from " + t); });
  EXPECT_NE(facts.where.find("column 1"), std::string::npos);
}

TEST_P(Values, ColumnsRefuseWhatDoesNotFit) {
  IACDB_NEEDS(Capability::strict_types);
  const auto t = table("v " + types().int32);
  expect_error(ErrorKind::data,
               [&] { db->exec("insert into " + t + " (v) values (?)", std::int64_t{1} << 40); });
  expect_error(ErrorKind::data,
               [&] { db->exec("insert into " + t + " (v) values (?)", "not a number"); });
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

TEST_P(Values, Doubles) {
  const auto t = table("v " + types().float64);
  for (const double x : {0.0, -0.5, 0.1, 1e300, -1e-300, 1.7976931348623157e308,
                         2.2250738585072014e-308, 123456789.123456789}) {
    EXPECT_EQ(round_trip(*db, t, x), x);
  }
}

TEST_P(Values, Booleans) {
  const auto t = table("v " + types().boolean);
  EXPECT_TRUE(round_trip(*db, t, true));
  EXPECT_FALSE(round_trip(*db, t, false));
}

TEST_P(Values, NativeBooleansAreBooleans) {
  IACDB_NEEDS(Capability::native_boolean);
  const auto t = table("v " + types().boolean);
  db->exec("insert into " + t + " (v) values (?)", true);
  EXPECT_EQ(db->one("select v from " + t)[0].type(), Type::boolean);
}

TEST_P(Values, DecimalsKeepEveryDigit) {
  IACDB_NEEDS(Capability::native_decimal);
  const auto t = table("v " + types().decimal);
  for (const char* text : {"0", "1.10", "-0.00000000000000000001",
                           "9999999999999999999999999999999999999999.99999999999999999999",
                           "-1234567890123456789012345678901234567890.12345678901234567890"}) {
    const auto value = Decimal::parse(text);
    EXPECT_EQ(round_trip(*db, t, value), value) << text;
  }
}

TEST_P(Values, Text) {
  const auto t = table("v " + types().text);
  for (const std::string& text :
       {std::string(), std::string(" padded "), std::string("quote ' \" ` \\ ; -- /* ?"),
        std::string("\xF0\x9F\x90\x98 \xC3\xA9 \xE6\xBC\xA2\xE5\xAD\x97"), std::string("a\r\nb\tc"),
        std::string(100'000, 'x')}) {
    EXPECT_EQ(round_trip(*db, t, text), text);
  }
}

TEST_P(Values, InvalidUtf8IsRefused) {
  const auto t = table("v " + types().text);
  for (const char* text : {"\xFF", "a\xC3", "\xED\xA0\x80", "\xC0\xAF"}) {
    expect_error(ErrorKind::data, [&] { db->exec("insert into " + t + " (v) values (?)", text); });
  }
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

TEST_P(Values, BytesOfEveryValue) {
  const auto t = table("v " + types().bytes);
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(round_trip(*db, t, all), all);
  EXPECT_EQ(round_trip(*db, t, Bytes{}), Bytes{});
}

TEST_P(Values, Dates) {
  const auto t = table("v " + types().date);
  for (const char* text : {"1970-01-01", "2024-02-29", "1000-01-01", "9999-12-31"}) {
    EXPECT_EQ(round_trip(*db, t, Date::parse(text)).print(), text);
  }
}

TEST_P(Values, Times) {
  const auto t = table("v " + types().time);
  for (const char* text : {"00:00:00", "23:59:59.999999", "12:34:56.5"}) {
    EXPECT_EQ(round_trip(*db, t, Time::parse(text)).print(), text);
  }
}

TEST_P(Values, Timestamps) {
  const auto t = table("v " + types().timestamp);
  for (const char* text : {"1970-01-01 00:00:00", "2024-02-29 23:59:59.999999",
                           "1000-01-01 00:00:00.000001", "9999-12-31 23:59:59"}) {
    EXPECT_EQ(round_trip(*db, t, Timestamp::parse(text)).print(), text);
  }
}

TEST_P(Values, InstantsKeepTheirInstant) {
  IACDB_NEEDS(Capability::timestamps_with_zone);
  const auto t = table("v " + types().timestamptz);
  for (const char* text :
       {"1970-01-02 00:00:00Z", "2024-06-30 23:59:59.123456+05:30", "2030-01-01 00:00:00-08"}) {
    const auto instant = TimestampTz::parse(text);
    EXPECT_EQ(round_trip(*db, t, instant), instant) << text;
  }
}

TEST_P(Values, InfiniteTimes) {
  IACDB_NEEDS(Capability::infinite_timestamps);
  const auto t = table("v " + types().timestamp);
  EXPECT_EQ(round_trip(*db, t, Timestamp{Timestamp::infinity}).print(), "infinity");
  EXPECT_EQ(round_trip(*db, t, Timestamp{Timestamp::minus_infinity}).print(), "-infinity");
  const auto d = table("v " + types().date);
  EXPECT_EQ(round_trip(*db, d, Date{Date::infinity}).print(), "infinity");
}

TEST_P(Values, Intervals) {
  IACDB_NEEDS(Capability::native_interval);
  const auto t = table("v " + types().interval);
  for (const Interval value : {Interval{}, Interval{14, -3, 5'000'001}, Interval{-1, 40, -1}}) {
    EXPECT_EQ(round_trip(*db, t, value), value);
  }
}

TEST_P(Values, Uuids) {
  IACDB_NEEDS(Capability::native_uuid);
  const auto t = table("v " + types().uuid);
  const auto value = Uuid::parse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(round_trip(*db, t, value), value);
  expect_error(ErrorKind::data,
               [&] { db->exec("insert into " + t + " (v) values (?)", "no uuid"); });
}

TEST_P(Values, JsonIsChecked) {
  IACDB_NEEDS(Capability::json_type);
  const auto t = table("v " + types().json);
  db->exec("insert into " + t + " (v) values (?)", Json{R"({"a": [1, null, "x"]})"});
  const std::string text = db->one<Json>("select v from " + t).text;
  EXPECT_NE(text.find("\"a\""), std::string::npos);
  EXPECT_THROW(db->exec("insert into " + t + " (v) values (?)", Json{"{a"}), Error);
}

TEST_P(Values, Arrays) {
  IACDB_NEEDS(Capability::arrays);
  const auto t = table("v " + types().int64_array + ", w " + types().text_array);
  const std::vector<std::optional<std::int64_t>> numbers{1, std::nullopt, INT64_MIN};
  const std::vector<std::string> words{"a b", "", "NULL", "{\"quoted\", \\}"};
  db->exec("insert into " + t + " (v, w) values (?, ?)", numbers, words);
  using Row2 = std::tuple<std::vector<std::optional<std::int64_t>>, std::vector<std::string>>;
  const auto [v, w] = db->one<Row2>("select v, w from " + t);
  EXPECT_EQ(v, numbers);
  EXPECT_EQ(w, words);
  EXPECT_EQ((db->one<std::vector<std::int64_t>>("select v[5:6] from " + t)),
            std::vector<std::int64_t>{});
}

TEST_P(Values, UnsignedNumbersBeyondTheSignedOnes) {
  IACDB_NEEDS(Capability::unsigned_integers);
  const auto t = table("v " + types().unsigned64);
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1} << 63, UINT64_MAX}) {
    EXPECT_EQ(round_trip(*db, t, n), n);
  }
  db->exec("delete from " + t);
  db->exec("insert into " + t + " (v) values (?)", UINT64_MAX);
  expect_error(ErrorKind::data, [&] { db->one<std::int64_t>("select v from " + t); });
  EXPECT_EQ(db->one("select v from " + t)[0].print(), "18446744073709551615");
}

TEST_P(Values, NullsOfEveryType) {
  const std::string columns[] = {types().int64, types().float64, types().text,
                                 types().bytes, types().date,    types().timestamp};
  for (const std::string& type : columns) {
    const auto t = table("v " + type);
    db->exec("insert into " + t + " (v) values (?)", nullptr);
    EXPECT_TRUE(db->one("select v from " + t)[0].is_null()) << type;
    expect_error(ErrorKind::data, [&] { db->one<std::string>("select v from " + t); });
  }
}

TEST_P(Values, DynamicValuesGoRoundToo) {
  const auto t = table("a " + types().int64 + ", b " + types().text + ", c " + types().timestamp);
  const Record record({"a", "b", "c"}, {Value(7), Value("x"), Value(Timestamp{1'000'000})});
  db->exec("insert into " + t + " (a, b, c) values (?, ?, ?)", record[0], record[1], record[2]);
  EXPECT_EQ(db->one("select a, b, c from " + t), record);
}

}  // namespace
}  // namespace iacdb::conformance
