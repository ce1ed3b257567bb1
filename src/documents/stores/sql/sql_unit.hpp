#pragma once
// SqlUnit: one transaction of a SqlStore.

#include <map>

#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/sql_store.hpp"
#include "documents/stores/sql/validator_sql.hpp"

namespace iacdb::doc {

/// PostgreSQL's advisory lock under which collections are made and dropped.
inline constexpr std::int64_t ddl_lock = 0x69616364;

/// The bare name of the table that holds a unique index's keys.
std::string key_table_name(const CollectionInfo& collection, const IndexInfo& index);

class SqlUnit : public Unit {
 public:
  SqlUnit(Transaction transaction, SqlForm form, std::string database, bool writes);
  /// For reading, without a transaction; definitions may come from memory.
  SqlUnit(Session session, SqlForm form, std::string database,
          std::shared_ptr<Definitions> definitions);

  void commit() override;
  std::vector<CollectionInfo> collections() override;
  std::optional<CollectionInfo> find_collection(const std::string& name) override;
  std::optional<CollectionInfo> recall_collection(const std::string& name) override;
  CollectionInfo create_collection(const std::string& name, const Object& options) override;
  void set_options(const CollectionInfo& collection, const Object& options) override;
  void drop_collection(const CollectionInfo& collection) override;
  void rename_collection(const CollectionInfo& collection, const std::string& name) override;
  void create_index(const CollectionInfo& collection, const IndexInfo& index) override;
  void drop_index(const CollectionInfo& collection, const std::string& name) override;

  Found select(const CollectionInfo& collection, const Selection& selection) override;
  PlanText explain(const CollectionInfo& collection, const Selection& selection,
                   bool runs) override;
  void bypass_validation(bool bypass) override { bypass_ = bypass; }
  std::optional<Object> describe_guard(const CollectionInfo& collection) override;
  void insert(const CollectionInfo& collection, const std::vector<Value>& documents) override;
  bool insert_bytes(const CollectionInfo& collection,
                    std::span<const std::string_view> documents) override;
  void replace(const CollectionInfo& collection, const Record& before, const Value& after) override;
  void remove(const CollectionInfo& collection, const Record& record) override;
  std::vector<IndexUse> index_uses(const CollectionInfo& collection) override;
  void refresh_statistics(const CollectionInfo& collection) override;
  void attempt(const std::function<void()>& f) override;
  std::optional<std::int64_t> count(const CollectionInfo& collection,
                                    const Selection& selection) override;
  std::optional<StreamPtr> aggregate(const CollectionInfo& collection, const Pipeline& stages,
                                     const PipelineContext& context, std::size_t& done) override;
  std::optional<Changed> update_many(const CollectionInfo& collection, const Selection& selection,
                                     const Update& update, const Environment&) override;
  std::optional<std::int64_t> remove_many(const CollectionInfo& collection,
                                          const Selection& selection) override;
  std::optional<PlanText> explain_set(const CollectionInfo& collection,
                                      const SetWork& work) override;

 private:
  Queryable& sql() { return *levels_.back(); }
  /// Runs a statement that may leave its work to the evaluator; false when it does.
  bool decide(const std::function<bool()>& f);
  /// Throws: StaleDefinition when the collection is not what it was remembered to be.
  void check_version(const std::string& name, const std::string& version);
  /// The one document that comes first, locked; nullopt: SQL does not know the order.
  std::optional<Found> select_first(const CollectionInfo& collection, const Selection& selection);
  /// Runs a query; a table that is gone was remembered wrongly.
  void read(const CollectionInfo& collection, const std::function<void()>& f);
  [[noreturn]] void raise_stale(const std::string& name);
  /// Fills in the database's plan of the statement, and the index in it.
  void add_plan(const CollectionInfo& collection, const std::vector<SqlParameter>& parameters,
                bool runs, PlanText& out);
  void lock_definitions();
  void save_indexes(const CollectionInfo& collection, const std::vector<IndexInfo>& indexes);
  /// The table that holds the keys of a unique index.
  std::string key_table(const CollectionInfo& collection, const IndexInfo& index) const;
  void create_sql_indexes(const CollectionInfo& collection, const IndexInfo& index);
  void drop_sql_indexes(const CollectionInfo& collection, const IndexInfo& index);
  Guard guard(const CollectionInfo& collection);
  void make_guard(const CollectionInfo& collection);
  void make_triggers_in_sqlite(const CollectionInfo& collection, const Guard& made);
  void drop_guard(const CollectionInfo& collection);
  /// Of a collection whose table is gone.
  void drop_guard_functions(const CollectionInfo& collection);
  /// Lets the constraint know, before a write, whether it is to hold.
  void apply_bypass();
  /// Before the end of the transaction, where the database would keep it.
  void end_bypass();
  /// 121, of a document that a constraint of the table refused.
  [[noreturn]] static void raise_refused(const CollectionInfo& collection, const Value& document,
                                         const Error& error);
  void insert_rows(const CollectionInfo& collection, const std::vector<Value>& documents);
  std::int64_t insert_row(const CollectionInfo& collection, const Value& document);
  void add_keys(const CollectionInfo& collection, const IndexInfo& index, std::int64_t seq,
                const Value& document);
  /// The same for many; throws one database error for all of them.
  void add_keys_at_once(const CollectionInfo& collection, const IndexInfo& index,
                        const std::vector<Record>& records);
  /// Checks the documents that are there, and fills a unique index's table.
  void add_all_keys(const CollectionInfo& collection, const IndexInfo& index);
  /// Values of seq that nobody else uses, in their order.
  std::vector<std::int64_t> reserve(const CollectionInfo& collection, std::size_t count);
  void remove_keys(const CollectionInfo& collection, const IndexInfo& index, std::int64_t seq);
  std::vector<Record> keyed_records(const CollectionInfo& collection,
                                    std::span<const std::string_view> documents);

  std::optional<Transaction> transaction_;
  std::optional<Session> session_;
  std::vector<Queryable*> levels_;
  SqlForm form_;
  std::string database_;
  bool writes_;
  bool bypass_ = false;
  bool bypassed_ = false;  ///< What the database has been told.
  std::shared_ptr<Definitions> definitions_;
};

}  // namespace iacdb::doc
