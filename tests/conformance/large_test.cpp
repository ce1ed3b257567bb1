// Large values: in pieces, and a hundred megabytes as they are.

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(Large);

TEST_P(Large, LargeValuesGoInAndOutInPieces) {
  struct Pattern final : ByteSource {
    std::uint64_t left = 20'000'003;
    std::uint64_t size_bytes() const override { return 20'000'003; }
    std::size_t read(std::span<std::byte> into) override {
      const auto n = std::min<std::uint64_t>(into.size(), left);
      for (std::size_t i = 0; i < n; ++i) into[i] = static_cast<std::byte>((left - i) % 251);
      left -= n;
      return n;
    }
  };
  const auto t = table("v " + types().bytes);
  Pattern source;
  db->exec("insert into " + t + " (v) values (?)", streamed(source));
  std::uint64_t at = 0;
  bool same = true;
  const auto size = db->session().read_large(
      [&](BytesView piece) {
        for (const std::byte b : piece) {
          same = same && b == static_cast<std::byte>((20'000'003 - at++) % 251);
        }
      },
      "select v from " + t);
  EXPECT_EQ(size, 20'000'003u);
  EXPECT_EQ(at, size);
  EXPECT_TRUE(same);
}

TEST_P(Large, StreamedParameters) {
  IACDB_NEEDS(Capability::streamed_parameters);
  struct Short final : ByteSource {  // Ends before its size: nothing must be stored.
    std::uint64_t size_bytes() const override { return 1000; }
    std::size_t read(std::span<std::byte>) override { return 0; }
  };
  const auto t = table("v " + types().bytes);
  Short source;
  EXPECT_THROW(db->exec("insert into " + t + " (v) values (?)", streamed(source)), Error);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

TEST_P(Large, AHundredMegabytesGoThereAndBack) {
  constexpr std::size_t size = 100'000'000;
  const auto t = table("id " + types().int64 + ", v " + types().bytes + ", w " + types().text);
  auto session = db->session();
  {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i % 253);
    session.exec("insert into " + t + " (id, v) values (1, ?)", bytes);
    EXPECT_TRUE(session.one<Bytes>("select v from " + t + " where id = 1") == bytes);
  }
  std::string text(size, 'x');
  for (std::size_t i = 0; i < size; i += 1000) text.replace(i, 3, "\xE2\x82\xAC");
  session.exec("insert into " + t + " (id, w) values (2, ?)", text);
  EXPECT_TRUE(session.one<std::string>("select w from " + t + " where id = 2") == text);
  EXPECT_EQ(session.one<int>("select count(*) from " + t), 2);
}

TEST_P(Large, WhatIsBeyondTheLimitIsRefusedAndTheDatabaseGoesOn) {
  const std::uint64_t limit = db->can().value_bytes_max;
  const auto t = table("v " + types().bytes);
  struct Endless final : ByteSource {
    explicit Endless(std::uint64_t size) : size_(size) {}
    std::uint64_t size_bytes() const override { return size_; }
    std::size_t read(std::span<std::byte> into) override {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - at_));
      std::fill_n(into.begin(), n, std::byte{7});
      at_ += n;
      return n;
    }
    std::uint64_t size_;
    std::uint64_t at_ = 0;
  };
  Endless source(limit + 1000);
  EXPECT_THROW(db->exec("insert into " + t + " (v) values (?)", streamed(source)), Error);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

TEST_P(Large, ReadingInPiecesNeedsOneValue) {
  auto session = db->session();
  const auto ignore = [](BytesView) {};
  expect_error(ErrorKind::row_count, [&] { session.read_large(ignore, "select 'x' where 1 = 0"); });
  expect_error(ErrorKind::data, [&] { session.read_large(ignore, "select null"); });
  std::string text;
  EXPECT_EQ(session.read_large(
                [&](BytesView piece) {
                  text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
                },
                "select 'hello' where 1 = ?", 1),
            5u);
  EXPECT_EQ(text, "hello");
}

}  // namespace
}  // namespace iacdb::conformance
