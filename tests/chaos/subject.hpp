#pragma once
// Subject: one real server, the proxies in front of it, and the one Database handle that all rounds
// use: service must come back without opening it anew.
//
//   Subject postgres("postgres");
//   postgres.hold(Fault::trickle, 400ms);
//
// The client knows the server by a name that moves between two proxies, 127.0.0.1 and 127.0.0.2 on
// the same port. Threads: one at a time.

#include <iacdb/iacdb.hpp>
#include <memory>
#include <optional>
#include <string>

#include "fault_proxy.hpp"
#include "ledger.hpp"

namespace iacdb::chaos {

/// Throws when it is not set: a server that is not there must not look like success.
std::string variable(const std::string& name);
/// Runs scripts/servers on the tests' own servers. Throws when it fails.
void servers(const std::string& command);
int rounds();

/// What a round, or all of them, came to: a line of the summary for each subject.
struct Tally {
  Account account;
  int rounds = 0;
  std::chrono::milliseconds longest_recovery{0};
  std::vector<std::string> contradictions;
};

class Subject {
 public:
  explicit Subject(const std::string& kind);

  void start_writers();
  void kill_and_restart();
  void hold(Fault fault, std::chrono::milliseconds span);
  void exhaust_connections();
  void block_the_table();
  void move_name();
  /// Every writer writes again.
  void require_recovery(const std::string& after);
  void settle_accounts();

  Tally tally;

 private:
  void say(const std::string& sql);
  bool is_postgres() const { return kind_ == "postgres"; }

  const std::string kind_;
  const std::string table_ = "chaos_ledger";
  std::unique_ptr<FaultProxy> proxies_[2];
  int place_ = 0;  ///< The proxy that the name points to.
  std::optional<Database> admin_;
  std::optional<Database> db_;
  std::unique_ptr<Writers> writers_;
  std::int64_t next_number_ = 0;
};

}  // namespace iacdb::chaos
