// Eight writers on PostgreSQL and MariaDB while everything fails around them, round after round.

#include <gtest/gtest.h>

#include <future>
#include <iostream>

#include "subject.hpp"

namespace iacdb::chaos {
namespace {

using namespace std::chrono_literals;

void run_round(Subject& subject) {
  subject.start_writers();
  subject.kill_and_restart();
  subject.hold(Fault::cut, 100ms);
  subject.hold(Fault::delay, 200ms);
  subject.hold(Fault::trickle, 200ms);
  subject.hold(Fault::half_close, 100ms);
  subject.hold(Fault::mute, Writers::timeout + 300ms);
  subject.exhaust_connections();
  subject.block_the_table();
  subject.move_name();
  subject.settle_accounts();
}

void print(const std::string& kind, const Tally& tally) {
  std::cout << "chaos: " << kind << ": " << tally.rounds << " rounds, "
            << tally.account.acknowledged << " acknowledged, " << tally.account.in_doubt
            << " in doubt (" << tally.account.in_doubt_present << " of them done), "
            << tally.account.failed << " failed, " << tally.contradictions.size()
            << " contradictions; longest call " << tally.account.longest.count()
            << " ms, longest recovery " << tally.longest_recovery.count() << " ms\nchaos: " << kind
            << ": errors:";
  for (const auto& [error, count] : tally.account.errors) std::cout << ' ' << error << ' ' << count;
  std::cout << std::endl;
}

TEST(Faults, EveryWriteIsWhatItsWriterWasTold) {
  Subject postgres("postgres");
  Subject mariadb("mariadb");
  for (int round = 0; round < rounds() && !testing::Test::HasFailure(); ++round) {
    auto other = std::async(std::launch::async, [&] { run_round(mariadb); });
    run_round(postgres);
    other.get();
    for (Subject* subject : {&postgres, &mariadb}) {
      for (const std::string& line : subject->tally.contradictions) {
        ADD_FAILURE() << "round " << round << ": " << line;
      }
    }
    std::cout << "chaos: round " << round + 1 << " of " << rounds() << " is settled" << std::endl;
  }
  print("postgres", postgres.tally);
  print("mariadb", mariadb.tally);
  for (Subject* subject : {&postgres, &mariadb}) {
    // Without any of these the faults did not reach the writers.
    EXPECT_GT(subject->tally.account.acknowledged, 0U);
    EXPECT_GT(subject->tally.account.in_doubt, 0U);
    EXPECT_GT(subject->tally.account.failed, 0U);
  }
}

}  // namespace
}  // namespace iacdb::chaos
