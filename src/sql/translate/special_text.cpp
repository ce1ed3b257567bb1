// Functions of text and windows whose form depends on what their arguments are.

#include <algorithm>
#include <charconv>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* filled(std::string_view form, Node* n, Context& c) {
  const Node* args = n->kid(call_slot::args);
  return fill(form, c.to, std::span(args->kids, args->size), c.build);
}

/// HEX of MySQL shows a number's digits and a text's bytes; the others know only the latter.
bool write_hex(Node*& n, Context& c) {
  const Node* value = argument(n, 0);
  const ValueType t = type_of(value, c);
  const bool number = c.from_is(Dialect::mysql) && is_number(t);
  if (c.from_is(Dialect::mysql) && t == ValueType::unknown && !c.to_is(Dialect::mysql)) {
    c.warn("types", "HEX shows the bytes of a text and the digits of a number: the type of " +
                        described(argument(n, 0)) + " is not known, and is taken for a text");
  }
  switch (c.to) {
    case Dialect::sqlite:
      n = filled(number ? "PRINTF('%X', :1)" : "HEX(:1)", n, c);
      if (column_facts(c, value) && !never_null(c, value)) {  // HEX of NULL is an empty text
        Node* there = c.build.binary(BinOp::is_not, c.build.clone(value), c.build.null());
        n = case_when(c, there, n);
      }
      return true;
    case Dialect::postgres:
      if (t == ValueType::bytes) {
        n = filled("UPPER(ENCODE(:1, 'hex'))", n, c);
      } else {
        n = filled(number ? "UPPER(TO_HEX(CAST(:1 AS BIGINT)))"
                          : "UPPER(ENCODE(CONVERT_TO(CAST(:1 AS TEXT), 'UTF8'), 'hex'))",
                   n, c);
      }
      return true;
    case Dialect::mysql:
      // A number's text, as SQLite shows it.
      n = filled(is_number(t) ? "HEX(CAST(:1 AS CHAR))" : "HEX(:1)", n, c);
      return true;
    case Dialect::oracle:
      if (number) break;
      n = filled("RAWTOHEX(UTL_RAW.CAST_TO_RAW(:1))", n, c);
      return true;
    case Dialect::tsql:
      if (number) break;
      n = filled("CONVERT(VARCHAR(MAX), CAST(:1 AS VARBINARY(MAX)), 2)", n, c);
      return true;
  }
  return false;
}

/// '[xy]' of the characters that are taken off.
std::string character_class(std::string_view characters) {
  std::string out = "[";
  for (const char ch : characters) {
    if (std::string_view("\\]^-[").find(ch) != std::string_view::npos) out += '\\';
    out += ch;
  }
  return out + "]+";
}

/// MySQL takes off a text, the others characters.
Node* trimmed_in_mysql(Node* value, const Node* characters, bool left, bool right, Context& c) {
  if (!characters->is(Kind::string)) {
    c.refuse(characters, "the characters that are taken off a text have to be a literal for mysql");
  }
  const auto without = [&](Node* text, const std::string& pattern) {
    Node* call =
        c.build.call("REGEXP_REPLACE", text, c.build.string(c.build.text("(?-i)" + pattern)));
    c.build.add(call->kids[call_slot::args], c.build.string(""));
    call->flags |= flag::done;
    return call;
  };
  const std::string set = character_class(characters->text);
  if (left) value = without(value, "^" + set);
  if (right) value = without(value, set + "$");
  return value;
}

bool write_trim(Node*& n, bool left, Context& c) {
  if (argument_count(n) != 2) return false;
  if (c.to_is(Dialect::tsql)) {
    c.refuse(n, std::string(n->text) + " of other characters than blanks has no equal before 2022");
  }
  if (!c.to_is(Dialect::mysql) || c.from_is(Dialect::mysql)) return false;
  n = trimmed_in_mysql(argument(n, 0), argument(n, 1), left, !left, c);
  return true;
}

/// TRANSLATE(x, 'ab', 'xy') as one REPLACE after the other, where none meets what another made.
bool write_translate(Node*& n, Context& c) {
  if (argument_count(n) != 3 || (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite))) {
    return false;
  }
  const Node* from = argument(n, 1);
  const Node* to = argument(n, 2);
  if (!from->is(Kind::string) || !to->is(Kind::string)) return false;
  const std::string_view a = from->text;
  const std::string_view b = to->text;
  const auto ascii = [](char ch) { return static_cast<unsigned char>(ch) < 0x80; };
  if (!std::all_of(a.begin(), a.end(), ascii) || !std::all_of(b.begin(), b.end(), ascii)) {
    return false;
  }
  // What is made must not be met by a later step.
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a.find(b[i], i + 1) != std::string_view::npos) return false;
  }
  Node* value = argument(n, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a.find(a[i]) != i) continue;  // The first counts.
    Node* call = c.build.call("REPLACE", value, c.build.string(a.substr(i, 1)));
    c.build.add(call->kids[call_slot::args],
                c.build.string(i < b.size() ? b.substr(i, 1) : std::string_view()));
    call->flags |= flag::done;
    value = call;
  }
  n = value;
  return true;
}

/// COUNT(DISTINCT a, b) of MySQL: the combinations without a NULL.
bool write_count(Node*& n, Context& c) {
  Node* args = n->kid(call_slot::args);
  if (!n->has(flag::distinct) || args->size < 2 || c.to_is(Dialect::mysql)) return false;
  if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite)) {
    c.refuse(n, "COUNT(DISTINCT ..) of several columns has no equal");
  }
  Node* null = nullptr;
  Node* whole = c.to_is(Dialect::postgres) ? c.build.node(Kind::row, "ROW") : nullptr;
  for (Node* value : *args) {
    Node* test = c.build.binary(BinOp::is, c.build.clone(value), c.build.null());
    null = null ? c.build.binary(BinOp::or_, null, test) : test;
    if (c.to_is(Dialect::postgres)) {
      c.build.add(whole, value);
      continue;
    }
    Node* text = c.build.call("QUOTE", value);
    text->flags |= flag::done;
    whole = whole ? c.build.binary(BinOp::concat,
                                   c.build.binary(BinOp::concat, whole, c.build.string(",")), text)
                  : text;
  }
  args->size = 0;
  c.build.add(args, case_when(c, null, c.build.null(), whole));
  n->flags |= flag::done;
  return true;
}

/// LAG(x, 1, default): MariaDB has no default.
bool write_lag(Node*& n, Context& c) {
  if (argument_count(n) != 3 || !c.to_is(Dialect::mysql) || !n->kid(call_slot::over)) return false;
  Node* args = n->kid(call_slot::args);
  Node* otherwise = args->kid(2);
  Builder::erase(args, 2);
  n->flags |= flag::done;
  Node* row = c.build.clone(n);
  row->kid(call_slot::args)->kids[0] = c.build.number("1");
  n = case_when(c, c.build.binary(BinOp::is, row, c.build.null()), otherwise, n);
  return true;
}

/// PostgreSQL's functions of text take no numbers.
void as_text(Node* n, const std::string& name, Context& c) {
  static constexpr std::string_view functions[] = {"LPAD", "RPAD", "REPLACE", "LENGTH", "REVERSE"};
  const bool known =
      std::find(std::begin(functions), std::end(functions), name) != std::end(functions);
  if (!known || !c.to_is(Dialect::postgres) || argument_count(n) == 0) return;
  Node*& value = n->kid(call_slot::args)->kids[0];
  if (is_number(type_of(value, c))) value = c.build.cast(value, "TEXT");
}

/// TO_NUMBER(x, '9,999.9'): the mask tells which signs to leave out.
bool write_to_number(Node*& n, Context& c) {
  const bool native = c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle);
  if (argument_count(n) != 2 || native) return false;
  const Node* mask = argument(n, 1);
  const bool plain =
      mask->is(Kind::string) && mask->text.find_first_not_of("09.,DG") == std::string_view::npos;
  if (!plain) c.refuse(n, "TO_NUMBER with this mask has no equal");
  Node* text = c.build.call("REPLACE", argument(n, 0), c.build.string(","));
  c.build.add(text->kids[call_slot::args], c.build.string(""));
  n = c.build.call("$TO_NUMBER", text);
  return true;
}

}  // namespace

bool write_text(Node*& n, const std::string& name, Context& c) {
  if (name == "TO_NUMBER") return write_to_number(n, c);
  as_text(n, name, c);
  if (name == "$HEX") return write_hex(n, c);
  if (name == "COUNT") return write_count(n, c);
  if (name == "LTRIM") return write_trim(n, true, c);
  if (name == "RTRIM") return write_trim(n, false, c);
  if (name == "TRANSLATE") return write_translate(n, c);
  if (name == "LAG" || name == "LEAD") return write_lag(n, c);
  return false;
}

Node* cut_to_length(std::string_view mask, const Node* convert, Context& c) {
  const Node* type = convert->kid(1);
  std::size_t length = mask.size();
  if (type->size == 1 && type->kid(0)->is(Kind::number)) {
    const std::string_view digits = type->kid(0)->text;
    std::from_chars(digits.data(), digits.data() + digits.size(), length);
  }
  const bool cuts = length < mask.size();
  const bool within = cuts && length > 0 && mask[length] == mask[length - 1];
  if (cuts && !within) mask = mask.substr(0, length);
  Node* made = c.build.call("$FORMAT_TIME", convert->kids[0], c.build.string(mask));
  if (!within) return made;
  Node* part = c.build.call("$SUBSTRING", made, c.build.number("1"));
  c.build.add(part->kids[call_slot::args], c.build.number(c.build.text(std::to_string(length))));
  return part;
}

void write_trimmed(Node*& n, Context& c) {
  const Node* characters = n->kid(1);
  const bool many = characters && !(characters->is(Kind::string) && characters->text.size() <= 1);
  if (!many || !c.to_is(Dialect::mysql) || c.from_is(Dialect::mysql)) return;
  n = trimmed_in_mysql(n->kid(0), characters, n->text != "TRAILING", n->text != "LEADING", c);
}

}  // namespace iacdb::sql
