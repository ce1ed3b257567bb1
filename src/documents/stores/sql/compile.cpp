#include "documents/stores/sql/compile.hpp"

#include <algorithm>

#include "documents/bson/collation.hpp"
#include "documents/stores/sql/exact.hpp"
#include "documents/stores/sql/index_keys.hpp"
#include "documents/stores/sql/narrow.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {
namespace {

/// Whether a condition compares what one of the indexes begins with.
bool is_indexed(const SqlForm& form, const CollectionInfo& collection, const std::string& where) {
  return std::any_of(
      collection.indexes.begin(), collection.indexes.end(), [&](const IndexInfo& index) {
        const auto parts = split_path(index.key.front().name);
        return is_plain_path(parts) && where.find(leaf_sql(form, parts)) != std::string::npos;
      });
}

/// Whether no collation can make a difference: no string is compared.
bool is_free_of_collation(const Filter& filter) {
  const auto is_plain = [](const Value& v) {
    return v.is_number() || v.nullish() || v.is(Type::boolean) || v.is(Type::date) ||
           v.is(Type::oid);
  };
  switch (filter.kind) {
    case Filter::always_true:
    case Filter::always_false:
    case Filter::exists:
    case Filter::type:
    case Filter::mod:
    case Filter::array_size_is:
      return true;
    case Filter::equal:
    case Filter::less:
    case Filter::less_equal:
    case Filter::greater:
    case Filter::greater_equal:
      return is_plain(filter.value);
    case Filter::in:
      return filter.patterns.empty() &&
             std::all_of(filter.values.begin(), filter.values.end(), is_plain);
    case Filter::all_of:
    case Filter::any_of:
    case Filter::none_of:
    case Filter::not_:
      return std::all_of(filter.children.begin(), filter.children.end(),
                         [](const FilterPtr& child) { return is_free_of_collation(*child); });
    default:
      return false;
  }
}

/// That a definition from memory is still the one in the list. Of a definition only the collation
/// matters to a read: the table of a collection that is gone is gone with it.
Condition unchanged(const SqlForm& form, const CollectionInfo& collection,
                    const Selection& selection) {
  if (collection.version.empty()) return {};
  if (selection.sort.empty() && (!selection.filter || is_free_of_collation(*selection.filter))) {
    return {};
  }
  return {"(select xmin::text from " + form.registry() + " where name = ?) = ?",
          {collection.name, collection.version}};
}

}  // namespace

std::string key_text(const IndexInfo& index, const Array& key) {
  const Value& collation = index.options.get("collation");
  if (!collation.is(Type::object)) return equality_key(key);
  const auto collator = parse_collation(collation.object());
  return equality_key(key, collator.get());
}

CompiledSelect compile_select(const SqlForm& form, const CollectionInfo& collection,
                              const Selection& selection) {
  CompiledSelect out;
  out.sql = "select seq, doc from " + form.table(collection.table);
  const bool collated = selection.collator != nullptr;
  out.filtered = !selection.filter || is_exact(*selection.filter, collated);
  Condition where;
  if (selection.filter) where = narrow(form, *selection.filter, collated, collection.indexes);
  const bool by_index = is_indexed(form, collection, where.sql);
  where = all_of({where, unchanged(form, collection, selection)});
  if (!where.empty()) out.sql += " where " + where.sql;
  out.parameters = std::move(where.parameters);
  const bool natural = selection.sort.size() == 1 && selection.sort[0].path == "$natural";
  out.sorted = selection.sort.empty() || natural;
  // SQLite would rather walk the whole table in its order than sort what an index finds.
  out.sql += by_index && !form.postgres ? " order by +seq" : " order by seq";
  if (natural && selection.sort[0].descending) out.sql += " desc";
  if (out.filtered && out.sorted) {
    out.limited = true;
    if (selection.limit > 0) out.sql += " limit " + std::to_string(selection.limit);
    if (selection.limit == 0 && selection.skip > 0 && !form.postgres) out.sql += " limit -1";
    if (selection.skip > 0) out.sql += " offset " + std::to_string(selection.skip);
  }
  if (form.postgres && selection.for_update) out.sql += " for update";
  return out;
}

std::optional<Condition> compile_count(const SqlForm& form, const CollectionInfo& collection,
                                       const Selection& selection) {
  if (selection.skip > 0 || selection.limit > 0) return std::nullopt;
  const std::string table = form.table(collection.table);
  const bool collated = selection.collator != nullptr;
  if (!selection.filter || is_exact(*selection.filter, collated)) {
    const CompiledSelect all = compile_select(form, collection, selection);
    return Condition{"select count(*), 0 from (" + all.sql + ") as matching", all.parameters};
  }
  const auto exact = exact_filter(form, *selection.filter, collated);
  if (!exact) return std::nullopt;
  Condition out{"select count(*)", {}};
  const auto put = [&](const std::string& before, const Condition& c, const char* after) {
    out.sql += before + c.sql + after;
    out.parameters.insert(out.parameters.end(), c.parameters.begin(), c.parameters.end());
  };
  if (!exact->match.empty()) put(" filter (where ", exact->match, ")");
  if (exact->doubt.empty()) {
    out.sql += ", 0::bigint";
  } else {
    put(", count(*) filter (where ", exact->doubt, ")");
  }
  out.sql += " from " + table;
  const Condition where = all_of({narrow(form, *selection.filter, collated, collection.indexes),
                                  unchanged(form, collection, selection)});
  if (!where.empty()) put(" where ", where, "");
  return out;
}

}  // namespace iacdb::doc
