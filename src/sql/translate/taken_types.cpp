// What a database takes for another type by itself: LEFT(day, 7) and day LIKE '2024-%' read a date
// as a text, name + 0 and name = 12 a text as a number, day + 0 a date as a number.
//
// Sources: "Type Conversion in Expression Evaluation" of MySQL 8.0, "Datatypes In SQLite" (column
// affinity), "Data type precedence" of Transact-SQL, "Data Conversion" of Oracle 19c. PostgreSQL
// converts nothing but literals.

#include <algorithm>
#include <span>
#include <string>

#include "sql/translate/moment_text.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_lenient(Dialect d) {
  return d == Dialect::mysql || d == Dialect::sqlite;
}

/// Functions of text; texts: a bit for each argument that is one.
struct TextFunction {
  std::string_view name;
  unsigned texts;
};
constexpr TextFunction text_functions[] = {
    {"LEFT", 1},
    {"RIGHT", 1},
    {"$SUBSTR", 1},
    {"$SUBSTRING", 1},
    {"REPLACE", 7},
    {"LPAD", 5},
    {"RPAD", 5},
    {"LENGTH", 1},
    {"OCTET_LENGTH", 1},
    {"$LEN", 1},
    {"UPPER", 1},
    {"LOWER", 1},
    {"REVERSE", 1},
    {"LTRIM", 1},
    {"RTRIM", 1},
    {"$STRPOS", 3},
    {"REPEAT", 1},
    {"INITCAP", 1},
    {"$SUBSTRING_INDEX", 1},
    {"$STUFF", 9},
    {"MD5", 1},
    {"$REGEXP", 1},
    {"$REGEXP_I", 1},
    {"$REGEXP_SUBSTR", 1},
};

/// A number or a moment that has to be said to be a text.
void as_text(Node*& value, Context& c) {
  const ValueType t = type_of(value, c);
  const bool moment = is_moment(t) || t == ValueType::time;
  if (!is_number(t) && !(moment && is_lenient(c.from))) return;
  value = c.build.cast(value, "TEXT");
  value->flags |= flag::done;
}

void arguments_as_text(Node* call, Context& c) {
  if (call->kid(call_slot::path)) return;
  for (const TextFunction& f : text_functions) {
    if (!same_word(f.name, call->text)) continue;
    Node* args = call->kid(call_slot::args);
    for (std::uint32_t i = 0; i < args->size; ++i) {
      if ((f.texts >> i & 1U) != 0) as_text(args->kids[i], c);
    }
    return;
  }
}

/// The number that a literal begins with.
std::string_view leading_number(std::string_view t) {
  constexpr std::string_view digits = "0123456789";
  t.remove_prefix(std::min(t.find_first_not_of(" \t\n\r"), t.size()));
  const std::size_t sign = t.starts_with('-') || t.starts_with('+') ? 1 : 0;
  std::size_t end = std::min(t.find_first_not_of(digits, sign), t.size());
  const bool fraction = end + 1 < t.size() && t[end] == '.' && digits.find(t[end + 1]) != t.npos;
  if (end == sign && !fraction) return "0";
  if (fraction) {
    end = std::min(t.find_first_not_of(digits, end + 1), t.size());
  }
  return t.substr(t[0] == '+' ? 1 : 0, end - (t[0] == '+' ? 1 : 0));
}

/// name + 0 counts with the number that the text begins with.
void as_number(Node*& value, Context& c) {
  if (is_call(value, "$JSON") || is_call(value, "$JSON_TEXT")) {
    value->text = "$JSON_TEXT";
    value = c.build.cast(value, "DECIMAL");
    value->flags |= flag::done;
    return;
  }
  if (type_of(value, c) != ValueType::text) return;
  value = number_of_text(value, c);
}

/// x'41' is a text of bits in PostgreSQL, where it is bytes in the others.
void as_bytes(Node* n, Context& c) {
  for (std::uint32_t i = 0; i < n->size; ++i) {
    Node*& value = n->kids[i];
    if (!value || !value->is(Kind::hex_string)) continue;
    if (n->is(Kind::item)) {
      c.warn("bytes", "x'..' is a text of bits in postgres; CAST(.. AS BYTEA) tells bytes");
      return;
    }
    value = c.build.cast(c.build.string(c.build.text("\\x" + std::string(value->text))), "BYTEA");
    value->flags |= flag::done;
  }
}

bool is_arithmetic(const Node* n) {
  if (!n->is(Kind::binary)) return false;
  const BinOp op = n->bin();
  return op == BinOp::add || op == BinOp::sub || op == BinOp::mul || op == BinOp::div ||
         op == BinOp::mod || op == BinOp::int_div;
}

/// Both sides, but for what moments and intervals are added to.
void operands_as_numbers(Node* n, Context& c) {
  for (const std::uint32_t i : {0U, 1U}) {
    const ValueType other = type_of(n->kid(1 - i), c);
    if (is_moment(other) || other == ValueType::interval || other == ValueType::time) return;
  }
  as_number(n->kids[0], c);
  as_number(n->kids[1], c);
}

/// day + 0 of MySQL is 20240229.
void moments_as_numbers(Node* n, Context& c) {
  for (const std::uint32_t i : {0U, 1U}) {
    const ValueType t = type_of(n->kid(i), c);
    const ValueType other = type_of(n->kid(1 - i), c);
    if (!is_moment(t) || (!is_number(other) && !is_moment(other))) continue;
    Node* mask = c.build.string(t == ValueType::date ? "%Y%m%d" : "%Y%m%d%H%i%S");
    n->kids[i] = c.build.cast(c.build.call("$FORMAT_TIME", n->kid(i), mask), "BIGINT");
  }
}

/// 2.6 & '3' of MySQL: rounded, and the number that a text begins with.
void bits_of_numbers(Node* n, Context& c) {
  for (const std::uint32_t i : {0U, 1U}) {
    Node*& value = n->kids[i];
    const ValueType t = type_of(value, c);
    if (t == ValueType::text && (c.to_is(Dialect::postgres) || value->is(Kind::string))) {
      value = number_of_text(value, c);
      if (value->is(Kind::number) && value->text.find('.') == value->text.npos) continue;
    } else if (t != ValueType::decimal && t != ValueType::real) {
      continue;
    }
    const bool sqlite = c.to_is(Dialect::sqlite);
    value =
        c.build.cast(sqlite ? c.build.call("ROUND", value) : value, sqlite ? "INTEGER" : "BIGINT");
    value->flags |= flag::done;
  }
}

bool is_bit_operation(const Node* n) {
  return n->is(BinOp::bit_and) || n->is(BinOp::bit_or) || n->is(BinOp::bit_xor) ||
         n->is(BinOp::shift_left) || n->is(BinOp::shift_right);
}

bool is_comparison(const Node* n) {
  return n->is(Kind::binary) && n->bin() >= BinOp::eq && n->bin() <= BinOp::ge;
}

/// day = 20240229 of MySQL.
void number_as_moment(Node*& number, ValueType type, Context& c) {
  constexpr std::size_t day = 8;
  constexpr std::size_t moment = 14;
  const std::string_view t = number->text;
  const bool whole = number->is(Kind::number) && t.find_first_not_of("0123456789") == t.npos;
  if (!whole || (t.size() != day && !(t.size() == moment && type == ValueType::timestamp))) return;
  std::string text = std::string(t.substr(0, 4)) + "-" + std::string(t.substr(4, 2)) + "-" +
                     std::string(t.substr(6, 2));
  if (t.size() == moment) {
    text += " " + std::string(t.substr(8, 2)) + ":" + std::string(t.substr(10, 2)) + ":" +
            std::string(t.substr(12, 2));
  }
  number = c.build.string(c.build.text(text));
}

/// A text, but not one that a document holds: that may be a number.
bool is_text(const Node* n, const Context& c) {
  if (n->is(Kind::string) || type_of(n, c) != ValueType::text) return false;
  const bool document = n->is(Kind::call) && n->text.starts_with("$JSON");
  return !document && !n->is(BinOp::arrow_text) && !n->is(BinOp::hash_arrow_text);
}

/// A text that is compared with numbers: everywhere but in SQLite by its number, there by the text.
void compare_with_numbers(Node*& text, std::span<Node*> numbers, Context& c) {
  if (c.from_is(Dialect::sqlite)) {
    for (Node*& n : numbers) {
      if (n->is(Kind::number)) n = c.build.string(n->text);
    }
  } else if (c.to_is(Dialect::sqlite)) {
    text = c.build.cast(text, "REAL");
    text->flags |= flag::done;
  } else if (c.to_is(Dialect::postgres)) {
    if (c.from_is(Dialect::mysql)) {
      text = number_of_text(text, c);
    } else {
      text = c.build.cast(text, "NUMERIC");
      text->flags |= flag::done;
    }
  }
}

/// A column of moments beside '20240229' or '2024-2-9': SQLite compares their letters.
void text_as_moment(const Node* value, Node* text, Context& c) {
  if (!c.to_is(Dialect::sqlite) || c.from_is(Dialect::sqlite) || !text->is(Kind::string)) return;
  const ColumnFacts* column = column_facts(c, value);
  if (!column || !is_moment(column->type)) return;
  const auto made = moment_text(text->text, ValueType::timestamp, c.from);
  if (!made) return;
  constexpr std::size_t day = 10;
  const bool midnight = made->substr(day) == " 00:00:00";
  if (column->type == ValueType::timestamp || !midnight) {
    text->text = c.build.text(*made);
  } else {
    text->text = c.build.text(made->substr(0, day));
  }
}

/// day = '2020-01-01 10:00:00': MySQL looks at the day's midnight, PostgreSQL at the day of the
/// text.
void day_beside_moment(Node*& day, const Node* text, Context& c) {
  if (!c.from_is(Dialect::mysql) || !c.to_is(Dialect::postgres) || !text->is(Kind::string)) return;
  const auto moment = moment_text(text->text, ValueType::timestamp, c.from);
  if (!moment || moment->ends_with(" 00:00:00")) return;
  day = c.build.cast(day, "TIMESTAMP");
  day->flags |= flag::done;
}

void compare(Node* n, Context& c) {
  for (const std::uint32_t i : {0U, 1U}) {
    Node*& value = n->kids[i];
    Node*& other = n->kids[1 - i];
    const ValueType held = type_of(value, c);
    if (is_moment(held)) {
      text_as_moment(value, other, c);
      if (held == ValueType::date) day_beside_moment(value, other, c);
      if (c.from_is(Dialect::mysql)) number_as_moment(other, held, c);
      return;
    }
    if (!is_text(value, c) || !is_number(type_of(other, c))) continue;
    return compare_with_numbers(value, std::span(&other, 1), c);
  }
}

/// name IN (1, 2), name BETWEEN 1 AND 2
void compare_with_many(Node* n, Context& c) {
  std::span<Node*> others(n->kids + 1, n->size - 1);
  if (n->is(Kind::in)) {
    if (!n->kid(1)->is(Kind::list)) return;
    others = std::span<Node*>(n->kid(1)->kids, n->kid(1)->size);
  }
  if (is_moment(type_of(n->kid(0), c))) {
    for (Node* other : others) text_as_moment(n->kid(0), other, c);
    return;
  }
  if (others.empty() || !is_text(n->kid(0), c)) return;
  for (const Node* other : others) {
    if (!is_number(type_of(other, c))) return;
  }
  compare_with_numbers(n->kids[0], others, c);
}

void as_numbers(Node* n, Context& c) {
  if (is_arithmetic(n)) return operands_as_numbers(n, c);
  if (n->is(Kind::unary) && n->text == "-" && type_of(n->kid(0), c) == ValueType::text) {
    return as_number(n->kids[0], c);
  }
  if ((is_call(n, "SUM") || is_call(n, "AVG")) && argument_count(n) == 1) {
    return as_number(n->kid(call_slot::args)->kids[0], c);
  }
  if (!n->is(Kind::cast) || !n->kid(1) || !n->kid(1)->is(Kind::type)) return;
  const ValueType to = value_type_of(n->kid(1), c.from);
  if (to == ValueType::decimal || to == ValueType::real) as_number(n->kids[0], c);
}

}  // namespace

Node* number_of_text(Node* text, Context& c) {
  if (text->is(Kind::string)) return c.build.number(leading_number(text->text));
  static constexpr std::string_view form =
      "COALESCE(CAST(SUBSTRING(:1 FROM '^\\s*([-+]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+))') AS "
      "NUMERIC), LENGTH(:1) * 0)";
  Node* const holes[] = {text};
  return fill(form, Dialect::postgres, holes, c.build);
}

namespace {

/// day + time of PostgreSQL is a moment.
void day_and_time(Node*& n, Context& c) {
  if (!n->is(BinOp::add) && !n->is(BinOp::sub)) return;
  Node* left = n->kid(0);
  Node* right = n->kid(1);
  if (n->is(BinOp::add) && type_of(left, c) == ValueType::time) std::swap(left, right);
  if (type_of(right, c) != ValueType::time) return;
  if (n->is(BinOp::sub) || type_of(left, c) != ValueType::date) {
    if (!is_moment(type_of(left, c)) && type_of(left, c) != ValueType::time) return;
    c.refuse(n, "what is left of a time without another is an interval, which has no equal");
  }
  static constexpr std::string_view forms[] = {"(:1 || ' ' || :2)", "", "TIMESTAMP(:1, :2)",
                                               "(CAST(:1 AS DATETIME) + CAST(:2 AS DATETIME))", ""};
  const std::string_view form = forms[static_cast<std::size_t>(c.to)];
  if (form.empty()) c.refuse(n, "a date and a time added have no equal");
  Node* const holes[] = {left, right};
  n = fill(form, c.to, holes, c.build);
}

}  // namespace

void pass_taken_types(Context& c) {
  if (c.from_is(Dialect::postgres)) {
    if (c.to_is(Dialect::postgres)) return;
    return rewrite_tree(c.statement, [&](Node*& n) { day_and_time(n, c); });
  }
  const bool postgres = c.to_is(Dialect::postgres);
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->has(flag::done)) return;
    if (is_comparison(n)) compare(n, c);
    if (n->is(Kind::in) || n->is(Kind::between)) compare_with_many(n, c);
    if (c.from_is(Dialect::mysql) && is_arithmetic(n)) moments_as_numbers(n, c);
    if (c.from_is(Dialect::mysql) && is_bit_operation(n)) bits_of_numbers(n, c);
    if (!postgres) return;
    if (is_comparison(n) || n->is(Kind::in) || n->is(Kind::item)) as_bytes(n, c);
    if (n->is(Kind::in) && n->kid(1)->is(Kind::list)) as_bytes(n->kid(1), c);
    if (n->is(Kind::call)) as_bytes(n->kid(call_slot::args), c);
    if (n->is(Kind::call)) arguments_as_text(n, c);
    if (n->is(Kind::like) || n->is(Kind::trim)) as_text(n->kids[0], c);
    if (is_lenient(c.from)) as_numbers(n, c);
  });
}

}  // namespace iacdb::sql
