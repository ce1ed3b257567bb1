#pragma once
// Pattern: a regular expression, compiled by PCRE2 as MongoDB does.
//
//   Pattern p("^a.*z$", "i");
//   if (p.matches(text)) ...
//
// Threads: safe to share.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::doc {

class Pattern {
 public:
  /// The code of a pattern that is none.
  static constexpr int invalid = 51091;
  /// Options: i, m, s, x, u. Throws: Failure 51091 or 51108.
  Pattern(std::string pattern, std::string options);

  bool matches(std::string_view text) const;
  /// Offsets of the whole match and of each group; nullopt for a group that took no part.
  using Groups = std::vector<std::optional<std::pair<std::size_t, std::size_t>>>;
  std::optional<Groups> find(std::string_view text, std::size_t start) const;
  const std::string& source() const noexcept { return source_; }
  const std::string& options() const noexcept { return options_; }

 private:
  std::string source_;
  std::string options_;
  std::shared_ptr<void> code_;
};

}  // namespace iacdb::doc
