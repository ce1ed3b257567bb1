#pragma once
// The character tables of SASLprep, sorted for binary search; saslprep_tables.py writes them.
//
//   if (contains(saslprep_tables::prohibited, code)) return std::nullopt;
//
// See: RFC 4013 (SASLprep), RFC 3454 (stringprep), Unicode Standard Annex 15 (NFKC).

#include <cstdint>
#include <span>

namespace iacdb::wire::postgres::saslprep_tables {

struct CodeRange {
  char32_t first;
  char32_t last;
};

struct CombiningClass {
  char32_t first;
  char32_t last;
  std::uint8_t value;
};

/// The characters code..code+more. `size` 1: each maps to target plus its distance from code.
/// Otherwise code maps to replacements[target, target + size).
struct Decomposition {
  char32_t code;
  std::uint16_t more;
  std::uint8_t size;
  std::uint32_t target;
};

struct Composition {
  char32_t first;
  char32_t second;
  char32_t composed;
};

extern const std::span<const CodeRange> spaces;              ///< RFC 3454 C.1.2: become a space.
extern const std::span<const CodeRange> nothing;             ///< B.1: are removed.
extern const std::span<const CodeRange> prohibited;          ///< C.1.2 to C.9 and A.1.
extern const std::span<const CodeRange> right_to_left;       ///< D.1
extern const std::span<const CodeRange> left_to_right;       ///< D.2
extern const std::span<const CombiningClass> classes;        ///< Those that are not 0.
extern const std::span<const Decomposition> decompositions;  ///< NFKD, full, without Hangul.
extern const std::span<const char32_t> replacements;
extern const std::span<const Composition> compositions;  ///< Canonical, without Hangul.

}  // namespace iacdb::wire::postgres::saslprep_tables
