#include <utility>

#include "iacdb/sql.hpp"
#include "sql/arena.hpp"
#include "sql/parser.hpp"
#include "sql/printer.hpp"

namespace iacdb::sql {

struct Statement::Tree {
  std::string text;  // What the nodes refer to.
  Arena arena;
  Node* root = nullptr;
};

Statement parse(std::string_view text, Dialect dialect) {
  auto tree = std::make_shared<Statement::Tree>();
  tree->text = text;
  tree->root = parse(tree->text, dialect, tree->arena);
  return Statement(std::move(tree));
}

std::string print(const Statement& statement, Dialect dialect) {
  return print(*statement.tree().root, dialect);
}

}  // namespace iacdb::sql
