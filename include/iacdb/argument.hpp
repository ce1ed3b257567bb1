#pragma once
// From C++ values to the parameters of a statement.
//
//   db.exec("insert into t(a, b) values (?, ?)", 1, "text");
//   db.exec("update t set a = :a where b = :b", arg("a", 1), arg("b", "text"));
//   db.query("select * from t where id in (?)", list(ids));
//
// Lifetime: arguments are views of what the caller passes; they live as long as the call.

#include <array>
#include <deque>
#include <iacdb/convert.hpp>
#include <memory>
#include <ranges>
#include <tuple>

namespace iacdb {

template <class T>
struct NamedArgument {
  std::string_view name;
  const T& value;
};
/// Binds :name. Named and positional placeholders do not mix in one call.
template <class T>
NamedArgument<T> arg(std::string_view name, const T& value) {
  return {name, value};
}

template <class Range>
struct ListArgument {
  const Range& range;
};
/// Expands one placeholder into as many as the range has; an empty list matches nothing.
template <std::ranges::input_range Range>
ListArgument<Range> list(const Range& range) {
  return {range};
}

/// A large parameter read from `source` piece by piece, as bytes, or as text with Type::text.
struct StreamedArgument {
  ByteSource& source;
  Type type = Type::bytes;
};
inline StreamedArgument streamed(ByteSource& source, Type type = Type::bytes) {
  return {source, type};
}

/// The parameters of one call, as the database room sees them. A program that learns its
/// parameters at run time passes one of these as the only argument.
///
/// Without names and lists `cells` alone counts. A list of n elements stands as n cells and
/// list_sizes holds n for its parameter; a plain parameter has -1.
struct Arguments {
  std::span<const Cell> cells;
  std::span<const std::string_view> names{};
  std::span<const std::int64_t> list_sizes{};
};

namespace detail {

template <class T>
inline constexpr bool is_named = false;
template <class T>
inline constexpr bool is_named<NamedArgument<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<ListArgument<T>> = true;
template <class T>
struct Unnamed {
  using type = T;
};
template <class T>
struct Unnamed<NamedArgument<T>> {
  using type = T;
};

/// Holds what a cell cannot point to in the caller's own memory: arrays, big unsigned integers,
/// results of Convert::to. Empty for ordinary arguments, and then costs nothing.
class Scratch {
 public:
  /// Lets go of all that was kept.
  void clear() noexcept {
    if (room_) [[unlikely]]
      room_.reset();
  }
  std::string& text(std::string value) { return room().texts.emplace_back(std::move(value)); }
  std::vector<Cell>& cells() { return room().cells.emplace_back(); }
  ArrayView& array() { return room().arrays.emplace_back(); }
  std::uint32_t& dimension(std::uint32_t n) { return room().dimensions.emplace_back(n); }
  template <class T>
  const T& keep(T value) {
    auto kept = std::make_shared<const T>(std::move(value));
    room().others.push_back(kept);
    return *kept;
  }

 private:
  struct Room {
    std::deque<std::string> texts;
    std::deque<std::vector<Cell>> cells;
    std::deque<ArrayView> arrays;
    std::deque<std::uint32_t> dimensions;
    std::vector<std::shared_ptr<const void>> others;
  };
  Room& room() {
    if (!room_) room_ = std::make_unique<Room>();
    return *room_;
  }
  std::unique_ptr<Room> room_;
};

Cell cell_of_value(const Value& value, Scratch& scratch);
template <class T>
Cell to_cell(const T& value, Scratch& scratch);

template <class Range>
Cell array_cell(const Range& range, Scratch& scratch) {
  auto& cells = scratch.cells();
  for (const auto& element : range) {
    cells.push_back(to_cell<std::remove_cvref_t<decltype(element)>>(element, scratch));
  }
  auto& view = scratch.array();
  view.size = static_cast<std::uint32_t>(cells.size());
  view.dimensions_count = cells.empty() ? 0 : 1;
  view.dimensions = &scratch.dimension(view.size);
  view.cells = cells.data();
  using Element = std::remove_cvref_t<std::ranges::range_value_t<Range>>;
  for (const Cell& cell : cells) {
    if (!cell.is_null()) view.element = cell.type();
  }
  if (view.element == Type::null) {
    if constexpr (std::default_initializable<Element>) {
      Scratch unused;
      view.element = to_cell<Element>(Element{}, unused).type();
    }
  }
  return Cell::of_array(&view);
}

template <class T>
inline Cell to_cell(const T& value, Scratch& scratch) {
  if constexpr (requires { Convert<T>::to(value); }) {
    const auto& kept = scratch.keep(Convert<T>::to(value));
    return to_cell(kept, scratch);
  } else if constexpr (std::same_as<T, Cell>) {
    return value;
  } else if constexpr (std::same_as<T, Value>) {
    return cell_of_value(value, scratch);
  } else if constexpr (std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t>) {
    return Cell();
  } else if constexpr (is_optional<T>) {
    return value ? to_cell<typename T::value_type>(*value, scratch) : Cell();
  } else if constexpr (std::same_as<T, bool>) {
    return Cell::of_bool(value);
  } else if constexpr (std::is_enum_v<T>) {
    return to_cell(static_cast<std::underlying_type_t<T>>(value), scratch);
  } else if constexpr (std::integral<T>) {
    if (std::in_range<std::int64_t>(value)) [[likely]] {
      return Cell::of_int64(static_cast<std::int64_t>(value));
    }
    return Cell::of_text(Type::decimal, scratch.text(std::to_string(value)));
  } else if constexpr (std::floating_point<T>) {
    return Cell::of_float64(static_cast<double>(value));
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return Cell::of_text(std::string_view(value));
  } else if constexpr (std::same_as<T, Decimal>) {
    return Cell::of_text(Type::decimal, value.print());
  } else if constexpr (std::same_as<T, Json>) {
    return Cell::of_text(Type::json, value.text);
  } else if constexpr (std::same_as<T, Date>) {
    return Cell::of_date(value.days);
  } else if constexpr (std::same_as<T, Time>) {
    return Cell::of_time(value.micros);
  } else if constexpr (std::same_as<T, Timestamp>) {
    return Cell::of_timestamp(value.micros);
  } else if constexpr (std::same_as<T, TimestampTz>) {
    return Cell::of_timestamptz(value.micros);
  } else if constexpr (std::same_as<T, std::chrono::sys_days>) {
    return Cell::of_date(value.time_since_epoch().count());
  } else if constexpr (std::same_as<T, std::chrono::sys_time<std::chrono::microseconds>>) {
    return Cell::of_timestamptz(value.time_since_epoch().count());
  } else if constexpr (std::same_as<T, Interval>) {
    return Cell::of_interval(&value);
  } else if constexpr (std::same_as<T, Uuid>) {
    return Cell::of_uuid(value.bytes.data());
  } else if constexpr (std::same_as<T, StreamedArgument>) {
    return Cell::of_source(value.type, &value.source);
  } else if constexpr (std::convertible_to<const T&, BytesView>) {
    return Cell::of_bytes(BytesView(value));
  } else if constexpr (std::ranges::input_range<T>) {
    return array_cell(value, scratch);
  } else {
    static_assert(sizeof(T) == 0, "iacdb: this type cannot be a parameter; specialise Convert<T>");
  }
}

/// Arguments without names and lists: the hot path, all on the stack.
template <std::size_t N>
struct PlainArguments {
  std::array<Cell, N> cells;
  Scratch scratch;
  Arguments view() const { return {.cells = cells}; }
};

/// Arguments with names or lists.
struct MixedArguments {
  std::vector<Cell> cells;
  std::vector<std::string_view> names;
  std::vector<std::int64_t> list_sizes;
  Scratch scratch;

  template <class T>
  void add(const T& value) {
    if constexpr (is_named<T>) {
      names.push_back(value.name);
      add_value(value.value);
    } else {
      add_value(value);
    }
  }
  template <class T>
  void add_value(const T& value) {
    if constexpr (is_list<T>) {
      std::int64_t size = 0;
      for (const auto& element : value.range) {
        cells.push_back(to_cell<std::remove_cvref_t<decltype(element)>>(element, scratch));
        ++size;
      }
      list_sizes.push_back(size);
    } else {
      cells.push_back(to_cell<T>(value, scratch));
      list_sizes.push_back(-1);
    }
  }
  Arguments view() const { return {.cells = cells, .names = names, .list_sizes = list_sizes}; }
};

/// Arguments that were put together at run time.
struct ReadyArguments {
  const Arguments& arguments;
  const Arguments& view() const { return arguments; }
};
inline ReadyArguments pack(const Arguments& arguments) {
  return {arguments};
}

template <class... Args>
inline auto pack(const Args&... args) {
  constexpr bool named = (is_named<Args> || ...);
  constexpr bool listed = (is_list<typename Unnamed<Args>::type> || ...);
  if constexpr (named) {
    static_assert((is_named<Args> && ...),
                  "iacdb: named and positional arguments do not mix in one call");
  }
  if constexpr (named || listed) {
    MixedArguments result;
    (result.add(args), ...);
    return result;
  } else {
    PlainArguments<sizeof...(Args)> result;
    [[maybe_unused]] std::size_t i = 0;
    ((result.cells[i++] = to_cell<Args>(args, result.scratch)), ...);
    return result;
  }
}

}  // namespace detail
}  // namespace iacdb
