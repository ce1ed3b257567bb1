#pragma once
// $text over a text index: words, phrases and negation, and the score that ranks documents.
//
//   const TextSearch search(spec);            // {$search: "coffee -shop"}, and text_weights:
//   {subject: 1} if (search.score(document) > 0) ...
//
// The command layer adds to the $text document what the index says: text_weights with a weight for
// each indexed path ("$**" for all) and text_override, the field that names a document's language.
// The score is MongoDB's. Throws: Failure for languages but english and none. Threads: safe to
// share.

#include <memory>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

// With a zero byte, which no name in BSON has: nobody else can give them.
inline constexpr std::string_view text_weights{"$weights\0", 9};
inline constexpr std::string_view text_override{"$override\0", 10};

class TextSearch {
 public:
  explicit TextSearch(const Object& search);
  /// 0 where the document does not match.
  double score(const Value& document) const;

 private:
  struct Parsed;
  std::shared_ptr<const Parsed> parsed_;
};

/// The score that a $match with $text left in the document. Throws: Failure 40218 without one.
const Value& known_text_score(const Value& document);

}  // namespace iacdb::doc
