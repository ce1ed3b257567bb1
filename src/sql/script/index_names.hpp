#pragma once
// Names of indexes where one name is for one table only, as in MySQL and SQL Server, and the target
// has them beside the names of its tables; and names of foreign keys, which PostgreSQL and SQLite
// have by table and others have once.
//
//   IndexNames names(build);               // in the order of the script
//   names.take("users");
//   if (names.rename(tree)) ...            // an index of that name is there: users_name
//
// The first index of a name keeps it. Threads: one at a time. Cost: linear in the names.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sql/ast.hpp"

namespace iacdb::sql {

class IndexNames {
 public:
  enum class Of : std::uint8_t { index, foreign_key };

  explicit IndexNames(Builder& build, Of kind = Of::index) : build_(build), kind_(kind) {}

  void take(std::string_view name);
  /// Renames what a definition names twice; true where something was.
  bool rename(Node* definition);

 private:
  bool rename_item(std::string_view table, Node* item);
  bool rename_name(std::string_view table, Node* name);
  bool follow(std::string_view table, Node* name) const;

  Builder& build_;
  Of kind_;
  std::set<std::string> used_;
  std::map<std::pair<std::string, std::string>, std::string_view> renamed_;  ///< by table and name
};

}  // namespace iacdb::sql
