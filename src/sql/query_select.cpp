// SELECT of the query builder, with its tables, windows and WITH.

#include <algorithm>

#include "iacdb/query.hpp"
#include "sql/query_making.hpp"

namespace iacdb::sql {

namespace {

constexpr std::size_t parts_max = 1000;  // of joins and of set operations: trees of that depth

Node* aliased(Node* table, std::string_view alias, Making& m) {
  table->kids[table_slot::alias] = m.name(alias);
  return table;
}

Node* table_node(Node* source, Making& m) {
  Node* t = m.build.slots(Kind::table, table_slot::count);
  t->kids[table_slot::source] = source;
  return t;
}

}  // namespace

// --- Bound and Window ---

Bound Bound::preceding(std::uint32_t rows) {
  return {std::to_string(rows) + " PRECEDING", 1};
}
Bound Bound::following(std::uint32_t rows) {
  return {std::to_string(rows) + " FOLLOWING", 3};
}

Window& Window::partition_by(std::vector<Expression> values) {
  partition_ = std::move(values);
  return *this;
}
Window& Window::order_by(std::vector<Order> orders) {
  order_ = std::move(orders);
  return *this;
}

Window& Window::frame(std::string_view unit, const Bound& from, const Bound& to) {
  if (from.place_ > to.place_ || from.place_ == 4 || to.place_ == 0) {
    misuse("a frame ends before it begins");
  }
  frame_ = std::string(unit) + " BETWEEN " + from.text_ + " AND " + to.text_;
  return *this;
}

Node* Window::make(Making& m) const {
  Node* w = m.build.slots(Kind::window, window_slot::count);
  if (!partition_.empty()) w->kids[window_slot::partition] = m.list(partition_);
  w->kids[window_slot::order] = m.orders(order_);
  if (!frame_.empty()) w->kids[window_slot::frame] = m.build.node(Kind::raw, m.build.text(frame_));
  return w;
}

// --- Table ---

Table::Table(std::string_view name) {
  check_name(name);
  make_ = std::make_shared<const Expression::Make>(
      [name = std::string(name)](Making& m) { return table_node(m.name(name), m); });
}

Table::Table(std::string_view schema, std::string_view name) {
  check_name(schema);
  check_name(name);
  make_ = std::make_shared<const Expression::Make>(
      [schema = std::string(schema), name = std::string(name)](Making& m) {
        return table_node(m.build.with(Kind::path, {}, m.name(schema), m.name(name)), m);
      });
}

Table::Table(const Select& query, std::string_view alias) {
  check_name(alias);
  const Expression inner(query);  // its depth is checked
  depth_ = inner.depth();
  make_ = std::make_shared<const Expression::Make>([inner, alias = std::string(alias)](Making& m) {
    return aliased(table_node(inner.make(m), m), alias, m);
  });
}

Table Table::as(std::string_view alias) const {
  check_name(alias);
  Table other = *this;
  other.make_ = std::make_shared<const Expression::Make>(
      [make = make_, alias = std::string(alias)](Making& m) {
        return aliased((*make)(m), alias, m);
      });
  return other;
}

// --- Select ---

Select& Select::distinct() {
  distinct_ = true;
  return *this;
}
Select& Select::from(const Table& table) {
  if (from_) misuse("from() is said twice; use a join");
  from_ = table;
  return *this;
}
Select& Select::add_join(int kind, const Table& table, const std::optional<Expression>& on) {
  if (!from_) misuse("a join needs from() before it");
  if (joins_.size() == parts_max) misuse("a query has too many joins");
  joins_.push_back({kind, table, on});
  return *this;
}
Select& Select::join(const Table& table, const Expression& on) {
  return add_join(static_cast<int>(JoinKind::inner), table, on);
}
Select& Select::left_join(const Table& table, const Expression& on) {
  return add_join(static_cast<int>(JoinKind::left), table, on);
}
Select& Select::right_join(const Table& table, const Expression& on) {
  return add_join(static_cast<int>(JoinKind::right), table, on);
}
Select& Select::full_join(const Table& table, const Expression& on) {
  return add_join(static_cast<int>(JoinKind::full), table, on);
}
Select& Select::cross_join(const Table& table) {
  return add_join(static_cast<int>(JoinKind::cross), table, {});
}
Select& Select::where(const Expression& condition) {
  where_.push_back(condition);
  return *this;
}
Select& Select::group_by(std::vector<Expression> values) {
  group_ = std::move(values);
  return *this;
}
Select& Select::having(const Expression& condition) {
  having_.push_back(condition);
  return *this;
}
Select& Select::order_by(std::vector<Order> orders) {
  order_ = std::move(orders);
  return *this;
}
Select& Select::limit(std::uint64_t rows) {
  limit_ = rows;
  return *this;
}
Select& Select::offset(std::uint64_t rows) {
  offset_ = rows;
  return *this;
}
Select& Select::add_set(int kind, bool all, const Select& other) {
  if (sets_.size() == parts_max) misuse("a query has too many set operations");
  sets_.push_back({kind, all, std::make_shared<const Select>(other)});
  return *this;
}
Select& Select::union_with(const Select& other) {
  return add_set(static_cast<int>(SetKind::union_), false, other);
}
Select& Select::union_all(const Select& other) {
  return add_set(static_cast<int>(SetKind::union_), true, other);
}
Select& Select::intersect(const Select& other) {
  return add_set(static_cast<int>(SetKind::intersect), false, other);
}
Select& Select::except(const Select& other) {
  return add_set(static_cast<int>(SetKind::except), false, other);
}
Select& Select::with(std::string_view name, const Select& query, std::vector<std::string> columns) {
  check_name(name);
  for (const std::string& c : columns) check_name(c);
  ctes_.push_back(
      {std::string(name), std::make_shared<const Select>(query), std::move(columns), false});
  return *this;
}
Select& Select::with_recursive(std::string_view name, const Select& query,
                               std::vector<std::string> columns) {
  with(name, query, std::move(columns));
  ctes_.back().recursive = true;
  return *this;
}
Select& Select::for_update() {
  locks_ = true;
  return *this;
}

int Select::depth() const noexcept {
  int depth = 0;
  const auto all = [&](const std::vector<Expression>& values) {
    for (const Expression& e : values) depth = std::max(depth, e.depth());
  };
  all(items_);
  all(where_);
  all(group_);
  all(having_);
  for (const Order& o : order_) depth = std::max(depth, o.depth());
  if (from_) depth = std::max(depth, from_->depth());
  for (const Joined& j : joins_) {
    depth = std::max({depth, j.table.depth(), j.on ? j.on->depth() : 0});
  }
  for (const Set& s : sets_) depth = std::max(depth, s.query->depth());
  for (const Cte& c : ctes_) depth = std::max(depth, c.query->depth());
  return depth + 1;
}

void Select::check() const {
  if (items_.empty()) misuse("a select needs a column; star() is all of them");
  if (!having_.empty() && group_.empty()) misuse("having() needs group_by()");
  if (locks_ && !sets_.empty()) misuse("for_update() does not go with union and its like");
}

Node* Select::make_from(Making& m) const {
  if (!from_) return nullptr;
  Node* left = from_->make(m);
  for (const Joined& joined : joins_) {
    Node* n = m.build.slots(Kind::join, join_slot::count);
    n->op = static_cast<std::uint8_t>(joined.kind);
    n->kids[join_slot::left] = left;
    n->kids[join_slot::right] = joined.table.make(m);
    if (joined.on) n->kids[join_slot::on] = m.operand(*joined.on);
    left = n;
  }
  return m.build.list_of(left);
}

Node* Select::make_own(Making& m) const {
  Node* s = m.build.select();
  if (distinct_) s->flags |= flag::distinct;
  s->kids[select_slot::items] = m.items(items_);
  s->kids[select_slot::from] = make_from(m);
  s->kids[select_slot::where] = m.all(where_);
  if (!group_.empty()) s->kids[select_slot::group] = m.list(group_);
  s->kids[select_slot::having] = m.all(having_);
  return s;
}

Node* Select::make_with(Making& m) const {
  if (ctes_.empty()) return nullptr;
  Node* with = m.build.node(Kind::with);
  for (const Cte& one : ctes_) {
    Node* cte = m.build.slots(Kind::cte, cte_slot::count);
    cte->kids[cte_slot::name] = m.name(one.name);
    if (!one.columns.empty()) cte->kids[cte_slot::columns] = m.names(one.columns);
    cte->kids[cte_slot::body] = one.query->make(m);
    if (one.recursive) with->flags |= flag::recursive;
    m.build.add(with, cte);
  }
  return with;
}

Node* Select::make(Making& m) const {
  check();
  Node* q = make_own(m);
  for (const Set& set : sets_) {
    Node* n = m.build.slots(Kind::set_op, set_slot::count);
    n->op = static_cast<std::uint8_t>(set.kind);
    if (set.all) n->flags |= flag::all;
    n->kids[set_slot::left] = q;
    Node* right = set.query->make(m);
    const bool clauses = right->kid(query_slot::order) || right->kid(query_slot::limit) ||
                         right->kid(query_slot::with) || right->is(Kind::set_op);
    if (clauses) right->flags |= flag::parens;
    n->kids[set_slot::right] = right;
    q = n;
  }
  q->kids[query_slot::with] = make_with(m);
  q->kids[query_slot::order] = m.orders(order_);
  if (limit_ || offset_) {
    Node* limit = m.build.slots(Kind::limit, 2);
    const auto number = [&](std::uint64_t n) {
      return m.build.number(m.build.text(std::to_string(n)));
    };
    if (limit_) limit->kids[0] = number(*limit_);
    if (offset_) limit->kids[1] = number(*offset_);
    q->kids[query_slot::limit] = limit;
  }
  if (locks_) {
    q->kids[query_slot::locks] = m.build.list_of(m.build.slots(Kind::lock, 2, "UPDATE"));
  }
  return q;
}

}  // namespace iacdb::sql
