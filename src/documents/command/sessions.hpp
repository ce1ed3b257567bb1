#pragma once
// Sessions: the open transactions of a server's clients, by the lsid that their commands carry.
//
//   if (auto reply = sessions.run(command, [&] { return begin_transaction(); })) return *reply;
//
// A transaction is open for 60 seconds at most, as MongoDB has it: then it is rolled back, whether
// its client comes back or not, so that what it holds does not stop others for ever.
// Threads: safe to share; the commands of one transaction come one at a time.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "documents/command/server.hpp"

namespace iacdb::doc {

class Sessions {
 public:
  using Begin = std::function<ServerPtr()>;
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds lifetime_max = std::chrono::seconds(60);
  explicit Sessions(std::chrono::milliseconds lifetime = lifetime_max) : lifetime_(lifetime) {}

  /// The reply to a command of a transaction; nullopt for any other command.
  /// Throws: Failure, labelled where the whole transaction may be run again.
  std::optional<Object> run(const Object& command, const Begin& begin);

 private:
  Object run_in_transaction(const std::string& session, const Object& command, const Begin& begin);
  ServerPtr transaction_of(const std::string& session, bool starts, const Begin& begin);
  ServerPtr take(const std::string& session);
  Object end_transaction(const std::string& session, bool commits);
  void commit(const std::string& session, Server& server);
  /// Rolls back what is open for too long, until it is told to stop.
  void watch(const std::stop_token& stop);

  struct OpenOne {
    ServerPtr server;
    Clock::time_point end;
  };
  std::chrono::milliseconds lifetime_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::map<std::string, OpenOne> open_;
  std::set<std::string> in_doubt_;  ///< Sessions whose last commit nobody knows the end of.
  std::jthread watcher_;            ///< From the first transaction on.
};

}  // namespace iacdb::doc
