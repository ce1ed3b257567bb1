// Aggregation of text in the target's words.

#include <string>

#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* args_of(Node* call) {
  return call->kids[call_slot::args];
}

bool sorts_by(const Node* order, const Node* value) {
  for (const Node* sort : *order) {
    const Node* key = sort->kid(0);
    const bool same =
        same_tree(key, value) || (key->is(Kind::cast) && same_tree(key->kid(0), value));
    if (!same) return false;
  }
  return true;
}

/// DISTINCT numbers and moments in their own order: PostgreSQL sorts what it aggregates, and their
/// texts have another order.
Node* sorted_values(Node* n, Context& c) {
  Node* value = args_of(n)->kid(0);
  Node* order = n->kid(call_slot::order);
  const ValueType t = type_of(value, c);
  const bool over = n->kid(call_slot::over) || n->kid(call_slot::filter);
  if (!n->has(flag::distinct) || !order || over || !(is_number(t) || is_moment(t))) return nullptr;
  if (!sorts_by(order, value)) return nullptr;
  Node* all = c.build.call("ARRAY_AGG", value);
  all->flags |= flag::distinct | flag::done;
  all->kids[call_slot::order] = order;
  Node* const holes[] = {all, args_of(n)->kid(1)};
  return fill("NULLIF(ARRAY_TO_STRING(:1, :2), '')", c.to, holes, c.build);
}

/// PostgreSQL sorts distinct values by themselves only, and refuses all else when it runs.
void check_order(const Node* n, const Node* order, const Node* value, Context& c) {
  if (sorts_by(order, value)) return;
  const std::string what = "distinct texts in the order of something else have no equal";
  if (knows_tables(c)) c.refuse(n, what);
  c.warn("distinct-order", what + ": postgres refuses them");
}

void string_agg(Node*& n, Context& c) {
  Node* value = args_of(n)->kid(0);
  Node* separator = args_of(n)->kid(1);
  Node* order = n->kid(call_slot::order);
  const bool distinct = n->has(flag::distinct);
  Node* made = nullptr;
  switch (c.to) {
    case Dialect::sqlite: {
      if (order) {
        // Before 3.44 there is no order inside: an ordering window with a full frame has one.
        c.refuse(n, "an ordered string aggregate has no equal in sqlite before 3.44");
      }
      made = c.build.call("GROUP_CONCAT", value);
      const bool comma = separator->is(Kind::string) && separator->text == ",";
      if (distinct && !comma) {
        // It takes no separator: commas of the values step aside while the others are replaced.
        Node* const holes[] = {value, separator};
        n = fill(
            "REPLACE(REPLACE(GROUP_CONCAT(DISTINCT REPLACE(:1, ',', CHAR(1))), ',', :2), CHAR(1), "
            "',')",
            c.to, holes, c.build);
        return;
      }
      if (!distinct) c.build.add(args_of(made), separator);
      break;
    }
    case Dialect::postgres: {
      if (order && distinct) check_order(n, order, value, c);
      const ValueType t = type_of(value, c);
      if (t != ValueType::text && t != ValueType::unknown) value = c.build.cast(value, "TEXT");
      made = c.build.call("STRING_AGG", value, separator);
      if (Node* over = order ? n->kid(call_slot::over) : nullptr) {
        // An order inside is not taken there: that of the window, over all its rows.
        if (distinct || over->size != window_slot::count || over->kid(window_slot::order)) {
          c.refuse(n, "an ordered text aggregate over this window has no equal");
        }
        over->kids[window_slot::order] = order;
        over->kids[window_slot::frame] =
            c.build.node(Kind::raw, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
        break;
      }
      made->kids[call_slot::order] = order;
      break;
    }
    case Dialect::mysql:
      if (n->kid(call_slot::over)) {
        c.refuse(n, "a text aggregate over a window has no equal in MariaDB");
      }
      made = c.build.call("GROUP_CONCAT", value);
      made->kids[call_slot::order] = order;
      made->kids[call_slot::separator] = separator;
      break;
    case Dialect::tsql:
      if (distinct) c.refuse(n, "STRING_AGG of SQL Server has no DISTINCT");
      made = c.build.call("STRING_AGG", value, separator);
      made->kids[call_slot::within] = order;
      break;
    case Dialect::oracle:
      made = c.build.call("LISTAGG", value, separator);
      made->kids[call_slot::within] = order;
      break;
  }
  if (distinct) made->flags |= flag::distinct;
  made->flags |= flag::done;
  made->kids[call_slot::over] = n->kid(call_slot::over);
  made->kids[call_slot::filter] = n->kid(call_slot::filter);
  n = made;
}

}  // namespace

void write_string_agg(Node*& n, Context& c) {
  Node* sorted = c.to_is(Dialect::postgres) ? sorted_values(n, c) : nullptr;
  if (!sorted) return string_agg(n, c);
  n = sorted;
}

}  // namespace iacdb::sql
