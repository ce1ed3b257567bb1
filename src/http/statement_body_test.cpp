#include "http/statement_body.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

Value value_of(const std::string& json) {
  const StatementBody body = StatementBody::parse(R"({"sql":"x","parameters":[)" + json + "]}");
  EXPECT_EQ(body.values.size(), 1U) << json;
  return body.values.at(0);
}

TEST(StatementBody, NumbersKeepEveryDigit) {
  EXPECT_EQ(value_of("9223372036854775807"), Value(std::int64_t{9223372036854775807}));
  EXPECT_EQ(value_of("9223372036854775808").as<Decimal>().print(), "9223372036854775808");
  EXPECT_EQ(value_of("-123456789012345678901234").as<Decimal>().print(),
            "-123456789012345678901234");
  EXPECT_EQ(value_of("0.1"), Value(0.1));
  EXPECT_EQ(value_of("1e3"), Value(1000.0));
  EXPECT_EQ(value_of("0.1234567890123456789").as<Decimal>().print(), "0.1234567890123456789");
  EXPECT_THROW(value_of("1e999"), DataError);
}

TEST(StatementBody, TypedValues) {
  const auto typed = [](const std::string& type, const std::string& value) {
    return value_of(R"({"type":")" + type + R"(","value":)" + value + "}");
  };
  EXPECT_EQ(typed("decimal", "\"1.10\"").as<Decimal>().print(), "1.10");
  EXPECT_EQ(typed("decimal", "1.10").as<Decimal>().print(), "1.10");
  EXPECT_EQ(typed("int64", "\"-5\""), Value(std::int64_t{-5}));
  EXPECT_TRUE(std::isnan(typed("float64", "\"NaN\"").as<double>()));
  EXPECT_EQ(typed("bytes", R"("\\x00fF")"), Value(Bytes{std::byte{0}, std::byte{255}}));
  EXPECT_EQ(typed("bytes", R"("\\x")"), Value(Bytes{}));
  EXPECT_EQ(typed("date", "\"2024-02-29\""), Value(Date::parse("2024-02-29")));
  EXPECT_EQ(typed("date", "null"), Value());
  EXPECT_EQ(typed("json", R"({"n":1.10, "a":[1]})").as<Json>().text, R"({"n":1.10, "a":[1]})");
  EXPECT_EQ(typed("json", R"("{\"n\":1.10}")").as<Json>().text, R"({"n":1.10})");
  EXPECT_THROW(typed("bytes", R"("\\x0")"), UsageError);
  EXPECT_THROW(typed("bytes", R"("\\xzz")"), UsageError);
  EXPECT_THROW(typed("int64", "\"1.5\""), DataError);
  EXPECT_THROW(typed("date", "\"2023-02-29\""), DataError);
  EXPECT_THROW(typed("nothing", "\"1\""), UsageError);
}

TEST(StatementBody, Arrays) {
  EXPECT_EQ(value_of("[1, null, 2.5]").as<Array>().element, Type::float64);
  EXPECT_EQ(value_of("[1, null, 2.5]").as<Array>().elements[0], Value(1.0));
  const Array nested = value_of("[[1, 2, 3], [4, 5, 6]]").as<Array>();
  EXPECT_EQ(nested.dimensions, (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(nested.elements.size(), 6U);
  EXPECT_TRUE(value_of("[]").as<Array>().elements.empty());
  EXPECT_EQ(value_of(R"({"type":"decimal","value":["1.10"]})").as<Array>().element, Type::decimal);
  for (const char* wrong : {"[1, \"a\"]", "[[1], [2, 3]]", "[[1], 2]", "[1, [2]]", "[true, 1]"}) {
    EXPECT_THROW(value_of(wrong), UsageError) << wrong;
  }
}

TEST(StatementBody, ListsTakeAPlaceForEachValue) {
  const auto body = StatementBody::parse(
      R"({"sql":"x","parameters":{"a":1,"l":{"type":"list","value":[1,2]},"b":"y"}})");
  EXPECT_EQ(body.names, (std::vector<std::string>{"a", "l", "b"}));
  EXPECT_EQ(body.sizes, (std::vector<std::int64_t>{-1, 2, -1}));
  EXPECT_EQ(body.values.size(), 4U);
}

TEST(StatementBody, BoundsTheNumberOfParameters) {
  std::string many = "1";
  for (int i = 1; i < 65'535; ++i) many += ",1";
  const auto body = [](const std::string& parameters) {
    return R"({"sql":"x","parameters":[)" + parameters + "]}";
  };
  EXPECT_NO_THROW(StatementBody::parse(body(many)));
  EXPECT_THROW(StatementBody::parse(body(many + ",1")), UsageError);
}

TEST(SessionBody, Reads) {
  EXPECT_FALSE(SessionBody::parse("").read_only);
  const auto body =
      SessionBody::parse(R"({"isolation":"repeatable read","read_only":true,"timeout_ms":5})");
  EXPECT_EQ(body.isolation, Isolation::repeatable_read);
  EXPECT_TRUE(body.read_only);
  EXPECT_EQ(body.timeout.count(), 5);
  EXPECT_THROW(SessionBody::parse(R"({"isolation":"strict"})"), UsageError);
  EXPECT_THROW(SessionBody::parse(R"({"timeout_ms":1.5})"), UsageError);
}

}  // namespace
}  // namespace iacdb::http
