// Numbers beside texts: IFNULL(price, 'none') is a text in MySQL and SQLite, where PostgreSQL reads
// the text as a number and refuses it.
//
// Sources: "Flow Control Functions" of MySQL 8.0, "UNION, CASE, and Related Constructs" of
// PostgreSQL 15.

#include <vector>

#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// The places whose values become one value.
std::vector<Node**> branches_of(Node* n) {
  std::vector<Node**> out;
  if (n->is(Kind::case_)) {
    if (n->kid(1)) out.push_back(&n->kids[1]);
    for (std::uint32_t i = 2; i < n->size; ++i) out.push_back(&n->kids[i]->kids[1]);
  } else if (is_call(n, "COALESCE") || is_call(n, "$IF")) {
    Node* args = n->kid(call_slot::args);
    for (std::uint32_t i = is_call(n, "$IF") ? 1 : 0; i < args->size; ++i) {
      out.push_back(&args->kids[i]);
    }
  }
  return out;
}

/// A text that PostgreSQL would not read as a number.
bool is_text(const Node* n, const Context& c) {
  if (n->is(Kind::string)) {
    return n->text.empty() || n->text.find_first_not_of("0123456789.-") != std::string_view::npos;
  }
  return type_of(n, c) == ValueType::text;
}

}  // namespace

void pass_mixed_types(Context& c) {
  if (!c.to_is(Dialect::postgres)) return;
  if (!c.from_is(Dialect::mysql) && !c.from_is(Dialect::sqlite)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::case_) && !n->is(Kind::call)) return;
    const std::vector<Node**> branches = branches_of(n);
    bool text = false;
    for (Node** b : branches) text = text || is_text(*b, c);
    for (Node** b : branches) {
      if (text && is_number(type_of(*b, c))) *b = c.build.cast(*b, "TEXT");
    }
  });
}

}  // namespace iacdb::sql
