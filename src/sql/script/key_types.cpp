#include "sql/script/key_types.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "sql/script/definition_nodes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

using Column = std::pair<std::string, std::string>;  ///< table and column, lower case

std::vector<std::string> names_of(const Node* columns) {
  std::vector<std::string> out;
  if (!columns) return out;
  for (const Node* k : *columns)
    out.push_back(key_of(last_name(k->is(Kind::sort) ? k->kid(0) : k)));
  return out;
}

bool is_decimal(const Node* type) {
  if (!type || (type->size == 2 && type->kid(1)->text != "0")) return false;
  for (std::string_view name : {"DECIMAL", "NUMERIC", "DEC", "NUMBER"}) {
    if (type->text == name) return true;
  }
  return false;
}

bool has(const Node* constraints, ConstraintKind kind) {
  for (const Node* k : *constraints) {
    if (kind_of(k) == kind) return true;
  }
  return false;
}

class KeyTypes {
 public:
  KeyTypes(Builder& build, Dialect from, Dialect to) : build_(build), from_(from), to_(to) {}

  void read(const Node* n, std::size_t at) {
    if (!n) return;
    if (n->is(Kind::create_table) && n->kid(table_def_slot::items)) {
      const std::string table = key_of(last_name(n->kid(table_def_slot::name)));
      for (const Node* item : *n->kid(table_def_slot::items)) read_item(table, item, at);
    } else if (n->is(Kind::alter_table)) {
      const std::string table = key_of(last_name(n->kid(alter_slot::name)));
      for (const Node* action : *n->kid(alter_slot::actions)) {
        const Node* def = action->kid(action_slot::definition);
        if (def && def->is(Kind::list)) {
          for (const Node* item : *def) read_item(table, item, at);
        } else if (def && !def->is(Kind::name)) {
          read_item(table, def, at);
        }
      }
    }
  }

  void settle(const std::function<void(std::size_t)>& changed) {
    for (const Column& column : whole_) {
      const auto& [type, at] = types_.at(column);
      type->text = "BIGINT";
      type->size = 0;
      changed(at);
    }
    const auto keys = references();
    // A reference to a reference: as many rounds as there are, at most.
    bool more = true;
    for (std::size_t round = 0; more && round <= keys.size(); ++round) {
      more = false;
      for (const auto& [from, to] : keys) {
        const auto child = types_.find(from);
        const auto parent = types_.find(to);
        if (child == types_.end() || parent == types_.end()) continue;
        if (!take_type(child->second.first, parent->second.first)) continue;
        changed(child->second.second);
        more = true;
      }
    }
  }

 private:
  /// True where the column that refers got the type of the other.
  bool take_type(Node* child, const Node* parent) {
    const std::string_view name = parent->text == "BIGSERIAL"     ? "BIGINT"
                                  : parent->text == "SMALLSERIAL" ? "SMALLINT"
                                  : parent->text == "SERIAL"      ? "INT"
                                                                  : parent->text;
    const bool sign = child->has(flag::unsigned_) == parent->has(flag::unsigned_);
    bool same = child->text == name && child->size == parent->size && sign;
    for (std::uint32_t i = 0; same && i < child->size; ++i) {
      same = child->kid(i)->text == parent->kid(i)->text;
    }
    const bool decimals = is_decimal(child) == is_decimal(parent);
    if (same || (to_ == Dialect::postgres && decimals)) return false;
    child->text = name;
    child->size = 0;
    for (const Node* digits : *parent) build_.add(child, build_.clone(digits));
    child->flags = (child->flags & ~flag::unsigned_) | (parent->flags & flag::unsigned_);
    return true;
  }

  struct Reference {
    std::string table;
    std::vector<std::string> columns;
    std::string other;
    std::vector<std::string> keys;  ///< empty: the primary key
  };

  void read_item(const std::string& table, const Node* item, std::size_t at) {
    if (item->is(Kind::column)) {
      const std::string name = key_of(item->kid(column_slot::name)->text);
      Node* type = item->kid(column_slot::type);
      const Node* constraints = item->kid(column_slot::constraints);
      const ValueType held = type ? value_type_of(type, from_) : ValueType::unknown;
      const bool number = held == ValueType::integer || held == ValueType::decimal;
      if (number && type->text != "YEAR") types_[{table, name}] = {type, at};
      const bool generated = has(constraints, ConstraintKind::identity) ||
                             has(constraints, ConstraintKind::auto_increment);
      if (generated && is_decimal(type)) whole_.insert({table, name});
      if (has(constraints, ConstraintKind::primary)) primary_[table] = {name};
      for (const Node* k : *constraints) {
        if (kind_of(k) == ConstraintKind::references) refer(table, {name}, k);
      }
      return;
    }
    if (!item->is(Kind::constraint)) return;
    const std::vector<std::string> columns = names_of(item->kid(constraint_slot::columns));
    if (kind_of(item) == ConstraintKind::primary) primary_[table] = columns;
    if (kind_of(item) == ConstraintKind::foreign) refer(table, columns, item);
  }

  void refer(const std::string& table, std::vector<std::string> columns, const Node* key) {
    made_.push_back({table, std::move(columns), key_of(last_name(key->kid(constraint_slot::table))),
                     names_of(key->kid(constraint_slot::foreign_columns))});
  }

  std::vector<std::pair<Column, Column>> references() const {
    std::vector<std::pair<Column, Column>> out;
    for (const Reference& r : made_) {
      const auto primary = primary_.find(r.other);
      const bool said = !r.keys.empty() || primary == primary_.end();
      const std::vector<std::string>& keys = said ? r.keys : primary->second;
      for (std::size_t i = 0; i < keys.size() && i < r.columns.size(); ++i) {
        out.push_back({{r.table, r.columns[i]}, {r.other, keys[i]}});
      }
    }
    return out;
  }

  Builder& build_;
  Dialect from_;
  Dialect to_;
  std::map<Column, std::pair<Node*, std::size_t>> types_;  ///< of numbers
  std::map<std::string, std::vector<std::string>> primary_;
  std::vector<Reference> made_;
  std::set<Column> whole_;
};

}  // namespace

void agree_on_key_types(const std::vector<Node*>& definitions, Builder& build, Dialect from,
                        Dialect to, const std::function<void(std::size_t)>& changed) {
  KeyTypes types(build, from, to);
  for (std::size_t i = 0; i < definitions.size(); ++i) types.read(definitions[i], i);
  types.settle(changed);
}

}  // namespace iacdb::sql
