// Every column type with its extremes, both ways, in the binary and in the text protocol.

#include <algorithm>
#include <limits>

#include "fixture.hpp"

namespace iacdb::mysql_tests {
namespace {

using namespace std::string_literals;
using Types = Live;

TEST_F(Types, IntegersKeepTheirExtremes) {
  exec(
      "create temporary table t (a tinyint, b tinyint unsigned, c smallint, d smallint unsigned, "
      "e mediumint, f mediumint unsigned, g int, h int unsigned, i bigint, j bigint unsigned)");
  exec("insert into t values (-128,0,-32768,0,-8388608,0,-2147483648,0,-9223372036854775808,0)");
  exec(
      "insert into t values (127,255,32767,65535,8388607,16777215,2147483647,4294967295,"
      "9223372036854775807,18446744073709551615)");
  const Rows expected = {
      {std::int64_t{-128}, 0, -32768, 0, -8388608, 0, std::int64_t{-2147483648}, 0,
       std::numeric_limits<std::int64_t>::min(), 0},
      {127, 255, 32767, 65535, 8388607, 16777215, 2147483647, std::int64_t{4294967295},
       std::numeric_limits<std::int64_t>::max(), Decimal::parse("18446744073709551615")}};
  EXPECT_EQ(query("select * from t"), expected);
  Cursor& text = open("select * from t; select 1");
  EXPECT_EQ(rest(text), expected);
  text.close();
}

TEST_F(Types, UnsignedBigintBeyondInt64IsBoundAsDecimal) {
  exec("create temporary table t (a bigint unsigned)");
  exec("insert into t values (?)", std::uint64_t{18446744073709551615ULL});
  EXPECT_EQ(one("select a from t"), Value(Decimal::parse("18446744073709551615")));
  EXPECT_EQ(kind_of([&] { exec("insert into t values (?)", -1); }), ErrorKind::data);
}

TEST_F(Types, TinyintOneIsBooleanAndOtherValuesStayNumbers) {
  exec("create temporary table t (a tinyint(1), b boolean)");
  exec("insert into t values (?, ?), (2, -1)", true, false);
  EXPECT_EQ(query("select * from t"), (Rows{{true, false}, {2, -1}}));
  auto with = settings();
  with.options["tinyint1"] = "int";
  connection_ = connect(with);
  EXPECT_EQ(one("select cast(1 as signed)"), Value(1));
  exec("create temporary table t (a tinyint(1))");
  exec("insert into t values (true)");
  EXPECT_EQ(one("select * from t"), Value(1));
}

TEST_F(Types, DecimalsKeep65Digits) {
  const std::string digits = "-"s + std::string(35, '9') + "." + std::string(30, '8');
  exec("create temporary table t (a decimal(65,30), b decimal(10,2) unsigned)");
  exec("insert into t values (?, ?)", Decimal::parse(digits), Decimal::parse("12.30"));
  EXPECT_EQ(text("select a from t"), digits);
  EXPECT_EQ(text("select b from t"), "12.30");
  Cursor& cursor = open("select * from t");
  EXPECT_EQ(cursor.columns()[0].database_type, "DECIMAL(65,30)");
  EXPECT_EQ(cursor.columns()[1].database_type, "DECIMAL(10,2) UNSIGNED");
  cursor.close();
}

TEST_F(Types, FloatsAreExact) {
  exec("create temporary table t (a float, b double)");
  exec("insert into t values (?, ?)", 0.1, 0.1);
  EXPECT_EQ(query("select a, b from t"), (Rows{{double{0.1F}, 0.1}}));
  exec("update t set b = ?", std::numeric_limits<double>::max());
  EXPECT_EQ(one("select b from t"), Value(std::numeric_limits<double>::max()));
  exec("update t set b = ?", std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(one("select b from t"), Value(std::numeric_limits<double>::denorm_min()));
  for (const double bad :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(kind_of([&] { exec("insert into t values (?, ?)", 1.0, bad); }), ErrorKind::data);
  }
}

TEST_F(Types, FloatInATextOfSeveralStatementsIsRefusedInsteadOfRounded) {
  exec("create temporary table t (a float)");
  exec("insert into t values (1.23456789)");
  Cursor& cursor = open("select a from t; select 1");
  Batch batch;
  EXPECT_EQ(kind_of([&] { cursor.fetch(batch); }), ErrorKind::unsupported);
  cursor.close();
}

TEST_F(Types, DatesAndTimesKeepMicroseconds) {
  exec("create temporary table t (a date, b datetime(6), c timestamp(6) null, d time(6), e year)");
  const auto stamp = Timestamp::parse("9999-12-31 23:59:59.999999");
  const auto instant = TimestampTz::parse("2038-01-19 03:14:07.999999+00");
  exec("insert into t values (?, ?, ?, ?, ?)", Date::parse("9999-12-31"), stamp, instant,
       Time::parse("23:59:59.999999"), 2155);
  EXPECT_EQ(
      query("select * from t"),
      (Rows{{Date::parse("9999-12-31"), stamp, instant, Time::parse("23:59:59.999999"), 2155}}));
  Cursor& cursor = open("select * from t; select 1");
  EXPECT_EQ(
      rest(cursor),
      (Rows{{Date::parse("9999-12-31"), stamp, instant, Time::parse("23:59:59.999999"), 2155}}));
  cursor.close();
  exec("delete from t");
  exec("insert into t values (?, ?, ?, ?, ?)", Date::parse("0000-01-01"),
       Timestamp::parse("0000-01-01 00:00:00"), TimestampTz::parse("1970-01-01 00:00:01+00"),
       Time{0}, 0);
  EXPECT_EQ(query("select * from t"),
            (Rows{{Date::parse("0000-01-01"), Timestamp::parse("0000-01-01 00:00:00"),
                   TimestampTz::parse("1970-01-01 00:00:01+00"), Time{0}, 0}}));
}

TEST_F(Types, TimestampsAreInstantsWhateverTheServersZone) {
  exec("create temporary table t (a timestamp(6) null)");
  exec("insert into t values (?)", TimestampTz::parse("2024-06-01 12:00:00+02"));
  EXPECT_EQ(one("select a from t"), Value(TimestampTz::parse("2024-06-01 10:00:00Z")));
  EXPECT_EQ(text("select cast(a as char) from t"), "2024-06-01 10:00:00.000000");
  EXPECT_EQ(text("select @@time_zone"), "+00:00");
}

TEST_F(Types, TimesOutsideOfADayAreIntervals) {
  exec("create temporary table t (a time(6))");
  const Interval longest{0, 0, ((838LL * 60 + 59) * 60 + 59) * 1'000'000};
  const Interval minus{0, 0, -1};
  exec("insert into t values (?), (?), ('24:00:00')", longest, minus);
  const Rows expected = {{longest}, {minus}, {Interval{0, 0, 86'400'000'000}}};
  EXPECT_EQ(query("select * from t"), expected);
  Cursor& cursor = open("select * from t; select 1");
  EXPECT_EQ(rest(cursor), expected);
  cursor.close();
  for (const Interval bad : {Interval{1, 0, 0}, Interval{0, 40, 0},
                             Interval{0, std::numeric_limits<std::int32_t>::max(), 0}}) {
    EXPECT_EQ(kind_of([&] { exec("insert into t values (?)", bad); }), ErrorKind::data);
  }
}

TEST_F(Types, DatesThatMysqlLacksAreRefused) {
  exec("create temporary table t (a date, b datetime)");
  for (const Date bad :
       {Date{Date::infinity}, Date{Date::minus_infinity}, Date::parse("10000-01-01")}) {
    EXPECT_EQ(kind_of([&] { exec("insert into t (a) values (?)", bad); }), ErrorKind::data);
  }
  EXPECT_EQ(kind_of([&] { exec("insert into t (b) values (?)", Timestamp{Timestamp::infinity}); }),
            ErrorKind::data);
}

class ZeroDates : public Live {
 protected:
  void make(std::string_view choice) {
    auto with = settings();
    with.options["sql_mode"] = "STRICT_TRANS_TABLES,ALLOW_INVALID_DATES";
    if (!choice.empty()) with.options["zero_dates"] = choice;
    connection_ = connect(with);
    exec("create temporary table t (id int, a date, b datetime(6), c timestamp null)");
    exec(
        "insert into t values (1,'0000-00-00','0000-00-00','0000-00-00'), "
        "(2,'2024-00-10','2024-02-00 01:02:03.5',null), (3,'2023-02-30','2023-02-30',null)");
  }
};

TEST_F(ZeroDates, AreErrorsThatNameTheColumn) {
  make("");
  for (const char* sql : {"select a from t where id = 1", "select b from t where id = 1",
                          "select c from t where id = 1", "select a from t where id = 2",
                          "select b from t where id = 2", "select a from t where id = 3",
                          "select b from t where id = 3"}) {
    for (const std::string& whole : {std::string(sql), std::string(sql) + "; select 1"}) {
      Cursor& cursor = open(whole);
      Batch batch;
      const ErrorFacts facts = error_of([&] { cursor.fetch(batch); });
      cursor.close();
      EXPECT_EQ(facts.kind, ErrorKind::data) << whole;
      EXPECT_NE(facts.message.find("zero date"), std::string::npos) << facts.message;
      EXPECT_NE(facts.message.find(std::string("column ") + sql[7]), std::string::npos)
          << facts.message;
    }
  }
  EXPECT_EQ(one("select 1"), Value(1));
}

TEST_F(ZeroDates, BecomeNullWhenAsked) {
  make("null");
  EXPECT_EQ(query("select a, b, c from t where id = 1"), (Rows{{nullptr, nullptr, nullptr}}));
}

TEST_F(ZeroDates, BecomeTextWhenAsked) {
  make("text");
  EXPECT_EQ(query("select a, b, c from t where id < 3 order by id"),
            (Rows{{"0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00"},
                  {"2024-00-10", "2024-02-00 01:02:03.500000", nullptr}}));
}

TEST_F(Types, TextsAndBytesAreToldApart) {
  exec(
      "create temporary table t (a varchar(20), b text, c varbinary(20), d blob, "
      "e enum('x','y'), f set('p','q'), g char(3), h binary(4))");
  const Bytes bytes = {std::byte{0}, std::byte{0xff}, std::byte{'\\'}, std::byte{'\t'}};
  exec("insert into t values (?,?,?,?,?,?,?,?)", "größe €𝄞", "", bytes, Bytes{}, "y", "p,q", "ab",
       bytes);
  EXPECT_EQ(query("select * from t"),
            (Rows{{"größe €𝄞", "", bytes, Bytes{}, "y", "p,q", "ab", bytes}}));
  Cursor& cursor = open("select * from t");
  const auto columns = cursor.columns();
  EXPECT_EQ(columns[0].database_type, "VARCHAR(20)");
  EXPECT_EQ(columns[2].database_type, "VARBINARY(20)");
  EXPECT_EQ(columns[4].database_type, "ENUM");
  EXPECT_EQ(columns[1].type, Type::text);
  EXPECT_EQ(columns[3].type, Type::bytes);
  cursor.close();
  EXPECT_EQ(kind_of([&] { exec("insert into t (a) values (?)", "\xff"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { exec("insert into t (a) values (?)", std::string(21, 'x')); }),
            ErrorKind::data);
}

TEST_F(Types, LongAndChangingTextsAreBoundRight) {
  exec("create temporary table t (id int primary key auto_increment, a longtext)");
  for (const std::size_t size : {0U, 1U, 64U, 65U, 5000U, 64U, 66U, 70000U, 3U}) {
    exec("insert into t (a) values (?)", std::string(size, 'x'));
  }
  exec("insert into t (a) values (?)", nullptr);
  exec("insert into t (a) values (?)", "end");
  std::vector<std::string> sizes;
  for (const auto& row : query("select length(a) from t order by id")) {
    sizes.push_back(row[0].print());
  }
  EXPECT_EQ(sizes, (std::vector<std::string>{"0", "1", "64", "65", "5000", "64", "66", "70000", "3",
                                             "NULL", "3"}));
}

TEST_F(Types, BitsAreNumbers) {
  exec("create temporary table t (a bit(1), b bit(63), c bit(64))");
  exec("insert into t values (b'1', ~0 & 0x7fffffffffffffff, ~0)");
  const Rows expected = {
      {1, std::numeric_limits<std::int64_t>::max(), Decimal::parse("18446744073709551615")}};
  EXPECT_EQ(query("select * from t"), expected);
  Cursor& cursor = open("select * from t; select 1");
  EXPECT_EQ(rest(cursor), expected);
  cursor.close();
  exec("update t set b = ?", 5);
  EXPECT_EQ(one("select b from t"), Value(5));
}

TEST_F(Types, JsonAndUuidAreWhatTheyAre) {
  exec("create temporary table t (a json, b uuid, c geometry, d inet6)");
  const Uuid uuid = Uuid::parse("550e8400-e29b-41d4-a716-446655440000");
  exec("insert into t values (?, ?, st_geomfromtext('POINT(1 2)'), '::1')", Json{"{\"k\": [1]}"},
       uuid);
  const Rows rows = query("select * from t");
  EXPECT_EQ(rows[0][0], Value(Json{"{\"k\": [1]}"}));
  EXPECT_EQ(rows[0][1], Value(uuid));
  EXPECT_EQ(rows[0][2].type(), Type::bytes);
  EXPECT_EQ(rows[0][3], Value("::1"));
  EXPECT_EQ(one("select b from t where b = ?", uuid), Value(uuid));
  EXPECT_EQ(kind_of([&] { exec("insert into t (a) values (?)", Json{"{"}); }),
            ErrorKind::check_violation);
}

TEST_F(Types, NullsAndArrays) {
  EXPECT_EQ(query("select null, ?", nullptr), (Rows{{nullptr, nullptr}}));
  EXPECT_EQ(kind_of([&] { exec("select ?", std::vector<int>{1, 2}); }), ErrorKind::unsupported);
  EXPECT_EQ(query("select ?, ?", 1, "x"), (Rows{{1, "x"}}));
  EXPECT_EQ(query("select ?, ?", "x", 1.5), (Rows{{"x", 1.5}}));
}

TEST_F(Types, ManyColumnsWithNullsKeepTheirPlaces) {
  std::string sql = "select ";
  std::vector<Value> expected;
  for (int i = 0; i < 300; ++i) {
    if (i > 0) sql += ", ";
    sql += i % 3 == 0 ? "null" : std::to_string(i);
    expected.push_back(i % 3 == 0 ? Value() : Value(i));
  }
  EXPECT_EQ(query(sql), (Rows{expected}));
}

TEST_F(Types, AHundredMegabytesGoThereAndBack) {
  exec("create temporary table t (a longblob)");
  Bytes big(100'000'000);
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<std::byte>(i * 7 >> 3);
  exec("insert into t values (?)", big);
  Cursor& cursor = open("select a from t");
  Batch batch;
  ASSERT_TRUE(cursor.fetch(batch));
  const BytesView got = batch.cells[0].bytes();
  EXPECT_TRUE(std::ranges::equal(got, big));
  EXPECT_FALSE(cursor.fetch(batch));
  cursor.close();
}

struct Zeros final : ByteSource {
  explicit Zeros(std::uint64_t bytes) : left(bytes), size(bytes) {}
  std::uint64_t size_bytes() const override { return size; }
  std::size_t read(std::span<std::byte> into) override {
    if (fails && left < size / 2) throw std::runtime_error("the source broke");
    const std::size_t n = std::min<std::uint64_t>(left, into.size());
    std::fill_n(into.begin(), n, std::byte{'z'});
    left -= n;
    return n;
  }
  std::uint64_t left;
  std::uint64_t size;
  bool fails = false;
};

TEST_F(Types, StreamsAreSentInPiecesAndLeaveNothingBehind) {
  exec("create temporary table t (id int, a longblob)");
  Zeros large(20'000'000);
  Zeros empty(0);
  Zeros broken(1'000'000);
  broken.fails = true;
  exec("insert into t values (?, ?)", 1, streamed(large));
  exec("insert into t values (?, ?)", 2, streamed(empty));
  EXPECT_THROW(exec("insert into t values (?, ?)", 3, streamed(broken)), std::runtime_error);
  exec("insert into t values (?, ?)", 4, "plain");
  exec("insert into t values (?, ?)", 5, nullptr);
  EXPECT_EQ(query("select id, length(a) from t order by id"),
            (Rows{{1, 20'000'000}, {2, 0}, {4, 5}, {5, nullptr}}));
}

}  // namespace
}  // namespace iacdb::mysql_tests
