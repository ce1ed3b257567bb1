#include "wire/postgres/copy_binary.hpp"

#include <gtest/gtest.h>

#include "wire/postgres/framing.hpp"
#include "wire/postgres/protocol.hpp"
#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;

constexpr const char* header = "'PGCOPY' 0a ff 0d 0a 00 00000000 00000000";
constexpr const char* row = "0002 00000004 00000007 00000002 'ab'";

void write_row(CopyEncoder& copy, std::int32_t id, std::string_view name) {
  std::byte* to = copy.begin_row(2, 8 + 4 + name.size());
  to = put_field(to, id);
  to = put_field(to, name);
  copy.end_row(to);
}

TEST(CopyEncoder, WritesHeaderRowsAndTrailer) {
  Buffer out;
  CopyEncoder copy(out);
  copy.begin();
  write_row(copy, 7, "ab");
  copy.end();
  EXPECT_EQ(out.text(), wire("64 00000029") + wire(header) + wire(row) + wire("ffff 63 00000004"));
}

TEST(CopyEncoder, AMessageIsCutWhereTheCallerWants) {
  Buffer out;
  CopyEncoder copy(out);
  copy.begin();
  copy.cut();
  EXPECT_EQ(out.text(), wire("64 00000017") + wire(header));
  out.clear();
  write_row(copy, 7, "ab");
  copy.open_row(1);
  put_null(out.extend(4));
  copy.cut();
  copy.cut();
  EXPECT_EQ(out.text(), wire("64 0000001a") + wire(row) + wire("0001 ffffffff"));
  out.clear();
  copy.end();
  EXPECT_EQ(out.text(), wire("64 00000006 ffff 63 00000004"));
}

TEST(CopyDecoder, ReadsWhatAServerSends) {
  CopyDecoder copy;
  const auto first = wire(header) + wire(row);
  auto tuple = copy.next(as_bytes(first));
  ASSERT_TRUE(tuple);
  ASSERT_EQ(tuple->size(), 2);
  EXPECT_EQ(decode_int4(tuple->next()), 7);
  EXPECT_EQ(tuple->next().text(), "ab");
  tuple->finish();
  const auto second = wire("0001 ffffffff");
  tuple = copy.next(as_bytes(second));
  ASSERT_TRUE(tuple);
  EXPECT_TRUE(tuple->next().is_null());
  EXPECT_FALSE(copy.ended());
  const auto trailer = wire("ffff");
  EXPECT_FALSE(copy.next(as_bytes(trailer)));
  EXPECT_TRUE(copy.ended());
  EXPECT_TRUE(is_malformed([&] { copy.next(as_bytes(second)); }));
  EXPECT_TRUE(is_malformed([&] { copy.next(as_bytes(trailer)); }));
}

TEST(CopyDecoder, TheHeaderMayComeAlone) {
  CopyDecoder copy;
  const auto with_extension = wire("'PGCOPY' 0a ff 0d 0a 00 00000000 00000003 'abc'");
  EXPECT_FALSE(copy.next(as_bytes(with_extension)));
  const auto tuple = wire(row);
  EXPECT_TRUE(copy.next(as_bytes(tuple)));
}

TEST(CopyDecoder, RefusesMalformedBytes) {
  for (const char* bytes :
       {"'PGCOPX' 0a ff 0d 0a 00 00000000 00000000",
        "'PGCOPY' 0a ff 0d 0a 00 00010000 00000000",  // a critical flag
        "'PGCOPY' 0a ff 0d 0a 00 00000000 ffffffff", "'PGCOPY' 0a ff 0d 0a 00 00000000 00000001",
        "'PGCOPY' 0a ff 0d 0a 00 00000000 00000000 00",
        "'PGCOPY' 0a ff 0d 0a 00 00000000 00000000 ffff 00"}) {
    CopyDecoder copy;
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { copy.next(as_bytes(body)); })) << bytes;
  }
}

TEST(CopyTuple, IsCutFromAStreamOfAnyDivision) {
  const auto stream = wire(row) + wire("ffff");
  const auto row_bytes = wire(row).size();
  for (std::size_t size = 0; size <= stream.size(); ++size) {
    const auto tuple = next_copy_tuple(as_bytes(stream).first(size));
    if (size < row_bytes) {
      EXPECT_EQ(tuple.state, CopyTuple::State::need_more) << size;
    } else {
      EXPECT_EQ(tuple.state, CopyTuple::State::tuple) << size;
      EXPECT_EQ(tuple.size_bytes, row_bytes);
    }
  }
  EXPECT_EQ(next_copy_tuple(as_bytes(stream).subspan(row_bytes)).state, CopyTuple::State::trailer);
  for (const char* bytes : {"8000", "0001 fffffffe"}) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { next_copy_tuple(as_bytes(body)); })) << bytes;
  }
}

TEST(CopyTuple, TheHeaderIsAwaitedButNotForever) {
  const auto bytes = wire(header);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(copy_header_bytes(as_bytes(bytes).first(size)), 0U) << size;
  EXPECT_EQ(copy_header_bytes(as_bytes(bytes)), bytes.size());
  EXPECT_TRUE(is_malformed([] { copy_header_bytes(as_bytes("PGX")); }));
}

}  // namespace
}  // namespace iacdb::wire::postgres
