#pragma once
// Sessions: the open transactions of a server's clients, by the lsid that their commands carry.
//
//   if (auto reply = sessions.run(command, [&] { return begin_transaction(); })) return *reply;
//
// Threads: safe to share; the commands of one transaction come one at a time.

#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "documents/command/server.hpp"

namespace iacdb::doc {

class Sessions {
 public:
  using Begin = std::function<ServerPtr()>;
  /// The reply to a command of a transaction; nullopt for any other command.
  /// Throws: Failure, labelled where the whole transaction may be run again.
  std::optional<Object> run(const Object& command, const Begin& begin);

 private:
  Object run_in_transaction(const std::string& session, const Object& command, const Begin& begin);
  ServerPtr transaction_of(const std::string& session, bool starts, const Begin& begin);
  ServerPtr take(const std::string& session);
  Object end_transaction(const std::string& session, bool commits);

  std::mutex mutex_;
  std::map<std::string, ServerPtr> open_;
};

}  // namespace iacdb::doc
