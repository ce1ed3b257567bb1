#pragma once
// $text over a text index: words, phrases and negation, and the score that ranks documents.
//
// The command layer adds to the $text document what the index says: "$weights" with a weight for
// each indexed path ("$**" for all) and "$override", the field that names a document's language.
// The score is MongoDB's. Throws: Failure for languages but english and none.

#include "documents/bson/value.hpp"

namespace iacdb::doc {

bool text_matches(const Object& search, const Value& document);
/// 0 when no word is found.
double text_score(const Object& search, const Value& document);
/// The score that a $match with $text left in the document. Throws: Failure 40218 without one.
const Value& known_text_score(const Value& document);

}  // namespace iacdb::doc
