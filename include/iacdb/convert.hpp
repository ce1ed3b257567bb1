#pragma once
// From a Cell to a C++ type and back.
//
// A program's own type joins in by a specialisation with two functions:
//
//   template <> struct iacdb::Convert<Money> {
//     static Money from(const Cell& c) { return Money{read_cell<std::int64_t>(c)}; }
//     static std::int64_t to(const Money& m) { return m.cents; }   // any type that binds
//   };
//
// Reading is strict: what does not fit is a DataError. NULL goes only into std::optional, Value and
// Cell. A decimal goes into an integer or double only when nothing is lost.

#include <chrono>
#include <concepts>
#include <iacdb/cell.hpp>
#include <iacdb/value.hpp>
#include <limits>
#include <optional>
#include <type_traits>

namespace iacdb {

template <class T>
struct Convert;  // Specialise for your own types.

namespace detail {

template <class T>
concept HasConvert = requires(const Cell& c) {
  { Convert<T>::from(c) } -> std::convertible_to<T>;
};
template <class T>
concept PlainInteger = std::integral<T> && !std::same_as<T, bool>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

// The slow paths: another type than the hot one. All throw DataError without a column; Row adds it.
std::int64_t slow_int64(const Cell& cell);
std::uint64_t slow_uint64(const Cell& cell);
double slow_double(const Cell& cell);
bool slow_bool(const Cell& cell);
std::string_view slow_text(const Cell& cell);  // text, json, decimal; else DataError
std::string to_owned_text(const Cell& cell);   // any type that has a text form
BytesView slow_bytes(const Cell& cell);
Decimal to_decimal(const Cell& cell);
Date to_date(const Cell& cell);
Time to_time(const Cell& cell);
Timestamp to_timestamp(const Cell& cell);
TimestampTz to_timestamptz(const Cell& cell);
Interval to_interval(const Cell& cell);
Uuid to_uuid(const Cell& cell);
Json to_json(const Cell& cell);
const ArrayView& to_array_view(const Cell& cell);
[[noreturn]] void raise_null();
[[noreturn]] void raise_out_of_range(std::string_view type);

}  // namespace detail

/// True when a single cell can be read as T.
template <class T>
concept CellReadable = detail::HasConvert<T> || detail::is_optional<T> || detail::is_vector<T> ||
    std::integral<T> || std::floating_point<T> || std::is_enum_v<T> ||
    std::same_as<T, std::string> || std::same_as<T, std::string_view> ||
    std::same_as<T, BytesView> || std::same_as<T, Decimal> || std::same_as<T, Date> ||
    std::same_as<T, Time> || std::same_as<T, Timestamp> || std::same_as<T, TimestampTz> ||
    std::same_as<T, Interval> || std::same_as<T, Uuid> || std::same_as<T, Json> ||
    std::same_as<T, Value> || std::same_as<T, Cell> || std::same_as<T, std::chrono::sys_days> ||
    std::same_as<T, std::chrono::sys_time<std::chrono::microseconds>>;

/// True when T points into the result instead of owning what it shows.
template <class T>
inline constexpr bool is_view =
    std::same_as<T, std::string_view> || std::same_as<T, BytesView> || std::same_as<T, Cell>;
template <class T>
inline constexpr bool is_view<std::optional<T>> = is_view<T>;
template <class T>
requires(!std::same_as<T, std::byte>) inline constexpr bool is_view<std::vector<T>> = is_view<T>;

/// Throws: DataError when the cell is NULL or does not fit.
template <CellReadable T>
inline T read_cell(const Cell& cell) {
  using namespace detail;
  if constexpr (HasConvert<T>) {
    return Convert<T>::from(cell);
  } else if constexpr (is_optional<T>) {
    if (cell.is_null()) return std::nullopt;
    return read_cell<typename T::value_type>(cell);
  } else if constexpr (std::same_as<T, Cell>) {
    return cell;
  } else if constexpr (std::same_as<T, Value>) {
    return Value::of(cell);
  } else if constexpr (std::same_as<T, bool>) {
    return cell.type() == Type::boolean ? cell.boolean() : slow_bool(cell);
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(read_cell<std::underlying_type_t<T>>(cell));
  } else if constexpr (std::same_as<T, std::uint64_t>) {
    if (cell.type() == Type::int64 && cell.integer() >= 0) [[likely]] {
      return static_cast<std::uint64_t>(cell.integer());
    }
    return slow_uint64(cell);
  } else if constexpr (PlainInteger<T>) {
    const std::int64_t wide = cell.type() == Type::int64 ? cell.integer() : slow_int64(cell);
    if constexpr (!std::same_as<T, std::int64_t>) {
      if (!std::in_range<T>(wide)) [[unlikely]]
        raise_out_of_range("integer");
    }
    return static_cast<T>(wide);
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(cell.type() == Type::float64 ? cell.real() : slow_double(cell));
  } else if constexpr (std::same_as<T, std::string_view>) {
    return cell.type() == Type::text ? cell.text() : slow_text(cell);
  } else if constexpr (std::same_as<T, std::string>) {
    return cell.type() == Type::text ? std::string(cell.text()) : to_owned_text(cell);
  } else if constexpr (std::same_as<T, BytesView>) {
    return cell.type() == Type::bytes ? cell.bytes() : slow_bytes(cell);
  } else if constexpr (std::same_as<T, Bytes>) {
    const BytesView view = read_cell<BytesView>(cell);
    return Bytes(view.begin(), view.end());
  } else if constexpr (is_vector<T>) {
    const ArrayView& array = to_array_view(cell);
    T result;
    result.reserve(array.size);
    for (std::uint32_t i = 0; i < array.size; ++i) {
      result.push_back(read_cell<typename T::value_type>(array.cells[i]));
    }
    return result;
  } else if constexpr (std::same_as<T, Decimal>) {
    return to_decimal(cell);
  } else if constexpr (std::same_as<T, Date>) {
    return cell.type() == Type::date ? Date{static_cast<std::int32_t>(cell.integer())}
                                     : to_date(cell);
  } else if constexpr (std::same_as<T, Time>) {
    return cell.type() == Type::time ? Time{cell.integer()} : to_time(cell);
  } else if constexpr (std::same_as<T, Timestamp>) {
    return cell.type() == Type::timestamp ? Timestamp{cell.integer()} : to_timestamp(cell);
  } else if constexpr (std::same_as<T, TimestampTz>) {
    return cell.type() == Type::timestamptz ? TimestampTz{cell.integer()} : to_timestamptz(cell);
  } else if constexpr (std::same_as<T, Interval>) {
    return to_interval(cell);
  } else if constexpr (std::same_as<T, Uuid>) {
    return to_uuid(cell);
  } else if constexpr (std::same_as<T, Json>) {
    return to_json(cell);
  } else if constexpr (std::same_as<T, std::chrono::sys_days>) {
    return std::chrono::sys_days(std::chrono::days(read_cell<Date>(cell).days));
  } else {
    return T(std::chrono::microseconds(read_cell<TimestampTz>(cell).micros));
  }
}

}  // namespace iacdb
