// What joins texts in the source: `+` of SQL Server where it is no sum, and chains of ||.

#include <string>

#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

std::string described(const Node* n) {
  const std::string_view name = last_name(n);
  return name.empty() ? std::string("a value") : std::string(name);
}

namespace {

/// What no text can be, whatever the types below are.
bool gives_number(const Node* n) {
  switch (n->kind) {
    case Kind::paren:
      return gives_number(n->kid(0));
    case Kind::unary:
      return n->text == "-" || n->text == "~";
    case Kind::binary:
      if (n->is(BinOp::add)) return gives_number(n->kid(0)) || gives_number(n->kid(1));
      return n->is(BinOp::sub) || n->is(BinOp::mul) || n->is(BinOp::div) || n->is(BinOp::mod);
    case Kind::call:
      for (std::string_view f : {"SUM", "AVG", "ABS", "ROUND", "CEIL", "FLOOR", "TRUNC", "$MOD"}) {
        if (is_call(n, f)) return true;
      }
      return false;
    default:
      return false;
  }
}

}  // namespace

void pass_concatenation(Context& c) {
  Node* none = nullptr;
  // '+' of text in SQL Server
  rewrite_tree(c.from_is(Dialect::tsql) ? c.statement : none, [&](Node*& n) {
    if (n->is(BinOp::add)) {
      const ValueType a = type_of(n->kid(0), c);
      const ValueType b = type_of(n->kid(1), c);
      const bool text = a == ValueType::text || b == ValueType::text;
      const bool number = is_number(a) || is_number(b) || is_moment(a) || is_moment(b);
      if (text && !number) n->op = static_cast<std::uint8_t>(BinOp::concat);
      const bool told = gives_number(n->kid(0)) || gives_number(n->kid(1));
      if (a == ValueType::unknown && b == ValueType::unknown && !told) {
        c.miss_types(n, "types",
                     "the types of " + described(n->kid(0)) + " and " + described(n->kid(1)) +
                         " decide whether + adds numbers or joins texts");
      }
    }
  });
  // chains of || become one call, which each target writes its way
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(BinOp::concat) || n->has(flag::done)) return;
    const bool same =
        (c.to_is(Dialect::postgres) && !c.from_is(Dialect::sqlite)) || c.to_is(Dialect::oracle);
    if (same && !c.from_is(Dialect::oracle)) return;
    const char* const name = c.from_is(Dialect::oracle) ? "$CONCAT_EMPTY" : "$CONCAT_NULL";
    const bool grows = is_call(n->kids[0], name);  // What is left of it is this chain's beginning.
    Node* call = grows ? n->kids[0] : c.build.call(name);
    call->position = n->position;
    Node* args = call->kid(call_slot::args);
    for (std::uint32_t i = grows ? 1 : 0; i < 2; ++i) {
      Node* k = n->kids[i];
      if (is_call(k, name)) {
        for (Node* inner : *k->kid(call_slot::args)) c.build.add(args, inner);
      } else {
        c.build.add(args, k);
      }
    }
    n = call;
  });
}

}  // namespace iacdb::sql
