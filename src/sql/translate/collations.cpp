// COLLATE in an expression: whether case matters is what is kept of a collation's name.

#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

enum class Case : std::uint8_t { unknown, counts, ignored };

Case case_of(std::string_view name) {
  std::string t(name);
  for (char& ch : t) ch = lower(ch);
  const auto ends = [&](std::string_view end) { return t.ends_with(end); };
  if (t == "nocase" || ends("_ci") || t.find("_ci_") != t.npos || ends("_ai_ci")) {
    return Case::ignored;
  }
  if (t == "binary" || t == "c" || t == "posix" || t == "ucs_basic" || ends("_bin") ||
      ends("_bin2") || ends("_cs") || t.find("_cs_") != t.npos) {
    return Case::counts;
  }
  return Case::unknown;
}

std::string_view exact_name(Dialect d) {
  switch (d) {
    case Dialect::sqlite:
      return "BINARY";
    case Dialect::postgres:
      return "\"C\"";
    case Dialect::mysql:
      return "utf8mb4_bin";
    case Dialect::tsql:
      return "Latin1_General_BIN2";
    case Dialect::oracle:
      return "BINARY";
  }
  return {};
}

/// Empty where the database folds by functions instead.
std::string_view folding_name(Dialect d) {
  switch (d) {
    case Dialect::sqlite:
      return "NOCASE";
    case Dialect::mysql:
      return "utf8mb4_general_ci";
    case Dialect::tsql:
      return "Latin1_General_CI_AS";
    case Dialect::oracle:
      return "BINARY_CI";
    case Dialect::postgres:
      break;
  }
  return {};
}

bool folds(const Node* n) {
  return n && n->is(Kind::collate) && case_of(last_name(n->kid(1))) == Case::ignored;
}

Node* lowered(Node* n, Context& c) {
  return c.build.call("LOWER", folds(n) ? n->kid(0) : n);
}

/// PostgreSQL compares in lower case where one side ignores it.
void fold_operands(Node* n, Context& c) {
  const bool compares = n->is(BinOp::eq) || n->is(BinOp::neq) || n->is(BinOp::lt) ||
                        n->is(BinOp::gt) || n->is(BinOp::le) || n->is(BinOp::ge);
  const bool list = n->is(Kind::in) && n->kid(1)->is(Kind::list);
  if (n->is(Kind::sort) && folds(n->kid(0))) {
    n->kids[0] = lowered(n->kid(0), c);
  } else if (n->is(Kind::like) && folds(n->kid(0))) {
    n->kids[0] = lowered(n->kid(0), c);
    n->kids[1] = lowered(n->kid(1), c);
  } else if (compares && (folds(n->kid(0)) || folds(n->kid(1)))) {
    n->kids[0] = lowered(n->kid(0), c);
    n->kids[1] = lowered(n->kid(1), c);
  } else if (list && folds(n->kid(0))) {
    n->kids[0] = lowered(n->kid(0), c);
    for (std::uint32_t i = 0; i < n->kid(1)->size; ++i) {
      n->kid(1)->kids[i] = lowered(n->kid(1)->kid(i), c);
    }
  }
}

/// x REGEXP BINARY p, which counts the case of letters: elsewhere that is the expression's own way.
void exact_pattern(Node*& n, Context& c) {
  if (!c.from_is(Dialect::mysql) || c.to_is(Dialect::sqlite) || n->text != "REGEXP") return;
  const std::string_view name = exact_name(c.to);
  bool exact = false;
  for (std::uint32_t i = 0; i < 2; ++i) {
    const Node* side = n->kid(i);
    if (!side->is(Kind::collate) || side->kid(1)->text != name) continue;
    n->kids[i] = side->kid(0);
    exact = true;
  }
  if (!exact) return;
  Node* call = c.build.call("$REGEXP", n->kid(0), n->kid(1));
  n = n->has(flag::negated) ? c.build.unary("NOT", c.build.paren(call)) : call;
}

}  // namespace

void pass_collations(Context& c) {
  if (c.from == c.to || c.statement->is(Kind::create_table)) return;
  if (c.to_is(Dialect::postgres)) {
    walk(c.statement, [&](Node* n) {
      fold_operands(n, c);
      return true;
    });
  }
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::unary) && n->text == "BINARY" && is_number(type_of(n->kid(0), c))) {
      n = n->kid(0);
      return;
    }
    if (n->is(Kind::unary) && n->text == "BINARY") {
      n = c.build.with(Kind::collate, {}, n->kid(0), c.build.name("BINARY"));
    }
    if (n->is(Kind::like)) exact_pattern(n, c);
    if (!n->is(Kind::collate)) return;
    const Case how = case_of(last_name(n->kid(1)));
    if (how == Case::unknown) {
      c.lose(n, "collation",
             "the collation " + std::string(last_name(n->kid(1))) + " has no known equal");
      n = n->kid(0);
      return;
    }
    const bool exact = how == Case::counts;
    const std::string_view name = exact ? exact_name(c.to) : folding_name(c.to);
    if (name.empty()) c.refuse(n, "a collation that ignores case has no equal in this place");
    n->kids[1] = c.build.node(Kind::raw, name);
  });
}

}  // namespace iacdb::sql
