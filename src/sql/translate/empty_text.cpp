// Oracle's empty text is NULL: its literals, and the results that may be empty.

#include <span>

#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_one(const Node* n) {
  return n && n->is(Kind::number) && n->text == "1";
}

/// Functions that can leave nothing of a text.
bool may_be_empty(const Node* n) {
  if (n->is(Kind::paren)) return may_be_empty(n->kid(0));
  if (n->is(Kind::trim)) return true;
  if (!n->is(Kind::call) || n->kid(call_slot::path)) return false;
  const Node* args = n->kid(call_slot::args);
  if (is_call(n, "LTRIM") || is_call(n, "RTRIM") || is_call(n, "TRIM")) return true;
  if (is_call(n, "REPLACE") || is_call(n, "REGEXP_REPLACE")) {
    const Node* with = args->kid(2);
    return !with || with->is(Kind::null) || (with->is(Kind::string) && with->text.empty());
  }
  if (is_call(n, "SUBSTR")) {
    const Node* count = args->kid(2);
    return !is_one(args->kid(1)) || (count && !count->is(Kind::number));
  }
  if (is_call(n, "TRANSLATE")) return true;
  for (std::string_view f : {"UPPER", "LOWER", "INITCAP"}) {
    if (is_call(n, f) && args->size > 0) return may_be_empty(args->kid(0));
  }
  return false;
}

void wrap(Node*& n, Context& c) {
  if (n && may_be_empty(n)) n = c.build.call("NULLIF", n, c.build.string(""));
}

/// The places where it matters whether a text is empty or NULL.
void wrap_in(Node* n, Context& c) {
  switch (n->kind) {
    case Kind::item:
      return wrap(n->kids[0], c);
    case Kind::assign:
      return wrap(n->kids[1], c);
    case Kind::binary:
      if (n->is(BinOp::is) || n->is(BinOp::is_not)) wrap(n->kids[0], c);
      if (n->is(BinOp::neq)) {
        wrap(n->kids[0], c);
        wrap(n->kids[1], c);
      }
      return;
    case Kind::call:
      for (std::string_view f : {"NVL", "NVL2", "COALESCE", "DECODE", "LENGTH", "COUNT"}) {
        if (!is_call(n, f)) continue;
        for (Node*& a : std::span(n->kid(call_slot::args)->kids, n->kid(call_slot::args)->size)) {
          wrap(a, c);
        }
      }
      return;
    case Kind::values:
      for (Node* row : *n->kid(values_slot::rows)) {
        for (std::uint32_t i = 0; i < row->size; ++i) wrap(row->kids[i], c);
      }
      return;
    default:
      return;
  }
}

bool is_empty(const Node* n) {
  return n && n->is(Kind::string) && n->text.empty();
}

void tell(const Node* n, Context& c) {
  constexpr const char* message = "NULL and the empty text are one in oracle";
  if (c.options.policies.empty_text == EmptyText::refuse) {
    c.lose(n, "empty-text", std::string(message) + "; see the policy empty-text");
  } else {
    c.warn("empty-text", message);
  }
}

/// x IN ('', 'a'): the empty text leaves the list.
void shorten_list(Node*& n, Context& c) {
  Node* list = n->kid(1);
  if (!list->is(Kind::list)) return;
  bool found = false;
  for (std::uint32_t i = list->size; i-- > 0;) {
    if (!is_empty(list->kid(i))) continue;
    Builder::erase(list, i);
    found = true;
  }
  if (!found) return;
  tell(n, c);
  const bool negated = n->has(flag::negated);
  Node* value = c.build.clone(n->kid(0));
  Node* test = c.build.binary(negated ? BinOp::is_not : BinOp::is, value, c.build.null());
  // NOT IN is never true of NULL anyway.
  if (list->size == 0) {
    n = test;
  } else if (!negated) {
    n = c.build.paren(c.build.binary(BinOp::or_, n, test));
  }
}

/// Comparisons with '' in a statement for Oracle, where no text is empty.
void for_oracle(Context& c) {
  if (c.options.policies.empty_text == EmptyText::keep) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::in)) return shorten_list(n, c);
    if (!n->is(BinOp::eq) && !n->is(BinOp::neq)) return;
    const bool right = is_empty(n->kid(1));
    if (!right && !is_empty(n->kid(0))) return;
    tell(n, c);
    n = c.build.binary(n->is(BinOp::eq) ? BinOp::is : BinOp::is_not, n->kid(right ? 0 : 1),
                       c.build.null());
  });
}

}  // namespace

void pass_empty_text(Context& c) {
  if (c.to_is(Dialect::oracle)) {
    if (!c.from_is(Dialect::oracle)) for_oracle(c);
    return;
  }
  if (!c.from_is(Dialect::oracle) || c.options.policies.empty_text == EmptyText::keep) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::string) && n->text.empty()) n = c.build.null();
  });
  walk(c.statement, [&](Node* n) {
    if (is_call(n, "REPLACE") || is_call(n, "REGEXP_REPLACE")) {
      Node* args = n->kid(call_slot::args);
      if (args->size == 2) c.build.add(args, c.build.string(""));
      if (args->size > 2 && args->kid(2)->is(Kind::null)) args->kids[2] = c.build.string("");
    }
    wrap_in(n, c);
    return true;
  });
}

}  // namespace iacdb::sql
