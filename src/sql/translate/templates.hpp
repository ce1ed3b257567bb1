#pragma once
// Templates: a piece of target text with holes :1, :2 .. filled with trees.
//
//   Node* n = fill("CASE WHEN :1 THEN :2 ELSE :3 END", Dialect::postgres, {a, b, c},
//   context.build);
//
// `:all` as the only argument of a call stands for every argument. A template is parsed once.
// Threads: safe to share.

#include <span>
#include <string>
#include <string_view>

#include "sql/ast.hpp"
#include "sql/dialect.hpp"

namespace iacdb::sql {

/// `text` must live for ever: a literal of a table. A finished template is the target's text, which
/// later passes leave alone.
Node* fill(std::string_view text, Dialect dialect, std::span<Node* const> holes, Builder& build,
           bool finished = true);

/// A template made for one translation; it is parsed again each time.
Node* fill_text(const std::string& text, Dialect dialect, std::span<Node* const> holes,
                Builder& build);

}  // namespace iacdb::sql
