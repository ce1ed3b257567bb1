#pragma once
// Functions that give rows: pieces of a text, elements of an array or of a JSON document.

#include <string_view>
#include <utility>
#include <vector>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

enum class Rows : std::uint8_t { none, pieces, elements, list, entries };
enum class Role : std::uint8_t { value, ordinal, index, key };

/// What a function makes rows of.
struct RowSource {
  Rows rows = Rows::none;
  Node* subject = nullptr;
  std::string_view separator = {};
  bool empty_has_a_piece = false;  ///< '' is one piece, not none.
  bool json = false;               ///< Elements stay JSON.
  bool numbers = false;            ///< A literal of numbers only.
  std::vector<std::pair<std::string_view, Role>> columns = {};
};

/// Rows::none: no function of these.
RowSource read_rows(const Node* call, Context& c);

class ColumnUses;

/// JSON_TABLE and OPENJSON WITH (..).
bool is_json_table(const Node* table, const Context& c);
void write_json_table(Node* table, Node* join, bool lateral, ColumnUses& uses, Context& c);
/// APPLY of a function is a join where functions see the tables before them.
void plain_join(Node* join, Context& c);

/// Rewrites those in FROM and in the list of a select.
void write_table_functions(Node* select, Context& c);

}  // namespace iacdb::sql
