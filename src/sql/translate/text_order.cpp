// The order and the groups of texts, where the columns are known: by their letters in MySQL and
// SQL Server, by their bytes in SQLite, Oracle and PostgreSQL's plain collation. What MySQL
// enumerates is ordered by its place in the list.
//
// Sources: "Character Sets, Collations, Unicode" and "The ENUM Type" of MySQL 8.0; "Collating
// Sequences" of SQLite 3.40; "Linguistic Sorting" of Oracle 19c.

#include <string>
#include <string_view>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool ignores_case(Dialect d) {
  return d == Dialect::mysql || d == Dialect::tsql;
}

bool is_column(const Node* n) {
  return n->is(Kind::name) || n->is(Kind::path);
}

/// WITH q (name) AS (SELECT 1): the name of a column list may hide a text of that name.
bool renamed(const Node* column, const Context& c) {
  for (const Node* cte : c.sources.ctes) {  // Known since the column's type was asked for.
    const Node* names = cte->kid(cte_slot::columns);
    const Node* body = names ? cte->kid(cte_slot::body) : nullptr;
    while (body && body->is(Kind::set_op)) body = body->kid(set_slot::left);
    if (!body || !body->is(Kind::select)) continue;
    const Node* items = body->kid(select_slot::items);
    for (std::uint32_t i = 0; i < names->size && i < items->size; ++i) {
      if (!same_word(last_name(names->kid(i)), last_name(column))) continue;
      const Node* item = items->kid(i);
      if (!item->is(Kind::item) || type_of(item->kid(0), c) != ValueType::text) return true;
    }
  }
  return false;
}

/// A column whose text a collation orders: no UUID, no document.
bool is_text_column(const Node* n, const Context& c) {
  if (!is_column(n) || type_of(n, c) != ValueType::text || renamed(n, c)) return false;
  const ColumnFacts* facts = column_facts(c, n);
  if (!facts) return true;
  for (std::string_view kind : {"CHAR", "TEXT", "CLOB", "STRING"}) {
    if (facts->declared.find(kind) != std::string::npos) return true;
  }
  return false;
}

/// The expression that a key of ORDER BY stands for: by its place, by its alias, or itself.
Node* meant(Node* key, const Node* items) {
  if (!items) return key;
  if (const auto place = key->is(Kind::number) ? whole_number(key) : std::nullopt) {
    if (*place < 1 || *place > static_cast<std::int64_t>(items->size)) return key;
    const Node* item = items->kid(static_cast<std::size_t>(*place) - 1);
    return item->is(Kind::item) ? item->kid(0) : key;
  }
  if (!key->is(Kind::name)) return key;
  for (const Node* item : *items) {
    if (item->is(Kind::item) && item->kid(1) && same_word(item->kid(1)->text, key->text)) {
      return item->kid(0);
    }
  }
  return key;
}

Node* collated(Node* n, std::string_view collation, Context& c) {
  return c.build.with(Kind::collate, {}, n, c.build.node(Kind::raw, collation));
}

/// The value by which the target orders as the source does.
Node* as_ordered(Node* value, Context& c) {
  if (!ignores_case(c.from)) {
    return collated(value, c.to_is(Dialect::mysql) ? "utf8mb4_bin" : "Latin1_General_BIN2", c);
  }
  if (c.to_is(Dialect::sqlite)) return collated(value, "NOCASE", c);
  return c.build.call("LOWER", value);
}

/// The values of ENUM('a', 'b'), in their order.
std::vector<std::string> enumerated(std::string_view type) {
  std::vector<std::string> out;
  for (std::size_t at = type.find('\''); at < type.size(); at = type.find('\'', at)) {
    std::string value;
    for (++at; at < type.size(); ++at) {
      if (type[at] == '\'' && (at + 1 == type.size() || type[at + 1] != '\'')) break;
      if (type[at] == '\'') ++at;
      value += type[at];
    }
    out.push_back(std::move(value));
    ++at;
  }
  return out;
}

/// CASE e WHEN 'a' THEN 1 WHEN 'b' THEN 2 END; nullptr for what is no enumeration.
Node* enumeration_place(Node* value, Context& c) {
  if (!c.from_is(Dialect::mysql) || !is_column(value)) return nullptr;
  const ColumnFacts* facts = column_facts(c, value);
  if (!facts || facts->declared != "ENUM") return nullptr;
  Node* choice = c.build.slots(Kind::case_, 2);
  choice->kids[0] = c.build.clone(value);
  std::size_t place = 0;
  for (const std::string& text : enumerated(facts->type_text)) {
    Node* number = c.build.number(c.build.text(std::to_string(++place)));
    c.build.add(choice, c.build.with(Kind::when, {}, c.build.string(c.build.text(text)), number));
  }
  return place > 0 ? choice : nullptr;
}

void order_texts(Node* order, const Node* items, Context& c) {
  if (!order) return;
  for (Node* sort : *order) {
    if (!sort->is(Kind::sort)) continue;
    Node* value = meant(sort->kid(0), items);
    if (Node* place = enumeration_place(value, c)) {
      sort->kids[0] = place;
    } else if (is_text_column(value, c) && ignores_case(c.from) != ignores_case(c.to)) {
      sort->kids[0] = as_ordered(c.build.clone(value), c);
    }
  }
}

/// DISTINCT and GROUP BY tell "a" from "A" in the source, and not in the target.
void tell_apart(Node* select, Context& c) {
  Node* items = select->kid(select_slot::items);
  Node* group = select->kid(select_slot::group);
  if (!items) return;
  const bool distinct = select->has(flag::distinct);
  for (Node* item : *items) {
    if (!item->is(Kind::item) || !is_text_column(item->kid(0), c)) continue;
    bool key = distinct;
    for (const Node* k : group ? *group : *c.build.list()) {
      key = key || same_tree(meant(const_cast<Node*>(k), items), item->kid(0));
    }
    if (!key) continue;
    if (!item->kid(1)) item->kids[1] = c.build.name(last_name(item->kid(0)));
    item->kids[0] = as_ordered(item->kid(0), c);
  }
  if (!group) return;
  for (std::uint32_t i = 0; i < group->size; ++i) {
    if (is_text_column(group->kid(i), c)) group->kids[i] = as_ordered(group->kid(i), c);
  }
}

/// DISTINCT and GROUP BY of texts that the source compares by their letters.
void take_together(Node* select, Context& c) {
  Node* group = select->kid(select_slot::group);
  if (!group || !c.to_is(Dialect::sqlite)) return;
  for (std::uint32_t i = 0; i < group->size; ++i) {
    if (is_text_column(group->kid(i), c)) group->kids[i] = as_ordered(group->kid(i), c);
  }
}

void select(Node* n, Context& c) {
  Node* items = n->kid(select_slot::items);
  const bool distinct = n->has(flag::distinct) || n->kid(select_slot::distinct_on);
  // PostgreSQL orders what is distinct by the columns of the list alone.
  if (!distinct || c.to_is(Dialect::sqlite)) order_texts(n->kid(query_slot::order), items, c);
  if (ignores_case(c.from) == ignores_case(c.to)) return;
  if (ignores_case(c.to)) return tell_apart(n, c);
  take_together(n, c);
}

/// The greatest and least of texts, by their bytes.
void extremes(Node* n, Context& c) {
  if (!is_call(n, "MAX") && !is_call(n, "MIN")) return;
  if (argument_count(n) != 1 || !is_text_column(argument(n, 0), c)) return;
  if (ignores_case(c.from) == ignores_case(c.to)) return;
  const bool folds = ignores_case(c.from);
  if (folds && !c.to_is(Dialect::sqlite)) return;
  n->kid(call_slot::args)->kids[0] = as_ordered(argument(n, 0), c);
}

}  // namespace

void pass_text_order(Context& c) {
  if (c.options.policies.case_comparison == CasePolicy::target || !c.options.schema) return;
  if (c.from == c.to || c.statement->is(Kind::create_table)) return;
  if (ignores_case(c.from) == ignores_case(c.to) && !c.from_is(Dialect::mysql)) return;
  std::vector<Node*> selects;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::select)) selects.push_back(n);
    if (n->is(Kind::window) && n->size == window_slot::count) {
      order_texts(n->kid(window_slot::order), nullptr, c);
    }
    if (n->is(Kind::update)) order_texts(n->kid(update_slot::order), nullptr, c);
    if (n->is(Kind::delete_)) order_texts(n->kid(delete_slot::order), nullptr, c);
    if (n->is(Kind::call)) {
      if (!n->has(flag::distinct)) order_texts(n->kid(call_slot::order), nullptr, c);
      extremes(n, c);
    }
    return true;
  });
  for (Node* n : selects) select(n, c);
}

}  // namespace iacdb::sql
