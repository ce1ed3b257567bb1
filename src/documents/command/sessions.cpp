#include "documents/command/sessions.hpp"

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/engine.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

std::string session_of(const Object& command) {
  const Value& lsid = command.get("lsid");
  return lsid.missing() ? "" : print_json(lsid, JsonForm::canonical);
}

constexpr std::size_t sessions_remembered_max = 1000;

/// Tells a client that it must not run the transaction again before it has looked.
Failure unknown_result(const std::string& message) {
  return {static_cast<int>(Code::host_unreachable), message,
          Object{{"errorLabels", Value(Array{Value("UnknownTransactionCommitResult")})}}};
}

/// Tells a client that the whole transaction may be run again.
Failure transient_in_transaction(const Failure& failure) {
  const auto code = static_cast<Code>(failure.code());
  if (code != Code::write_conflict && code != Code::no_such_transaction) return failure;
  Object details = failure.details();
  details.set("errorLabels", Value(Array{Value("TransientTransactionError")}));
  return {failure.code(), failure.what(), std::move(details)};
}

}  // namespace

std::optional<Object> Sessions::run(const Object& command, const Begin& begin) {
  const std::string& name = command.front().name;
  if (name == "commitTransaction" || name == "abortTransaction") {
    try {
      return end_transaction(session_of(command), name == "commitTransaction");
    } catch (const std::exception& error) {
      throw transient_in_transaction(as_failure(error));
    }
  }
  const Value& autocommit = command.get("autocommit");
  if (!autocommit.is(Type::boolean) || autocommit.boolean()) return std::nullopt;
  return run_in_transaction(session_of(command), command, begin);
}

Object Sessions::run_in_transaction(const std::string& session, const Object& command,
                                    const Begin& begin) {
  try {
    const ServerPtr server =
        transaction_of(session, truthy(command.get("startTransaction")), begin);
    if (command.front().name == "count") {
      fail(Code::operation_not_supported_in_transaction,
           "Cannot run 'count' in a multi-document transaction.");
    }
    Object reply = server->run(command);
    if (reply.has("writeErrors")) take(session);
    return reply;
  } catch (const std::exception& error) {
    take(session);  // An error ends the transaction, as MongoDB has it.
    throw transient_in_transaction(as_failure(error));
  }
}

ServerPtr Sessions::transaction_of(const std::string& session, bool starts, const Begin& begin) {
  if (starts) {
    take(session);  // What it holds would lock out the new one.
    ServerPtr fresh = begin();
    const std::lock_guard lock(mutex_);
    in_doubt_.erase(session);
    open_[session] = {fresh, Clock::now() + lifetime_};
    if (!watcher_.joinable()) {
      watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    }
    return fresh;
  }
  const std::lock_guard lock(mutex_);
  const auto it = open_.find(session);
  if (it == open_.end()) {
    fail(Code::no_such_transaction,
         "Given transaction number does not match any in-progress transactions.");
  }
  return it->second.server;
}

/// Out of the map, so that it rolls back without the lock when the caller lets it go.
ServerPtr Sessions::take(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const auto it = open_.find(session);
  if (it == open_.end()) return nullptr;
  ServerPtr taken = std::move(it->second.server);
  open_.erase(it);
  return taken;
}

Object Sessions::end_transaction(const std::string& session, bool commits) {
  const ServerPtr server = take(session);
  if (!server) {
    const std::lock_guard lock(mutex_);
    if (in_doubt_.contains(session)) throw unknown_result("nobody knows whether it was committed");
    fail(Code::no_such_transaction, "no transaction is in progress in this session");
  }
  if (commits) commit(session, *server);
  return succeeded();
}

void Sessions::commit(const std::string& session, Server& server) {
  try {
    server.commit();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::in_doubt) throw;
    const std::lock_guard lock(mutex_);
    if (in_doubt_.size() >= sessions_remembered_max) in_doubt_.clear();
    in_doubt_.insert(session);
    throw unknown_result(error.what());
  }
}

void Sessions::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    std::vector<ServerPtr> late;
    Clock::time_point next = Clock::now() + lifetime_;
    for (auto it = open_.begin(); it != open_.end();) {
      if (it->second.end <= Clock::now()) {
        late.push_back(std::move(it->second.server));
        it = open_.erase(it);
      } else {
        next = std::min(next, it->second.end);
        ++it;
      }
    }
    if (!late.empty()) {
      lock.unlock();
      late.clear();  // Rolls back, unless a command is under way: then that does at its end.
      lock.lock();
      continue;
    }
    stopped_.wait_until(lock, stop, next, [] { return false; });  // Later ones end later.
  }
}

}  // namespace iacdb::doc
