#pragma once
// MongoPool: the clients of one MongoDB deployment, through libmongoc; MongoLease: one of them, for
// a command, or for as long as a cursor or a transaction is open.
//
//   auto pool = std::make_shared<MongoPool>(settings, options);
//   MongoLease lease(pool);
//   std::string reply = lease.send("shop", encode(command), Effect::reads);
//
// Threads: a pool is safe to share; a lease is used by one at a time.
// Limits: as many clients as PoolOptions::open_max; a caller waits for acquire_timeout.
// See: https://mongoc.org/libmongoc/1.23.1/

#include <mongoc/mongoc.h>

#include <iacdb/options.hpp>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// What libmongoc needs to know of a command: where it may go, and whether it may be sent again
/// when its connection was lost.
enum class Effect : std::uint8_t { reads, writes, reads_and_writes, other };

class MongoPool {
 public:
  /// Throws: ConfigError; ConnectError when no server answers.
  MongoPool(const config::DatabaseSettings& settings, const OpenOptions& options);
  MongoPool(const MongoPool&) = delete;
  MongoPool& operator=(const MongoPool&) = delete;
  ~MongoPool();

  const std::string& database() const { return database_; }
  /// A replica set or a sharded cluster; asked of the server that is used now.
  bool has_transactions();

  /// Throws: TimeoutError when none is free in time.
  mongoc_client_t* take();
  void give_back(mongoc_client_t* client) noexcept;

 private:
  mongoc_client_pool_t* pool_ = nullptr;
  std::string database_;
};

class MongoLease {
 public:
  explicit MongoLease(std::shared_ptr<MongoPool> pool);
  MongoLease(MongoLease&& other) noexcept;
  MongoLease& operator=(MongoLease&&) = delete;
  ~MongoLease();

  /// A session for what follows, where the server has sessions.
  void start_session();
  /// Throws: UnsupportedError.
  void start_transaction();
  /// Which server a cursor's next commands must go to; 0: any.
  void stay_at(std::uint32_t server) { server_ = server; }
  /// Chooses a server and stays at it.
  void choose_server(bool for_writes);

  /// One command, and its reply as BSON. Throws: Failure with the server's words; ConnectError and
  /// others when there was no reply.
  std::string send(const char* database, const Object& command, Effect effect);
  void commit_transaction();

 private:
  bool call(const char* database, const bson_t& command, Effect effect, const bson_t& options,
            bson_t& reply, bson_error_t& error);

  std::shared_ptr<MongoPool> pool_;
  mongoc_client_t* client_ = nullptr;
  mongoc_client_session_t* session_ = nullptr;
  std::uint32_t server_ = 0;
  bool in_transaction_ = false;
};

}  // namespace iacdb::doc
