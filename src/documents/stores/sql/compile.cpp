#include "documents/stores/sql/compile.hpp"

#include "documents/bson/collation.hpp"
#include "documents/stores/sql/index_keys.hpp"

namespace iacdb::doc {
namespace {

/// The filter's one value of _id, if it asks for one.
const Value* wanted_id(const Filter& filter) {
  if (filter.kind == Filter::equal && filter.path == "_id") return &filter.value;
  if (filter.kind != Filter::all_of) return nullptr;
  for (const FilterPtr& child : filter.children) {
    if (const Value* id = wanted_id(*child)) return id;
  }
  return nullptr;
}

/// Values whose equality as _id is the same in SQL as in MongoDB.
bool plain_id(const Value& v) {
  switch (v.type()) {
    case Type::string:
    case Type::oid:
    case Type::int32:
    case Type::int64:
    case Type::boolean:
    case Type::date:
    case Type::binary:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<Cell> CompiledSelect::cells() const {
  std::vector<Cell> out;
  for (const std::string& text : texts) out.push_back(Cell::of_text(text));
  return out;
}

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
  const bool everything = !selection.filter || selection.filter->kind == Filter::always_true;
  out.filtered = everything;
  const Value* id = everything ? nullptr : wanted_id(*selection.filter);
  if (id != nullptr && plain_id(*id) && (selection.collator == nullptr || !id->is(Type::string))) {
    out.sql += " where id = ?";
    out.texts.push_back(equality_key(*id));
    out.index = "_id_";
  }
  const bool natural = selection.sort.size() == 1 && selection.sort[0].path == "$natural";
  out.sorted = selection.sort.empty() || natural;
  out.sql += " order by seq";
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

}  // namespace iacdb::doc
