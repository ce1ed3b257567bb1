// ROWNUM: a limit where it is compared, a number where it is shown.

#include <charconv>
#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool is_rownum(const Node* n) {
  return n && n->is(Kind::name) && !n->has(flag::quoted | flag::done) &&
         same_word(n->text, "rownum");
}

bool speaks_of_rownum(Node* n) {
  bool found = false;
  walk(n, [&](Node* k) {
    found = found || is_rownum(k);
    return !k->is(Kind::subquery) && !k->is(Kind::exists);
  });
  return found;
}

BinOp mirrored(BinOp op) {
  return op == BinOp::gt   ? BinOp::lt
         : op == BinOp::ge ? BinOp::le
         : op == BinOp::lt ? BinOp::gt
         : op == BinOp::le ? BinOp::ge
                           : op;
}

/// ROWNUM op value as a count of rows; nullptr for no limit at all.
Node* count_of(BinOp op, Node* value, const Node* where, Context& c) {
  const auto number = whole_number(value);
  const auto rows = [&](std::int64_t n) {
    return c.build.number(c.build.text(std::to_string(std::max<std::int64_t>(n, 0))));
  };
  if (number && op == BinOp::le) return rows(*number);
  if (number && op == BinOp::lt) return rows(*number - 1);
  if (number && op == BinOp::eq) return rows(*number == 1 ? 1 : 0);
  if (number && op == BinOp::gt) return *number < 1 ? nullptr : rows(0);
  if (number && op == BinOp::ge) return *number <= 1 ? nullptr : rows(0);
  const bool literal = value->is(Kind::number) || value->is(Kind::unary);
  if (op == BinOp::le && !literal) return value;
  if (op == BinOp::lt && !literal) return c.build.binary(BinOp::sub, value, c.build.number("1"));
  c.refuse(where, "this condition on ROWNUM");
}

/// Takes ROWNUM <= n out of a condition; the count goes to `limit`.
void take_rownum(Node*& condition, Node*& limit, Context& c) {
  if (!condition) return;
  if (condition->is(Kind::paren)) {
    Node* inner = condition->kid(0);
    take_rownum(inner, limit, c);
    if (!inner)
      condition = nullptr;
    else
      condition->kids[0] = inner;
    return;
  }
  if (condition->is(BinOp::and_)) {
    Node* left = condition->kid(0);
    Node* right = condition->kid(1);
    take_rownum(left, limit, c);
    take_rownum(right, limit, c);
    condition = c.build.both(left, right);
    return;
  }
  if (!condition->is(Kind::binary)) return;
  const bool turned = is_rownum(condition->kid(1));
  if (!turned && !is_rownum(condition->kid(0))) return;
  if (limit) c.refuse(condition, "several conditions on ROWNUM");
  const BinOp op = turned ? mirrored(condition->bin()) : condition->bin();
  limit = count_of(op, condition->kid(turned ? 0 : 1), condition, c);
  condition = nullptr;
}

/// One block of a query.
class Block {
 public:
  Block(Node*& select, Context& c) : n_(select), c_(c) {}

  void rewrite() {
    Node* limit = nullptr;
    take_rownum(n_->kids[select_slot::where], limit, c_);
    const bool shown = speaks_of_rownum(n_->kid(select_slot::items)) ||
                       speaks_of_rownum(n_->kid(query_slot::order));
    if (!limit && !shown) return;
    if (speaks_of_rownum(n_->kid(select_slot::where))) {
      c_.refuse(n_, "ROWNUM in this condition has no equal");
    }
    number_source();
    if (shown) number_rows();
    if (!limit) return;
    Node* made = c_.build.with(Kind::limit, {}, limit, static_cast<Node*>(nullptr));
    if (later()) {
      wrap(made);
      return;
    }
    n_->kids[query_slot::limit] = made;
    if (!number_.empty()) n_->kids[query_slot::order] = order();
  }

 private:
  Node* order() {
    Node* by = c_.build.sort(c_.build.name(number_));
    by->flags |= flag::done;
    return c_.build.list_of(by);
  }

  bool later() {
    if (n_->kid(query_slot::order) || n_->kid(select_slot::group) || n_->has(flag::distinct)) {
      return true;
    }
    bool aggregates = false;
    walk(n_->kid(select_slot::items), [&](Node* k) {
      for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG", "LISTAGG"}) {
        aggregates = aggregates || (is_call(k, f) && !k->kid(call_slot::over));
      }
      return !k->is(Kind::subquery);
    });
    return aggregates;
  }

  /// Rows of an ordered derived table keep their order by a number.
  void number_source() {
    Node* from = n_->kid(select_slot::from);
    if (!from || from->size != 1 || !from->kid(0)->is(Kind::table)) return;
    const Node* source = from->kid(0)->kid(table_slot::source);
    if (!source->is(Kind::subquery) || !source->kid(0)->is(Kind::select)) return;
    Node* q = source->kid(0);
    Node* inner = q->kid(query_slot::order);
    if (!inner || q->kid(query_slot::limit) || q->has(flag::distinct)) return;
    if (!expand_stars(c_, n_)) return;
    Node* by = c_.build.clone(inner);
    for (Node* sort : *by) {
      Node*& key = sort->kids[0];
      std::size_t ordinal = 0;
      const Node* items = q->kid(select_slot::items);
      if (key->is(Kind::number)) {
        std::from_chars(key->text.data(), key->text.data() + key->text.size(), ordinal);
        if (ordinal >= 1 && ordinal <= items->size) {
          key = c_.build.clone(items->kid(ordinal - 1)->kid(0));
        }
      } else if (key->is(Kind::name)) {
        for (const Node* item : *items) {
          if (item->kid(1) && same_word(item->kid(1)->text, key->text)) {
            key = c_.build.clone(item->kid(0));
            break;
          }
        }
      }
    }
    number_ = c_.fresh("iacdb_number_");
    Node* call = window_of(c_, c_.build.call("ROW_NUMBER"), nullptr, by);
    c_.build.add(q->kid(select_slot::items), c_.build.item(call, c_.build.name(number_)));
    q->kids[query_slot::order] = nullptr;
    if (!n_->kid(query_slot::order) && !n_->kid(select_slot::group)) {
      // What is read from it stays in its order.
      if (!later()) n_->kids[query_slot::order] = order(), ordered_here_ = true;
    }
  }

  void number_rows() {
    const bool grouped = n_->kid(select_slot::group) || n_->has(flag::distinct);
    if (grouped) c_.refuse(n_, "ROWNUM beside GROUP BY or DISTINCT has no equal");
    Node* by = number_.empty() ? nullptr : order();
    if (!by && c_.to_is(Dialect::tsql)) {
      Node* s = c_.build.select();
      s->kids[select_slot::items] = c_.build.list_of(c_.build.item(c_.build.null()));
      by = c_.build.list_of(c_.build.sort(c_.build.with(Kind::subquery, {}, s)));
    }
    const auto replace = [&](Node*& tree) {
      rewrite_tree(tree, [&](Node*& k) {
        if (is_rownum(k)) {
          k = window_of(c_, c_.build.call("ROW_NUMBER"), nullptr,
                        by ? c_.build.clone(by) : nullptr);
        }
      });
    };
    for (Node* item : *n_->kid(select_slot::items)) {
      if (is_rownum(item->kid(0)) && !item->kid(1)) {
        item->kids[1] = c_.build.name("rownum");
        item->kids[1]->flags |= flag::done;
      }
      replace(item->kids[0]);
    }
    if (Node* sorts = n_->kid(query_slot::order)) {
      for (Node* sort : *sorts) replace(sort->kids[0]);
    }
  }

  /// ROWNUM counts before ORDER BY, GROUP BY and DISTINCT of its own block.
  void wrap(Node* limit) {
    if (ordered_here_) {
      n_->kids[query_slot::limit] = limit;
      return;
    }
    Node* from = n_->kid(select_slot::from);
    if (!from || from->size != 1 || !from->kid(0)->is(Kind::table)) {
      c_.refuse(n_, "ROWNUM beside ORDER BY or GROUP BY over a join");
    }
    Node* table = from->kid(0);
    const std::string_view name = known_as(table);
    Node* inner = c_.build.select();
    inner->kids[select_slot::items] = c_.build.list_of(c_.build.item(c_.build.node(Kind::star)));
    inner->kids[select_slot::from] = c_.build.list_of(table);
    inner->kids[select_slot::where] = n_->kid(select_slot::where);
    n_->kids[select_slot::where] = nullptr;
    if (!number_.empty()) inner->kids[query_slot::order] = order();
    inner->kids[query_slot::limit] = limit;
    n_->kids[select_slot::from] =
        c_.build.list_of(derived_table(c_, inner, name.empty() ? c_.fresh("iacdb_q_") : name));
  }

  Node*& n_;
  Context& c_;
  std::string_view number_ = {};
  bool ordered_here_ = false;
};

}  // namespace

void pass_rownum(Context& c) {
  if (!c.from_is(Dialect::oracle) || c.to_is(Dialect::oracle)) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    const bool update = n->is(Kind::update);
    if (update || n->is(Kind::delete_)) {
      const std::size_t where =
          update ? std::size_t{update_slot::where} : std::size_t{delete_slot::where};
      const std::size_t slot =
          update ? std::size_t{update_slot::limit} : std::size_t{delete_slot::limit};
      Node* limit = nullptr;
      take_rownum(n->kids[where], limit, c);
      if (limit) {
        n->kids[slot] = c.build.with(Kind::limit, {}, limit, static_cast<Node*>(nullptr));
      }
    }
    if (n->is(Kind::select)) Block(n, c).rewrite();
    c.sources.forget();
  });
  walk(c.statement, [&](Node* n) {
    if (is_rownum(n)) c.refuse(n, "ROWNUM in this place");
    return true;
  });
}

}  // namespace iacdb::sql
