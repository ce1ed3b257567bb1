#pragma once
// Bind: a tree of values, checked against the keys, becomes a settings object.
//
//   Problems problems;
//   BindContext context{.problems = problems, .environment = environment};
//   bind_section(root, root_section(), &settings, context);
//   problems.raise_if_any();
//
// Threads: plain functions.

#include "config/key.hpp"
#include "config/node.hpp"
#include "config/problem.hpp"
#include "config/reference.hpp"

namespace iacdb::config {

struct BindContext {
  Problems& problems;
  const Environment& environment;
  /// False: ${...} is checked but not resolved; text keys take the reference's text, others keep
  /// their default.
  bool resolve = false;
  std::vector<Warning>* warnings = nullptr;
};

void bind_section(const Node& node, const Section& section, void* object, BindContext& context);

/// The usual spellings of other tools in our names: postgresql -> postgres, mariadb -> mysql.
std::string_view canonical_backend(std::string_view name) noexcept;
/// Those usual spellings.
std::span<const std::string_view> backend_aliases() noexcept;

}  // namespace iacdb::config
