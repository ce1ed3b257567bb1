#pragma once
// Comments of a statement that is printed anew: each stays before what it stood before.
//
//   Comments kept = comments_of(text, Dialect::mysql);
//   kept.anchor(tree);               // before passes move it about
//   Printer printer(Dialect::postgres, &kept);
//   ...
//   out = kept.front() + printed + kept.rest();
//
// Every comment becomes /* .. */, which all dialects read. Hints and conditional comments are not
// comments. Threads: one at a time. Cost: linear, and a search a leaf that is printed.

#include <string>
#include <string_view>
#include <vector>

#include "sql/ast.hpp"
#include "sql/dialect.hpp"

namespace iacdb::sql {

class Comments {
 public:
  /// Reads them from a statement that the lexer can read.
  Comments(std::string_view statement, Dialect dialect);

  /// Binds each to the first leaf behind it.
  void anchor(const Node* statement);
  /// Those before the first word.
  std::string front();
  /// Writes what stands before the leaf at a position of the source, once.
  void before(std::uint32_t position, std::string& out);
  /// Those whose leaf was not printed, and those at the end.
  std::string rest();

  struct Hint {
    std::string_view text;
    std::uint32_t offset = 0;
  };
  /// The hints, which are not printed.
  const std::vector<Hint>& hints() const noexcept { return hints_; }

 private:
  struct Comment {
    std::string text;
    std::uint32_t offset = 0;
    std::uint32_t leaf = 0;  ///< 0: none
    bool printed = false;
  };

  std::vector<Comment> all_;
  std::vector<Hint> hints_;
  std::uint32_t first_word_ = 0;
};

}  // namespace iacdb::sql
