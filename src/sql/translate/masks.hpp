#pragma once
// Format masks of moments: %Y-%m-%d, YYYY-MM-DD and yyyy-MM-dd say the same.
//
//   const std::optional<Mask> mask = read_mask("DD Mon YYYY", Dialect::postgres);
//   Node* text = write_mask(*mask, moment, context);

#include <optional>
#include <string>
#include <vector>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

struct MaskElement;

/// One element of a mask, or literal text.
struct MaskPiece {
  const MaskElement* element = nullptr;
  std::string text = {};
};
using Mask = std::vector<MaskPiece>;

/// The pieces of a mask; nothing when it holds letters that are not read.
std::optional<Mask> read_mask(std::string_view mask, Dialect dialect);

/// The mask in the target's letters; nothing where it has none for an element.
std::optional<std::string> mask_text(const Mask& mask, Dialect dialect);

/// A moment as text by a mask: one call, or pieces joined where the target has no letter for one.
Node* write_mask(const Mask& mask, Node* moment, Context& c);

/// What a mask holds: 'Y' the year, 'm' the month, 'd' the day, 'H' 'h' 'p' the hour, 'M' minutes,
/// 'S' seconds, 'b' a short and 'B' a long name of the month; 0 for anything else.
char part_of(const MaskElement& element);

/// $FORMAT_TIME(moment, mask) and $PARSE_..(text, mask) in the target's words.
Node* write_format(Node* call, Context& c);
Node* write_parse(Node* call, bool moment, Context& c);

/// $FORMAT_NUMBER(x, places): groups of thousands and so many places.
Node* write_decimals(Node* call, Context& c);

/// A number by a mask such as FM9990.00 or N2; nullptr when the mask is none of numbers.
Node* write_number_format(Node* value, std::string_view mask, Context& c);

}  // namespace iacdb::sql
