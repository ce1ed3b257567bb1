// Function calls, windows, ordering.

#include "sql/parser.hpp"
#include "sql/printer.hpp"

namespace iacdb::sql {

namespace {

bool named(const Node* n, std::string_view name) {
  return same_word(n->text, name);
}

}  // namespace

void Printer::call(const Node* n) {
  if (is(Dialect::oracle) && named(n, "JSON_VALID") && n->kid(call_slot::args)->size == 1) {
    expression(n->kid(call_slot::args)->kid(0), power::like + 1);
    return put(" IS JSON");
  }
  if (const Node* p = n->kid(call_slot::path)) {
    path(p);
  } else if (n->has(flag::quoted)) {
    Node quoted = *n;
    quoted.kind = Kind::name;
    quoted.flags = flag::quoted;
    name(&quoted);
  } else {
    put(n->text);
  }
  const Node* args = n->kid(call_slot::args);
  if (named(n, "POSITION") && args->size == 2 && !n->kid(call_slot::path)) {
    put("(");
    expression(args->kid(0), power::like + 1);
    put(" IN ");
    expression(args->kid(1));
    put(")");
  } else if (named(n, "OVERLAY") && args->size >= 3) {
    put("(");
    expression(args->kid(0));
    put(" PLACING ");
    expression(args->kid(1));
    put(" FROM ");
    expression(args->kid(2));
    if (args->size > 3) {
      put(" FOR ");
      expression(args->kid(3));
    }
    put(")");
  } else {
    call_arguments(n);
  }
  if (const Node* keep = n->kid(call_slot::keep)) {
    if (!is(Dialect::oracle)) unsupported(n, "KEEP (DENSE_RANK ..)");
    put(" KEEP (DENSE_RANK ");
    put(keep->text);
    put(" ");
    order(keep->kid(0));
    put(")");
  }
  if (const Node* within = n->kid(call_slot::within)) {
    put(" WITHIN GROUP (");
    order(within);
    put(")");
  }
  if (const Node* filter = n->kid(call_slot::filter)) {
    if (!is(Dialect::postgres) && !is(Dialect::sqlite)) unsupported(n, "FILTER");
    put(" FILTER (WHERE ");
    expression(filter);
    put(")");
  }
  if (n->has(flag::ignore) && !is(Dialect::oracle) && !is(Dialect::tsql)) {
    unsupported(n, "IGNORE NULLS");
  }
  if (n->has(flag::ignore)) put(" IGNORE NULLS");
  if (const Node* over = n->kid(call_slot::over)) {
    put(" OVER ");
    if (over->is(Kind::name))
      name(over);
    else
      window(over);
  }
}

/// KEY k VALUE v, and what becomes of NULL, where it is not what the dialect does unsaid.
void Printer::json_arguments(const Node* n) {
  const Node* args = n->kid(call_slot::args);
  const bool pairs = named(n, "JSON_OBJECT") || named(n, "JSON_OBJECTAGG");
  put("(");
  for (std::uint32_t i = 0; i < args->size; ++i) {
    if (i > 0) put(pairs && i % 2 == 1 ? (is(Dialect::tsql) ? ": " : " VALUE ") : ", ");
    expression(args->kids[i]);
  }
  if (const Node* by = n->kid(call_slot::order)) {
    put(" ");
    order(by);
  }
  const auto nulls = static_cast<JsonNulls>(n->op);
  if (nulls == JsonNulls::absent) put(" ABSENT ON NULL");
  if (nulls == JsonNulls::kept) put(" NULL ON NULL");
  put(")");
}

void Printer::call_arguments(const Node* n) {
  if (n->op != 0) return json_arguments(n);
  put("(");
  if (n->has(flag::distinct)) put("DISTINCT ");
  list(n->kid(call_slot::args));
  if (const Node* by = n->kid(call_slot::order)) {
    put(" ");
    order(by);
  }
  if (const Node* separator = n->kid(call_slot::separator)) {
    put(" SEPARATOR ");
    expression(separator);
  }
  put(")");
}

void Printer::window(const Node* n) {
  put("(");
  const char* gap = "";
  if (const Node* base = n->kid(window_slot::base)) {
    name(base);
    gap = " ";
  }
  if (const Node* partition = n->kid(window_slot::partition)) {
    put(gap);
    put("PARTITION BY ");
    list(partition);
    gap = " ";
  }
  if (const Node* by = n->kid(window_slot::order)) {
    put(gap);
    order(by);
    gap = " ";
  }
  if (const Node* frame = n->kid(window_slot::frame)) {
    put(gap);
    put(frame->text);
  }
  put(")");
}

void Printer::order(const Node* n) {
  put(n->text == "SIBLINGS" ? "ORDER SIBLINGS BY " : "ORDER BY ");
  list(n);
}

void Printer::sort(const Node* n) {
  expression(n->kid(0));
  sort_order(n);
}

void Printer::sort_order(const Node* n) {
  if (n->kid(1)) {
    put(" ");
    expression(n->kid(1));
  }
  if (n->has(flag::desc)) put(" DESC");
  if (!n->has(flag::nulls_first) && !n->has(flag::nulls_last)) return;
  if (is(Dialect::mysql) || is(Dialect::tsql)) unsupported(n, "NULLS FIRST or LAST");
  put(n->has(flag::nulls_first) ? " NULLS FIRST" : " NULLS LAST");
}

void Printer::trim(const Node* n) {
  const bool both = n->text == "BOTH";
  const Node* characters = n->kid(1);
  if (is(Dialect::sqlite) || (is(Dialect::tsql) && !characters)) {
    put(both ? "TRIM(" : n->text == "LEADING" ? "LTRIM(" : "RTRIM(");
    expression(n->kid(0));
    if (characters) {
      put(", ");
      expression(characters);
    }
    return put(")");
  }
  put("TRIM(");
  if (!both) {
    put(n->text);
    put(" ");
  }
  if (characters) {
    if (both && (is(Dialect::mysql) || n->has(flag::parens))) put("BOTH ");
    expression(characters);
    put(" ");
  }
  if (!both || characters) put("FROM ");
  expression(n->kid(0));
  put(")");
}

void Printer::extract(const Node* n) {
  if (is(Dialect::sqlite)) unsupported(n, "EXTRACT");
  put(is(Dialect::tsql) ? "DATEPART(" : "EXTRACT(");
  put(n->text);
  put(is(Dialect::tsql) ? ", " : " FROM ");
  expression(n->kid(0));
  put(")");
}

void Printer::next_value(const Node* n) {
  const bool next = n->text == "NEXT";
  switch (dialect_) {
    case Dialect::tsql:
      if (!next) unsupported(n, "CURRVAL");
      put("NEXT VALUE FOR ");
      return expression(n->kid(0));
    case Dialect::oracle:
      expression(n->kid(0));
      return put(next ? ".NEXTVAL" : ".CURRVAL");
    case Dialect::postgres: {
      put(next ? "NEXTVAL('" : "CURRVAL('");
      Printer inner(dialect_);
      inner.expression(n->kid(0));
      put(inner.take());
      return put("')");
    }
    case Dialect::mysql:
      put(next ? "NEXTVAL(" : "LASTVAL(");
      expression(n->kid(0));
      return put(")");
    default:
      unsupported(n, "a sequence");
  }
}

}  // namespace iacdb::sql
