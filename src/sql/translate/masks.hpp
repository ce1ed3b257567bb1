#pragma once
// Format masks of moments and numbers: from one dialect's letters to another's.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// $FORMAT_TIME(moment, mask) in the target's function and mask.
Node* write_format(Node* call, Context& c);

/// $PARSE_TIME(text, mask) and its kind; moment: the result has a time even where the mask has
/// none.
Node* write_parse(Node* call, bool moment, Context& c);

}  // namespace iacdb::sql
