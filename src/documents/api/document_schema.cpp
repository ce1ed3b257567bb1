#include <iacdb/document_schema.hpp>

#include "documents/api/failures.hpp"
#include "documents/bson/codec.hpp"
#include "documents/command/validation_details.hpp"
#include "documents/filter/json_schema.hpp"

namespace iacdb {
namespace {

doc::Value value_of(const Document& document) {
  return doc::Value(doc::decode(document.bytes()));
}

doc::Object error_info(const doc::Schema& schema, const doc::Value& value) {
  doc::Object details{{"operatorName", doc::Value("schema")}};
  for (const doc::Field& note : schema.notes) details.add(note.name, note.value);
  details.add("schemaRulesNotSatisfied", doc::Value(doc::explain(schema, value)));
  return {{"failingDocumentId", value.object().get("_id")},
          {"details", doc::Value(std::move(details))}};
}

}  // namespace

DocumentSchema DocumentSchema::parse(const Document& schema) {
  try {
    return DocumentSchema(doc::parse_schema_2020(value_of(schema)));
  } catch (const doc::Failure& failure) {
    raise(ErrorKind::data, failure.what());
  }
}

bool DocumentSchema::accepts(const Document& document) const {
  try {
    return doc::satisfies(*schema_, value_of(document));
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
}

std::vector<std::string> DocumentSchema::breaches(const Document& document) const {
  if (accepts(document)) return {};
  return doc::broken_rules(error_info(*schema_, value_of(document)));
}

void DocumentSchema::check(const Document& document) const {
  if (accepts(document)) return;
  const doc::Value info(error_info(*schema_, value_of(document)));
  doc::raise_failure(doc::Failure(static_cast<int>(doc::Code::document_validation_failure),
                                  "Document failed validation", doc::Object{{"errInfo", info}}));
}

}  // namespace iacdb
