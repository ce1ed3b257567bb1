// Case in comparisons: MySQL and SQL Server ignore it by their usual collations, the others do not,
// and SQLite ignores it in LIKE only. Comparisons with a literal that has letters keep the
// source's way; between columns the databases' own collations decide.

#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool ignores_case(Dialect d) {
  return d == Dialect::mysql || d == Dialect::tsql;
}
bool like_ignores_case(Dialect d) {
  return ignores_case(d) || d == Dialect::sqlite;
}

bool has_letters(const Node* n) {
  if (!n || !n->is(Kind::string)) return false;
  for (char ch : n->text) {
    if (lower(ch) != upper(ch)) return true;
  }
  return false;
}

/// A column, or what is text for certain: anything else is left as it is.
bool may_be_text(const Node* n, Context& c) {
  if (n->is(Kind::paren)) return may_be_text(n->kid(0), c);
  const ValueType t = type_of(n, c);
  const bool column = n->is(Kind::name) || n->is(Kind::path);
  return t == ValueType::text ? !n->is(Kind::string) : column && t == ValueType::unknown;
}

/// UPPER(x) and LOWER(x) have decided already.
bool folded(const Node* n) {
  return is_call(n, "UPPER") || is_call(n, "LOWER") || n->is(Kind::collate) ||
         is_call(n, "$FORMAT_TIME") || is_call(n, "$JSON_TEXT") || is_call(n, "$JSON_SCALAR") ||
         is_call(n, "TYPEOF");
}

/// A text beside UPPER(x) or LOWER(x) that no value of theirs ignores the case of.
bool folded_as(const Node* call, const Node* literal) {
  if (!is_call(call, "UPPER") && !is_call(call, "LOWER")) return folded(call);
  const bool to_upper = is_call(call, "UPPER");
  for (char ch : literal->text) {
    if (ch != (to_upper ? upper(ch) : lower(ch))) return false;
  }
  return true;
}

Node* collated(Node* n, std::string_view collation, Context& c) {
  Node* name = c.build.node(Kind::raw, collation);
  return c.build.with(Kind::collate, {}, n, name);
}

std::string_view exact_collation(Dialect d) {
  return d == Dialect::mysql ? "utf8mb4_bin" : "Latin1_General_BIN2";
}

Node* lowered(Node* literal, Context& c) {
  std::string text(literal->text);
  for (char& ch : text) ch = lower(ch);
  return c.build.string(c.build.text(text));
}

bool may_hold_text(const Node* n, ValueType t) {
  const bool open = n->is(Kind::name) || n->is(Kind::path) || n->is(Kind::parameter);
  return t == ValueType::text || (t == ValueType::unknown && open);
}

/// Gives a value the collation by which the target compares as the source does; false where there
/// is none, and both sides have to be lowered.
bool collate_as_source(Node*& value, Context& c) {
  if (!ignores_case(c.from)) {
    value = collated(value, exact_collation(c.to), c);
  } else if (c.to_is(Dialect::sqlite)) {
    value = collated(value, "NOCASE", c);
  } else {
    return false;
  }
  return true;
}

/// Two values that are no literals, by the policy: columns, parameters, expressions.
void texts(Node* n, Context& c) {
  Node*& a = n->kids[0];
  Node*& b = n->kids[1];
  const ValueType ta = type_of(a, c);
  const ValueType tb = type_of(b, c);
  if (!may_hold_text(a, ta) || !may_hold_text(b, tb)) return;
  if (folded(a) || folded(b) || a->is(Kind::string) || b->is(Kind::string)) return;
  if (ta != ValueType::text && tb != ValueType::text) {
    return c.miss_types(n, "case",
                        "the types of " + described(a) + " and " + described(b) +
                            " decide whether the case of letters matters");
  }
  if (collate_as_source(b, c)) return;
  a = c.build.call("LOWER", a);
  b = c.build.call("LOWER", b);
}

/// Lowers both sides, where the target minds case and the source does not.
void lower_both(Node*& value, Node*& literal, Context& c) {
  value = c.build.call("LOWER", value);
  literal = lowered(literal, c);
}

void equality(Node* n, Context& c) {
  if (has_letters(n->kid(0)) && has_letters(n->kid(1))) {
    if (!ignores_case(c.from)) {
      n->kids[1] = collated(n->kid(1), exact_collation(c.to), c);
    } else {
      n->kids[0] = lowered(n->kid(0), c);
      n->kids[1] = lowered(n->kid(1), c);
    }
    return;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    Node*& literal = n->kids[i];
    Node*& value = n->kids[1 - i];
    if (!has_letters(literal) || !may_be_text(value, c) || folded_as(value, literal)) continue;
    if (!collate_as_source(literal, c)) lower_both(value, literal, c);
    return;
  }
  if (c.options.policies.case_comparison == CasePolicy::all) texts(n, c);
}

void in_list(Node* n, Context& c) {
  Node* list = n->kid(1);
  if (!list->is(Kind::list) || list->size == 0 || !may_be_text(n->kid(0), c)) return;
  if (folded(n->kid(0))) return;
  bool letters = false;
  for (const Node* k : *list) {
    if (!k->is(Kind::string) && type_of(k, c) != ValueType::text) return;
    letters = letters || has_letters(k);
  }
  if (!letters) return;
  if (!ignores_case(c.from)) {
    list->kids[0] = collated(list->kids[0], exact_collation(c.to), c);
  } else if (c.to_is(Dialect::sqlite)) {
    n->kids[0] = collated(n->kid(0), "NOCASE", c);
  } else {
    n->kids[0] = c.build.call("LOWER", n->kid(0));
    for (std::uint32_t i = 0; i < list->size; ++i) {
      Node*& k = list->kids[i];
      k = k->is(Kind::string) ? lowered(k, c) : c.build.call("LOWER", k);
    }
  }
}

/// CASE x WHEN 'a': each WHEN is an equality.
void choice(Node* n, Context& c) {
  Node*& value = n->kids[0];
  if (!value || !may_be_text(value, c) || folded(value)) return;
  bool letters = false;
  for (std::uint32_t i = 2; i < n->size; ++i) {
    const Node* when = n->kids[i]->kid(0);
    if (!when->is(Kind::string)) return;
    letters = letters || has_letters(when);
  }
  if (!letters) return;
  if (collate_as_source(value, c)) return;
  value = c.build.call("LOWER", value);
  for (std::uint32_t i = 2; i < n->size; ++i) {
    Node*& when = n->kids[i]->kids[0];
    when = lowered(when, c);
  }
}

/// The place of a literal in a text: where case counts on one side only.
void place(Node* n, Context& c) {
  Node*& value = n->kid(call_slot::args)->kids[0];
  Node*& literal = n->kid(call_slot::args)->kids[1];
  if (!has_letters(literal) || folded(value)) return;
  if (!may_be_text(value, c) && !has_letters(value)) return;
  if (!ignores_case(c.from)) {
    literal = collated(literal, exact_collation(c.to), c);
  } else {
    lower_both(value, literal, c);
  }
}

/// GREATEST and LEAST of texts are comparisons of theirs.
void extremes(Node* n, Context& c) {
  bool texts = false;
  for (Node* value : *n->kid(call_slot::args)) {
    texts = texts || (type_of(value, c) == ValueType::text && may_be_text(value, c));
  }
  if (!texts) return;
  Node*& first = n->kid(call_slot::args)->kids[0];
  if (collate_as_source(first, c)) return;
  c.warn("case",
         "GREATEST and LEAST compare texts by their bytes, where the case of letters "
         "counted for nothing");
}

/// x BETWEEN 'a' AND 'b' is two comparisons.
void between(Node* n, Context& c) {
  Node*& value = n->kids[0];
  const bool letters = has_letters(n->kid(1)) || has_letters(n->kid(2));
  const bool literals = n->kid(1)->is(Kind::string) && n->kid(2)->is(Kind::string);
  if (!letters || !literals || !may_be_text(value, c) || folded(value)) return;
  if (collate_as_source(value, c)) return;
  value = c.build.call("LOWER", value);
  n->kids[1] = lowered(n->kids[1], c);
  n->kids[2] = lowered(n->kids[2], c);
}

/// NULLIF(x, 'a') is an equality, too.
void null_if(Node*& n, Context& c) {
  Node*& value = n->kid(call_slot::args)->kids[0];
  Node*& literal = n->kid(call_slot::args)->kids[1];
  if (!has_letters(literal) || !may_be_text(value, c) || folded(value)) return;
  if (!ignores_case(c.from)) {
    literal = collated(literal, exact_collation(c.to), c);
  } else if (c.to_is(Dialect::sqlite)) {
    value = collated(value, "NOCASE", c);
  } else {
    Node* compared = c.build.clone(value);
    lower_both(compared, literal, c);
    n = case_when(c, c.build.binary(BinOp::eq, compared, literal), c.build.null(), value);
  }
}

/// REPLACE of SQL Server finds a text whatever its case.
void replacement(const Node* n, Context& c) {
  if (!c.from_is(Dialect::tsql) || argument_count(n) != 3 || !has_letters(argument(n, 1))) return;
  c.warn("case", "REPLACE finds letters of one case only, where SQL Server's finds those of both");
}

/// LIKE by case in SQLite is GLOB, with * and ? for % and _.
bool as_glob(Node* n, Context& c) {
  const Node* pattern = n->kid(1);
  const std::string_view escape = n->kid(2)                      ? n->kid(2)->text
                                  : c.from_is(Dialect::postgres) ? "\\"
                                                                 : "";
  std::string glob;
  for (std::size_t i = 0; i < pattern->text.size(); ++i) {
    char ch = pattern->text[i];
    const bool escaped = !escape.empty() && ch == escape[0] && i + 1 < pattern->text.size();
    if (escaped) ch = pattern->text[++i];
    if (!escaped && ch == '%')
      glob += '*';
    else if (!escaped && ch == '_')
      glob += '?';
    else if (ch == '*' || ch == '?' || ch == '[')
      glob += std::string("[") + ch + "]";
    else
      glob += ch;
  }
  n->text = "GLOB";
  n->kids[1] = c.build.string(c.build.text(glob));
  n->kids[2] = nullptr;
  return true;
}

void like(Node* n, Context& c) {
  if (n->text == "LIKE" && c.from_is(Dialect::mysql) && n->kids[1]->is(Kind::collate) &&
      n->kids[1]->kid(0)->is(Kind::string)) {  // LIKE BINARY 'a%'
    n->kids[1] = n->kids[1]->kid(0);
    if (c.to_is(Dialect::sqlite)) as_glob(n, c);
    return;
  }
  if (n->text != "LIKE" || like_ignores_case(c.from) == like_ignores_case(c.to)) return;
  if (n->kid(0)->is(Kind::null) || folded(n->kid(0))) return;
  Node*& pattern = n->kids[1];
  const bool literal = pattern->is(Kind::string);
  if (literal && !has_letters(pattern)) return;
  if (like_ignores_case(c.from)) {
    if (c.to_is(Dialect::postgres)) {
      n->text = "ILIKE";
    } else {
      n->kids[0] = c.build.call("UPPER", n->kid(0));
      pattern = c.build.call("UPPER", pattern);
    }
  } else if (c.to_is(Dialect::sqlite)) {
    if (literal) {
      as_glob(n, c);
    } else {
      c.warn("case", "LIKE of sqlite ignores case");
    }
  } else {
    pattern = collated(pattern, exact_collation(c.to), c);
  }
}

}  // namespace

void pass_case(Context& c) {
  if (c.options.policies.case_comparison == CasePolicy::target) return;
  const bool differs = ignores_case(c.from) != ignores_case(c.to);
  if (!differs && !c.build.made(Kind::like) && !c.from_is(Dialect::tsql)) return;
  const auto visit = [&](auto&& self, Node*& n) -> void {
    if (!n) return;
    const bool compares = n->is(BinOp::eq) || n->is(BinOp::neq) || n->is(BinOp::is_distinct) ||
                          n->is(BinOp::is_not_distinct);
    const bool orders =
        n->is(BinOp::lt) || n->is(BinOp::gt) || n->is(BinOp::le) || n->is(BinOp::ge);
    if (differs && (compares || orders)) equality(n, c);
    if (differs && n->is(Kind::between)) between(n, c);
    if (differs && n->is(Kind::in)) in_list(n, c);
    if (differs && n->is(Kind::case_)) choice(n, c);
    if (differs && is_call(n, "$STRPOS")) place(n, c);
    const bool extreme =
        n->is(Kind::call) && (n->text.starts_with("$GREATEST") || n->text.starts_with("$LEAST"));
    if (differs && extreme) extremes(n, c);
    if (is_call(n, "REPLACE")) replacement(n, c);
    if (differs && is_call(n, "NULLIF") && argument_count(n) == 2) null_if(n, c);
    if (n->is(Kind::like)) like(n, c);
    for (std::uint32_t i = 0; i < n->size; ++i) {
      const bool text = n->is(Kind::column) || n->is(Kind::constraint);
      if (!text) self(self, n->kids[i]);
    }
  };
  if (c.statement->is(Kind::create_table) || c.statement->is(Kind::alter_table)) return;
  visit(visit, c.statement);
}

}  // namespace iacdb::sql
