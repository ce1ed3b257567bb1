#include "sql/script/definition_nodes.hpp"

#include "sql/word.hpp"

namespace iacdb::sql {

ConstraintKind kind_of(const Node* c) {
  return static_cast<ConstraintKind>(c->op);
}

std::string key_of(std::string_view name) {
  std::string out;
  for (const char c : name) out += lower(c);
  return out;
}

Node* find_column(const Node* table, std::string_view name) {
  const Node* items = table->kid(table_def_slot::items);
  if (!items) return nullptr;
  for (Node* item : *items) {
    if (item->is(Kind::column) && same_word(item->kid(column_slot::name)->text, name)) return item;
  }
  return nullptr;
}

Node* find_constraint(const Node* list, ConstraintKind kind) {
  for (Node* c : *list) {
    if (c->is(Kind::constraint) && kind_of(c) == kind) return c;
  }
  return nullptr;
}

void remove_constraint(Node* list, ConstraintKind kind) {
  for (std::uint32_t i = 0; i < list->size; ++i) {
    if (kind_of(list->kids[i]) == kind) Builder::erase(list, i--);
  }
}

bool has_primary(const Node* table) {
  const Node* items = table->kid(table_def_slot::items);
  if (!items || find_constraint(items, ConstraintKind::primary)) return true;
  for (const Node* item : *items) {
    if (item->is(Kind::column) &&
        find_constraint(item->kid(column_slot::constraints), ConstraintKind::primary)) {
      return true;
    }
  }
  return false;
}

bool is_in_primary(const Node* table, std::string_view column) {
  const Node* key = find_constraint(table->kid(table_def_slot::items), ConstraintKind::primary);
  if (!key) return false;
  for (const Node* k : *key->kid(constraint_slot::columns)) {
    if (same_word(last_name(k->is(Kind::sort) ? k->kid(0) : k), column)) return true;
  }
  return false;
}

/// The sequence of DEFAULT nextval('s'::regclass), or nothing.
std::string_view sequence_of(const Node* value) {
  while (value && value->is(Kind::paren)) value = value->kid(0);
  if (!value) return {};
  if (value->is(Kind::next_value)) {
    const Node* name = value->kid(0);
    if (name && name->is(Kind::string)) {
      const std::string_view text = name->text;
      return text.substr(text.rfind('.') + 1);
    }
    return last_name(name);
  }
  if (!value->is(Kind::call) || !same_word(value->text, "nextval")) return {};
  const Node* name = value->kid(call_slot::args)->kid(0);
  while (name && name->is(Kind::cast)) name = name->kid(0);
  if (!name || !name->is(Kind::string)) return {};
  std::string_view text = name->text;
  text = text.substr(text.rfind('.') + 1);
  if (text.size() > 1 && text[0] == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// The only column of the primary key.
bool is_whole_key(const Node* table, std::string_view column) {
  const Node* items = table->kid(table_def_slot::items);
  for (const Node* item : *items) {
    if (item->is(Kind::column)) {
      if (find_constraint(item->kid(column_slot::constraints), ConstraintKind::primary)) {
        return same_word(item->kid(column_slot::name)->text, column);
      }
    } else if (kind_of(item) == ConstraintKind::primary) {
      const Node* columns = item->kid(constraint_slot::columns);
      return columns->size == 1 && same_word(last_name(columns->kid(0)->kid(0)), column);
    }
  }
  return false;
}

}  // namespace iacdb::sql
