#include "documents/filter/text_search.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "documents/bson/collation.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

constexpr std::array<std::string_view, 48> stop_words = {
    "a",    "about", "after", "all",  "also", "an",  "and",   "any", "are", "as",
    "at",   "be",    "been",  "but",  "by",   "can", "could", "do",  "for", "from",
    "had",  "has",   "have",  "he",   "her",  "his", "how",   "i",   "if",  "in",
    "into", "is",    "it",    "its",  "not",  "of",  "on",    "or",  "our", "she",
    "so",   "that",  "the",   "they", "this", "to",  "was",   "with"};

struct Query {
  std::vector<std::string> words;
  std::vector<std::string> excluded;
  std::vector<std::string> phrases;
};

struct Style {
  bool case_sensitive = false;
  bool diacritic_sensitive = false;
  bool english = true;

  std::string fold(std::string_view text) const {
    return fold_text(text, !case_sensitive, !diacritic_sensitive);
  }
};

bool ends_with(const std::string& word, std::string_view end) {
  return word.size() > end.size() + 2 && word.ends_with(end);
}

/// The endings that English words take most often.
std::string stem(std::string word) {
  if (ends_with(word, "sses")) {
    word.resize(word.size() - 2);
  } else if (ends_with(word, "ies")) {
    word.resize(word.size() - 3);
    word += 'i';
  } else if (ends_with(word, "s") && !word.ends_with("ss") && !word.ends_with("us")) {
    word.resize(word.size() - 1);
  }
  for (const std::string_view end : {"ing", "ed"}) {
    if (!ends_with(word, end)) continue;
    word.resize(word.size() - end.size());
    const std::size_t n = word.size();
    if (n > 2 && word[n - 1] == word[n - 2] && word[n - 1] != 'l' && word[n - 1] != 's') {
      word.pop_back();
    }
    break;
  }
  if (word.size() > 3 && word.ends_with("e")) word.pop_back();
  if (word.size() > 2 && word.ends_with("y")) word.back() = 'i';
  return word;
}

bool is_word(unsigned char c) {
  return std::isalnum(c) != 0 || c >= 0x80 || c == '_' || c == '\'';
}

std::vector<std::string> words_of(std::string_view text, const Style& style) {
  std::vector<std::string> out;
  const std::string folded = style.fold(text);
  std::string word;
  const auto finish = [&] {
    const bool stop =
        style.english && std::find(stop_words.begin(), stop_words.end(), word) != stop_words.end();
    if (!word.empty() && !stop) out.push_back(style.english ? stem(word) : word);
    word.clear();
  };
  for (const char c : folded) {
    if (is_word(static_cast<unsigned char>(c))) {
      word += c;
    } else {
      finish();
    }
  }
  finish();
  return out;
}

Query parse_query(const std::string& text, const Style& style) {
  Query query;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      const std::size_t end = std::min(text.find('"', at + 1), text.size());
      const std::string phrase = text.substr(at + 1, end - at - 1);
      query.phrases.push_back(style.fold(phrase));
      for (std::string& w : words_of(phrase, style)) query.words.push_back(std::move(w));
      at = end + 1;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" \t\n\"", at), text.size());
    std::string part = text.substr(at, end - at);
    const bool minus = part.size() > 1 && part[0] == '-';
    for (std::string& w : words_of(minus ? part.substr(1) : part, style)) {
      (minus ? query.excluded : query.words).push_back(std::move(w));
    }
    at = end == at ? at + 1 : end;
  }
  return query;
}

using TextSink = std::function<void(const std::string& path, const std::string& text)>;

void each_text(const Value& value, const std::string& path, const TextSink& sink) {
  if (value.is(Type::string)) {
    sink(path, value.text());
  } else if (value.is(Type::array)) {
    for (const Value& element : value.array()) each_text(element, path, sink);
  } else if (value.is(Type::object)) {
    for (const Field& field : value.object()) {
      each_text(field.value, path.empty() ? field.name : path + "." + field.name, sink);
    }
  }
}

Style style_of(const Object& search) {
  const auto flag = [&](std::string_view name) {
    const Value& v = search.get(name);
    return v.is(Type::boolean) && v.boolean();
  };
  const Value& language = search.get("$language");
  return {flag("$caseSensitive"), flag("$diacriticSensitive"),
          !language.is(Type::string) || language.text() == "english" || language.text() == "en"};
}

double weight_of(const Object& weights, const std::string& path) {
  if (const Value* own = weights.find(path)) return to_double(*own);
  if (const Value* all = weights.find("$**")) return to_double(*all);
  return 0;
}

}  // namespace

double text_score(const Object& search, const Value& document) {
  const Style style = style_of(search);
  const Query query = parse_query(search.get("$search").text(), style);
  const Value& weights = search.get("$weights");
  double score = 0;
  bool excluded = false;
  std::set<std::size_t> phrases;
  each_text(document, "", [&](const std::string& path, const std::string& text) {
    const double weight = weights.is(Type::object) ? weight_of(weights.object(), path) : 1;
    if (weight == 0) return;
    const std::vector<std::string> words = words_of(text, style);
    std::map<std::string, double> hits;
    for (const std::string& word : words) {
      if (std::find(query.excluded.begin(), query.excluded.end(), word) != query.excluded.end()) {
        excluded = true;
      }
      if (std::find(query.words.begin(), query.words.end(), word) != query.words.end()) {
        hits[word] = hits[word] == 0 ? 1 : hits[word] + 0.5;
      }
    }
    const double length = static_cast<double>(words.size());
    for (const auto& hit : hits) score += weight * hit.second * (0.5 + 0.5 / length + 0.1);
    const std::string folded = style.fold(text);
    for (std::size_t i = 0; i < query.phrases.size(); ++i) {
      if (folded.find(query.phrases[i]) != std::string::npos) phrases.insert(i);
    }
  });
  if (excluded || phrases.size() < query.phrases.size()) return 0;
  return score;
}

bool text_matches(const Object& search, const Value& document) {
  return text_score(search, document) > 0;
}

}  // namespace iacdb::doc
