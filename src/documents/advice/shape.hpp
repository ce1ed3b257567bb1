#pragma once
// The shape of a command: its text with every value masked, which is what logs and metrics may
// keep.
//
//   shape_of(parse_json(R"({"find": "people", "filter": {"age": {"$gt": 18}}, "limit": 5})"))
//   // find people {"age":{"$gt":?}} limit ?
//
// Names of fields, operators and collections stay, and the directions of an order; documents that
// are inserted, compared with or set are one ?. Elements of a list that have one shape are told
// once. Limits: shape_bytes_max; what is longer ends in "...". Threads: pure functions.

#include <string>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

inline constexpr std::size_t shape_bytes_max = 2048;

std::string shape_of(const Object& command);
/// The collection that a command is about; "" for none.
std::string collection_of(const Object& command);

}  // namespace iacdb::doc
