#pragma once
// Statement: what a command looks for, as an index sees it: comparisons, an order, a limit.
//
//   for (const Object& one : single_commands(command)) {
//     if (const auto statement = parse_statement(one, rules)) ...   // none: it looks for nothing
//   }
//
// Threads: pure functions.

#include "documents/advice/index_rules.hpp"
#include "documents/pipeline/sort.hpp"

namespace iacdb::doc {

/// A condition that every document fulfils which the statement looks for.
struct Comparison {
  enum Role : std::uint8_t { equality, list, range };
  Role role = equality;
  std::string path;
  FilterPtr filter;
};
using Comparisons = std::vector<Comparison>;

struct Statement {
  std::string collection;
  Object find;  ///< The same search as a find command.
  FilterPtr filter;
  /// Those of comparisons that an index serves; several for an $or that stands alone, which needs
  /// an index for each. At least one.
  std::vector<Comparisons> branches;
  Sort sort;
  bool orders = false;  ///< An index can give the order.
  std::int64_t skip = 0;
  std::int64_t limit = 0;
  std::vector<std::string> unserved;  ///< Conditions that no index serves: "name: $regex".
};

/// At most so many comparisons of a statement are told apart.
inline constexpr std::size_t comparisons_max = 20;

/// An update of three statements is three updates.
std::vector<Object> single_commands(const Object& command);
/// Throws: Failure for a filter that is none, or that uses variables of the command's `let`.
std::optional<Statement> parse_statement(const Object& command, const IndexRules& rules);

/// What a command writes: which fields change, or all.
struct Writing {
  std::int64_t documents = 0;  ///< At least.
  bool every_field = false;    ///< Inserts, removals, replacements.
  std::vector<std::string> paths;
  /// Whether an index on the path has to be kept up to date with it.
  bool touches(const std::string& path) const;
};
std::optional<Writing> writing_of(const Object& command);

}  // namespace iacdb::doc
