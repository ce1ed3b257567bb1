#pragma once
// Engine: runs MongoDB's database commands over a store. The C++ API, `iacdb doc run` and any wire
// frontend share it.
//
//   Engine engine(store);
//   Object reply = engine.reply_to(parse_json(R"({"find": "people", "filter": {}})"));
//
// Threads: safe to share; commands of one transaction one at a time.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>

#include "documents/command/arguments.hpp"
#include "documents/command/server.hpp"
#include "documents/command/sessions.hpp"
#include "documents/command/time_limit.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

class Engine;

/// Where one command does its work: the store's unit, and what its expressions see.
class Work {
 public:
  /// A command with maxTimeMS works no longer than that.
  Work(Engine& engine, Access access, const Object& command = {});

  Unit& unit() { return *unit_; }
  const std::string& database() const { return database_; }
  std::string ns(const std::string& collection) const { return database_ + "." + collection; }
  Environment& environment() { return environment_; }
  /// Inside a transaction of the caller, results are read to their end at once.
  bool in_transaction() const { return owned_ == nullptr; }
  void commit();
  /// Null when there is none.
  const std::shared_ptr<TimeLimit>& time_limit() const { return limit_; }
  /// Gives the unit away, to a cursor that goes on reading.
  UnitPtr release() { return std::move(owned_); }

  /// {locale: ...} of the command, or of the collection; kept while the work lasts.
  void use_collation(const Object& spec, const std::optional<CollectionInfo>& collection);
  /// bypassDocumentValidation: of all writes of this work.
  void bypass_validation(bool bypass);
  bool bypasses_validation() const { return bypass_; }
  /// Whether a document satisfies the collection's validator, under the collection's collation.
  bool satisfies_validator(const CollectionInfo& collection, const Value& document);
  /// Of a document that does not. Throws: Failure 121 with errInfo.
  [[noreturn]] void refuse(const CollectionInfo& collection, const Value& document);
  /// Of a document that validationAction "warn" lets pass.
  void warn(const CollectionInfo& collection, const Value& document);
  /// What is tried again is told again.
  void forget_warnings() { warnings_.clear(); }
  /// Adds what warn() was told, where it was: validationWarnings.
  void add_warnings(Object& reply) const;
  /// `let`, evaluated; the names that expressions may use.
  VariableNames use_let(const Object& let);
  /// The constants of one update beside them, in place of those of the one before.
  void use_constants(const Object& constants, VariableNames& names);
  const Binding* bindings() const { return bindings_.empty() ? nullptr : &bindings_.back(); }
  /// Keeps something alive as long as this work.
  std::shared_ptr<void> keep_alive() const { return kept_; }

 private:
  struct Kept {
    Environment environment;
    std::shared_ptr<const Collator> collator;
    std::vector<Value> values;
    std::vector<std::string> names;
    std::vector<Binding> bindings;
  };
  struct Validator {
    FilterPtr filter;  ///< Null: every document satisfies it.
    std::shared_ptr<const Collator> collator{};
  };
  const Validator& validator_of(const CollectionInfo& collection);
  Environment environment_of(const Validator& validator) const;

  void bind();

  std::shared_ptr<Kept> kept_;
  std::size_t let_count_ = 0;
  std::shared_ptr<TimeLimit> limit_;
  UnitPtr owned_;
  Unit* unit_;
  std::string database_;
  Environment& environment_;
  std::vector<Binding>& bindings_;
  Object error_info(const CollectionInfo& collection, const Value& document);
  Array warnings_;
  bool bypass_ = false;
  std::map<std::string, Validator> validators_;  ///< By the name of the collection.
};

/// A document of a cursor: a value, or BSON where the reader wants no value.
struct Taken {
  Value document{};
  std::string bytes{};
};

/// A cursor between commands: what is buffered, and the rest.
struct OpenCursor {
  std::string ns;
  std::shared_ptr<void> alive;
  std::shared_ptr<TimeLimit> limit;  ///< Of all batches; null for none.
  UnitPtr unit;                      ///< What `rest` reads from, and therefore outlives.
  StreamPtr rest;
  bool raw = false;             ///< `rest` is read as bytes.
  std::vector<Taken> buffered;  ///< Last first.
};

class Expirer;

class Engine : public Server {
 public:
  explicit Engine(StorePtr store);
  /// All commands in one unit, which the caller commits; `stop` is asked for where one of them
  /// takes too long, and ends what the unit does.
  Engine(StorePtr store, UnitPtr unit, std::stop_source stop);
  ~Engine() override;

  Object run(const Object& command) override;
  Object run_raw(const Object& command, RawBatch& batch) override;
  Health health() override;
  /// Lets documents expire from now on, whenever so much time has passed.
  void expire_every(std::chrono::milliseconds period);
  /// See Store::find_first(); never inside a transaction.
  bool find_first(const std::string& collection, std::string_view filter,
                  std::string_view projection, std::optional<std::string>& found) override {
    return transaction_ == nullptr && store_->find_first(collection, filter, projection, found);
  }
  bool insert_bytes(const std::string& collection, std::span<const std::string_view> documents,
                    bool bypass_validation) override;
  Object reply_to(const Object& command) override;
  void close_cursor(const std::string& /*collection*/, std::int64_t id) noexcept override {
    kill_cursor(id);
  }
  ServerPtr begin() override;
  void commit() override;
  std::optional<Metrics> sql_metrics() override { return store_->metrics(); }
  IndexRules index_rules() override { return store_->index_rules(); }
  std::vector<IndexUse> index_uses(const std::string& collection) override;
  void refresh_statistics(const std::string& collection) override;
  bool can_take_indexes_back() const override { return true; }
  Store& store() { return *store_; }

  // For commands.
  Unit* transaction() { return transaction_.get(); }
  /// From now on; null where the command has none.
  std::shared_ptr<TimeLimit> time_limit(const Object& command);
  /// {firstBatch, id, ns}: keeps what is left for getMore.
  Object cursor_reply(Work& work, StreamPtr stream, const std::string& ns,
                      std::optional<std::int64_t> batch_size, bool single_batch,
                      RawBatch* raw = nullptr);
  Object get_more(std::int64_t id, const std::string& collection,
                  std::optional<std::int64_t> batch_size, RawBatch* raw = nullptr);
  bool kill_cursor(std::int64_t id);

 private:
  ServerPtr begin(Access access);
  Object run_once(const Object& command, const std::function<Object()>& f);

  StorePtr store_;
  UnitPtr transaction_;
  std::stop_source stop_{std::nostopstate};  ///< Of the transaction.
  std::mutex mutex_;
  std::shared_ptr<Alarms> alarms_;  ///< From the first limit of time on.
  std::map<std::int64_t, OpenCursor> cursors_;
  Sessions sessions_;
  std::unique_ptr<Expirer> expirer_;
};

using Command = Object (*)(Engine& engine, const Object& command);
struct CommandEntry {
  std::string_view name;
  Command run;
};
std::span<const CommandEntry> read_commands();
/// find, getMore or aggregate; null for others.
using RawCommand = Object (*)(Engine& engine, const Object& command, RawBatch* raw);
RawCommand raw_command(std::string_view name);
std::span<const CommandEntry> write_commands();
std::span<const CommandEntry> bulk_commands();
std::span<const CommandEntry> collection_commands();
std::span<const CommandEntry> index_commands();
std::span<const CommandEntry> server_commands();

/// {..., ok: 1.0}
Object succeeded(Object reply = {});
/// {ok: 0, errmsg, code, codeName, ...}
Object error_reply(const Failure& failure);
/// What an error of the SQL store is in MongoDB's terms.
Failure as_failure(const std::exception& error);

}  // namespace iacdb::doc
