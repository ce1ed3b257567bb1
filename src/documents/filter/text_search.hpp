#pragma once
// $text over a text index: words, phrases and negation, and the score that ranks documents.
//
// The command layer adds to the $text document what the index says: "$weights" with a weight for
// each indexed path ("$**" for all). English words are stemmed lightly and stop words are left out;
// with $language "none" neither is done.

#include "documents/bson/value.hpp"

namespace iacdb::doc {

bool text_matches(const Object& search, const Value& document);
/// 0 when no word is found.
double text_score(const Object& search, const Value& document);

}  // namespace iacdb::doc
