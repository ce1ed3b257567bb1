// JSON paths.

#include <cctype>
#include <span>
#include <string>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/translate/json_paths.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// A column of documents put into another document: a text in SQLite unless it is said.
void documents_as_such(Context& c) {
  walk(c.statement, [&](Node* n) {
    bool holds = false;
    for (std::string_view f :
         {"$JSON_ARRAY", "$JSON_OBJECT", "$JSON_ARRAY_AGG", "$JSON_OBJECT_AGG"}) {
      holds = holds || is_call(n, f);
    }
    if (!holds) return true;
    for (Node*& value : std::span(n->kid(call_slot::args)->kids, n->kid(call_slot::args)->size)) {
      const bool column = value->is(Kind::name) || value->is(Kind::path);
      if (!column || type_of(value, c) != ValueType::json) continue;
      value = c.build.call("JSON", value);
      value->flags |= flag::done;
    }
    return true;
  });
}

/// Aggregates over no rows: NULL, and in SQLite an empty document. With GROUP BY there are rows.
void documents_of_no_rows(Context& c) {
  if (c.from == c.to || (!c.to_is(Dialect::sqlite) && !c.from_is(Dialect::sqlite))) return;
  walk(c.statement, [&](Node* s) {
    if (!s->is(Kind::select) || s->kid(select_slot::group)) return true;
    for (Node* item : *s->kid(select_slot::items)) {
      Node*& value = item->kids[0];
      const bool array = is_call(value, "$JSON_ARRAY_AGG");
      if ((!array && !is_call(value, "$JSON_OBJECT_AGG")) || value->kid(call_slot::over)) continue;
      const bool whole_table = !s->kid(select_slot::where);
      if (c.from_is(Dialect::sqlite) && (whole_table || !knows_tables(c))) {
        c.warn("json", "a document of no rows is empty in sqlite, and elsewhere NULL");
        continue;
      }
      Node* none = c.build.string(array ? "[]" : "{}");
      value = c.build.call(c.to_is(Dialect::sqlite) ? "NULLIF" : "COALESCE", value, none);
      value->flags |= flag::done;
    }
    return true;
  });
}

/// JSON_UNQUOTE('"x"'): a text that may be no JSON at all.
Node* unquoted(Node* text, Context& c) {
  const bool quoted = text->is(Kind::string) && text->text.starts_with('"');
  if (text->is(Kind::string) && !quoted) return text;
  Node* const holes[] = {text};
  const bool sqlite = c.to_is(Dialect::sqlite);
  if (quoted) {
    return fill(sqlite ? "JSON_EXTRACT(:1, '$')" : "(CAST(:1 AS JSON) #>> '{}')", c.to, holes,
                c.build);
  }
  return fill(sqlite ? "CASE WHEN SUBSTR(:1, 1, 1) = '\"' THEN JSON_EXTRACT(:1, '$') ELSE :1 END"
                     : "CASE WHEN LEFT(:1, 1) = '\"' THEN CAST(:1 AS JSON) #>> '{}' ELSE :1 END",
              c.to, holes, c.build);
}

Node* args_of(Node* call) {
  return call->kids[call_slot::args];
}

}  // namespace

bool json_path_steps(std::string_view path, std::vector<std::string>& steps) {
  if (path.empty() || path[0] != '$') return false;
  std::size_t at = 1;
  while (at < path.size()) {
    if (path[at] == '.') {
      ++at;
      if (at < path.size() && path[at] == '"') {
        const std::size_t close = path.find('"', at + 1);
        if (close == std::string_view::npos) return false;
        steps.emplace_back(path.substr(at + 1, close - at - 1));
        at = close + 1;
        continue;
      }
      const std::size_t end = std::min(path.find_first_of(".[", at), path.size());
      if (end == at || path.substr(at, end - at).find('*') != std::string_view::npos) return false;
      steps.emplace_back(path.substr(at, end - at));
      at = end;
    } else if (path[at] == '[') {
      const std::size_t close = path.find(']', at);
      if (close == std::string_view::npos) return false;
      const std::string_view index = path.substr(at + 1, close - at - 1);
      if (index.empty() || index.find_first_not_of("0123456789") != std::string_view::npos) {
        return false;
      }
      steps.emplace_back(index);
      at = close + 1;
    } else {
      return false;
    }
  }
  return true;
}

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<std::string> keys_of_list(const Node* list, Context& c) {
  const std::string_view text = list->text;
  const auto refuse = [&] { c.refuse(list, "this list of JSON keys is not read"); };
  if (!list->is(Kind::string) || text.size() < 2 || text.front() != '{' || text.back() != '}') {
    refuse();
  }
  std::vector<std::string> keys;
  std::string_view rest = text.substr(1, text.size() - 2);
  if (trimmed(rest).empty()) return keys;
  for (bool more = true; more;) {
    rest = trimmed(rest);
    const bool quoted = rest.starts_with('"');
    const std::size_t end = quoted ? rest.find('"', 1) : std::min(rest.find(','), rest.size());
    if (end == std::string_view::npos) refuse();
    const std::string_view key = quoted ? rest.substr(1, end - 1) : trimmed(rest.substr(0, end));
    // NULL, an inner list and an escape would need more of a reader.
    const bool read = quoted || (!key.empty() && !same_word(key, "null"));
    if (!read || key.find_first_of(quoted ? "\\" : "{}\"\\") != std::string_view::npos) refuse();
    keys.emplace_back(key);
    rest = trimmed(rest.substr(end + (quoted ? 1 : 0)));
    more = rest.starts_with(',');
    if (more) rest.remove_prefix(1);
    if (!more && !rest.empty()) refuse();
  }
  return keys;
}

void add_key(std::string& path, std::string_view key, const Node* where, Context& c) {
  if (key.find_first_of("\"\\") != std::string_view::npos) {
    c.refuse(where, "a JSON key with a quotation mark or a backslash has no path in every dialect");
  }
  bool plain = !key.empty() && std::isdigit(static_cast<unsigned char>(key[0])) == 0;
  for (const char ch : key) plain = plain && is_name_part(ch);
  path += plain ? "." + std::string(key) : ".\"" + std::string(key) + "\"";
}

void add_key_or_place(std::string& path, std::string_view key, const Node* where, Context& c) {
  const bool back = key.size() > 1 && key[0] == '-';
  const std::string_view digits = key.substr(back ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return add_key(path, key, where, c);
  }
  if (!back) {
    path += "[" + std::string(key) + "]";
  } else if (c.to_is(Dialect::sqlite)) {
    path += "[#" + std::string(key) + "]";
  } else {  // MariaDB has [last], and NULL where it looks a second time, as NULLIF() does.
    c.refuse(where, "a place in a JSON array counted from its end has no equal");
  }
}

namespace {

void write_json(Node*& n, Context& c) {
  const bool text = n->text == "$JSON_TEXT";
  Node* document = args_of(n)->kid(0);
  Node* path = args_of(n)->kid(1);
  if (c.to_is(Dialect::mysql)) {
    // A JSON null is NULL for ->> and the text null for JSON_UNQUOTE.
    Node* const holes[] = {document, path};
    n = fill("NULLIF(JSON_UNQUOTE(JSON_EXTRACT(:1, :2)), 'null')", c.to, holes, c.build);
    return;
  }
  if (c.to_is(Dialect::sqlite)) {
    if (!path->is(Kind::string)) path = c.build.paren(path);
    n = c.build.binary(text ? BinOp::arrow_text : BinOp::arrow, document, path);
    return;
  }
  std::vector<std::string> steps;
  if (!path->is(Kind::string) || !json_path_steps(path->text, steps)) {
    c.refuse(n, "a JSON path that is not a plain literal has no equal in postgres");
  }
  if (steps.empty() && !text) {
    n = document;
    return;
  }
  const ValueType t = type_of(document, c);
  const bool binary = t == ValueType::json;
  Node* made = c.build.call(binary ? (text ? "JSONB_EXTRACT_PATH_TEXT" : "JSONB_EXTRACT_PATH")
                                   : (text ? "JSON_EXTRACT_PATH_TEXT" : "JSON_EXTRACT_PATH"));
  made->flags |= flag::done;
  const bool column = knows_tables(c) && !binary && !document->is(Kind::string);
  if (column) {
    document = c.build.cast(document, "JSON");
    document->flags |= flag::done;
  }
  c.build.add(args_of(made), document);
  for (const std::string& s : steps) c.build.add(args_of(made), c.build.string(c.build.text(s)));
  if (steps.empty()) {
    c.build.add(args_of(made), c.build.unary("VARIADIC", c.build.string("{}")));
  }
  n = made;
}

/// JSON_VALUE gives scalars only, JSON_QUERY objects and arrays only; anything else is NULL.
void write_checked(Node*& n, bool scalar, Context& c) {
  const auto plain = [&](std::string_view name) {
    Node* call = c.build.call(name, c.build.clone(argument(n, 0)), c.build.clone(argument(n, 1)));
    write_json(call, c);
    return call;
  };
  Node* const value = plain(scalar ? "$JSON_TEXT" : "$JSON");
  Node* const holes[] = {argument(n, 0), argument(n, 1), value};
  switch (c.to) {
    case Dialect::sqlite:
      n = fill(scalar
                   ? "CASE JSON_TYPE(:1, :2) WHEN 'object' THEN NULL WHEN 'array' THEN NULL WHEN "
                     "'true' THEN 'true' WHEN 'false' THEN 'false' ELSE :3 END"
                   : "CASE WHEN JSON_TYPE(:1, :2) IN ('object', 'array') THEN :3 END",
               c.to, holes, c.build);
      return;
    case Dialect::mysql:
      n = fill(scalar ? "CASE WHEN JSON_TYPE(JSON_EXTRACT(:1, :2)) NOT IN ('OBJECT', 'ARRAY', "
                        "'NULL') THEN JSON_UNQUOTE(JSON_EXTRACT(:1, :2)) END"
                      : "CASE WHEN JSON_TYPE(JSON_EXTRACT(:1, :2)) IN ('OBJECT', 'ARRAY') THEN "
                        "JSON_EXTRACT(:1, :2) END",
               c.to, holes, c.build);
      return;
    default:
      break;
  }
  Node* const part = scalar ? plain("$JSON") : value;
  const bool binary = type_of(argument(n, 0), c) == ValueType::json;
  Node* const again[] = {part, value};
  if (binary) {
    n = fill(scalar ? "CASE WHEN JSONB_TYPEOF(:1) NOT IN ('object', 'array') THEN :2 END"
                    : "CASE WHEN JSONB_TYPEOF(:1) IN ('object', 'array') THEN :2 END",
             c.to, again, c.build);
  } else {
    n = fill(scalar ? "CASE WHEN JSON_TYPEOF(:1) NOT IN ('object', 'array') THEN :2 END"
                    : "CASE WHEN JSON_TYPEOF(:1) IN ('object', 'array') THEN :2 END",
             c.to, again, c.build);
  }
}

}  // namespace

void write_json_path(Node*& n, Context& c) {
  const bool scalar = n->text == "$JSON_SCALAR";
  if (scalar || n->text == "$JSON_FRAGMENT") return write_checked(n, scalar, c);
  write_json(n, c);
}

namespace {

/// document - 'key' of PostgreSQL, where nothing else can be meant.
void read_removed(Node*& n, Context& c) {
  const Node* key = n->kid(1);
  const ValueType left = type_of(n->kid(0), c);
  const bool word = key->is(Kind::string) && !key->text.empty() && lower(key->text[0]) >= 'a' &&
                    lower(key->text[0]) <= 'z';
  if (left == ValueType::json ? key->is(Kind::string) : left == ValueType::unknown && word) {
    std::string path = "$";
    add_key(path, key->text, key, c);
    n = c.build.call("$JSON_REMOVE", n->kid(0), c.build.string(c.build.text(path)));
  } else if (left == ValueType::json) {
    c.refuse(n, "an element of a document taken out by its place has no equal");
  }
}

/// TRUE and 1 are not the same in a document.
void booleans_as_documents(Node* call, Context& c) {
  const bool object = is_call(call, "$JSON_OBJECT") || is_call(call, "$JSON_OBJECT_AGG");
  if (!object && !is_call(call, "$JSON_ARRAY") && !is_call(call, "$JSON_ARRAY_AGG")) return;
  Node* args = call->kid(call_slot::args);
  for (std::uint32_t i = object ? 1 : 0; i < args->size; i += object ? 2 : 1) {
    Node*& value = args->kids[i];
    if (type_of(value, c) != ValueType::boolean) continue;
    if (c.to_is(Dialect::postgres)) {
      if (!value->is(Kind::boolean)) value = c.build.cast(value, "INTEGER");
      continue;
    }
    if (value->is(Kind::boolean) && c.to_is(Dialect::mysql)) continue;
    Node* const holes[] = {value};
    value = fill(c.to_is(Dialect::sqlite)
                     ? "JSON(CASE WHEN :1 THEN 'true' WHEN NOT :1 THEN 'false' END)"
                     : "JSON_EXTRACT(CASE WHEN :1 THEN 'true' WHEN NOT :1 THEN 'false' END, '$')",
                 c.to, holes, c.build);
  }
}

/// Both of these know booleans in documents by their columns, SQLite and MySQL have numbers.
void pass_json_booleans(Context& c) {
  const bool from = c.from_is(Dialect::postgres);
  const bool changes = from ? c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite)
                            : c.to_is(Dialect::postgres) &&
                                  (c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite));
  rewrite_tree(c.statement, [&](Node*& n) {
    if (changes && n->is(Kind::call)) booleans_as_documents(n, c);
    if (from && n->is(BinOp::sub) && !c.to_is(Dialect::postgres)) read_removed(n, c);
  });
}

/// MySQL and Oracle take a value that is no array as the only element of one.
void warn_of_wrapping(Context& c) {
  const bool from = c.from_is(Dialect::mysql) || c.from_is(Dialect::oracle);
  const bool to = c.to_is(Dialect::mysql) || c.to_is(Dialect::oracle);
  if (from == to) return;
  bool wraps = false;
  walk(c.statement, [&](Node* n) {
    const bool json = n->is(Kind::call) && n->text.starts_with("$JSON") && argument_count(n) > 1;
    const Node* path = json ? argument(n, 1) : nullptr;
    wraps = wraps || (json && path->is(Kind::string) && path->text.starts_with('$') &&
                      path->text.find("[0]") != std::string_view::npos);
    return true;
  });
  if (!wraps) return;
  c.warn("json", from ? "[0] of what is no array was the value itself, and is NULL here"
                      : "[0] of what is no array was NULL, and is the value itself here");
}

}  // namespace

void pass_json(Context& c) {
  pass_json_booleans(c);
  warn_of_wrapping(c);
  documents_of_no_rows(c);
  if (c.from_is(Dialect::mysql) && (c.to_is(Dialect::postgres) || c.to_is(Dialect::sqlite))) {
    rewrite_tree(c.statement, [&](Node*& n) {
      if (!is_call(n, "$JSON_UNQUOTE") || type_of(argument(n, 0), c) != ValueType::text) return;
      if (!argument(n, 0)->text.starts_with("$JSON")) n = unquoted(argument(n, 0), c);
    });
  }
  if (c.to_is(Dialect::sqlite) && c.from != c.to) documents_as_such(c);
  if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite)) return;
  walk(c.statement, [&](Node* n) {
    const bool compares = n->is(BinOp::eq) || n->is(BinOp::neq) || n->is(BinOp::lt) ||
                          n->is(BinOp::gt) || n->is(BinOp::le) || n->is(BinOp::ge);
    for (std::size_t i = 0; compares && i < 2; ++i) {
      Node*& document = n->kids[i];
      const bool scalar = is_call(document, "$JSON_SCALAR");
      if (!scalar && !is_call(document, "$JSON") && !is_call(document, "$JSON_TEXT")) continue;
      const ValueType other = type_of(n->kid(1 - i), c);
      const bool number = is_number(other);
      if (!number && other != ValueType::text) continue;
      // A value of a document is compared as what it is compared with.
      if (!scalar) document->text = "$JSON_TEXT";
      if (number && c.to_is(Dialect::postgres)) {
        document = c.build.cast(document, "DECIMAL");
        document->flags |= flag::done;
      }
    }
    return true;
  });
}

}  // namespace iacdb::sql
