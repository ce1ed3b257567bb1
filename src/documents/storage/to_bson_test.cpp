#include <gtest/gtest.h>

#include "documents/bson/codec.hpp"
#include "documents/storage/encoding.hpp"

namespace iacdb::doc {
namespace {

/// With the spaces that PostgreSQL prints.
void put_spaces(std::string& text) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\\') out += text[++i];
    if (text[i] == '"') inside = !inside;
    if (!inside && (text[i] == ',' || text[i] == ':')) out += ' ';
  }
  text = out;
}

void expect_same(const Object& document) {
  const std::string bson = encode(document);
  for (const KeyOrder order : {KeyOrder::listed, KeyOrder::kept}) {
    std::string text = to_storage(document, order);
    for (const bool spaced : {false, true}) {
      if (spaced) put_spaces(text);
      std::string direct = "before";
      storage_to_bson(text, direct);
      EXPECT_EQ(direct, "before" + bson) << text;
    }
  }
}

Value of_each_kind(std::size_t i) {
  switch (i % 12) {
    case 0:
      return Value(static_cast<std::int32_t>(i) * 9'999'999);
    case 1:
      return Value(std::int64_t{-7});
    case 2:
      return Value(static_cast<double>(i) / 8);
    case 3:
      return Value(std::string(i, 'x'));
    case 4:
      return Value("\"\\\n\xC3\xA9" + std::string(i, 'y'));
    case 5:
      return Value(Date{static_cast<std::int64_t>(i) - 100});
    case 6:
      return Value(Oid{});
    case 7:
      return Value(
          Object{{"$of", Value(1)}, {"b", Value(Object{{"z", Value(2)}, {"a", Value()}})}});
    case 8:
      return Value(Array{Value(true), Value(false), Value(nullptr), Value(Date{1}), Value(0.1)});
    case 9:
      return Value(Decimal128{i, 0x3040000000000000});
    case 10:
      return Value(Object{});
    default:
      return Value(Array{});
  }
}

TEST(ToBson, DocumentsOfAnySize) {
  for (std::size_t fields = 0; fields < 80; ++fields) {
    Object document;
    for (std::size_t i = fields; i > 0; --i) {
      std::string name(1 + (i * 7) % 23, static_cast<char>('a' + i % 26));
      document.add(name + std::to_string(i), of_each_kind(i));
    }
    expect_same(document);
  }
}

TEST(ToBson, ArraysThatAreLongerThanTheirText) {
  Array numbers;
  Array dates;
  for (std::int64_t i = 0; i < 3000; ++i) {
    numbers.push_back(Value(static_cast<std::int32_t>(i % 10)));
    dates.push_back(Value(Date{i}));
  }
  expect_same({{"n", Value(numbers)}, {"d", Value(dates)}, {"both", Value(Array{Value(dates)})}});
}

TEST(ToBson, NumbersKeepTheirTypeAndLastDigit) {
  Array numbers;
  for (const double v :
       {0.1, -0.1, 1.5, 4.35, 2.675, 1e15, 123456789012345.0, 12345678901234.5, 9007199254740993.0,
        0.3, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, 1e22, 0.000123456789012345, 100.0, 3.0}) {
    numbers.push_back(Value(v));
  }
  for (const std::int64_t v : {std::int64_t{0}, std::int64_t{999'999'999}, std::int64_t{1} << 53,
                               INT64_MAX, INT64_MIN, std::int64_t{-2'147'483'649}}) {
    numbers.push_back(Value(v));
  }
  for (const std::int32_t v : {0, -1, 999'999'999, 1'000'000'000, INT32_MAX, INT32_MIN}) {
    numbers.push_back(Value(v));
  }
  expect_same({{"n", Value(numbers)}});
}

TEST(ToBson, NamesThatBeginAlike) {
  expect_same({{"abcdefgh", Value(1)},
               {"abcdefghi", Value(2)},
               {"abcdefg", Value(3)},
               {"", Value(4)},
               {"abcdefgj", Value(5)},
               {"a,b", Value(6)},
               {"a", Value(7)}});
}

TEST(ToBson, AChoiceOfFields) {
  const Object document{{"zz", Value(1)}, {"b", Value(Date{5})}, {"$c", Value(2)}, {"a", Value(3)}};
  const FieldChoice some{.inclusive = true, .names = {"b", "zz"}};
  std::string out;
  storage_to_bson(to_storage(document, KeyOrder::listed), out, &some);
  EXPECT_EQ(out, encode(Object{{"zz", Value(1)}, {"b", Value(Date{5})}}));
}

}  // namespace
}  // namespace iacdb::doc
