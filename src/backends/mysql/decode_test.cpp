#include "backends/mysql/decode.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "iacdb/error.hpp"

namespace iacdb::mysql {
namespace {

using namespace std::string_literals;

/// A result of columns of the given types, and rows out of bytes.
class Decoded {
 public:
  explicit Decoded(std::vector<enum_field_types> types, ZeroDates zero_dates = ZeroDates::error,
                   unsigned flags = 0, unsigned long length = 20) {
    std::vector<MYSQL_FIELD> fields;
    for (const enum_field_types type : types) {
      MYSQL_FIELD field{};
      field.name = name_;
      field.name_length = 1;
      field.type = type;
      field.flags = flags;
      field.length = length;
      field.charsetnr = 45;
      fields.push_back(field);
    }
    plan_.describe(fields, {});
    decoder_.start(plan_, &handle_, zero_dates);
  }
  /// The bytes lie at the very end of their memory, so that a sanitizer sees every step too far.
  std::span<const Cell> row(std::string_view bytes) {
    memory_.assign(bytes.begin(), bytes.end());
    auto* start = reinterpret_cast<unsigned char*>(memory_.data());
    handle_.net.buff_end = start + memory_.size();
    decoder_.take_row(start);
    return {decoder_.cells(), decoder_.size()};
  }
  Cell text(std::string_view text) {
    decoder_.take_text(0, text.data(), text.size());
    return decoder_.cells()[0];
  }
  RowDecoder& decoder() { return decoder_; }

 private:
  char name_[2] = "c";
  MYSQL handle_{};
  ResultPlan plan_;
  RowDecoder decoder_;
  std::vector<char> memory_;
};

TEST(Decode, NumbersOfEachSize) {
  Decoded row({MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG});
  const auto cells = row.row("\0\0\xff\xfe\xff\xfd\xff\xff\xff\xfc\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(cells[0].integer(), -1);
  EXPECT_EQ(cells[1].integer(), -2);
  EXPECT_EQ(cells[2].integer(), -3);
  EXPECT_EQ(cells[3].integer(), -4);
  EXPECT_FALSE(row.decoder().has_problem());
}

TEST(Decode, NullBitsStartAtTheThird) {
  Decoded row({MYSQL_TYPE_TINY, MYSQL_TYPE_TINY});
  EXPECT_TRUE(row.row("\0\x04\x07"s)[0].is_null());
  EXPECT_EQ(row.row("\0\x04\x07"s)[1].integer(), 7);
  EXPECT_TRUE(row.row("\0\x08\x07"s)[1].is_null());
}

TEST(Decode, UnsignedBeyondInt64IsDecimal) {
  Decoded row({MYSQL_TYPE_LONGLONG}, ZeroDates::error, UNSIGNED_FLAG);
  const auto cells = row.row("\0\0"s + std::string(8, '\xff'));
  EXPECT_EQ(cells[0].type(), Type::decimal);
  EXPECT_EQ(cells[0].text(), "18446744073709551615");
}

TEST(Decode, LengthsOfEveryForm) {
  Decoded row({MYSQL_TYPE_STRING});
  EXPECT_EQ(row.row("\0\0\x03"s + "abc")[0].text(), "abc");
  EXPECT_EQ(row.row("\0\0\xfc\x2c\x01"s + std::string(300, 'x'))[0].text().size(), 300U);
  EXPECT_EQ(row.row("\0\0\xfd\x03\0\0"s + "abc")[0].text(), "abc");
  EXPECT_EQ(row.row("\0\0\xfe\x03\0\0\0\0\0\0\0"s + "abc")[0].text(), "abc");
}

TEST(Decode, DatesWithAndWithoutTheirTrailingParts) {
  Decoded row({MYSQL_TYPE_DATETIME});
  EXPECT_EQ(row.row("\0\0\x04\xe8\x07\x02\x1d"s)[0].integer(),
            Timestamp::parse("2024-02-29 00:00:00").micros);
  EXPECT_EQ(row.row("\0\0\x0b\xe8\x07\x02\x1d\x17\x3b\x3b\x01\0\0\0"s)[0].integer(),
            Timestamp::parse("2024-02-29 23:59:59.000001").micros);
  row.row("\0\0\0"s);
  EXPECT_TRUE(row.decoder().has_problem());
  EXPECT_THROW(row.decoder().raise_problem("", ""), DataError);
  EXPECT_FALSE(row.decoder().has_problem());
  Decoded as_text({MYSQL_TYPE_DATE}, ZeroDates::text);
  EXPECT_EQ(as_text.row("\0\0\0"s)[0].text(), "0000-00-00");
  Decoded as_null({MYSQL_TYPE_DATE}, ZeroDates::null);
  EXPECT_TRUE(as_null.row("\0\0\0"s)[0].is_null());
}

TEST(Decode, CutRowsAreProblemsAndNeverReadTooFar) {
  const std::vector<enum_field_types> types = {MYSQL_TYPE_LONG, MYSQL_TYPE_STRING,
                                               MYSQL_TYPE_DATETIME, MYSQL_TYPE_DOUBLE};
  const std::string whole =
      "\0\0\x01\0\0\0\x03"s + "abc" + "\x04\xe8\x07\x02\x1d"s + "\0\0\0\0\0\0\xf0\x3f"s;
  Decoded row(types);
  row.row(whole);
  EXPECT_FALSE(row.decoder().has_problem());
  for (std::size_t size = 1; size < whole.size(); ++size) {
    row.row(std::string_view(whole).substr(0, size));
    EXPECT_TRUE(row.decoder().has_problem()) << size;
    EXPECT_THROW(row.decoder().raise_problem("", ""), DataError);
  }
}

TEST(Decode, RandomBytesDoNoHarm) {
  std::minstd_rand random(1);
  const std::vector<enum_field_types> types = {
      MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIME,     MYSQL_TYPE_STRING,     MYSQL_TYPE_BIT,
      MYSQL_TYPE_DATE,     MYSQL_TYPE_LONGLONG, MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_FLOAT};
  Decoded row(types, ZeroDates::text);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(1 + random() % 80, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 3 == 0 ? random() : random() % 16);
    row.row(bytes);
    if (row.decoder().has_problem()) {
      EXPECT_THROW(row.decoder().raise_problem("", ""), Error);
    }
  }
}

TEST(DecodeText, ValuesAsTheServerPrintsThem) {
  EXPECT_EQ(Decoded({MYSQL_TYPE_LONG}).text("-42").integer(), -42);
  EXPECT_EQ(Decoded({MYSQL_TYPE_DOUBLE}).text("1.5e300").real(), 1.5e300);
  EXPECT_EQ(Decoded({MYSQL_TYPE_DATETIME}).text("2024-02-29 23:59:59.5").integer(),
            Timestamp::parse("2024-02-29 23:59:59.5").micros);
  EXPECT_EQ(Decoded({MYSQL_TYPE_TIME}).text("-838:59:59").interval().micros,
            -((838LL * 60 + 59) * 60 + 59) * 1'000'000);
  for (const auto& [type, bad] : {std::pair{MYSQL_TYPE_LONG, "4x"},
                                  {MYSQL_TYPE_DATE, "2024-02"},
                                  {MYSQL_TYPE_TIME, "12:61"},
                                  {MYSQL_TYPE_DOUBLE, ""},
                                  {MYSQL_TYPE_DATE, "2024-13-01"},
                                  {MYSQL_TYPE_FLOAT, "1.5"}}) {
    Decoded row({type});
    row.text(bad);
    EXPECT_TRUE(row.decoder().has_problem()) << bad;
  }
}

}  // namespace
}  // namespace iacdb::mysql
