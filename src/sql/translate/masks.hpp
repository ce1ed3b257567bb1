#pragma once
// Format masks of moments and numbers: from one dialect's letters to another's.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// $FORMAT_TIME(moment, mask) in the target's function and mask.
Node* write_format(Node* call, Context& c);

/// $PARSE_TIME(text, mask) or, with date, $PARSE_DATE.
Node* write_parse(Node* call, bool date, Context& c);

}  // namespace iacdb::sql
