#include "documents/stores/sql/key_range.hpp"

#include <cmath>

#include "base/text.hpp"
#include "documents/bson/number.hpp"
#include "documents/stores/sql/comparison.hpp"

namespace iacdb::doc {
namespace {

constexpr const char* numeric_mark = "?::text::numeric";
constexpr const char* text_mark = "?::text";
constexpr const char* highest_character = "\xF4\x8F\xBF\xBF";

Condition never() {
  return {"false", {}};
}
std::string number_key(PathParts parts) {
  return number_key_sql({.postgres = true}, parts);
}

std::string type_mark(KeyType type) {
  return {static_cast<char>(type)};
}
/// What stands above every text of the type.
std::string after(KeyType type) {
  return {static_cast<char>(static_cast<char>(type) + 1)};
}

/// The first characters of a string, as many as a key holds.
std::string_view beginning(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!base::continues_utf8(text[i]) && ++characters > key_characters_max)
      return text.substr(0, i);
  }
  return text;
}

/// Milliseconds moved so that none is negative, in 20 digits.
std::string date_digits(std::int64_t millis) {
  const auto moved = static_cast<std::uint64_t>(millis) ^ (std::uint64_t{1} << 63);
  std::string digits = std::to_string(moved);
  return std::string(20 - digits.size(), '0') + digits;
}

struct TextKey {
  KeyType type;
  std::string text;
  bool whole = true;  ///< Nothing was cut off.
};
/// nullopt: values of the type have none.
std::optional<TextKey> text_key(const Value& value) {
  switch (value.type()) {
    case Type::string: {
      const std::string_view text = beginning(value.text());
      return TextKey{KeyType::string, std::string(text), text.size() == value.text().size()};
    }
    case Type::boolean:
      return TextKey{KeyType::boolean, value.boolean() ? "1" : "0"};
    case Type::date:
      return TextKey{KeyType::date, date_digits(value.millis())};
    case Type::oid:
      return TextKey{KeyType::oid, value.oid().hex()};
    default:
      return std::nullopt;
  }
}

bool has_zero(const Value& value) {
  return value.is(Type::string) && value.text().find('\0') != std::string::npos;
}

/// A text of the key within bounds, with the operators of both ends.
Condition texts_between(PathParts parts, const std::string& lower, const char* from,
                        const std::string& upper, const char* to) {
  const std::string key = text_key_sql(parts);
  return {"(" + number_key(parts) + " is null and " + key + from + text_mark + " and " + key + to +
              text_mark + ")",
          {lower, upper}};
}

/// Gathers values into as few comparisons as there are kinds of them.
class OneOf {
 public:
  explicit OneOf(PathParts parts) : parts_(parts) {}

  bool add(const Value& value) {
    if (value.is_number()) return number(value);
    if (value.is(Type::null)) {
      add(numbers_, null_number);
      return true;
    }
    if (const auto key = text_key(value)) {
      if (has_zero(value) || !key->whole) return true;  // Odd.
      add(texts_, text_mark);
      texts_.parameters.emplace_back(type_mark(key->type) + key->text);
      return true;
    }
    // Odd wherever they stand.
    return value.is(Type::array) || value.is(Type::object) || value.is(Type::binary) ||
           value.is(Type::timestamp) || value.is(Type::regex) || value.is(Type::min_key) ||
           value.is(Type::max_key);
  }

  KeyCondition take() {
    const std::string number = number_key(parts_);
    if (!numbers_.empty()) any_.push_back(one_of(number, numbers_));
    if (!texts_.empty()) {
      Condition texts = one_of(text_key_sql(parts_), texts_);
      texts.sql = "(" + number + " is null and " + texts.sql + ")";
      any_.push_back(texts);
    }
    return {any_.empty() ? never() : any_of(any_), exact_};
  }

 private:
  static void add(Condition& list, const char* mark) {
    list.sql += (list.empty() ? "" : ", ") + std::string(mark);
  }
  static Condition one_of(const std::string& key, const Condition& list) {
    const bool single = list.sql.find(',') == std::string::npos;
    return {key + (single ? " = " + list.sql : " in (" + list.sql + ")"), list.parameters};
  }
  bool number(const Value& value) {
    if (number_is_nan(value) || !std::isfinite(to_double(value))) return true;  // Odd.
    if (const auto integer = exact_integer(value)) {
      add(numbers_, numeric_mark);
      numbers_.parameters.emplace_back(std::to_string(*integer));
      return true;
    }
    exact_ = false;
    const auto range = key_between(parts_, {&value}, {&value});
    if (range) any_.push_back(range->condition);
    return range.has_value();
  }

  PathParts parts_;
  bool exact_ = true;
  std::vector<Condition> any_;
  Condition numbers_;
  Condition texts_;
};

const char* above(bool taken_in) {
  return taken_in ? " >= " : " > ";
}
const char* below(bool taken_in) {
  return taken_in ? " <= " : " < ";
}

std::optional<KeyCondition> numbers_between(PathParts parts, KeyEnd lower, KeyEnd upper) {
  const std::string key = number_key(parts);
  bool exact = true;
  std::vector<Condition> ends;
  for (const bool low : {true, false}) {
    const KeyEnd& end = low ? lower : upper;
    if (end.value == nullptr) continue;
    const auto number = number_end(*end.value, low, true);
    if (!number) return std::nullopt;
    const bool whole = exact_integer(*end.value).has_value();
    exact = exact && whole;
    const bool taken_in = end.taken_in || !whole;
    ends.push_back({key + (low ? above(taken_in) : below(taken_in)) + numeric_mark, {*number}});
  }
  if (lower.value == nullptr) ends.push_back({key + " > " + null_number, {}});
  return KeyCondition{all_of(ends), exact};
}

/// What every string begins with that the pattern matches; empty when nothing is known.
std::string_view literal_beginning(const Pattern& pattern) {
  const std::string& source = pattern.source();
  const std::string& options = pattern.options();
  const bool plain = options.find_first_not_of("su") == std::string::npos;
  if (!plain || !source.starts_with('^') || source.find('|') != std::string::npos ||
      source.find('\0') != std::string::npos) {
    return "";
  }
  std::size_t end = source.find_first_of("\\^$.[]()?*+{}", 1);
  if (end == std::string::npos) end = source.size();
  // What may be repeated no times is not there for sure.
  if (end < source.size() && std::string_view("?*{").find(source[end]) != std::string::npos) {
    while (end > 1 && base::continues_utf8(source[end - 1])) --end;
    if (end > 1) --end;
  }
  return std::string_view(source).substr(1, end - 1);
}

}  // namespace

std::optional<std::string> key_text_of(const Value& value) {
  const auto key = text_key(value);
  if (!key) return std::nullopt;
  return type_mark(key->type) + key->text;
}

std::optional<KeyCondition> key_equals(PathParts parts, std::span<const Value> values) {
  if (!is_plain_path(parts)) return std::nullopt;
  OneOf out(parts);
  for (const Value& value : values) {
    if (!out.add(value)) return std::nullopt;
  }
  return out.take();
}

std::optional<KeyCondition> key_between(PathParts parts, KeyEnd lower, KeyEnd upper) {
  const Value& sample = lower.value != nullptr ? *lower.value : *upper.value;
  if (!is_plain_path(parts)) return std::nullopt;
  if (sample.is_number()) return numbers_between(parts, lower, upper);
  const auto one = text_key(sample);
  if (!one || sample.is(Type::boolean)) return std::nullopt;
  const std::string mark = type_mark(one->type);
  std::string from = mark;
  std::string to = after(one->type);
  bool exact = true;
  for (KeyEnd* const end : {&lower, &upper}) {
    const bool low = end == &lower;
    if (end->value == nullptr) {
      end->taken_in = low;
      continue;
    }
    const auto key = text_key(*end->value);
    if (has_zero(*end->value)) return std::nullopt;
    (low ? from : to) = mark + key->text;
    exact = exact && key->whole;
    end->taken_in = end->taken_in || !key->whole;
  }
  return KeyCondition{texts_between(parts, from, above(lower.taken_in), to, below(upper.taken_in)),
                      exact};
}

std::optional<KeyCondition> key_matches(PathParts parts, const Pattern& pattern) {
  if (!is_plain_path(parts)) return std::nullopt;
  const std::string begins(beginning(literal_beginning(pattern)));
  if (begins.empty()) return std::nullopt;
  const std::string from = type_mark(KeyType::string) + begins;
  std::string to = from;
  for (std::size_t i = 0; i < key_characters_max; ++i) to += highest_character;
  return KeyCondition{texts_between(parts, from, above(true), to, below(true)), false};
}

}  // namespace iacdb::doc
