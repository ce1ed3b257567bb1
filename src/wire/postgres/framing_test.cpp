#include "wire/postgres/framing.hpp"

#include <gtest/gtest.h>

#include "wire/postgres/protocol.hpp"
#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;
using base::as_text;

TEST(Framing, CutsMessagesWithoutCopying) {
  const auto stream = wire("5a 00000005 'I' 43 0000000d 'SELECT 1' 00");
  Bytes input = as_bytes(stream);
  Message message = next_message(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message.type, backend::ready_for_query);
  EXPECT_EQ(as_text(message.body), "I");
  EXPECT_EQ(static_cast<const void*>(message.body.data()), stream.data() + 5);
  EXPECT_EQ(message.size_bytes, 6U);
  input = input.subspan(message.size_bytes);
  message = next_message(input);
  EXPECT_EQ(message.type, backend::command_complete);
  EXPECT_EQ(message.size_bytes, input.size());
}

TEST(Framing, SaysHowMuchAnIncompleteMessageNeeds) {
  const auto stream = wire("43 0000000d 'SELECT 1' 00");
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const Message message = next_message(as_bytes(stream).first(size));
    EXPECT_FALSE(message);
    EXPECT_EQ(message.size_bytes, size < 5 ? 5U : stream.size()) << size;
  }
}

TEST(Framing, RefusesLengthsNoPeerMaySend) {
  for (const char* bytes : {"43 00000003", "43 00000000", "43 ffffffff", "43 80000000",
                            "5a 7fffffff",  // always short: the stream lost its step
                            "00 00000004", "48 54545020"}) {
    const auto stream = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { next_message(as_bytes(stream)); })) << bytes;
  }
}

TEST(Framing, HoldsLongMessagesToTheLimit) {
  const auto stream = wire("44 00010004");
  EXPECT_EQ(next_message(as_bytes(stream)).size_bytes, 5U + 65536);
  EXPECT_EQ(kind_of([&] { next_message(as_bytes(stream), 65535); }), ErrorKind::resource);
  const auto small = wire("5a 00000008");
  EXPECT_EQ(kind_of([&] { next_message(as_bytes(small), 3); }), ErrorKind::resource);
}

TEST(Framing, KnowsWhichMessagesAreLongBySender) {
  const auto bind = wire("42 00010004");
  EXPECT_FALSE(next_message(as_bytes(bind), body_bytes_max_default, Sender::frontend));
  EXPECT_TRUE(is_malformed([&] { next_message(as_bytes(bind)); }));
}

TEST(Framing, CutsTheStartupPacketByItsOwnRule) {
  const auto stream = wire("00000008 04d2162f 99");
  for (std::size_t size = 0; size < 8; ++size)
    EXPECT_FALSE(next_startup(as_bytes(stream).first(size))) << size;
  const Message message = next_startup(as_bytes(stream));
  ASSERT_TRUE(message);
  EXPECT_EQ(as_text(message.body), wire("04d2162f"));
  EXPECT_EQ(message.size_bytes, 8U);
  const auto too_short = wire("00000007 000300");
  EXPECT_TRUE(is_malformed([&] { next_startup(as_bytes(too_short)); }));
  const auto too_long = wire("00002711 00030000");
  EXPECT_EQ(kind_of([&] { next_startup(as_bytes(too_long)); }), ErrorKind::resource);
}

}  // namespace
}  // namespace iacdb::wire::postgres
