#include "documents/filter/text_words.hpp"

#include <libstemmer.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "documents/bson/collation.hpp"

namespace iacdb::doc {
namespace {

/// The stop words of Snowball's English list, in order, those with an apostrophe too.
constexpr std::array<std::string_view, 174> stop_words = {
    "a",          "about",   "above",     "after",   "again",    "against",   "all",    "am",
    "an",         "and",     "any",       "are",     "aren't",   "as",        "at",     "be",
    "because",    "been",    "before",    "being",   "below",    "between",   "both",   "but",
    "by",         "can't",   "cannot",    "could",   "couldn't", "did",       "didn't", "do",
    "does",       "doesn't", "doing",     "don't",   "down",     "during",    "each",   "few",
    "for",        "from",    "further",   "had",     "hadn't",   "has",       "hasn't", "have",
    "haven't",    "having",  "he",        "he'd",    "he'll",    "he's",      "her",    "here",
    "here's",     "hers",    "herself",   "him",     "himself",  "his",       "how",    "how's",
    "i",          "i'd",     "i'll",      "i'm",     "i've",     "if",        "in",     "into",
    "is",         "isn't",   "it",        "it's",    "its",      "itself",    "let's",  "me",
    "more",       "most",    "mustn't",   "my",      "myself",   "no",        "nor",    "not",
    "of",         "off",     "on",        "once",    "only",     "or",        "other",  "ought",
    "our",        "ours",    "ourselves", "out",     "over",     "own",       "same",   "shan't",
    "she",        "she'd",   "she'll",    "she's",   "should",   "shouldn't", "so",     "some",
    "such",       "than",    "that",      "that's",  "the",      "their",     "theirs", "them",
    "themselves", "then",    "there",     "there's", "these",    "they",      "they'd", "they'll",
    "they're",    "they've", "this",      "those",   "through",  "to",        "too",    "under",
    "until",      "up",      "very",      "was",     "wasn't",   "we",        "we'd",   "we'll",
    "we're",      "we've",   "were",      "weren't", "what",     "what's",    "when",   "when's",
    "where",      "where's", "which",     "while",   "who",      "who's",     "whom",   "why",
    "why's",      "with",    "won't",     "would",   "wouldn't", "you",       "you'd",  "you'll",
    "you're",     "you've",  "your",      "yours",   "yourself", "yourselves"};

struct StemmerEnd {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

std::string stem(const std::string& word) {
  thread_local const std::unique_ptr<sb_stemmer, StemmerEnd> english(
      sb_stemmer_new("english", "UTF_8"));
  const auto* bytes = reinterpret_cast<const sb_symbol*>(word.data());
  const sb_symbol* out = sb_stemmer_stem(english.get(), bytes, static_cast<int>(word.size()));
  if (out == nullptr) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(out),
          static_cast<std::size_t>(sb_stemmer_length(english.get()))};
}

bool ends_word(UChar32 c, bool english) {
  if (english && c == U'\'') return false;
  constexpr std::array<UProperty, 6> ends = {UCHAR_DASH,
                                             UCHAR_HYPHEN,
                                             UCHAR_PATTERN_SYNTAX,
                                             UCHAR_QUOTATION_MARK,
                                             UCHAR_TERMINAL_PUNCTUATION,
                                             UCHAR_WHITE_SPACE};
  return c < 0x20 || std::any_of(ends.begin(), ends.end(), [c](UProperty property) {
           return u_hasBinaryProperty(c, property) != 0;
         });
}

std::string lower(const icu::UnicodeString& word) {
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < word.length(); i = word.moveIndex32(i, 1)) {
    out.append(u_tolower(word.char32At(i)));
  }
  std::string bytes;
  return out.toUTF8String(bytes);
}

}  // namespace

void each_word(std::string_view text, const WordStyle& style,
               const std::function<void(std::string word)>& sink) {
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  icu::UnicodeString word;
  const auto finish = [&] {
    if (word.isEmpty()) return;
    std::string small = lower(word);
    std::string out;
    if (style.case_sensitive) {
      word.toUTF8String(out);
    } else {
      out = small;
    }
    word.remove();
    if (style.english) {
      if (std::binary_search(stop_words.begin(), stop_words.end(), small)) return;
      out = stem(out);
    }
    sink(style.diacritic_sensitive ? std::move(out) : fold_text(out, false, true));
  };
  for (std::int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 c = wide.char32At(i);
    if (ends_word(c, style.english)) {
      finish();
    } else {
      word.append(c);
    }
  }
  finish();
}

std::string fold_phrase(std::string_view text, const WordStyle& style) {
  return fold_text(text, !style.case_sensitive, !style.diacritic_sensitive);
}

}  // namespace iacdb::doc
