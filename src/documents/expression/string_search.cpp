// Strings: finding, splitting, replacing, and regular expressions.

#include <algorithm>

#include "base/text.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/limits.hpp"
#include "documents/expression/operators.hpp"
#include "documents/filter/pattern.hpp"

namespace iacdb::doc {
namespace {

std::int64_t characters_before(const std::string& text, std::size_t byte) {
  return static_cast<std::int64_t>(base::utf8_length(std::string_view(text).substr(0, byte)));
}

/// The byte where character number n starts; past the end when there are fewer.
std::size_t byte_of_character(const std::string& text, std::int64_t n) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!base::continues_utf8(text[i]) && n-- == 0) return i;
  }
  return n <= 0 ? text.size() : std::string::npos;
}

std::int64_t bound(const Expression& call, const Value& v, const char* which) {
  const auto n = v.is_number() ? exact_int64(v) : std::nullopt;
  if (!n) {
    fail_at(40096, op_name(call) + " requires an integral " + which +
                       " index, found a value of type: " + type_of(v));
  }
  if (*n < 0) {
    fail_at(40097, op_name(call) + " requires a nonnegative " + which +
                       " index, found: " + std::to_string(*n));
  }
  return *n;
}

Value op_index_of(const Expression& call, const Scope& scope) {
  const bool bytes = call.op->name == "$indexOfBytes";
  const Value text = argument(call, 0, scope);
  if (text.nullish()) return Value(nullptr);
  if (!text.is(Type::string)) {
    fail_at(bytes ? 40091 : 40093,
            op_name(call) + " requires a string as the first argument, found: " + type_of(text));
  }
  const Value wanted = argument(call, 1, scope);
  if (!wanted.is(Type::string)) {
    fail_at(bytes ? 40092 : 40094,
            op_name(call) + " requires a string as the second argument, found: " + type_of(wanted));
  }
  const std::string& in = text.text();
  const auto byte = [&](std::int64_t n) {
    if (bytes) return static_cast<std::size_t>(n);
    return byte_of_character(in, n);
  };
  std::size_t from = 0;
  std::size_t to = in.size();
  if (call.arguments.size() > 2) from = byte(bound(call, argument(call, 2, scope), "starting"));
  if (call.arguments.size() > 3) {
    to = std::min(to, byte(bound(call, argument(call, 3, scope), "ending")));
  }
  if (from > in.size() || from > to) return Value(std::int32_t{-1});
  const std::size_t at = in.substr(0, to).find(wanted.text(), from);
  if (at == std::string::npos) return Value(std::int32_t{-1});
  return Value(
      static_cast<std::int32_t>(bytes ? static_cast<std::int64_t>(at) : characters_before(in, at)));
}

Value op_split(const Expression& call, const Scope& scope) {
  const Value text = argument(call, 0, scope);
  const Value separator = argument(call, 1, scope);
  if (text.nullish() || separator.nullish()) return Value(nullptr);
  if (!text.is(Type::string)) {
    fail_at(40085,
            "$split requires an expression that evaluates to a string as a first argument, "
            "found: " +
                type_of(text));
  }
  if (!separator.is(Type::string)) {
    fail_at(40086,
            "$split requires an expression that evaluates to a string as a second "
            "argument, found: " +
                type_of(separator));
  }
  const std::string& by = separator.text();
  if (by.empty()) fail_at(40087, "$split requires a non-empty separator");
  Array out;
  std::size_t start = 0;
  for (;;) {
    const std::size_t at = text.text().find(by, start);
    out.push_back(Value(text.text().substr(start, at - start)));
    if (at == std::string::npos) return Value(std::move(out));
    start = at + by.size();
  }
}

/// An argument of $replaceOne that is a string, or null.
Value replace_part(const Expression& call, const Scope& scope, std::string_view name, int code) {
  Value v = named(call, name, scope);
  if (v.nullish()) return Value(nullptr);
  if (!v.is(Type::string)) {
    fail_at(code, op_name(call) + " requires that '" + std::string(name) +
                      "' be a string, found: " + type_of(v));
  }
  return v;
}

Value op_replace(const Expression& call, const Scope& scope) {
  const Value input = replace_part(call, scope, "input", 51746);
  const Value find = replace_part(call, scope, "find", 51745);
  const Value replacement = replace_part(call, scope, "replacement", 51744);
  if (input.nullish() || find.nullish() || replacement.nullish()) return Value(nullptr);
  const bool all = call.op->name == "$replaceAll";
  const std::string& text = input.text();
  const std::string& wanted = find.text();
  std::string out;
  std::size_t start = 0;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, start)) {
    out += text.substr(start, at - start) + replacement.text();
    check_length(call.op->name, out.size());
    start = at + wanted.size();
    if (wanted.empty()) {
      if (at < text.size()) out += text[at];
      ++start;
    }
    if (!all || start > text.size()) break;
  }
  if (start < text.size()) out += text.substr(start);
  return Value(std::move(out));
}

struct RegexCall {
  Value input;  ///< A string, or null.
  std::optional<Pattern> pattern;
};

void no_null_byte(const Expression& call, const std::string& text, int code, const char* what) {
  if (text.find('\0') == std::string::npos) return;
  fail_at(code, op_name(call) + ": " + what + " cannot contain an embedded null byte");
}

RegexCall regex_call(const Expression& call, const Scope& scope) {
  RegexCall out{named(call, "input", scope), std::nullopt};
  if (!out.input.nullish() && !out.input.is(Type::string)) {
    fail_at(51104, op_name(call) + " needs 'input' to be of type string");
  }
  if (out.input.nullish()) out.input = Value(nullptr);
  const Value regex = named(call, "regex", scope);
  if (!regex.nullish() && !regex.is(Type::string) && !regex.is(Type::regex)) {
    fail_at(51105, op_name(call) + " needs 'regex' to be of type string or regex");
  }
  std::string options = regex.is(Type::regex) ? regex.regex().options : "";
  const Value given = named(call, "options", scope);
  if (!given.nullish()) {
    if (!given.is(Type::string)) {
      fail_at(51106, op_name(call) + " needs 'options' to be of type string");
    }
    if (!options.empty()) {
      fail_at(51107, op_name(call) +
                         ": found regex option(s) specified in both 'regex' and "
                         "'option' fields");
    }
    options = given.text();
  }
  std::string pattern;
  if (!regex.nullish()) pattern = regex.is(Type::regex) ? regex.regex().pattern : regex.text();
  no_null_byte(call, pattern, 51109, "regular expression");
  no_null_byte(call, options, 51110, "regular expression options");
  if (regex.nullish()) return out;
  try {
    out.pattern.emplace(pattern, options);
  } catch (const Failure& failure) {
    if (failure.code() != Pattern::invalid) throw;
    fail_at(51111, "Invalid regex in " + op_name(call) + ": " + failure.what());
  }
  return out;
}

Value match_document(const std::string& text, const Pattern::Groups& groups) {
  const auto part = [&](const auto& group) {
    return group ? Value(text.substr(group->first, group->second - group->first)) : Value(nullptr);
  };
  Object out;
  out.add("match", part(groups[0]));
  out.add("idx", Value(static_cast<std::int32_t>(characters_before(text, groups[0]->first))));
  Array captures;
  for (std::size_t i = 1; i < groups.size(); ++i) captures.push_back(part(groups[i]));
  out.add("captures", Value(std::move(captures)));
  return Value(std::move(out));
}

Value op_regex_match(const Expression& call, const Scope& scope) {
  const RegexCall regex = regex_call(call, scope);
  return Value(regex.pattern && regex.input.is(Type::string) &&
               regex.pattern->matches(regex.input.text()));
}

Value op_regex_find(const Expression& call, const Scope& scope) {
  const RegexCall regex = regex_call(call, scope);
  if (!regex.pattern || !regex.input.is(Type::string)) return Value(nullptr);
  const auto groups = regex.pattern->find(regex.input.text(), 0);
  return groups ? match_document(regex.input.text(), *groups) : Value(nullptr);
}

Value op_regex_find_all(const Expression& call, const Scope& scope) {
  const RegexCall regex = regex_call(call, scope);
  Array out;
  if (!regex.pattern || !regex.input.is(Type::string)) return Value(std::move(out));
  const std::string& text = regex.input.text();
  std::size_t start = 0;
  do {  // Behind the last character nothing is found, except in an empty text.
    const auto groups = regex.pattern->find(text, start);
    if (!groups) break;
    out.push_back(match_document(text, *groups));
    start = (*groups)[0]->second;
    if ((*groups)[0]->second == (*groups)[0]->first) {
      ++start;
      while (start < text.size() && base::continues_utf8(text[start])) ++start;
    }
  } while (start < text.size());
  return Value(std::move(out));
}

constexpr Operator operators[] = {
    {"$indexOfBytes", 2, 4, op_index_of},
    {"$indexOfCP", 2, 4, op_index_of},
    {"$split", 2, 2, op_split},
    {"$replaceOne", 0, 0, op_replace, "input find replacement"},
    {"$replaceAll", 0, 0, op_replace, "input find replacement"},
    {"$regexMatch", 0, 0, op_regex_match, "input regex options?"},
    {"$regexFind", 0, 0, op_regex_find, "input regex options?"},
    {"$regexFindAll", 0, 0, op_regex_find_all, "input regex options?"},
};

}  // namespace

std::span<const Operator> string_search_operators() {
  return operators;
}

}  // namespace iacdb::doc
