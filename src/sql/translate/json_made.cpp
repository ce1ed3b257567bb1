// JSON_OBJECT, JSON_ARRAY and their aggregates as Oracle and SQL Server write them: what becomes of
// NULL is said, or is what the dialect does unsaid.
//
// Sources: "JSON_OBJECT", "JSON_ARRAY", "JSON_OBJECTAGG" and "JSON_ARRAYAGG" of Oracle 19c and of
// Transact-SQL 2022.

#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool leaves_nulls_out(const Node* n) {
  const auto nulls = static_cast<JsonNulls>(n->op);
  if (nulls != JsonNulls::unsaid) return nulls == JsonNulls::absent;
  return is_call(n, "JSON_ARRAY") || is_call(n, "JSON_ARRAYAGG");
}

bool is_document(const Node* n, const Context& c) {
  return (n->is(Kind::call) && n->text.starts_with("$JSON")) || never_null(c, n);
}

bool any_null(const Node* args, bool pairs, const Context& c) {
  for (std::uint32_t i = pairs ? 1 : 0; i < args->size; i += pairs ? 2 : 1) {
    if (!is_document(args->kids[i], c)) return true;
  }
  return false;
}

/// An aggregate without the rows whose value is NULL.
void filter_nulls(Node* n, Node* value, Context& c) {
  if (c.to_is(Dialect::mysql)) {
    c.refuse(n, std::string(n->text) + " without its NULL values has no equal in mysql; say NULL " +
                    "ON NULL, or leave them out by WHERE");
  }
  Node* there = c.build.binary(BinOp::is_not, c.build.clone(value), c.build.null());
  n->kids[call_slot::filter] = and_of(c, n->kid(call_slot::filter), there);
}

}  // namespace

void read_json_made(Node*& n, Context& c) {
  if (n->op == 0)
    return;  // As no dialect of the standard's writes it: a function of the same name.
  Node* args = n->kid(call_slot::args);
  const bool absent = leaves_nulls_out(n);
  if (is_call(n, "JSON_ARRAYAGG") || is_call(n, "JSON_OBJECTAGG")) {
    const bool pairs = is_call(n, "JSON_OBJECTAGG");
    Node* value = args->kids[args->size - 1];
    if (absent && !is_document(value, c)) filter_nulls(n, value, c);
    n->text = pairs ? "$JSON_OBJECT_AGG" : "$JSON_ARRAY_AGG";
    n->op = 0;
    return;
  }
  const bool pairs = is_call(n, "JSON_OBJECT");
  const bool drops = absent && any_null(args, pairs, c);
  if (drops && !pairs) c.refuse(n, "JSON_ARRAY without its NULL values has no equal");
  n->text = pairs ? "$JSON_OBJECT" : "$JSON_ARRAY";
  n->op = 0;
  if (drops) n = c.build.call("$JSON_WITHOUT_NULLS", n);
}

/// For Oracle and SQL Server, with the NULL values that the others keep.
void write_json_made(Node*& n, Context& c) {
  const bool object = n->text == "$JSON_OBJECT";
  if (object && argument_count(n) % 2 == 1) c.refuse(n, "JSON_OBJECT of a key without a value");
  n->text = object ? "JSON_OBJECT" : "JSON_ARRAY";
  n->op = static_cast<std::uint8_t>(JsonNulls::kept);
  n->flags |= flag::done;
  if (c.to_is(Dialect::tsql)) c.warn("version", "JSON_OBJECT and JSON_ARRAY need SQL Server 2022");
}

}  // namespace iacdb::sql
