// Strings: joining, cutting, case and length.

#include <algorithm>

#include "base/text.hpp"
#include "documents/bson/collation.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/limits.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

/// As the older string operators take it: numbers and dates become text, null becomes "".
std::string coerced(const Expression& call, const Value& v) {
  switch (v.type()) {
    case Type::missing:
    case Type::null:
    case Type::undefined:
      return "";
    case Type::string:
    case Type::symbol:
    case Type::code:
      return v.text();
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      return print_number(v);
    case Type::date:
      return print_iso_date(v.millis());
    default:
      fail_at(16007,
              "can't convert from BSON type " + type_of(v) + " to String in " + op_name(call));
  }
}

Value op_concat(const Expression& call, const Scope& scope) {
  std::string out;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Value v = argument(call, i, scope);
    if (v.nullish()) return Value(nullptr);
    if (v.is(Type::string)) {
      check_length(call.op->name, out.size() + v.text().size());
      out += v.text();
    } else {
      fail_at(16702, "$concat only supports strings, not " + type_of(v));
    }
  }
  return Value(std::move(out));
}

Value op_to_lower(const Expression& call, const Scope& scope) {
  return Value(lower_ascii(coerced(call, argument(call, 0, scope))));
}
Value op_to_upper(const Expression& call, const Scope& scope) {
  return Value(upper_ascii(coerced(call, argument(call, 0, scope))));
}

Value op_strcasecmp(const Expression& call, const Scope& scope) {
  const std::string a = upper_ascii(coerced(call, argument(call, 0, scope)));
  const std::string b = upper_ascii(coerced(call, argument(call, 1, scope)));
  const int order = a.compare(b);
  return Value(std::int32_t{order < 0 ? -1 : (order > 0 ? 1 : 0)});
}

const std::string& length_text(const Expression& call, const Value& v, int code) {
  if (!v.is(Type::string)) {
    fail_at(code, op_name(call) + " requires a string argument, found: " + type_of(v));
  }
  return v.text();
}
Value op_length_bytes(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  return Value(static_cast<std::int32_t>(length_text(call, v, 34473).size()));
}
Value op_length_characters(const Expression& call, const Scope& scope) {
  const Value v = argument(call, 0, scope);
  const std::string& text = length_text(call, v, 34471);
  return Value(static_cast<std::int32_t>(base::utf8_length(text)));
}

std::int64_t substring_number(const Expression& call, const Value& v, int code, const char* which) {
  if (!v.is_number()) {
    fail_at(code, op_name(call) + ":  " + which + " must be a numeric type (is BSON type " +
                      type_of(v) + ")");
  }
  return truncated_int64(v).value_or(INT64_MAX);
}

Value op_substring_bytes(const Expression& call, const Scope& scope) {
  const std::string text = coerced(call, argument(call, 0, scope));
  const std::int64_t start =
      substring_number(call, argument(call, 1, scope), 16034, "starting index");
  const std::int64_t length = substring_number(call, argument(call, 2, scope), 16035, "length");
  if (start < 0) {
    fail_at(50752, op_name(call) + ":  starting index must be non-negative (got: " +
                       std::to_string(start) + ")");
  }
  const auto from = static_cast<std::size_t>(start);
  if (from >= text.size()) return Value("");
  const std::size_t count = length < 0
                                ? text.size() - from
                                : std::min(static_cast<std::size_t>(length), text.size() - from);
  if (base::continues_utf8(text[from])) {
    fail_at(28656,
            op_name(call) + ":  Invalid range, starting index is a UTF-8 continuation byte.");
  }
  if (from + count < text.size() && base::continues_utf8(text[from + count])) {
    fail_at(28657, op_name(call) +
                       ":  Invalid range, ending index is in the middle of a UTF-8 character.");
  }
  return Value(text.substr(from, count));
}

std::int64_t character_number(const Value& v, int code, const std::string& which) {
  if (!v.is_number()) {
    fail_at(code,
            "$substrCP: " + which + " must be a numeric type (is BSON type " + type_of(v) + ")");
  }
  const std::int64_t n =
      int_argument(v, code + 1,
                   "$substrCP: " + which +
                       " cannot be represented as a 32-bit integral value: " + print_number(v));
  return n;
}

Value op_substring_characters(const Expression& call, const Scope& scope) {
  const std::string text = coerced(call, argument(call, 0, scope));
  const std::int64_t start = character_number(argument(call, 1, scope), 34450, "starting index");
  const std::int64_t length = character_number(argument(call, 2, scope), 34452, "length");
  if (start < 0) fail_at(34455, "$substrCP: the starting index must be nonnegative integer.");
  if (length < 0) fail_at(34454, "$substrCP: length must be a nonnegative integer.");
  std::string out;
  std::int64_t character = -1;
  for (const char c : text) {
    if (!base::continues_utf8(c)) ++character;
    if (character >= start && character - start < length) out += c;
  }
  return Value(std::move(out));
}

/// The code points of a text, each as its bytes.
std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if (!base::continues_utf8(c) || out.empty()) out.emplace_back();
    out.back() += c;
  }
  return out;
}

constexpr std::string_view white_space[] = {std::string_view("\0", 1),
                                            "\t",
                                            "\n",
                                            "\v",
                                            "\f",
                                            "\r",
                                            " ",
                                            "\u00a0",
                                            "\u1680",
                                            "\u2000",
                                            "\u2001",
                                            "\u2002",
                                            "\u2003",
                                            "\u2004",
                                            "\u2005",
                                            "\u2006",
                                            "\u2007",
                                            "\u2008",
                                            "\u2009",
                                            "\u200a"};

Value op_trim(const Expression& call, const Scope& scope) {
  const Value input = named(call, "input", scope);
  if (input.nullish()) return Value(nullptr);
  if (!input.is(Type::string)) {
    fail_at(50699, op_name(call) + " requires its input to be a string, got " + print_json(input) +
                       " (of type " + type_of(input) + ") instead.");
  }
  std::vector<std::string> cut(std::begin(white_space), std::end(white_space));
  if (call.named("chars") != nullptr) {
    const Value chars = named(call, "chars", scope);
    if (chars.nullish()) return Value(nullptr);
    if (!chars.is(Type::string)) {
      fail_at(50700, op_name(call) + " requires 'chars' to be a string, got " + print_json(chars) +
                         " (of type " + type_of(chars) + ") instead.");
    }
    cut = characters(chars.text());
  }
  const auto goes = [&](const std::string& c) {
    return std::find(cut.begin(), cut.end(), c) != cut.end();
  };
  std::vector<std::string> text = characters(input.text());
  if (call.op->name != "$ltrim") {
    while (!text.empty() && goes(text.back())) text.pop_back();
  }
  std::size_t from = 0;
  if (call.op->name != "$rtrim") {
    while (from < text.size() && goes(text[from])) ++from;
  }
  std::string out;
  for (std::size_t i = from; i < text.size(); ++i) out += text[i];
  return Value(std::move(out));
}

void parse_trim(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    fail_at(50696,
            op_name(call) + " only supports an object as an argument, found " + type_of(spec));
  }
  for (const Field& field : spec.object()) {
    if (field.name != "input" && field.name != "chars") {
      fail_at(50694, op_name(call) + " found an unknown argument: " + field.name);
    }
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  if (call.named("input") == nullptr) {
    fail_at(50695, op_name(call) + " requires an 'input' field");
  }
}

constexpr Operator operators[] = {
    {"$concat", 0, -1, op_concat},
    {"$toLower", 1, 1, op_to_lower},
    {"$toUpper", 1, 1, op_to_upper},
    {"$strcasecmp", 2, 2, op_strcasecmp},
    {"$strLenBytes", 1, 1, op_length_bytes},
    {"$strLenCP", 1, 1, op_length_characters},
    {"$substr", 3, 3, op_substring_bytes},
    {"$substrBytes", 3, 3, op_substring_bytes},
    {"$substrCP", 3, 3, op_substring_characters},
    {"$trim", 0, 0, op_trim, {}, parse_trim},
    {"$ltrim", 0, 0, op_trim, {}, parse_trim},
    {"$rtrim", 0, 0, op_trim, {}, parse_trim},
};

}  // namespace

std::span<const Operator> string_operators() {
  return operators;
}

}  // namespace iacdb::doc
