// Casts as the source means them: CONVERT with a style, texts that become intervals and booleans.

#include <string>
#include <utility>

#include "sql/translate/make.hpp"
#include "sql/translate/moment_text.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// CONVERT(type, x, style): to an integer no style speaks, to a moment the ISO styles read a text
/// as CAST does.
bool says_something(const Node* convert, const Context& c) {
  const ValueType type = value_type_of(convert->kid(1), c.from);
  if (type == ValueType::integer) return false;
  const Node* style = convert->kid(2);
  if (!is_moment(type) || !style->is(Kind::number)) return true;
  for (std::string_view iso : {"20", "21", "23", "25", "120", "121", "126"}) {
    if (style->text == iso) return false;
  }
  return true;
}

/// (count || ' days')::interval is count * INTERVAL '1 day'.
Node* counted_interval(Node* cast, Context& c) {
  Node* text = cast->kid(0);
  while (text->is(Kind::paren)) text = text->kid(0);
  const Node* unit = text->is(BinOp::concat) ? text->kid(1) : nullptr;
  if (!unit || !unit->is(Kind::string)) {
    c.refuse(cast, "a text that becomes an interval has no equal; write count * INTERVAL '1 day'");
  }
  Node* count = text->kid(0);
  if (count->is(Kind::cast) && value_type_of(count->kid(1), c.from) == ValueType::text) {
    count = count->kid(0);
  }
  Node* interval = c.build.slots(Kind::interval, 2);
  interval->kids[0] = c.build.string(c.build.text("1 " + std::string(unit->text)));
  interval->position = cast->position;
  return c.build.binary(BinOp::mul, c.build.paren(count), interval);
}

/// A text or a number that becomes a boolean.
Node* to_boolean(Node* n, Context& c) {
  static constexpr std::string_view yes[] = {"t", "true", "y", "yes", "on", "1"};
  static constexpr std::string_view no[] = {"f", "false", "n", "no", "off", "0"};
  Node* value = n->kid(0);
  if (value->is(Kind::string)) {
    for (std::string_view word : yes) {
      if (same_word(word, value->text)) return c.build.node(Kind::boolean, "TRUE");
    }
    for (std::string_view word : no) {
      if (same_word(word, value->text)) return c.build.node(Kind::boolean, "FALSE");
    }
    c.refuse(n, "this text is no boolean");
  }
  const ValueType t = type_of(value, c);
  if (is_number(t)) return c.build.paren(c.build.binary(BinOp::neq, value, c.build.number("0")));
  if (t != ValueType::text) return n;
  Node* words = c.build.list();
  for (std::string_view word : yes) c.build.add(words, c.build.string(word));
  return c.build.paren(c.build.with(Kind::in, {}, c.build.call("LOWER", value), words));
}

/// "CAST and CONVERT", date and time styles
std::string_view mask_of_style(std::string_view style) {
  static constexpr std::pair<std::string_view, std::string_view> styles[] = {
      {"23", "yyyy-MM-dd"},
      {"120", "yyyy-MM-dd HH:mm:ss"},
      {"20", "yyyy-MM-dd HH:mm:ss"},
      {"101", "MM/dd/yyyy"},
      {"103", "dd/MM/yyyy"},
      {"104", "dd.MM.yyyy"},
      {"105", "dd-MM-yyyy"},
      {"110", "MM-dd-yyyy"},
      {"111", "yyyy/MM/dd"},
      {"112", "yyyyMMdd"},
      {"108", "HH:mm:ss"},
      {"8", "HH:mm:ss"},
      {"102", "yyyy.MM.dd"},
      {"24", "HH:mm:ss"},
      {"106", "dd MMM yyyy"},
      {"107", "MMM dd, yyyy"},
      {"1", "MM/dd/yy"},
      {"2", "yy.MM.dd"},
      {"3", "dd/MM/yy"},
      {"4", "dd.MM.yy"},
      {"5", "dd-MM-yy"},
      {"6", "dd MMM yy"},
      {"7", "MMM dd, yy"},
      {"10", "MM-dd-yy"},
      {"11", "yy/MM/dd"},
      {"12", "yyMMdd"}};
  for (const auto& [number, mask] : styles) {
    if (number == style) return mask;
  }
  return {};
}

/// The ISO styles with a fraction of a second, cut before it by the type's length.
std::string_view to_the_second(const Node* type, std::string_view style) {
  const Node* length = type->size == 1 ? type->kid(0) : nullptr;
  if (!length || !length->is(Kind::number) || length->text.size() > 2) return {};
  if (length->text.size() == 2 && length->text > "19") return {};
  if (style == "126") return "yyyy-MM-ddTHH:mm:ss";
  return style == "121" || style == "21" || style == "25" ? "yyyy-MM-dd HH:mm:ss"
                                                          : std::string_view();
}

/// A number or a text that becomes a bit: all but zero is 1.
Node* to_bit(Node* n, Context& c) {
  Node* value = n->kid(0);
  if (value->is(Kind::string)) {
    if (same_word(value->text, "true")) return c.build.number("1");
    if (same_word(value->text, "false")) return c.build.number("0");
  }
  const ValueType t = type_of(value, c);
  if (t == ValueType::unknown) {
    c.warn("bit", "what becomes a bit was taken for a number: a text is none in this way");
  } else if (!is_number(t)) {
    return n;
  }
  if (value->is(Kind::number)) {
    const bool zero = value->text.find_first_of("123456789") == std::string_view::npos;
    return c.build.number(zero ? "0" : "1");
  }
  Node* zero = c.build.number("0");
  Node* made = case_when(c, c.build.binary(BinOp::neq, value, zero), c.build.number("1"));
  Node* none = c.build.binary(BinOp::eq, c.build.clone(value), c.build.clone(zero));
  c.build.add(made, c.build.with(Kind::when, {}, none, c.build.clone(zero)));
  return made;
}

}  // namespace

void read_moment_literal(Node* literal, ValueType type, Context& c) {
  if (!c.from_is(Dialect::postgres) || c.from == c.to || !literal->is(Kind::string)) return;
  const std::string_view t = literal->text;
  const bool iso = t.size() > 4 && t[4] == '-' && t.find_first_not_of("0123456789") == 4 &&
                   (t.size() < 6 || (t[5] >= '0' && t[5] <= '9'));
  if (iso || !is_moment(type) || t.find_first_of("0123456789") == t.npos) return;
  const auto made = moment_text(t, type, c.from);
  if (!made) c.refuse(literal, "a date in this form is not read elsewhere; write YYYY-MM-DD");
  literal->text = c.build.text(*made);
}

namespace {

/// 'sad'::mood: a type of one's own, of which the text is kept.
bool is_own_type(const Node* cast, const Context& c) {
  const Node* type = cast->kid(1);
  return c.from_is(Dialect::postgres) && !c.to_is(Dialect::postgres) && type &&
         type->is(Kind::type) && type->size == 0 && !type->has(flag::array) &&
         cast->kid(0)->is(Kind::string) && value_type_of(type, c.from) == ValueType::unknown &&
         !is_known_type(type, c);
}

}  // namespace

void read_cast(Node*& n, Context& c) {
  if (is_own_type(n, c)) {
    c.warn("type", "the type " + std::string(n->kid(1)->text) + " is not known; its text was kept");
    n = n->kid(0);
    return;
  }
  const Node* type = n->kid(1);
  if (type && type->is(Kind::type)) {
    read_moment_literal(n->kid(0), value_type_of(type, c.from), c);
  }
  const bool target = type && type->is(Kind::type) && !c.to_is(Dialect::postgres);
  if (target && type->text == "BYTEA" && n->kid(0)->is(Kind::string) &&
      n->kid(0)->text.starts_with("\\x")) {
    n = c.build.node(Kind::hex_string, n->kid(0)->text.substr(2));
    return;
  }
  if (target && type->text == "INTERVAL" && !n->kid(0)->is(Kind::string) && c.from != c.to) {
    n = counted_interval(n, c);
    return;
  }
  if (target && c.from_is(Dialect::postgres) && value_type_of(type, c.from) == ValueType::boolean) {
    n = to_boolean(n, c);
    return;
  }
  if (target && c.from_is(Dialect::tsql) && !n->text.starts_with("TRY_") &&
      value_type_of(type, c.from) == ValueType::boolean) {
    n = to_bit(n, c);
    if (!n->is(Kind::cast)) return;
  }
  if (type && type->is(Kind::type) && type->text == "INTERVAL" && n->kid(0)->is(Kind::string) &&
      c.from != c.to) {
    Node* interval = c.build.slots(Kind::interval, 2);
    interval->kids[0] = n->kid(0);
    n = interval;
    return;
  }
  if (n->text == "USING") {
    c.warn("charset", "CONVERT .. USING was left out: the text stays as it is");
    n = n->kid(0);
    return;
  }
  if (n->text.starts_with("TRY_") || n->text == "VALIDATE_CONVERSION" || n->kid(3)) {
    if (c.from != c.to) write_tried_cast(n, c);
    return;
  }
  if (c.from != c.to && read_bytes_style(n, c)) return;
  if (n->kid(2) && !says_something(n, c)) {
    n->kids[2] = nullptr;
  } else if (n->kid(2)) {
    const Node* style = n->kid(2);
    const ValueType to = value_type_of(n->kid(1), c.from);
    std::string_view mask;
    if (to == ValueType::text && style->is(Kind::number)) {
      mask = to_the_second(n->kid(1), style->text);
      if (mask.empty()) mask = mask_of_style(style->text);
    }
    const bool read = is_moment(to) && style->is(Kind::number) && style->text.size() == 3 &&
                      type_of(n->kid(0), c) == ValueType::text;
    if (read && !mask_of_style(style->text).empty()) {
      Node* letters = c.build.string(mask_of_style(style->text));
      n = c.build.call(to == ValueType::date ? "$PARSE_DATE" : "$PARSE_MOMENT", n->kid(0), letters);
      return;
    }
    if (mask.empty()) c.refuse(n, "this style of CONVERT has no equal");
    n = cut_to_length(mask, n, c);
    return;
  }
  if (n->text != "TRY_CAST") n->text = "CAST";
}

}  // namespace iacdb::sql
