#pragma once
// Regular expressions as automata: a literal pattern becomes states and the characters between
// them, which a database without regular expressions can follow.
//
//   const auto a = read_pattern("^[a-z]+$", {});
//   if (a) for (const Automaton::Step& s : a->steps) ...
//
// State 0 is before the first character of a match that may begin anywhere, state 1 of one that
// begins where the text does; each other state is a character of the pattern that has been read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iacdb::sql {

/// Characters, as ranges of code points in order.
using Characters = std::vector<std::pair<char32_t, char32_t>>;

struct Automaton {
  struct Step {
    int from;
    int characters;  ///< Of `sets`.
    int to;
  };

  std::vector<Characters> sets = {};
  std::vector<Step> steps = {};
  std::vector<int> ends = {};       ///< A match may end here,
  std::vector<int> last_ends = {};  ///< or here, where the text ends.
  bool anywhere = false;            ///< State 0 begins matches.
  bool at_start = false;            ///< State 1 does.
  bool empty = false;               ///< It matches without a character.

  /// No text can be read in two ways: the longest match is the one that every database finds.
  bool deterministic() const;
};

struct PatternRules {
  bool ignore_case = false;
  bool dot_reads_newline = false;
  bool escapes_in_brackets = true;
};

/// Nothing where the pattern has what no automaton can do (references back, looks around, borders
/// of words), or more than a hundred characters.
std::optional<Automaton> read_pattern(std::string_view pattern, PatternRules rules);

/// One of the characters, as a pattern of GLOB.
std::string glob_of(const Characters& characters);

}  // namespace iacdb::sql
