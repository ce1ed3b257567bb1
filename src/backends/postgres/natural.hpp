#pragma once
// The fast way out: cells that are of their column's or parameter's own type, written in place.
//
//   NaturalSlot slot = natural_slot(type_oid);
//   if (cell.type() == slot.type) to = put_natural(to, slot, cell);   // null: the slower way
//
// Everything else (conversions, infinities, range errors, bad text) is left to encode_binary() and
// its company.
// Cost: 10 to 15 instructions a number, without a jump by type; a text adds its check and its copy.

#include <cstdint>
#include <cstring>

#include "backends/postgres/utf8.hpp"
#include "iacdb/cell.hpp"
#include "wire/postgres/binary_number.hpp"

namespace iacdb::backends::postgres {

/// Length and value of the largest number.
inline constexpr std::size_t natural_bytes_max = 12;
/// Texts up to this size are copied while they are checked.
inline constexpr std::size_t short_text_bytes = 256;

/// How a number of any width is written: checked against its range, shifted to the server's epoch,
/// and stored as eight bytes of which the first few count.
struct NaturalSlot {
  enum class Form : std::uint8_t { number, text, bytes };
  Type type = Type::array;  ///< array: nothing goes the fast way.
  Form form = Form::number;
  std::uint8_t lead_bits = 0;     ///< Unused bits in front of the number.
  std::uint8_t field_bytes = 12;  ///< With its length.
  std::uint32_t length_wire = 0;  ///< The length as it is stored.
  std::int64_t least = 0;
  std::uint64_t range = 0;  ///< Greatest minus least.
  std::int64_t shift = 0;

  bool has_size() const noexcept { return form != Form::number; }
};
NaturalSlot natural_slot(std::uint32_t type_oid) noexcept;

namespace natural_detail {
/// Short and plain texts are checked and copied in one go; others in two.
[[gnu::always_inline]] inline std::byte* put_text(std::byte* to, std::string_view text) noexcept {
  if (text.size() <= short_text_bytes) [[likely]] {
    std::byte* const value = base::put_be(to, static_cast<std::uint32_t>(text.size()));
    if (std::byte* const end = copy_plain_text(value, text)) [[likely]]
      return end;
  }
  if (!is_server_text(text)) [[unlikely]]
    return nullptr;
  return wire::postgres::put_field(to, text);
}
}  // namespace natural_detail

/// A cell whose slot has no size. There is room for natural_bytes_max.
[[gnu::always_inline]] inline std::byte* put_number(std::byte* to, const NaturalSlot& slot,
                                                    const Cell& cell) noexcept {
  const auto value = static_cast<std::uint64_t>(cell.integer());
  if (value - static_cast<std::uint64_t>(slot.least) > slot.range) [[unlikely]]
    return nullptr;
  const std::uint64_t wire = value - static_cast<std::uint64_t>(slot.shift);
  std::memcpy(to, &slot.length_wire, sizeof slot.length_wire);
  base::store_be(to + 4, wire << slot.lead_bits);
  return to + slot.field_bytes;
}

/// Null when the cell needs the slower way. There is room: natural_bytes_max, or 4 and the text.
[[gnu::always_inline]] inline std::byte* put_natural(std::byte* to, const NaturalSlot& slot,
                                                     const Cell& cell) noexcept {
  if (!slot.has_size()) [[likely]]
    return put_number(to, slot, cell);
  if (slot.form == NaturalSlot::Form::text) return natural_detail::put_text(to, cell.text());
  return wire::postgres::put_field(to, cell.bytes());
}

}  // namespace iacdb::backends::postgres
