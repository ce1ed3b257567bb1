#pragma once
// The interface of a store: where documents of a database live, and what it can do with them.
//
//   auto unit = store.begin(Access::write);
//   const CollectionInfo people = *unit->find_collection("people");
//   Selection selection{.filter = filter};
//   auto found = unit->select(people, selection);
//   unit->commit();
//
// The seam between a store and the evaluator: a store narrows and orders as far as it can do so
// exactly, and says in Found what is left (the residual); the command layer does the rest with the
// evaluator. A store that does nothing but hand out every document is complete and correct.
// Aggregate, update_many and remove_many may answer "not by me" and then the command layer does
// the work through select, replace and remove.
//
// Threads: a Store is safe to share; a Unit is used by one at a time.

#include <cstdint>
#include <functional>
#include <iacdb/health.hpp>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "documents/advice/index_rules.hpp"
#include "documents/filter/filter.hpp"
#include "documents/pipeline/pipeline.hpp"
#include "documents/pipeline/sort.hpp"
#include "documents/storage/field_choice.hpp"
#include "documents/update/update.hpp"

namespace iacdb::doc {

struct IndexInfo {
  std::string name;
  Object key;  ///< {age: 1, name: -1}
  bool unique = false;
  bool sparse = false;
  Object options;  ///< Everything as createIndexes wrote it, but v, key and name.
};

struct CollectionInfo {
  std::string name;
  std::string table;  ///< Where the store keeps it.
  Object options;     ///< validator, validationLevel, validationAction, collation, capped, ...
  std::vector<IndexInfo> indexes;  ///< Without _id_.
  bool ordered_ids = false;        ///< What the store finds an _id by is in MongoDB's order.
  std::string version{};           ///< Of a definition from memory, see Unit::recall_collection().
};

/// A definition from memory was no longer true, and nothing has been answered by it yet.
struct StaleDefinition : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Record {
  std::int64_t seq = 0;  ///< Insertion order; what replace and remove name a document by.
  Value document;
};

/// Records as the store reads them, in constant memory.
class Records {
 public:
  virtual ~Records() = default;
  virtual std::optional<Record> next() = 0;
  /// The next document alone, as BSON; false at the end.
  virtual bool next_bytes(std::string& bson) = 0;
};

struct Selection {
  FilterPtr filter;
  Sort sort{};
  std::int64_t skip = 0;
  std::int64_t limit = 0;  ///< 0: none.
  const Collator* collator = nullptr;
  bool for_update = false;  ///< Lock what is read until the unit ends.
  std::string hint{};       ///< Index name.
  /// What the reader wants of the documents. Not of those that are to be changed.
  std::optional<FieldChoice> fields{};
};

/// What a store did of a selection, and what is left to do.
struct Found {
  std::unique_ptr<Records> records;
  bool filtered = false;  ///< No document needs to be looked at again.
  bool sorted = false;
  bool limited = false;  ///< Skip and limit are applied; only together with the two above.
  bool chosen = false;   ///< Documents have the fields of the selection alone; as `limited`.
};

struct PlanText {
  std::string sql;
  std::string plan;                      ///< The database's own, where it tells.
  std::optional<std::int64_t> examined;  ///< Documents looked at, where it ran and the plan tells.
  bool filtered = false;
  bool sorted = false;
  bool limited = false;
  bool chosen = false;
  bool whole = false;  ///< One statement does all that was asked: a SetWork.
  std::string index;   ///< The MongoDB name of the index that is used; empty for a scan.
};

struct Changed {
  std::int64_t matched = 0;
  std::int64_t modified = 0;
};

/// What aggregate(), count(), update_many() or remove_many() would be asked, to explain it.
struct SetWork {
  enum Kind : std::uint8_t { aggregate, count, update, remove };
  Kind kind = count;
  Selection selection{};  ///< Not for aggregate.
  Pipeline stages{};      ///< For aggregate alone.
  Update change{};        ///< For update alone.
};

/// One unit of work: a transaction of the store. Destroyed without commit(), it rolls back.
class Unit {
 public:
  virtual ~Unit() = default;
  virtual void commit() = 0;

  virtual std::vector<CollectionInfo> collections() = 0;
  virtual std::optional<CollectionInfo> find_collection(const std::string& name) = 0;
  /// As find_collection(), for reading: it may come from memory, which spares a round trip. A
  /// selection by it that finds nothing makes sure. Throws there: StaleDefinition; ask again.
  virtual std::optional<CollectionInfo> recall_collection(const std::string& name) {
    return find_collection(name);
  }
  virtual CollectionInfo create_collection(const std::string& name, const Object& options) = 0;
  virtual void set_options(const CollectionInfo& collection, const Object& options) = 0;
  virtual void drop_collection(const CollectionInfo& collection) = 0;
  virtual void rename_collection(const CollectionInfo& collection, const std::string& name) = 0;
  virtual void create_index(const CollectionInfo& collection, const IndexInfo& index) = 0;
  virtual void drop_index(const CollectionInfo& collection, const std::string& name) = 0;

  virtual Found select(const CollectionInfo& collection, const Selection& selection) = 0;
  /// `runs`: it may run the statement, to tell what its plan looked at.
  virtual PlanText explain(const CollectionInfo& collection, const Selection& selection,
                           bool runs) = 0;
  /// Whether the writes that follow pass what the store itself keeps of a validator.
  virtual void bypass_validation(bool /*bypass*/) {}
  /// What the store itself keeps of a validator: {constraint: true, leftOut: [...]}.
  virtual std::optional<Object> describe_guard(const CollectionInfo&) { return std::nullopt; }
  /// Documents have an _id. Throws: Failure 11000 that names index, pattern and value; 121 where a
  /// constraint of the store refuses a document.
  virtual void insert(const CollectionInfo& collection, const std::vector<Value>& documents) = 0;
  /// As insert(), of documents in BSON whose first element is the _id. False: not by me, and
  /// nothing is inserted. What a constraint refuses is the database's ConstraintError.
  virtual bool insert_bytes(const CollectionInfo&, std::span<const std::string_view>) {
    return false;
  }
  virtual void replace(const CollectionInfo& collection, const Record& before,
                       const Value& after) = 0;
  virtual void remove(const CollectionInfo& collection, const Record& record) = 0;

  virtual std::vector<IndexUse> index_uses(const CollectionInfo& collection) = 0;
  /// For the planner of the database.
  virtual void refresh_statistics(const CollectionInfo& collection) = 0;

  /// Runs part of the work of a failed statement again: a savepoint around f.
  virtual void attempt(const std::function<void()>& f) = 0;

  // What a store may do in one statement; nullopt: not by me.
  /// `stages_done` receives how many leading stages the stream has applied.
  virtual std::optional<StreamPtr> aggregate(const CollectionInfo&, const Pipeline&,
                                             const PipelineContext&, std::size_t& /*stages_done*/) {
    return std::nullopt;
  }
  virtual std::optional<std::int64_t> count(const CollectionInfo&, const Selection&) {
    return std::nullopt;
  }
  virtual std::optional<Changed> update_many(const CollectionInfo&, const Selection&, const Update&,
                                             const Environment&) {
    return std::nullopt;
  }
  virtual std::optional<std::int64_t> remove_many(const CollectionInfo&, const Selection&) {
    return std::nullopt;
  }
  /// The plan of that one statement.
  virtual std::optional<PlanText> explain_set(const CollectionInfo&, const SetWork&) {
    return std::nullopt;
  }
};
using UnitPtr = std::unique_ptr<Unit>;

enum class Access : std::uint8_t {
  read,
  write,
  /// A client's own transaction: what it reads is of one moment, where the store can do that, and
  /// it does not wait long for what another one holds. Throws there: write conflicts.
  transaction,
};

class Store {
 public:
  virtual ~Store() = default;
  /// `stop`: asked for, it ends the statement that runs, and lets none begin.
  virtual UnitPtr begin(Access access, std::stop_token stop = {}) = 0;
  /// The quickest way to one document that the filter matches, as BSON, or to what a projection
  /// that is not empty shows of it; both are documents in BSON. False: not by me, or not sure; ask
  /// a unit.
  virtual bool find_first(const std::string& /*collection*/, std::string_view /*filter*/,
                          std::string_view /*projection*/, std::optional<std::string>& /*found*/) {
    return false;
  }
  virtual Health health() = 0;
  /// Of the database beneath.
  virtual Metrics metrics() const = 0;
  virtual IndexRules index_rules() const = 0;
  /// The database's name as replies show it.
  virtual std::string name() const = 0;
  /// Product and version, for buildInfo and explain.
  virtual std::string product() const = 0;
};
using StorePtr = std::shared_ptr<Store>;

}  // namespace iacdb::doc
