// The constructors of JSON as the standard writes them: JSON_OBJECT(KEY k VALUE v ABSENT ON NULL);
// and FOR JSON of SQL Server, whose rows are such objects.
//
// Sources: "JSON_OBJECT" and "JSON_ARRAYAGG" of Oracle 19c, "FOR JSON" and "JSON_OBJECT" of
// Transact-SQL 2022.

#include <string>

#include "sql/parser.hpp"

namespace iacdb::sql {

namespace {

bool is_json_object(const Node* call) {
  return same_word(call->text, "json_object") || same_word(call->text, "json_objectagg");
}

}  // namespace

bool Parser::is_json_constructor(const Node* call) const {
  if (!is(Dialect::oracle) && !is(Dialect::tsql)) return false;
  return is_json_object(call) || same_word(call->text, "json_array") ||
         same_word(call->text, "json_arrayagg");
}

/// k VALUE v: two arguments of the call.
void Parser::json_pair(Node* args) {
  const Token& next = peek();
  const bool key = at("key"_w) && (next.kind == TokenKind::string ||
                                   (next.kind == TokenKind::word && !next.is("value"_w)));
  if (key) ++at_;
  build_.add(args, expression());
  const bool colon = is(Dialect::tsql) && accept(Op::colon);
  if (!colon && !accept("value"_w)) expected("VALUE behind a key");
  build_.add(args, expression());
}

/// The end of a constructor: what becomes of NULL, and of which type the text is.
void Parser::json_tail(Node* call) {
  if (at("order"_w)) call->kids[call_slot::order] = order_list();
  call->op = static_cast<std::uint8_t>(JsonNulls::unsaid);
  if (accept("absent"_w, "on"_w, "null"_w)) {
    call->op = static_cast<std::uint8_t>(JsonNulls::absent);
  } else if (accept("null"_w, "on"_w, "null"_w)) {
    call->op = static_cast<std::uint8_t>(JsonNulls::kept);
  }
  if (accept("returning"_w)) type();
  accept("strict"_w);
}

void Parser::json_arguments(Node* call) {
  Node* args = call->kids[call_slot::args];
  const bool pairs = is_json_object(call);
  const bool empty = at(Op::rparen) || at("absent"_w) || at("null"_w);
  if (!empty) {
    do {
      if (pairs) {
        json_pair(args);
      } else {
        build_.add(args, expression());
      }
      if (at("format"_w)) fail("unsupported", "FORMAT JSON of a value", cur().begin);
    } while (accept(Op::comma));
  }
  json_tail(call);
}

/// JSON_VALUE(document, path DEFAULT x ON EMPTY): where the document has nothing at the path.
void Parser::json_value_tail(Node* call) {
  while (at("null"_w) || at("default"_w) || at("error"_w)) {
    const std::size_t begin = at_;
    Node* given = accept("default"_w) ? expression() : nullptr;
    const bool raises = !given && at("error"_w);
    if (!given) ++at_;
    expect("on"_w, "ON");
    const bool empty = accept("empty"_w);
    if (!empty) expect("error"_w, "EMPTY or ERROR");
    if (raises || (given && !empty)) {
      fail("unsupported", "this answer of JSON_VALUE to an error", tokens_[begin].begin);
    }
    if (!given) continue;
    Node* args = call->kids[call_slot::args];
    Node* const path = args->kid(1);
    Node* plain = path->is(Kind::named_argument) ? path->kid(0) : path;
    Node* value = build_.call(call->text, args->kid(0), path);
    Node* choice = build_.slots(Kind::case_, 2);
    Node* nothing = build_.binary(BinOp::is, build_.clone(args->kid(0)), build_.null());
    Node* found = build_.call("JSON_EXISTS", build_.clone(args->kid(0)), build_.clone(plain));
    build_.add(choice, build_.with(Kind::when, {}, nothing, build_.null()));
    build_.add(choice, build_.with(Kind::when, {}, found, value));
    choice->kids[1] = given;
    choice->position = call->position;
    *call = *choice;
    return;
  }
}

namespace {

Node* json_call(Builder& build, std::string_view name, JsonNulls nulls) {
  Node* call = build.call(name);
  call->op = static_cast<std::uint8_t>(nulls);
  return call;
}

/// The object of a path a.b: made where it is not there yet.
Node* object_at(Builder& build, Node* object, std::string_view& name, JsonNulls nulls) {
  for (std::size_t dot = name.find('.'); dot != name.npos; dot = name.find('.')) {
    const std::string_view step = name.substr(0, dot);
    Node* args = object->kids[call_slot::args];
    Node* inner = nullptr;
    for (std::uint32_t i = 0; i + 1 < args->size; i += 2) {
      if (args->kids[i]->text == step) inner = args->kids[i + 1];
    }
    if (!inner) {
      inner = json_call(build, "JSON_OBJECT", nulls);
      build.add(args, build.string(step));
      build.add(args, inner);
    }
    if (!inner->is(Kind::call)) return nullptr;
    object = inner;
    name.remove_prefix(dot + 1);
  }
  return object;
}

}  // namespace

/// ROOT('x'), INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER.
Parser::JsonOptions Parser::json_options() {
  JsonOptions options;
  while (accept(Op::comma)) {
    if (accept("root"_w)) {
      options.root = build_.string("root");
      if (!accept(Op::lparen)) continue;
      if (cur().kind != TokenKind::string) expected("a name in ROOT");
      options.root = decoded(cur());
      ++at_;
      expect(Op::rparen, "\")\"");
    } else if (same_word(text(cur()), "include_null_values")) {
      ++at_;
      options.nulls = JsonNulls::kept;
    } else if (same_word(text(cur()), "without_array_wrapper")) {
      ++at_;
      options.bare = true;
    } else {
      expected("ROOT, INCLUDE_NULL_VALUES or WITHOUT_ARRAY_WRAPPER");
    }
  }
  return options;
}

/// SELECT a, b AS [c.d] .. ORDER BY e FOR JSON PATH: JSON_ARRAYAGG of a JSON_OBJECT for each row.
void Parser::rows_as_json(Node* query) {
  const std::size_t begin = at_;
  const auto refuse = [&](const char* what) {
    fail("unsupported", std::string("FOR JSON ") + what, tokens_[begin].begin);
  };
  expect("for"_w, "FOR");
  expect("json"_w, "JSON");
  const bool automatic = accept("auto"_w);
  if (!automatic) expect("path"_w, "PATH or AUTO");
  const JsonOptions options = json_options();
  if (!query->is(Kind::select) || query->kid(select_slot::group) || query->kid(query_slot::limit) ||
      query->has(flag::distinct)) {
    refuse("of a query that groups, limits or unites its rows; make it a derived table");
  }
  const Node* from = query->kid(select_slot::from);
  if (automatic && (!from || from->size != 1 || !from->kid(0)->is(Kind::table))) {
    refuse("AUTO of several tables");
  }
  Node* object = json_call(build_, "JSON_OBJECT", options.nulls);
  for (Node* item : *query->kid(select_slot::items)) {
    std::string_view name = item->kid(1) ? item->kid(1)->text : last_name(item->kid(0));
    if (item->kid(0)->is(Kind::star) || name.empty()) refuse("of columns without a name");
    Node* place = automatic ? object : object_at(build_, object, name, options.nulls);
    if (!place) refuse("with a column and an object of one name");
    build_.add(place->kids[call_slot::args], build_.string(name));
    build_.add(place->kids[call_slot::args], item->kid(0));
  }
  Node* rows = json_call(build_, "JSON_ARRAYAGG", JsonNulls::kept);
  Node* order = query->kid(query_slot::order);
  if (options.bare) {
    rows = build_.call("STRING_AGG", build_.cast(object, "VARCHAR"), build_.string(","));
    rows->kids[call_slot::within] = order;
  } else {
    build_.add(rows->kids[call_slot::args], object);
    rows->kids[call_slot::order] = order;
  }
  if (options.root) {
    Node* root = json_call(build_, "JSON_OBJECT", JsonNulls::kept);
    build_.add(root->kids[call_slot::args], options.root);
    build_.add(root->kids[call_slot::args], rows);
    rows = root;
  }
  query->kids[query_slot::order] = nullptr;
  query->kids[select_slot::items] = build_.list_of(build_.item(rows));
  Node* count = build_.call("COUNT", build_.node(Kind::star));
  query->kids[select_slot::having] = build_.binary(BinOp::gt, count, build_.number("0"));
}

/// XMLAGG(XMLELEMENT(e, x, ',').EXTRACT('//text()') ORDER BY y).GetClobVal(): texts one after the
/// other, as LISTAGG gives them.
bool Parser::text_of_xml(Node* call) {
  if (!is(Dialect::oracle) || !at(Op::dot)) return false;
  const bool element = same_word(call->text, "xmlelement");
  if (!element && !same_word(call->text, "xmlagg")) return false;
  bool any = false;
  while (at(Op::dot) && peek().kind == TokenKind::word && peek(2).is(Op::lparen)) {
    const std::string_view method = text(peek());
    const bool extracts = same_word(method, "extract");
    if (!extracts && !same_word(method, "getclobval") && !same_word(method, "getstringval")) break;
    at_ += 3;
    if (extracts) {
      const bool texts = cur().kind == TokenKind::string && decoded(cur())->text == "//text()";
      if (!texts) fail("unsupported", "EXTRACT of XML but for '//text()'", cur().begin);
      ++at_;
      if (!element) call->flags |= flag::national;
    }
    expect(Op::rparen, "\")\"");
    any = true;
  }
  if (!any) return false;
  Node* args = call->kids[call_slot::args];
  if (element) {
    call->flags |= flag::national;
    return true;
  }
  Node* inner = args->size == 1 ? args->kid(0) : nullptr;
  const bool plain = inner && inner->is(Kind::call) && same_word(inner->text, "xmlelement") &&
                     (inner->has(flag::national) || call->has(flag::national)) &&
                     inner->kid(call_slot::args)->size > 1;
  if (!plain) fail("unsupported", "XMLAGG but for the texts of its elements", call->position);
  const Node* parts = inner->kid(call_slot::args);
  Node* value = parts->kids[1];
  for (std::uint32_t i = 2; i < parts->size; ++i) {
    value = build_.binary(BinOp::concat, value, parts->kids[i]);
  }
  Node* order = call->kid(call_slot::order);
  Node* made = build_.call("LISTAGG", value);
  made->position = call->position;
  made->kids[call_slot::within] = order;
  *call = *made;
  return true;
}

}  // namespace iacdb::sql
