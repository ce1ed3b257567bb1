#include "backends/postgres/natural.hpp"

#include <limits>

#include "backends/postgres/column_codec.hpp"
#include "wire/postgres/binary_time.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

constexpr auto int64_least = std::numeric_limits<std::int64_t>::min();
constexpr auto int64_greatest = std::numeric_limits<std::int64_t>::max();

NaturalSlot number(Type type, std::uint8_t width, std::int64_t least, std::int64_t greatest,
                   std::int64_t shift = 0) noexcept {
  NaturalSlot slot;
  slot.type = type;
  slot.lead_bits = static_cast<std::uint8_t>(64 - 8 * width);
  slot.field_bytes = static_cast<std::uint8_t>(4 + width);
  base::store_be(reinterpret_cast<std::byte*>(&slot.length_wire), std::uint32_t{width});
  slot.least = least;
  slot.range = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
  slot.shift = shift;
  return slot;
}

template <class Narrow>
NaturalSlot integer() noexcept {
  return number(Type::int64, sizeof(Narrow), std::numeric_limits<Narrow>::min(),
                std::numeric_limits<Narrow>::max());
}

NaturalSlot sized(Type type) noexcept {
  NaturalSlot slot;
  slot.type = type;
  slot.form = type == Type::bytes ? NaturalSlot::Form::bytes : NaturalSlot::Form::text;
  return slot;
}

}  // namespace

NaturalSlot natural_slot(std::uint32_t type_oid) noexcept {
  Codec codec = Codec::text;
  if (!binary_codec(type_oid, codec)) return {};
  switch (codec) {
    case Codec::boolean:
      return number(Type::boolean, 1, 0, 1);
    case Codec::int2:
      return integer<std::int16_t>();
    case Codec::int4:
      return integer<std::int32_t>();
    case Codec::int8:
      return integer<std::int64_t>();
    case Codec::float8:
      return number(Type::float64, 8, int64_least, int64_greatest);  // Its bits, whatever they are.
    case Codec::date:
      return number(
          Type::date, 4,
          std::numeric_limits<std::int32_t>::min() + std::int64_t{wp::epoch_shift_days} + 1,
          std::int64_t{std::numeric_limits<std::int32_t>::max()} - 1, wp::epoch_shift_days);
    case Codec::time:
      return number(Type::time, 8, 0, 86'400'000'000);
    case Codec::timestamp:
    case Codec::timestamptz:
      return number(codec == Codec::timestamp ? Type::timestamp : Type::timestamptz, 8,
                    int64_least + wp::epoch_shift_micros + 1, int64_greatest - 1,
                    wp::epoch_shift_micros);
    case Codec::text:
      return sized(Type::text);
    case Codec::json:
      return sized(Type::json);
    case Codec::bytes:
      return sized(Type::bytes);
    default:
      return {};
  }
}

}  // namespace iacdb::backends::postgres
