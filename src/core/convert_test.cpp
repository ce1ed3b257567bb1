#include "iacdb/convert.hpp"

#include <gtest/gtest.h>

#include "iacdb/argument.hpp"
#include "iacdb/error.hpp"
#include "iacdb/row.hpp"

namespace iacdb {

struct Money {
  std::int64_t cents = 0;
};
template <>
struct Convert<Money> {
  static Money from(const Cell& cell) { return Money{read_cell<std::int64_t>(cell)}; }
  static std::int64_t to(const Money& money) { return money.cents; }
};

namespace {

TEST(ReadCell, IntegersAreRangeChecked) {
  EXPECT_EQ(read_cell<int>(Cell::of_int64(7)), 7);
  EXPECT_THROW(read_cell<std::int8_t>(Cell::of_int64(128)), DataError);
  EXPECT_THROW(read_cell<unsigned>(Cell::of_int64(-1)), DataError);
  EXPECT_THROW(read_cell<std::uint64_t>(Cell::of_int64(-1)), DataError);
  const auto big = Cell::of_text(Type::decimal, "18446744073709551615");
  EXPECT_EQ(read_cell<std::uint64_t>(big), 18446744073709551615ULL);
  EXPECT_THROW(read_cell<std::int64_t>(big), DataError);
  EXPECT_EQ(read_cell<int>(Cell::of_text(Type::decimal, "12.00")), 12);
  EXPECT_THROW(read_cell<int>(Cell::of_text(Type::decimal, "12.5")), DataError);
  EXPECT_EQ(read_cell<int>(Cell::of_float64(3.0)), 3);
  EXPECT_THROW(read_cell<int>(Cell::of_float64(3.5)), DataError);
  EXPECT_THROW(read_cell<std::int64_t>(Cell::of_float64(0x1p63)), DataError);
  EXPECT_THROW(read_cell<int>(Cell::of_text("12")), DataError);
}

TEST(ReadCell, DoublesLoseNothing) {
  EXPECT_EQ(read_cell<double>(Cell::of_int64(1LL << 53)), 0x1p53);
  EXPECT_THROW(read_cell<double>(Cell::of_int64((1LL << 53) + 1)), DataError);
  EXPECT_THROW(read_cell<double>(Cell::of_int64(INT64_MAX)), DataError);
  EXPECT_EQ(read_cell<double>(Cell::of_text(Type::decimal, "0.25")), 0.25);
}

TEST(ReadCell, NullOnlyFitsOptional) {
  EXPECT_THROW(read_cell<int>(Cell()), DataError);
  EXPECT_THROW(read_cell<std::string>(Cell()), DataError);
  EXPECT_EQ(read_cell<std::optional<int>>(Cell()), std::nullopt);
  EXPECT_TRUE(read_cell<Value>(Cell()).is_null());
}

TEST(ReadCell, BooleansComeFromNumbersOfTypelessStores) {
  EXPECT_TRUE(read_cell<bool>(Cell::of_int64(1)));
  EXPECT_FALSE(read_cell<bool>(Cell::of_int64(0)));
  EXPECT_THROW(read_cell<bool>(Cell::of_int64(2)), DataError);
}

TEST(ReadCell, TextFormsParse) {
  EXPECT_EQ(read_cell<Date>(Cell::of_text("2026-01-02")), Date::of(2026, 1, 2));
  EXPECT_EQ(read_cell<Decimal>(Cell::of_text("1.50")).print(), "1.50");
  EXPECT_EQ(read_cell<std::string>(Cell::of_timestamp(0)), "1970-01-01 00:00:00");
  EXPECT_EQ(read_cell<Money>(Cell::of_int64(5)).cents, 5);
  EXPECT_THROW(read_cell<Date>(Cell::of_text("soon")), DataError);
}

TEST(ReadCell, OneTypeBecomesAnotherOnlyWithoutLoss) {
  EXPECT_EQ(read_cell<int>(Cell::of_bool(true)), 1);
  EXPECT_THROW(read_cell<int>(Cell::of_date(1)), DataError);
  EXPECT_THROW(read_cell<double>(Cell::of_text("1.5")), DataError);
  EXPECT_THROW(read_cell<double>(Cell::of_text(Type::decimal, "1e999")), DataError);
  EXPECT_THROW(read_cell<std::string_view>(Cell::of_int64(1)), DataError);
  EXPECT_EQ(read_cell<Decimal>(Cell::of_int64(-5)).print(), "-5");
  EXPECT_EQ(read_cell<Decimal>(Cell::of_float64(0.25)).print(), "0.25");
  EXPECT_THROW(read_cell<Decimal>(Cell::of_bool(true)), DataError);
  EXPECT_EQ(read_cell<Timestamp>(Cell::of_date(1)).micros, 86'400'000'000);
  EXPECT_EQ(read_cell<Timestamp>(Cell::of_date(Date::infinity)).micros, Timestamp::infinity);
  EXPECT_EQ(read_cell<Timestamp>(Cell::of_date(Date::minus_infinity)).micros,
            Timestamp::minus_infinity);
  EXPECT_THROW(read_cell<Timestamp>(Cell::of_date(2'000'000'000)), DataError);
  EXPECT_EQ(read_cell<TimestampTz>(Cell::of_text("1970-01-01 01:00:00+01")).micros, 0);
  EXPECT_EQ(read_cell<Interval>(Cell::of_time(5)).micros, 5);
  EXPECT_EQ(read_cell<Interval>(Cell::of_text("2 days")).days, 2);
  EXPECT_THROW(read_cell<Interval>(Cell::of_int64(5)), DataError);
  const std::string bytes(16, '\1');
  EXPECT_EQ(read_cell<Uuid>(Cell::of_text(Type::bytes, bytes)).print(),
            "01010101-0101-0101-0101-010101010101");
  EXPECT_THROW(read_cell<Uuid>(Cell::of_text(Type::bytes, "short")), DataError);
  EXPECT_EQ(read_cell<Json>(Cell::of_text("{}")).text, "{}");
  EXPECT_THROW(read_cell<Json>(Cell::of_int64(5)), DataError);
}

TEST(ToCell, BigUnsignedNumbersAreNotChanged) {
  detail::Scratch scratch;
  const Cell cell = detail::to_cell<std::uint64_t>(UINT64_MAX, scratch);
  EXPECT_EQ(cell.type(), Type::decimal);
  EXPECT_EQ(cell.text(), "18446744073709551615");
}

TEST(ToCell, ArraysKeepNullsAndTheirType) {
  detail::Scratch scratch;
  const std::vector<std::optional<std::int64_t>> numbers{1, std::nullopt, 3};
  const Cell cell = detail::to_cell(numbers, scratch);
  ASSERT_EQ(cell.type(), Type::array);
  EXPECT_EQ(cell.array().element, Type::int64);
  EXPECT_EQ(print(cell), "{1,NULL,3}");
  EXPECT_EQ((read_cell<std::vector<std::optional<std::int64_t>>>(cell)), numbers);
  const std::vector<std::string> none;
  const Cell empty = detail::to_cell(none, scratch);
  EXPECT_EQ(empty.array().element, Type::text);
  EXPECT_EQ(print(empty), "{}");
}

TEST(Value, PrintsEveryType) {
  EXPECT_EQ(Value().print(), "NULL");
  EXPECT_EQ(Value(true).print(), "true");
  EXPECT_EQ(Value(0.1).print(), "0.1");
  EXPECT_EQ(Value(Bytes{std::byte{0xAB}, std::byte{1}}).print(), "\\xab01");
  Array matrix{Type::text, {2, 2}, {Value("a b"), Value("NULL"), Value(), Value("q\"")}};
  EXPECT_EQ(Value(matrix).print(), R"({{"a b","NULL"},{NULL,"q\""}})");
  EXPECT_EQ(Value(matrix), Value(matrix));
}

TEST(Value, TextBecomesTheDeclaredTypeWhereItParses) {
  EXPECT_EQ(Value::of(Cell::of_text("2026-01-02"), Type::date).type(), Type::date);
  EXPECT_EQ(Value::of(Cell::of_text("soon"), Type::date).type(), Type::text);
  EXPECT_EQ(Value::of(Cell::of_int64(1), Type::boolean).type(), Type::boolean);
  EXPECT_EQ(Value::of(Cell::of_int64(2), Type::boolean).type(), Type::int64);
}

TEST(RowReader, NamesTheColumnThatDoesNotFit) {
  const std::vector<Column> columns{{"id", Type::int64, ""}, {"name", Type::text, ""}};
  const Cell cells[] = {Cell::of_int64(1), Cell()};
  detail::RowReader<std::tuple<int, std::string>> reader;
  reader.start(columns);
  try {
    reader.read(cells);
    FAIL() << "NULL was read into a string";
  } catch (const DataError& error) {
    EXPECT_EQ(error.where(), "column 2 \"name\"");
    EXPECT_NE(std::string(error.what()).find("std::optional"), std::string::npos);
  }
}

struct ByName {
  std::string name;
  int id;
  static constexpr std::array<std::string_view, 2> columns{"name", "id"};
};

TEST(RowReader, StructsBindByNameWhereTheyListTheirColumns) {
  const std::vector<Column> columns{{"id", Type::int64, ""}, {"NAME", Type::text, ""}};
  const Cell cells[] = {Cell::of_int64(1), Cell::of_text("x")};
  detail::RowReader<ByName> reader;
  reader.start(columns);
  EXPECT_EQ(reader.read(cells).name, "x");
  EXPECT_EQ(reader.read(cells).id, 1);
  EXPECT_THROW(reader.start(std::span(columns).first(1)), UsageError);
  detail::RowReader<std::tuple<int>> narrow;
  EXPECT_THROW(narrow.start(columns), UsageError);
}

TEST(Error, SaysWhatWhereAndNeverTheServersText) {
  try {
    raise(ErrorFacts{.kind = ErrorKind::unique_violation,
                     .message = "a row with this key exists",
                     .sqlstate = "23505",
                     .backend = "postgres",
                     .statement = "insert into t values (?)",
                     .server_message = "Key (email)=(a@b.c) already exists",
                     .where = "t_email_key"});
  } catch (const ConstraintError& error) {
    const std::string what = error.what();
    EXPECT_EQ(what,
              "postgres: a row with this key exists [sqlstate 23505] (t_email_key) in: "
              "insert into t values (?)");
    EXPECT_EQ(what.find("a@b.c"), std::string::npos);
    EXPECT_EQ(error.kind(), ErrorKind::unique_violation);
  }
}

}  // namespace
}  // namespace iacdb
