// Documents changed and searched: JSON_SET, JSON_MODIFY, jsonb_set, what a document holds.
// Sources: the chapters on JSON functions of MySQL 8.0, SQLite 3.40 and PostgreSQL 15, and
// JSON_MODIFY of Transact-SQL.

#include <string>
#include <vector>

#include "sql/translate/json_paths.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// '{a,0}' of the path $.a[0]. Refuses what is no plain literal.
Node* steps_array(const Node* path, Context& c) {
  std::vector<std::string> steps;
  if (!path->is(Kind::string) || !json_path_steps(path->text, steps) || steps.empty()) {
    c.refuse(path, "a JSON path that is not a plain literal has no equal in postgres");
  }
  std::string out = "{";
  for (const std::string& s : steps) {
    if (s.find_first_of("{},\"\\ ") != std::string::npos) {
      c.refuse(path, "a JSON path with these letters has no equal in postgres");
    }
    out += (out.size() > 1 ? "," : "") + s;
  }
  return c.build.string(c.build.text(out + "}"));
}

/// TRUE as a document: in SQLite and SQL Server it would be the number 1.
Node* as_document(Node* value, Context& c) {
  const bool sqlite = c.to_is(Dialect::sqlite);
  if (!sqlite && !c.to_is(Dialect::tsql)) return value;
  if (type_of(value, c) != ValueType::boolean) return value;
  if (value->is(Kind::boolean)) {
    const bool is_true = same_word(value->text, "TRUE");
    const char* made = sqlite ? (is_true ? "JSON('true')" : "JSON('false')")
                              : (is_true ? "CAST(1 AS BIT)" : "CAST(0 AS BIT)");
    return fill(made, c.to, {}, c.build);
  }
  Node* const holes[] = {value};
  return fill(sqlite ? "JSON(CASE WHEN :1 THEN 'true' WHEN NOT :1 THEN 'false' END)"
                     : "CAST(CASE WHEN :1 THEN 1 WHEN NOT :1 THEN 0 END AS BIT)",
              c.to, holes, c.build);
}

/// JSON_SET(document, path, value, path, value ..), one inside the other.
void read_set(Node*& n, Context& c) {
  const std::size_t count = argument_count(n);
  if (count < 3 || count % 2 == 0) c.refuse(n, "JSON_SET with these arguments");
  Node* made = argument(n, 0);
  for (std::size_t i = 1; i < count; i += 2) {
    made = c.build.call("$JSON_SET", made, argument(n, i), as_document(argument(n, i + 1), c));
  }
  n = made;
}

/// JSON_MODIFY of SQL Server takes out what is set to NULL.
void read_modify(Node*& n, Context& c) {
  Node* document = argument(n, 0);
  Node* path = argument(n, 1);
  Node* value = argument(n, 2);
  const bool literal = value->is(Kind::string) || value->is(Kind::number);
  if (!path->is(Kind::string) || !path->text.starts_with('$')) {
    c.refuse(path, "JSON_MODIFY by this path has no equal");
  }
  Node* removed = c.build.call("$JSON_REMOVE", document, path);
  if (value->is(Kind::null)) {
    n = removed;
    return;
  }
  Node* set = c.build.call("$JSON_SET", c.build.clone(document), c.build.clone(path), value);
  if (literal) {
    n = set;
    return;
  }
  Node* none = c.build.binary(BinOp::is, c.build.clone(value), c.build.null());
  n = case_when(c, none, removed, set);
}

/// jsonb_set(document, '{a,0}', value): the value is a document, too.
void read_jsonb_set(Node*& n, Context& c) {
  if (c.to_is(Dialect::postgres)) return;
  const Node* steps = argument(n, 1);
  Node* value = argument(n, 2);
  std::string path = "$";
  for (const std::string& key : keys_of_list(steps, c)) add_key_or_place(path, key, steps, c);
  if (path == "$") c.refuse(steps, "jsonb_set() with no keys has no equal");
  while (value->is(Kind::cast)) value = value->kid(0);
  if (is_call(value, "TO_JSONB") || is_call(value, "TO_JSON")) {
    value = argument(value, 0);
    while (value->is(Kind::cast)) value = value->kid(0);
    value = as_document(value, c);
  } else if (c.to_is(Dialect::sqlite)) {
    value = c.build.call("JSON", value);
  } else if (c.to_is(Dialect::mysql)) {
    value = c.build.call("JSON_EXTRACT", value, c.build.string("$"));
    value->flags |= flag::done;
  } else {
    c.refuse(n, "jsonb_set of a document has no equal here");
  }
  n = c.build.call("$JSON_SET", argument(n, 0), c.build.string(c.build.text(path)), value);
}

/// True where a name without its table is one of JSON_EACH's columns.
bool hidden_by_each(Node* document) {
  bool found = false;
  walk(document, [&](const Node* k) {
    for (std::string_view column :
         {"key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"}) {
      found = found || (k->is(Kind::name) && same_word(k->text, column));
    }
    return !k->is(Kind::path);
  });
  return found;
}

}  // namespace

void read_json_change(Node*& n, std::string_view rule, Context& c) {
  if (rule == "json_set") return read_set(n, c);
  if (rule == "json_modify") return read_modify(n, c);
  read_jsonb_set(n, c);
}

void write_json_change(Node*& n, Context& c) {
  Node* path = steps_array(argument(n, 1), c);
  if (is_call(n, "$JSON_REMOVE")) {
    Node* const holes[] = {argument(n, 0), path};
    n = fill("(CAST(:1 AS JSONB) #- :2)", c.to, holes, c.build);
    return;
  }
  Node* value = argument(n, 2);
  if (value->is(Kind::null)) {
    Node* const holes[] = {argument(n, 0), path};
    n = fill("JSONB_SET(CAST(:1 AS JSONB), :2, 'null')", c.to, holes, c.build);
    return;
  }
  const ValueType t = type_of(value, c);
  if (t == ValueType::text) value = c.build.cast(value, "TEXT");
  Node* const holes[] = {argument(n, 0), path, value};
  n = fill("JSONB_SET(CAST(:1 AS JSONB), :2, COALESCE(TO_JSONB(:3), 'null'))", c.to, holes,
           c.build);
}

Node* read_json_search(Node* n, Context& c) {
  Node* document = n->kid(0);
  Node* wanted = n->kid(1);
  if (n->is(BinOp::contains)) {
    if (!c.to_is(Dialect::mysql) || wanted->is(Kind::array) || document->is(Kind::array)) {
      c.refuse(n, "the operator @> has no equal here");
    }
    while (wanted->is(Kind::cast)) wanted = wanted->kid(0);
    c.warn("json", "JSON_CONTAINS looks into arrays within arrays, which @> does not");
    Node* made = c.build.call("JSON_CONTAINS", document, wanted);
    made->flags |= flag::done;
    return made;
  }
  if (!wanted->is(Kind::string)) {
    c.refuse(n, "the operator ? with what is not a literal has no equal here");
  }
  if (c.to_is(Dialect::sqlite) && hidden_by_each(document)) {
    c.refuse(n, "the columns of JSON_EACH hide those of this document: give them their table");
  }
  const std::string text(wanted->text);
  std::string keys = "$";
  add_key(keys, text, wanted, c);
  Node* path = c.build.string(c.build.text(keys));
  if (c.to_is(Dialect::mysql)) {
    c.warn("json", "JSON_CONTAINS looks into arrays within arrays, which ? does not");
  }
  Node* const holes[] = {document, path, wanted, c.build.string(c.build.text("\"" + text + "\""))};
  return fill(
      c.to_is(Dialect::mysql)
          ? "(JSON_EXTRACT(:1, :2) IS NOT NULL OR JSON_CONTAINS(:1, :4))"
          : "(CASE WHEN JSON_TYPE(:1) = 'array' THEN EXISTS (SELECT 1 FROM JSON_EACH(:1) AS "
            "e WHERE e.type = 'text' AND e.value = :3) WHEN :1 IS NOT NULL THEN JSON_TYPE(:1, "
            ":2) IS NOT NULL END)",
      c.to, holes, c.build);
}

namespace {

bool gives_document(const Node* n, const Context& c) {
  if (n->is(Kind::paren)) return gives_document(n->kid(0), c);
  if (is_call(n, "JSONB_BUILD_OBJECT") || is_call(n, "JSONB_SET")) return true;
  return type_of(n, c) == ValueType::json;
}

}  // namespace

/// jsonb - 'key' and jsonb || jsonb; elsewhere they are arithmetic and text.
bool document_operator(Node*& n, Context& c) {
  if (c.to_is(Dialect::postgres) || (!n->is(BinOp::sub) && !n->is(BinOp::concat))) return false;
  Node* left = n->kid(0);
  Node* right = n->kid(1);
  if (!gives_document(left, c)) return false;
  if (n->is(BinOp::concat)) {
    const bool known = c.to_is(Dialect::sqlite) || c.to_is(Dialect::mysql);
    if (!known || !gives_document(right, c)) c.refuse(n, "|| of documents has no equal");
    c.warn("json",
           "|| of documents merges objects within objects, too, and leaves out what is null");
    n = c.build.call(c.to_is(Dialect::sqlite) ? "JSON_PATCH" : "JSON_MERGE_PATCH", left, right);
    n->flags |= flag::done;
    return true;
  }
  std::string path = "$";
  if (right->is(Kind::string)) {
    path += ".\"" + std::string(right->text) + "\"";
  } else if (const auto place = whole_number(right); place && *place >= 0) {
    path += "[" + std::to_string(*place) + "]";
  } else {
    c.refuse(n, "- of a document with this key has no equal");
  }
  n = c.build.call("$JSON_REMOVE", left, c.build.string(c.build.text(path)));
  return true;
}

void document_path(Node*& n, Context& c) {
  if (!n->is(Kind::path) || n->size < 3 || !c.from_is(Dialect::oracle)) return;
  Node* column = c.build.with(Kind::path, {}, n->kids[0], n->kids[1]);
  if (!column_facts(c, column)) return;
  std::string path = "$";
  for (std::uint32_t i = 2; i < n->size; ++i) {
    if (!n->kid(i)->is(Kind::name)) return;
    path += "." + std::string(n->kid(i)->text);
  }
  n = c.build.call("$JSON_TEXT", column, c.build.string(c.build.text(path)));
}

}  // namespace iacdb::sql
