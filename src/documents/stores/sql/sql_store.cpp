#include "documents/stores/sql/sql_store.hpp"

#include <algorithm>
#include <cstring>

#include "documents/bson/codec.hpp"
#include "documents/bson/elements.hpp"
#include "documents/errors.hpp"
#include "documents/pipeline/projection.hpp"
#include "documents/stores/sql/chosen_sql.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/narrow.hpp"
#include "documents/stores/sql/path_sql.hpp"
#include "documents/stores/sql/select_cache.hpp"
#include "documents/stores/sql/sql_unit.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t definitions_max = 1000;
/// How long a client's transaction waits for a lock before it is a write conflict.
constexpr int conflict_wait_ms = 100;
/// A database that takes longer to answer is not well.
constexpr std::chrono::seconds health_patience{3};
constexpr std::string_view undefined_table = "42P01";

bool ready(Queryable& db, const SqlForm& form) {
  if (!form.postgres) {
    return db.one<bool>(
        "select count(*) = 1 from sqlite_schema where type = 'table' and name = "
        "'documents.$collections'");
  }
  return db.one<bool>(
      "select exists (select from pg_tables where schemaname = 'documents' and tablename = "
      "'$collections') and (select count(*) = 2 from pg_proc p join pg_namespace n on n.oid = "
      "p.pronamespace where n.nspname = 'documents' and p." +
      std::string(key_function_named) + ")");
}

void make_ready(Database& db, const SqlForm& form) {
  if (ready(db, form)) return;
  db.transact([&](Transaction& tx) {
    const std::string kind = form.postgres ? "jsonb" : "text";
    if (form.postgres) {
      tx.exec("select pg_advisory_xact_lock(" + std::to_string(ddl_lock) + ")");
      tx.exec("create schema if not exists documents");
      for (const std::string& function : key_functions_sql()) tx.exec(function);
    }
    tx.exec("create table if not exists " + form.registry() +
            " (name text primary key, tbl text not null, options " + kind + " not null, indexes " +
            kind + " not null)");
  });
}

}  // namespace

SqlStore::SqlStore(Database database) : database_(std::move(database)) {
  const Capabilities can = database_.can();
  if (can.backend != "postgres" && can.backend != "sqlite") {
    raise(ErrorKind::unsupported, "documents are kept in PostgreSQL or SQLite, not in " +
                                      can.product + "; open another database");
  }
  form_.postgres = can.backend == "postgres";
  product_ = can.product + " " + can.version;
  name_ = form_.postgres ? database_.one<std::string>("select current_database()::text") : "main";
  make_ready(database_, form_);
}

Definitions::KnownPtr Definitions::recall(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = collections_.find(name);
  return it == collections_.end() ? nullptr : it->second;
}

std::shared_ptr<SelectCache> Definitions::selects(const CollectionInfo& collection) const {
  const KnownPtr known = recall(collection.name);
  return known && known->info.version == collection.version ? known->selects : nullptr;
}

void Definitions::remember(const CollectionInfo& collection, std::string select_by_id) {
  auto known = std::make_shared<const Known>(
      Known{collection, std::move(select_by_id), std::make_shared<SelectCache>()});
  const std::lock_guard lock(mutex_);
  if (collections_.size() >= definitions_max) collections_.clear();
  collections_.insert_or_assign(collection.name, std::move(known));
}

void Definitions::forget(const std::string& name) {
  const std::lock_guard lock(mutex_);
  collections_.erase(name);
}

UnitPtr SqlStore::begin(Access access, std::stop_token stop) {
  if (stop.stop_possible()) return begin(database_.with({.stop = std::move(stop)}), access);
  return begin(database_, access);
}

UnitPtr SqlStore::begin(Database database, Access access) {
  const bool reads = access == Access::read;
  // On PostgreSQL each statement sees its own snapshot anyway: a transaction would add round trips
  // alone. SQLite keeps what is read together.
  if (reads && form_.postgres) {
    return std::make_unique<SqlUnit>(database.session(), form_, name_, definitions_);
  }
  if (access != Access::transaction || !form_.postgres) {
    return std::make_unique<SqlUnit>(database.begin({.read_only = reads}), form_, name_, !reads);
  }
  Transaction snapshot = database.begin({.isolation = Isolation::repeatable_read});
  snapshot.exec("set local lock_timeout = " + std::to_string(conflict_wait_ms));
  return std::make_unique<SqlUnit>(std::move(snapshot), form_, name_, true);
}

Health SqlStore::health() {
  return database_.with({.timeout = health_patience}).health();
}

IndexRules SqlStore::index_rules() const {
  IndexRules out;
  out.arrays = form_.postgres ? IndexRules::Arrays::by_value : IndexRules::Arrays::scanned;
  out.filters_by_keys = form_.postgres;
  out.orders_by_insertion = true;
  out.partial_is_whole = true;
  out.kept_by_every_write = true;
  out.serves = [form = form_](const Filter& filter) {
    std::vector<std::string> parts = filter.parts;
    const Filter* leaf = &filter;
    if (filter.kind == Filter::elem_match_object) {
      leaf = filter.children[0].get();
      parts.insert(parts.end(), leaf->parts.begin(), leaf->parts.end());
    }
    // SQLite finds null and missing by looking.
    if (!form.postgres && leaf->kind == Filter::equal && leaf->value.nullish()) return false;
    return is_plain_path(parts) && !narrow(form, filter, false, {}).empty();
  };
  out.orders = [](const std::vector<std::string>& parts) {
    return is_plain_path(parts) && !(parts.size() == 1 && parts[0] == "_id");
  };
  return out;
}

namespace {

// Names as BSON has them: a zero ends them.
using std::string_view_literals::operator""sv;
constexpr std::string_view id_name = "_id\0"sv;
constexpr std::string_view equal_name = "$eq\0"sv;

/// The value of the only element, a number or an ObjectId, of a document; nullopt where it has
/// others, or another value.
std::optional<Value> only_value(std::string_view bson, std::string_view name) {
  constexpr std::size_t head = 5;  // The document's length and the element's type.
  const std::size_t before = head + name.size();
  if (bson.size() <= before || bson.substr(head, name.size()) != name) return std::nullopt;
  const std::string_view body = bson.substr(before, bson.size() - before - 1);
  const auto type = static_cast<Type>(bson[head - 1]);
  Oid oid;
  if (type == Type::object) return name == id_name ? only_value(body, equal_name) : std::nullopt;
  if (type == Type::int32 && body.size() == sizeof(std::int32_t)) {
    return Value(little_endian<std::int32_t>(body));
  }
  if (type == Type::int64 && body.size() == sizeof(std::int64_t)) {
    return Value(little_endian<std::int64_t>(body));
  }
  if (type == Type::oid && body.size() == oid.bytes.size()) {
    std::memcpy(oid.bytes.data(), body.data(), body.size());
    return Value(oid);
  }
  return std::nullopt;
}

/// The fields that a projection chooses; false where it does more, or is wrong.
bool only_fields(const Object& projection, std::optional<FieldChoice>& fields) {
  if (projection.empty()) return true;
  try {
    auto projected = projected_fields(parse_projection(projection, ProjectionUse::find));
    if (!projected || !projected->whole) return false;
    fields = std::move(projected->choice);
    return true;
  } catch (const Failure&) {
    return false;
  }
}

const FieldChoice* pointer(const std::optional<FieldChoice>& fields) {
  return fields ? &*fields : nullptr;
}

}  // namespace

bool SqlStore::find_first(const std::string& collection, std::string_view filter,
                          std::string_view projection, std::optional<std::string>& found) {
  if (!form_.postgres) return false;
  const Definitions::KnownPtr known = definitions_->recall(collection);
  if (!known || known->select_by_id.empty()) return false;
  std::optional<FieldChoice> fields;
  if (!only_fields(decode(projection), fields)) return false;
  try {
    found.reset();
    if (const auto id = only_value(filter, id_name)) return find_by_id(*known, *id, fields, found);
    return find_by_key(*known, decode(filter), fields, found);
  } catch (const Error& error) {
    if (error.sqlstate() != undefined_table) throw;
    definitions_->forget(collection);
    return false;
  }
}

/// By numbers and ObjectIds: no collation of a definition that has changed meanwhile makes them
/// equal to others, and the table of a collection that is gone is gone too.
bool SqlStore::find_by_id(const Definitions::Known& collection, const Value& id,
                          const std::optional<FieldChoice>& fields,
                          std::optional<std::string>& found) {
  const bool ordered = collection.info.ordered_ids;
  std::string chosen;
  if (fields) chosen = chosen_document_sql(collection.select_by_id, *fields);
  for (const std::string_view text : database_.query<std::string_view>(
           fields ? chosen : collection.select_by_id, id_key(ordered, id))) {
    storage_to_bson(text, found.emplace(), pointer(fields));
  }
  return found || ordered;  // One that is made anew finds by other keys than older ones.
}

namespace {

/// Whether an index may find it: by the paths that the filter names, without a look at the rest.
bool names_indexed_path(const Object& filter, const std::vector<IndexInfo>& indexes) {
  return std::any_of(indexes.begin(), indexes.end(),
                     [&](const IndexInfo& index) { return filter.has(index.key.front().name); });
}

}  // namespace

/// By an index that has the document. One that it does not tell is found the other way, as is
/// what is wrong with the filter.
bool SqlStore::find_by_key(const Definitions::Known& collection, const Object& filter,
                           const std::optional<FieldChoice>& fields,
                           std::optional<std::string>& found) {
  const bool plain = !collection.info.options.has("collation") &&
                     std::none_of(filter.begin(), filter.end(),
                                  [](const Field& field) { return field.name.starts_with('$'); });
  if (!plain || !names_indexed_path(filter, collection.info.indexes)) return false;
  Selection one;
  try {
    one.filter = parse_filter(filter);
  } catch (const Failure&) {
    return false;
  }
  one.limit = 1;
  one.fields = fields;
  const auto probe = collection.selects->probe(form_.of(collection.info), collection.info, one);
  if (!probe) return false;
  for (const std::string_view text : database_.query<std::string_view>(
           probe->sql(), Arguments{.cells = cells_of(probe->parameters)})) {
    storage_to_bson(text, found.emplace(), pointer(fields));
  }
  probe->tell(found.has_value());
  return found.has_value();
}

}  // namespace iacdb::doc
