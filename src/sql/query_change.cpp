// INSERT, UPDATE and DELETE of the query builder.

#include "iacdb/query.hpp"
#include "sql/query_making.hpp"

namespace iacdb::sql {

// --- Insert ---

Insert& Insert::values(std::vector<Expression> row) {
  if (row.size() != columns_.size()) {
    misuse("a row has " + std::to_string(row.size()) + " values, but the insert names " +
           std::to_string(columns_.size()) + " columns");
  }
  rows_.push_back(std::move(row));
  return *this;
}
Insert& Insert::from(const Select& query) {
  query_ = query;
  return *this;
}
Insert& Insert::on_conflict(std::vector<std::string> key) {
  if (key.empty()) misuse("on_conflict needs the columns of a unique key");
  for (const std::string& k : key) check_name(k);
  key_ = std::move(key);
  return *this;
}
Insert& Insert::do_nothing() {
  nothing_ = true;
  return *this;
}
Insert& Insert::do_update(const std::vector<std::string>& columns) {
  for (const std::string& c : columns) do_update(c, excluded(c));
  return *this;
}
Insert& Insert::do_update(std::string_view column, const Expression& value) {
  check_name(column);
  updates_.emplace_back(column, value);
  return *this;
}
Insert& Insert::returning(std::vector<Expression> items) {
  returning_ = std::move(items);
  return *this;
}

void Insert::check() const {
  if (columns_.empty()) misuse("an insert names its columns");
  for (const std::string& c : columns_) check_name(c);
  if (rows_.empty() == !query_) misuse("an insert needs either values() or from()");
  const bool acts = nothing_ || !updates_.empty();
  if (acts && key_.empty()) misuse("do_nothing() and do_update() need on_conflict()");
  if (!acts && !key_.empty()) misuse("on_conflict() needs do_nothing() or do_update()");
  if (nothing_ && !updates_.empty()) misuse("do_nothing() and do_update() exclude each other");
}

Node* Insert::make_statement(Making& m) const {
  check();
  Node* n = m.build.slots(Kind::insert, insert_slot::count);
  n->kids[insert_slot::target] = table_.make(m);
  n->kids[insert_slot::columns] = m.names(columns_);
  if (query_) {
    n->kids[insert_slot::source] = query_->make(m);
  } else {
    Node* rows = m.build.list();
    for (const std::vector<Expression>& row : rows_) {
      Node* made = m.build.node(Kind::row);
      for (const Expression& e : row) m.build.add(made, m.operand(e));
      m.build.add(rows, made);
    }
    Node* values = m.build.slots(Kind::values, values_slot::count);
    values->kids[values_slot::rows] = rows;
    n->kids[insert_slot::source] = values;
  }
  if (!key_.empty()) {
    Node* conflict = m.build.slots(Kind::conflict, conflict_slot::count);
    conflict->kids[conflict_slot::target] = m.names(key_);
    if (!updates_.empty()) conflict->kids[conflict_slot::updates] = m.assigns(updates_);
    n->kids[insert_slot::conflict] = conflict;
  }
  n->kids[insert_slot::returning] = m.items(returning_);
  return n;
}

// --- Update ---

Update& Update::set(std::string_view column, const Expression& value) {
  check_name(column);
  sets_.emplace_back(column, value);
  return *this;
}
Update& Update::where(const Expression& condition) {
  where_.push_back(condition);
  return *this;
}
Update& Update::all_rows() {
  all_ = true;
  return *this;
}
Update& Update::returning(std::vector<Expression> items) {
  returning_ = std::move(items);
  return *this;
}

namespace {

void check_rows(std::string_view what, bool has_where, bool all) {
  const std::string name(what);
  if (!has_where && !all) misuse(name + " without where() is refused; all_rows() says it is meant");
  if (has_where && all) misuse(name + " has both where() and all_rows()");
}

}  // namespace

Node* Update::make_statement(Making& m) const {
  if (sets_.empty()) misuse("an update sets no column");
  check_rows("an update", !where_.empty(), all_);
  Node* n = m.build.slots(Kind::update, update_slot::count);
  n->kids[update_slot::target] = table_.make(m);
  n->kids[update_slot::assigns] = m.assigns(sets_);
  n->kids[update_slot::where] = m.all(where_);
  n->kids[update_slot::returning] = m.items(returning_);
  return n;
}

// --- Delete ---

Delete& Delete::where(const Expression& condition) {
  where_.push_back(condition);
  return *this;
}
Delete& Delete::all_rows() {
  all_ = true;
  return *this;
}
Delete& Delete::returning(std::vector<Expression> items) {
  returning_ = std::move(items);
  return *this;
}

Node* Delete::make_statement(Making& m) const {
  check_rows("a delete", !where_.empty(), all_);
  Node* n = m.build.slots(Kind::delete_, delete_slot::count);
  n->kids[delete_slot::targets] = m.build.list_of(table_.make(m));
  n->kids[delete_slot::where] = m.all(where_);
  n->kids[delete_slot::returning] = m.items(returning_);
  return n;
}

}  // namespace iacdb::sql
