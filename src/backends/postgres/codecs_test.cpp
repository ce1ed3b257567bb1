#include <gtest/gtest.h>

#include <string>

#include "backends/postgres/login.hpp"
#include "backends/postgres/natural.hpp"
#include "backends/postgres/parameters.hpp"
#include "backends/postgres/server_error.hpp"
#include "backends/postgres/sqlstate.hpp"
#include "wire/postgres/types.hpp"

namespace iacdb::backends::postgres {
namespace {

namespace wp = wire::postgres;
namespace oid = wp::oid;

TEST(Utf8, AcceptsWhatTheServerAccepts) {
  for (const char* text : {"", "plain", "twelve bytes", "Ω", "12345678Ω", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "exactly8"}) {
    EXPECT_TRUE(is_server_text(text)) << text;
  }
  for (const char* text : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                           "long enough \x80", "\x80 long enough", "1234567\xc3"}) {
    EXPECT_FALSE(is_server_text(text)) << text;
  }
  for (std::size_t size = 1; size < 30; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\0';
      EXPECT_FALSE(is_server_text(text)) << size << " " << at;
      std::byte copy[32];
      EXPECT_EQ(copy_plain_text(copy, text), nullptr);
      text[at] = '\x7f';
      ASSERT_EQ(copy_plain_text(copy, text), copy + size);
      EXPECT_EQ(base::as_text({copy, size}), text);
    }
  }
}

/// What a cell becomes the fast way: "" when it needs the slower one.
std::string fast(std::uint32_t type, const Cell& cell) {
  const NaturalSlot slot = natural_slot(type);
  if (cell.type() != slot.type) return {};
  std::byte room[64];
  const std::byte* const end = put_natural(room, slot, cell);
  return end == nullptr ? std::string() : std::string(base::as_text({room, end}));
}
std::string slow(std::uint32_t type, const Cell& cell) {
  base::Buffer out;
  if (has_binary_form(type, cell)) {
    encode_binary(out, type, cell, 1);
  } else {
    encode_as_text(out, type, cell, 1);
  }
  return std::string(out.text());
}

TEST(Parameters, TheFastWayWritesWhatTheSlowWayWrites) {
  const std::vector<std::pair<std::uint32_t, Cell>> cells{
      {oid::boolean, Cell::of_bool(true)},
      {oid::int2, Cell::of_int64(-32768)},
      {oid::int4, Cell::of_int64(2147483647)},
      {oid::int8, Cell::of_int64(INT64_MIN)},
      {oid::float8, Cell::of_float64(-0.1)},
      {oid::text, Cell::of_text("some text")},
      {oid::varchar, Cell::of_text("")},
      {oid::json, Cell::of_text(Type::json, "{}")},
      {oid::bytea, Cell::of_text(Type::bytes, std::string_view("\0\xff", 2))},
      {oid::date, Cell::of_date(-10000)},
      {oid::time, Cell::of_time(86'400'000'000)},
      {oid::timestamp, Cell::of_timestamp(-1)},
      {oid::timestamptz, Cell::of_timestamptz(1)},
      {oid::text, Cell::of_text("Ω and more of it")}};
  for (const auto& [type, cell] : cells) {
    EXPECT_FALSE(fast(type, cell).empty()) << type;
    EXPECT_EQ(fast(type, cell), slow(type, cell)) << type;
  }
}

TEST(Parameters, TheFastWayLeavesTheRestToTheSlowOne) {
  EXPECT_EQ(fast(oid::int2, Cell::of_int64(32768)), "");
  EXPECT_EQ(fast(oid::int4, Cell::of_int64(-2147483649)), "");
  EXPECT_EQ(fast(oid::time, Cell::of_time(-1)), "");
  EXPECT_EQ(fast(oid::date, Cell::of_date(Date::infinity)), "");
  EXPECT_EQ(fast(oid::timestamp, Cell::of_timestamp(Timestamp::infinity)), "");
  EXPECT_EQ(fast(oid::timestamp, Cell::of_timestamp(Timestamp::minus_infinity)), "");
  EXPECT_EQ(fast(oid::text, Cell::of_text("\xff")), "");
  EXPECT_EQ(fast(oid::numeric, Cell::of_text(Type::decimal, "1")), "");
  EXPECT_EQ(fast(oid::inet, Cell::of_text("1.2.3.4")), "");
}

TEST(Parameters, WhatDoesNotFitIsAnError) {
  EXPECT_THROW(slow(oid::int2, Cell::of_int64(40000)), DataError);
  EXPECT_THROW(slow(oid::float4, Cell::of_float64(1e300)), DataError);
  EXPECT_THROW(slow(oid::float8, Cell::of_int64((std::int64_t{1} << 53) + 1)), DataError);
  EXPECT_THROW(slow(oid::text, Cell::of_text("\xff")), DataError);
  EXPECT_THROW(slow(oid::int4, Cell::of_text(Type::bytes, "x")), DataError);
  EXPECT_EQ(slow(oid::int4, Cell::of_text("12")), std::string("\0\0\0\2"
                                                              "12",
                                                              6));
}

TEST(SqlState, CodesBeforeClasses) {
  EXPECT_EQ(kind_of_sqlstate("23505"), ErrorKind::unique_violation);
  EXPECT_EQ(kind_of_sqlstate("23999"), ErrorKind::check_violation);
  EXPECT_EQ(kind_of_sqlstate("40P01"), ErrorKind::deadlock);
  EXPECT_EQ(kind_of_sqlstate("22P02"), ErrorKind::data);
  EXPECT_EQ(kind_of_sqlstate("57014"), ErrorKind::cancelled);
  EXPECT_EQ(kind_of_sqlstate("ZZ000"), ErrorKind::internal);
  EXPECT_EQ(kind_of_sqlstate(""), ErrorKind::internal);
  EXPECT_TRUE(is_retryable("40001"));
  EXPECT_FALSE(is_retryable("23505"));
}

TEST(ServerError, KeepsTheServersWordsApart) {
  wp::Notice notice;
  notice.severity = "ERROR";
  notice.code = "22P02";
  notice.message = "invalid input syntax: \"secret\"";
  notice.detail = "more";
  notice.position = 11;
  const auto facts = facts_of(notice, {.sql = "select 1,\n'secret'::int"});
  EXPECT_EQ(facts.kind, ErrorKind::data);
  EXPECT_EQ(facts.where, "line 2, column 1");
  EXPECT_EQ(facts.message.find("secret"), std::string::npos);
  EXPECT_EQ(facts.statement.find("secret"), std::string::npos);
  EXPECT_NE(facts.server_message.find("secret"), std::string::npos);
  EXPECT_NE(facts.server_message.find("DETAIL: more"), std::string::npos);
}

TEST(Version, IsANumber) {
  EXPECT_EQ(parse_version("15.8 (Debian 15.8-1)"), 150800U);
  EXPECT_EQ(parse_version("9.6.24"), 90624U);
  EXPECT_EQ(parse_version("17beta1"), 170000U);
  EXPECT_EQ(parse_version("x"), 0U);
}

}  // namespace
}  // namespace iacdb::backends::postgres
