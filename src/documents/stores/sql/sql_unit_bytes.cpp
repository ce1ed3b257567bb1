// Documents inserted as the BSON they are.

#include <algorithm>

#include "documents/bson/elements.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/rows_of.hpp"
#include "documents/stores/sql/sql_unit.hpp"

namespace iacdb::doc {
namespace {

/// Keys in tables of their own, and those that two arrays may spoil, are made of values.
bool needs_values(const IndexInfo& index) {
  return index.unique || index.key.size() > 1;
}

Value id_of(std::string_view bson) {
  Elements elements(bson);
  Element id;
  elements.next(id);
  return value_of(id);
}

template <class Text>
auto row_of(bool ordered_ids, KeyOrder order) {
  return [ordered_ids, order](std::string_view bson) {
    std::string text;
    text.reserve(bson.size() + bson.size() / 2);
    bson_to_storage(bson, order, text);
    return std::tuple(id_key(ordered_ids, id_of(bson)), Text{std::move(text)});
  };
}

}  // namespace

bool SqlUnit::insert_bytes(const CollectionInfo& collection,
                           std::span<const std::string_view> documents) {
  const auto& indexes = collection.indexes;
  if (documents.size() < 2 || std::any_of(indexes.begin(), indexes.end(), needs_values)) {
    return false;
  }
  apply_bypass();
  const std::string target = form_.table(collection.table) + "(id, doc)";
  // Rows are made as they are sent, while the database works on those before.
  const auto send = [&]<class Text>() {
    sql().bulk_insert(target,
                      RowsOf(documents, row_of<Text>(collection.ordered_ids, form_.key_order())));
  };
  if (form_.postgres) {
    send.operator()<Json>();
  } else {
    send.operator()<std::string>();
  }
  return true;
}

}  // namespace iacdb::doc
