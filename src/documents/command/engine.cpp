#include "documents/command/engine.hpp"

#include <atomic>
#include <chrono>
#include <random>

#include "documents/bson/codec.hpp"
#include "documents/bson/collation.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/expiry.hpp"
#include "documents/expression/variable_names.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t first_batch_default = 101;
constexpr std::size_t batch_bytes_max = document_bytes_max;
/// What is computed may be larger than what is stored by MongoDB's allowance for replies.
constexpr std::size_t returned_bytes_max = document_bytes_max + 16 * 1024;
/// Results up to this size are read to their end at once, so that they hold no lock.
constexpr std::size_t buffered_documents_max = 1000;

/// How often a read begins anew because a collection was changed meanwhile.
constexpr int definition_attempts = 3;

Value now_value() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Value(Date{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

Value timestamp_value() {
  static std::atomic<std::uint32_t> counter{1};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return Value(Timestamp{static_cast<std::uint32_t>(seconds), counter.fetch_add(1)});
}

std::int64_t new_cursor_id() {
  thread_local std::mt19937_64 dice{std::random_device{}()};
  return static_cast<std::int64_t>(dice() >> 2) + 1;
}

const CommandEntry* find_command(std::string_view name) {
  for (const auto& list : {read_commands(), write_commands(), bulk_commands(),
                           collection_commands(), index_commands(), server_commands()}) {
    for (const CommandEntry& entry : list) {
      if (entry.name == name) return &entry;
    }
  }
  return nullptr;
}

std::optional<Taken> take_next(OpenCursor& cursor) {
  if (!cursor.buffered.empty()) {
    Taken next = std::move(cursor.buffered.back());
    cursor.buffered.pop_back();
    return next;
  }
  if (!cursor.rest) return std::nullopt;
  if (cursor.raw) {
    Taken next;
    if (!cursor.rest->next_bytes(next.bytes)) return std::nullopt;
    return next;
  }
  auto document = cursor.rest->next();
  if (!document) return std::nullopt;
  return Taken{std::move(*document)};
}

std::size_t size_of(const Taken& one) {
  return one.bytes.empty() ? encoded_size(one.document.object()) : one.bytes.size();
}

/// Takes documents until the batch is full; none are lost.
std::vector<Taken> take_batch(OpenCursor& cursor, std::optional<std::int64_t> size, bool first) {
  const std::size_t wanted =
      size ? static_cast<std::size_t>(*size) : (first ? first_batch_default : SIZE_MAX);
  std::vector<Taken> out;
  std::size_t bytes = 0;
  while (out.size() < wanted) {
    std::optional<Taken> next = take_next(cursor);
    if (!next) break;
    const std::size_t more = size_of(*next);
    if (more > returned_bytes_max) {
      fail(Code::bson_object_too_large, "BSONObj size: " + std::to_string(more) +
                                            " is invalid. Size must be between 0 and " +
                                            std::to_string(returned_bytes_max) + "(16MB)");
    }
    if (!out.empty() && bytes + more > batch_bytes_max) {
      cursor.buffered.push_back(std::move(*next));
      break;
    }
    bytes += more;
    out.push_back(std::move(*next));
  }
  return out;
}

/// The batch as the reply has it, or beside it.
Array batch_of(std::vector<Taken> taken, RawBatch* raw) {
  Array out;
  for (Taken& one : taken) {
    if (raw != nullptr) {
      raw->push_back(one.bytes.empty() ? encode(one.document.object()) : std::move(one.bytes));
    } else {
      out.push_back(one.bytes.empty() ? std::move(one.document) : Value(decode(one.bytes)));
    }
  }
  return out;
}

/// Reads ahead, and lets go of the store where that reaches the end. True: nothing is left.
bool read_ahead(OpenCursor& cursor, bool to_the_end) {
  if (cursor.rest && cursor.buffered.empty()) {
    std::vector<Taken> ahead;
    bool ended = false;
    while (to_the_end || ahead.size() < buffered_documents_max) {
      auto next = take_next(cursor);
      if (!next) {
        ended = true;
        break;
      }
      ahead.push_back(std::move(*next));
    }
    cursor.buffered.assign(std::make_move_iterator(ahead.rbegin()),
                           std::make_move_iterator(ahead.rend()));
    if (ended) {
      cursor.rest.reset();
      cursor.unit.reset();
    }
  }
  return cursor.buffered.empty() && !cursor.rest;
}

Object cursor_document(const char* batch_name, Array batch, std::int64_t id,
                       const std::string& ns) {
  Object cursor;
  cursor.add(batch_name, Value(std::move(batch)));
  cursor.add("id", Value(id));
  cursor.add("ns", Value(ns));
  return Object{{"cursor", Value(std::move(cursor))}};
}

}  // namespace

Engine::Engine(StorePtr store) : store_(std::move(store)) {}

Engine::Engine(StorePtr store, UnitPtr unit, std::stop_source stop)
    : store_(std::move(store)), transaction_(std::move(unit)), stop_(std::move(stop)) {}

Engine::~Engine() = default;

void Engine::expire_every(std::chrono::milliseconds period) {
  expirer_ = std::make_unique<Expirer>(store_, period);
}

Health Engine::health() {
  Health out = store_->health();
  const std::string failure = expirer_ ? expirer_->failure() : "";
  if (out.ok && !failure.empty()) {
    out.ok = false;
    out.message = "documents do not expire: " + failure;
  }
  return out;
}

std::shared_ptr<TimeLimit> Engine::time_limit(const Object& command) {
  const Value& given = command.get("maxTimeMS");
  const auto most = given.is_number() ? exact_int64(given) : std::nullopt;
  if (!most || *most == 0) return nullptr;
  std::shared_ptr<Alarms> alarms;
  {
    const std::lock_guard lock(mutex_);
    if (!alarms_) alarms_ = std::make_shared<Alarms>();
    alarms = alarms_;
  }
  std::stop_source stop = transaction_ ? stop_ : std::stop_source();
  return std::make_shared<TimeLimit>(std::move(alarms), std::move(stop),
                                     std::chrono::milliseconds(*most));
}

Work::Work(Engine& engine, Access access, const Object& command)
    : kept_(std::make_shared<Kept>()),
      limit_(engine.time_limit(command)),
      owned_(engine.transaction() != nullptr ? nullptr
             : limit_                        ? engine.store().begin(access, limit_->token())
                                             : engine.store().begin(access)),
      unit_(owned_ ? owned_.get() : engine.transaction()),
      database_(engine.store().name()),
      environment_(kept_->environment),
      bindings_(kept_->bindings) {
  environment_.now = now_value();
  environment_.cluster_time = timestamp_value();
  if (limit_) environment_.stop = limit_->token();
  unit_->bypass_validation(false);
}

void Work::commit() {
  if (owned_) owned_->commit();
}

void Work::use_collation(const Object& spec, const std::optional<CollectionInfo>& collection) {
  if (!spec.empty()) {
    kept_->collator = parse_collation(spec);
  } else if (collection && collection->options.get("collation").is(Type::object)) {
    kept_->collator = parse_collation(collection->options.get("collation").object());
  } else {
    kept_->collator = nullptr;
  }
  environment_.collator = kept_->collator.get();
}

VariableNames Work::use_let(const Object& let) {
  VariableNames names;
  const Value nothing{Object()};
  kept_->values.clear();
  kept_->names.clear();
  for (const Field& field : let) {
    check_variable(field.name);
    kept_->values.push_back(
        evaluate(*parse_expression(field.value, {}), Scope::of(nothing, environment_)));
    kept_->names.push_back(field.name);
    names.insert(field.name);
  }
  let_count_ = kept_->names.size();
  bind();
  return names;
}

void Work::use_constants(const Object& constants, VariableNames& names) {
  kept_->values.resize(let_count_);
  kept_->names.resize(let_count_);
  for (const Field& field : constants) {
    check_variable(field.name);
    kept_->values.push_back(field.value);
    kept_->names.push_back(field.name);
    names.insert(field.name);
  }
  bind();
}

void Work::bind() {
  bindings_.clear();
  bindings_.reserve(kept_->names.size());
  for (std::size_t i = 0; i < kept_->names.size(); ++i) {
    const Binding* outer = i == 0 ? nullptr : &bindings_[i - 1];
    bindings_.push_back({kept_->names[i], &kept_->values[i], outer});
  }
}

Object succeeded(Object reply) {
  reply.add("ok", Value(1.0));
  return reply;
}

Object error_reply(const Failure& failure) {
  Object reply;
  reply.add("ok", Value(0.0));
  reply.add("errmsg", Value(failure.what()));
  reply.add("code", Value(std::int32_t{failure.code()}));
  const Value& name = failure.details().get("codeName");  // A server's own.
  reply.add("codeName", name.is(Type::string) ? name : Value(code_name(failure.code())));
  for (const Field& field : failure.details()) {
    if (field.name != "codeName") reply.add(field.name, field.value);
  }
  return reply;
}

Failure as_failure(const std::exception& error) {
  if (const auto* failure = dynamic_cast<const Failure*>(&error)) return *failure;
  const auto* of_store = dynamic_cast<const Error*>(&error);
  if (of_store == nullptr) return {static_cast<int>(Code::internal_error), error.what()};
  switch (of_store->kind()) {
    case ErrorKind::unique_violation:
      return {static_cast<int>(Code::duplicate_key), "E11000 duplicate key error"};
    case ErrorKind::serialization_failure:
    case ErrorKind::deadlock:
    case ErrorKind::lock_timeout:
      return {static_cast<int>(Code::write_conflict), of_store->what()};
    case ErrorKind::timeout:
      return {static_cast<int>(Code::max_time_ms_expired), of_store->what()};
    case ErrorKind::cancelled:
      return {static_cast<int>(Code::interrupted), of_store->what()};
    case ErrorKind::unsupported:
      return {static_cast<int>(Code::not_implemented), of_store->what()};
    case ErrorKind::permission:
      return {13, of_store->what()};
    case ErrorKind::connect:
    case ErrorKind::connection_lost:
      return {static_cast<int>(Code::host_unreachable), of_store->what()};
    case ErrorKind::in_doubt:
      return {static_cast<int>(Code::host_unreachable), of_store->what()};
    case ErrorKind::authentication:
      return {static_cast<int>(Code::authentication_failed), of_store->what()};
    default:
      return {static_cast<int>(Code::internal_error), of_store->what()};
  }
}

Object Engine::run(const Object& command) {
  if (command.empty()) fail(Code::bad_value, "a command needs a name");
  check_generic_arguments(command);
  if (transaction_ == nullptr) {
    auto reply = sessions_.run(command, [this] { return begin(Access::transaction); });
    if (reply) return std::move(*reply);
  }
  const std::string& name = command.front().name;
  const CommandEntry* entry = find_command(name);
  if (entry == nullptr) fail(Code::command_not_found, "no such command: '" + name + "'");
  return run_once(command, [&] { return entry->run(*this, command); });
}

Object Engine::run_raw(const Object& command, RawBatch& batch) {
  const RawCommand reader = raw_command(command.front().name);
  if (reader == nullptr) {  // listIndexes, listCollections: few documents, and no hurry.
    Object reply = run(command);
    batch.clear();
    const Value& cursor = reply.get("cursor");
    if (!cursor.is(Type::object)) return reply;
    for (const Value& document : cursor.object().get("firstBatch").array()) {
      batch.push_back(encode(document.object()));
    }
    return reply;
  }
  check_generic_arguments(command);
  return run_once(command, [&] {
    batch.clear();
    return reader(*this, command, &batch);
  });
}

/// With the definitions as they are, and with the error of a limit that has passed.
Object Engine::run_once(const Object& command, const std::function<Object()>& f) {
  for (int attempt = 1;; ++attempt) {
    try {
      return f();
    } catch (const StaleDefinition&) {
      if (transaction_ != nullptr || attempt == definition_attempts) throw;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled && command.has("maxTimeMS")) raise_time_is_up();
      throw;
    }
  }
}

Object Engine::reply_to(const Object& command) {
  try {
    return run(command);
  } catch (const std::exception& error) {
    return error_reply(as_failure(error));
  }
}

ServerPtr Engine::begin() {
  return begin(Access::write);
}

/// What the unit does ends when the time of one of its commands is up.
ServerPtr Engine::begin(Access access) {
  std::stop_source stop;
  UnitPtr unit = store_->begin(access, stop.get_token());
  return std::make_shared<Engine>(store_, std::move(unit), std::move(stop));
}

void Engine::commit() {
  if (transaction_) transaction_->commit();
}

std::vector<IndexUse> Engine::index_uses(const std::string& collection) {
  Work work(*this, Access::read);
  const auto info = work.unit().find_collection(collection);
  return info ? work.unit().index_uses(*info) : std::vector<IndexUse>();
}

void Engine::refresh_statistics(const std::string& collection) {
  if (const auto info = transaction_->find_collection(collection)) {
    transaction_->refresh_statistics(*info);
  }
}

Object Engine::cursor_reply(Work& work, StreamPtr stream, const std::string& ns,
                            std::optional<std::int64_t> batch_size, bool single_batch,
                            RawBatch* raw) {
  OpenCursor cursor;
  cursor.ns = ns;
  cursor.rest = std::move(stream);
  cursor.raw = raw != nullptr;
  Array batch = batch_of(take_batch(cursor, batch_size, true), raw);
  std::int64_t id = 0;
  if (single_batch) {
    cursor.rest.reset();
  } else if (!read_ahead(cursor, work.in_transaction())) {
    id = new_cursor_id();
    cursor.unit = work.release();
    if (!cursor.rest) cursor.unit.reset();
    cursor.alive = work.keep_alive();
    cursor.limit = work.time_limit();
    if (cursor.limit) cursor.limit->pause();
    const std::lock_guard lock(mutex_);
    cursors_.emplace(id, std::move(cursor));
  }
  return succeeded(cursor_document("firstBatch", std::move(batch), id, ns));
}

Object Engine::get_more(std::int64_t id, const std::string& collection,
                        std::optional<std::int64_t> batch_size, RawBatch* raw) {
  OpenCursor cursor;
  {
    const std::lock_guard lock(mutex_);
    const auto it = cursors_.find(id);
    if (it == cursors_.end()) {
      fail(Code::cursor_not_found, "cursor id " + std::to_string(id) + " not found");
    }
    const std::string of = collection == "$cmd.bulkWrite" ? "admin" : store_->name();
    if (it->second.ns != of + "." + collection) {
      fail(static_cast<Code>(13), "Requested getMore on namespace '" + of + "." + collection +
                                      "', but cursor belongs to a different "
                                      "namespace " +
                                      it->second.ns);
    }
    cursor = std::move(it->second);
    cursors_.erase(it);
  }
  if (cursor.limit) cursor.limit->resume();
  Array batch;
  bool next_is_there = false;
  try {
    batch = batch_of(take_batch(cursor, batch_size, false), raw);
    next_is_there = !read_ahead(cursor, false);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled && cursor.limit) raise_time_is_up();
    throw;
  }
  if (cursor.limit) cursor.limit->pause();
  const std::string ns = cursor.ns;
  std::int64_t next = 0;
  if (next_is_there) {
    next = id;
    const std::lock_guard lock(mutex_);
    cursors_.emplace(id, std::move(cursor));
  }
  return succeeded(cursor_document("nextBatch", std::move(batch), next, ns));
}

bool Engine::kill_cursor(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  return cursors_.erase(id) != 0;
}

}  // namespace iacdb::doc
