// The names that PostgreSQL gives to columns without one: CAST(id AS TEXT) is called id, COUNT(*)
// count. There they may be said; of what other databases say, they hide columns in ORDER BY.
//
// The rules are those of PostgreSQL 15, chapter "Queries", column labels, and of its parser.

#include <string>
#include <unordered_set>
#include <utility>

#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

struct Implied {
  std::string_view name = {};
  bool strong = false;  ///< A type's name and "case" give way to one from inside.
};

std::string_view type_name(const Node* type) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"INT", "int4"},
      {"INTEGER", "int4"},
      {"BIGINT", "int8"},
      {"SMALLINT", "int2"},
      {"DECIMAL", "numeric"},
      {"BOOLEAN", "bool"},
      {"REAL", "float4"},
      {"DOUBLE PRECISION", "float8"},
      {"FLOAT", "float8"},
      {"CHAR", "bpchar"},
      {"CHARACTER VARYING", "varchar"}};
  for (const auto& [written, known] : names) {
    if (same_word(type->text, written)) return known;
  }
  return type->text;
}

Implied implied(const Node* n) {
  if (!n) return {};
  switch (n->kind) {
    case Kind::name:
    case Kind::path:
      return {last_name(n), true};
    case Kind::paren:
    case Kind::collate:
      return implied(n->kid(0));
    case Kind::cast: {
      const Implied inner = implied(n->kid(0));
      if (inner.strong || !n->kid(1) || !n->kid(1)->is(Kind::type)) return inner;
      return {type_name(n->kid(1)), false};
    }
    case Kind::typed_literal:
      return {n->text, false};
    case Kind::case_: {
      const Implied inner = implied(n->kid(1));
      return inner.strong ? inner : Implied{"case", false};
    }
    case Kind::call:
      return {n->text, true};
    case Kind::extract:
      return {"extract", true};
    case Kind::trim:
      return {n->text == "LEADING" ? "ltrim" : n->text == "TRAILING" ? "rtrim" : "btrim", true};
    case Kind::exists:
      return {"exists", true};
    case Kind::subquery: {
      const Node* query = n->kid(0);
      while (query && query->is(Kind::set_op)) query = query->kid(set_slot::left);
      if (!query || !query->is(Kind::select)) return {};
      const Node* item = query->kid(select_slot::items)->kid(0);
      if (item->kid(1)) return {item->kid(1)->text, true};
      return implied(item->kid(0));
    }
    default:
      return {};
  }
}

/// A column has its own name anyway.
bool is_plain(const Node* n) {
  return n->is(Kind::name) || n->is(Kind::path) || n->is(Kind::star);
}

bool orders_by(const Node* order, std::string_view name) {
  for (const Node* sort : *order) {
    if (sort->kid(0)->is(Kind::name) && same_word(sort->kid(0)->text, name)) return true;
  }
  return false;
}

/// The names that a statement says, in lower case; collected when first asked for.
class Said {
 public:
  explicit Said(Node* statement) : statement_(statement) {}

  bool has(const std::string& name) {
    if (names_.empty()) {
      walk(statement_, [&](const Node* n) {
        if (n->is(Kind::name)) names_.insert(lowered(n->text));
        return true;
      });
    }
    return names_.contains(name);
  }

  static std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& ch : out) ch = lower(ch);
    return out;
  }

 private:
  Node* statement_;
  std::unordered_set<std::string> names_ = {};
};

/// What PostgreSQL's statement calls by an implied name gets it as an alias.
void give_names(Node* query, const Node* order, Said* said, Context& c) {
  while (query && query->is(Kind::set_op)) query = query->kid(set_slot::left);
  if (!query || !query->is(Kind::select)) return;
  for (Node* item : *query->kid(select_slot::items)) {
    if (!item->is(Kind::item) || item->kid(1) || is_plain(item->kid(0))) continue;
    const std::string name = Said::lowered(implied(item->kid(0)).name);
    if (name.empty() || name[0] == '$') continue;
    const bool wanted = (order && orders_by(order, name)) || (said && said->has(name));
    if (wanted) item->kids[1] = c.build.name(c.build.text(name));
  }
}

}  // namespace

void pass_implied_names(Context& c) {
  if (!c.from_is(Dialect::postgres) || c.from == c.to) return;
  const bool asked = c.build.made(Kind::sort) || c.build.made(Kind::table) ||
                     c.build.made(Kind::create_table) || c.build.made(Kind::create_view);
  if (!asked) return;
  Said said(c.statement);
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::table) && n->size == table_slot::count) {
      Node* source = n->kid(table_slot::source);
      if (source->is(Kind::subquery) && !n->kid(table_slot::columns)) {
        give_names(source->kid(0), nullptr, &said, c);
      }
    }
    if (n->is(Kind::cte) && !n->kid(cte_slot::columns)) {
      give_names(n->kid(cte_slot::body), nullptr, &said, c);
    }
    const bool query = n->is(Kind::select) || n->is(Kind::set_op);
    if (query && n->kid(query_slot::order)) give_names(n, n->kid(query_slot::order), nullptr, c);
    return true;
  });
}

void pass_hidden_columns(Context& c) {
  if (!c.to_is(Dialect::postgres) || c.from == c.to) return;
  walk(c.statement, [&](Node* n) {
    const Node* order = n->is(Kind::select) ? n->kid(query_slot::order) : nullptr;
    if (!order) return true;
    for (Node* item : *n->kid(select_slot::items)) {
      if (!item->is(Kind::item) || item->kid(1) || is_plain(item->kid(0))) continue;
      const std::string_view name = implied(item->kid(0)).name;
      if (!name.empty() && orders_by(order, name)) item->kids[1] = c.build.name(c.fresh("column_"));
    }
    return true;
  });
}

}  // namespace iacdb::sql
