#include "sql/translate/special.hpp"

#include "sql/lexer.hpp"
#include "sql/translate/json_paths.hpp"
#include "sql/translate/make.hpp"
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
  const bool column = value->is(Kind::name) || value->is(Kind::path);
  if (column && c.to_is(Dialect::sqlite) && !n->has(flag::distinct) && c.from != c.to) {
    value = text_of_decimal(value, c);
  }
  if (many) {
    value = c.build.call("$CONCAT_NULL");
    value->kids[call_slot::args] = args;
  }
  if (c.from_is(Dialect::tsql) && n->has(flag::ignore)) {
    c.warn("xml", "the letters & < and > stay as they are; TYPE and value() say so");
  }
  if (c.from_is(Dialect::oracle) && n->has(flag::ignore)) {
    c.warn("overflow", "a text that is too long for Oracle is not cut");
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

/// GREATEST(1, '3') of MySQL compares numbers.
void texts_beside_numbers(Node* args, Context& c) {
  if (!c.from_is(Dialect::mysql)) return;
  bool number = false;
  for (const Node* a : *args) number = number || is_number(type_of(a, c));
  if (!number) return;
  for (std::uint32_t i = 0; i < args->size; ++i) {
    Node*& a = args->kids[i];
    if (type_of(a, c) != ValueType::text) continue;
    if (c.to_is(Dialect::postgres) || a->is(Kind::string)) {
      a = number_of_text(a, c);
    } else if (c.to_is(Dialect::sqlite)) {
      a = c.build.cast(a, "REAL");
      a->flags |= flag::done;
    }
  }
}

void extreme(Node*& n, const std::string& name, Context& c) {
  const bool greatest = name.starts_with("$GREATEST");
  const bool skips = name.ends_with("SKIP");
  Node* args = args_of(n);
  texts_beside_numbers(args, c);
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
  if (args->size == 1) {  // MAX(x) would be an aggregate
    n = args->kids[0];
    return;
  }
  if (skips == target_skips || literals) {
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
    for (std::uint32_t j = 1; j < args->size; ++j) {
      c.build.add(args_of(value), c.build.clone(args->kids[(i + j) % args->size]));
    }
    c.build.add(args_of(call), value);
  }
  n = call;
}

}  // namespace

namespace {

/// REGEXP_SUBSTR(x, '[^,]+', 1, n): the n-th piece between commas.
void read_regexp_piece(Node*& n, Context& c) {
  const Node* pattern = argument(n, 1);
  const std::string_view p = pattern->is(Kind::string) ? pattern->text : std::string_view();
  const bool splits = p.size() == 5 && p.starts_with("[^") && p.ends_with("]+");
  const bool start = argument(n, 2)->is(Kind::number) && argument(n, 2)->text == "1";
  if (!splits || !start || argument_count(n) != 4) return read_regexp_part(n, c);
  if (c.to_is(Dialect::oracle)) return;
  n = c.build.call("$SPLIT_FILLED", argument(n, 0), c.build.string(p.substr(2, 1)), argument(n, 3));
}

/// RATIO_TO_REPORT(x) OVER (..) is x / SUM(x) OVER (..).
void read_share(Node*& n, Context& c) {
  if (c.to_is(Dialect::oracle)) return;
  Node* value = argument(n, 0);
  Node* sum = c.build.call("SUM", c.build.clone(value));
  sum->kids[call_slot::over] = n->kid(call_slot::over);
  Node* exact = c.build.binary(BinOp::mul, c.build.paren(value), c.build.number("1.0"));
  n = c.build.paren(
      c.build.binary(BinOp::div, exact, c.build.call("NULLIF", sum, c.build.number("0"))));
}

}  // namespace

namespace {

/// NEXT_DAY(d, 'MONDAY'): the first such day after d, at d's time of day.
void read_next_day(Node*& n, Context& c) {
  if (c.to_is(Dialect::oracle)) return;
  static constexpr std::string_view days[] = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};
  const Node* day = argument(n, 1);
  int number = 0;
  for (int i = 0; i < 7 && day->is(Kind::string); ++i) {
    if (same_word(day->text.substr(0, 3), days[i])) number = i + 1;
  }
  if (number == 0) c.refuse(n, "NEXT_DAY of a day that is no English name has no equal");
  Node* moment = argument(n, 0);
  Node* weekday = c.build.with(Kind::extract, "ISODOW", c.build.clone(moment));
  Node* back =
      c.build.binary(BinOp::add, weekday, c.build.number(c.build.text(std::to_string(7 - number))));
  Node* count = c.build.binary(BinOp::sub, c.build.number("7"),
                               c.build.call("$MOD", back, c.build.number("7")));
  n = c.build.call("$ADD", moment, count, c.build.name("DAY"));
}

/// YEARWEEK(d, mode): the weeks of ISO, or those that begin on Sunday and belong to its year.
void read_yearweek(Node*& n, Context& c) {
  const auto mode =
      argument_count(n) > 1 ? whole_number(argument(n, 1)) : std::optional<std::int64_t>(0);
  if (!mode || *mode < 0 || *mode > 3) c.refuse(n, "YEARWEEK with this mode has no equal");
  Node* const holes[] = {argument(n, 0)};
  if (*mode % 2 == 1) {
    n = fill("(EXTRACT(ISOYEAR FROM :1) * 100 + EXTRACT(WEEK FROM :1))", Dialect::postgres, holes,
             c.build, false);
    return;
  }
  Node* back = c.build.unary("-", c.build.with(Kind::extract, "DOW", c.build.clone(holes[0])));
  Node* sunday[] = {
      c.build.call("$ADD", c.build.call("$DATE", holes[0]), back, c.build.name("DAY"))};
  n = fill("(EXTRACT(YEAR FROM :1) * 100 + FLOOR((EXTRACT(DOY FROM :1) + 6) / 7.0))",
           Dialect::postgres, sunday, c.build, false);
  n = c.build.cast(n, "SIGNED");
}

/// TIMEDIFF of two times or of two moments, as a clock.
void read_timediff(Node*& n, Context& c) {
  const auto is_clock = [](const Node* value) {
    return value->is(Kind::string) && value->text.find('-') == std::string_view::npos;
  };
  Node* a = argument(n, 0);
  Node* b = argument(n, 1);
  Node* seconds = nullptr;
  if (is_clock(a) && is_clock(b)) {
    seconds = c.build.paren(c.build.binary(BinOp::sub, c.build.call("$TIME_SECONDS", a),
                                           c.build.call("$TIME_SECONDS", b)));
  } else {
    seconds = c.build.call("$SECONDS_BETWEEN", a, b);
  }
  n = c.build.call("$CLOCK_TEXT", seconds);
}

}  // namespace

void read_special(Node*& n, std::string_view rule, Context& c) {
  if (read_code(n, rule, c)) return;
  if (rule == "patindex") return read_patindex(n, c);
  if (rule.starts_with("bytes_")) return read_bytes(n, rule, c);
  if (rule == "printf") return read_printf(n, c);
  if (rule == "total") {
    Node* sum = c.build.call("SUM", argument(n, 0));
    sum->kids[call_slot::over] = n->kid(call_slot::over);
    sum->kids[call_slot::filter] = n->kid(call_slot::filter);
    n = c.build.call("COALESCE", sum, c.build.number("0.0"));
    return;
  }
  if (rule == "yearweek") return read_yearweek(n, c);
  if (rule == "timediff") return read_timediff(n, c);
  if (rule == "next_day") return read_next_day(n, c);
  if (rule == "regexp_flags") {
    const Node* flags = argument(n, 2);
    const bool folds = flags->is(Kind::string) && flags->text == "i";
    if (!folds && !(flags->is(Kind::string) && flags->text == "c")) {
      c.refuse(n, "REGEXP_LIKE with these flags has no equal");
    }
    n = c.build.call(folds ? "$REGEXP_I" : "$REGEXP", argument(n, 0), argument(n, 1));
    return;
  }
  if (rule == "share") return read_share(n, c);
  if (rule == "regexp_piece") return read_regexp_piece(n, c);
  if (rule == "regexp_replaced") return read_regexp_replaced(n, c);
  if (rule == "aggregate") return read_aggregate(n, c);
  if (rule == "json_path") return read_json_path(n, false, c);
  if (rule == "json_path_text") return read_json_path(n, true, c);
  if (rule == "json_made") return read_json_made(n, c);
  if (rule.starts_with("json")) return read_json_change(n, rule, c);
}

bool write_special(Node*& n, const std::string& name, Context& c) {
  if (c.to_is(Dialect::sqlite) && write_regexp_sqlite(n, name, c)) return true;
  if (write_regexp_by_case(n, name, c) || write_code(n, name, c)) return true;
  if (write_concat(n, name, c) || write_piece(n, name, c) || write_text(n, name, c)) return true;
  if (name[0] != '$') {
    write_regexp_place(n, name, c);
    return false;
  }
  if (name.starts_with("$GREATEST") || name.starts_with("$LEAST")) {
    extreme(n, name, c);
    return true;
  }
  if (name.starts_with("$REGEXP") && c.to_is(Dialect::mysql) && !c.from_is(Dialect::sqlite)) {
    // A pattern follows the collation there: (?-i) keeps the case, (?i) leaves it.
    Node*& pattern = n->kid(call_slot::args)->kids[1];
    const bool marked = pattern->is(Kind::string) && pattern->text.starts_with("(?");
    if (pattern->is(Kind::string) && !marked) {
      const std::string_view mark = name == "$REGEXP_I" ? "(?i)" : "(?-i)";
      pattern = c.build.string(c.build.text(std::string(mark) + std::string(pattern->text)));
    }
    return false;
  }
  if (name.starts_with("$DIGEST")) {
    write_digest(n, name, c);
    return true;
  }
  if (name == "$STRING_AGG") {
    write_string_agg(n, c);
    return true;
  }
  if (name == "$SPLIT_FILLED") {
    write_split(n, c);
    return true;
  }
  return write_moment(n, name, c);
}

void write_named(Node*& n, std::string_view rule, Context& c) {
  if (rule == "json") return write_json_path(n, c);
  if (rule == "json_change") return write_json_change(n, c);
  if (rule == "split") return write_split(n, c);
  if (rule == "json_made") return write_json_made(n, c);
  c.refuse(n, "the function " + std::string(n->text) + " has no equal in " +
                  std::string(to_string(c.to)));
}

}  // namespace iacdb::sql
