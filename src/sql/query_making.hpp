#pragma once
// Making: where the parts of a built statement become nodes of one tree.
//
//   Node* tree = query.make(making);
//
// Lifetime: the nodes live as long as the arena. Threads: one at a time.

#include <string>
#include <vector>

#include "iacdb/query.hpp"
#include "sql/ast.hpp"

namespace iacdb::sql {

class Making {
 public:
  explicit Making(Arena& arena) : build(arena) {}

  Builder build;
  std::vector<Value> values;  ///< of the parameters, in the order they were made

  /// The parameter as translation knows it: its number between two marks.
  Node* parameter(const Value& value);
  Node* name(std::string_view text) { return build.name(build.text(text), keeps_case(text)); }
  Node* names(const std::vector<std::string>& texts);
  /// A select list or RETURNING; nullptr when it is empty.
  Node* items(const std::vector<Expression>& values);
  Node* list(const std::vector<Expression>& values);
  Node* orders(const std::vector<Order>& orders);
  /// Conditions that must all hold; nullptr when there are none.
  Node* all(const std::vector<Expression>& conditions);
  Node* assigns(const std::vector<std::pair<std::string, Expression>>& sets);
  /// Part of an expression, which has no name and is no list.
  Node* operand(const Expression& value);
  /// A type that check_type has seen.
  Node* type(std::string_view text);

 private:
  static bool keeps_case(std::string_view text);
};

/// Throws: UsageError for a name that no database takes.
void check_name(std::string_view name);

/// Throws: UsageError for anything but the name of a type with its sizes.
void check_type(std::string_view type);

[[noreturn]] void misuse(std::string message);

}  // namespace iacdb::sql
