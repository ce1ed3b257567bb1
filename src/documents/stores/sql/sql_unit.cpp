// Documents: reading, inserting, replacing, removing.

#include "documents/stores/sql/sql_unit.hpp"

#include <limits>
#include <tuple>

#include "documents/bson/codec.hpp"
#include "documents/bson/compare.hpp"
#include "documents/errors.hpp"
#include "documents/stores/sql/compile.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/index_keys.hpp"
#include "documents/stores/sql/plan_text.hpp"
#include "documents/stores/sql/rows_of.hpp"
#include "documents/stores/sql/select_cache.hpp"
#include "documents/stores/sql/sql_indexes.hpp"
#include "documents/stores/sql/sql_records.hpp"

namespace iacdb::doc {
namespace {

constexpr std::string_view undefined_table = "42P01";

/// One at most.
class OneRecord : public Records {
 public:
  explicit OneRecord(std::optional<Record> record) : record_(std::move(record)) {}
  std::optional<Record> next() override { return std::exchange(record_, std::nullopt); }
  bool next_bytes(std::string& bson) override {
    if (record_) bson = encode(record_->document.object());
    return next().has_value();
  }

 private:
  std::optional<Record> record_;
};

}  // namespace

SqlUnit::SqlUnit(Transaction transaction, SqlForm form, std::string database, bool writes)
    : transaction_(std::move(transaction)),
      levels_{&*transaction_},
      form_(form),
      database_(std::move(database)),
      writes_(writes) {}

SqlUnit::SqlUnit(Session session, SqlForm form, std::string database,
                 std::shared_ptr<Definitions> definitions)
    : session_(std::move(session)),
      levels_{&*session_},
      form_(form),
      database_(std::move(database)),
      writes_(false),
      definitions_(std::move(definitions)) {}

void SqlUnit::commit() {
  if (!transaction_) return;
  end_bypass();
  transaction_->commit();
}

void SqlUnit::raise_stale(const std::string& name) {
  definitions_->forget(name);
  throw StaleDefinition("the collection " + name +
                        " was changed while it was read; run the command again");
}

void SqlUnit::check_version(const std::string& name, const std::string& version) {
  const auto now = sql().maybe<std::string>(
      "select xmin::text from " + form_.registry() + " where name = ?", name);
  if (now != version) raise_stale(name);
}

void SqlUnit::attempt(const std::function<void()>& f) {
  Transaction nested = sql().begin();
  const bool bypassed = bypassed_;
  levels_.push_back(&nested);
  try {
    f();
  } catch (...) {
    levels_.pop_back();
    nested.rollback();
    bypassed_ = bypassed;
    throw;
  }
  levels_.pop_back();
  nested.commit();
}

Found SqlUnit::select(const CollectionInfo& collection, const Selection& selection) {
  if (selection.for_update && selection.limit == 1 && !selection.sort.empty()) {
    if (auto first = select_first(collection, selection)) return std::move(*first);
  }
  const auto cache = collection.version.empty() ? nullptr : definitions_->selects(collection);
  const CompiledSelect compiled = cache
                                      ? cache->compile(form_.of(collection), collection, selection)
                                      : compile_select(form_.of(collection), collection, selection);
  Found out;
  out.filtered = compiled.filtered;
  out.sorted = compiled.sorted;
  out.limited = compiled.limited;
  out.chosen = selection.fields.has_value() && is_chosen(compiled);
  std::function<void()> at_nothing;
  if (!collection.version.empty()) {
    at_nothing = [this, name = collection.name, version = collection.version] {
      check_version(name, version);
    };
  }
  read(collection, [&] {
    out.records = sql_records(
        sql().query<RecordRow>(compiled.sql, Arguments{.cells = cells_of(compiled.parameters)}),
        compiled, selection, std::move(at_nothing));
  });
  return out;
}

/// PostgreSQL locks no rows of a union, which an order is: the first is found, and locked then. One
/// that has changed meanwhile may be the first no more.
std::optional<Found> SqlUnit::select_first(const CollectionInfo& collection,
                                           const Selection& selection) {
  constexpr int tries_max = 20;  // Each time another writer has got on.
  Selection unlocked = selection;
  unlocked.for_update = false;
  const CompiledSelect compiled = compile_select(form_.of(collection), collection, unlocked);
  if (!compiled.limited) return std::nullopt;
  for (int tries = 0; tries < tries_max; ++tries) {
    auto first = sql_records(sql().query<RecordRow>(
                                 compiled.sql, Arguments{.cells = cells_of(compiled.parameters)}),
                             compiled, unlocked, nullptr)
                     ->next();
    if (first && form_.postgres) {
      const auto now = sql().maybe<std::string>(
          "select doc from " + form_.table(collection.table) + " where seq = ? for update",
          first->seq);
      if (!now || !identical(document_from_storage(*now), first->document)) continue;
    }
    Found out;
    out.filtered = out.sorted = out.limited = true;
    out.records = std::make_unique<OneRecord>(std::move(first));
    return out;
  }
  return std::nullopt;
}

void SqlUnit::read(const CollectionInfo& collection, const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    const bool remembered = !collection.version.empty();
    if (remembered && error.sqlstate() == undefined_table) raise_stale(collection.name);
    throw;
  }
}

PlanText SqlUnit::explain(const CollectionInfo& collection, const Selection& selection, bool runs) {
  CollectionInfo as_it_is = collection;
  as_it_is.version.clear();
  const CompiledSelect compiled = compile_select(form_.of(collection), as_it_is, selection);
  PlanText out;
  out.sql = compiled.sql;
  out.filtered = compiled.filtered;
  out.sorted = compiled.sorted;
  out.limited = compiled.limited;
  out.chosen = compiled.chosen;
  add_plan(as_it_is, compiled.parameters, runs, out);
  return out;
}

void SqlUnit::add_plan(const CollectionInfo& collection,
                       const std::vector<SqlParameter>& parameters, bool runs, PlanText& out) {
  const std::vector<Cell> cells = cells_of(parameters);
  const iacdb::Arguments arguments{.cells = cells};
  if (form_.postgres) {
    const std::string how = runs ? "explain (analyze, timing off, summary off) " : "explain ";
    for (const Row& row : sql().query(how + out.sql, arguments)) {
      out.plan += (out.plan.empty() ? "" : "\n") + row.get<std::string>(0);
    }
    if (runs) out.examined = rows_examined(out.plan);
  } else {
    for (const Row& row : sql().query("explain query plan " + out.sql, arguments)) {
      out.plan += (out.plan.empty() ? "" : "\n") + row.get<std::string>("detail");
    }
  }
  out.index = find_used_index(form_, collection, out.plan);
}

std::int64_t SqlUnit::insert_row(const CollectionInfo& collection, const Value& document) {
  const Json text{to_storage(document, form_.key_order())};
  const std::string table = form_.table(collection.table);
  const std::string id = id_key(collection.ordered_ids, document.object().get("_id"));
  const std::string statement = "insert into " + table + "(id, doc) values (?, ?) returning seq";
  try {
    if (form_.postgres) return sql().one<std::int64_t>(statement, id, text);
    return sql().one<std::int64_t>(statement, id, text.text);
  } catch (const ConstraintError& error) {
    if (error.kind() == ErrorKind::check_violation) raise_refused(collection, document, error);
    if (error.kind() != ErrorKind::unique_violation) throw;
    raise_duplicate(database_ + "." + collection.name, id_index(), {document.object().get("_id")});
  }
}

std::vector<std::int64_t> SqlUnit::reserve(const CollectionInfo& collection, std::size_t count) {
  std::vector<std::int64_t> out;
  out.reserve(count);
  const std::string table = form_.table(collection.table);
  const auto n = static_cast<std::int64_t>(count);
  if (form_.postgres) {
    for (const std::int64_t seq : sql().query<std::int64_t>(
             "select nextval(pg_get_serial_sequence(?, 'seq')) from generate_series(1, ?::bigint)",
             table, n)) {
      out.push_back(seq);
    }
    return out;
  }
  const auto last = sql().one<std::int64_t>("select coalesce(max(seq), 0) from " + table);
  for (std::int64_t i = 1; i <= n; ++i) out.push_back(last + i);
  return out;
}

/// The fastest way for many at once; any failure is told by insert_row, one by one.
void SqlUnit::insert_rows(const CollectionInfo& collection, const std::vector<Value>& documents) {
  bool unique = false;
  for (const IndexInfo& index : collection.indexes) {
    unique = unique || index.unique;
    if (index.key.size() < 2 || index.unique) continue;
    for (const Value& d : documents) index_keys(index, d);  // Refuses two arrays in one key.
  }
  std::vector<Record> records;
  if (unique) {
    const std::vector<std::int64_t> seqs = reserve(collection, documents.size());
    for (std::size_t i = 0; i < documents.size(); ++i) records.push_back({seqs[i], documents[i]});
  }
  const std::string table = form_.table(collection.table);
  try {
    // Rows are made as they are sent, while the database works on those before.
    const auto insert_as = [&]<class Text>() {
      const auto id = [&](const Value& d) {
        return id_key(collection.ordered_ids, d.object().get("_id"));
      };
      const auto text = [&](const Value& d) { return Text{to_storage(d, form_.key_order())}; };
      if (unique) {
        const auto row = [&](const Record& r) {
          return std::tuple(r.seq, id(r.document), text(r.document));
        };
        sql().bulk_insert(table + "(seq, id, doc)", RowsOf(records, row));
      } else {
        const auto row = [&](const Value& d) { return std::tuple(id(d), text(d)); };
        sql().bulk_insert(table + "(id, doc)", RowsOf(documents, row));
      }
    };
    if (form_.postgres) {
      insert_as.operator()<Json>();
    } else {
      insert_as.operator()<std::string>();
    }
    for (const IndexInfo& index : collection.indexes) add_keys_at_once(collection, index, records);
  } catch (const ConstraintError& error) {
    if (error.kind() == ErrorKind::check_violation) raise_refused(collection, documents[0], error);
    if (error.kind() != ErrorKind::unique_violation) throw;
    raise_duplicate(database_ + "." + collection.name, id_index(),
                    {documents[0].object().get("_id")});
  }
}

void SqlUnit::insert(const CollectionInfo& collection, const std::vector<Value>& documents) {
  apply_bypass();
  if (documents.size() > 1) return insert_rows(collection, documents);
  for (const Value& document : documents) {
    const std::int64_t seq = insert_row(collection, document);
    for (const IndexInfo& index : collection.indexes) add_keys(collection, index, seq, document);
  }
}

void SqlUnit::replace(const CollectionInfo& collection, const Record& before, const Value& after) {
  for (const IndexInfo& index : collection.indexes) {
    if (!index.unique) {
      index_keys(index, after);  // Parallel arrays are refused, whatever the index.
      continue;
    }
    remove_keys(collection, index, before.seq);
    add_keys(collection, index, before.seq, after);
  }
  const Json text{to_storage(after, form_.key_order())};
  const std::string statement =
      "update " + form_.table(collection.table) + " set doc = ? where seq = ?";
  apply_bypass();
  try {
    if (form_.postgres) {
      sql().exec(statement, text, before.seq);
    } else {
      sql().exec(statement, text.text, before.seq);
    }
  } catch (const ConstraintError& error) {
    if (error.kind() == ErrorKind::check_violation) raise_refused(collection, after, error);
    throw;
  }
}

void SqlUnit::remove(const CollectionInfo& collection, const Record& record) {
  for (const IndexInfo& index : collection.indexes) remove_keys(collection, index, record.seq);
  sql().exec("delete from " + form_.table(collection.table) + " where seq = ?", record.seq);
}

void SqlUnit::add_keys(const CollectionInfo& collection, const IndexInfo& index, std::int64_t seq,
                       const Value& document) {
  const std::vector<Array> keys = index_keys(index, document);
  if (!index.unique) return;
  const std::string statement =
      "insert into " + key_table(collection, index) + "(key, seq) values (?, ?)";
  for (const Array& key : keys) {
    try {
      sql().exec(statement, key_text(index, key), seq);
    } catch (const ConstraintError& error) {
      if (error.kind() != ErrorKind::unique_violation) throw;
      raise_duplicate(database_ + "." + collection.name, index, key);
    }
  }
}

void SqlUnit::add_keys_at_once(const CollectionInfo& collection, const IndexInfo& index,
                               const std::vector<Record>& records) {
  if (!index.unique) return;
  std::vector<std::tuple<std::string, std::int64_t>> rows;
  for (const Record& record : records) {
    for (const Array& key : index_keys(index, record.document)) {
      rows.emplace_back(key_text(index, key), record.seq);
    }
  }
  sql().bulk_insert(key_table(collection, index) + "(key, seq)", rows);
}

void SqlUnit::add_all_keys(const CollectionInfo& collection, const IndexInfo& index) {
  if (!index.unique && index.key.size() < 2) return;
  constexpr std::size_t batch = 1000;
  const std::string statement = "select seq, doc from " + form_.table(collection.table) +
                                " where seq > ? order by seq limit " + std::to_string(batch);
  std::vector<Record> records;
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  do {
    records.clear();
    for (const auto& [seq, text] :
         sql().query<std::tuple<std::int64_t, std::string_view>>(statement, last)) {
      records.push_back({seq, document_from_storage(text)});
    }
    if (records.empty()) return;
    last = records.back().seq;
    try {
      if (!index.unique) {
        for (const Record& record : records) index_keys(index, record.document);
      } else {
        attempt([&] { add_keys_at_once(collection, index, records); });
      }
    } catch (const ConstraintError& error) {
      if (error.kind() != ErrorKind::unique_violation) throw;
      for (const Record& r : records) add_keys(collection, index, r.seq, r.document);
    }
  } while (records.size() == batch);
}

void SqlUnit::remove_keys(const CollectionInfo& collection, const IndexInfo& index,
                          std::int64_t seq) {
  if (!index.unique) return;
  sql().exec("delete from " + key_table(collection, index) + " where seq = ?", seq);
}

}  // namespace iacdb::doc
