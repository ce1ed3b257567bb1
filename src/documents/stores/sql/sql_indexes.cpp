#include "documents/stores/sql/sql_indexes.hpp"

#include <algorithm>
#include <tuple>

#include "documents/bson/number.hpp"
#include "documents/stores/sql/path_sql.hpp"
#include "documents/stores/sql/sql_unit.hpp"

namespace iacdb::doc {
namespace {

/// An entry of a B-tree holds so many keys, were all of them as long as a key may be.
constexpr std::size_t entry_fields_max = 4;

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
  /// Documents with a value that the B-tree does not tell. An index of their own, for a condition
  /// that an index implies is no work for the database. In PostgreSQL the B-tree itself finds those
  /// whose first keys are null.
  void add_odd(PathParts parts, bool first) {
    const std::string odd = odd_sql(form_, parts);
    if (!form_.postgres || !first) add("o", "(seq) where " + odd);
    if (!form_.postgres) {
      add_arrays_on_the_way(parts);
      return;
    }
    add("d", "(seq) where " + decimal_sql(parts));
    // A list of pending entries would be searched through at every query.
    add("g",
        " using gin (" + root_sql(parts) + " jsonb_path_ops) with (fastupdate = off) where " + odd);
  }
  std::vector<SqlIndex> take() { return std::move(out_); }

 private:
  /// Ranges and equality look at every array.
  void add_arrays_on_the_way(PathParts parts) {
    for (std::size_t n = 1; n < parts.size(); ++n) {
      const std::string where = array_sql(form_, parts.first(n));
      if (std::find(arrays_.begin(), arrays_.end(), where) != arrays_.end()) continue;
      arrays_.push_back(where);
      add("a", "(" + leaf_sql(form_, parts.first(n)) + ") where " + where);
    }
  }

  const SqlForm& form_;
  std::string table_;
  std::string base_;
  std::vector<std::string> arrays_;
  std::vector<SqlIndex> out_;
};

/// Indexes of a base name's own, and the table of the same name that a unique one has. Only the
/// former are there to find documents.
void add_postgres_use(Queryable& db, const std::string& base, IndexUse& use) {
  const auto [uses, bytes] = db.one<std::tuple<std::int64_t, std::int64_t>>(
      "select coalesce(sum(idx_scan) filter (where indexrelname <> relname || '_pkey' and relname "
      "<> ?), 0)::bigint, coalesce(sum(pg_relation_size(indexrelid)), 0)::bigint + coalesce("
      "(select sum(pg_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = "
      "c.relnamespace where n.nspname = 'documents' and c.relname = ?), 0)::bigint "
      "from pg_stat_user_indexes where schemaname = 'documents' and (relname = ? or "
      "left(indexrelname::text, length(?) + 1) = ? || '$')",
      base, base, base, base, base);
  use.uses = uses;
  use.bytes = bytes;
  use.since = db.one<std::string>(
      "select coalesce((select to_char(stats_reset at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') "
      "from pg_stat_database where datname = current_database()), '')");
}

void add_sqlite_size(Queryable& db, const std::string& base, IndexUse& use) {
  try {
    use.bytes = db.one<std::optional<std::int64_t>>(
        "select sum(pgsize) from dbstat where aggregate = 1 and (name = ? or substr(name, 1, "
        "length(?) "
        "+ 1) = ? || '$')",
        base, base, base);
  } catch (const QueryError&) {
    // This SQLite was built without the table of sizes.
  }
}

}  // namespace

std::vector<SqlIndex> sql_indexes(const SqlForm& form, const CollectionInfo& collection,
                                  const IndexInfo& index) {
  std::vector<std::vector<std::string>> paths;
  std::string columns;
  for (const Field& field : index.key) {
    paths.push_back(split_path(field.name));
    if (!is_direction(field.value) || !is_plain_path(paths.back())) return {};
    if (form.postgres && paths.size() > entry_fields_max) continue;
    const char* const direction = to_double(field.value) < 0 ? " desc" : "";
    if (!columns.empty()) columns += ", ";
    columns += number_key_sql(form, paths.back()) + direction;
    if (form.postgres) columns += ", " + text_key_sql(paths.back()) + direction;
  }
  Maker maker(form, collection, index);
  maker.add("b", " (" + columns + ")");
  for (const std::vector<std::string>& parts : paths) maker.add_odd(parts, &parts == paths.data());
  return maker.take();
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

std::vector<IndexUse> SqlUnit::index_uses(const CollectionInfo& collection) {
  std::vector<IndexUse> out;
  for (const IndexInfo& index : collection.indexes) {
    IndexUse& use = out.emplace_back();
    use.name = index.name;
    if (form_.postgres) {
      add_postgres_use(sql(), key_table_name(collection, index), use);
    } else {
      add_sqlite_size(sql(), "documents." + key_table_name(collection, index), use);
    }
  }
  return out;
}

void SqlUnit::refresh_statistics(const CollectionInfo& collection) {
  sql().exec("analyze " + form_.table(collection.table));
}

}  // namespace iacdb::doc
