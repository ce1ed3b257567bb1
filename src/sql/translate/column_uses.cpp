#include "sql/translate/column_uses.hpp"

#include <algorithm>
#include <vector>

#include "sql/reserved.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

bool ColumnUses::is_alias(std::string_view name) const {
  for (const Node* item : *s_->kid(select_slot::items)) {
    if (item->kid(1) && same_word(item->kid(1)->text, name)) return true;
  }
  return false;
}

bool ColumnUses::expand_stars() {
  const Node* items = s_->kid(select_slot::items);
  const auto is_star = [](const Node* item) {
    return item->is(Kind::item) && item->kid(0)->is(Kind::star);
  };
  if (std::none_of(items->begin(), items->end(), is_star)) return true;
  return sql::expand_stars(c_, s_);
}

void ColumnUses::put(Node* table, std::string_view name, Node* value) {
  for (std::uint32_t i = 0; i < s_->size; ++i) {
    if (s_->kids[i]) put(s_, i, table, name, value, false);
  }
}

void ColumnUses::put(Node* parent, std::uint32_t at, Node* table, std::string_view name,
                     Node* value, bool nested) {
  Node*& n = parent->kids[at];
  if (!n || n == table || made_.contains(n)) return;
  const bool label = (parent->is(Kind::item) && at == 1) ||
                     (parent->is(Kind::table) && at != table_slot::source) ||
                     parent->is(Kind::cte) || (parent->is(Kind::call) && at == call_slot::path) ||
                     parent->is(Kind::path);
  if (n->is(Kind::path)) {
    const bool ours = same_word(qualifier(n), table->kid(table_slot::alias)->text) &&
                      same_word(last_name(n), name) && n->size == 2;
    if (ours) took(parent, at, name, value);
    return;
  }
  if (n->is(Kind::name)) {
    const bool ordered = parent->is(Kind::sort) && is_alias(n->text);
    const bool source = parent->is(Kind::table);
    if (!label && !nested && !ordered && !source && same_word(n->text, name)) {
      took(parent, at, name, value);
    }
    return;
  }
  const bool inner = nested || n->is(Kind::subquery) || n->is(Kind::exists);
  if (is_call(n, "JSON_EXTRACT") || is_call(n, "JSON_VALUE") || is_call(n, "JSON_QUERY")) {
    json_arguments_ = n->kid(call_slot::args);
  }
  for (std::uint32_t i = 0; i < n->size; ++i) put(n, i, table, name, value, inner);
}

/// The document of a JSON function or operator.
bool ColumnUses::is_document(const Node* parent, std::uint32_t at) const {
  const bool arrow = parent->is(BinOp::arrow) || parent->is(BinOp::arrow_text) ||
                     parent->is(BinOp::hash_arrow) || parent->is(BinOp::hash_arrow_text);
  return at == 0 && (arrow || parent == json_arguments_);
}

void ColumnUses::took(Node* parent, std::uint32_t at, std::string_view name, Node* value) {
  Node* made = c_.build.clone(value);
  if (is_document(parent, at) && c_.to_is(Dialect::postgres)) {
    made = c_.build.cast(made, "JSONB");
    made->flags |= flag::done;
  }
  walk(made, [&](const Node* n) {
    made_.insert(n);
    return true;
  });
  parent->kids[at] = made;
  if (parent->is(Kind::item) && !parent->kid(1)) {
    parent->kids[1] = c_.build.name(name, is_reserved(name, c_.to));
  }
}

void ColumnUses::qualify(Node* table) {
  std::vector<const Node*> others;
  const auto collect = [&](auto&& self, const Node* n) -> void {
    if (n->is(Kind::table) && n != table) return others.push_back(n);
    const std::uint32_t count = n->is(Kind::join) ? 2 : n->is(Kind::table) ? 0 : n->size;
    for (std::uint32_t i = 0; i < count; ++i) self(self, n->kids[i]);
  };
  collect(collect, s_->kid(select_slot::from));
  for (std::string_view name :
       {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"}) {
    const Node* owner = others.size() == 1 ? others[0] : nullptr;
    for (const Node* other : others) {
      std::vector<std::string_view> columns;
      if (owner || !source_columns(c_, other, columns)) continue;
      for (std::string_view column : columns) {
        if (same_word(column, name)) owner = other;
      }
    }
    if (owner) put(table, name, c_.build.column(known_as(owner), name));
  }
}

}  // namespace iacdb::sql
