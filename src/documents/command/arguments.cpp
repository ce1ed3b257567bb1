#include "documents/command/arguments.hpp"

#include <algorithm>
#include <array>

#include "documents/bson/number.hpp"
#include "documents/expression/expression.hpp"

namespace iacdb::doc {
namespace {

constexpr std::array<std::string_view, 17> generic = {"$db",
                                                      "lsid",
                                                      "$clusterTime",
                                                      "txnNumber",
                                                      "autocommit",
                                                      "startTransaction",
                                                      "comment",
                                                      "maxTimeMS",
                                                      "readConcern",
                                                      "writeConcern",
                                                      "$readPreference",
                                                      "apiVersion",
                                                      "apiStrict",
                                                      "apiDeprecationErrors",
                                                      "$audit",
                                                      "$client",
                                                      "stmtId"};

constexpr std::array<std::string_view, 5> read_levels = {"local", "available", "majority",
                                                         "linearizable", "snapshot"};

void need_type(const Field& field, Type type) {
  if (field.value.is(type) || field.value.is(Type::null)) return;
  fail(Code::type_mismatch, "BSON field '" + field.name + "' is the wrong type '" +
                                std::string(type_name(field.value.type())) + "', expected type '" +
                                std::string(type_name(type)) + "'");
}

void check_max_time(const Value& v) {
  if (v.is(Type::null)) return;
  if (!v.is_number()) {
    fail(Code::type_mismatch,
         "maxTimeMS must be a number, not " + std::string(type_name(v.type())));
  }
  const auto n = exact_int64(v);
  if (!n) fail(Code::bad_value, "maxTimeMS has non-integral value");
  if (*n < 0 || *n > INT32_MAX) {
    fail(Code::bad_value,
         std::to_string(*n) + " value for maxTimeMS is out of range [0, 2147483647]");
  }
}

void check_read_level(const Value& level) {
  if (level.missing()) return;
  if (!level.is(Type::string)) fail(Code::type_mismatch, "readConcern.level must be a string");
  if (std::find(read_levels.begin(), read_levels.end(), level.text()) == read_levels.end()) {
    fail(Code::failed_to_parse,
         "readConcern.level must be either 'local', 'majority', "
         "'linearizable', 'available', or 'snapshot'");
  }
}

}  // namespace

void check_concerns(const Object& command) {
  for (const Field& field : command) {
    if (field.name == "readConcern" || field.name == "writeConcern" || field.name == "lsid") {
      need_type(field, Type::object);
    }
  }
}

void check_generic_arguments(const Object& command) {
  check_concerns(command);
  for (const Field& field : command) {
    if (field.name == "maxTimeMS") check_max_time(field.value);
    if (field.name == "readConcern" && field.value.is(Type::object)) {
      check_read_level(field.value.object().get("level"));
    }
  }
}

bool is_generic_argument(std::string_view field) {
  return std::find(generic.begin(), generic.end(), field) != generic.end();
}

void Arguments::wrong_type(std::string_view field, const Value& v,
                           const std::string& wanted) const {
  fail(Code::type_mismatch, "BSON field '" + name_ + "." + std::string(field) +
                                "' is the wrong type '" + std::string(type_name(v.type())) +
                                "', expected type '" + wanted + "'");
}

const Value& Arguments::value(std::string_view field) {
  known_.push_back(field);
  return command_.get(field);
}

const Object& Arguments::object(std::string_view field) {
  static const Object empty;
  const Value& v = value(field);
  if (v.missing() || v.is(Type::null)) return empty;
  if (!v.is(Type::object)) wrong_type(field, v, "object");
  return v.object();
}

const Array& Arguments::array(std::string_view field) {
  static const Array empty;
  const Value& v = value(field);
  if (v.missing()) return empty;
  if (!v.is(Type::array)) wrong_type(field, v, "array");
  return v.array();
}

std::string Arguments::text(std::string_view field) {
  const Value& v = value(field);
  if (v.nullish()) return {};
  if (!v.is(Type::string)) wrong_type(field, v, "string");
  return v.text();
}

bool Arguments::boolean(std::string_view field, bool otherwise) {
  const Value& v = value(field);
  if (v.nullish()) return otherwise;
  if (!v.is(Type::boolean) && !v.is_number()) {
    fail(Code::type_mismatch, "BSON field '" + name_ + "." + std::string(field) +
                                  "' is the wrong type '" + std::string(type_name(v.type())) +
                                  "', expected types '[bool, long, int, decimal, double]'");
  }
  return truthy(v);
}

std::int64_t Arguments::integer(std::string_view field, std::int64_t otherwise) {
  const Value& v = value(field);
  if (v.missing() || v.is(Type::null)) return otherwise;
  if (!v.is_number()) {
    fail(Code::type_mismatch, "BSON field '" + name_ + "." + std::string(field) +
                                  "' is the wrong type '" + std::string(type_name(v.type())) +
                                  "', expected types '[long, int, decimal, double]'");
  }
  return truncated_int64(v).value_or(0);
}

std::int64_t Arguments::count(std::string_view field, std::int64_t otherwise) {
  const std::int64_t n = integer(field, otherwise);
  if (n < 0) {
    fail_at(51024, "BSON field '" + std::string(field) + "' value must be >= 0, actual value '" +
                       std::to_string(n) + "'");
  }
  return n;
}

void Arguments::need(std::string_view field) const {
  if (!command_.has(field)) {
    fail_at(40414, "BSON field '" + name_ + "." + std::string(field) +
                       "' is missing but a required field");
  }
}

std::string Arguments::collection(std::string_view field, const std::string& database) {
  const Value& v = value(field);
  if (!v.is(Type::string)) {
    fail(Code::invalid_namespace,
         "collection name has invalid type " + std::string(type_name(v.type())));
  }
  return checked_collection(v.text(), database);
}

std::string checked_collection(const std::string& name, const std::string& database) {
  if (name.empty() || name.starts_with('.') || name.find('\0') != std::string::npos ||
      name.find('$') != std::string::npos) {
    fail(Code::invalid_namespace, "Invalid namespace specified '" + database + "." + name + "'");
  }
  return name;
}

void check_writable_name(const std::string& name, const std::string& database) {
  if (name.starts_with("system.") && name != "system.js") {
    fail(Code::invalid_namespace, "Invalid system namespace: " + database + "." + name);
  }
}

void Arguments::allow(std::initializer_list<std::string_view> fields) {
  known_.insert(known_.end(), fields.begin(), fields.end());
}

void Arguments::refuse(std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    const Value& v = value(field);
    const bool empty = v.nullish() || (v.is(Type::object) && v.object().empty()) ||
                       (v.is(Type::boolean) && !v.boolean());
    if (!empty) {
      fail(Code::not_implemented,
           name_ + ": the option '" + std::string(field) + "' is not supported by this store");
    }
  }
}

void Arguments::finish() const {
  for (std::size_t i = 0; i < command_.size(); ++i) {
    const Field& field = command_.begin()[static_cast<std::ptrdiff_t>(i)];
    if (std::any_of(command_.begin(), command_.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const Field& before) { return before.name == field.name; })) {
      fail_at(40413, "BSON field '" + name_ + "." + field.name + "' is a duplicate field");
    }
    if (std::find(known_.begin(), known_.end(), field.name) != known_.end() ||
        is_generic_argument(field.name))
      continue;
    fail_at(40415, "BSON field '" + name_ + "." + field.name + "' is an unknown field.");
  }
}

}  // namespace iacdb::doc
