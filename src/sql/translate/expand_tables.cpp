// DELETE a, b FROM .. and UPDATE a JOIN b SET a.x = .., b.y = .. of MySQL: the rows that are meant,
// and the new values, are kept first; then each table is changed by what was kept.

#include <string>
#include <utility>
#include <vector>

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

/// A table that is changed, and the column of the kept rows that finds its rows.
struct Changed {
  const Node* table;
  std::string_view key;
  std::string_view kept_key;
  Node* assigns = nullptr;
};

void tables_of(const Node* from, std::vector<const Node*>& out) {
  if (!from) return;
  if (from->is(Kind::table)) return out.push_back(from);
  const std::uint32_t count = from->is(Kind::join) ? 2 : from->size;
  for (std::uint32_t i = 0; i < count; ++i) tables_of(from->kids[i], out);
}

class SeveralTables {
 public:
  SeveralTables(Node* from, Node* where, Context& c) : from_(from), where_(where), c_(c) {
    tables_of(from, tables_);
    items_ = c.build.list();
    kept_ = c.fresh(c.to_is(Dialect::tsql) ? "#iacdb_rows_" : "iacdb_rows_");
  }

  const Node* table(std::string_view name) const {
    for (const Node* t : tables_) {
      if (same_word(known_as(t), name)) return t;
    }
    return nullptr;
  }

  /// The table that a column is of.
  const Node* owner(const Node* column) const {
    if (!qualifier(column).empty()) return table(qualifier(column));
    const Node* found = nullptr;
    for (const Node* t : tables_) {
      const TableFacts* facts =
          c_.options.schema ? c_.options.schema->table(last_name(t->kid(table_slot::source)))
                            : nullptr;
      if (facts && facts->column(last_name(column))) found = t;
    }
    return found;
  }

  Changed& changed(const Node* table) {
    for (Changed& one : changed_) {
      if (one.table == table) return one;
    }
    if (!table->kid(table_slot::source)->is(Kind::name) &&
        !table->kid(table_slot::source)->is(Kind::path)) {
      c_.refuse(table, "a change of a query has no equal");
    }
    const std::string_view key = row_address(c_, table);
    const std::string_view kept = c_.fresh("iacdb_key_");
    c_.build.add(items_, c_.build.item(c_.build.column(known_as(table), key), c_.build.name(kept)));
    changed_.push_back({table, key, kept, c_.build.list()});
    return changed_.back();
  }

  std::vector<Changed>& all() { return changed_; }

  /// A new value, kept where it depends on the rows.
  Node* value(Node* given, const Changed& of) {
    bool depends = false;
    walk(given, [&](const Node* n) {
      depends = depends || n->is(Kind::name) || n->is(Kind::path) || n->is(Kind::subquery);
      return !depends;
    });
    if (!depends) return given;
    const std::string_view name = c_.fresh("iacdb_value_");
    c_.build.add(items_, c_.build.item(given, c_.build.name(name)));
    Node* one = kept_column(name);
    one->kids[select_slot::where] =
        c_.build.binary(BinOp::eq, c_.build.column(kept_, of.kept_key),
                        c_.build.column(last_name(of.table->kid(table_slot::source)), of.key));
    one->kids[query_slot::limit] =
        c_.build.with(Kind::limit, {}, c_.build.number("1"), static_cast<Node*>(nullptr));
    return c_.build.with(Kind::subquery, {}, one);
  }

  void rows(Steps& steps) {
    if (c_.to_is(Dialect::oracle)) {
      c_.refuse(c_.statement,
                "a change of several tables needs a temporary table, and making one "
                "ends the transaction in Oracle");
    }
    Node* query = c_.build.select();
    query->kids[select_slot::items] = items_;
    query->kids[select_slot::from] = c_.build.list_of(from_);
    if (from_->is(Kind::list)) query->kids[select_slot::from] = from_;
    query->kids[select_slot::where] = where_;
    steps.statements.push_back(keep_rows(c_, kept_, query));
    steps.answer = 1;
  }

  /// key IN (SELECT kept_key FROM kept)
  Node* is_kept(const Changed& one) {
    return c_.build.with(Kind::in, {}, c_.build.name(one.key),
                         c_.build.with(Kind::subquery, {}, kept_column(one.kept_key)));
  }

  void end(Steps& steps) {
    const bool sign = kept_.starts_with('#');
    const std::string name = sign ? "\"" + std::string(kept_) + "\"" : std::string(kept_);
    steps.statements.push_back(drop_rows(c_, name));
  }

 private:
  Node* kept_column(std::string_view name) {
    Node* s = c_.build.select();
    s->kids[select_slot::items] = c_.build.list_of(c_.build.item(c_.build.name(name)));
    s->kids[select_slot::from] = c_.build.list_of(table_of(c_, c_.build.name(kept_)));
    return s;
  }

  Node* from_;
  Node* where_;
  Context& c_;
  std::vector<const Node*> tables_ = {};
  std::vector<Changed> changed_ = {};
  Node* items_ = nullptr;
  std::string_view kept_ = {};
};

Node* plain_table(const Node* table, Context& c) {
  return table_of(c, c.build.clone(table->kid(table_slot::source)));
}

void expand_delete(Context& c, Steps& steps) {
  Node* n = c.statement;
  Node* targets = n->kid(delete_slot::targets);
  if (targets->size < 2 || !n->kid(delete_slot::from) || n->kid(delete_slot::with)) return;
  SeveralTables several(n->kid(delete_slot::from), n->kid(delete_slot::where), c);
  for (const Node* target : *targets) {
    const Node* table = several.table(known_as(target));
    if (!table) c.refuse(target, "this table is not among those of FROM");
    several.changed(table);
  }
  several.rows(steps);
  for (const Changed& one : several.all()) {
    Node* d = c.build.slots(Kind::delete_, delete_slot::count);
    d->kids[delete_slot::targets] = c.build.list_of(plain_table(one.table, c));
    d->kids[delete_slot::where] = several.is_kept(one);
    steps.statements.push_back(d);
  }
  several.end(steps);
}

void expand_update(Context& c, Steps& steps) {
  Node* n = c.statement;
  Node* target = n->kid(update_slot::target);
  if (!target->is(Kind::join) || n->kid(update_slot::with)) return;
  SeveralTables several(target, n->kid(update_slot::where), c);
  const Node* first = nullptr;
  bool more = false;
  for (const Node* a : *n->kid(update_slot::assigns)) {
    const Node* table = several.owner(a->kid(0));
    more = more || (first && table && table != first);
    if (table) first = table;
  }
  if (!more) return;
  for (Node* a : *n->kid(update_slot::assigns)) {
    const Node* table = several.owner(a->kid(0));
    if (!table) c.refuse(a, "the table of this column is not known; give the schema", "schema");
    Changed& one = several.changed(table);
    Node* assign = c.build.with(Kind::assign, {}, c.build.name(last_name(a->kid(0))),
                                several.value(a->kid(1), one));
    c.build.add(one.assigns, assign);
  }
  several.rows(steps);
  for (const Changed& one : several.all()) {
    Node* u = c.build.slots(Kind::update, update_slot::count);
    u->kids[update_slot::target] = plain_table(one.table, c);
    u->kids[update_slot::assigns] = one.assigns;
    u->kids[update_slot::where] = several.is_kept(one);
    steps.statements.push_back(u);
  }
  several.end(steps);
}

}  // namespace

void expand_several_tables(Context& c, Steps& steps) {
  if (!c.from_is(Dialect::mysql) || c.to_is(Dialect::mysql)) return;
  if (c.statement->is(Kind::delete_)) return expand_delete(c, steps);
  expand_update(c, steps);
}

}  // namespace iacdb::sql
