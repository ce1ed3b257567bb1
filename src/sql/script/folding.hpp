#pragma once
// What a script says of a table piece by piece, said at once: keys, identity columns and defaults
// that ALTER TABLE adds move into the CREATE TABLE before it.
//
//   Folding folding(parts.all(), Dialect::postgres, Dialect::sqlite);
//   if (folding.is_folded(i)) continue;             // nothing is left of part i
//   Node* tree = folding.tree(i);                   // or nullptr: translate the text
//
// SQLite adds no constraint to a table that exists; MySQL's AUTO_INCREMENT wants its key at once;
// pg_dump writes a serial column as a sequence, a table, an owner and a default.
// Lifetime: of the script. Threads: one at a time. Cost: linear in the definitions.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sql/ast.hpp"
#include "sql/script/key_triggers.hpp"
#include "sql/script/parts.hpp"

namespace iacdb::sql {

class Folding {
 public:
  Folding(const std::vector<ScriptPart>& parts, Dialect from, Dialect to);

  bool is_folded(std::size_t part) const { return definitions_[part].folded; }
  Node* tree(std::size_t part) const {
    return definitions_[part].changed ? definitions_[part].tree : nullptr;
  }
  /// What folding changed in a part, to be told.
  const std::vector<TranslationWarning>& warnings(std::size_t part) const {
    return definitions_[part].warnings;
  }
  Arena& arena() noexcept { return arena_; }
  /// ALTER TABLE statements for the end of the script: foreign keys of a script that fills its
  /// tables in any order, because its server did not look.
  const std::vector<Node*>& late_keys() const noexcept { return late_keys_; }
  /// True when a foreign key moved to before the rows it binds.
  bool moved_foreign_keys() const noexcept { return moved_foreign_keys_; }

 private:
  struct Definition {
    Node* tree = nullptr;
    bool changed = false;
    bool folded = false;
    std::vector<TranslationWarning> warnings = {};
  };

  void read(std::size_t part, const ScriptPart& text);
  void copy_like(std::size_t part);
  void copy_whole(std::size_t part);
  void fold_alter(std::size_t part);
  bool fold_action(Node* table, Node* action);
  bool fold_item(Node* table, Node* item);
  void sign_key(Node* table, const Node* key);
  bool fold_column(Node* table, std::string_view name, Node* column);
  bool fold_column_change(Node* table, Node* action);
  void fold_sequences(Node* table);
  void fold_indexes();
  void find_used_sequences(const std::vector<ScriptPart>& parts);
  void fold_trigger(std::size_t part, const KeyTrigger& trigger);
  Node* identity_from(const Node* sequence);
  void agree_on_types();
  void rename_indexes();
  void rename_foreign_keys();
  void ease_early_drops(const std::vector<ScriptPart>& parts);
  void find_unchecked(const std::vector<ScriptPart>& parts);
  void take_foreign_keys(std::size_t part);
  Node* late_key(Node* table, Node* key);
  Node* table_of(std::string_view name) const;
  void mark(const Node* table);

  Dialect from_;
  Dialect to_;
  Arena arena_;
  Builder build_;
  std::vector<Definition> definitions_;
  std::map<std::string, std::size_t, std::less<>> tables_;     ///< lower-case name: its part
  std::map<std::string, std::size_t, std::less<>> sequences_;  ///< the same
  std::set<std::string, std::less<>> used_sequences_;  ///< by statements that are no definitions
  std::vector<Node*> late_keys_;
  bool folded_something_ = false;
  bool unchecked_ = false;  ///< rows may come before what they refer to
  bool moved_foreign_keys_ = false;
};

}  // namespace iacdb::sql
