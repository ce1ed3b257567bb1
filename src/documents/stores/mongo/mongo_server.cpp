#include "documents/stores/mongo/mongo_server.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/arguments.hpp"
#include "documents/command/engine.hpp"
#include "documents/command/sessions.hpp"
#include "documents/stores/mongo/mongo_pool.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool writes_at_its_end(const Object& aggregate) {
  const Value& pipeline = aggregate.get("pipeline");
  if (!pipeline.is(Type::array) || pipeline.array().empty()) return false;
  const Value& last = pipeline.array().back();
  return last.is(Type::object) && !last.object().empty() &&
         is_one_of(last.object().front().name, {"$out", "$merge"});
}

Effect effect_of(const Object& command) {
  const std::string& name = command.front().name;
  if (name == "aggregate") {
    return writes_at_its_end(command) ? Effect::reads_and_writes : Effect::reads;
  }
  if (is_one_of(name, {"find", "count", "distinct"})) return Effect::reads;
  if (is_one_of(name, {"insert", "update", "delete", "findAndModify", "findandmodify", "create",
                       "createIndexes", "drop", "dropIndexes", "collMod", "dropDatabase",
                       "renameCollection", "bulkWrite"})) {
    return Effect::writes;
  }
  return Effect::other;
}

bool answers_with_cursor(std::string_view command) {
  return is_one_of(command, {"find", "aggregate", "listCollections", "listIndexes", "bulkWrite"});
}

bool is_of_admin(std::string_view command) {
  return is_one_of(command, {"renameCollection", "listDatabases", "bulkWrite"});
}

std::int64_t cursor_id(const Object& reply) {
  const Value& cursor = reply.get("cursor");
  if (!cursor.is(Type::object)) return 0;
  const Value& id = cursor.object().get("id");
  return id.is_number() ? exact_int64(id).value_or(0) : 0;
}

Object document_at(const bson_iter_t& at) {
  std::uint32_t size = 0;
  const std::uint8_t* data = nullptr;
  bson_iter_document(&at, &size, &data);
  return decode({reinterpret_cast<const char*>(data), size});
}

/// Moves the batch of a reply out of it, document by document.
Object split_batch(const std::string& bytes, RawBatch& batch) {
  Object cursor;
  bson_t reply;
  bson_iter_t top;
  bson_iter_t inner;
  if (!bson_init_static(&reply, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                        bytes.size()) ||
      !bson_iter_init_find(&top, &reply, "cursor") || !bson_iter_recurse(&top, &inner)) {
    return decode(bytes);
  }
  while (bson_iter_next(&inner)) {
    const std::string_view name = bson_iter_key(&inner);
    if (name == "id") {
      cursor.add("id", Value(static_cast<std::int64_t>(bson_iter_as_int64(&inner))));
    } else if (name == "postBatchResumeToken" && BSON_ITER_HOLDS_DOCUMENT(&inner)) {
      cursor.add("postBatchResumeToken", Value(document_at(inner)));
    } else if (name == "firstBatch" || name == "nextBatch") {
      bson_iter_t document;
      if (!bson_iter_recurse(&inner, &document)) continue;
      while (bson_iter_next(&document)) {
        std::uint32_t size = 0;
        const std::uint8_t* data = nullptr;
        if (!BSON_ITER_HOLDS_DOCUMENT(&document)) continue;
        bson_iter_document(&document, &size, &data);
        batch.emplace_back(reinterpret_cast<const char*>(data), size);
      }
    }
  }
  return Object{{"cursor", Value(std::move(cursor))}};
}

/// The session's fields are libmongoc's business, which has sessions of its own.
Object without_session(const Object& command) {
  Object out = command;
  for (const char* name : {"lsid", "txnNumber", "autocommit", "startTransaction"}) {
    out.remove(name);
  }
  return out;
}

void check_session(const Object& command) {
  if (command.has("txnNumber") && !command.has("autocommit")) {
    fail(Code::not_implemented,
         "txnNumber without autocommit: false is not passed on; writes that may be sent again are "
         "numbered by the client library");
  }
  if (command.front().name == "commitTransaction" && command.has("writeConcern")) {
    fail(Code::not_implemented,
         "writeConcern of commitTransaction is not passed on; write it into the URL (w=majority)");
  }
}

class MongoServer : public Server {
 public:
  explicit MongoServer(std::shared_ptr<MongoPool> pool) : pool_(std::move(pool)) {}
  MongoServer(std::shared_ptr<MongoPool> pool, MongoLease transaction)
      : pool_(std::move(pool)), transaction_(std::move(transaction)) {}

  Object run(const Object& command) override;
  Object run_raw(const Object& command, RawBatch& batch) override;
  Object reply_to(const Object& command) override;
  void close_cursor(const std::string& collection, std::int64_t id) noexcept override;
  ServerPtr begin() override;
  void commit() override { transaction_->commit_transaction(); }
  Health health() override;
  std::vector<IndexUse> index_uses(const std::string& collection) override;

 private:
  /// What is left of an answer after its batch was taken out, or all of it.
  using Reader = std::function<Object(const std::string&)>;
  Object answer(const Object& command, const Reader& read);
  std::string send(MongoLease& lease, const Object& command) const;
  std::optional<MongoLease> take_cursor(std::int64_t id);
  MongoLease lease_for(const Object& command);

  std::shared_ptr<MongoPool> pool_;
  std::optional<MongoLease> transaction_;
  Sessions sessions_;
  std::mutex mutex_;
  /// Open cursors, each with the client, the session and the server that it must stay with.
  std::map<std::int64_t, MongoLease> cursors_;
};

Health MongoServer::health() {
  Health out;
  out.backend = "mongodb";
  try {
    const auto start = std::chrono::steady_clock::now();
    run({{"ping", Value(std::int32_t{1})}});
    out.latency = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - start);
    out.reachable = true;
    out.version = run({{"buildInfo", Value(std::int32_t{1})}}).get("version").text();
    // Servers older than 4.4 have only the second name for it.
    Object hello = reply_to({{"hello", Value(std::int32_t{1})}});
    if (!truthy(hello.get("ok"))) hello = run({{"isMaster", Value(std::int32_t{1})}});
    const bool primary = truthy(hello.get("isWritablePrimary")) || truthy(hello.get("ismaster"));
    out.read_only = !primary;
    out.role = primary ? Role::primary : Role::replica;
    out.ok = true;
    out.message = "ok";
  } catch (const std::exception& error) {
    out.message = error.what();
  }
  return out;
}

std::vector<IndexUse> MongoServer::index_uses(const std::string& collection) {
  std::vector<IndexUse> out;
  const Object reply =
      reply_to({{"aggregate", Value(collection)},
                {"pipeline", Value(Array{Value(Object{{"$indexStats", Value(Object())}})})},
                {"cursor", Value(Object())}});
  // Not every server counts: then nothing is known.
  const Value& cursor = reply.get("cursor");
  if (!cursor.is(Type::object) || !cursor.object().get("firstBatch").is(Type::array)) return out;
  for (const Value& one : cursor.object().get("firstBatch").array()) {
    if (!one.is(Type::object) || !one.object().get("name").is(Type::string)) continue;
    IndexUse use;
    use.name = one.object().get("name").text();
    const Value& accesses = one.object().get("accesses");
    if (accesses.is(Type::object)) {
      const Value& ops = accesses.object().get("ops");
      const Value& since = accesses.object().get("since");
      if (ops.is_number()) use.uses = exact_int64(ops);
      if (since.is(Type::date)) use.since = print_iso_date(since.millis());
    }
    if (use.name != "_id_") out.push_back(std::move(use));
  }
  return out;
}

std::string MongoServer::send(MongoLease& lease, const Object& command) const {
  check_concerns(command);  // They become options of the client library, which would not say why.
  const Value& collection = command.get("collection");
  const bool of_bulk_write =
      collection.is(Type::string) && collection.text() == "$cmd.bulkWrite";  // Its getMore.
  const bool of_admin = is_of_admin(command.front().name) || of_bulk_write;
  const char* database = of_admin ? "admin" : pool_->database().c_str();
  return lease.send(database, command, effect_of(command));
}

std::optional<MongoLease> MongoServer::take_cursor(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto it = cursors_.find(id);
  if (it == cursors_.end()) return std::nullopt;
  std::optional<MongoLease> out(std::move(it->second));
  cursors_.erase(it);
  return out;
}

MongoLease MongoServer::lease_for(const Object& command) {
  const std::string& name = command.front().name;
  if (name == "getMore") {
    const Value& id = command.front().value;
    auto held = take_cursor(id.is_number() ? exact_int64(id).value_or(0) : 0);
    if (held) return std::move(*held);
  }
  if (name == "killCursors" && command.get("cursors").is(Type::array)) {
    std::optional<MongoLease> held;
    for (const Value& id : command.get("cursors").array()) {
      auto one = take_cursor(id.is_number() ? exact_int64(id).value_or(0) : 0);
      if (one) held.emplace(std::move(*one));
    }
    if (held) return std::move(*held);
  }
  MongoLease fresh(pool_);
  if (answers_with_cursor(name)) {
    fresh.choose_server(effect_of(command) != Effect::reads);
    fresh.start_session();
  }
  return fresh;
}

Object MongoServer::answer(const Object& command, const Reader& read) {
  if (transaction_) return read(send(*transaction_, without_session(command)));
  MongoLease lease = lease_for(command);
  Object reply = read(send(lease, without_session(command)));
  if (const std::int64_t id = cursor_id(reply); id != 0) {
    const std::lock_guard lock(mutex_);
    cursors_.emplace(id, std::move(lease));
  }
  return reply;
}

Object MongoServer::run(const Object& command) {
  if (command.empty()) fail(Code::bad_value, "a command needs a name");
  if (!transaction_) {
    check_session(command);
    auto reply = sessions_.run(command, [this] {
      if (!pool_->has_transactions()) {
        fail(Code::illegal_operation,
             "Transaction numbers are only allowed on a replica set member or mongos");
      }
      return begin();
    });
    if (reply) return std::move(*reply);
  }
  return run_in_parts(command, [this](const Object& part) {
    return answer(part, [](const std::string& bytes) { return decode(bytes); });
  });
}

Object MongoServer::run_raw(const Object& command, RawBatch& batch) {
  return answer(command, [&batch](const std::string& bytes) {
    batch.clear();
    return split_batch(bytes, batch);
  });
}

Object MongoServer::reply_to(const Object& command) {
  try {
    return run(command);
  } catch (const std::exception& error) {
    return error_reply(as_failure(error));
  }
}

void MongoServer::close_cursor(const std::string& collection, std::int64_t id) noexcept {
  try {
    run({{"killCursors", Value(collection)}, {"cursors", Value(Array{Value(id)})}});
  } catch (const std::exception&) {  // The server ends it by itself after a while.
  }
}

ServerPtr MongoServer::begin() {
  if (!pool_->has_transactions()) {
    raise(ErrorFacts{.kind = ErrorKind::unsupported,
                     .message = "this MongoDB server has no transactions; they need a replica set "
                                "or a sharded cluster",
                     .backend = "mongodb"});
  }
  MongoLease lease(pool_);
  lease.start_transaction();
  return std::make_shared<MongoServer>(pool_, std::move(lease));
}

}  // namespace

ServerPtr open_mongo(const config::DatabaseSettings& settings, const OpenOptions& options) {
  auto pool = std::make_shared<MongoPool>(settings, options);
  // The first command finds out whether a server answers, and takes the user.
  MongoLease(pool).send(pool->database().c_str(), {{"ping", Value(std::int32_t{1})}},
                        Effect::other);
  return std::make_shared<MongoServer>(std::move(pool));
}

}  // namespace iacdb::doc
