#include "cli/doc_definitions.hpp"

#include "core/json.hpp"

namespace iacdb::cli {

std::string json_text(std::string_view text) {
  std::string out;
  core::append_json_string(out, text);
  return out;
}

std::optional<Document> find_definition(DocumentStore& store, const std::string& collection) {
  const Document reply = store.run(Document::from_json(
      R"({"listCollections": 1, "filter": {"name": )" + json_text(collection) + "}}"));
  auto found = reply.documents("cursor.firstBatch").value_or(std::vector<Document>{});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Document definition_of(DocumentStore& store, const std::string& collection) {
  auto found = find_definition(store, collection);
  if (!found) raise(ErrorKind::config, "the source has no collection " + collection);
  return *std::move(found);
}

std::vector<Document> indexes_beside_id(Collection collection) {
  std::vector<Document> indexes = collection.indexes();
  std::erase_if(indexes, [](const Document& index) { return index.text("name") == "_id_"; });
  return indexes;
}

Document create_indexes_command(const std::string& collection, const Document& index) {
  return Document::from_json("{\"createIndexes\": " + json_text(collection) + ", \"indexes\": [" +
                             index.to_json(JsonForm::canonical) + "]}");
}

std::string metadata_path(const std::string& bson_path) {
  constexpr std::string_view ending = ".bson";
  const std::size_t size =
      bson_path.ends_with(ending) ? bson_path.size() - ending.size() : bson_path.size();
  return bson_path.substr(0, size) + ".metadata.json";
}

std::string metadata_json(const Document& definition, const std::vector<Document>& indexes) {
  std::string list = R"({"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"})";
  for (const Document& index : indexes) list += "," + index.to_json(JsonForm::canonical);
  const Document options = definition.document("options").value_or(Document());
  return "{\"options\":" + options.to_json(JsonForm::canonical) + ",\"indexes\":[" + list +
         "],\"collectionName\":" + json_text(definition.text("name").value_or("")) + "}";
}

DocFormat chosen_format(const std::string& name, const std::string& file) {
  if (name.empty()) return format_of_name(file).value_or(DocFormat::ndjson);
  const auto known = format_of_name("." + name);
  if (!known) {
    raise(ErrorKind::config, "no format is called " + name + "; there are ndjson, json, bson, csv");
  }
  return *known;
}

}  // namespace iacdb::cli
