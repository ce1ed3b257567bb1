#include "cli/shell/conditions.hpp"

#include "base/text.hpp"
#include "iacdb/error.hpp"

namespace iacdb::cli {

Conditions::Block& Conditions::innermost(std::string_view command) {
  if (blocks_.empty()) {
    raise(ErrorKind::config, "\\" + std::string(command) + ": there is no \\if before it");
  }
  return blocks_.back();
}

void Conditions::begin(const Evaluate& condition) {
  if (!active()) {
    blocks_.push_back({.branch = Branch::past});
    return;
  }
  blocks_.push_back({.branch = Branch::waits});  // Also where the condition is refused.
  if (condition()) blocks_.back().branch = Branch::runs;
}

void Conditions::otherwise_if(const Evaluate& condition) {
  Block& block = innermost("elif");
  if (block.in_else) raise(ErrorKind::config, "\\elif cannot come after \\else");
  if (block.branch == Branch::waits) {
    if (condition()) block.branch = Branch::runs;
  } else {
    block.branch = Branch::past;
  }
}

void Conditions::otherwise() {
  Block& block = innermost("else");
  if (block.in_else) raise(ErrorKind::config, "\\else cannot come after \\else");
  block.in_else = true;
  block.branch = block.branch == Branch::waits ? Branch::runs : Branch::past;
}

void Conditions::end() {
  innermost("endif");
  blocks_.pop_back();
}

void Conditions::close_to(std::size_t depth) {
  if (blocks_.size() > depth) blocks_.resize(depth);
}

bool is_conditional(std::string_view command) noexcept {
  return command == "if" || command == "elif" || command == "else" || command == "endif";
}

bool truth(std::string_view text) {
  const std::string word = base::lower(base::trim(text));
  const auto begins = [&](std::string_view whole, std::size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (begins("true", 1) || begins("yes", 1) || word == "on" || word == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
  raise(ErrorKind::config, "a condition is true or false (on, off, yes, no, 1, 0), not \"" +
                               std::string(text) + "\"; it counts as false");
}

}  // namespace iacdb::cli
