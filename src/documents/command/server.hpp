#pragma once
// Server: what runs MongoDB's database commands. The C++ API and `iacdb doc` know nothing else: SQL
// stores answer through Engine, a MongoDB server through MongoServer.
//
//   std::shared_ptr<Server> server = open_server(settings, {});
//   Object reply = server->run({{"ping", Value(1)}});
//
// Threads: safe to share; one that begin() gives: one at a time.

#include <cstdint>
#include <iacdb/health.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "documents/advice/index_rules.hpp"
#include "documents/advice/workload.hpp"
#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// The batch of a reply beside it, as BSON: for readers that hand documents on as they are.
using RawBatch = std::vector<std::string>;

class Server {
 public:
  virtual ~Server() = default;

  /// Throws: Failure; errors of the store.
  virtual Object run(const Object& command) = 0;
  /// As run(), of commands that answer with a cursor; its documents are in `batch`, and those of
  /// find, getMore and aggregate only there.
  virtual Object run_raw(const Object& command, RawBatch& batch) = 0;
  /// Errors are replies.
  virtual Object reply_to(const Object& command) = 0;
  /// The quickest way to one document that the filter matches, as BSON, or to what a projection
  /// that is not empty shows of it; both are documents in BSON. False: not by this way; ask with
  /// find.
  virtual bool find_first(const std::string& /*collection*/, std::string_view /*filter*/,
                          std::string_view /*projection*/, std::optional<std::string>& /*found*/) {
    return false;
  }
  /// The quickest way to insert documents in BSON, all of them or none. False: not by this way, and
  /// nothing is inserted; ask with insert, which also tells what is wrong with which.
  virtual bool insert_bytes(const std::string& /*collection*/,
                            std::span<const std::string_view> /*documents*/,
                            bool /*bypass_validation*/) {
    return false;
  }
  /// Ends a cursor that was not read to its end; never throws.
  virtual void close_cursor(const std::string& collection, std::int64_t id) noexcept = 0;
  /// All commands of this one in one transaction; destroyed without commit(), it rolls back.
  /// Throws: UnsupportedError when there are no transactions.
  virtual std::shared_ptr<Server> begin() = 0;
  virtual void commit() = 0;
  /// Asks the store; never throws for one that does not answer.
  virtual Health health() = 0;

  /// Of the SQL database that keeps the documents; none for MongoDB.
  virtual std::optional<Metrics> sql_metrics() { return std::nullopt; }
  /// What was asked of this server since it was opened; only of a watched one, see watched.hpp.
  virtual DocumentMetrics metrics() {
    return {.database = {}, .backend = {}, .sql = sql_metrics()};
  }

  // For advice on indexes.
  virtual IndexRules index_rules() { return mongo_index_rules(); }
  /// What the store knows of each index of a collection, but _id's.
  virtual std::vector<IndexUse> index_uses(const std::string& collection) = 0;
  /// Lets the database's planner know what an index holds. Only where begin() gave this one.
  virtual void refresh_statistics(const std::string& /*collection*/) {}
  /// Whether indexes may be made in a transaction, and are gone when it is rolled back.
  virtual bool can_take_indexes_back() const { return false; }
  /// Remembers by shape what is asked from now on, or no longer.
  virtual void record_queries(bool /*on*/) {}
  /// What was remembered; null where nothing ever is.
  virtual const Workload* recorded() const { return nullptr; }
  /// The server itself, where this one only watches: what is asked there is neither told nor
  /// remembered.
  virtual Server& inside() { return *this; }
};
using ServerPtr = std::shared_ptr<Server>;

}  // namespace iacdb::doc
