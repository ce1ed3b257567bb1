#include "documents/command/time_limit.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace iacdb::doc {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

/// Whether the stop is asked for before the patience ends.
bool comes(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, token, patience, [] { return false; });
  return token.stop_requested();
}

TEST(TimeLimit, asks_for_the_stop_when_the_time_is_up) {
  const auto alarms = std::make_shared<Alarms>();
  const TimeLimit late(alarms, {}, 1h);
  const TimeLimit soon(alarms, {}, 10ms);  // Before one that was set first.
  EXPECT_TRUE(comes(soon.token()));
  EXPECT_FALSE(late.token().stop_requested());
}

TEST(TimeLimit, does_not_run_while_it_pauses_or_when_it_has_ended) {
  const auto alarms = std::make_shared<Alarms>();
  TimeLimit paused(alarms, {}, 1s);
  paused.pause();
  std::stop_source ended;
  { const TimeLimit limit(alarms, ended, 1s); }
  const TimeLimit longer(alarms, {}, 1100ms);
  EXPECT_TRUE(comes(longer.token()));
  EXPECT_FALSE(paused.token().stop_requested());
  EXPECT_FALSE(ended.stop_requested());
  paused.resume();
  EXPECT_TRUE(comes(paused.token()));
}

TEST(Alarms, go_off_in_their_order_and_those_of_one_time_all) {
  Alarms alarms;
  std::vector<std::stop_source> stops(5);
  const auto now = Alarms::Clock::now();
  for (std::size_t i = stops.size(); i-- > 0;) {
    alarms.set(now + i / 2 * 10ms, stops[i]);
  }
  EXPECT_TRUE(comes(stops.back().get_token()));
  for (const std::stop_source& stop : stops) EXPECT_TRUE(stop.stop_requested());
}

}  // namespace
}  // namespace iacdb::doc
