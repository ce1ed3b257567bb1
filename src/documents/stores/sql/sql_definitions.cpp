// Collections and indexes: their tables, and the list of them.

#include <algorithm>

#include "base/checksum.hpp"
#include "base/text.hpp"
#include "documents/bson/collation.hpp"
#include "documents/errors.hpp"
#include "documents/stores/sql/index_keys.hpp"
#include "documents/stores/sql/sql_indexes.hpp"
#include "documents/stores/sql/sql_unit.hpp"

namespace iacdb::doc {
namespace {

/// Among the options, of a collection whose ids are ordered; older ones have other ids.
constexpr const char* ordered_ids_mark = "$orderedIds";
/// PostgreSQL cuts names at 63 bytes; suffixes of ours need room.
constexpr std::size_t table_name_bytes_max = 40;

std::string table_name(const std::string& collection) {
  if (collection.size() <= table_name_bytes_max) return collection;
  return std::string(base::utf8_prefix(collection, table_name_bytes_max - 17)) + "$" +
         std::to_string(base::fnv1a(collection));
}

Object index_document(const IndexInfo& index) {
  Object out{{"name", Value(index.name)}, {"key", Value(index.key)}};
  if (index.unique) out.add("unique", Value(true));
  if (index.sparse) out.add("sparse", Value(true));
  for (const Field& field : index.options) out.add(field.name, field.value);
  return out;
}

IndexInfo index_of_document(const Object& document) {
  IndexInfo out;
  for (const Field& field : document) {
    if (field.name == "name") {
      out.name = field.value.text();
    } else if (field.name == "key") {
      out.key = field.value.object();
    } else if (field.name == "unique") {
      out.unique = field.value.boolean();
    } else if (field.name == "sparse") {
      out.sparse = field.value.boolean();
    } else {
      out.options.add(field.name, field.value);
    }
  }
  return out;
}

using InfoRow = std::tuple<std::string, std::string, std::string, std::string, std::string>;

CollectionInfo info_of(const InfoRow& row) {
  CollectionInfo out;
  out.name = std::get<0>(row);
  out.table = std::get<1>(row);
  out.options = from_storage(std::get<2>(row));
  out.ordered_ids = out.options.remove(ordered_ids_mark);
  const Value indexes = value_from_storage(std::get<3>(row));
  for (const Value& index : indexes.array())
    out.indexes.push_back(index_of_document(index.object()));
  return out;
}

/// What an InfoRow is read from; the last is the version of the row.
std::string info_columns(const SqlForm& form) {
  return "select name, tbl, options, indexes, " + std::string(form.postgres ? "xmin::text" : "''") +
         " from " + form.registry();
}

/// The options of a collection, as a parameter of the registry's type.
Json json_of(const CollectionInfo& collection, KeyOrder order) {
  Object marked = collection.options;
  if (collection.ordered_ids) marked.add(ordered_ids_mark, Value(true));
  return {to_storage(marked, order)};
}

}  // namespace

void SqlUnit::lock_definitions() {
  if (form_.postgres) sql().exec("select pg_advisory_xact_lock(" + std::to_string(ddl_lock) + ")");
}

std::vector<CollectionInfo> SqlUnit::collections() {
  std::vector<CollectionInfo> out;
  for (const InfoRow& row : sql().query<InfoRow>(info_columns(form_) + " order by name")) {
    out.push_back(info_of(row));
  }
  return out;
}

std::optional<CollectionInfo> SqlUnit::find_collection(const std::string& name) {
  // A writer holds the definition still, so that no validator changes under it.
  const auto row = sql().maybe<InfoRow>(
      info_columns(form_) + " where name = ?" + (form_.postgres && writes_ ? " for key share" : ""),
      name);
  if (!row) return std::nullopt;
  return info_of(*row);
}

std::optional<CollectionInfo> SqlUnit::recall_collection(const std::string& name) {
  if (!definitions_) return find_collection(name);
  if (const auto known = definitions_->recall(name)) return known->info;
  const auto row = sql().maybe<InfoRow>(info_columns(form_) + " where name = ?", name);
  if (!row) return std::nullopt;
  CollectionInfo found = info_of(*row);
  found.version = std::get<4>(*row);
  const bool is_view = found.options.has("viewOn");
  definitions_->remember(
      found, is_view ? "" : "select doc from " + form_.table(found.table) + " where id = ?");
  return found;
}

CollectionInfo SqlUnit::create_collection(const std::string& name, const Object& options) {
  lock_definitions();
  if (auto made_by_another = find_collection(name)) return *std::move(made_by_another);
  CollectionInfo out;
  out.name = name;
  out.table = table_name(name);
  out.options = options;
  out.ordered_ids = form_.postgres || sql().one<std::string>("pragma encoding") == "UTF-8";
  if (!options.has("viewOn")) {
    const std::string table = form_.table(out.table);
    if (form_.postgres) {
      sql().exec("create table " + table +
                 " (seq bigint generated always as identity primary key, "
                 "id text collate \"C\" not null, doc jsonb not null)");
      sql().exec("create unique index " + SqlForm::quoted(out.table + "$id") + " on " + table +
                 " (id)");
    } else {
      sql().exec("create table " + table +
                 " (seq integer primary key, id text not null unique, doc text not null)");
    }
    make_guard(out);
  }
  const Json stored = json_of(out, form_.key_order());
  const std::string statement =
      "insert into " + form_.registry() + "(name, tbl, options, indexes) values (?, ?, ?, ?)";
  if (form_.postgres) {
    sql().exec(statement, name, out.table, stored, Json{"[]"});
  } else {
    sql().exec(statement, name, out.table, stored.text, "[]");
  }
  return out;
}

void SqlUnit::set_options(const CollectionInfo& collection, const Object& options) {
  CollectionInfo changed = collection;
  changed.options = options;
  const Json stored = json_of(changed, form_.key_order());
  const std::string statement = "update " + form_.registry() + " set options = ? where name = ?";
  if (form_.postgres) {
    // Waits for writers that hold the definition: FOR UPDATE conflicts with their lock.
    sql().exec("select 1 from " + form_.registry() + " where name = ? for update", collection.name);
    sql().exec(statement, stored, collection.name);
  } else {
    sql().exec(statement, stored.text, collection.name);
  }
  drop_guard(collection);
  make_guard(changed);
}

void SqlUnit::save_indexes(const CollectionInfo& collection,
                           const std::vector<IndexInfo>& indexes) {
  Array list;
  for (const IndexInfo& index : indexes) list.push_back(Value(index_document(index)));
  const Json stored{to_storage(Value(std::move(list)), form_.key_order())};
  const std::string statement = "update " + form_.registry() + " set indexes = ? where name = ?";
  if (form_.postgres) {
    sql().exec("select 1 from " + form_.registry() + " where name = ? for update", collection.name);
    sql().exec(statement, stored, collection.name);
  } else {
    sql().exec(statement, stored.text, collection.name);
  }
}

void SqlUnit::drop_collection(const CollectionInfo& collection) {
  lock_definitions();
  for (const IndexInfo& index : collection.indexes) {
    if (index.unique) sql().exec("drop table " + key_table(collection, index));
  }
  if (!collection.options.has("viewOn")) sql().exec("drop table " + form_.table(collection.table));
  drop_guard_functions(collection);
  sql().exec("delete from " + form_.registry() + " where name = ?", collection.name);
}

void SqlUnit::rename_collection(const CollectionInfo& collection, const std::string& name) {
  lock_definitions();
  const std::string table = table_name(name);
  if (!collection.options.has("viewOn")) {
    CollectionInfo moved = collection;
    moved.table = table;
    drop_guard(collection);
    for (const IndexInfo& index : collection.indexes) drop_sql_indexes(collection, index);
    for (const IndexInfo& index : collection.indexes) {
      if (!index.unique) continue;
      const std::string to = key_table(moved, index);
      sql().exec("alter table " + key_table(collection, index) + " rename to " +
                 (form_.postgres ? to.substr(to.find('.') + 1) : to));
    }
    sql().exec("alter table " + form_.table(collection.table) + " rename to " +
               (form_.postgres ? SqlForm::quoted(table) : form_.table(table)));
    if (form_.postgres) {
      sql().exec("alter index documents." + SqlForm::quoted(collection.table + "$id") +
                 " rename to " + SqlForm::quoted(table + "$id"));
    }
    for (const IndexInfo& index : collection.indexes) create_sql_indexes(moved, index);
    make_guard(moved);
  }
  sql().exec("update " + form_.registry() + " set name = ?, tbl = ? where name = ?", name, table,
             collection.name);
}

std::string key_table_name(const CollectionInfo& collection, const IndexInfo& index) {
  std::uint32_t hash = 2166136261U;
  for (const char c : index.name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return collection.table + "$" + std::to_string(hash);
}

std::string SqlUnit::key_table(const CollectionInfo& collection, const IndexInfo& index) const {
  return form_.table(key_table_name(collection, index));
}

void SqlUnit::create_sql_indexes(const CollectionInfo& collection, const IndexInfo& index) {
  for (const SqlIndex& one : sql_indexes(form_, collection, index)) sql().exec(one.create);
}

/// Found by their names: an index that another version made has other parts.
void SqlUnit::drop_sql_indexes(const CollectionInfo& collection, const IndexInfo& index) {
  const std::string base =
      (form_.postgres ? "" : "documents.") + key_table_name(collection, index) + "$";
  const std::string table = (form_.postgres ? "" : "documents.") + collection.table;
  const std::string schema = form_.postgres ? "documents." : "";
  const char* const indexes =
      form_.postgres ? "select indexname::text from pg_indexes where schemaname = 'documents' and "
                       "tablename = ? and left(indexname::text, length(?)) = ?"
                     : "select name from sqlite_schema where type = 'index' and tbl_name = ? and "
                       "substr(name, 1, length(?)) = ?";
  std::vector<std::string> names;
  for (std::string name : sql().query<std::string>(indexes, table, base, base)) {
    names.push_back(std::move(name));
  }
  for (const std::string& name : names) {
    sql().exec("drop index " + schema + SqlForm::quoted(name));
  }
  if (!form_.postgres) return;
  names.clear();
  for (std::string name :
       sql().query<std::string>("select stxname::text from pg_statistic_ext where stxnamespace = "
                                "'documents'::regnamespace and left(stxname::text, length(?)) = ?",
                                base, base)) {
    names.push_back(std::move(name));
  }
  for (const std::string& name : names) {
    sql().exec("drop statistics documents." + SqlForm::quoted(name));
  }
}

void SqlUnit::create_index(const CollectionInfo& collection, const IndexInfo& index) {
  lock_definitions();
  std::vector<IndexInfo> indexes = collection.indexes;
  indexes.push_back(index);
  save_indexes(collection, indexes);
  create_sql_indexes(collection, index);
  if (index.unique) {
    sql().exec("create table " + key_table(collection, index) +
               " (key text primary key, seq bigint not null)");
    const std::string base = key_table_name(collection, index) + "$seq";
    sql().exec("create index " + SqlForm::quoted(form_.postgres ? base : "documents." + base) +
               " on " + key_table(collection, index) + "(seq)");
  }
  add_all_keys(collection, index);
}

void SqlUnit::drop_index(const CollectionInfo& collection, const std::string& name) {
  lock_definitions();
  std::vector<IndexInfo> indexes = collection.indexes;
  const auto it = std::find_if(indexes.begin(), indexes.end(),
                               [&](const IndexInfo& index) { return index.name == name; });
  if (it == indexes.end()) return;
  drop_sql_indexes(collection, *it);
  if (it->unique) sql().exec("drop table " + key_table(collection, *it));
  indexes.erase(it);
  save_indexes(collection, indexes);
}

}  // namespace iacdb::doc
