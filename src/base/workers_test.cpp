#include "base/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace iacdb::base {
namespace {

TEST(Workers, FinishWhatWasSubmitted) {
  std::atomic<int> done{0};
  {
    Workers workers(3, 100);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(workers.submit([&] { ++done; }));
  }
  EXPECT_EQ(done, 100);
}

TEST(Workers, RefuseWhenTheQueueIsFull) {
  Workers workers(1, 1);
  std::promise<void> started;
  std::promise<void> release;
  ASSERT_TRUE(workers.submit([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(workers.submit([] {}));
  EXPECT_FALSE(workers.submit([] {}));
  release.set_value();
  workers.stop();
  EXPECT_FALSE(workers.submit([] {}));
}

}  // namespace
}  // namespace iacdb::base
