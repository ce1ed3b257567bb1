// Upserts: ON CONFLICT, ON DUPLICATE KEY, IGNORE, REPLACE, MERGE.

#include <span>
#include <string>
#include <vector>

#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

const TableFacts* facts_of(const Node* insert, Context& c) {
  return c.options.schema ? c.options.schema->table(last_name(
                                insert->kid(insert_slot::target)->kid(table_slot::source)))
                          : nullptr;
}

/// The columns that an INSERT names, or those of the table.
std::vector<std::string_view> columns_of(const Node* insert, const TableFacts* facts) {
  std::vector<std::string_view> names;
  if (const Node* list = insert->kid(insert_slot::columns)) {
    for (const Node* n : *list) names.push_back(last_name(n));
  } else if (facts) {
    for (const ColumnFacts& f : facts->columns) names.push_back(f.name);
  }
  return names;
}

bool holds(const std::vector<std::string_view>& names, std::string_view wanted) {
  for (std::string_view n : names) {
    if (same_word(n, wanted)) return true;
  }
  return false;
}

/// The one unique key that an INSERT can meet; refuses when it is not known or not one.
const std::vector<std::string>& conflict_key(Node* insert, Context& c) {
  const TableFacts* facts = facts_of(insert, c);
  if (!facts) {
    c.refuse(insert,
             "the unique key of " +
                 std::string(last_name(insert->kid(insert_slot::target)->kid(table_slot::source))) +
                 " is not known; give the schema",
             "schema");
  }
  const auto names = columns_of(insert, facts);
  const std::vector<std::string>* found = nullptr;
  for (const auto& key : facts->keys) {
    bool whole = true;
    for (const std::string& k : key) {
      const ColumnFacts* f = facts->column(k);
      whole = whole && (holds(names, k) || (f && f->has_default && !f->generated_key));
    }
    if (!whole) continue;
    if (found)
      c.refuse(insert, "the table has several unique keys that the row can meet; name one",
               "schema");
    found = &key;
  }
  if (!found) c.refuse(insert, "no unique key of the table is among the columns", "schema");
  return *found;
}

Node* names_list(const std::vector<std::string>& names, Context& c) {
  Node* l = c.build.list();
  for (const std::string& n : names) {
    Node* name = c.build.name(c.build.text(n));
    name->flags |= flag::done;
    c.build.add(l, name);
  }
  return l;
}

/// EXCLUDED.x, or the alias of the new row, in each dialect's words.
void new_row(Node*& tree, std::string_view alias, Context& c) {
  rewrite_tree(tree, [&](Node*& k) {
    if (!k->is(Kind::path) || k->size != 2) return;
    const bool excluded = same_word(k->kid(0)->text, "excluded") ||
                          (!alias.empty() && same_word(k->kid(0)->text, alias));
    if (!excluded) return;
    if (c.to_is(Dialect::mysql)) {
      Node* call = c.build.call("VALUES", k->kid(1));
      call->flags |= flag::done;
      k = call;
    } else {
      k->kids[0] = c.build.name("excluded");
    }
  });
}

/// In an upsert's SET a bare column is the old row's; PostgreSQL wants it said in expressions.
void old_row(Node* conflict, const Node* target, Context& c) {
  if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite)) return;
  const Node* alias = target->kid(table_slot::alias);
  const std::string_view table = alias ? alias->text : last_name(target->kid(table_slot::source));
  const bool bare =
      c.from_is(Dialect::mysql) || (c.from_is(Dialect::sqlite) && c.to_is(Dialect::postgres));
  if (!bare || !conflict->kid(conflict_slot::updates)) return;
  for (Node* a : *conflict->kid(conflict_slot::updates)) {
    if (a->kid(0)->is(Kind::path)) a->kids[0] = a->kid(0)->kid(a->kid(0)->size - 1);
    const auto qualify = [&](auto&& self, Node*& k) -> void {
      if (!k || k->is(Kind::path) || k->is(Kind::subquery)) return;
      if (k->is(Kind::name)) {
        Node* owner = c.build.name(table);
        owner->flags |= flag::done;
        k = c.build.with(Kind::path, {}, owner, k);
        return;
      }
      for (std::uint32_t i = 0; i < k->size; ++i) self(self, k->kids[i]);
    };
    qualify(qualify, a->kids[1]);
  }
}

void keyed_conflict(Node* n, Context& c) {
  Node* conflict = n->kid(insert_slot::conflict);
  const Node* alias = conflict->kid(conflict_slot::alias);
  const std::string_view alias_name = alias ? alias->text : std::string_view();
  conflict->kids[conflict_slot::alias] = nullptr;
  for (Node* a : *conflict->kid(conflict_slot::updates)) new_row(a->kids[1], alias_name, c);
  if (c.to_is(Dialect::mysql)) return;
  if (c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle)) return;
  conflict->text = {};
  conflict->kids[conflict_slot::target] = names_list(conflict_key(n, c), c);
  old_row(conflict, n->kid(insert_slot::target), c);
}

/// DO UPDATE .. WHERE: each column keeps its value where the condition does not hold. A column of
/// the condition is set last, since MySQL reads what it has just set.
void guard_updates(Node* conflict, Context& c) {
  Node* where = conflict->kid(conflict_slot::update_where);
  conflict->kids[conflict_slot::update_where] = nullptr;
  Node* updates = conflict->kid(conflict_slot::updates);
  Node* made = c.build.list();
  std::vector<Node*> last;
  for (Node* a : *updates) {
    bool read = false;
    walk(where, [&](Node* k) {
      const bool name = k->is(Kind::name) || k->is(Kind::path);
      const bool fresh = k->is(Kind::path) && same_word(qualifier(k), "excluded");
      read = read || (name && !fresh && same_word(last_name(k), last_name(a->kid(0))));
      return !k->is(Kind::path);
    });
    Node* kept = c.build.clone(a->kid(0));
    Node* value = c.build.slots(Kind::case_, 2);
    value->kids[1] = kept;
    c.build.add(value, c.build.with(Kind::when, {}, c.build.clone(where), a->kid(1)));
    a->kids[1] = value;
    if (read)
      last.push_back(a);
    else
      c.build.add(made, a);
  }
  if (last.size() > 1) c.refuse(conflict, "DO UPDATE .. WHERE on several columns that it sets");
  for (Node* a : last) c.build.add(made, a);
  conflict->kids[conflict_slot::updates] = made;
}

/// ON CONFLICT on MySQL: it has one action for every unique key.
void conflict_to_mysql(Node* n, Context& c) {
  Node* conflict = n->kid(insert_slot::conflict);
  if (conflict->kid(conflict_slot::update_where)) guard_updates(conflict, c);
  const TableFacts* facts = facts_of(n, c);
  if (facts && facts->keys.size() > 1 && conflict->kid(conflict_slot::target)) {
    const auto names = columns_of(n, facts);
    std::size_t met = 0;
    for (const auto& key : facts->keys) {
      bool whole = true;
      for (const std::string& k : key) whole = whole && holds(names, k);
      met += whole;
    }
    if (met > 1)
      c.refuse(conflict, "the table has several unique keys: mysql acts on each of them", "schema");
  }
  if (!conflict->kid(conflict_slot::updates)) {
    if (n->kid(insert_slot::returning)) {  // which must not answer with the rows that were there
      c.warn("ignore", "INSERT IGNORE of mysql also lets values pass that do not fit");
      n->flags |= flag::ignore;
      n->kids[insert_slot::conflict] = nullptr;
      return;
    }
    // IGNORE would also swallow other errors: a key set to itself does nothing.
    Node* target = conflict->kid(conflict_slot::target);
    Node* column = nullptr;
    if (target && target->size && target->kid(0)->is(Kind::name))
      column = target->kid(0);
    else if (facts && !facts->keys.empty())
      column = c.build.name(c.build.text(facts->keys[0][0]));
    else if (n->kid(insert_slot::columns))
      column = n->kid(insert_slot::columns)->kid(0);
    if (!column) c.refuse(conflict, "DO NOTHING needs the table's columns", "schema");
    Node* made = c.build.slots(Kind::conflict, conflict_slot::count, "DUPLICATE KEY");
    made->kids[conflict_slot::updates] = c.build.list_of(
        c.build.with(Kind::assign, {}, c.build.clone(column), c.build.clone(column)));
    n->kids[insert_slot::conflict] = made;
    return;
  }
  const std::string_view table = last_name(n->kid(insert_slot::target)->kid(table_slot::source));
  (void)table;
  for (Node* a : *conflict->kid(conflict_slot::updates)) new_row(a->kids[1], {}, c);
  const bool guarded = conflict->kid(conflict_slot::updates)->kid(0)->kid(1)->is(Kind::case_);
  // MySQL sets from left to right with the new values; a later expression must not read an earlier.
  const Node* updates = conflict->kid(conflict_slot::updates);
  for (std::uint32_t i = 0; i < updates->size; ++i) {
    for (std::uint32_t j = i + 1; j < updates->size; ++j) {
      walk(updates->kids[j]->kid(1), [&](Node* k) {
        if (is_call(k, "VALUES") || guarded) return false;
        if ((k->is(Kind::name) || k->is(Kind::path)) &&
            same_word(last_name(k), last_name(updates->kids[i]->kid(0)))) {
          c.refuse(k, "mysql would read the column that this statement has just set");
        }
        return true;
      });
    }
  }
  if (Node* alias = n->kid(insert_slot::target)->kid(table_slot::alias)) {
    Node* name = n->kid(insert_slot::target)->kid(table_slot::source);
    rewrite_tree(n->kids[insert_slot::conflict], [&](Node*& k) {
      if (k->is(Kind::path) && same_word(qualifier(k), alias->text)) {
        k = c.build.with(Kind::path, {}, c.build.name(last_name(name)), k->kid(k->size - 1));
      }
    });
    n->kid(insert_slot::target)->kids[table_slot::alias] = nullptr;
  }
  conflict->kids[conflict_slot::target] = nullptr;
  conflict->kids[conflict_slot::where] = nullptr;
  conflict->text = "DUPLICATE KEY";
}

/// REPLACE on PostgreSQL: every column gets the new row's value, or its default.
void replace_to_conflict(Node* n, Context& c) {
  const auto& key = conflict_key(n, c);
  const TableFacts* facts = facts_of(n, c);
  const auto names = columns_of(n, facts);
  Node* conflict = c.build.slots(Kind::conflict, conflict_slot::count);
  conflict->kids[conflict_slot::target] = names_list(key, c);
  Node* updates = c.build.list();
  for (const ColumnFacts& f : facts->columns) {
    bool in_key = false;
    for (const std::string& k : key) in_key = in_key || same_word(k, f.name);
    if (in_key) continue;
    Node* name = c.build.name(f.name);
    name->flags |= flag::done;
    Node* value = holds(names, f.name)
                      ? c.build.with(Kind::path, {}, c.build.name("excluded"), c.build.clone(name))
                      : c.build.node(Kind::default_value);
    c.build.add(updates, c.build.with(Kind::assign, {}, name, value));
  }
  conflict->kids[conflict_slot::updates] = updates->size ? updates : nullptr;
  n->kids[insert_slot::conflict] = conflict;
  n->flags &= ~flag::replace;
}

/// A MERGE that does what an upsert of one or more rows does (tsql, oracle).
void upsert_to_merge(Node*& n, Context& c) {
  Node* conflict = n->kid(insert_slot::conflict);
  const TableFacts* facts = facts_of(n, c);
  std::vector<std::string> key;
  if (conflict && conflict->kid(conflict_slot::target)) {
    for (Node* k : *conflict->kid(conflict_slot::target)) key.emplace_back(last_name(k));
  } else {
    key = conflict_key(n, c);
  }
  const auto names = columns_of(n, facts);
  if (names.empty()) c.refuse(n, "an upsert without a column list needs the schema", "schema");
  Node* source = n->kid(insert_slot::source);
  Node* columns = c.build.list();
  for (std::string_view name : names) c.build.add(columns, c.build.name(name));
  Node* m = c.build.slots(Kind::merge, merge_slot::count);
  Node* target = n->kid(insert_slot::target);
  const Node* alias = target->kid(table_slot::alias);
  const std::string_view own = alias ? alias->text : last_name(target->kid(table_slot::source));
  m->kids[merge_slot::target] = target;
  Node* from = c.build.slots(Kind::table, table_slot::count);
  from->kids[table_slot::source] = c.build.with(Kind::subquery, {}, source);
  from->kids[table_slot::alias] = c.build.name("excluded");
  from->kids[table_slot::columns] = columns;
  m->kids[merge_slot::source] = from;
  Node* on = nullptr;
  for (const std::string& k : key) {
    const std::string_view name = c.build.text(k);
    on = c.build.both(
        on, c.build.binary(BinOp::eq, c.build.column(own, name), c.build.column("excluded", name)));
  }
  m->kids[merge_slot::on] = on;
  Node* whens = c.build.list();
  if (conflict && conflict->kid(conflict_slot::updates)) {
    Node* w = c.build.slots(Kind::merge_when, when_slot::count, "UPDATE");
    w->kids[when_slot::assigns] = conflict->kid(conflict_slot::updates);
    w->kids[when_slot::condition] = conflict->kid(conflict_slot::update_where);
    c.build.add(whens, w);
  }
  Node* w = c.build.slots(Kind::merge_when, when_slot::count, "INSERT");
  w->op = 1;
  w->kids[when_slot::columns] = c.build.clone(columns);
  Node* row = c.build.node(Kind::row);
  for (std::string_view name : names) c.build.add(row, c.build.column("excluded", name));
  w->kids[when_slot::values] = row;
  c.build.add(whens, w);
  m->kids[merge_slot::whens] = whens;
  if (n->kid(insert_slot::returning)) c.refuse(n, "RETURNING of an upsert has no equal");
  m->position = n->position;
  n = m;
}

}  // namespace

void pass_upsert(Context& c) {
  Node*& n = c.statement;
  if (!n->is(Kind::insert)) return;
  Node* conflict = n->kid(insert_slot::conflict);
  const bool merges = c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle);
  if (n->has(flag::ignore) && !c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite)) {
    n->flags &= ~flag::ignore;
    if (c.from_is(Dialect::mysql)) {
      c.warn("ignore",
             "INSERT IGNORE of mysql also lets values pass that do not fit; here only duplicates");
    }
    if (merges) return upsert_to_merge(n, c);
    n->kids[insert_slot::conflict] = c.build.slots(Kind::conflict, conflict_slot::count);
    return;
  }
  if (n->has(flag::ignore)) {
    const bool swallow = c.from_is(Dialect::sqlite) && c.to_is(Dialect::mysql);
    if (swallow) c.warn("ignore", "INSERT IGNORE of mysql also lets values pass that do not fit");
    return;
  }
  if (n->has(flag::replace)) {
    if (c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite)) return;
    replace_to_conflict(n, c);
    conflict = n->kid(insert_slot::conflict);
    if (merges) upsert_to_merge(n, c);
    return;
  }
  if (!conflict) return;
  if (c.from_is(Dialect::sqlite)) old_row(conflict, n->kid(insert_slot::target), c);
  if (conflict->text == "DUPLICATE KEY")
    keyed_conflict(n, c);
  else if (c.to_is(Dialect::mysql))
    conflict_to_mysql(n, c);
  const bool untold = conflict->kid(conflict_slot::updates) &&
                      !conflict->kid(conflict_slot::target) &&
                      !conflict->kid(conflict_slot::constraint);
  if (untold && c.from_is(Dialect::sqlite) && c.to_is(Dialect::postgres)) {
    conflict->kids[conflict_slot::target] = names_list(conflict_key(n, c), c);
  }
  if (conflict->kid(conflict_slot::constraint) && c.to_is(Dialect::sqlite)) {
    c.refuse(conflict, "ON CONSTRAINT has no equal in sqlite");
  }
  // SQLite reads INSERT .. SELECT .. ON as a join's condition unless there is a WHERE.
  Node* source = n->kid(insert_slot::source);
  if (c.to_is(Dialect::sqlite) && source->is(Kind::select) && !source->kid(select_slot::where) &&
      n->kid(insert_slot::conflict)) {
    source->kids[select_slot::where] = c.build.node(Kind::boolean, "TRUE");
  }
  if (merges) upsert_to_merge(n, c);
}

void pass_merge(Context& c) {
  Node*& n = c.statement;
  if (!n->is(Kind::merge)) return;
  const Node* target = n->kid(merge_slot::target);
  const Node* alias = target->kid(table_slot::alias);
  const std::string_view own = alias ? alias->text : last_name(target->kid(table_slot::source));
  for (Node* w : *n->kid(merge_slot::whens)) {
    // Oracle's WHERE of a branch is a condition of the branch elsewhere, and the other way.
    if (!c.to_is(Dialect::oracle)) {
      if (w->kid(when_slot::delete_where)) c.refuse(w, "DELETE WHERE after UPDATE has no equal");
      if (Node* where = w->kid(when_slot::where)) {
        w->kids[when_slot::condition] = c.build.both(w->kid(when_slot::condition), where);
        w->kids[when_slot::where] = nullptr;
      }
    } else if (w->kid(when_slot::condition)) {
      if (w->text == "DELETE") c.refuse(w, "DELETE as a branch of MERGE has no equal in oracle");
      w->kids[when_slot::where] = w->kid(when_slot::condition);
      w->kids[when_slot::condition] = nullptr;
    }
    if (Node* assigns = w->kid(when_slot::assigns)) {
      for (Node* a : *assigns) {
        if (a->kid(0)->is(Kind::path) && same_word(qualifier(a->kid(0)), own)) {
          a->kids[0] = a->kid(0)->kid(a->kid(0)->size - 1);
        }
      }
    }
    if (Node* columns = w->kid(when_slot::columns)) {
      for (std::uint32_t i = 0; i < columns->size; ++i) {
        if (columns->kids[i]->is(Kind::path))
          columns->kids[i] = columns->kids[i]->kid(columns->kids[i]->size - 1);
      }
    }
  }
  if (n->kid(merge_slot::on)->is(Kind::paren) && !c.to_is(Dialect::oracle)) {
    n->kids[merge_slot::on] = n->kid(merge_slot::on)->kid(0);
  }
}

}  // namespace iacdb::sql
