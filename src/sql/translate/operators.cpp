// Operators: what they mean in the source, and how the target says it.

#include <charconv>
#include <string>

#include "sql/lexer.hpp"
#include "sql/translate/json_paths.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_literal_predicate(const Node* n) {
  return n->is(Kind::null) || n->is(Kind::boolean) || n->text == "UNKNOWN";
}

Node* is_null(Context& c, Node* n) {
  return c.build.binary(BinOp::is, n, c.build.null());
}

/// DECODE(x, a, 1, b, 2, 3): NULL matches NULL.
Node* decode(Node* n, Context& c) {
  Node* args = n->kid(call_slot::args);
  Node* made = c.build.slots(Kind::case_, 2);
  std::uint32_t i = 1;
  for (; i + 1 < args->size; i += 2) {
    Node* value = c.build.clone(args->kid(0));
    Node* wanted = args->kids[i];
    Node* test = nullptr;
    if (wanted->is(Kind::null))
      test = is_null(c, value);
    else if (wanted->is(Kind::string) || wanted->is(Kind::number))
      test = c.build.binary(BinOp::eq, value, wanted);
    else
      test = c.build.binary(BinOp::is_not_distinct, value, wanted);
    c.build.add(made, c.build.with(Kind::when, {}, test, args->kids[i + 1]));
  }
  if (i < args->size) made->kids[1] = args->kids[i];
  return made;
}

/// CHOOSE(i, a, b) and ELT(i, a, b).
Node* choose(Node* n, Context& c) {
  Node* args = n->kid(call_slot::args);
  Node* made = c.build.slots(Kind::case_, 2);
  made->kids[0] = args->kid(0);
  for (std::uint32_t i = 1; i < args->size; ++i) {
    Node* number = c.build.number(c.build.text(std::to_string(i)));
    c.build.add(made, c.build.with(Kind::when, {}, number, args->kids[i]));
  }
  return made;
}

/// FIELD(x, a, b): the position of x, or 0.
Node* field(Node* n, Context& c) {
  Node* args = n->kid(call_slot::args);
  Node* made = c.build.slots(Kind::case_, 2);
  made->kids[0] = args->kid(0);
  made->kids[1] = c.build.number("0");
  for (std::uint32_t i = 1; i < args->size; ++i) {
    Node* number = c.build.number(c.build.text(std::to_string(i)));
    c.build.add(made, c.build.with(Kind::when, {}, args->kids[i], number));
  }
  return made;
}

void read_call(Node*& n, Context& c) {
  const std::size_t count = argument_count(n);
  if (read_raw_call(n, c)) return;
  if (c.from_is(Dialect::oracle) && count >= 3 && is_call(n, "DECODE") &&
      !c.to_is(Dialect::oracle)) {
    n = decode(n, c);
  } else if ((c.from_is(Dialect::tsql) && count >= 2 && is_call(n, "CHOOSE")) ||
             (c.from_is(Dialect::mysql) && count >= 2 && is_call(n, "ELT"))) {
    n = choose(n, c);
  } else if (c.from_is(Dialect::mysql) && count >= 2 && is_call(n, "FIELD")) {
    n = field(n, c);
  } else if (c.from_is(Dialect::postgres) && is_call(n, "NEXTVAL") && count == 1 &&
             argument(n, 0)->is(Kind::string)) {
    n = c.build.with(Kind::next_value, "NEXT", c.build.name(argument(n, 0)->text));
  } else if (c.from_is(Dialect::postgres) && is_call(n, "CURRVAL") && count == 1 &&
             argument(n, 0)->is(Kind::string)) {
    n = c.build.with(Kind::next_value, "CURRENT", c.build.name(argument(n, 0)->text));
  } else if (c.from_is(Dialect::oracle) && n->kid(call_slot::path) &&
             is_call(n->kid(call_slot::path), "$RANDOM")) {
    // Its name has been read already, as the call without parentheses that it may be.
    if (count == 0) {
      n = n->kid(call_slot::path);
    } else {
      if (!c.to_is(Dialect::oracle)) c.refuse(n, "DBMS_RANDOM.VALUE with bounds has no equal");
      n->kids[call_slot::path] =
          c.build.with(Kind::path, {}, c.build.name("DBMS_RANDOM"), c.build.name("VALUE"));
    }
  } else if (c.from_is(Dialect::mysql) && is_call(n, "VALUES") && count == 1) {
    n = c.build.with(Kind::path, {}, c.build.name("excluded"),
                     c.build.name(last_name(argument(n, 0))));
  }
}

/// x -> 'a', x -> '$.a', x #>> '{a,b}': the common $JSON(x, '$.a').
Node* json_step(Node* n, Context& c) {
  const bool text = n->is(BinOp::arrow_text) || n->is(BinOp::hash_arrow_text);
  const bool many = n->is(BinOp::hash_arrow) || n->is(BinOp::hash_arrow_text);
  Node* step = n->kid(1);
  while (step->is(Kind::paren)) step = step->kid(0);
  Node* document = n->kid(0);
  std::string path = "$";
  if (!step->is(Kind::string) && !step->is(Kind::number)) {
    c.refuse(n, "a JSON path that is not a literal");
  }
  if (many) {
    for (const std::string& key : keys_of_list(step, c)) add_key_or_place(path, key, step, c);
  } else if (step->is(Kind::number)) {
    path += "[" + std::string(step->text) + "]";
  } else if (step->text.starts_with('$') && !c.from_is(Dialect::postgres)) {
    path = std::string(step->text);
  } else {
    add_key(path, step->text, step, c);
  }
  // A chain a -> 'b' ->> 'c' is one path.
  if (is_call(document, "$JSON") && argument(document, 1)->is(Kind::string)) {
    path = std::string(argument(document, 1)->text) + path.substr(1);
    document = argument(document, 0);
  }
  return c.build.call(text ? "$JSON_TEXT" : "$JSON", document, c.build.string(c.build.text(path)));
}

/// 0x1F, x'1F', 0b11 and b'11': numbers or bytes by the source's rules.
Node* radix(Node* n, Context& c) {
  if (n->is(Kind::number) && n->text.starts_with('$') && n->text.size() > 1) {  // money
    n->text.remove_prefix(1);
    return n;
  }
  const std::string_view t = n->text;
  const bool written = n->is(Kind::number) && t.size() > 2 && t[0] == '0';
  const bool hex = n->is(Kind::hex_string) || (written && lower(t[1]) == 'x');
  const bool bits = n->is(Kind::bit_string) || (written && lower(t[1]) == 'b');
  if (!hex && !bits) return n;
  const std::string_view digits = n->is(Kind::number) ? t.substr(2) : t;
  const bool bytes =
      hex && !(n->is(Kind::number) && (c.from_is(Dialect::sqlite) || c.from_is(Dialect::postgres)));
  if (bytes) {
    return c.build.node(Kind::hex_string,
                        digits.size() % 2 ? c.build.text("0" + std::string(digits)) : digits);
  }
  const bool keeps_bits = c.to_is(Dialect::postgres) || c.to_is(Dialect::mysql);
  if (bits && keeps_bits) return c.build.node(Kind::bit_string, digits);
  if (digits.size() > (hex ? 16U : 64U) || digits.empty())
    c.refuse(n, "a literal of this length has no equal");
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 2);
  const auto number = static_cast<std::int64_t>(value);
  if (number >= 0) return c.build.number(c.build.text(std::to_string(number)));
  if (number == INT64_MIN) c.refuse(n, "this literal has no equal");
  return c.build.unary("-", c.build.number(c.build.text(std::to_string(-number))));
}

/// x BETWEEN SYMMETRIC a AND b
Node* symmetric(Node* n, Context& c) {
  const auto side = [&](Node* low, Node* high) {
    return c.build.with(Kind::between, {}, c.build.clone(n->kid(0)), c.build.clone(low),
                        c.build.clone(high));
  };
  Node* both = c.build.paren(
      c.build.binary(BinOp::or_, side(n->kid(1), n->kid(2)), side(n->kid(2), n->kid(1))));
  return n->has(flag::negated) ? c.build.unary("NOT", both) : both;
}

/// strftime('%Y', x) - 1: SQLite counts with the text of a number.
void parts_as_numbers(Node* n, Context& c) {
  const bool counts = n->is(BinOp::add) || n->is(BinOp::sub) || n->is(BinOp::mul) ||
                      n->is(BinOp::div) || n->is(BinOp::mod);
  if (!counts) return;
  for (std::uint32_t i = 0; i < 2; ++i) {
    const Node* value = n->kid(i);
    while (value->is(Kind::paren)) value = value->kid(0);
    if (!is_call(value, "STRFTIME") || argument_count(value) == 0) continue;
    const Node* mask = argument(value, 0);
    const bool one = mask->is(Kind::string) && mask->text.size() == 2 && mask->text[0] == '%';
    if (!one || std::string_view("YmdHMSsjwW").find(mask->text[1]) == std::string_view::npos)
      continue;
    n->kids[i] = c.build.cast(n->kids[i], "INTEGER");
  }
}

/// x IN t of SQLite is x IN (SELECT * FROM t).
void in_table(Node* n, Context& c) {
  if (c.from == c.to || (!n->kid(1)->is(Kind::name) && !n->kid(1)->is(Kind::path))) return;
  Node* rows = c.build.select();
  rows->kids[select_slot::items] = c.build.list_of(c.build.item(c.build.node(Kind::star)));
  rows->kids[select_slot::from] = c.build.list_of(table_of(c, n->kid(1)));
  n->kids[1] = c.build.with(Kind::subquery, {}, rows);
}

}  // namespace

void pass_source_operators(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::call)) return read_call(n, c);
    if (n->is(Kind::path) && c.from_is(Dialect::oracle) && same_word(last_name(n), "VALUE") &&
        same_word(qualifier(n), "DBMS_RANDOM")) {
      n = c.build.call("$RANDOM");  // Oracle calls it without parentheses, too.
      return;
    }
    if (n->is(Kind::cast)) return read_cast(n, c);
    if (n->is(Kind::typed_literal)) return read_moment_literal(n->kid(0), type_of(n, c), c);
    if (n->is(Kind::number) || n->is(Kind::hex_string) || n->is(Kind::bit_string)) {
      n = radix(n, c);
      return;
    }
    if (n->is(Kind::between) && n->has(flag::symmetric) && !c.to_is(Dialect::postgres)) {
      n = symmetric(n, c);
      return;
    }
    if (c.from_is(Dialect::sqlite) && c.from != c.to) parts_as_numbers(n, c);
    if (n->is(BinOp::bit_xor) && c.to_is(Dialect::sqlite)) {
      Node* const holes[] = {n->kid(0), n->kid(1)};
      n = fill("((:1 | :2) - (:1 & :2))", c.to, holes, c.build);
      return;
    }
    if (n->is(Kind::unary) && n->text == "~" && c.to_is(Dialect::mysql) && c.from != c.to) {
      Node* const holes[] = {n->kid(0)};
      n = fill("CAST(~:1 AS SIGNED)", c.to, holes, c.build);  // else a number without a sign
      return;
    }
    if (n->is(Kind::unary) && n->text == "+") n = n->kid(0);
    if (c.from_is(Dialect::sqlite) && n->is(Kind::in)) in_table(n, c);
    if (c.from_is(Dialect::postgres) && document_operator(n, c)) return;
    const bool identity = n->is(Kind::variable) && same_word(n->text, "@@identity");
    if (identity) n = c.build.call("SCOPE_IDENTITY");
    if (n->is(Kind::assignment) || n->is(Kind::variable)) {
      c.refuse(n, "a session variable has no equal");
    }
    if (n->is(Kind::item)) return name_bytes(n, c);
    if (!n->is(Kind::binary)) return;
    count_with_bytes(n, c);
    const bool general_is =
        c.from_is(Dialect::sqlite) && (n->is(BinOp::is) || n->is(BinOp::is_not));
    if (general_is && !is_literal_predicate(n->kid(1))) {
      n->op =
          static_cast<std::uint8_t>(n->is(BinOp::is) ? BinOp::is_not_distinct : BinOp::is_distinct);
    }
    if (n->is(BinOp::null_safe_eq)) n->op = static_cast<std::uint8_t>(BinOp::is_not_distinct);
    if (n->is(BinOp::power)) n = c.build.call("POWER", n->kid(0), n->kid(1));
    if (n->is(BinOp::arrow) || n->is(BinOp::arrow_text) || n->is(BinOp::hash_arrow) ||
        n->is(BinOp::hash_arrow_text)) {
      n = json_step(n, c);
      return;
    }
    const bool holds =
        n->is(BinOp::contains) || (n->is(BinOp::custom) && (n->text == "?" || n->text == "??"));
    if (holds && (c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite))) {
      n = read_json_search(n, c);
      return;
    }
    const bool folding = n->is(BinOp::regex_i) || n->is(BinOp::not_regex_i);
    if (n->is(BinOp::regex) || n->is(BinOp::not_regex) || folding) {
      const bool negated = n->is(BinOp::not_regex) || n->is(BinOp::not_regex_i);
      Node* call = c.build.call(folding ? "$REGEXP_I" : "$REGEXP", n->kid(0), n->kid(1));
      n = negated ? c.build.unary("NOT", c.build.paren(call)) : call;
    }
  });
}

void pass_null_safe(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(BinOp::is_not_distinct) && !n->is(BinOp::is_distinct)) return;
    const bool same = n->is(BinOp::is_not_distinct);
    // With a NULL literal it is plain IS NULL.
    const bool native_words = c.to_is(Dialect::postgres) && !c.from_is(Dialect::mysql);
    if (n->kid(1)->is(Kind::null) && !native_words) {
      n->op = static_cast<std::uint8_t>(same ? BinOp::is : BinOp::is_not);
      return;
    }
    if (c.to_is(Dialect::tsql)) {
      const bool native = c.options.target_version == 0 || c.options.target_version >= 2022;
      if (native) return;
      Node* inner = c.build.slots(Kind::set_op, set_slot::count);
      inner->op = static_cast<std::uint8_t>(SetKind::intersect);
      for (std::size_t i = 0; i < 2; ++i) {
        Node* s = c.build.select();
        s->kids[select_slot::items] = c.build.list_of(c.build.item(n->kid(i)));
        inner->kids[set_slot::left + i] = s;
      }
      Node* exists = c.build.with(Kind::exists, {}, inner);
      n = same ? exists : c.build.unary("NOT", exists);
    } else if (c.to_is(Dialect::oracle)) {
      Node* call = c.build.call("DECODE", n->kid(0), n->kid(1), c.build.number(same ? "1" : "0"),
                                c.build.number(same ? "0" : "1"));
      call->flags |= flag::done;
      n = c.build.binary(BinOp::eq, call, c.build.number("1"));
    }
  });
}

namespace {

std::string_view doubled(std::string_view text, Context& c) {
  std::string out;
  for (char ch : text) out += ch == '\\' ? std::string("\\\\") : std::string(1, ch);
  return c.build.text(out);
}

/// GLOB 'a*[xy]?' as a regular expression that minds the case.
Node* glob_pattern(Node* n, Context& c) {
  if (!n->kid(1)->is(Kind::string)) c.refuse(n, "GLOB with a pattern that is no literal");
  const std::string_view t = n->kid(1)->text;
  std::string out = c.to_is(Dialect::mysql) ? "(?-i)^" : "^";
  for (std::size_t i = 0; i < t.size(); ++i) {
    const std::size_t close = t[i] == '[' ? t.find(']', i + 2) : std::string_view::npos;
    if (close != std::string_view::npos) {
      for (; i < close; ++i) out += t[i] == '\\' ? "\\\\" : std::string(1, t[i]);
      out += ']';
    } else if (t[i] == '*') {
      out += ".*";
    } else if (t[i] == '?') {
      out += '.';
    } else {
      if (std::string_view("\\.+()[]{}|^$").find(t[i]) != std::string_view::npos) out += '\\';
      out += t[i];
    }
  }
  Node* call = c.build.call("$REGEXP", n->kid(0), c.build.string(c.build.text(out + "$")));
  return n->has(flag::negated) ? c.build.unary("NOT", c.build.paren(call)) : call;
}

/// LIKE '[KS]_%' of SQL Server is a regular expression, or a GLOB that ignores case.
Node* class_pattern(Node* n, Context& c) {
  const bool glob = c.to_is(Dialect::sqlite);
  const std::string_view t = n->kid(1)->text;
  std::string out = glob ? "" : "^";
  for (std::size_t i = 0; i < t.size(); ++i) {
    const char ch = t[i];
    const std::size_t close = ch == '[' ? t.find(']', i + 1) : std::string_view::npos;
    if (close != std::string_view::npos) {
      out += '[';
      for (std::size_t k = i + 1; k < close; ++k) {
        const bool letter = lower(t[k]) != upper(t[k]);
        const bool range = k + 2 < close && t[k + 1] == '-';
        if (glob && range && letter) {
          for (char first : {lower(t[k]), upper(t[k])}) {
            out += first;
            out += '-';
            out += first == lower(t[k]) ? lower(t[k + 2]) : upper(t[k + 2]);
          }
          k += 2;
        } else if (glob && letter) {
          out += lower(t[k]);
          out += upper(t[k]);
        } else {
          if (!glob && t[k] == '\\') out += '\\';
          out += t[k];
        }
      }
      out += ']';
      i = close;
    } else if (ch == '%') {
      out += glob ? "*" : ".*";
    } else if (ch == '_') {
      out += glob ? "?" : ".";
    } else if (glob && lower(ch) != upper(ch)) {
      out += {'[', lower(ch), upper(ch), ']'};
    } else if (!glob && std::string_view("\\.*+?()[]{}|^$").find(ch) != std::string_view::npos) {
      out += '\\';
      out += ch;
    } else {
      out += ch;
    }
  }
  if (!glob) out += '$';
  Node* pattern = c.build.string(c.build.text(out));
  if (glob) {
    n->text = "GLOB";
    n->kids[1] = pattern;
    return n;
  }
  Node* call = c.build.call("$REGEXP_I", n->kid(0), pattern);
  return n->has(flag::negated) ? c.build.unary("NOT", c.build.paren(call)) : call;
}

}  // namespace

void pass_like(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::like)) return;
    const bool negated = n->has(flag::negated);
    if (n->text == "ILIKE" && !c.to_is(Dialect::postgres)) {
      n->text = "LIKE";
      n->kids[0] = c.build.call("LOWER", n->kid(0));
      n->kids[1] = c.build.call("LOWER", n->kid(1));
    } else if (n->text == "REGEXP" && !c.to_is(Dialect::mysql)) {
      Node* call =
          c.build.call(c.from_is(Dialect::mysql) ? "$REGEXP_I" : "$REGEXP", n->kid(0), n->kid(1));
      n = negated ? c.build.unary("NOT", c.build.paren(call)) : call;
      return;
    } else if (n->text == "SIMILAR TO" && !c.to_is(Dialect::postgres)) {
      n = read_similar(n, c);
      return;
    } else if (n->text == "GLOB" && !c.to_is(Dialect::sqlite)) {
      n = glob_pattern(n, c);
      return;
    }
    if (n->text != "LIKE") return;
    // The backslash escapes by default in PostgreSQL and MySQL only.
    const bool from_escape = c.from_is(Dialect::mysql) || c.from_is(Dialect::postgres);
    const bool to_escape = c.to_is(Dialect::mysql) || c.to_is(Dialect::postgres);
    const bool slash =
        n->kid(1)->is(Kind::string) && n->kid(1)->text.find('\\') != std::string_view::npos;
    if (slash && from_escape && !to_escape && !n->kid(2)) n->kids[2] = c.build.string("\\");
    if (slash && !from_escape && to_escape && !n->kid(2)) {
      if (c.to_is(Dialect::postgres))
        n->kids[2] = c.build.string("");
      else
        n->kids[1] = c.build.string(doubled(n->kid(1)->text, c));
    }
    const bool classes =
        n->kid(1)->is(Kind::string) && n->kid(1)->text.find('[') != std::string_view::npos;
    if (classes && c.from_is(Dialect::tsql) && !n->kid(2)) {
      n = class_pattern(n, c);
      return;
    }
    if (classes && c.to_is(Dialect::tsql)) {
      if (n->kid(2)) c.refuse(n, "LIKE with [ and an ESCAPE of its own");
      std::string pattern;
      for (char ch : n->kid(1)->text) {
        if (ch == '[') pattern += '\\';
        pattern += ch;
      }
      n->kids[1] = c.build.string(c.build.text(pattern));
      n->kids[2] = c.build.string("\\");
    }
  });
}

namespace {

/// (a, b) IS NULL of PostgreSQL: every part is; IS NOT NULL: none is.
void row_is_null(Node*& n, Context& c) {
  if (!n->kid(1)->is(Kind::null)) return;
  Node* whole = nullptr;
  for (Node* part : *n->kid(0)) {
    Node* test = c.build.binary(n->bin(), part, c.build.null());
    whole = whole ? c.build.binary(BinOp::and_, whole, test) : test;
  }
  if (whole) n = c.build.paren(whole);
}

}  // namespace

void pass_row_values(Context& c) {
  const bool postgres = c.from_is(Dialect::postgres) && !c.to_is(Dialect::postgres);
  Node* none = nullptr;
  rewrite_tree(postgres ? c.statement : none, [&](Node*& n) {
    if (n->is(Kind::row)) n->text = {};  // ROW(a, b) is (a, b)
    const bool test = n->is(BinOp::is) || n->is(BinOp::is_not);
    if (test && n->kid(0)->is(Kind::row)) row_is_null(n, c);
  });
  if (!c.to_is(Dialect::tsql) && !c.to_is(Dialect::oracle)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::binary) || !n->kid(0)->is(Kind::row) || !n->kid(1)->is(Kind::row)) return;
    const BinOp op = n->bin();
    Node* a = n->kid(0);
    Node* b = n->kid(1);
    if (a->size != b->size || a->size == 0) return;
    const bool equality = op == BinOp::eq || op == BinOp::neq;
    Node* whole = nullptr;
    if (equality) {
      for (std::uint32_t i = 0; i < a->size; ++i) {
        Node* test = c.build.binary(op, a->kids[i], b->kids[i]);
        whole =
            !whole ? test : c.build.binary(op == BinOp::eq ? BinOp::and_ : BinOp::or_, whole, test);
      }
    } else if (op == BinOp::lt || op == BinOp::le || op == BinOp::gt || op == BinOp::ge) {
      const BinOp strict = op == BinOp::lt || op == BinOp::le ? BinOp::lt : BinOp::gt;
      for (std::uint32_t i = a->size; i-- > 0;) {
        const bool last = i + 1 == a->size;
        Node* test = c.build.binary(last ? op : strict, c.build.clone(a->kids[i]),
                                    c.build.clone(b->kids[i]));
        if (last) {
          whole = test;
          continue;
        }
        Node* equal =
            c.build.binary(BinOp::eq, c.build.clone(a->kids[i]), c.build.clone(b->kids[i]));
        whole = c.build.binary(BinOp::or_, test,
                               c.build.binary(BinOp::and_, equal, c.build.paren(whole)));
      }
    } else {
      return;
    }
    n = c.build.paren(whole);
  });
}

}  // namespace iacdb::sql
