#include "sql/script/index_names.hpp"

#include "sql/script/definition_nodes.hpp"

namespace iacdb::sql {

namespace {

/// The last name of a path, to be written.
Node* end_of(Node* name) {
  return name && name->is(Kind::path) ? name->kid(name->size - 1) : name;
}

/// Shortened to the 63 bytes of PostgreSQL, the fewest, with an end behind it.
std::string cut(std::string name, const std::string& end) {
  constexpr std::size_t length_max = 63;
  if (name.size() + end.size() <= length_max) return name + end;
  std::size_t size = length_max - end.size();
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;
  name.resize(size);
  return name + end;
}

}  // namespace

void IndexNames::take(std::string_view name) {
  used_.insert(key_of(name));
}

bool IndexNames::rename(Node* n) {
  if (n->is(Kind::create_table)) {
    const std::string_view table = last_name(n->kid(table_def_slot::name));
    bool any = false;
    for (Node* item : *n->kid(table_def_slot::items)) any = rename_item(table, item) || any;
    return any;
  }
  if (kind_ == Of::index && n->is(Kind::create_index)) {
    const std::string_view table = last_name(n->kid(index_slot::table));
    return n->text.empty() && rename_name(table, n->kid(index_slot::name));
  }
  if (n->is(Kind::drop)) {
    return n->text == "INDEX" && n->kid(1) && follow(last_name(n->kid(1)), n->kid(0)->kid(0));
  }
  if (!n->is(Kind::alter_table)) return false;
  const std::string_view table = last_name(n->kid(alter_slot::name));
  bool any = false;
  for (Node* action : *n->kid(alter_slot::actions)) {
    Node* def = action->kid(action_slot::definition);
    if (action->text == "ADD CONSTRAINT" || action->text == "ADD COLUMN")
      any = rename_item(table, def) || any;
    const std::string_view gone = kind_ == Of::index ? "DROP INDEX" : "DROP CONSTRAINT";
    if (action->text == gone) any = follow(table, action->kid(action_slot::name)) || any;
  }
  return any;
}

bool IndexNames::rename_item(std::string_view table, Node* item) {
  if (kind_ == Of::foreign_key && item->is(Kind::column)) {
    bool any = false;
    for (Node* own : *item->kid(column_slot::constraints)) any = rename_item(table, own) || any;
    return any;
  }
  if (!item->is(Kind::constraint)) return false;
  const auto kind = static_cast<ConstraintKind>(item->op);
  if (kind_ == Of::foreign_key) {
    const bool key = kind == ConstraintKind::foreign || kind == ConstraintKind::references;
    return key && rename_name(table, item->kid(constraint_slot::name));
  }
  if (!item->text.empty()) return false;
  const bool index = kind == ConstraintKind::index || kind == ConstraintKind::unique ||
                     kind == ConstraintKind::primary;
  return index && rename_name(table, item->kid(constraint_slot::name));
}

bool IndexNames::rename_name(std::string_view table, Node* name) {
  name = end_of(name);
  if (!name) return false;
  const std::string old = key_of(name->text);
  if (used_.insert(old).second) return false;
  const std::string whole = std::string(table) + "_" + std::string(name->text);
  std::string made = cut(whole, "");
  for (int i = 2; !used_.insert(key_of(made)).second; ++i) {
    made = cut(whole, "_" + std::to_string(i));
  }
  name->text = build_.text(made);
  renamed_[{key_of(table), old}] = name->text;
  return true;
}

/// The name of an index that goes.
bool IndexNames::follow(std::string_view table, Node* name) const {
  name = end_of(name);
  const auto found = renamed_.find({key_of(table), key_of(name->text)});
  if (found == renamed_.end()) return false;
  name->text = found->second;
  return true;
}

}  // namespace iacdb::sql
