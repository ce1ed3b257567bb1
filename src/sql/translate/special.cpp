#include "sql/translate/special.hpp"

#include "sql/lexer.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* args_of(Node* call) {
  return call->kids[call_slot::args];
}

void read_aggregate(Node*& n, Context& c) {
  Node* args = args_of(n);
  if (args->size == 0) return;
  Node* separator = n->kid(call_slot::separator);
  const bool many = c.from_is(Dialect::mysql) && args->size > 1;
  if (!many && args->size > 1) separator = args->kid(1);
  Node* value = args->kid(0);
  if (many) {
    value = c.build.call("$CONCAT_NULL");
    value->kids[call_slot::args] = args;
  }
  if (!separator) separator = c.build.string(c.from_is(Dialect::oracle) ? "" : ",");
  Node* made = c.build.call("$STRING_AGG", value, separator);
  made->flags |= n->flags & flag::distinct;
  made->kids[call_slot::order] =
      n->kid(call_slot::order) ? n->kid(call_slot::order) : n->kid(call_slot::within);
  made->kids[call_slot::filter] = n->kid(call_slot::filter);
  made->kids[call_slot::over] = n->kid(call_slot::over);
  made->position = n->position;
  n = made;
}

/// JSON_EXTRACT_PATH(x, 'a', '0') reads as a path text $.a[0].
void read_json_path(Node*& n, bool text, Context& c) {
  Node* args = args_of(n);
  std::string path = "$";
  for (std::uint32_t i = 1; i < args->size; ++i) {
    const Node* step = args->kids[i];
    if (!step->is(Kind::string)) c.refuse(n, "a JSON path that is not a literal");
    const std::string_view s = step->text;
    const bool index = !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos;
    bool plain = !s.empty() && !index;
    for (char ch : s) plain = plain && (is_name_part(ch));
    if (index)
      path += "[" + std::string(s) + "]";
    else if (plain)
      path += "." + std::string(s);
    else
      path += ".\"" + std::string(s) + "\"";
  }
  n = c.build.call(text ? "$JSON_TEXT" : "$JSON", args->kid(0), c.build.string(c.build.text(path)));
}

Node* concat_chain(std::span<Node* const> values, Context& c) {
  Node* whole = nullptr;
  for (Node* v : values) whole = whole ? c.build.binary(BinOp::concat, whole, v) : v;
  return whole ? whole : c.build.string("");
}

Node* or_empty(Node* v, Context& c) {
  if (v->is(Kind::string)) return v;
  return c.build.call("COALESCE", v, c.build.string(""));
}

/// Values that a concatenation takes as text whatever they hold.
Node* as_text(Node* v, Context& c) {
  const ValueType t = type_of(v, c);
  if (t == ValueType::text || t == ValueType::unknown || t == ValueType::null) return v;
  return c.build.cast(v, c.to_is(Dialect::mysql)    ? "CHAR"
                         : c.to_is(Dialect::tsql)   ? "VARCHAR(MAX)"
                         : c.to_is(Dialect::oracle) ? "VARCHAR2(4000)"
                                                    : "TEXT");
}

bool known_text(std::span<Node* const> values, Context& c) {
  for (Node* v : values) {
    if (type_of(v, c) == ValueType::text) return true;
  }
  return false;
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
    const bool columns = !known_text(values, c) && knows_tables(c);
    if (columns) texts[0] = c.build.cast(texts[0], "TEXT");
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
  for (Node*& v : texts) v = or_empty(v, c);
  if (c.to_is(Dialect::mysql)) return concat_null(texts, c);
  return concat_chain(texts, c);
}

/// Oracle: as '' and then NULL when nothing is left.
Node* concat_empty(std::span<Node* const> values, Context& c) {
  if (c.to_is(Dialect::oracle)) return concat_null(values, c);
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

void extreme(Node*& n, const std::string& name, Context& c) {
  const bool greatest = name.starts_with("$GREATEST");
  const bool skips = name.ends_with("SKIP");
  Node* args = args_of(n);
  const bool target_skips = c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql);
  const std::string_view plain =
      c.to_is(Dialect::sqlite) ? (greatest ? "MAX" : "MIN") : (greatest ? "GREATEST" : "LEAST");
  Node* call = c.build.call(plain);
  call->flags |= flag::done;
  bool literals = true;
  for (Node* a : *args) {
    const ColumnFacts* f = column_facts(c, a);
    literals = literals && (a->is(Kind::number) || a->is(Kind::string) || (f && f->not_null));
  }
  if (skips == target_skips || literals || args->size == 1) {
    call->kids[call_slot::args] = args;
    n = call;
    return;
  }
  if (target_skips) {
    Node* any = nullptr;
    for (Node* a : *args) {
      Node* test = c.build.binary(BinOp::is, c.build.clone(a), c.build.null());
      any = any ? c.build.binary(BinOp::or_, any, test) : test;
      c.build.add(args_of(call), a);
    }
    Node* made = c.build.slots(Kind::case_, 2);
    made->kids[1] = call;
    c.build.add(made, c.build.with(Kind::when, {}, any, c.build.null()));
    n = made;
    return;
  }
  // Each value falls back on the others, so that only all NULLs give NULL.
  for (std::uint32_t i = 0; i < args->size; ++i) {
    Node* value = c.build.call("COALESCE", args->kids[i]);
    value->flags |= flag::done;
    for (std::uint32_t j = 0; j < args->size; ++j) {
      if (j != i) c.build.add(args_of(value), c.build.clone(args->kids[j]));
    }
    c.build.add(args_of(call), value);
  }
  n = call;
}

void string_agg(Node*& n, Context& c) {
  Node* value = args_of(n)->kid(0);
  Node* separator = args_of(n)->kid(1);
  Node* order = n->kid(call_slot::order);
  const bool distinct = n->has(flag::distinct);
  Node* made = nullptr;
  switch (c.to) {
    case Dialect::sqlite: {
      if (order) {
        // Before 3.44 there is no order inside: an ordering window with a full frame has one.
        c.refuse(n, "an ordered string aggregate has no equal in sqlite before 3.44");
      }
      made = c.build.call("GROUP_CONCAT", value);
      const bool comma = separator->is(Kind::string) && separator->text == ",";
      if (distinct && !comma) c.refuse(n, "GROUP_CONCAT(DISTINCT ..) of sqlite takes no separator");
      if (!distinct) c.build.add(args_of(made), separator);
      break;
    }
    case Dialect::postgres: {
      const ValueType t = type_of(value, c);
      if (t != ValueType::text && t != ValueType::unknown) value = c.build.cast(value, "TEXT");
      made = c.build.call("STRING_AGG", value, separator);
      made->kids[call_slot::order] = order;
      break;
    }
    case Dialect::mysql:
      made = c.build.call("GROUP_CONCAT", value);
      made->kids[call_slot::order] = order;
      made->kids[call_slot::separator] = separator;
      break;
    case Dialect::tsql:
      if (distinct) c.refuse(n, "STRING_AGG of SQL Server has no DISTINCT");
      made = c.build.call("STRING_AGG", value, separator);
      made->kids[call_slot::within] = order;
      break;
    case Dialect::oracle:
      made = c.build.call("LISTAGG", value, separator);
      made->kids[call_slot::within] = order;
      break;
  }
  if (distinct) made->flags |= flag::distinct;
  made->flags |= flag::done;
  made->kids[call_slot::over] = n->kid(call_slot::over);
  made->kids[call_slot::filter] = n->kid(call_slot::filter);
  n = made;
}

/// A start before the first character counts from the end, or is cut, by the source's rules.
bool substring(Node*& n, Context& c) {
  Node* args = args_of(n);
  const Node* start = args->kid(1);
  const bool negative =
      start->is(Kind::unary) && start->text == "-" && start->kid(0)->is(Kind::number);
  const bool zero = start->is(Kind::number) && start->text == "0";
  n->text = "$SUBSTRING";
  const bool from_end =
      c.to_is(Dialect::mysql) || c.to_is(Dialect::oracle) || c.to_is(Dialect::sqlite);
  if (zero && c.from_is(Dialect::oracle))
    args->kids[1] = c.build.number("1");
  else if (zero && c.from != c.to)
    c.refuse(n, "SUBSTR from 0 differs between databases; begin at 1");
  if (!negative || from_end) return false;
  Node* count = start->kid(0);
  Node* text = args->kid(0);
  Node* tail = c.build.call("RIGHT", text, count);
  Node* cut = args->size > 2 ? c.build.call("LEFT", tail, args->kid(2)) : tail;
  if (c.from_is(Dialect::sqlite) && args->size == 2) {
    n = cut;  // sqlite gives the whole text when it is shorter
    return true;
  }
  Node* length = c.build.call(c.to_is(Dialect::tsql) ? "LEN" : "LENGTH", c.build.clone(text));
  Node* made = c.build.slots(Kind::case_, 2);
  if (!c.from_is(Dialect::oracle)) made->kids[1] = c.build.string("");
  c.build.add(made, c.build.with(Kind::when, {},
                                 c.build.binary(BinOp::ge, length, c.build.clone(count)), cut));
  if (!c.from_is(Dialect::oracle)) {
    Node* null = c.build.binary(BinOp::is, c.build.clone(text), c.build.null());
    c.build.insert(made, 2, c.build.with(Kind::when, {}, null, c.build.null()));
  }
  n = made;
  return true;
}

Node* concat_ws(Node* n, Context& c) {
  Node* args = args_of(n);
  Node* whole = nullptr;
  for (std::uint32_t i = 1; i < args->size; ++i) {
    Node* piece = c.build.binary(BinOp::concat, c.build.clone(args->kid(0)), args->kids[i]);
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

void read_special(Node*& n, std::string_view rule, Context& c) {
  if (rule == "aggregate") return read_aggregate(n, c);
  if (rule == "json_path") return read_json_path(n, false, c);
  if (rule == "json_path_text") return read_json_path(n, true, c);
  if (rule == "make_interval") c.refuse(n, "MAKE_INTERVAL outside an addition has no equal");
}

bool write_special(Node*& n, const std::string& name, Context& c) {
  if (name[0] != '$') {
    if (name == "CONCAT_WS" && (c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle))) {
      n = concat_ws(n, c);
      return true;
    }
    return false;
  }
  Node* args = args_of(n);
  const std::span<Node* const> values(args->kids, args->size);
  if (name == "$CONCAT_NULL") {
    n = concat_null(values, c);
    return true;
  }
  if (name == "$CONCAT_SKIP") {
    n = concat_skip(values, c);
    return true;
  }
  if (name == "$CONCAT_EMPTY") {
    n = concat_empty(values, c);
    return true;
  }
  if (name.starts_with("$GREATEST") || name.starts_with("$LEAST")) {
    extreme(n, name, c);
    return true;
  }
  if (name == "$STRING_AGG") {
    string_agg(n, c);
    return true;
  }
  if (name == "$SUBSTR") {
    return substring(n, c);
  }
  if (name == "$MOD") {
    n = c.build.binary(BinOp::mod, args->kid(0), args->kid(1));
    return true;
  }
  return write_moment(n, name, c);
}

namespace {

/// Steps of a path $.a."b c"[0]; false when it holds anything else.
bool path_steps(std::string_view path, std::vector<std::string>& steps) {
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

void write_json(Node*& n, Context& c) {
  const bool text = n->text == "$JSON_TEXT";
  Node* document = args_of(n)->kid(0);
  Node* path = args_of(n)->kid(1);
  if (c.to_is(Dialect::sqlite)) {
    if (!path->is(Kind::string)) path = c.build.paren(path);
    n = c.build.binary(text ? BinOp::arrow_text : BinOp::arrow, document, path);
    return;
  }
  std::vector<std::string> steps;
  if (!path->is(Kind::string) || !path_steps(path->text, steps)) {
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
  c.build.add(args_of(made), column ? c.build.cast(document, "JSON") : document);
  for (const std::string& s : steps) c.build.add(args_of(made), c.build.string(c.build.text(s)));
  if (steps.empty()) {
    c.build.add(args_of(made), c.build.unary("VARIADIC", c.build.string("{}")));
  }
  n = made;
}

Node* number_literal(Node* n) {
  return n->is(Kind::number) ? n : nullptr;
}

/// SPLIT_PART(x, s, n) and SUBSTRING_INDEX(x, s, n) in each other's words.
void write_split(Node*& n, Context& c) {
  Node* args = args_of(n);
  Node* const holes[] = {args->kid(0), args->kid(1), args->kid(2)};
  const bool part = same_word(n->text, "SPLIT_PART");
  const bool positive = number_literal(args->kid(2)) != nullptr;
  std::string_view form;
  if (part && positive) {
    if (c.to_is(Dialect::mysql)) {
      form =
          "CASE WHEN (CHAR_LENGTH(:1) - CHAR_LENGTH(REPLACE(:1, :2, ''))) / CHAR_LENGTH(:2) + 1 "
          ">= :3 THEN SUBSTRING_INDEX(SUBSTRING_INDEX(:1, :2, :3), :2, -1) ELSE '' END";
    } else if (c.to_is(Dialect::sqlite)) {
      form =
          "(WITH RECURSIVE p(i, piece, rest) AS (SELECT 0, '', :1 || :2 UNION ALL SELECT i + 1, "
          "SUBSTR(rest, 1, INSTR(rest, :2) - 1), SUBSTR(rest, INSTR(rest, :2) + LENGTH(:2)) "
          "FROM p WHERE i < :3 AND INSTR(rest, :2) > 0) SELECT COALESCE(MAX(CASE WHEN i = :3 "
          "THEN piece END), CASE WHEN :1 IS NOT NULL THEN '' END) FROM p)";
    } else if (c.to_is(Dialect::oracle)) {
      form = "REGEXP_SUBSTR(:1, '[^' || :2 || ']+', 1, :3)";
    }
  } else if (!part && c.to_is(Dialect::postgres)) {
    form = positive ? "ARRAY_TO_STRING((STRING_TO_ARRAY(:1, :2))[1 : :3], :2)" : std::string_view();
    const Node* count = args->kid(2);
    if (count->is(Kind::unary) && count->text == "-" && count->kid(0)->is(Kind::number)) {
      Node* const turned[] = {args->kid(0), args->kid(1), count->kid(0)};
      n = fill(
          "ARRAY_TO_STRING((STRING_TO_ARRAY(:1, :2))[GREATEST(CARDINALITY(STRING_TO_ARRAY(:1, "
          ":2)) - :3 + 1, 1) : CARDINALITY(STRING_TO_ARRAY(:1, :2))], :2)",
          c.to, turned, c.build);
      return;
    }
  } else if (!part && c.to_is(Dialect::sqlite)) {
    if (positive) {
      form =
          "(WITH RECURSIVE p(i, n) AS (SELECT 0, 0 UNION ALL SELECT i + 1, CASE WHEN "
          "INSTR(SUBSTR(:1, n + 1), :2) = 0 THEN LENGTH(:1) + 1 ELSE n + INSTR(SUBSTR(:1, n + "
          "1), :2) END FROM p WHERE i < :3 AND n <= LENGTH(:1)) SELECT SUBSTR(:1, 1, MAX(n) - 1) "
          "FROM p)";
    } else {
      const Node* count = args->kid(2);
      if (count->is(Kind::unary) && count->kid(0)->is(Kind::number) && count->kid(0)->text == "1") {
        form = "REPLACE(:1, RTRIM(:1, REPLACE(:1, :2, '')), '')";
      }
    }
  }
  if (form.empty()) {
    c.refuse(
        n, std::string(part ? "SPLIT_PART" : "SUBSTRING_INDEX") + " with this count has no equal");
  }
  n = fill(form, c.to, holes, c.build);
}

void write_regexp_flags(Node*& n, Context& c) {
  Node* args = args_of(n);
  const Node* flags = args->kid(3);
  const bool all = flags->is(Kind::string) && flags->text == "g";
  if (!all) c.refuse(n, "REGEXP_REPLACE with these flags has no equal");
  n = c.build.call("REGEXP_REPLACE", args->kid(0), args->kid(1), args->kid(2));
  n->flags |= flag::done;
}

}  // namespace

void write_named(Node*& n, std::string_view rule, Context& c) {
  if (rule == "json") return write_json(n, c);
  if (rule == "split") return write_split(n, c);
  if (rule == "regexp_flags") return write_regexp_flags(n, c);
  c.refuse(n, "the function " + std::string(n->text) + " has no equal in " +
                  std::string(to_string(c.to)));
}

}  // namespace iacdb::sql
