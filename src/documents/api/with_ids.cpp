#include "documents/api/with_ids.hpp"

#include "documents/bson/codec.hpp"
#include "documents/bson/elements.hpp"

namespace iacdb {
namespace {

constexpr const char* id_name = "_id";

Document id_of(std::string_view bson) {
  doc::Elements elements(bson);
  for (doc::Element e; elements.next(e);) {
    if (e.name == id_name) return Document::trusted(doc::document_of(e));
  }
  return {};
}

}  // namespace

WithIds::WithIds(std::span<const Document> documents, std::vector<Document>& ids) {
  bytes_.reserve(documents.size());
  ids.reserve(ids.size() + documents.size());
  for (const Document& d : documents) {
    doc::Element first;
    if (doc::Elements(d.bytes()).next(first) && first.name == id_name) {
      bytes_.push_back(d.bytes());
      ids.push_back(Document::trusted(doc::document_of(first)));
      continue;
    }
    doc::Object object = doc::decode(d.bytes());
    if (!object.has(id_name)) object.prepend(id_name, doc::Value(doc::Oid::make()));
    bytes_.push_back(made_.emplace_back(doc::encode(object)));
    ids.push_back(id_of(bytes_.back()));
  }
}

}  // namespace iacdb
