// Columns beside MAX() or MIN() in SQLite: they come from the row that holds it.
// Source: "SELECT", 2.5 Bare columns in an aggregate query.

#include <string>
#include <vector>

#include "sql/translate/derive.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_aggregate(const Node* n) {
  if (!n->is(Kind::call) || n->kid(call_slot::over)) return false;
  for (std::string_view f : {"COUNT", "SUM", "AVG", "MIN", "MAX", "$STRING_AGG", "$JSON_ARRAY_AGG",
                             "$JSON_OBJECT_AGG"}) {
    if (is_call(n, f)) return true;
  }
  return false;
}

class BareColumns {
 public:
  BareColumns(Node* select, Context& c) : s_(select), c_(c), keys_(plain_keys(select, c)) {}

  void rewrite() {
    for (auto slot : {select_slot::items, select_slot::having, select_slot::order}) {
      find_extreme(s_->kid(slot));
    }
    if (!extreme_ || several_) return;
    for (Node* item : *s_->kid(select_slot::items)) {
      const std::string_view own = last_name(item->kid(0));
      if (!mark(item->kids[0], false)) continue;
      if (!item->kid(1) && !own.empty()) item->kids[1] = c_.build.name(own);
    }
    mark(s_->kids[select_slot::having], true);
    mark(s_->kids[select_slot::order], true);
    if (!bare_.empty()) take_first();
  }

 private:
  void find_extreme(Node* n) {
    walk(n, [&](Node* k) {
      if (!is_aggregate(k)) return !k->is(Kind::subquery) && !k->is(Kind::exists);
      if (!is_call(k, "MAX") && !is_call(k, "MIN")) return false;
      several_ = several_ || (extreme_ && !same_tree(extreme_, k));
      extreme_ = k;
      return false;
    });
  }

  bool is_key(const Node* n) const {
    if (!keys_) return false;
    for (const Node* key : *keys_) {
      if (same_tree(key, n)) return true;
      const bool names = !last_name(n).empty() && same_word(last_name(key), last_name(n));
      if (names && (n->is(Kind::name) || key->is(Kind::name))) return true;
    }
    return false;
  }

  bool is_alias(const Node* n) const {
    for (const Node* item : *s_->kid(select_slot::items)) {
      if (n->is(Kind::name) && item->kid(1) && same_word(item->kid(1)->text, n->text)) return true;
    }
    return false;
  }

  /// Bare columns become calls that wait for the number of their row.
  bool mark(Node*& n, bool aliases) {
    if (!n || is_aggregate(n) || is_key(n)) return false;
    if (n->is(Kind::subquery) || n->is(Kind::exists)) return false;
    if (n->is(Kind::name) || n->is(Kind::path)) {
      if (aliases && is_alias(n)) return false;
      const bool boolean = c_.to_is(Dialect::postgres) && type_of(n, c_) == ValueType::boolean;
      n = c_.build.call(boolean ? "BOOL_OR" : "MAX", n);
      bare_.push_back(n);
      return true;
    }
    bool any = false;
    const bool call = n->is(Kind::call);
    for (std::uint32_t i = 0; i < n->size; ++i) {
      if (!call || i != call_slot::path) any = mark(n->kids[i], aliases) || any;
    }
    return any;
  }

  /// SQLite meets rows in the order of the key, and keeps the first of equals.
  Node* row_key() {
    const Node* from = s_->kid(select_slot::from);
    if (from->size != 1 || !from->kid(0)->is(Kind::table)) return nullptr;
    const TableFacts* facts = table_facts(c_, known_as(from->kid(0)));
    if (!facts || !facts->has_primary || facts->keys[0].size() != 1) return nullptr;
    return c_.build.name(c_.build.text(facts->keys[0][0]));
  }

  void take_first() {
    Node* sort = c_.build.sort(c_.build.clone(argument(extreme_, 0)));
    sort->flags |= flag::nulls_last | (is_call(extreme_, "MAX") ? flag::desc : 0);
    Node* order = c_.build.list_of(sort);
    if (Node* key = row_key()) c_.build.add(order, c_.build.sort(key));
    Node* number = window_of(c_, c_.build.call("ROW_NUMBER"), keys_, order);
    Node* inner = derive_from(s_, c_);
    const std::string_view name = c_.fresh("iacdb_row_");
    c_.build.add(inner->kid(select_slot::items), c_.build.item(number, c_.build.name(name)));
    for (Node* call : bare_) {
      Node*& value = call->kid(call_slot::args)->kids[0];
      value = case_when(c_, c_.build.binary(BinOp::eq, c_.build.name(name), c_.build.number("1")),
                        value);
    }
  }

  Node* s_;
  Context& c_;
  Node* keys_;
  Node* extreme_ = nullptr;
  bool several_ = false;
  std::vector<Node*> bare_ = {};
};

}  // namespace

void take_bare_columns(Node* select, Context& c) {
  if (!c.from_is(Dialect::sqlite) || c.to_is(Dialect::sqlite)) return;
  BareColumns(select, c).rewrite();
}

}  // namespace iacdb::sql
