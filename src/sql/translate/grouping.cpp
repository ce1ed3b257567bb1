// GROUP BY: aliases and ordinals, HAVING by alias, ROLLUP, CUBE and GROUPING SETS.

#include <charconv>
#include <string>
#include <unordered_set>
#include <vector>

#include "sql/translate/derive.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// In HAVING of MySQL the argument of an aggregate names a column before it names an alias.
std::unordered_set<const Node*> aggregated_names(Node* tree) {
  std::unordered_set<const Node*> out;
  walk(tree, [&](Node* n) {
    for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "$STRING_AGG"}) {
      if (!is_call(n, f) || n->kid(call_slot::over)) continue;
      walk(n, [&](Node* k) {
        if (k->is(Kind::name)) out.insert(k);
        return true;
      });
    }
    return true;
  });
  return out;
}

/// A name that is a key of GROUP BY.
bool is_group_key(const Node* s, std::string_view name) {
  const Node* group = s->kid(select_slot::group);
  if (!group) return false;
  for (const Node* key : *group) {
    if (key->is(Kind::name) && same_word(key->text, name)) return true;
  }
  return false;
}

/// An alias of the select list becomes its expression; `hidden`: where a column may hide it.
void expand(const Node* s, Node*& key, bool whole, Context& c, bool hidden = false) {
  const auto aggregated = aggregated_names(key);
  rewrite_tree(key, [&](Node*& k) {
    if (!k->is(Kind::name) || k->has(flag::quoted)) return;
    if (whole && k != key) return;
    const bool argument = aggregated.contains(k);
    for (const Node* item : *s->kid(select_slot::items)) {
      if (!item->kid(1) || !same_word(item->kid(1)->text, k->text)) continue;
      if (item->kid(0)->is(Kind::name) && same_word(item->kid(0)->text, k->text)) continue;
      const bool column = names_column(c, k->text);
      const bool names_it = whole || argument || is_group_key(s, k->text);
      if (column && (names_it || !c.from_is(Dialect::mysql))) continue;
      if (!column && hidden && knows_tables(c)) continue;
      k = c.build.clone(item->kid(0));
      return;
    }
  });
}

/// An alias or a place of the select list becomes its expression.
void named_key(const Node* s, Node*& key, Context& c) {
  if (!key->is(Kind::number)) return expand(s, key, true, c);
  const Node* items = s->kid(select_slot::items);
  std::size_t ordinal = 0;
  std::from_chars(key->text.data(), key->text.data() + key->text.size(), ordinal);
  if (ordinal >= 1 && ordinal <= items->size) key = c.build.clone(items->kid(ordinal - 1)->kid(0));
}

void group_keys(Node* s, Context& c) {
  Node* group = s->kid(select_slot::group);
  const bool aliases =
      c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite) || c.from_is(Dialect::postgres);
  if (!group || !aliases || (!c.to_is(Dialect::tsql) && !c.to_is(Dialect::oracle))) return;
  for (std::uint32_t i = 0; i < group->size; ++i) named_key(s, group->kids[i], c);
}

void having(Node* s, Context& c) {
  const bool from = c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite);
  const bool to = c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite);
  if (!s->kid(select_slot::having)) return;
  // SQLite takes a column first.
  const bool hidden = c.from_is(Dialect::mysql) && c.to_is(Dialect::sqlite);
  if ((from && !to) || hidden) expand(s, s->kids[select_slot::having], false, c, hidden);
  if (!from || s->kid(select_slot::group) || c.to_is(Dialect::mysql)) return;
  bool aggregate = false;
  walk(s, [&](Node* k) {
    for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "$STRING_AGG"}) {
      aggregate = aggregate || (is_call(k, f) && !k->kid(call_slot::over));
    }
    return !k->is(Kind::subquery) && !k->is(Kind::exists);
  });
  if (aggregate) return;
  // MySQL: HAVING without grouping filters rows, by aliases too.
  expand(s, s->kids[select_slot::having], false, c);
  Node*& where = s->kids[select_slot::where];
  where = and_of(c, where, s->kid(select_slot::having));
  s->kids[select_slot::having] = nullptr;
}

using Keys = std::vector<Node*>;
using Sets = std::vector<Keys>;

Keys keys_of(Node* n) {
  if (n->is(Kind::row)) return {n->begin(), n->end()};
  if (n->is(Kind::paren)) return {n->kid(0)};
  return {n};
}

/// The grouping sets of one element: a, (a, b), ROLLUP(..), CUBE(..), GROUPING SETS(..).
Sets sets_of(Node* n) {
  const bool rollup = is_call(n, "ROLLUP");
  const bool cube = is_call(n, "CUBE");
  const bool sets = is_call(n, "GROUPING SETS");
  if (!rollup && !cube && !sets) return {keys_of(n)};
  const Node* args = n->kid(call_slot::args);
  Sets out;
  if (sets) {
    for (Node* a : *args) {
      for (Keys& k : sets_of(a)) out.push_back(std::move(k));
    }
    return out;
  }
  const std::uint32_t count = args->size;
  if (rollup) {
    for (std::uint32_t level = count + 1; level-- > 0;) {
      Keys keys;
      for (std::uint32_t i = 0; i < level; ++i) {
        for (Node* k : keys_of(args->kids[i])) keys.push_back(k);
      }
      out.push_back(std::move(keys));
    }
    return out;
  }
  for (std::uint32_t mask = 0; mask < (1U << std::min(count, 8U)); ++mask) {
    Keys keys;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (mask & (1U << i)) continue;
      for (Node* k : keys_of(args->kids[i])) keys.push_back(k);
    }
    out.push_back(std::move(keys));
  }
  return out;
}

bool in_set(const Keys& keys, const Node* n) {
  for (const Node* k : keys) {
    if (same_tree(k, n)) return true;
  }
  return false;
}

/// One select of a set: the keys it lacks are NULL, and GROUPING(key) is 1.
void blank(Node*& tree, const Keys& all, const Keys& kept, Context& c) {
  if (!tree) return;
  if (is_call(tree, "GROUPING") || is_call(tree, "GROUPING_ID")) {
    std::size_t bits = 0;
    for (std::size_t i = 0; i < argument_count(tree); ++i) {
      bits = bits * 2 + (in_set(kept, argument(tree, i)) ? 0 : 1);
    }
    tree = c.build.number(c.build.text(std::to_string(bits)));
    return;
  }
  if (in_set(all, tree)) {
    if (!in_set(kept, tree)) tree = c.build.null();
    return;
  }
  const bool aggregate =
      tree->is(Kind::call) && !tree->kid(call_slot::path) &&
      (is_call(tree, "COUNT") || is_call(tree, "SUM") || is_call(tree, "MIN") ||
       is_call(tree, "MAX") || is_call(tree, "AVG") || is_call(tree, "$STRING_AGG"));
  if (aggregate || tree->is(Kind::path)) return;
  for (std::uint32_t i = 0; i < tree->size; ++i) blank(tree->kids[i], all, kept, c);
}

std::string_view named(Node* item, std::uint32_t place, Context& c) {
  return column_name(item, std::to_string(place), c);
}

/// A name of ORDER BY that a column of the list has.
bool is_listed(const Node* key, const Node* items) {
  if (!key->is(Kind::name) && !key->is(Kind::path)) return false;
  for (const Node* item : *items) {
    if (item->kid(0)->is(Kind::star)) return true;
    const Node* alias = item->kid(1);
    if (alias && key->is(Kind::name) && same_word(alias->text, key->text)) return true;
    if (!alias && same_word(last_name(item->kid(0)), last_name(key))) return true;
  }
  return false;
}

/// Keys of the order become places of the list. Those that are not in it are added to it; answers
/// whether there are such.
bool order_by_places(Node* order, Node* items, Context& c) {
  if (!order) return false;
  const std::uint32_t own = items->size;
  for (Node* sort : *order) {
    Node*& key = sort->kids[0];
    if (key->is(Kind::number) || is_listed(key, items)) continue;
    std::uint32_t i = 0;
    while (i < items->size && !same_tree(items->kid(i)->kid(0), key)) ++i;
    if (i == items->size)
      c.build.add(items, c.build.item(key, c.build.name(c.fresh("iacdb_key_"))));
    key = c.build.name(named(items->kids[i], i + 1, c));
  }
  return items->size > own;
}

/// The first columns of the union alone, for an order by the others.
Node* without_keys(Node* select, Node* whole, std::uint32_t columns, Context& c) {
  Node* outer = c.build.select();
  outer->kids[select_slot::items] = c.build.list();
  Node* first = whole;
  while (first->is(Kind::set_op)) first = first->kids[set_slot::left];
  for (std::uint32_t i = 0; i < columns; ++i) {
    if (select->kid(select_slot::items)->kid(i)->kid(0)->is(Kind::star)) {
      c.refuse(select, "ORDER BY of an expression over grouping sets has no equal; give an alias");
    }
    const std::string_view name = named(first->kid(select_slot::items)->kids[i], i + 1, c);
    c.build.add(outer->kids[select_slot::items], c.build.item(c.build.name(name)));
  }
  outer->kids[select_slot::from] = c.build.list_of(derived_table(c, whole, c.fresh("iacdb_q_")));
  return outer;
}

/// Every set before with every set of one more element.
Sets combined(const Sets& sets, Node* key) {
  Sets next;
  for (const Keys& left : sets) {
    for (const Keys& right : sets_of(key)) {
      Keys both = left;
      both.insert(both.end(), right.begin(), right.end());
      next.push_back(std::move(both));
    }
  }
  return next;
}

/// Aliases and places in the keys of ROLLUP, CUBE and GROUPING SETS, which become several selects.
void named_keys(const Node* s, Node*& key, Context& c) {
  const bool sets = is_call(key, "ROLLUP") || is_call(key, "CUBE") || is_call(key, "GROUPING SETS");
  if (!sets && !key->is(Kind::row) && !key->is(Kind::paren)) return named_key(s, key, c);
  const Node* parts = sets ? key->kid(call_slot::args) : key;
  for (std::uint32_t i = 0; i < parts->size; ++i) named_keys(s, parts->kids[i], c);
}

void grouping_sets(Node*& n, Context& c) {
  Node* group = n->kid(select_slot::group);
  bool any = false;
  for (Node* key : *group) {
    any = any || is_call(key, "ROLLUP") || is_call(key, "CUBE") || is_call(key, "GROUPING SETS");
  }
  if (!any) return;
  bool groupings = false;
  walk(n, [&](Node* k) {
    const bool id = is_call(k, "GROUPING_ID");
    if (!id && !is_call(k, "GROUPING")) return true;
    groupings = true;
    if (id && c.to_is(Dialect::postgres)) k->text = "GROUPING";
    const bool bits = c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle);
    if (!id && bits && argument_count(k) > 1) k->text = "GROUPING_ID";
    return true;
  });
  Node* only = group->size == 1 && is_call(group->kid(0), "ROLLUP") ? group->kid(0) : nullptr;
  if (only) only->flags &= ~flag::with_as;
  if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite)) return;
  if (c.to_is(Dialect::mysql) && only && !groupings && !n->kid(query_slot::order)) {
    only->flags |= flag::with_as;
    return;
  }
  Sets sets{{}};
  for (std::uint32_t i = 0; i < group->size; ++i) {
    named_keys(n, group->kids[i], c);
    sets = combined(sets, group->kid(i));
  }
  if (Node*& having = n->kids[select_slot::having]) expand(n, having, false, c);
  Keys all;
  for (const Keys& set : sets) all.insert(all.end(), set.begin(), set.end());
  Node* kept[4] = {};
  static constexpr std::uint8_t slots[] = {query_slot::with, query_slot::order, query_slot::limit};
  for (std::uint8_t slot : slots) std::swap(kept[slot], n->kids[slot]);
  const std::uint32_t columns = n->kid(select_slot::items)->size;
  const bool hidden = order_by_places(kept[1], n->kids[select_slot::items], c);
  for (Node* item : *n->kid(select_slot::items)) {
    const std::string_view own = last_name(item->kid(0));
    if (!item->kid(1) && !own.empty()) item->kids[1] = c.build.name(own);
  }
  Node* whole = nullptr;
  for (const Keys& set : sets) {
    Node* s = c.build.clone(n);
    Node* list = c.build.list();
    for (const Node* k : set) c.build.add(list, c.build.clone(k));
    s->kids[select_slot::group] = list->size ? list : nullptr;
    for (Node* item : *s->kid(select_slot::items)) blank(item->kids[0], all, set, c);
    blank(s->kids[select_slot::having], all, set, c);
    whole = whole ? union_all(c, whole, s) : s;
  }
  if (hidden) whole = without_keys(n, whole, columns, c);
  for (std::uint8_t slot : slots) {
    if (kept[slot]) whole->kids[slot] = kept[slot];
  }
  if (Node* order = whole->kid(query_slot::order)) {
    for (Node* sort : *order) {
      if (sort->kid(0)->is(Kind::path)) {
        sort->kids[0] = sort->kid(0)->kid(sort->kid(0)->size - 1);
      } else if (!sort->kid(0)->is(Kind::name) && !sort->kid(0)->is(Kind::number)) {
        c.refuse(sort, "ORDER BY of an expression over grouping sets has no equal; give an alias");
      }
    }
  }
  n = whole;
}

}  // namespace

Node* plain_keys(const Node* select, Context& c) {
  Node* keys = select->kid(select_slot::group);
  if (!keys) return nullptr;
  keys = c.build.clone(keys);
  for (std::uint32_t i = 0; i < keys->size; ++i) named_key(select, keys->kids[i], c);
  return keys;
}

void pass_group_by(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select)) return;
    group_keys(n, c);
    having(n, c);
    if (n->kid(select_slot::group)) grouping_sets(n, c);
  });
}

}  // namespace iacdb::sql
