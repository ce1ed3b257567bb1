// Concatenation: || and CONCAT, where NULL is NULL, nothing, or the empty text.

#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* args_of(Node* call) {
  return call->kids[call_slot::args];
}

Node* concat_chain(std::span<Node* const> values, Context& c) {
  Node* whole = nullptr;
  for (Node* v : values) whole = whole ? c.build.binary(BinOp::concat, whole, v) : v;
  return whole ? whole : c.build.string("");
}

Node* or_empty(Node* v, Context& c) {
  if (never_null(c, v)) return v;
  return c.build.call("COALESCE", v, c.build.string(""));
}

/// Values that a concatenation takes as text whatever they hold.
Node* as_text(Node* v, Context& c) {
  const ValueType t = type_of(v, c);
  if (t == ValueType::text || t == ValueType::unknown || t == ValueType::null) return v;
  if (c.to_is(Dialect::sqlite)) {
    return text_of_decimal(v, c);
  }
  return c.build.cast(v, c.to_is(Dialect::mysql)    ? "CHAR"
                         : c.to_is(Dialect::tsql)   ? "VARCHAR(MAX)"
                         : c.to_is(Dialect::oracle) ? "VARCHAR2(4000)"
                                                    : "TEXT");
}

/// NULL when any value is: mysql CONCAT, the standard's ||.
Node* concat_null(std::span<Node* const> values, Context& c) {
  switch (c.to) {
    case Dialect::mysql: {
      Node* made = c.build.call("CONCAT");
      for (Node* v : values) c.build.add(args_of(made), v);
      made->flags |= flag::done;
      return made;
    }
    case Dialect::tsql: {
      Node* sum = nullptr;
      for (Node* v : values) {
        v = as_text(v, c);
        sum = sum ? c.build.binary(BinOp::add, sum, v) : v;
      }
      return sum;
    }
    default:
      break;
  }
  std::vector<Node*> texts(values.begin(), values.end());
  if (c.to_is(Dialect::postgres)) {
    for (Node*& v : texts) v = as_text(v, c);
    // One of the first two must be a text for || to join texts.
    const auto text = [&](std::size_t i) {
      return i < texts.size() &&
             (type_of(texts[i], c) == ValueType::text || texts[i]->is(Kind::cast));
    };
    // Names without any table are a piece of a statement: nothing is known of them.
    bool has_tables = false;
    walk(c.statement, [&](const Node* n) {
      has_tables = has_tables || n->is(Kind::table);
      return !has_tables;
    });
    if (has_tables && !text(0) && !text(1) && !c.from_is(Dialect::postgres)) {
      texts[0] = c.build.cast(texts[0], "TEXT");
      texts[0]->flags |= flag::done;
    }
  }
  if (c.to_is(Dialect::sqlite)) {
    for (Node*& v : texts) v = as_text(v, c);
  }
  return concat_chain(texts, c);
}

/// NULL counts as '': CONCAT of PostgreSQL and SQL Server.
Node* concat_skip(std::span<Node* const> values, Context& c) {
  std::vector<Node*> texts(values.begin(), values.end());
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql)) {
    Node* made = c.build.call("CONCAT");
    for (Node* v : texts) c.build.add(args_of(made), v);
    made->flags |= flag::done;
    return made;
  }
  if (c.to_is(Dialect::oracle)) return concat_chain(texts, c);
  for (Node*& v : texts) v = or_empty(c.to_is(Dialect::sqlite) ? as_text(v, c) : v, c);
  if (c.to_is(Dialect::mysql)) return concat_null(texts, c);
  return concat_chain(texts, c);
}

/// Oracle: as '' and then NULL when nothing is left.
Node* concat_empty(std::span<Node* const> parts, Context& c) {
  if (c.to_is(Dialect::oracle)) return concat_null(parts, c);
  std::vector<Node*> values(parts.begin(), parts.end());
  for (Node*& v : values) v = text_of_number(v, c);
  bool certain = false;  // a literal keeps the result from being empty
  bool nullable = false;
  for (Node* v : values) {
    certain = certain || (v->is(Kind::string) && !v->text.empty());
    const ColumnFacts* f = column_facts(c, v);
    nullable = nullable || !(v->is(Kind::string) || v->is(Kind::number) || (f && f->not_null));
  }
  Node* whole = nullable ? concat_skip(values, c) : concat_null(values, c);
  return certain || !nullable ? whole : c.build.call("NULLIF", whole, c.build.string(""));
}

Node* concat_ws(Node* n, Context& c) {
  Node* args = args_of(n);
  Node* whole = nullptr;
  for (std::uint32_t i = 1; i < args->size; ++i) {
    Node* text = as_text(args->kids[i], c);
    Node* piece = c.build.binary(BinOp::concat, c.build.clone(args->kid(0)), text);
    Node* safe = c.build.call("COALESCE", piece, c.build.string(""));
    whole = whole ? c.build.binary(BinOp::concat, whole, safe) : safe;
  }
  Node* length =
      c.build.binary(BinOp::add, c.build.call("LENGTH", args->kid(0)), c.build.number("1"));
  Node* made = c.build.call("SUBSTR", whole, length);
  made->flags |= flag::done;
  return made;
}

}  // namespace

Node* text_of_number(Node* v, Context& c) {
  if (!c.from_is(Dialect::oracle) || type_of(v, c) != ValueType::decimal) return v;
  if (v->is(Kind::number)) return v;
  static constexpr std::string_view forms[] = {
      "CASE WHEN :1 > -1 AND :1 < 1 AND :1 <> 0 THEN REPLACE(PRINTF('%.15g', :1), '0.', '.') WHEN "
      ":1 IS NOT NULL THEN PRINTF('%.15g', :1) END",
      "REGEXP_REPLACE(CAST(TRIM_SCALE(:1) AS TEXT), '^(-?)0\\.', '\\1.')",
      "REGEXP_REPLACE(CAST(CAST(:1 AS DOUBLE) AS CHAR), '^(-?)0\\\\.', '\\\\1.')", "", ""};
  const std::string_view form = forms[static_cast<std::size_t>(c.to)];
  Node* const holes[] = {v};
  return form.empty() ? v : fill(form, c.to, holes, c.build);
}

Node* text_of_decimal(Node* v, Context& c) {
  if (c.from_is(Dialect::oracle)) return text_of_number(v, c);
  const ColumnFacts* f = column_facts(c, v);
  if (!f || (f->scale <= 0 && f->type != ValueType::real)) return v;
  const std::string mask =
      f->type == ValueType::real ? "%.15g" : "%." + std::to_string(f->scale) + "f";
  Node* made = c.build.call("PRINTF", c.build.string(c.build.text(mask)), v);
  made->flags |= flag::done;
  if (never_null(c, v)) return made;  // PRINTF of NULL is 0
  return case_when(c, c.build.binary(BinOp::is_not, c.build.clone(v), c.build.null()), made);
}

bool write_concat(Node*& n, const std::string& name, Context& c) {
  Node* args = args_of(n);
  const std::span<Node* const> values(args->kids, args->size);
  if (name == "$TO_TEXT") {
    Node* text = text_of_number(values[0], c);
    if (text == values[0]) return false;
    n = text;
  } else if (name == "$CONCAT_NULL") {
    n = concat_null(values, c);
  } else if (name == "$CONCAT_SKIP") {
    n = concat_skip(values, c);
  } else if (name == "$CONCAT_EMPTY") {
    n = concat_empty(values, c);
  } else if (name == "CONCAT_WS" && (c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle))) {
    n = concat_ws(n, c);
  } else {
    return false;
  }
  return true;
}

}  // namespace iacdb::sql
