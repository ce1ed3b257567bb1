#include "backends/mysql/bulk_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace iacdb::mysql {
namespace {

using namespace std::string_literals;

template <class... Cells>
std::string row_of(const Cells&... cells) {
  const std::array<Cell, sizeof...(Cells)> row{cells...};
  BulkText text;
  text.append_row(row, {});
  return std::string(text.view());
}
std::string text_of(std::string_view text) {
  return row_of(Cell::of_text(text));
}

TEST(BulkText, ValuesAreSeparatedAndNullIsMarked) {
  EXPECT_EQ(row_of(Cell(), Cell::of_int64(-5), Cell::of_bool(true)), "\\N\t-5\t1\n");
  EXPECT_EQ(row_of(Cell::of_int64(std::numeric_limits<std::int64_t>::min())),
            "-9223372036854775808\n");
  EXPECT_EQ(row_of(Cell::of_text(Type::decimal, "1.50")), "1.50\n");
}

TEST(BulkText, SpecialBytesAreEscapedWhereverTheyStand) {
  EXPECT_EQ(text_of(""), "\n");
  EXPECT_EQ(text_of("\\N"), "\\\\N\n");
  for (std::size_t at = 0; at < 20; ++at) {
    for (const auto& [raw, escaped] : {std::pair{'\t', "\\t"}, {'\n', "\\n"}, {'\\', "\\\\"}}) {
      std::string text(20, 'x');
      text[at] = raw;
      std::string expected(20, 'x');
      expected.replace(at, 1, escaped);
      EXPECT_EQ(text_of(text), expected + "\n") << at;
    }
  }
}

TEST(BulkText, TextMustBeUtf8AndBytesNeedNot) {
  EXPECT_EQ(text_of("größe 𝄞 with a \t tab"), "größe 𝄞 with a \\t tab\n");
  for (const std::string& bad : {"\xff"s, "eight by\xc3"s, "\xc3\\x"s, "\xed\xa0\x80"s}) {
    EXPECT_THROW(text_of(bad), DataError);
    EXPECT_EQ(row_of(Cell::of_bytes({reinterpret_cast<const std::byte*>("\xff"), 1})), "\xff\n");
  }
}

TEST(BulkText, NumbersReadBackAsTheyWere) {
  std::uint64_t random = 88172645463325252ULL;
  for (int i = 0; i < 200'000; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    double value = std::bit_cast<double>(random);
    if (i % 4 == 1) value = static_cast<double>(static_cast<std::int64_t>(random) >> 24) / 1000;
    if (i % 4 == 2) value = static_cast<double>(static_cast<std::int64_t>(random) >> 40) / 100;
    if (i % 4 == 3) value = static_cast<double>(static_cast<std::int32_t>(random)) * 0.001;
    if (!(value - value == 0)) continue;
    const std::string text = row_of(Cell::of_float64(value));
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
  }
  EXPECT_EQ(row_of(Cell::of_float64(-0.0)), "-0\n");
  EXPECT_EQ(row_of(Cell::of_float64(1.25)), "1.25\n");
  EXPECT_EQ(row_of(Cell::of_float64(1000.5)), "1000.5\n");
  EXPECT_EQ(row_of(Cell::of_float64(0.001)), "0.001\n");
  EXPECT_EQ(row_of(Cell::of_float64(-3)), "-3\n");
  EXPECT_THROW(row_of(Cell::of_float64(std::numeric_limits<double>::infinity())), DataError);
  EXPECT_THROW(row_of(Cell::of_float64(std::numeric_limits<double>::quiet_NaN())), DataError);
}

TEST(BulkText, DatesAndTimes) {
  const auto stamp = [](const char* text) {
    return Cell::of_timestamp(Timestamp::parse(text).micros);
  };
  EXPECT_EQ(
      row_of(Cell::of_date(Date::parse("2024-02-29").days), stamp("2024-02-29 23:59:59.000001"),
             stamp("1969-12-31 23:59:59.5"), stamp("0000-01-01 00:00:00")),
      "2024-02-29\t2024-02-29 23:59:59.000001\t1969-12-31 23:59:59.500000\t"
      "0000-01-01 00:00:00\n");
  const Interval longest{0, 34, (22LL * 3600 + 59 * 60 + 59) * 1'000'000};
  const Interval negative{0, 0, -1};
  EXPECT_EQ(row_of(Cell::of_time(0), Cell::of_interval(&longest), Cell::of_interval(&negative)),
            "00:00:00\t838:59:59\t-00:00:00.000001\n");
  const Interval month{1, 0, 0};
  EXPECT_THROW(row_of(Cell::of_interval(&month)), DataError);
  EXPECT_THROW(row_of(stamp("10000-01-01 00:00:00")), DataError);
  EXPECT_THROW(row_of(Cell::of_date(Date::infinity)), DataError);
}

TEST(BulkText, ArraysAreRefused) {
  const ArrayView array;
  EXPECT_THROW(row_of(Cell::of_array(&array)), UnsupportedError);
}

}  // namespace
}  // namespace iacdb::mysql
