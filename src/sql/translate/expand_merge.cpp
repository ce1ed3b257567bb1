// MERGE without MERGE: an UPDATE, a DELETE and an INSERT, in an order in which none sees what
// another has done; and the branches that PostgreSQL's MERGE lacks.

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

class Merge {
 public:
  explicit Merge(Context& c)
      : c_(c),
        n_(c.statement),
        target_(n_->kid(merge_slot::target)),
        own_(known_as(target_)),
        on_(n_->kid(merge_slot::on)) {
    while (on_->is(Kind::paren)) on_ = on_->kid(0);
  }

  /// DELETE WHERE of Oracle is a branch of its own, before the update whose result it reads.
  void part_deletes() {
    Node* made = c_.build.list();
    for (Node* w : *n_->kid(merge_slot::whens)) {
      if (Node* where = w->kid(when_slot::where)) {
        w->kids[when_slot::condition] = and_of(c_, w->kid(when_slot::condition), where);
        w->kids[when_slot::where] = nullptr;
      }
      if (Node* gone = w->kid(when_slot::delete_where)) {
        w->kids[when_slot::delete_where] = nullptr;
        put_assigned(gone, w->kid(when_slot::assigns), own_, c_);
        Node* d = c_.build.slots(Kind::merge_when, when_slot::count, "DELETE");
        d->kids[when_slot::condition] =
            and_of(c_, c_.build.clone(w->kid(when_slot::condition)), gone);
        c_.build.add(made, d);
      }
      c_.build.add(made, w);
    }
    n_->kids[merge_slot::whens] = made;
  }

  /// Rows of the target without a partner: a statement before the rest.
  void part_unmatched(Steps& steps) {
    Node* kept = c_.build.list();
    for (Node* w : *n_->kid(merge_slot::whens)) {
      if (w->op != 2) {
        c_.build.add(kept, w);
        continue;
      }
      Node* none = c_.build.unary("NOT", exists_of(c_, c_.build.list_of(source()), on()));
      steps.statements.push_back(
          change(w, and_of(c_, none, c_.build.clone(w->kid(when_slot::condition)))));
    }
    n_->kids[merge_slot::whens] = kept;
  }

  void part_all(Steps& steps) {
    if (n_->kid(merge_slot::returning)) c_.refuse(n_, "OUTPUT of MERGE has no equal");
    std::vector<Node*> updates;
    std::vector<Node*> deletes;
    std::vector<Node*> inserts;
    Node* matched = nullptr;
    Node* missing = nullptr;
    for (Node* w : *n_->kid(merge_slot::whens)) {
      Node*& before = w->op == 0 ? matched : missing;
      Node* condition = c_.build.clone(w->kid(when_slot::condition));
      // A deleted row is gone before the updates: only updates hide rows from deletes.
      Node* whole = and_of(c_, condition, c_.build.clone(before));
      if (w->kid(when_slot::condition)) {
        before = and_of(c_, before, not_true(c_.build.clone(w->kid(when_slot::condition))));
      }
      w->kids[when_slot::condition] = whole;
      if (w->text == "UPDATE") updates.push_back(w);
      if (w->text == "DELETE") deletes.push_back(w);
      if (w->text == "INSERT") inserts.push_back(w);
    }
    const bool keep = !inserts.empty() && (!deletes.empty() || sets_key(updates));
    std::vector<Node*> late;
    std::vector<std::string_view> kept;
    for (Node* w : inserts) {
      Node* i = insert(w);
      if (keep) {
        kept.push_back(c_.fresh("iacdb_merge_"));
        Node* query = i->kid(insert_slot::source);
        for (Node* item : *query->kid(select_slot::items)) {
          item->kids[1] = c_.build.name(c_.fresh("iacdb_v_"));
        }
        steps.statements.push_back(keep_rows(c_, kept.back(), query));
        Node* all = c_.build.select();
        all->kids[select_slot::items] = c_.build.list_of(c_.build.item(c_.build.node(Kind::star)));
        all->kids[select_slot::from] = c_.build.list_of(table_of(c_, c_.build.name(kept.back())));
        i->kids[insert_slot::source] = all;
      }
      late.push_back(i);
    }
    for (Node* w : deletes) {
      Node* partner = and_of(c_, on(), c_.build.clone(w->kid(when_slot::condition)));
      steps.statements.push_back(change(w, exists_of(c_, c_.build.list_of(source()), partner)));
    }
    if (!updates.empty()) steps.statements.push_back(update(updates));
    for (Node* i : late) steps.statements.push_back(i);
    for (std::string_view name : kept) steps.statements.push_back(drop_rows(c_, name));
    if (steps.statements.empty()) c_.refuse(n_, "a MERGE that does nothing");
  }

 private:
  Node* on() { return c_.build.clone(on_); }
  Node* source() { return c_.build.clone(n_->kid(merge_slot::source)); }

  Node* not_true(Node* condition) {
    Node* value = case_when(c_, condition, c_.build.number("1"), c_.build.number("0"));
    return c_.build.binary(BinOp::eq, value, c_.build.number("0"));
  }

  /// UPDATE or DELETE of the target by a condition of its own.
  Node* change(Node* w, Node* condition) {
    if (w->text == "DELETE") {
      Node* d = c_.build.slots(Kind::delete_, delete_slot::count);
      d->kids[delete_slot::targets] = c_.build.list_of(c_.build.clone(target_));
      d->kids[delete_slot::where] = condition;
      return d;
    }
    Node* u = c_.build.slots(Kind::update, update_slot::count);
    u->kids[update_slot::target] = c_.build.clone(target_);
    u->kids[update_slot::assigns] = w->kid(when_slot::assigns);
    u->kids[update_slot::where] = condition;
    return u;
  }

  bool sets_key(const std::vector<Node*>& updates) {
    bool found = false;
    for (const Node* w : updates) {
      for (const Node* a : *w->kid(when_slot::assigns)) {
        walk(on_, [&](Node* k) {
          const bool name = k->is(Kind::name) || k->is(Kind::path);
          const bool mine = name && (qualifier(k).empty() || same_word(qualifier(k), own_));
          found = found || (mine && same_word(last_name(k), last_name(a->kid(0))));
          return !k->is(Kind::path);
        });
      }
    }
    return found;
  }

  /// Several branches set their columns by CASE.
  Node* update(const std::vector<Node*>& branches) {
    Node* u = c_.build.slots(Kind::update, update_slot::count);
    u->kids[update_slot::target] = c_.build.clone(target_);
    u->kids[update_slot::from] = c_.build.list_of(source());
    if (branches.size() == 1) {
      u->kids[update_slot::assigns] = branches[0]->kid(when_slot::assigns);
      u->kids[update_slot::where] =
          and_of(c_, on(), c_.build.clone(branches[0]->kid(when_slot::condition)));
      return u;
    }
    Node* any = nullptr;
    Node* assigns = c_.build.list();
    std::vector<std::string_view> names;
    for (const Node* w : branches) {
      if (!w->kid(when_slot::condition)) c_.refuse(w, "MERGE with this branch has no equal");
      Node* condition = c_.build.clone(w->kid(when_slot::condition));
      any = any ? c_.build.binary(BinOp::or_, any, condition) : condition;
      for (const Node* a : *w->kid(when_slot::assigns)) {
        bool known = false;
        for (std::string_view name : names) known = known || same_word(name, last_name(a->kid(0)));
        if (!known) names.push_back(last_name(a->kid(0)));
      }
    }
    for (std::string_view name : names) {
      Node* value = c_.build.slots(Kind::case_, 2);
      value->kids[1] = c_.build.column(own_, name);
      for (const Node* w : branches) {
        Node* set = c_.build.column(own_, name);
        for (const Node* a : *w->kid(when_slot::assigns)) {
          if (same_word(last_name(a->kid(0)), name)) set = c_.build.clone(a->kid(1));
        }
        c_.build.add(value, c_.build.with(Kind::when, {},
                                          c_.build.clone(w->kid(when_slot::condition)), set));
      }
      c_.build.add(assigns, c_.build.with(Kind::assign, {}, c_.build.name(name), value));
    }
    u->kids[update_slot::assigns] = assigns;
    u->kids[update_slot::where] = and_of(c_, on(), any);
    return u;
  }

  Node* insert(Node* w) {
    Node* s = c_.build.select();
    s->kids[select_slot::items] = c_.build.list();
    for (Node* v : *w->kid(when_slot::values)) {
      c_.build.add(s->kids[select_slot::items], c_.build.item(v));
    }
    s->kids[select_slot::from] = c_.build.list_of(source());
    Node* none =
        c_.build.unary("NOT", exists_of(c_, c_.build.list_of(c_.build.clone(target_)), on()));
    s->kids[select_slot::where] = and_of(c_, none, w->kid(when_slot::condition));
    Node* i = c_.build.slots(Kind::insert, insert_slot::count);
    i->kids[insert_slot::target] = table_of(c_, c_.build.clone(target_->kid(table_slot::source)));
    if (Node* columns = w->kid(when_slot::columns)) {
      Node* bare = c_.build.list();
      for (Node* k : *columns) {
        c_.build.add(bare, k->is(Kind::path) ? k->kid(k->size - 1) : k);
      }
      i->kids[insert_slot::columns] = bare;
    }
    i->kids[insert_slot::source] = s;
    return i;
  }

  Context& c_;
  Node* n_;
  Node* target_;
  std::string_view own_;
  Node* on_;
};

}  // namespace

void expand_merge(Context& c, Steps& steps) {
  Merge merge(c);
  const bool none = c.to_is(Dialect::mysql) || c.to_is(Dialect::sqlite);
  if (c.to_is(Dialect::oracle)) return;
  merge.part_deletes();
  if (c.to_is(Dialect::tsql)) return;
  merge.part_unmatched(steps);
  if (none) return merge.part_all(steps);
  if (c.statement->kid(merge_slot::whens)->size > 0) steps.statements.push_back(c.statement);
}

}  // namespace iacdb::sql
