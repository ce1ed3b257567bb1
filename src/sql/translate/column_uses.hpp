#pragma once
// What a select says of the columns of one of its tables.

#include <string_view>
#include <unordered_set>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

class ColumnUses {
 public:
  ColumnUses(Node* select, Context& c) : s_(select), c_(c) {}

  /// The value takes the place of the table's column of that name, where the select says it.
  void put(Node* table, std::string_view name, Node* value);
  /// SQLite's JSON_EACH has columns of its own, which hide those of the tables beside it.
  void qualify(Node* table);
  /// False where a table's columns are not known.
  bool expand_stars();

 private:
  void put(Node* parent, std::uint32_t at, Node* table, std::string_view name, Node* value,
           bool nested);
  void took(Node* parent, std::uint32_t at, std::string_view name, Node* value);
  bool is_alias(std::string_view name) const;
  bool is_document(const Node* parent, std::uint32_t at) const;

  Node* s_;
  Context& c_;
  const Node* json_arguments_ = nullptr;
  std::unordered_set<const Node*> made_ = {};  ///< What stands for a column already.
};

}  // namespace iacdb::sql
