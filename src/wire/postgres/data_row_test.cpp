#include "wire/postgres/data_row.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;

void walk(base::Bytes body, std::uint16_t columns) {
  DescribedRow row(body, columns);
  for (unsigned i = 0; i < columns; ++i) row.next();
  row.finish();
}

TEST(DescribedRow, AnswersWhatDataRowAnswers) {
  const auto body = wire("0004 00000004 0000002a ffffffff 00000000 00000003 'abc'");
  DataRow slow(as_bytes(body));
  DescribedRow fast(as_bytes(body), 4);
  for (int i = 0; i < 4; ++i) {
    const Field expected = slow.next();
    const Field got = fast.next();
    EXPECT_EQ(got.data, expected.data) << i;
    EXPECT_EQ(got.size, expected.size) << i;
  }
  fast.finish();
  walk(as_bytes(wire("0000")), 0);
}

TEST(DescribedRow, NeedsTheNumberOfColumnsDescribed) {
  const auto body = wire("0002 ffffffff ffffffff");
  walk(as_bytes(body), 2);
  EXPECT_TRUE(is_malformed([&] { walk(as_bytes(body), 1); }));
  EXPECT_TRUE(is_malformed([&] { walk(as_bytes(body), 3); }));
}

TEST(DescribedRow, RefusesMalformedBytes) {
  for (const char* bytes :
       {"", "00", "0002", "0002 ffffffff", "0002 ffffffff fffffffe", "0002 80000000 ffffffff",
        "0002 00000001 ffffffff", "0002 00000005 'ab' 00000000", "0002 00000000 00000000 00"}) {
    const auto text = wire(bytes);
    // A copy of its own size, so that a sanitizer sees a read behind the end.
    const std::vector<std::byte> body(as_bytes(text).begin(), as_bytes(text).end());
    EXPECT_TRUE(is_malformed([&] { walk(body, 2); })) << bytes;
  }
}

TEST(DescribedRow, EveryLengthIsHeldToTheBody) {
  const auto body = wire("0003 00000002 'ab' 00000002 'cd' 00000002 'ef'");
  for (std::size_t at = 2; at < body.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<std::byte> changed(as_bytes(body).begin(), as_bytes(body).end());
      changed[at] ^= static_cast<std::byte>(1 << bit);
      const auto kind = kind_of([&] { walk(changed, 3); });
      EXPECT_TRUE(!kind || kind == ErrorKind::internal) << at << " " << bit;
    }
  }
}

}  // namespace
}  // namespace iacdb::wire::postgres
