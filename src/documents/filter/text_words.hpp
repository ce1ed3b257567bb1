#pragma once
// Text as a text index splits it: words, folded and stemmed, without stop words.
//
// As MongoDB's text index version 3 does it: words end at Unicode's spaces, dashes, quotation marks
// and punctuation; an apostrophe is within an English word; a word is lower-cased, checked
// against the stop words, stemmed by Snowball's English stemmer, and loses its diacritics.

#include <functional>
#include <string>
#include <string_view>

namespace iacdb::doc {

struct WordStyle {
  bool case_sensitive = false;
  bool diacritic_sensitive = false;
  bool english = true;  ///< Otherwise neither stop words nor stems: the language "none".
};

/// Calls sink for each word, in order.
void each_word(std::string_view text, const WordStyle& style,
               const std::function<void(std::string word)>& sink);
/// The text as phrases are compared: folded as the style says, with its stops.
std::string fold_phrase(std::string_view text, const WordStyle& style);

}  // namespace iacdb::doc
