// CONNECT BY: number generators and trees become recursive WITH queries.

#include <string>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

namespace {

bool is_word(const Node* n, std::string_view word) {
  return n && n->is(Kind::name) && !n->has(flag::quoted) && same_word(n->text, word);
}

bool counts_rows(const Node* n) {
  return is_word(n, "level") || is_word(n, "rownum");
}

/// CONNECT BY LEVEL <= n FROM dual: numbers from 1.
bool number_generator(Node* s, Context& c) {
  Node* condition = s->kid(select_slot::connect_by)->kid(0);
  while (condition->is(Kind::paren)) condition = condition->kid(0);
  Node* from = s->kid(select_slot::from);
  const bool dual = !from || (from->size == 1 && from->kid(0)->is(Kind::table) &&
                              same_word(last_name(from->kid(0)->kid(table_slot::source)), "dual"));
  if (!dual || !condition->is(Kind::binary) || s->kid(select_slot::start_with)) return false;
  BinOp op = condition->bin();
  Node* bound = condition->kid(1);
  if (counts_rows(condition->kid(1))) {
    bound = condition->kid(0);
    op = op == BinOp::ge ? BinOp::le : op == BinOp::gt ? BinOp::lt : BinOp::custom;
  } else if (!counts_rows(condition->kid(0))) {
    return false;
  }
  if (op != BinOp::le && op != BinOp::lt) return false;
  const std::string_view name = c.fresh("iacdb_level_");
  Node* first = c.build.select();
  first->kids[select_slot::items] =
      c.build.list_of(c.build.item(c.build.number("1"), c.build.name("n")));
  Node* next = c.build.select();
  Node* one_more = c.build.binary(BinOp::add, c.build.name("n"), c.build.number("1"));
  next->kids[select_slot::items] = c.build.list_of(c.build.item(one_more));
  next->kids[select_slot::from] = c.build.list_of(table_of(c, c.build.name(name)));
  next->kids[select_slot::where] = c.build.binary(op, c.build.clone(one_more), bound);
  add_cte(c, s, name, c.build.list_of(c.build.name("n")), union_all(c, first, next), true);
  s->kids[select_slot::connect_by] = nullptr;
  s->kids[select_slot::from] = c.build.list_of(table_of(c, c.build.name(name)));
  const auto replace = [&](Node*& tree) {
    rewrite_tree(tree, [&](Node*& k) {
      if (counts_rows(k)) k = c.build.name("n");
    });
  };
  for (Node* item : *s->kid(select_slot::items)) {
    if (counts_rows(item->kid(0)) && !item->kid(1)) {
      item->kids[1] = c.build.name(c.build.text(item->kid(0)->text));
    }
    replace(item->kids[0]);
  }
  for (auto slot : {select_slot::where, select_slot::group, select_slot::having}) {
    replace(s->kids[slot]);
  }
  if (Node* order = s->kid(query_slot::order)) {
    for (Node* k : *order) replace(k->kids[0]);
  } else if (!s->kid(select_slot::group) && !s->has(flag::distinct)) {
    bool aggregate = false;
    walk(s->kid(select_slot::items), [&](Node* k) {
      for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "LISTAGG"}) {
        aggregate = aggregate || is_call(k, f);
      }
      return true;
    });
    Node* by = c.build.sort(c.build.name("n"));
    by->flags |= flag::done;
    if (!aggregate) s->kids[query_slot::order] = c.build.list_of(by);
  }
  return true;
}

/// What a hierarchical query walks is one table: FROM DUAL is a row, a join a query of the columns
/// that are asked of it. Conditions of WHERE between two tables belong to the join, others do not.
class OneTable {
 public:
  OneTable(Node* select, Context& c) : s_(select), c_(c) {}

  void take() {
    Node* from = s_->kid(select_slot::from);
    const bool one = from && from->size == 1 && from->kid(0)->is(Kind::table);
    const bool dual = !from || (one && is_word(from->kid(0)->kid(table_slot::source), "dual"));
    if (one && !dual) return;
    inner_ = c_.build.select();
    inner_->kids[select_slot::items] = c_.build.list();
    if (dual) {
      c_.build.add(inner_->kids[select_slot::items],
                   c_.build.item(c_.build.string("X"), c_.build.name("dummy")));
    } else {
      if (!expand_stars(c_, s_)) c_.refuse(s_, "SELECT * of this join needs the schema", "schema");
      inner_->kids[select_slot::from] = from;
      join_conditions();
      take_columns();
    }
    s_->kids[select_slot::from] =
        c_.build.list_of(derived_table(c_, inner_, c_.fresh("iacdb_rows_")));
  }

 private:
  void conjuncts(Node* n, std::vector<Node*>& out) {
    if (!n) return;
    if (!n->is(BinOp::and_)) return out.push_back(n);
    conjuncts(n->kid(0), out);
    conjuncts(n->kid(1), out);
  }

  static bool of_two_tables(Node* n) {
    std::string_view first;
    bool two = false;
    walk(n, [&](const Node* k) {
      if (!k->is(Kind::path)) return true;
      two = two || (!first.empty() && !same_word(first, qualifier(k)));
      first = qualifier(k);
      return false;
    });
    return two;
  }

  void join_conditions() {
    if (s_->kid(select_slot::from)->size < 2) return;
    std::vector<Node*> all;
    conjuncts(s_->kid(select_slot::where), all);
    Node* rest = nullptr;
    for (Node* n : all) {
      Node*& where = of_two_tables(n) ? inner_->kids[select_slot::where] : rest;
      where = and_of(c_, where, n);
    }
    s_->kids[select_slot::where] = rest;
  }

  void take_columns() {
    for (Node* item : *s_->kid(select_slot::items)) {
      const std::string_view own = last_name(item->kid(0));
      if (!item->kid(1) && !own.empty()) item->kids[1] = c_.build.name(own);
      replace(item->kids[0]);
    }
    for (auto slot : {select_slot::where, select_slot::start_with, select_slot::connect_by,
                      select_slot::group, select_slot::having}) {
      replace(s_->kids[slot]);
    }
    if (Node* order = s_->kid(query_slot::order)) {
      for (Node* sort : *order) {
        if (!is_alias(sort->kid(0))) replace(sort->kids[0]);
      }
    }
  }

  bool is_alias(const Node* n) const {
    for (const Node* item : *s_->kid(select_slot::items)) {
      if (n->is(Kind::name) && item->kid(1) && same_word(item->kid(1)->text, n->text)) return true;
    }
    return false;
  }

  static bool is_pseudo(const Node* n) {
    for (std::string_view word : {"level", "rownum", "connect_by_isleaf", "connect_by_iscycle"}) {
      if (is_word(n, word)) return true;
    }
    return false;
  }

  void replace(Node*& n) {
    if (!n || is_pseudo(n)) return;
    if (n->is(Kind::subquery) || n->is(Kind::exists)) {
      c_.refuse(n, "a subquery beside CONNECT BY over a join has no equal");
    }
    if (n->is(Kind::name) || n->is(Kind::path)) {
      n = moved(n);
      return;
    }
    const bool call = n->is(Kind::call);
    for (std::uint32_t i = 0; i < n->size; ++i) {
      if (!call || i != call_slot::path) replace(n->kids[i]);
    }
  }

  Node* moved(Node* n) {
    for (const auto& [column, name] : known_) {
      if (same_tree(column, n)) return c_.build.name(name);
    }
    const std::string_view name = c_.fresh("iacdb_c_");
    known_.emplace_back(n, name);
    c_.build.add(inner_->kid(select_slot::items), c_.build.item(n, c_.build.name(name)));
    return c_.build.name(name);
  }

  Node* s_;
  Context& c_;
  Node* inner_ = nullptr;
  std::vector<std::pair<Node*, std::string_view>> known_ = {};
};

/// A tree: one recursive query, with a column for each thing that is asked of the walk.
class Tree {
 public:
  Tree(Node* select, Context& c) : s_(select), c_(c) {}

  void rewrite() {
    OneTable(s_, c_).take();
    table_ = s_->kid(select_slot::from)->kid(0);
    alias_ = known_as(table_);
    if (alias_.empty()) {
      alias_ = c_.fresh("iacdb_rows_");
      table_->kids[table_slot::alias] = c_.build.name(alias_);
    }
    connect_ = s_->kid(select_slot::connect_by);
    nocycle_ = connect_->text == "NOCYCLE";
    name_ = c_.fresh("iacdb_tree_");
    if (!expand_stars(c_, s_)) {
      c_.refuse(s_, "SELECT * with CONNECT BY needs the table's columns; give the schema",
                "schema");
    }
    Node* order = s_->kid(query_slot::order);
    siblings_ = order && order->text == "SIBLINGS" ? order : nullptr;
    if (siblings_ || nocycle_) rank_rows();
    first_ = branch(c_.build.number("1"));
    next_ = branch(plus_one(c_.build.column(name_, "iacdb_level")));
    walk_columns();
    finish();
  }

 private:
  Node* plus_one(Node* n) { return c_.build.binary(BinOp::add, n, c_.build.number("1")); }

  /// Numbers the rows in the order of siblings, so that a path of numbers sorts depth first.
  void rank_rows() {
    Node* order = c_.build.list();
    if (siblings_) {
      for (Node* k : *siblings_) c_.build.add(order, k);
    } else {
      walk(connect_->kid(0), [&](Node* k) {
        if (k->is(Kind::name) && !is_word(k, "level")) {
          c_.build.add(order, c_.build.sort(c_.build.clone(k)));
        }
        return !k->is(Kind::path);
      });
    }
    Node* q = c_.build.select();
    Node* rank = window_of(c_, c_.build.call("ROW_NUMBER"), nullptr, order);
    q->kids[select_slot::items] =
        c_.build.list_of(c_.build.item(c_.build.with(Kind::star, {}, c_.build.name(alias_))));
    c_.build.add(q->kids[select_slot::items], c_.build.item(rank, c_.build.name("iacdb_rank")));
    q->kids[select_slot::from] = c_.build.list_of(table_);
    const std::string_view ranked = c_.fresh("iacdb_ranked_");
    add_cte(c_, s_, ranked, nullptr, q, false);
    table_ = table_of(c_, c_.build.name(ranked), alias_);
  }

  Node* branch(Node* level) {
    Node* q = c_.build.select();
    Node* items = q->kids[select_slot::items] = c_.build.list();
    c_.build.add(items, c_.build.item(c_.build.with(Kind::star, {}, c_.build.name(alias_))));
    c_.build.add(items, c_.build.item(level, c_.build.name("iacdb_level")));
    q->kids[select_slot::from] = c_.build.list_of(c_.build.clone(table_));
    return q;
  }

  void add_column(std::string_view name, Node* first, Node* next) {
    c_.build.add(first_->kid(select_slot::items), c_.build.item(first, c_.build.name(name)));
    c_.build.add(next_->kid(select_slot::items), c_.build.item(next, c_.build.name(name)));
  }

  /// Columns of the row above and of the row itself; LEVEL is the row's.
  void place(Node*& n, std::string_view row) {
    if (!n) return;
    if (n->is(Kind::unary) && n->text == "PRIOR") {
      Node* inner = n->kid(0);
      while (inner->is(Kind::paren)) inner = inner->kid(0);
      place(inner, name_);
      n = inner;
      return;
    }
    if (n->is(Kind::name)) {
      if (is_word(n, "level")) {
        n = row == alias_ ? plus_one(c_.build.column(name_, "iacdb_level"))
                          : c_.build.column(row, "iacdb_level");
      } else {
        n = c_.build.with(Kind::path, {}, c_.build.name(row), n);
      }
      return;
    }
    if (n->is(Kind::path)) {
      n = c_.build.with(Kind::path, {}, c_.build.name(row), n->kid(n->size - 1));
      return;
    }
    for (std::uint32_t i = 0; i < n->size; ++i) {
      const bool label = n->is(Kind::call) && i == call_slot::path;
      if (!label) place(n->kids[i], row);
    }
  }

  Node* placed(const Node* n, std::string_view row) {
    Node* copy = c_.build.clone(n);
    place(copy, row);
    return copy;
  }

  Node* long_text(Node* n) {
    static constexpr std::string_view forms[] = {
        "CAST(:1 AS TEXT)", "CAST(:1 AS TEXT)", "CAST(:1 AS CHAR(4000))",
        "CAST(:1 AS VARCHAR(4000))", "CAST(:1 AS VARCHAR2(4000))"};
    Node* const holes[] = {n};
    return fill(forms[static_cast<std::size_t>(c_.to)], c_.to, holes, c_.build);
  }

  Node* ranked_text() {
    static constexpr std::string_view forms[] = {
        "PRINTF('%010d', :1)", "LPAD(CAST(:1 AS TEXT), 10, '0')", "LPAD(:1, 10, '0')",
        "RIGHT('0000000000' + CAST(:1 AS VARCHAR(10)), 10)", "LPAD(:1, 10, '0')"};
    Node* const holes[] = {c_.build.column(alias_, "iacdb_rank")};
    return fill(forms[static_cast<std::size_t>(c_.to)], c_.to, holes, c_.build);
  }

  Node* joined(Node* a, Node* b) { return c_.build.call("$CONCAT_NULL", a, b); }

  Node* path_column(Node* call) {
    const std::string_view name = c_.fresh("iacdb_path_");
    Node* value = argument(call, 0);
    Node* separator = argument(call, 1);
    Node* first = joined(c_.build.clone(separator), placed(value, alias_));
    Node* next = joined(joined(c_.build.column(name_, name), separator), placed(value, alias_));
    add_column(name, long_text(first), long_text(next));
    return c_.build.name(name);
  }

  /// One column a root, however often it is asked for: GROUP BY must see the same.
  std::string_view root_column(Node* value) {
    for (const auto& [known, column] : roots_) {
      if (same_tree(known, value)) return column;
    }
    const std::string_view name = c_.fresh("iacdb_root_");
    add_column(name, placed(value, alias_), c_.build.column(name_, name));
    roots_.emplace_back(value, name);
    return name;
  }

  Node* leaf_test() {
    Node* condition = placed(connect_->kid(0), "iacdb_child");
    rewrite_tree(condition, [&](Node*& k) {
      if (!k->is(Kind::path)) return;
      if (same_word(qualifier(k), name_)) k->kids[0] = c_.build.name(alias_);
      // LEVEL of a child is one more than the row's.
      if (same_word(qualifier(k), "iacdb_child") && same_word(last_name(k), "iacdb_level")) {
        k = plus_one(c_.build.column(alias_, "iacdb_level"));
      }
    });
    Node* child = c_.build.clone(table_);
    child->kids[table_slot::alias] = c_.build.name("iacdb_child");
    return case_when(c_, exists_of(c_, c_.build.list_of(child), condition), c_.build.number("0"),
                     c_.build.number("1"));
  }

  /// Replaces what only CONNECT BY knows in a clause of the outer query.
  void replace(Node*& n) {
    if (!n || n->is(Kind::subquery) || n->is(Kind::exists)) return;
    if (is_call(n, "SYS_CONNECT_BY_PATH") && argument_count(n) == 2) {
      n = path_column(n);
    } else if (n->is(Kind::unary) && n->text == "CONNECT_BY_ROOT") {
      n = c_.build.name(root_column(n->kid(0)));
    } else if (n->is(Kind::unary) && n->text == "PRIOR") {
      const std::string_view name = c_.fresh("iacdb_prior_");
      Node* never = c_.build.binary(BinOp::eq, c_.build.number("1"), c_.build.number("0"));
      add_column(name, case_when(c_, never, placed(n->kid(0), alias_)), placed(n->kid(0), name_));
      n = c_.build.name(name);
    } else if (is_word(n, "connect_by_isleaf")) {
      n = leaf_test();
    } else if (is_word(n, "connect_by_iscycle")) {
      c_.refuse(n, "CONNECT_BY_ISCYCLE has no equal");
    } else if (is_word(n, "level")) {
      n = c_.build.name("iacdb_level");
    } else {
      for (std::uint32_t i = 0; i < n->size; ++i) replace(n->kids[i]);
    }
  }

  void walk_columns() {
    for (Node* item : *s_->kid(select_slot::items)) {
      if (!item->kid(1)) {
        const Node* e = item->kid(0);
        if (is_word(e, "level") || is_word(e, "connect_by_isleaf")) {
          item->kids[1] = c_.build.name(c_.build.text(e->text));
        } else if (e->is(Kind::unary) && !last_name(e->kid(0)).empty()) {
          item->kids[1] = c_.build.name(last_name(e->kid(0)));
        }
      }
      replace(item->kids[0]);
    }
    for (auto slot : {select_slot::where, select_slot::group, select_slot::having}) {
      replace(s_->kids[slot]);
    }
    Node* order = s_->kid(query_slot::order);
    if (siblings_) {
      add_column("iacdb_order", long_text(ranked_text()),
                 long_text(joined(c_.build.column(name_, "iacdb_order"), ranked_text())));
      Node* by = c_.build.sort(c_.build.name("iacdb_order"));
      by->flags |= flag::done;
      const bool plain = !s_->kid(select_slot::group) && !s_->has(flag::distinct);
      s_->kids[query_slot::order] = plain ? c_.build.list_of(by) : nullptr;
    } else if (order) {
      for (Node* k : *order) replace(k->kids[0]);
    } else if (!s_->kid(select_slot::group)) {
      c_.warn("hierarchy-order",
              "CONNECT BY gives rows depth first; here their order is not fixed: add ORDER BY");
    }
  }

  void finish() {
    first_->kids[select_slot::where] = s_->kid(select_slot::start_with);
    Node* condition = placed(connect_->kid(0), alias_);
    if (nocycle_) {
      add_column("iacdb_seen", long_text(ranked_text()),
                 long_text(joined(c_.build.column(name_, "iacdb_seen"), ranked_text())));
      Node* found = c_.build.call("$STRPOS", c_.build.column(name_, "iacdb_seen"), ranked_text());
      condition = and_of(c_, condition, c_.build.binary(BinOp::eq, found, c_.build.number("0")));
    }
    Node* own = table_of(c_, c_.build.name(name_));
    Node* j = join_of(c_, JoinKind::inner, next_->kid(select_slot::from)->kid(0), own, condition);
    next_->kids[select_slot::from] = c_.build.list_of(j);
    add_cte(c_, s_, name_, nullptr, union_all(c_, first_, next_), true);
    s_->kids[select_slot::from] = c_.build.list_of(table_of(c_, c_.build.name(name_), alias_));
    s_->kids[select_slot::start_with] = s_->kids[select_slot::connect_by] = nullptr;
  }

  Node* s_;
  Context& c_;
  Node* table_ = nullptr;
  Node* connect_ = nullptr;
  Node* siblings_ = nullptr;
  Node* first_ = nullptr;
  Node* next_ = nullptr;
  std::string_view alias_ = {};
  std::string_view name_ = {};
  bool nocycle_ = false;
  std::vector<std::pair<Node*, std::string_view>> roots_ = {};
};

}  // namespace

void pass_connect_by(Context& c) {
  if (!c.from_is(Dialect::oracle) || c.to_is(Dialect::oracle)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select) || !n->kid(select_slot::connect_by)) return;
    if (number_generator(n, c)) return;
    Tree(n, c).rewrite();
    c.sources.forget();
  });
}

}  // namespace iacdb::sql
