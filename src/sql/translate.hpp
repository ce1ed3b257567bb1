#pragma once
// Translation of a tree, and the names of its passes; see iacdb/sql.hpp for translate().
//
//   Translation t = translate_tree(tree, arena, text, Dialect::mysql, Dialect::oracle, options);
//
// Threads: safe to share. Cost: linear in the text.

#include "iacdb/sql.hpp"
#include "sql/schema_facts.hpp"

namespace iacdb::sql {

struct Node;
class Arena;

/// Translates a statement that was parsed, perhaps changed since; `text` is where it came from. The
/// tree is used up. With mark_parameters the tree's parameters are marked already, each as
/// byte 1, its number, byte 2.
Translation translate_tree(Node* tree, Arena& arena, std::string_view text, Dialect from,
                           Dialect to, const TranslateOptions& options);

/// The names of the passes in the order they run.
std::vector<std::string_view> pass_names();

}  // namespace iacdb::sql
