#pragma once
// SqlStore: documents in tables of a SQL database, PostgreSQL or SQLite, through the Database API.
//
//   auto store = std::make_shared<SqlStore>(open("sqlite:shop.db"));
//
// What SQL decides exactly is in the statement; the rest is left to the evaluator (see store.hpp).
// Threads: safe to share.

#include <iacdb/database.hpp>
#include <map>
#include <mutex>

#include "documents/stores/sql/sql_form.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

class SelectCache;

/// What the collections of a store were when they were last looked at.
/// Threads: safe to share.
class Definitions {
 public:
  struct Known {
    CollectionInfo info;
    std::string select_by_id;  ///< Finds a document by its id; "" for a view.
    std::shared_ptr<SelectCache> selects;
  };
  using KnownPtr = std::shared_ptr<const Known>;

  /// Null when it is not remembered.
  KnownPtr recall(const std::string& name) const;
  /// The statements of a collection as it is remembered; null when it is not, or not so any more.
  std::shared_ptr<SelectCache> selects(const CollectionInfo& collection) const;
  void remember(const CollectionInfo& collection, std::string select_by_id);
  void forget(const std::string& name);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, KnownPtr> collections_;
};

class SqlStore : public Store {
 public:
  /// Creates the schema and the list of collections where they are missing.
  /// Throws: UnsupportedError for another database.
  explicit SqlStore(Database database);

  UnitPtr begin(Access access, std::stop_token stop = {}) override;
  bool find_first(const std::string& collection, std::string_view filter,
                  std::string_view projection, std::optional<std::string>& found) override;
  Health health() override;
  Metrics metrics() const override { return database_.metrics(); }
  IndexRules index_rules() const override;
  std::string name() const override { return name_; }
  std::string product() const override { return product_; }
  const SqlForm& form() const { return form_; }

 private:
  UnitPtr begin(Database database, Access access);
  bool find_by_id(const Definitions::Known& collection, const Value& id,
                  const std::optional<FieldChoice>& fields, std::optional<std::string>& found);
  bool find_by_key(const Definitions::Known& collection, const Object& filter,
                   const std::optional<FieldChoice>& fields, std::optional<std::string>& found);

  Database database_;
  SqlForm form_;
  std::string name_;
  std::string product_;
  std::shared_ptr<Definitions> definitions_ = std::make_shared<Definitions>();
};

}  // namespace iacdb::doc
