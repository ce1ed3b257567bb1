#include "sql/translate/predicates.hpp"

#include "sql/translate/make.hpp"

namespace iacdb::sql {

bool is_predicate(const Node* n) {
  switch (n->kind) {
    case Kind::like:
    case Kind::in:
    case Kind::between:
    case Kind::exists:
      return true;
    case Kind::paren:
      return is_predicate(n->kid(0));
    case Kind::unary:
      return n->text == "NOT";
    case Kind::call:
      return is_call(n, "$REGEXP") || is_call(n, "$REGEXP_I");
    case Kind::binary:
      switch (n->bin()) {
        case BinOp::or_:
        case BinOp::xor_:
        case BinOp::and_:
        case BinOp::eq:
        case BinOp::neq:
        case BinOp::lt:
        case BinOp::gt:
        case BinOp::le:
        case BinOp::ge:
        case BinOp::is:
        case BinOp::is_not:
        case BinOp::is_distinct:
        case BinOp::is_not_distinct:
        case BinOp::contains:
        case BinOp::contained:
        case BinOp::overlaps:
          return true;
        default:
          return false;
      }
    default:
      return false;
  }
}

bool never_null_predicate(const Node* n) {
  if (n->is(Kind::exists)) return true;
  if (n->is(Kind::paren)) return never_null_predicate(n->kid(0));
  if (n->is(BinOp::is) || n->is(BinOp::is_not) || n->is(BinOp::is_distinct) ||
      n->is(BinOp::is_not_distinct)) {
    return true;
  }
  return false;
}

void boolean_as_text(Node*& n, bool whole_words, Context& c) {
  Node* negated = c.build.unary("NOT", c.build.paren(c.build.clone(n)));
  Node* made = case_when(c, n, c.build.string(whole_words ? "true" : "t"));
  c.build.add(made,
              c.build.with(Kind::when, {}, negated, c.build.string(whole_words ? "false" : "f")));
  n = made;
}

}  // namespace iacdb::sql
