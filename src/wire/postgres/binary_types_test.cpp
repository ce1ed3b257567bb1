#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "wire/postgres/binary_number.hpp"
#include "wire/postgres/binary_text.hpp"
#include "wire/postgres/binary_time.hpp"
#include "wire/postgres/test_bytes.hpp"
#include "wire/postgres/types.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_text;

/// What a writer of whole fields wrote, its length included.
class Written {
 public:
  explicit Written(const std::function<std::byte*(std::byte*)>& write)
      : size_(static_cast<std::size_t>(write(memory_.data()) - memory_.data())) {}

  std::string_view text() const { return as_text({memory_.data(), size_}); }
  Field field() const { return FieldCursor({memory_.data(), size_}).next(); }

 private:
  std::array<std::byte, 64> memory_{};
  std::size_t size_;
};

template <class T>
Written written(T value) {
  return Written([=](std::byte* to) { return put_field(to, value); });
}

template <class T, class Decode>
void number_round_trip(T value, std::string_view bytes, Decode decode) {
  const Written out = written(value);
  EXPECT_EQ(out.text(), wire(bytes));
  EXPECT_EQ(decode(out.field()), value);
}

TEST(BinaryNumbers, BothDirections) {
  number_round_trip(true, "00000001 01", decode_bool);
  number_round_trip(false, "00000001 00", decode_bool);
  number_round_trip<std::int16_t>(-32768, "00000002 8000", decode_int2);
  number_round_trip<std::int16_t>(32767, "00000002 7fff", decode_int2);
  number_round_trip<std::int32_t>(-2147483647 - 1, "00000004 80000000", decode_int4);
  number_round_trip<std::int32_t>(2147483647, "00000004 7fffffff", decode_int4);
  number_round_trip<std::int64_t>(std::numeric_limits<std::int64_t>::min(),
                                  "00000008 8000000000000000", decode_int8);
  number_round_trip<std::int64_t>(std::numeric_limits<std::int64_t>::max(),
                                  "00000008 7fffffffffffffff", decode_int8);
  number_round_trip<std::uint32_t>(4294967295U, "00000004 ffffffff", decode_oid);
  number_round_trip<float>(1.5F, "00000004 3fc00000", decode_float4);
  number_round_trip<double>(-0.1, "00000008 bfb999999999999a", decode_float8);
  number_round_trip<double>(std::numeric_limits<double>::infinity(), "00000008 7ff0000000000000",
                            decode_float8);
  number_round_trip<double>(5e-324, "00000008 0000000000000001", decode_float8);
  EXPECT_TRUE(std::isnan(decode_float8(written(std::nan("")).field())));
  EXPECT_TRUE(std::signbit(decode_float8(written(-0.0).field())));
}

TEST(BinaryNumbers, WrongLengthsAreMalformed) {
  const Written four = written(std::int32_t{1});
  const Field field = four.field();
  EXPECT_TRUE(is_malformed([&] { decode_bool(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_int2(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_int8(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_float8(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_int4(written(std::int64_t{1}).field()); }));
  EXPECT_TRUE(is_malformed([&] { decode_date(written(std::int64_t{1}).field()); }));
  EXPECT_TRUE(is_malformed([&] { decode_time(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_timetz(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_interval(field); }));
  EXPECT_TRUE(is_malformed([&] { decode_uuid(field); }));
}

TEST(BinaryTimes, CountFromAnotherYear) {
  const auto at_epoch = Written([](std::byte* to) { return put_timestamp(to, 0); });
  EXPECT_EQ(at_epoch.text(), wire("00000008 fffca2fec4c82000"));
  EXPECT_EQ(decode_timestamp(at_epoch.field()), 0);
  EXPECT_EQ(decode_timestamp(written(std::int64_t{0}).field()), 946684800000000);
  const auto day = Written([](std::byte* to) { return put_date(to, 0); });
  EXPECT_EQ(day.text(), wire("00000004 ffffd533"));
  EXPECT_EQ(decode_date(day.field()), 0);
  EXPECT_EQ(decode_date(written(std::int32_t{-1}).field()), 10956);
}

TEST(BinaryTimes, InfinityStaysInfinity) {
  for (const auto extreme :
       {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(timestamp_from_wire(extreme), extreme);
    EXPECT_EQ(timestamp_to_wire(extreme), extreme);
  }
  for (const auto extreme :
       {std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()}) {
    EXPECT_EQ(date_from_wire(extreme), extreme);
    EXPECT_EQ(date_to_wire(extreme), extreme);
  }
}

TEST(BinaryTimes, NoFiniteValueBecomesAnother) {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  constexpr auto min = std::numeric_limits<std::int64_t>::min();
  // PostgreSQL's last microsecond, in the year 294276, is beyond 64 bits since 1970.
  EXPECT_EQ(kind_of([] { timestamp_from_wire(9223371331199999999); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { timestamp_from_wire(max - epoch_shift_micros); }), ErrorKind::data);
  EXPECT_EQ(timestamp_from_wire(max - epoch_shift_micros - 1), max - 1);
  EXPECT_EQ(timestamp_from_wire(min + 1), min + 1 + epoch_shift_micros);
  EXPECT_EQ(kind_of([&] { timestamp_to_wire(min + 1); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { timestamp_to_wire(min + epoch_shift_micros); }), ErrorKind::data);
  EXPECT_EQ(timestamp_to_wire(min + epoch_shift_micros + 1), min + 1);
  EXPECT_EQ(timestamp_to_wire(max - 1), max - 1 - epoch_shift_micros);
  constexpr auto day_max = std::numeric_limits<std::int32_t>::max();
  constexpr auto day_min = std::numeric_limits<std::int32_t>::min();
  EXPECT_EQ(kind_of([&] { date_from_wire(day_max - 1); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { date_to_wire(day_min + 1); }), ErrorKind::data);
  EXPECT_EQ(date_from_wire(2145031948), 2145042905) << "PostgreSQL's last day";
  EXPECT_EQ(date_to_wire(2145042905), 2145031948);
}

TEST(BinaryTimes, TimeOfDay) {
  const auto last = Written([](std::byte* to) { return put_time(to, 86'400'000'000); });
  EXPECT_EQ(last.text(), wire("00000008 000000141dd76000"));
  EXPECT_EQ(decode_time(last.field()), 86'400'000'000);
  std::byte memory[16];
  EXPECT_EQ(kind_of([&] { put_time(memory, 86'400'000'001); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { put_time(memory, -1); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { decode_time(written(std::int64_t{-1}).field()); }), ErrorKind::data);
}

TEST(BinaryTimes, TimeWithZone) {
  const auto out = Written([](std::byte* to) { return put_timetz(to, {3'600'000'000, 7200}); });
  EXPECT_EQ(out.text(), wire("0000000c 00000000d693a400 ffffe3e0")) << "the wire counts westwards";
  EXPECT_EQ(decode_timetz(out.field()).micros, 3'600'000'000);
  EXPECT_EQ(decode_timetz(out.field()).offset_seconds, 7200);
  std::byte memory[16];
  EXPECT_EQ(kind_of([&] { put_timetz(memory, {0, 16 * 3600}); }), ErrorKind::data);
}

TEST(BinaryTimes, Interval) {
  const auto out = Written([](std::byte* to) { return put_interval(to, {14, -3, 4'000'005}); });
  EXPECT_EQ(out.text(), wire("00000010 00000000003d0905 fffffffd 0000000e"));
  const auto back = decode_interval(out.field());
  EXPECT_EQ(back.months, 14);
  EXPECT_EQ(back.days, -3);
  EXPECT_EQ(back.micros, 4'000'005);
  const auto infinite = wire("7fffffffffffffff 7fffffff 7fffffff");
  EXPECT_EQ(kind_of([&] {
              decode_interval({base::as_bytes(infinite).data(), 16});
            }),
            ErrorKind::data);
}

TEST(BinaryTexts, JsonbHasAVersion) {
  const auto out = Written([](std::byte* to) { return put_jsonb(to, "{}"); });
  EXPECT_EQ(out.text(), wire("00000003 01 '{}'"));
  EXPECT_EQ(decode_jsonb(out.field()), "{}");
  for (const char* bytes : {"00000000", "00000003 02 '{}'"}) {
    const auto field = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { decode_jsonb(FieldCursor(base::as_bytes(field)).next()); }))
        << bytes;
  }
}

TEST(BinaryTexts, UuidTextAndNull) {
  const auto bytes = wire("00112233445566778899aabbccddeeff");
  const auto view = base::as_bytes(bytes).first<16>();
  const auto out = Written([&](std::byte* to) { return put_uuid(to, view); });
  EXPECT_EQ(out.text(), wire("00000010") + bytes);
  EXPECT_EQ(as_text(decode_uuid(out.field())), bytes);
  EXPECT_EQ(written(std::string_view("abc")).text(), wire("00000003 'abc'"));
  EXPECT_EQ(written(std::string_view()).text(), wire("00000000"));
  EXPECT_EQ(Written([](std::byte* to) { return put_null(to); }).text(), wire("ffffffff"));
}

TEST(Types, KnowsOidsArraysAndNames) {
  EXPECT_EQ(find_type(oid::int4)->name, "int4");
  EXPECT_EQ(find_type(oid::int4)->array_oid, oid::int4_array);
  EXPECT_EQ(find_type("timestamptz")->oid, oid::timestamptz);
  EXPECT_EQ(find_element(oid::text_array)->oid, oid::text);
  EXPECT_EQ(find_type(16384U), nullptr) << "user-defined";
  EXPECT_EQ(find_type("no_such_type"), nullptr);
  EXPECT_EQ(find_element(oid::int4), nullptr);
  EXPECT_EQ(find_element(0), nullptr);
}

}  // namespace
}  // namespace iacdb::wire::postgres
