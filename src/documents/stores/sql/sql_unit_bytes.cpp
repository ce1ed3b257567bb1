// Documents inserted as the BSON they are.

#include <algorithm>
#include <set>
#include <tuple>

#include "documents/bson/elements.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/index_keys.hpp"
#include "documents/stores/sql/rows_of.hpp"
#include "documents/stores/sql/sql_unit.hpp"

namespace iacdb::doc {
namespace {

/// Keys in tables of their own, and those that two arrays may spoil, are made of values.
bool needs_values(const IndexInfo& index) {
  return index.unique || index.key.size() > 1;
}

/// The fields at the top that such indexes look at; all of them where `whole`.
struct KeyFields {
  std::set<std::string, std::less<>> names;
  bool whole = false;
};

KeyFields key_fields(const std::vector<IndexInfo>& indexes) {
  KeyFields out;
  for (const IndexInfo& index : indexes) {
    if (!needs_values(index)) continue;
    out.whole = out.whole || index.options.has("partialFilterExpression");
    for (const Field& field : index.key) {
      out.names.insert(field.name.substr(0, field.name.find('.')));
    }
  }
  return out;
}

/// The document without what no key is made of: the rest stays bytes.
Value keyed_part(std::string_view bson, const KeyFields& fields) {
  Object out;
  Elements elements(bson);
  for (Element e; elements.next(e);) {
    if (fields.whole || fields.names.find(e.name) != fields.names.end()) {
      out.add(std::string(e.name), value_of(e));
    }
  }
  return Value(std::move(out));
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
  if (documents.size() < 2) return false;
  const std::vector<Record> keyed = keyed_records(collection, documents);
  apply_bypass();
  // Rows are made as they are sent, while the database works on those before.
  const std::string table = form_.table(collection.table);
  const auto send = [&]<class Text>() {
    const auto row = row_of<Text>(collection.ordered_ids, form_.key_order());
    if (keyed.empty()) {
      sql().bulk_insert(table + "(id, doc)", RowsOf(documents, row));
      return;
    }
    const auto with_seq = [&](const std::string_view& bson) {
      const Record& record = keyed[static_cast<std::size_t>(&bson - documents.data())];
      return std::tuple_cat(std::tuple(record.seq), row(bson));
    };
    sql().bulk_insert(table + "(seq, id, doc)", RowsOf(documents, with_seq));
  };
  if (form_.postgres) {
    send.operator()<Json>();
  } else {
    send.operator()<std::string>();
  }
  for (const IndexInfo& index : collection.indexes) add_keys_at_once(collection, index, keyed);
  return true;
}

/// What unique indexes need to know of the documents; empty where there are none.
/// Throws: Failure 171 for two arrays in one compound key.
std::vector<Record> SqlUnit::keyed_records(const CollectionInfo& collection,
                                           std::span<const std::string_view> documents) {
  const auto& indexes = collection.indexes;
  std::vector<Record> out;
  if (std::none_of(indexes.begin(), indexes.end(), needs_values)) return out;
  const KeyFields fields = key_fields(indexes);
  bool unique = false;
  for (const IndexInfo& index : indexes) unique = unique || index.unique;
  for (const std::string_view bson : documents) {
    Value part = keyed_part(bson, fields);
    for (const IndexInfo& index : indexes) {
      if (needs_values(index) && !index.unique) index_keys(index, part);
    }
    if (unique) out.push_back({0, std::move(part)});
  }
  if (!unique) return out;
  const std::vector<std::int64_t> seqs = reserve(collection, documents.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i].seq = seqs[i];
  return out;
}

}  // namespace iacdb::doc
