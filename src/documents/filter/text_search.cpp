#include "documents/filter/text_search.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/filter/text_words.hpp"

namespace iacdb::doc {
namespace {

struct Query {
  std::set<std::string> words;
  std::set<std::string> excluded;
  std::vector<std::string> phrases;
  std::vector<std::string> excluded_phrases;
};

/// Reads what $search holds: words, "phrases", and either with a minus after a space.
class QueryReader {
 public:
  QueryReader(const std::string& text, const WordStyle& style) : text_(text), style_(style) {}

  Query read() {
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        phrase();
      } else {
        plain();
      }
    }
    return std::move(query_);
  }

 private:
  void phrase() {
    const std::size_t end = text_.find('"', at_ + 1);
    const std::string inner = text_.substr(at_ + 1, end == std::string::npos ? end : end - at_ - 1);
    if (end != std::string::npos) {
      (minus_ ? query_.excluded_phrases : query_.phrases).push_back(fold_phrase(inner, style_));
    }
    if (!minus_) add_words(inner, query_.words);
    minus_ = false;
    at_ = end == std::string::npos ? text_.size() : end + 1;
  }

  /// Up to a space or the next phrase.
  void plain() {
    const bool after_space = at_ == 0 || is_space(text_[at_ - 1]);
    if (is_space(text_[at_])) {
      ++at_;
      return;
    }
    if (text_[at_] == '-' && after_space) {
      minus_ = true;
      ++at_;
    }
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n\"", at_), text_.size());
    if (end == at_) return;
    add_words(text_.substr(at_, end - at_), minus_ ? query_.excluded : query_.words);
    minus_ = false;
    at_ = end;
  }

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  void add_words(const std::string& text, std::set<std::string>& to) const {
    each_word(text, style_, [&](std::string word) { to.insert(std::move(word)); });
  }

  const std::string& text_;
  const WordStyle style_;
  Query query_;
  std::size_t at_ = 0;
  bool minus_ = false;
};

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

/// Whether a language has English's words; otherwise it has none of its own.
bool is_english(const std::string& language, const std::string& where) {
  if (language == "english" || language == "en") return true;
  if (language == "none") return false;
  fail(Code::not_implemented, "$text in the language \"" + language +
                                  "\" is not supported by this "
                                  "store" +
                                  where + "; english and none are");
}

WordStyle style_of(const Object& search) {
  const auto flag = [&](std::string_view name) {
    const Value& v = search.get(name);
    return v.is(Type::boolean) && v.boolean();
  };
  const Value& language = search.get("$language");
  return {flag("$caseSensitive"), flag("$diacriticSensitive"),
          !language.is(Type::string) || is_english(language.text(), "")};
}

/// A document may name its own language, in the field that the index says.
WordStyle style_in(const std::string& language, const Value& document, WordStyle style) {
  const Value& own = document.object().get(language);
  if (own.is(Type::string)) {
    style.english = is_english(own.text(), ", which the document with _id " +
                                               print_json(document.object().get("_id")) + " names");
  }
  return style;
}

double weight_of(const Object& weights, const std::string& path) {
  if (const Value* own = weights.find(path)) return to_double(*own);
  if (const Value* all = weights.find("$**")) return to_double(*all);
  return 0;
}

/// What one text adds for the words that are asked for: each further time a word stands there
/// counts half as much as the one before, and a text of few words counts more.
double score_of(const std::string& text, const WordStyle& style,
                const std::set<std::string>& asked) {
  struct Seen {
    double count = 0;
    double frequency = 0;
    double exponent = 0;
  };
  std::map<std::string, Seen> seen;
  double length = 0;
  each_word(text, style, [&](std::string word) {
    ++length;
    if (asked.find(word) == asked.end()) return;
    Seen& s = seen[std::move(word)];
    s.exponent = s.exponent == 0 ? 1 : s.exponent * 2;
    s.count += 1;
    s.frequency += 1 / s.exponent;
  });
  const WordStyle whole{.diacritic_sensitive = true, .english = false};
  double score = 0;
  for (const auto& [word, s] : seen) {
    const bool alone = fold_phrase(text, whole) == word;
    score += s.frequency * (0.5 * s.count / length + 0.5) * (alone ? 1.1 : 1);
  }
  return score;
}

}  // namespace

struct TextSearch::Parsed {
  explicit Parsed(const Object& search)
      : style(style_of(search)),
        query(QueryReader(search.get("$search").text(), style).read()),
        scored(QueryReader(search.get("$search").text(), {.english = style.english}).read().words),
        weights(search.get(text_weights).object()) {
    if (search.get(text_override).is(Type::string)) language = search.get(text_override).text();
  }

  WordStyle style;
  Query query;
  std::set<std::string> scored;  ///< Scores know neither case nor marks.
  Object weights;
  std::string language = "language";  ///< The field in which a document may name its own.
};

TextSearch::TextSearch(const Object& search) : parsed_(std::make_shared<const Parsed>(search)) {}

double TextSearch::score(const Value& document) const {
  const Parsed& asked = *parsed_;
  const WordStyle& style = asked.style;
  const Query& query = asked.query;
  const WordStyle own = style_in(asked.language, document, style);
  const bool plain = !style.case_sensitive && !style.diacritic_sensitive;
  double score = 0;
  bool found = plain;
  bool excluded = false;
  std::set<std::size_t> phrases;
  each_text(document, "", [&](const std::string& path, const std::string& text) {
    const double weight = weight_of(asked.weights, path);
    if (weight == 0) return;
    score += weight * score_of(text, {.english = own.english}, asked.scored);
    if (!plain || !query.excluded.empty()) {
      each_word(text, own, [&](const std::string& word) {
        excluded = excluded || query.excluded.count(word) > 0;
        found = found || query.words.count(word) > 0;
      });
    }
    if (query.phrases.empty() && query.excluded_phrases.empty()) return;
    const std::string folded = fold_phrase(text, style);
    const auto holds = [&](const std::string& phrase) {
      return folded.find(phrase) != std::string::npos;
    };
    excluded = excluded ||
               std::any_of(query.excluded_phrases.begin(), query.excluded_phrases.end(), holds);
    for (std::size_t i = 0; i < query.phrases.size(); ++i) {
      if (holds(query.phrases[i])) phrases.insert(i);
    }
  });
  if (!found || excluded || phrases.size() < query.phrases.size()) return 0;
  return score;
}

const Value& known_text_score(const Value& document) {
  const Value& score = document.object().get("$textScore");
  if (score.missing()) {
    fail_at(40218, "query requires text score metadata, but it is not available");
  }
  return score;
}

}  // namespace iacdb::doc
