#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

namespace iacdb::base {
namespace {

using namespace std::string_view_literals;

template <class T>
void round_trip(T value, std::string_view wire) {
  std::array<std::byte, 16> memory{};
  std::byte* const odd = memory.data() + 1;  // no alignment is promised
  EXPECT_EQ(put_be(odd, value), odd + sizeof(T));
  EXPECT_EQ(as_text({odd, sizeof(T)}), wire);
  EXPECT_EQ(load_be<T>(odd), value);
}

TEST(Bytes, StoresTheHighByteFirst) {
  round_trip<std::uint8_t>(0xfe, "\xfe");
  round_trip<std::int16_t>(-2, "\xff\xfe");
  round_trip<std::uint32_t>(0x01020304, "\x01\x02\x03\x04");
  round_trip<std::int64_t>(std::numeric_limits<std::int64_t>::min(), "\x80\0\0\0\0\0\0\0"sv);
  round_trip<double>(1.0, "\x3f\xf0\0\0\0\0\0\0"sv);
  round_trip<float>(-0.0F, "\x80\0\0\0"sv);
}

TEST(Buffer, AppendsAndPatches) {
  Buffer out;
  out.append_u8('Q');
  const auto mark = out.append_be<std::int32_t>(0);
  out.append_cstring("ab");
  out.append("cd"sv);
  out.append(Bytes{});
  out.patch_be<std::int32_t>(mark, 7);
  EXPECT_EQ(out.text(), "Q\0\0\0\7ab\0cd"sv);
}

TEST(Buffer, KeepsItsContentWhileItGrows) {
  Buffer out;
  std::string expected;
  for (int i = 0; i < 10000; ++i) {
    out.append_be(i);
    std::byte four[4];
    store_be(four, i);
    expected += as_text(four);
  }
  EXPECT_EQ(out.text(), expected);
}

TEST(Buffer, CommitsOnlyWhatWasWritten) {
  Buffer out;
  std::byte* to = out.prepare(100);
  EXPECT_TRUE(out.empty());
  to = put_be(put_be(to, std::uint8_t{'x'}), std::uint8_t{'y'});
  out.commit_to(to);
  EXPECT_EQ(out.text(), "xy");
  out.prepare(8)[0] = std::byte{'z'};
  out.commit(1);
  EXPECT_EQ(out.text(), "xyz");
}

TEST(Buffer, DropsFromBothEnds) {
  Buffer out;
  out.append("0123456789"sv);
  out.consume(3);
  EXPECT_EQ(out.text(), "3456789");
  out.truncate(4);
  EXPECT_EQ(out.text(), "3456");
  out.truncate(100);
  EXPECT_EQ(out.text(), "3456");
  out.consume(100);
  EXPECT_TRUE(out.empty());
}

TEST(Buffer, GivesBackOnlyWhatIsAboveItsFloor) {
  Buffer out(1024);
  out.append(std::string(1024, 'x'));
  const auto usual = out.capacity();
  out.clear();
  EXPECT_EQ(out.capacity(), usual) << "below the floor nothing is released";
  out.append(std::string(1 << 20, 'x'));
  out.clear();
  EXPECT_EQ(out.capacity(), 1024U);
}

TEST(Buffer, WipeLeavesNothingBehind) {
  Buffer out;
  out.append("hunter2"sv);
  const std::byte* const memory = out.data();
  out.wipe();
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(as_text({memory, 7}), "\0\0\0\0\0\0\0"sv);
}

TEST(Buffer, MovesItsMemory) {
  Buffer first;
  first.append("abc"sv);
  Buffer second(std::move(first));
  EXPECT_EQ(second.text(), "abc");
  Buffer third;
  third = std::move(second);
  EXPECT_EQ(third.text(), "abc");
}

TEST(Buffer, RefusesImpossibleSizes) {
  Buffer out;
  out.append("abc"sv);
  EXPECT_THROW(out.prepare(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
  EXPECT_EQ(out.text(), "abc");
}

}  // namespace
}  // namespace iacdb::base
