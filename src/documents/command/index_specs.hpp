#pragma once
// What createIndexes says of one index, checked.
//
//   IndexInfo index = parse_index(parse_json_value(R"({"key": {"a": 1}, "name": "a_1"})"));

#include "documents/command/engine.hpp"

namespace iacdb::doc {

/// Throws: Failure.
IndexInfo parse_index(const Value& spec);

}  // namespace iacdb::doc
