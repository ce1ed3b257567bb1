// APPLY and LATERAL: native where they are; elsewhere an expression, scalar subqueries, or a join
// with numbered rows.

#include <optional>
#include <string>
#include <vector>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool is_lateral(const Node* j) {
  const Node* right = j->kid(join_slot::right);
  return j->join() == JoinKind::cross_apply || j->join() == JoinKind::outer_apply ||
         (right && right->is(Kind::table) && right->has(flag::lateral));
}

bool always(const Node* on) {
  return !on || (on->is(Kind::boolean) && on->text == "TRUE") ||
         (on->is(BinOp::eq) && on->kid(0)->is(Kind::number) && on->kid(1)->is(Kind::number));
}

/// PostgreSQL writes LATERAL, SQL Server APPLY.
void native(Node* j, Context& c) {
  Node* right = j->kid(join_slot::right);
  const bool cross = j->join() == JoinKind::cross_apply;
  const bool outer = j->join() == JoinKind::outer_apply;
  if (cross || outer) {
    if (!c.to_is(Dialect::postgres)) return;
    j->op = static_cast<std::uint8_t>(outer ? JoinKind::left : JoinKind::inner);
    if (right->is(Kind::table)) right->flags |= flag::lateral;
    j->kids[join_slot::on] = c.build.node(Kind::boolean, "TRUE");
    return;
  }
  if (!c.to_is(Dialect::tsql)) return;
  if (!always(j->kid(join_slot::on))) c.refuse(j, "LATERAL with a condition has no equal");
  const bool left = j->join() == JoinKind::left;
  j->op = static_cast<std::uint8_t>(left ? JoinKind::outer_apply : JoinKind::cross_apply);
  right->flags &= ~flag::lateral;
  j->kids[join_slot::on] = nullptr;
}

/// One lateral subquery on a database without them.
class Lateral {
 public:
  Lateral(Node* select, Node* table, bool outer, Context& c)
      : s_(select), table_(table), outer_(outer), c_(c) {}

  /// What takes the place of `left APPLY table`.
  Node* rewrite(Node* left, Node* on) {
    Node* source = table_->kid(table_slot::source);
    if (source->is(Kind::subquery) && read_rows(source->kid(0))) return chosen(left, on);
    if (!source->is(Kind::subquery) || !source->kid(0)->is(Kind::select)) refuse();
    q_ = source->kid(0);
    alias_ = known_as(table_);
    name_columns();
    if (!q_->kid(select_slot::from) && !q_->kid(select_slot::where))
      return inlined(left, on, false);
    if (single_row()) return inlined(left, on, true);
    return joined(left, on);
  }

 private:
  [[noreturn]] void refuse() {
    c_.refuse(table_, "this lateral subquery has no equal in " + std::string(to_string(c_.to)));
  }

  /// VALUES (..), (..), or a union of selects without tables: the values of each row.
  bool read_rows(Node* q) {
    if (q->is(Kind::values)) {
      for (Node* row : *q->kid(values_slot::rows)) rows_.push_back(row);
      const Node* columns = table_->kid(table_slot::columns);
      if (!columns) refuse();
      for (const Node* name : *columns) names_.push_back(last_name(name));
      return true;
    }
    if (!q->is(Kind::set_op) || !union_rows(q)) {
      rows_.clear();
      return false;
    }
    const Node* columns = table_->kid(table_slot::columns);
    while (q->is(Kind::set_op)) q = q->kid(set_slot::left);
    const Node* items = q->kid(select_slot::items);
    for (std::uint32_t i = 0; i < items->size; ++i) {
      const Node* item = items->kid(i);
      names_.push_back(columns && i < columns->size ? last_name(columns->kid(i))
                       : item->kid(1)               ? item->kid(1)->text
                                                    : last_name(item->kid(0)));
      if (names_.back().empty()) refuse();
    }
    return true;
  }

  bool union_rows(Node* q) {
    if (q->is(Kind::set_op)) {
      if (q->set() != SetKind::union_ || !q->has(flag::all) || q->kid(query_slot::order) ||
          q->kid(query_slot::limit)) {
        return false;
      }
      return union_rows(q->kid(set_slot::left)) && union_rows(q->kid(set_slot::right));
    }
    const bool row = q->is(Kind::select) && !q->kid(select_slot::from) &&
                     !q->kid(select_slot::where) && !q->kid(query_slot::limit);
    if (!row) return false;
    Node* values = c_.build.node(Kind::row);
    for (Node* item : *q->kid(select_slot::items)) c_.build.add(values, item->kid(0));
    rows_.push_back(values);
    return true;
  }

  /// The rows are numbered: a column is the value of the row with the number.
  Node* chosen(Node* left, Node* on) {
    alias_ = known_as(table_);
    number_ = c_.fresh("iacdb_row_");
    inlined(left, nullptr, false);
    Node* numbers = nullptr;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      Node* one = c_.build.select();
      Node* number = c_.build.number(c_.build.text(std::to_string(i + 1)));
      Node* name = numbers ? nullptr : c_.build.name(number_);
      one->kids[select_slot::items] = c_.build.list_of(c_.build.item(number, name));
      numbers = numbers ? union_all(c_, numbers, one) : one;
    }
    table_->kids[table_slot::source] = c_.build.with(Kind::subquery, {}, numbers);
    table_->kids[table_slot::columns] = nullptr;
    table_->flags &= ~flag::lateral;
    if (!on) on = c_.build.node(Kind::boolean, "TRUE");
    return join_of(c_, outer_ ? JoinKind::left : JoinKind::inner, left, table_, on);
  }

  /// CASE number WHEN 1 THEN .. END
  Node* value_of_row(std::size_t column) {
    Node* choice = c_.build.slots(Kind::case_, 2);
    choice->kids[0] = c_.build.column(alias_, number_);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (column >= rows_[i]->size) refuse();
      c_.build.add(choice, c_.build.with(Kind::when, {},
                                         c_.build.number(c_.build.text(std::to_string(i + 1))),
                                         c_.build.clone(rows_[i]->kid(column))));
    }
    return choice;
  }

  void name_columns() {
    const Node* columns = table_->kid(table_slot::columns);
    for (std::uint32_t i = 0; i < q_->kid(select_slot::items)->size; ++i) {
      const Node* item = q_->kid(select_slot::items)->kids[i];
      if (item->kid(0)->is(Kind::star)) {
        if (!expand_stars(c_, q_)) refuse();
        names_.clear();
        return name_columns();
      }
      const std::string_view name = columns && i < columns->size ? last_name(columns->kids[i])
                                    : item->kid(1)               ? item->kid(1)->text
                                                                 : last_name(item->kid(0));
      if (name.empty()) refuse();
      names_.push_back(name);
    }
  }

  bool single_row() {
    if (q_->kid(select_slot::group) || q_->kid(select_slot::having)) return false;
    for (const Node* item : *q_->kid(select_slot::items)) {
      bool aggregate = false;
      walk(item->kids[0], [&](Node* k) {
        for (std::string_view f :
             {"COUNT", "SUM", "MIN", "MAX", "AVG", "$STRING_AGG", "STRING_AGG"}) {
          aggregate = aggregate || (is_call(k, f) && !k->kid(call_slot::over));
        }
        return !k->is(Kind::subquery);
      });
      if (!aggregate) return false;
    }
    return true;
  }

  Node* value_of(std::size_t i, bool scalar) {
    if (!rows_.empty()) return value_of_row(i);
    Node* e = q_->kid(select_slot::items)->kids[i]->kid(0);
    if (!scalar) return c_.build.paren(c_.build.clone(e));
    Node* one = c_.build.clone(q_);
    one->kids[select_slot::items] = c_.build.list_of(c_.build.item(c_.build.clone(e)));
    return c_.build.with(Kind::subquery, {}, one);
  }

  bool is_alias(std::string_view name) const {
    for (const Node* item : *s_->kid(select_slot::items)) {
      if (item->kid(1) && same_word(item->kid(1)->text, name)) return true;
    }
    return false;
  }

  /// Every use of a column becomes its expression; the table goes.
  Node* inlined(Node* left, Node* on, bool scalar) {
    const auto replace = [&](auto&& self, Node* parent) -> void {
      for (std::uint32_t i = 0; i < parent->size; ++i) {
        Node*& k = parent->kids[i];
        if (!k || k == table_) continue;
        const bool label = (parent->is(Kind::item) && i == 1) || parent->is(Kind::path) ||
                           (parent->is(Kind::table) && i != 0);
        if (parent->is(Kind::sort) && k->is(Kind::name) && is_alias(k->text)) continue;
        const bool named = (k->is(Kind::path) && same_word(qualifier(k), alias_)) ||
                           (k->is(Kind::name) && !label && parent != s_->kid(select_slot::from));
        std::size_t at = names_.size();
        for (std::size_t n = 0; named && n < names_.size(); ++n) {
          if (same_word(names_[n], last_name(k))) at = n;
        }
        if (at < names_.size()) {
          if (parent->is(Kind::item) && !parent->kid(1) && i == 0) {
            parent->kids[1] = c_.build.name(names_[at]);
          }
          k = value_of(at, scalar);
        } else {
          self(self, k);
        }
      }
    };
    if (on && !always(on)) refuse();
    replace(replace, s_);
    return left;
  }

  bool inner_column(const Node* n) {
    if (n->is(Kind::path)) return inner_table(q_->kid(select_slot::from), qualifier(n));
    return n->is(Kind::name);
  }

  static bool inner_table(const Node* from, std::string_view name) {
    if (!from) return false;
    if (from->is(Kind::table)) return same_word(known_as(from), name);
    for (std::uint32_t i = 0; i < from->size; ++i) {
      const Node* k = from->kids[i];
      if (k && (k->is(Kind::table) || k->is(Kind::join)) && inner_table(k, name)) return true;
    }
    return false;
  }

  bool has_outer(Node* n) {
    bool found = false;
    walk(n, [&](Node* k) {
      if (k->is(Kind::path)) {
        found = found || !inner_column(k);
        return false;
      }
      return true;
    });
    return found;
  }

  void conjuncts(Node* n, std::vector<Node*>& out) {
    if (!n) return;
    if (n->is(BinOp::and_)) {
      conjuncts(n->kid(0), out);
      conjuncts(n->kid(1), out);
    } else {
      out.push_back(n);
    }
  }

  /// inner column = outer expression: the column, shown by the derived table.
  Node* correlation(Node* k, Node* partition) {
    if (!k->is(BinOp::eq)) refuse();
    for (std::size_t i = 0; i < 2; ++i) {
      Node* own = k->kid(i);
      Node* other = k->kid(1 - i);
      const bool column = (own->is(Kind::path) || own->is(Kind::name)) && inner_column(own);
      if (!column || !has_outer(other)) continue;
      const std::string_view name = c_.fresh("iacdb_key_");
      c_.build.add(q_->kid(select_slot::items), c_.build.item(own, c_.build.name(name)));
      c_.build.add(partition, c_.build.clone(own));
      return c_.build.binary(BinOp::eq, c_.build.column(alias_, name), other);
    }
    refuse();
  }

  Node* joined(Node* left, Node* on) {
    for (auto slot : {select_slot::group, select_slot::having}) {
      if (q_->kid(slot)) refuse();
    }
    for (const Node* item : *q_->kid(select_slot::items)) {
      if (has_outer(item->kids[0])) refuse();
    }
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
      q_->kid(select_slot::items)->kids[i]->kids[1] = c_.build.name(names_[i]);
    }
    std::vector<Node*> all;
    conjuncts(q_->kid(select_slot::where), all);
    Node* condition = on && !always(on) ? on : nullptr;
    Node* rest = nullptr;
    Node* partition = c_.build.list();
    for (Node* k : all) {
      if (has_outer(k))
        condition = and_of(c_, condition, correlation(k, partition));
      else
        rest = and_of(c_, rest, k);
    }
    q_->kids[select_slot::where] = rest;
    if (Node* limit = q_->kid(query_slot::limit)) {
      const bool plain = limit->kid(0) && !limit->kid(1) && !limit->has(flag::percent);
      if (!plain) refuse();
      const std::string_view rank = c_.fresh("iacdb_rank_");
      Node* number =
          window_of(c_, c_.build.call(limit->has(flag::with_ties) ? "RANK" : "ROW_NUMBER"),
                    partition->size ? partition : nullptr, q_->kid(query_slot::order));
      c_.build.add(q_->kid(select_slot::items), c_.build.item(number, c_.build.name(rank)));
      condition = and_of(c_, condition,
                         c_.build.binary(BinOp::le, c_.build.column(alias_, rank), limit->kid(0)));
    }
    q_->kids[query_slot::limit] = q_->kids[query_slot::order] = nullptr;
    table_->kids[table_slot::columns] = nullptr;
    table_->flags &= ~flag::lateral;
    if (!condition) condition = c_.build.node(Kind::boolean, "TRUE");
    return join_of(c_, outer_ ? JoinKind::left : JoinKind::inner, left, table_, condition);
  }

  Node* s_;
  Node* table_;
  bool outer_;
  Context& c_;
  Node* q_ = nullptr;
  std::string_view alias_ = {};
  std::vector<std::string_view> names_ = {};
  std::vector<Node*> rows_ = {};  ///< of VALUES
  std::string_view number_ = {};
};

void lower(Node* s, Node*& n, Context& c) {
  if (!n || !n->is(Kind::join)) return;
  lower(s, n->kids[join_slot::left], c);
  if (!is_lateral(n)) return;
  const bool outer = n->join() == JoinKind::outer_apply || n->join() == JoinKind::left;
  Node* table = n->kid(join_slot::right);
  if (!table->is(Kind::table)) c.refuse(n, "this lateral join has no equal");
  // A list of stars outside would lack or show columns.
  if (!expand_stars(c, s)) c.refuse(n, "a star beside LATERAL needs the schema", "schema");
  n = Lateral(s, table, outer, c).rewrite(n->kid(join_slot::left), n->kid(join_slot::on));
}

}  // namespace

void pass_lateral(Context& c) {
  const bool has = c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle) || c.to_is(Dialect::tsql);
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::select) || !n->kid(select_slot::from)) return;
    Node* from = n->kid(select_slot::from);
    // FROM a, LATERAL (..) b is a join.
    for (std::uint32_t i = 1; i < from->size; ++i) {
      if (!from->kids[i]->is(Kind::table) || !from->kids[i]->has(flag::lateral)) continue;
      if (c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle)) continue;
      from->kids[i - 1] = join_of(c, JoinKind::cross, from->kids[i - 1], from->kids[i], nullptr);
      Builder::erase(from, i--);
    }
    if (!has) {
      for (std::uint32_t i = 0; i < from->size; ++i) lower(n, from->kids[i], c);
    }
  });
  if (!has) return;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::join) && is_lateral(n)) native(n, c);
    return true;
  });
}

}  // namespace iacdb::sql
