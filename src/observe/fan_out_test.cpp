#include "observe/fan_out.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace iacdb::observe {
namespace {

struct Counter final : Observer {
  void on_query(const QueryEvent&) override { ++queries; }
  void on_pool(const PoolEvent&) override { ++pools; }
  int queries = 0;
  int pools = 0;
};

struct Thrower final : Observer {
  void on_query(const QueryEvent&) override { throw std::runtime_error("x"); }
  void on_pool(const PoolEvent&) override { throw 1; }
};

TEST(FanOut, TellsEveryoneWhateverTheOthersThrow) {
  const auto first = std::make_shared<Counter>();
  const auto last = std::make_shared<Counter>();
  FanOut fan_out({first, std::make_shared<Thrower>(), nullptr, last});
  fan_out.on_query({});
  fan_out.on_query({});
  fan_out.on_pool({});
  EXPECT_EQ(first->queries, 2);
  EXPECT_EQ(last->queries, 2);
  EXPECT_EQ(last->pools, 1);
  EXPECT_EQ(fan_out.failures(), 3U);
}

}  // namespace
}  // namespace iacdb::observe
