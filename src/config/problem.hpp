#pragma once
// Problems: everything that is wrong with a configuration, gathered and reported together.
//
//   problems.add(node.mark, "port is a number from 1 to 65535");
//   problems.raise_if_any();    // one SettingsError: what() tells the first, lines() all
//
// Messages never hold a value that could be a secret.
// Limits: 20 problems; what follows is counted only.

#include <cstddef>
#include <iacdb/error.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"

namespace iacdb::config {

struct Problem {
  Mark mark;
  std::string message;
};

/// A ConfigError that knows every problem, not only the first.
class SettingsError : public ConfigError {
 public:
  SettingsError(ErrorFacts facts, std::vector<Problem> problems, std::size_t more);
  /// "iacdb.yaml:3:5: message", one for each problem, in the order of the sources.
  std::vector<std::string> lines() const;
  const std::vector<Problem>& problems() const noexcept { return *problems_; }

 private:
  std::shared_ptr<const std::vector<Problem>> problems_;
  std::size_t more_;
};

class Problems {
 public:
  void add(const Mark& mark, std::string message);
  void add(const SettingsError& error);
  bool empty() const noexcept { return found_.empty(); }
  /// Throws: SettingsError when there is one.
  void raise_if_any();

 private:
  std::vector<Problem> found_;
  std::size_t more_ = 0;
};

/// One problem that ends everything.
[[noreturn]] void raise_problem(const Mark& mark, std::string message);

/// `; did you mean "pool"?`, or the list of what is possible when nothing is near and it is short.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates);

/// A key or name as messages may show it: shortened, without control characters.
std::string shown(std::string_view name);

}  // namespace iacdb::config
