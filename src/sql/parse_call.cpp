// Function calls, windows, and the functions with a grammar of their own.

#include "sql/parser.hpp"

namespace iacdb::sql {

Node* Parser::function_call(Node* function) {
  Node* n = build_.slots(Kind::call, call_slot::count, last_name(function));
  n->position = function->position;
  // Such names are the translator's own, for functions that every dialect calls differently.
  if (n->text.starts_with('$') && !own_names_) {
    fail("unsupported", "a function whose name begins with $", function->position);
  }
  if (function->is(Kind::path)) n->kids[call_slot::path] = function;
  if (function->has(flag::quoted)) n->flags |= flag::quoted;
  expect(Op::lparen, "\"(\"");
  Node* args = build_.list();
  n->kids[call_slot::args] = args;
  if (is_json_constructor(n)) {
    json_arguments(n);
  } else if (!at(Op::rparen)) {
    call_arguments(n);
  }
  expect(Op::rparen, "\")\" after the arguments");
  if (text_of_xml(n)) return n;
  call_tail(n);
  return n;
}

Node* Parser::argument() {
  const std::size_t begin = at_;
  if (is_word() && (peek().is(Op::fat_arrow) || (peek().is(Op::assign) && is(Dialect::postgres)))) {
    Node* n = build_.slots(Kind::named_argument, 1, text(cur()));
    at_ += 2;
    n->kids[0] = expression();
    return at_position(n, begin);
  }
  if (accept("variadic"_w)) return at_position(build_.unary("VARIADIC", expression()), begin);
  if (query_here() && !at(Op::lparen))
    return at_position(build_.with(Kind::subquery, {}, query()), begin);
  return expression();
}

void Parser::call_arguments(Node* call) {
  if (accept("distinct"_w))
    call->flags |= flag::distinct;
  else
    accept("all"_w);
  Node* args = call->kids[call_slot::args];
  {
    Chain chain(*this);  // As operators they may become one.
    std::size_t begin = at_;
    do {
      begin = at_;
      build_.add(args, argument());
    } while (accept(Op::comma));
    if (at("columns"_w) && peek().is(Op::lparen) && same_word(call->text, "json_table")) {
      // JSON_TABLE(document, path COLUMNS (..)): from the path on one text.
      at_ = match_[at_ + 1] + 1;
      args->kids[args->size - 1] = build_.node(Kind::raw, between(begin, at_));
    }
    if (args->size > 8) chain.grow("arguments of functions in one another", args->size);
  }
  if (at("order"_w)) call->kids[call_slot::order] = order_list();
  if (accept("separator"_w)) call->kids[call_slot::separator] = expression();
  if (accept("ignore"_w, "nulls"_w)) call->flags |= flag::ignore;
  accept("respect"_w, "nulls"_w);
  if (same_word(call->text, "listagg") && accept("on"_w, "overflow"_w)) overflow(call);
  if (is(Dialect::mysql) && same_word(call->text, "char") && accept("using"_w)) {
    Node*& last = args->kids[args->size - 1];
    last = build_.with(Kind::named_argument, "USING", last, build_.node(Kind::raw, text(cur())));
    ++at_;
  }
  if (same_word(call->text, "json_value") && args->size == 2 && accept("returning"_w)) {
    // JSON_VALUE(document, path RETURNING type)
    args->kids[1] = build_.with(Kind::named_argument, "RETURNING", args->kid(1), type());
  }
  if (same_word(call->text, "json_value") && args->size == 2) json_value_tail(call);
  if (at("limit"_w) || at("using"_w) || at("returning"_w) || at("format"_w) || at("null"_w) ||
      at("absent"_w) || at("error"_w) || at("on"_w) || at("from"_w) || at("for"_w) || at("as"_w) ||
      at("columns"_w) || at("passing"_w) || at("with"_w)) {
    fail("unsupported", "this form of a function's arguments is not read", cur().begin);
  }
}

/// LISTAGG(x, ',' ON OVERFLOW ERROR | TRUNCATE '..' WITH COUNT): of texts too long for Oracle.
void Parser::overflow(Node* call) {
  if (accept("error"_w)) return;
  expect("truncate"_w, "ERROR or TRUNCATE");
  if (cur().kind == TokenKind::string) ++at_;
  if (accept("with"_w) || accept("without"_w)) expect("count"_w, "COUNT");
  call->flags |= flag::ignore;
}

/// WITHIN GROUP, FILTER, NULL treatment, KEEP and OVER, in the order they may stand.
void Parser::call_tail(Node* call) {
  if (accept("within"_w, "group"_w)) {
    expect(Op::lparen, "\"(\"");
    call->kids[call_slot::within] = order_list();
    expect(Op::rparen, "\")\"");
  }
  if (at("filter"_w) && peek().is(Op::lparen)) {
    at_ += 2;
    expect("where"_w, "WHERE in FILTER");
    call->kids[call_slot::filter] = expression();
    expect(Op::rparen, "\")\"");
  }
  if (accept("ignore"_w, "nulls"_w)) call->flags |= flag::ignore;
  accept("respect"_w, "nulls"_w);
  if (at("keep"_w) && peek().is(Op::lparen)) {
    at_ += 2;
    expect("dense_rank"_w, "DENSE_RANK");
    const bool first = accept("first"_w);
    if (!first) expect("last"_w, "FIRST or LAST");
    Node* keep = build_.with(Kind::window, first ? "FIRST" : "LAST", order_list());
    expect(Op::rparen, "\")\"");
    call->kids[call_slot::keep] = keep;
  }
  if (accept("over"_w)) call->kids[call_slot::over] = window_or_name();
}

Node* Parser::window_or_name() {
  if (at(Op::lparen)) return window_spec();
  return name("a window");
}

Node* Parser::window_spec() {
  const std::size_t begin = at_;
  expect(Op::lparen, "\"(\" of a window");
  Node* w = build_.slots(Kind::window, window_slot::count);
  if (name_here() && !at("partition"_w) && !at("order"_w) && !at("rows"_w) && !at("range"_w) &&
      !at("groups"_w)) {
    w->kids[window_slot::base] = name();
  }
  if (accept("partition"_w)) {
    expect("by"_w, "BY");
    w->kids[window_slot::partition] = expression_list();
  }
  if (at("order"_w)) w->kids[window_slot::order] = order_list();
  if (at("rows"_w) || at("range"_w) || at("groups"_w)) {
    const std::size_t from = at_;
    std::size_t nested = 0;
    while (!at_end() && (nested > 0 || !at(Op::rparen))) {
      if (at(Op::lparen)) ++nested;
      if (at(Op::rparen)) --nested;
      ++at_;
    }
    w->kids[window_slot::frame] = build_.node(Kind::raw, between(from, at_));
  }
  expect(Op::rparen, "\")\" of a window");
  return at_position(w, begin);
}

Node* Parser::order_list() {
  expect("order"_w, "ORDER");
  const bool siblings = accept("siblings"_w);
  expect("by"_w, "BY");
  Node* l = build_.list();
  if (siblings) l->text = "SIBLINGS";
  do {
    build_.add(l, sort_item());
  } while (accept(Op::comma));
  return l;
}

Node* Parser::sort_item() {
  Node* n = build_.sort(expression());
  n->position = n->kids[0]->position;
  if (accept("asc"_w))
    n->flags |= flag::asc;
  else if (accept("desc"_w))
    n->flags |= flag::desc;
  else if (at("using"_w) && is(Dialect::postgres)) {
    fail("unsupported", "ORDER BY .. USING is not read", cur().begin);
  }
  if (accept("nulls"_w)) {
    if (accept("first"_w)) {
      n->flags |= flag::nulls_first;
    } else {
      expect("last"_w, "FIRST or LAST");
      n->flags |= flag::nulls_last;
    }
  }
  return n;
}

Node* Parser::expression_list() {
  Node* l = build_.list();
  do {
    build_.add(l, expression());
  } while (accept(Op::comma));
  return l;
}

Node* Parser::cast_call(std::string_view function) {
  const std::size_t begin = at_++;
  expect(Op::lparen, "\"(\"");
  Node* value = expression();
  expect("as"_w, "AS in CAST");
  Node* t = type();
  Node* n = build_.with(Kind::cast, function == "SAFE_CAST" ? "TRY_CAST" : function, value, t);
  const bool tried = is(Dialect::oracle) && (at("default"_w) || function == "VALIDATE_CONVERSION");
  if (tried) {
    // CAST(x AS t DEFAULT y ON CONVERSION ERROR, mask), VALIDATE_CONVERSION(x AS t, mask)
    for (int i = 0; i < 2; ++i) build_.add(n, nullptr);
    if (accept("default"_w)) {
      n->kids[3] = expression();
      expect("on"_w, "ON");
      if (!accept("conversion"_w, "error"_w)) expected("CONVERSION ERROR");
    }
    if (accept(Op::comma)) n->kids[2] = expression();
  }
  if (at("default"_w) || at("format"_w) || at(Op::comma)) {
    fail("unsupported", "this form of CAST is not read", cur().begin);
  }
  if (accept("array"_w)) t->flags |= flag::array;
  expect(Op::rparen, "\")\" of CAST");
  return at_position(n, begin);
}

/// T-SQL: CONVERT(type, value, style). MySQL: CONVERT(value, type), CONVERT(value USING charset).
Node* Parser::convert_call() {
  const std::size_t begin = at_;
  if (!is(Dialect::tsql) && !is(Dialect::mysql)) return nullptr;
  const bool tried = at("try_convert"_w);
  at_ += 2;
  Node* n = nullptr;
  if (is(Dialect::tsql)) {
    Node* t = type();
    expect(Op::comma, "\",\" in CONVERT");
    n = build_.with(Kind::cast, tried ? "TRY_CONVERT" : "CONVERT", expression(), t,
                    static_cast<Node*>(nullptr));
    if (accept(Op::comma)) n->kids[2] = expression();
  } else {
    Node* value = expression();
    if (accept("using"_w)) {
      n = build_.with(Kind::cast, "USING", value, path("a character set"));
    } else {
      expect(Op::comma, "\",\" in CONVERT");
      n = build_.with(Kind::cast, "CONVERT", value, type());
    }
  }
  expect(Op::rparen, "\")\" of CONVERT");
  return at_position(n, begin);
}

Node* Parser::extract_call() {
  const std::size_t begin = at_;
  at_ += 2;
  Node* n = build_.slots(Kind::extract, 1);
  if (cur().kind == TokenKind::string) {
    n->text = upper_text(decoded(cur())->text);
    ++at_;
  } else {
    n->text = upper_text(text(cur()));
    name("a field of EXTRACT");
  }
  if (!accept("from"_w)) expect(Op::comma, "FROM in EXTRACT");
  n->kids[0] = expression();
  expect(Op::rparen, "\")\" of EXTRACT");
  return at_position(n, begin);
}

Node* Parser::trim_call() {
  const std::size_t begin = at_;
  at_ += 2;
  Node* n =
      build_.with(Kind::trim, "BOTH", static_cast<Node*>(nullptr), static_cast<Node*>(nullptr));
  bool sided = true;
  if (accept("leading"_w))
    n->text = "LEADING";
  else if (accept("trailing"_w))
    n->text = "TRAILING";
  else
    sided = accept("both"_w);
  if (sided && n->text == "BOTH") n->flags |= flag::parens;  // the word was said
  if (sided && accept("from"_w)) {
    n->kids[0] = expression();
  } else {
    Node* first = expression();
    if (accept("from"_w)) {
      n->kids[1] = first;
      n->kids[0] = expression();
    } else {
      n->kids[0] = first;
      if (accept(Op::comma)) n->kids[1] = expression();
    }
  }
  expect(Op::rparen, "\")\" of TRIM");
  return at_position(n, begin);
}

Node* Parser::substring_call() {
  const std::size_t begin = at_;
  Node* n = build_.call(text(cur()));
  at_ += 2;
  Node* args = n->kids[call_slot::args];
  build_.add(args, expression());
  if (accept("from"_w)) {
    n->text = "SUBSTRING";
    build_.add(args, expression());
    if (accept("for"_w)) build_.add(args, expression());
  } else if (accept("for"_w)) {
    n->text = "SUBSTRING";
    build_.add(args, build_.number("1"));
    build_.add(args, expression());
  } else {
    while (accept(Op::comma)) build_.add(args, expression());
  }
  expect(Op::rparen, "\")\"");
  return at_position(n, begin);
}

/// POSITION(a IN b); the arguments are kept as (a, b).
Node* Parser::position_call() {
  const std::size_t begin = at_;
  at_ += 2;
  Node* needle = expression(power::like);
  if (!accept("in"_w)) expect(Op::comma, "IN in POSITION");
  Node* n = build_.call("POSITION", needle, expression());
  expect(Op::rparen, "\")\" of POSITION");
  return at_position(n, begin);
}

Node* Parser::overlay_call() {
  const std::size_t begin = at_;
  at_ += 2;
  Node* n = build_.call("OVERLAY", expression());
  expect("placing"_w, "PLACING in OVERLAY");
  Node* args = n->kids[call_slot::args];
  build_.add(args, expression());
  expect("from"_w, "FROM in OVERLAY");
  build_.add(args, expression());
  if (accept("for"_w)) build_.add(args, expression());
  expect(Op::rparen, "\")\" of OVERLAY");
  return at_position(n, begin);
}

/// The words of a type's name: DOUBLE PRECISION, CHARACTER VARYING, LONG RAW ..
std::string_view Parser::type_words() {
  const std::size_t begin = at_;
  const Token first = cur();
  ++at_;
  switch (first.word) {
    case "double"_w:
      accept("precision"_w);
      break;
    case "character"_w:
    case "char"_w:
    case "nchar"_w:
      accept("varying"_w);
      break;
    case "bit"_w:
      accept("varying"_w);
      break;
    case "long"_w:
      if (at("raw"_w) || at("varchar"_w) || at("varbinary"_w)) ++at_;
      break;
    case "national"_w:
      if (!accept("character"_w)) accept("char"_w);
      accept("varying"_w);
      break;
    default:
      break;
  }
  if (at_ == begin + 1) return upper_text(text(first));
  std::string joined;
  for (std::size_t i = begin; i < at_; ++i) {
    if (i > begin) joined += ' ';
    joined += text(tokens_[i]);
  }
  return upper_text(arena_.copy(joined));
}

Node* Parser::type() {
  const std::size_t begin = at_;
  if (!name_here()) expected("a type");
  Node* n = build_.node(Kind::type);
  if (cur().kind == TokenKind::quoted_name || peek().is(Op::dot)) {
    const std::size_t from = at_;
    Node* p = path("a type");
    n->text = upper_text(last_name(p));
    // A schema of the program's own belongs to the type's name.
    const std::string_view schema = qualifier(p);
    const bool own = !schema.empty() && !same_word(schema, "pg_catalog") &&
                     !same_word(schema, "public") && !same_word(schema, "dbo") &&
                     !same_word(schema, "sys");
    if (own) n->text = between(from, at_);
    if (cur().kind == TokenKind::word && last_name(p) == "double") accept("precision"_w);
  } else {
    n->text = type_words();
  }
  if (at(Op::lparen) && !(is(Dialect::oracle) && peek().is(Op::plus))) {
    ++at_;
    n->flags |= flag::parens;
    while (!at(Op::rparen) && !at_end()) {
      Node* p = expression();
      if (at("char"_w) || at("byte"_w)) {
        p = build_.node(Kind::raw, between(at_ - 1, at_ + 1));
        ++at_;
      }
      build_.add(n, p);
      if (!accept(Op::comma)) break;
    }
    expect(Op::rparen, "\")\" of the type");
  }
  type_modifiers(n);
  return at_position(n, begin);
}

void Parser::type_modifiers(Node* n) {
  for (;;) {
    if (accept("unsigned"_w)) {
      n->flags |= flag::unsigned_;
    } else if (at("signed"_w) && is(Dialect::mysql)) {
      ++at_;
    } else if (at("zerofill"_w) && is(Dialect::mysql)) {
      ++at_;
      n->flags |= flag::unsigned_;
    } else if (accept("with"_w, "time"_w, "zone"_w)) {
      n->flags |= flag::time_zone;
    } else if (at("with"_w) && next_is("local"_w)) {
      at_ += 2;
      expect("time"_w, "TIME ZONE");
      expect("zone"_w, "ZONE");
      n->flags |= flag::time_zone;
    } else if (accept("without"_w, "time"_w, "zone"_w)) {
    } else if (at(Op::lbracket) && is(Dialect::postgres)) {
      ++at_;
      if (cur().kind == TokenKind::number) ++at_;
      expect(Op::rbracket, "\"]\"");
      n->flags |= flag::array;
    } else if (n->text == "INTERVAL" && is_word() &&
               (at("year"_w) || at("month"_w) || at("day"_w) || at("hour"_w) || at("minute"_w) ||
                at("second"_w))) {
      ++at_;
      if (accept(Op::lparen)) {
        expression();
        expect(Op::rparen, "\")\"");
      }
      if (accept("to"_w)) name();
      if (at(Op::lparen)) {
        ++at_;
        expression();
        expect(Op::rparen, "\")\"");
      }
    } else if (is(Dialect::mysql) && at("character"_w) && next_is("set"_w)) {
      at_ += 2;
      name("a character set");
    } else if (is(Dialect::mysql) && at("charset"_w)) {
      ++at_;
      name("a character set");
    } else {
      return;
    }
  }
}

}  // namespace iacdb::sql
