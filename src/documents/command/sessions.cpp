#include "documents/command/sessions.hpp"

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/engine.hpp"

namespace iacdb::doc {
namespace {

std::string session_of(const Object& command) {
  const Value& lsid = command.get("lsid");
  return lsid.missing() ? "" : print_json(lsid, JsonForm::canonical);
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
    return open_[session] = std::move(fresh);
  }
  const std::lock_guard lock(mutex_);
  const auto it = open_.find(session);
  if (it == open_.end()) {
    fail(Code::no_such_transaction,
         "Given transaction number does not match any in-progress transactions.");
  }
  return it->second;
}

/// Out of the map, so that it rolls back without the lock when the caller lets it go.
ServerPtr Sessions::take(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const auto it = open_.find(session);
  if (it == open_.end()) return nullptr;
  ServerPtr taken = std::move(it->second);
  open_.erase(it);
  return taken;
}

Object Sessions::end_transaction(const std::string& session, bool commits) {
  const ServerPtr server = take(session);
  if (!server) {
    fail(Code::no_such_transaction, "no transaction is in progress in this session");
  }
  if (commits) server->commit();
  return succeeded();
}

}  // namespace iacdb::doc
