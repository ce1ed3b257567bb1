#include "documents/stores/mongo/mongo_pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "documents/bson/codec.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/stores/mongo/mongo_uri.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

struct Bson {
  Bson() { bson_init(&value); }
  explicit Bson(std::string_view bytes) {
    if (!bson_init_static(&value, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          bytes.size())) {
      fail(Code::bad_value, "the command is no BSON document");
    }
  }
  Bson(const Bson&) = delete;
  Bson& operator=(const Bson&) = delete;
  ~Bson() { bson_destroy(&value); }
  std::string bytes() const {
    return {reinterpret_cast<const char*>(bson_get_data(&value)), value.len};
  }

  bson_t value;
};

struct DescriptionDeleter {
  void operator()(mongoc_server_description_t* d) const noexcept {
    mongoc_server_description_destroy(d);
  }
};
using Description = std::unique_ptr<mongoc_server_description_t, DescriptionDeleter>;

// libmongoc initialises itself as the program starts, and keeps counters in a file of shared memory
// named after the process. A killed process leaves its file, and the next one with that number
// prints a warning. A constructor of this priority comes before libmongoc's.
[[gnu::constructor(101)]] void keep_counters_private() {
  ::setenv("MONGOC_DISABLE_SHM", "1", 0);
}

void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    mongoc_log_set_handler(nullptr, nullptr);  // What matters of it is in errors.
    mongoc_init();
  });
}

ErrorKind kind_of(const bson_error_t& error) {
  switch (error.domain) {
    case MONGOC_ERROR_CLIENT:
      return error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE ? ErrorKind::authentication
                                                            : ErrorKind::connect;
    case MONGOC_ERROR_SCRAM:
    case MONGOC_ERROR_SASL:
      return ErrorKind::authentication;
    case MONGOC_ERROR_SERVER_SELECTION:
      return ErrorKind::connect;
    case MONGOC_ERROR_STREAM:
      return error.code == MONGOC_ERROR_STREAM_SOCKET ? ErrorKind::connection_lost
                                                      : ErrorKind::connect;
    case MONGOC_ERROR_PROTOCOL:
      return ErrorKind::connection_lost;
    case MONGOC_ERROR_COMMAND:
    case MONGOC_ERROR_TRANSACTION:
      return ErrorKind::usage;
    case MONGOC_ERROR_BSON:
      return ErrorKind::data;
    default:
      return ErrorKind::internal;
  }
}

std::string_view words_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::authentication:
      return "the MongoDB server refused the user or the password; check both, and authSource";
    case ErrorKind::connect:
      return "no MongoDB server answers; check the address and TLS";
    case ErrorKind::connection_lost:
      return "the connection to the MongoDB server broke, or took longer than socketTimeoutMS";
    default:
      return "the MongoDB client library refused the command";
  }
}

/// `wrote`: a write was on its way.
[[noreturn]] void raise_without_reply(const bson_error_t& error, bool wrote = false) {
  const ErrorKind kind = kind_of(error);
  if (wrote && kind == ErrorKind::connection_lost) {
    raise(ErrorFacts{.kind = ErrorKind::in_doubt,
                     .message =
                         "the answer of the MongoDB server to a write was lost: it happened, "
                         "or it did not; look before you do it again",
                     .native_code = error.code,
                     .backend = "mongodb",
                     .server_message = error.message,
                     .breaks_connection = true});
  }
  raise(ErrorFacts{.kind = kind,
                   .message = std::string(words_of(kind)),
                   .native_code = error.code,
                   .backend = "mongodb",
                   .server_message = error.message,
                   .breaks_connection = kind == ErrorKind::connection_lost});
}

/// The server's own error, with all that its reply says.
[[noreturn]] void raise_reply(const Object& reply, const bson_error_t& error) {
  const Value& code = reply.get("code");
  const Value& words = reply.get("errmsg");
  Object details;
  for (const Field& field : reply) {
    if (field.name != "ok" && field.name != "code" && field.name != "errmsg") {
      details.add(field.name, field.value);
    }
  }
  const auto number = code.is_number() ? exact_int64(code) : std::nullopt;
  throw Failure(static_cast<int>(number.value_or(error.code)),
                words.is(Type::string) ? words.text() : error.message, std::move(details));
}

/// {w: 0}: libmongoc would not wait for a reply, and take a late one for that of the next command.
bool is_unacknowledged(const Object& command) {
  const Value& concern = command.get("writeConcern");
  if (!concern.is(Type::object)) return false;
  const Value& w = concern.object().get("w");
  return w.is_number() && exact_int64(w) == 0;
}

/// Read and write concern go to libmongoc as options, which would add the URI's own beside them.
Object take_concerns(Object& command, Effect effect) {
  Object options;
  if (effect == Effect::other) return options;
  for (const char* name : {"readConcern", "writeConcern"}) {
    const Value* found = command.find(name);
    if (found == nullptr) continue;
    options.add(name, *found);
    command.remove(name);
  }
  return options;
}

}  // namespace

MongoPool::MongoPool(const config::DatabaseSettings& settings, const OpenOptions& options)
    : database_(settings.connection.database.empty() ? "test" : settings.connection.database) {
  initialise();
  const PoolOptions pool = options.pool.value_or(settings.pool);
  const MongoUri uri = mongo_uri(settings, pool);
  bson_error_t error;
  pool_ = mongoc_client_pool_new_with_error(uri.get(), &error);
  if (pool_ == nullptr) raise_without_reply(error);
  mongoc_client_pool_set_error_api(pool_, MONGOC_ERROR_API_VERSION_2);
  mongoc_client_pool_max_size(pool_, std::max<std::uint32_t>(pool.open_max, 1));
  if (mongoc_uri_get_appname(uri.get()) == nullptr) {
    mongoc_client_pool_set_appname(pool_, "iacdb");
  }
  if (uses_tls(settings.connection)) {
    const mongoc_ssl_opt_t tls = mongo_tls(settings.connection.tls);
    mongoc_client_pool_set_ssl_opts(pool_, &tls);
  }
}

MongoPool::~MongoPool() {
  if (pool_ != nullptr) mongoc_client_pool_destroy(pool_);
}

mongoc_client_t* MongoPool::take() {
  mongoc_client_t* client = mongoc_client_pool_pop(pool_);
  if (client == nullptr) {
    raise(ErrorFacts{.kind = ErrorKind::timeout,
                     .message = "no client of the MongoDB pool is free in time; open cursors and "
                                "transactions hold one each",
                     .backend = "mongodb"});
  }
  return client;
}

void MongoPool::give_back(mongoc_client_t* client) noexcept {
  mongoc_client_pool_push(pool_, client);
}

bool MongoPool::has_transactions() {
  mongoc_client_t* client = take();
  bson_error_t error;
  const Description server(mongoc_client_select_server(client, true, nullptr, &error));
  give_back(client);
  if (!server) raise_without_reply(error);
  const std::string_view type = mongoc_server_description_type(server.get());
  return type == "RSPrimary" || type == "Mongos" || type == "LoadBalancer";
}

MongoLease::MongoLease(std::shared_ptr<MongoPool> pool)
    : pool_(std::move(pool)), client_(pool_->take()) {}

MongoLease::MongoLease(MongoLease&& other) noexcept
    : pool_(std::move(other.pool_)),
      client_(std::exchange(other.client_, nullptr)),
      session_(std::exchange(other.session_, nullptr)),
      server_(other.server_),
      in_transaction_(std::exchange(other.in_transaction_, false)) {}

MongoLease::~MongoLease() {
  if (session_ != nullptr) mongoc_client_session_destroy(session_);  // Aborts a transaction.
  if (client_ != nullptr) pool_->give_back(client_);
}

void MongoLease::start_session() {
  bson_error_t error;
  if (session_ == nullptr) session_ = mongoc_client_start_session(client_, nullptr, &error);
}

void MongoLease::start_transaction() {
  start_session();
  bson_error_t error;
  if (session_ == nullptr || !mongoc_client_session_start_transaction(session_, nullptr, &error)) {
    raise(ErrorFacts{.kind = ErrorKind::unsupported,
                     .message = "this MongoDB server has no sessions, and so no transactions",
                     .backend = "mongodb"});
  }
  in_transaction_ = true;
}

void MongoLease::choose_server(bool for_writes) {
  bson_error_t error;
  const Description server(mongoc_client_select_server(
      client_, for_writes, for_writes ? nullptr : mongoc_client_get_read_prefs(client_), &error));
  if (!server) raise_without_reply(error);
  server_ = mongoc_server_description_id(server.get());
}

bool MongoLease::call(const char* database, const bson_t& command, Effect effect,
                      const bson_t& options, bson_t& reply, bson_error_t& error) {
  switch (effect) {
    case Effect::reads:
      return mongoc_client_read_command_with_opts(client_, database, &command, nullptr, &options,
                                                  &reply, &error);
    case Effect::writes:
      return mongoc_client_write_command_with_opts(client_, database, &command, &options, &reply,
                                                   &error);
    case Effect::reads_and_writes:
      return mongoc_client_read_write_command_with_opts(client_, database, &command, nullptr,
                                                        &options, &reply, &error);
    default:
      return mongoc_client_command_with_opts(client_, database, &command, nullptr, &options, &reply,
                                             &error);
  }
}

std::string MongoLease::send(const char* database, const Object& command, Effect effect) {
  if (in_transaction_ || is_unacknowledged(command)) effect = Effect::other;
  Object body = command;
  const Object concerns = take_concerns(body, effect);
  const std::string command_bytes = encode(body);
  const Bson sent(command_bytes);
  const std::string concern_bytes = encode(concerns);
  const Bson given(concern_bytes);
  Bson options;
  bson_concat(&options.value, &given.value);
  bson_error_t error{};
  if (session_ != nullptr && !mongoc_client_session_append(session_, &options.value, &error)) {
    raise_without_reply(error);
  }
  if (server_ != 0) {
    bson_append_int32(&options.value, "serverId", -1, static_cast<std::int32_t>(server_));
  }
  Bson reply;
  bson_destroy(&reply.value);  // The call fills it in any case.
  const bool ok = call(database, sent.value, effect, options.value, reply.value, error);
  if (ok) return reply.bytes();
  const Object answer = decode(reply.bytes());
  if (exact_int64(answer.get("ok")) == 1)
    return reply.bytes();  // An error of the write concern alone.
  if (answer.has("ok") && answer.has("errmsg")) raise_reply(answer, error);
  raise_without_reply(error, effect == Effect::writes || effect == Effect::reads_and_writes);
}

void MongoLease::commit_transaction() {
  Bson reply;
  bson_destroy(&reply.value);
  bson_error_t error{};
  in_transaction_ = false;
  if (mongoc_client_session_commit_transaction(session_, &reply.value, &error)) return;
  const Object answer = decode(reply.bytes());
  const bool unknown = mongoc_error_has_label(&reply.value, "UnknownTransactionCommitResult");
  if (!unknown && answer.has("ok") && answer.has("errmsg")) raise_reply(answer, error);
  raise(ErrorFacts{.kind = ErrorKind::in_doubt,
                   .message = "the answer to the commit was lost: it happened, or it did not; look "
                              "before you do it again",
                   .backend = "mongodb",
                   .server_message = error.message});
}

}  // namespace iacdb::doc
