// The assignments of UPDATE and of upserts: MySQL carries them out from left to right, each reading
// what the ones before it have set; the others read the row as it was.
// Source: MySQL, "UPDATE Statement"; MariaDB, "UPDATE".

#include <string>
#include <utility>
#include <vector>

#include "sql/translate/expand.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// True for a column of the changed table, by its name or a name with the table's.
bool is_column(const Node* n, std::string_view column, std::string_view table) {
  if (!same_word(last_name(n), column)) return false;
  return n->is(Kind::name) || (n->is(Kind::path) && same_word(qualifier(n), table));
}

/// What was set before takes the place of its column.
void put_set(Node*& n, const std::vector<const Node*>& before, std::string_view table, Context& c) {
  if (!n) return;
  if (n->is(Kind::name) || n->is(Kind::path)) {
    for (auto set = before.rbegin(); set != before.rend(); ++set) {
      if (!is_column(n, last_name((*set)->kid(0)), table)) continue;
      n = c.build.paren(c.build.clone((*set)->kid(1)));
      return;
    }
    return;
  }
  if (n->is(Kind::subquery) || n->is(Kind::exists)) {
    walk(n, [&](Node* k) {
      for (const Node* set : before) {
        if (k->is(Kind::path) && is_column(k, last_name(set->kid(0)), table)) {
          c.refuse(k, "mysql reads in this subquery the column that it has just set");
        }
      }
      return !k->is(Kind::path);
    });
    return;
  }
  for (std::uint32_t i = 0; i < n->size; ++i) {
    if (!(n->is(Kind::call) && i == call_slot::path)) put_set(n->kids[i], before, table, c);
  }
}

void as_one_after_the_other(const Node* assigns, std::string_view table, Context& c) {
  std::vector<const Node*> before;
  for (Node* a : *assigns) {
    if (a->kid(0)->is(Kind::row) || a->size < 2) return;
    if (!a->kid(1)->is(Kind::default_value)) put_set(a->kids[1], before, table, c);
    before.push_back(a);
  }
}

bool reads(const Node* value, const Node* column, std::string_view table) {
  bool found = false;
  walk(const_cast<Node*>(value), [&](Node* k) {
    if (is_call(k, "VALUES")) return false;
    found = found || is_column(k, last_name(column), table);
    return !k->is(Kind::path);
  });
  return found;
}

/// Puts readers of a column before what sets it; false where two read each other.
bool order_readers(Node* assigns, std::string_view table) {
  std::vector<Node*> left(assigns->begin(), assigns->end());
  std::vector<Node*> ordered;
  while (!left.empty()) {
    std::size_t next = left.size();
    for (std::size_t i = 0; i < left.size() && next == left.size(); ++i) {
      bool waits = false;
      for (const Node* other : left) {
        waits = waits || (other != left[i] && reads(other->kid(1), left[i]->kid(0), table));
      }
      if (!waits) next = i;
    }
    if (next == left.size()) return false;
    ordered.push_back(left[next]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(next));
  }
  for (std::size_t i = 0; i < ordered.size(); ++i) assigns->kids[i] = ordered[i];
  return true;
}

/// Two columns that change places: the old row is joined to the new one by its key.
void read_old_row(Node* update, Context& c) {
  Node* target = update->kid(update_slot::target);
  const bool single = target->is(Kind::table) && !update->kid(update_slot::from) &&
                      !update->kid(update_slot::order) && !update->kid(update_slot::limit);
  if (!single) {
    c.refuse(update, "mysql would read the column that this statement has just set");
  }
  const std::string_view key = primary_key(c, target);
  const std::string_view old = c.fresh("iacdb_old_");
  const std::string_view own = known_as(target);
  const auto qualify = [&](auto&& self, Node*& n, std::string_view owner) -> void {
    if (!n || n->is(Kind::subquery) || n->is(Kind::exists)) return;
    if (n->is(Kind::name)) {
      n = c.build.with(Kind::path, {}, c.build.name(owner), n);
    } else if (n->is(Kind::path) && same_word(qualifier(n), own)) {
      n = c.build.column(owner, last_name(n));
    } else if (!n->is(Kind::path)) {
      for (std::uint32_t i = 0; i < n->size; ++i) {
        if (!(n->is(Kind::call) && i == call_slot::path)) self(self, n->kids[i], owner);
      }
    }
  };
  for (Node* a : *update->kid(update_slot::assigns)) {
    qualify(qualify, a->kids[0], own);
    qualify(qualify, a->kids[1], old);
  }
  qualify(qualify, update->kids[update_slot::where], own);
  Node* same = c.build.binary(BinOp::eq, c.build.column(own, key), c.build.column(old, key));
  update->kids[update_slot::target] =
      join_of(c, JoinKind::inner, target,
              table_of(c, c.build.clone(target->kid(table_slot::source)), old), same);
}

/// SET (a, b) = (x, y) as one assignment a column; (a, b) = (SELECT ..) stays.
void part_rows(Node* assigns, Context& c) {
  Node* parts = c.build.list();
  for (Node* a : *assigns) {
    const Node* columns = a->kid(0);
    const Node* values = a->kid(1);
    const bool rows =
        columns->is(Kind::row) && values && values->is(Kind::row) && columns->size == values->size;
    for (std::uint32_t i = 0; rows && i < columns->size; ++i) {
      c.build.add(parts, c.build.with(Kind::assign, {}, columns->kid(i), values->kid(i)));
    }
    if (!rows) c.build.add(parts, a);
  }
  *assigns = *parts;
}

bool has_rows(const Node* assigns) {
  for (const Node* a : *assigns) {
    if (a->kid(0)->is(Kind::row) || a->size < 2) return true;
  }
  return false;
}

void update(Node* n, Context& c) {
  Node* target = n->kid(update_slot::target);
  Node* assigns = n->kid(update_slot::assigns);
  const std::string_view table =
      target->is(Kind::table) ? known_as(target) : qualifier(assigns->kid(0)->kid(0));
  if (c.from_is(Dialect::mysql)) return as_one_after_the_other(assigns, table, c);
  part_rows(assigns, c);
  if (has_rows(assigns)) return;
  if (!order_readers(assigns, table)) read_old_row(n, c);
}

}  // namespace

void pass_assignments(Context& c) {
  if (c.from_is(Dialect::mysql) == c.to_is(Dialect::mysql)) return;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::update)) update(n, c);
    if (!n->is(Kind::insert) || !n->kid(insert_slot::conflict)) return true;
    Node* assigns = n->kid(insert_slot::conflict)->kid(conflict_slot::updates);
    if (!assigns) return true;
    const std::string_view table = known_as(n->kid(insert_slot::target));
    if (c.from_is(Dialect::mysql)) {
      as_one_after_the_other(assigns, table, c);
    } else {
      part_rows(assigns, c);
      if (!has_rows(assigns)) order_readers(assigns, table);
    }
    return true;
  });
}

}  // namespace iacdb::sql
