#pragma once
// Conditions: the open \if blocks of the shell, and which of their branches run.
//
//   Conditions conditions;
//   conditions.begin([&] { return truth("off"); });   // \if off
//   conditions.active();                               // false: statements are read over
//   conditions.otherwise();                            // \else
//   conditions.end();                                  // \endif
//
// As in psql: a condition is evaluated only where its branch may run; what a branch that does not
// run added to the statement being typed is dropped. Threads: one at a time.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::cli {

class Conditions {
 public:
  using Evaluate = std::function<bool()>;

  bool active() const noexcept { return blocks_.empty() || blocks_.back().branch == Branch::runs; }
  std::size_t depth() const noexcept { return blocks_.size(); }

  void begin(const Evaluate& condition);
  /// \elif, \else and \endif. Throw: ConfigError without \if before, and after \else.
  void otherwise_if(const Evaluate& condition);
  void otherwise();
  void end();
  /// Closes the blocks beyond `depth`: at the end of a file, and at Ctrl-C.
  void close_to(std::size_t depth);

  /// The unfinished statement as it was when the innermost branch began.
  const std::string& kept() const noexcept { return blocks_.back().kept; }
  void keep(std::string statement) {
    if (!blocks_.empty()) blocks_.back().kept = std::move(statement);
  }

 private:
  /// Of a block's branches: `waits` for a true one, `past` has had it or is in a branch not run.
  enum class Branch : std::uint8_t { runs, waits, past };
  struct Block {
    Branch branch = Branch::past;
    bool in_else = false;
    std::string kept = {};
  };
  Block& innermost(std::string_view command);

  std::vector<Block> blocks_;
};

/// Whether a command is \if, \elif, \else or \endif.
bool is_conditional(std::string_view command) noexcept;
/// on, off, true, false, yes, no, 1, 0, and their beginnings. Throws: ConfigError for others.
bool truth(std::string_view text);

}  // namespace iacdb::cli
