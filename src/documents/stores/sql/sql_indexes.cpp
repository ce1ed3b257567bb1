#include "documents/stores/sql/sql_indexes.hpp"

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/stores/sql/path_sql.hpp"
#include "documents/stores/sql/sql_unit.hpp"

namespace iacdb::doc {
namespace {

bool is_direction(const Value& kind) {
  return kind.is_number();
}

class Maker {
 public:
  Maker(const SqlForm& form, const CollectionInfo& collection, const IndexInfo& index)
      : form_(form),
        table_(form.table(collection.table)),
        base_((form.postgres ? "" : "documents.") + key_table_name(collection, index)) {}

  void add(const char* suffix, const std::string& on) {
    const std::string name = base_ + "$" + suffix + std::to_string(out_.size());
    out_.push_back({name, "create index " + SqlForm::quoted(name) + " on " + table_ + on});
  }
  /// Documents with an array at one of the path's first `depth` names.
  void add_arrays(PathParts parts, std::size_t depth) {
    for (std::size_t n = 1; n <= depth; ++n) {
      const std::string where = array_sql(form_, parts.first(n));
      if (std::find(arrays_.begin(), arrays_.end(), where) != arrays_.end()) continue;
      arrays_.push_back(where);
      // Without it the planner takes some documents for arrays, and plans anew for each value.
      if (form_.expression_statistics)
        add_statistics("jsonb_typeof(" + leaf_sql(form_, parts.first(n)) + ")");
      add("a",
          "(" + (form_.postgres ? "seq" : leaf_sql(form_, parts.first(n))) + ") where " + where);
    }
  }
  void add_statistics(const std::string& expression) {
    const std::string name = base_ + "$s" + std::to_string(out_.size());
    out_.push_back({name,
                    "create statistics documents." + SqlForm::quoted(name) + " on (" + expression +
                        ") from " + table_,
                    true});
  }
  void add_root(PathParts parts) {
    const std::string root = root_sql(parts);
    if (std::find(roots_.begin(), roots_.end(), root) != roots_.end()) return;
    roots_.push_back(root);
    // A list of pending entries would be searched through at every query.
    add("g", " using gin (" + root + " jsonb_path_ops) with (fastupdate = off) where " +
                 root_in_gin_sql(parts));
  }
  std::vector<SqlIndex> take() { return std::move(out_); }

 private:
  const SqlForm& form_;
  std::string table_;
  std::string base_;
  std::vector<std::string> arrays_;
  std::vector<std::string> roots_;
  std::vector<SqlIndex> out_;
};

}  // namespace

std::vector<SqlIndex> sql_indexes(const SqlForm& form, const CollectionInfo& collection,
                                  const IndexInfo& index) {
  std::vector<std::vector<std::string>> paths;
  std::string columns;
  for (const Field& field : index.key) {
    paths.push_back(split_path(field.name));
    if (!is_direction(field.value) || !is_plain_path(paths.back())) return {};
    if (!columns.empty()) columns += ", ";
    columns += order_sql(form, paths.back());
    if (to_double(field.value) < 0) columns += " desc";
  }
  Maker maker(form, collection, index);
  maker.add("b", " (" + columns + ")");
  for (const std::vector<std::string>& parts : paths) {
    if (form.postgres) maker.add_root(parts);
    maker.add_arrays(parts, form.postgres ? parts.size() : parts.size() - 1);
  }
  return maker.take();
}

std::string drop_sql(const SqlForm& form, const SqlIndex& index) {
  if (index.is_statistics) {
    return "drop statistics if exists documents." + SqlForm::quoted(index.name);
  }
  return "drop index " + std::string(form.postgres ? "documents." : "") +
         SqlForm::quoted(index.name);
}

std::string find_used_index(const SqlForm& form, const CollectionInfo& collection,
                            const std::string& plan) {
  for (const IndexInfo& index : collection.indexes) {
    for (const SqlIndex& one : sql_indexes(form, collection, index)) {
      if (plan.find(one.name) != std::string::npos) return index.name;
    }
  }
  const std::string id = form.postgres ? collection.table + "$id"
                                       : "sqlite_autoindex_documents." + collection.table + "_1";
  return plan.find(id) != std::string::npos ? "_id_" : "";
}

}  // namespace iacdb::doc
