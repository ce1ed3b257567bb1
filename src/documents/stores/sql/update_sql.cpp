#include "documents/stores/sql/update_sql.hpp"

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/exact.hpp"
#include "documents/stores/sql/narrow.hpp"
#include "documents/stores/sql/number_sql.hpp"
#include "documents/stores/sql/update_sql_sqlite.hpp"

namespace iacdb::doc {
namespace {

/// Bytes as the row has them, compressed up to 255 times: a longer row may reach MongoDB's limit of
/// a document, together with what an update adds.
constexpr const char* row_bytes_max = "50000";

std::string quoted_text(const std::string& plain_name) {
  return "'" + plain_name + "'";
}

/// The value at the path, quickly.
std::string at(const std::string& document, PathParts parts) {
  if (parts.size() == 1) return "(" + document + " -> " + quoted_text(parts[0]) + ")";
  return "(" + document + " #> " + path_literal(parts) + ")";
}

/// One operation as an expression; null where a row is not for it.
class OperationSql {
 public:
  OperationSql(const UpdateOperation& op, std::string document)
      : op_(op), d_(std::move(document)), leaf_(at(d_, op.parts)) {}

  /// False: not by SQL.
  bool compile() {
    switch (op_.op) {
      case UpdateOperator::set:
        put(stored(op_.value));
        changed_ = {leaf_ + "::text is distinct from ?::text::jsonb::text", {stored(op_.value)}};
        return true;
      case UpdateOperator::unset:
        return unset();
      case UpdateOperator::inc:
      case UpdateOperator::mul:
        return calculate();
      case UpdateOperator::push:
        return push();
      default:
        return false;
    }
  }

  Condition sql{};
  /// Whether the row changes; empty: always.
  const Condition& changed() const { return changed_; }

 private:
  static std::string stored(const Value& value) { return to_storage(value, KeyOrder::listed); }
  void text(const std::string& sql_text) { sql.sql += sql_text; }
  void value(const std::string& json) {
    sql.sql += "?::text::jsonb";
    sql.parameters.emplace_back(json);
  }
  std::string name() const { return quoted_text(op_.parts.back()); }
  std::string has(const std::string& key) const { return "jsonb_exists(" + d_ + ", " + key + ")"; }

  /// jsonb_set at an existing place; `json` is an expression or, empty, the parameter.
  void replace_leaf(const std::string& json) {
    text("jsonb_set(" + d_ + ", " + path_literal(op_.parts) + ", ");
    value(json);
    text(")");
  }

  /// The value at the path, which may be missing at the top: the order of keys is kept.
  void put(const std::string& json) {
    if (op_.parts.size() > 1) {
      text("case when " + parent_is_document() + " and " + leaf_ + " is not null then ");
      replace_leaf(json);
      text(" end");
      return;
    }
    text("case when " + has(name()) + " then ");
    replace_leaf(json);
    text(" else ");
    append(json);
    text(" end");
  }

  std::string parent_is_document() const {
    const std::string parent = at(d_, PathParts(op_.parts).first(op_.parts.size() - 1));
    return "jsonb_typeof(" + parent + ") = 'object' and not jsonb_exists(" + parent + ", '$bson')";
  }

  /// A new last field.
  void append(const std::string& json) {
    const std::string size = std::to_string(op_.parts[0].size());
    const std::string keys = "jsonb_object_keys(" + d_ + ")";
    const auto grow = [&](const std::string& list) {
      text(d_ + " || jsonb_build_object(" + name() + ", ");
      value(json);
      text((list.empty() ? "" : ", '$k', " + list + " || '," + op_.parts[0] + "'") + ")");
    };
    text("case when " + has("'$k'") + " then case when (select count(*) from " + keys +
         ") = cardinality(" + listed_keys() + ") + 1 then ");
    grow("(" + d_ + " ->> '$k')");
    text(" end when (select coalesce(bool_and(octet_length(k) < " + size +
         " or octet_length(k) = " + size + " and k collate \"C\" < " + name() + "), true) from " +
         keys + " as k) then ");
    grow("");
    // Names that such a list cannot hold, or that are stored otherwise: by the evaluator.
    text(" when (select bool_and(k <> '' and strpos(k, ',') = 0 and left(k, 1) <> '$') from " +
         keys + " as k) then ");
    grow("(select string_agg(k, ',') from " + keys + " as k)");
    text(" end");
  }

  /// The names of "$k" as an array; null where it is a list in JSON.
  std::string listed_keys() const {
    return "(case when jsonb_typeof(" + d_ + " -> '$k') = 'string' then string_to_array(" + d_ +
           " ->> '$k', ',') end)";
  }

  bool unset() {
    if (op_.parts.size() != 1) return false;
    text("case when " + has("'$k'") + " then jsonb_set(" + d_ + " - " + name() +
         ", '{$k}', to_jsonb(array_to_string(array_remove(" + listed_keys() + ", " + name() +
         "), ','))) else " + d_ + " - " + name() + " end");
    changed_ = {has(name()), {}};
    return true;
  }

  bool push() {
    if (op_.position || op_.slice || op_.sorts || op_.elements.empty()) return false;
    const std::string elements = stored(Value(Array(op_.elements)));
    begin_missing(elements);
    text("when jsonb_typeof(" + leaf_ + ") = 'array' then jsonb_set(" + d_ + ", " +
         path_literal(op_.parts) + ", " + leaf_ + " || ");
    value(elements);
    text(") end");
    return true;
  }

  /// "case when there is no such field then ... " of a path of one name.
  void begin_missing(const std::string& json) {
    text("case ");
    if (op_.parts.size() > 1) return;
    text("when not " + has(name()) + " then ");
    append(json);
    text(" ");
  }

  /// $inc and $mul by an int or a double; of ints and doubles.
  bool calculate() {
    const bool adds = op_.op == UpdateOperator::inc;
    const bool by_int = op_.value.is(Type::int32);
    if (!by_int && !op_.value.is(Type::real)) return false;
    const double by = to_double(op_.value);
    // Nothing that changes nothing, nothing whose digits reach past those of a double.
    constexpr double by_max = 1e9;
    constexpr double by_min = 1e-6;
    if (!(std::abs(by) > by_min && std::abs(by) < by_max) || (!adds && by == 1)) return false;
    if (!adds && op_.parts.size() > 1) return false;
    const std::string operand = by_int ? std::to_string(op_.value.int32()) : shortest(by);
    const std::string mark = adds ? " + " : " * ";
    const std::string as_real = kind_sql(NumberKind::real);
    const auto set = [&](const std::string& json) {
      return "jsonb_set(" + d_ + ", " + path_literal(op_.parts) + ", " + json + ")";
    };
    if (adds) {
      begin_missing(stored(op_.value));
    } else {
      text("case ");  // What is missing becomes zero of some type: by the evaluator.
    }
    // Steps, each its own subquery, so that nothing is computed twice.
    text("when true then (select case when k = " + as_real + (by_int ? "" : " or k = 1") +
         " then " + set(stored_real_sql("f")));
    if (by_int) text(" when k = 1 then " + set("to_jsonb(n" + mark + operand + ")"));
    text(" end from (select n, k, case when k = " + as_real + (by_int ? "" : " or k = 1") +
         " then n::float8" + mark + "'" + operand + "'::float8 end as f from (select n, " +
         number_kind_sql("n") + " as k from (select case when jsonb_typeof(l) = 'number' then " +
         "l::numeric end as n from (select " + leaf_ + " as l offset 0) as s0 offset 0) as s1 " +
         "where abs(n) < 1e14" + (adds ? "" : " and n <> 0") +
         " offset 0) as s2 offset 0) as s3) end");
    return true;
  }

  const UpdateOperation& op_;
  std::string d_;
  std::string leaf_;
  Condition changed_{};
};

bool overlap(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  return longer == shorter || longer.starts_with(shorter + ".");
}

/// Whether keys of indexes that are kept in tables of their own, or must be looked at, may change.
bool touches_keys(const CollectionInfo& collection, const UpdateOperation& op) {
  const bool may_be_array =
      op.op == UpdateOperator::push || op.value.is(Type::array) || op.value.is(Type::object);
  return std::any_of(
      collection.indexes.begin(), collection.indexes.end(), [&](const IndexInfo& index) {
        const bool on_path =
            std::any_of(index.key.begin(), index.key.end(), [&](const Field& field) {
              return overlap(field.name, op.path) || field.name.find('$') != std::string::npos;
            });
        if (index.unique) return on_path || index.options.has("partialFilterExpression");
        return on_path && may_be_array;
      });
}

bool is_compilable(const CollectionInfo& collection, const Update& update) {
  const Value& validator = collection.options.get("validator");
  if (validator.is(Type::object) && !validator.object().empty()) return false;
  if (collection.options.has("capped")) return false;
  if (update.kind != Update::operators || update.operations.empty()) return false;
  constexpr std::size_t operations_max = 8;
  return update.operations.size() <= operations_max &&
         std::all_of(update.operations.begin(), update.operations.end(),
                     [&](const UpdateOperation& op) {
                       return is_plain_path(op.parts) && op.parts[0] != "_id" &&
                              !touches_keys(collection, op);
                     });
}

/// " or ..." of a document on the way whose keys repeat: SQL would change what only a query sees.
std::string keys_repeat_above(PathParts parts) {
  std::string out;
  for (std::size_t n = 1; n < parts.size(); ++n) {
    out += " or jsonb_exists(" + at("doc", parts.first(n)) + ", '$bson')";
  }
  return out;
}

std::optional<SetTarget> target_of(const SqlForm& form, const CollectionInfo& collection,
                                   const Selection& selection) {
  if (!selection.sort.empty() || selection.skip > 0) return std::nullopt;
  if (!selection.filter) return SetTarget{};
  const bool collated = selection.collator != nullptr;
  auto exact = exact_filter(form, *selection.filter, collated);
  if (!exact) return std::nullopt;
  const Condition narrowed = narrow(form, *selection.filter, collated, collection.indexes);
  Condition decided = exact->match;
  if (!decided.empty() && !exact->doubt.empty()) decided = any_of({decided, exact->doubt});
  return SetTarget{all_of({narrowed, decided}), std::move(exact->doubt)};
}

}  // namespace

std::optional<CompiledChange> compile_update(const SqlForm& form, const CollectionInfo& collection,
                                             const Selection& selection, const Update& update) {
  const auto target = target_of(form, collection, selection);
  if (!target || !is_compilable(collection, update)) return std::nullopt;
  if (!form.postgres) return sqlite_update(form, collection, *target, update);
  Condition changed_document{"doc", {}};
  std::vector<Condition> changes;
  bool always = false;
  std::size_t added = 0;
  for (const UpdateOperation& op : update.operations) {
    added += to_storage(op.value, KeyOrder::listed).size();
    if (added > added_bytes_max) return std::nullopt;
    const bool first = changed_document.sql == "doc";
    OperationSql operation(op, first ? "doc" : "d");
    OperationSql on_the_row(op, "doc");
    if (!operation.compile() || !on_the_row.compile()) return std::nullopt;
    always = always || on_the_row.changed().empty();
    changes.push_back(on_the_row.changed());
    if (first) {
      changed_document = operation.sql;
    } else {
      Condition nested{"(select ", {}};
      append(nested, "", operation.sql);
      append(nested, " from (select ", changed_document);
      nested.sql += " as d offset 0) as s)";
      changed_document = std::move(nested);
    }
  }
  Condition unfit{
      "jsonb_exists(doc, '$bson') or pg_column_size(doc) > " + std::string(row_bytes_max), {}};
  for (const UpdateOperation& op : update.operations) unfit.sql += keys_repeat_above(op.parts);
  if (!target->doubt.empty()) append(unfit, " or ", target->doubt);
  CompiledChange out;
  out.counts = !always;
  const std::string table = form.table(collection.table);
  Condition where = target->where;
  if (!always) {
    changes.push_back(target->doubt.empty() ? changes[0] : target->doubt);
    where = all_of({where, any_of(changes)});
  }
  Condition& statement = out.statement;
  if (out.counts) statement.sql = "with changed as (";
  append(statement, "update " + table + " set doc = case when ", unfit);
  append(statement, " then null else ", changed_document);
  statement.sql += " end";
  if (!where.empty()) append(statement, " where ", where);
  if (out.counts) {
    statement.sql += " returning 1) select (select count(*) from " + table;
    if (!target->where.empty()) append(statement, " where ", target->where);
    statement.sql += "), (select count(*) from changed)";
  }
  return out;
}

std::optional<CompiledRemoval> compile_remove(const SqlForm& form, const CollectionInfo& collection,
                                              const Selection& selection) {
  const auto target = target_of(form, collection, selection);
  const bool keyed = std::any_of(collection.indexes.begin(), collection.indexes.end(),
                                 [](const IndexInfo& index) { return index.unique; });
  if (!target || keyed) return std::nullopt;
  if (!form.postgres) return sqlite_removal(form, collection, *target);
  Condition out{"delete from " + form.table(collection.table), {}};
  if (!target->where.empty()) append(out, " where ", target->where);
  if (!target->doubt.empty()) {
    // Fails as a whole where a row in doubt would go.
    Condition checked{"with removed as (" + out.sql + " returning ", out.parameters};
    append(checked, "", target->doubt);
    checked.sql += " as doubt) select count(*), count(*) filter (where doubt) from removed";
    return CompiledRemoval{std::move(checked)};
  }
  Condition counted{
      "with removed as (" + out.sql + " returning 1) select count(*), 0::bigint from removed",
      out.parameters};
  return CompiledRemoval{std::move(counted)};
}

bool is_left_to_evaluator(const Error& error) {
  return error.kind() == ErrorKind::not_null_violation || error.sqlstate().starts_with("22");
}

}  // namespace iacdb::doc
