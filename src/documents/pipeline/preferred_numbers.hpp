#pragma once
// The series of preferred numbers that $bucketAuto rounds its boundaries to.
// See: https://www.mongodb.com/docs/manual/reference/operator/aggregation/bucketAuto/#granularity

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// "R5", "1-2-5", "E24", "POWERSOF2" ...
bool is_granularity(const std::string& name);
/// The series' next number above a positive number, and that below it; zero stays.
Value granular_above(const std::string& name, const Value& number);
Value granular_below(const std::string& name, const Value& number);

}  // namespace iacdb::doc
