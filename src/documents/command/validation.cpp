// Documents before they are stored: their _id, their names, their size, and the validator.

#include <algorithm>

#include "documents/bson/codec.hpp"
#include "documents/bson/collation.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/command/validation_details.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

void check_id(const Value& id) {
  if (id.is(Type::array)) fail(Code::invalid_id_field, "The '_id' value cannot be of type array");
  if (id.is(Type::regex)) fail(Code::invalid_id_field, "The '_id' value cannot be of type regex");
  if (id.is(Type::undefined)) {
    fail(Code::invalid_id_field, "The '_id' value cannot be of type undefined");
  }
  if (!id.is(Type::object)) return;
  for (const Field& field : id.object()) {
    if (field.name.starts_with('$')) {
      fail(Code::dollar_prefixed_field_name, "_id fields may not contain '$'-prefixed fields: " +
                                                 field.name + " is not valid for storage.");
    }
  }
}

int depth_of(const Value& v) {
  int deepest = 0;
  if (v.is(Type::object)) {
    for (const Field& field : v.object()) deepest = std::max(deepest, depth_of(field.value));
    return deepest + 1;
  }
  if (v.is(Type::array)) {
    for (const Value& element : v.array()) deepest = std::max(deepest, depth_of(element));
    return deepest + 1;
  }
  return 0;
}

constexpr std::size_t warnings_max = 10;  // Of one command.

void check_size(const Value& document) {
  const std::size_t size = encoded_size(document.object());
  if (size > document_bytes_max) {
    fail(Code::bson_object_too_large,
         "object to insert too large. size in bytes: " + std::to_string(size) +
             ", max size: " + std::to_string(document_bytes_max));
  }
}

void check_updated_size(const Value& document) {
  if (encoded_size(document.object()) > document_bytes_max) {
    fail_at(17419,
            "Resulting document after update is larger than " + std::to_string(document_bytes_max));
  }
}

std::string option(const CollectionInfo& collection, const char* name, const char* otherwise) {
  const Value& v = collection.options.get(name);
  return v.is(Type::string) ? v.text() : otherwise;
}

}  // namespace

void Work::bypass_validation(bool bypass) {
  bypass_ = bypass;
  unit_->bypass_validation(bypass);
}

const Work::Validator& Work::validator_of(const CollectionInfo& collection) {
  const auto known = validators_.find(collection.name);
  if (known != validators_.end()) return known->second;
  Validator made;
  const Value& validator = collection.options.get("validator");
  if (validator.is(Type::object) && !validator.object().empty()) {
    made.filter = parse_filter(validator.object());
  }
  const Value& collation = collection.options.get("collation");
  if (collation.is(Type::object)) made.collator = parse_collation(collation.object());
  return validators_.emplace(collection.name, std::move(made)).first->second;
}

bool Work::satisfies_validator(const CollectionInfo& collection, const Value& document) {
  const Validator& validator = validator_of(collection);
  if (!validator.filter) return true;
  const Environment environment = environment_of(validator);
  return matches(*validator.filter, document, {.environment = &environment});
}

Environment Work::environment_of(const Validator& validator) const {
  Environment out = environment_;
  out.collator = validator.collator.get();
  return out;
}

Object Work::error_info(const CollectionInfo& collection, const Value& document) {
  return {{"failingDocumentId", document.object().get("_id")},
          {"details", explain_validator(collection.options.get("validator").object(), document,
                                        environment_of(validator_of(collection)))}};
}

void Work::refuse(const CollectionInfo& collection, const Value& document) {
  fail(Code::document_validation_failure, "Document failed validation",
       Object{{"errInfo", Value(error_info(collection, document))}});
}

void Work::warn(const CollectionInfo& collection, const Value& document) {
  if (warnings_.size() < warnings_max) {
    warnings_.push_back(Value(error_info(collection, document)));
  }
}

void Work::add_warnings(Object& reply) const {
  if (!warnings_.empty()) reply.add("validationWarnings", Value(warnings_));
}

Value prepared_for_insert(Work& work, Value document) {
  if (!document.is(Type::object)) {
    fail(Code::type_mismatch, "documents to insert must be objects");
  }
  Object& object = document.edit_object();
  if (const Value* id = object.find("_id")) {
    const auto named = [](const Field& field) { return field.name == "_id"; };
    if (std::count_if(object.begin(), object.end(), named) > 1) {
      fail(Code::bad_value, "can't have multiple _id fields in one document");
    }
    check_id(*id);
    if (object.front().name != "_id") {
      const Value moved = *id;
      object.remove("_id");
      object.prepend("_id", moved);
    }
  } else {
    object.prepend("_id", Value(Oid::make()));
  }
  for (Field& field : object) {
    if (field.value.is(Type::timestamp) && field.value.timestamp() == Timestamp{} &&
        field.name != "_id") {
      field.value = work.environment().cluster_time;
    }
  }
  if (depth_of(document) > stored_depth_max) {
    fail(Code::overflow, "document is nested too deeply: more than " +
                             std::to_string(stored_depth_max) + " levels");
  }
  return document;
}

namespace {

void check_rules(Work& work, const CollectionInfo& collection, const Value& document) {
  if (work.bypasses_validation() || option(collection, "validationLevel", "strict") == "off" ||
      work.satisfies_validator(collection, document)) {
    return;
  }
  if (option(collection, "validationAction", "error") != "warn") {
    work.refuse(collection, document);
  }
  work.warn(collection, document);
}

}  // namespace

void check_document(Work& work, const CollectionInfo& collection, const Value& document) {
  check_id(document.object().get("_id"));
  check_size(document);
  check_rules(work, collection, document);
}

void check_update(Work& work, const CollectionInfo& collection, const Value& before,
                  const Value& after) {
  check_updated_size(after);
  if (option(collection, "validationLevel", "strict") == "moderate" &&
      !work.satisfies_validator(collection, before)) {
    return;
  }
  check_id(after.object().get("_id"));
  check_rules(work, collection, after);
}

std::optional<CollectionInfo> find_writable(Work& work, const std::string& name) {
  auto found = work.unit().find_collection(name);
  if (found && found->options.has("viewOn")) {
    fail_at(166, "Namespace " + work.ns(name) + " is a view, not a collection");
  }
  return found;
}

CollectionInfo ensure_collection(Work& work, const std::string& name) {
  if (auto found = find_writable(work, name)) return *std::move(found);
  check_writable_name(name, work.database());
  return work.unit().create_collection(name, {});
}

Value write_error(std::int64_t index, const Failure& failure) {
  Object out;
  out.add("index", Value(static_cast<std::int32_t>(index)));
  out.add("code", Value(std::int32_t{failure.code()}));
  for (const Field& field : failure.details()) out.add(field.name, field.value);
  out.add("errmsg", Value(failure.what()));
  return Value(std::move(out));
}

}  // namespace iacdb::doc
