#pragma once
// Why a validator refuses a document: errInfo.details in MongoDB's shape.
//
//   Value details = explain_validator(validator, document, environment);
//
// Threads: pure functions.
// See: https://www.mongodb.com/docs/manual/core/schema-validation/specify-json-schema/

#include "documents/filter/filter.hpp"

namespace iacdb::doc {

/// `document` does not match `validator`, a filter that parses.
Value explain_validator(const Object& validator, const Value& document,
                        const Environment& environment);

/// The rules that errInfo names, each with the path that it is about: "age: minimum".
std::vector<std::string> broken_rules(const Object& err_info);

}  // namespace iacdb::doc
