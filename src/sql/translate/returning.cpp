// RETURNING and OUTPUT: the rows of a change.

#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// SQLite's RETURNING knows the one table's columns without its name.
void bare_columns(Node* list, Context& c) {
  if (!list || !c.to_is(Dialect::sqlite)) return;
  for (Node* item : *list) {
    rewrite_tree(item->kids[0], [&](Node*& k) {
      if (k->is(Kind::path) && k->size == 2) k = k->kid(1);
      if (k->is(Kind::star) && k->kid(0)) k = c.build.node(Kind::star);
    });
  }
}

/// RETURNING in the words of OUTPUT, and the other way round.
void written(Node* list, bool inserted_is_row, Context& c) {
  if (!list) return;
  const bool from_output = list->text == "OUTPUT";
  if (list->text == "INTO") {
    c.warn("returning-into", "what RETURNING .. INTO gives to binds is a row of the result here");
  }
  for (Node* item : *list) {
    Node*& e = item->kids[0];
    if (from_output && !c.to_is(Dialect::tsql)) {
      const bool star = e->is(Kind::star) && e->kid(0);
      const std::string_view q = star ? last_name(e->kid(0)) : qualifier(e);
      const bool right = same_word(q, inserted_is_row ? "inserted" : "deleted");
      const bool other = !right && !star && !same_word(q, "deleted") && !same_word(q, "inserted") &&
                         c.to_is(Dialect::postgres);
      if (other && !q.empty()) continue;  // of a table that is joined
      if (!right && !q.empty()) {
        c.refuse(e, "the row before the change (DELETED.) has no equal in RETURNING");
      }
      if (star)
        e = c.build.node(Kind::star);
      else if (e->is(Kind::path))
        e = e->kid(e->size - 1);
    } else if (!from_output && c.to_is(Dialect::tsql)) {
      const std::string_view pseudo = inserted_is_row ? "INSERTED" : "DELETED";
      if (e->is(Kind::name))
        e = c.build.with(Kind::path, {}, c.build.name(pseudo), e);
      else if (e->is(Kind::star))
        e = c.build.with(Kind::star, {}, c.build.name(pseudo));
      else
        c.refuse(e, "an expression in RETURNING has no equal in OUTPUT");
    }
  }
  list->text = c.to_is(Dialect::tsql) ? "OUTPUT" : "";
}

/// MySQL has none for UPDATE: its rows are read again by the same condition.
void read_again(Node* n, Node* list, Context& c) {
  const Node* where = n->kid(update_slot::where);
  const Node* target = n->kid(update_slot::target);
  if (!target->is(Kind::table) || n->kid(update_slot::from))
    c.refuse(n, "RETURNING of a joined UPDATE has no equal in mysql");
  // The rows are read again by the same condition: it must not speak of what is set.
  bool touched = false;
  for (const Node* a : *n->kid(update_slot::assigns)) {
    walk(const_cast<Node*>(where), [&](Node* k) {
      touched = touched || (k->is(Kind::name) && same_word(k->text, last_name(a->kid(0))));
      return true;
    });
  }
  if (touched)
    c.refuse(n, "UPDATE .. RETURNING sets a column of its own condition; mysql has no equal");
  Node* s = c.build.select();
  s->kids[select_slot::items] = list;
  s->kids[select_slot::from] = c.build.list_of(c.build.clone(target));
  s->kids[select_slot::where] = c.build.clone(where);
  n->kids[update_slot::returning] = nullptr;
  c.after.push_back(s);
  c.result.answer = 1;
}

}  // namespace

void pass_returning(Context& c) {
  Node* n = c.statement;
  if (n->is(Kind::insert)) {
    written(n->kid(insert_slot::returning), true, c);
    bare_columns(n->kid(insert_slot::returning), c);
    if (n->kid(insert_slot::returning) && c.to_is(Dialect::mysql)) {
      c.warn("returning", "INSERT .. RETURNING needs MariaDB 10.5; MySQL has none");
    }
  } else if (n->is(Kind::update)) {
    Node* list = n->kid(update_slot::returning);
    written(list, true, c);
    bare_columns(list, c);
    if (list && c.to_is(Dialect::mysql)) read_again(n, list, c);
  } else if (n->is(Kind::delete_)) {
    written(n->kid(delete_slot::returning), false, c);
    bare_columns(n->kid(delete_slot::returning), c);
    if (n->kid(delete_slot::returning) && c.to_is(Dialect::mysql)) {
      c.warn("returning", "DELETE .. RETURNING needs MariaDB; MySQL has none");
    }
  }
}

}  // namespace iacdb::sql
