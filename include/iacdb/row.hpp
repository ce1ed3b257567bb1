#pragma once
// Row: a view of one row of a running result; Record: an owned row; and how a row becomes a tuple,
// a struct or a single value.
//
//   for (const Row& row : db.query("select id, name from users")) use(row.get<int>("id"));
//
// Structs bind by position, or by name where the struct lists its columns:
//
//   struct User { std::int64_t id; std::optional<std::string> name;
//                 static constexpr std::array columns{"id", "name"}; };
//
// Lifetime: a Row and its text are valid until the next step of its Rows. Threads: one at a time.

#include <boost/pfr/core.hpp>
#include <iacdb/convert.hpp>
#include <tuple>

namespace iacdb {

class Record;

namespace detail {

template <class T>
inline constexpr bool is_tuple = false;
template <class... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;
template <class T>
concept NamesColumns = requires {
  std::size(T::columns);
};
template <class T>
concept Struct = std::is_aggregate_v<T> && std::is_class_v<T> && !CellReadable<T> && !is_tuple<T>;

/// Throws: the DataError being handled, with the column's name added.
[[noreturn]] void raise_in_column(std::span<const Column> columns, std::size_t index);
[[noreturn]] void raise_column_count(std::size_t expected, std::size_t actual);
/// Throws: UsageError when no column has that name.
std::size_t find_column(std::span<const Column> columns, std::string_view name);

}  // namespace detail

class Row {
 public:
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  std::size_t size() const noexcept { return columns_.size(); }
  std::span<const Column> columns() const noexcept { return columns_; }
  /// Limits: index < size(), asserted only in debug builds.
  const Cell& operator[](std::size_t index) const noexcept { return cells_[index]; }
  /// Throws: UsageError for an unknown column name.
  const Cell& operator[](std::string_view name) const {
    return cells_[detail::find_column(columns_, name)];
  }
  template <CellReadable T>
  T get(std::size_t index) const {
    if (index >= columns_.size()) detail::raise_column_count(index + 1, columns_.size());
    return get_unchecked<T>(index);
  }
  template <CellReadable T>
  T get(std::string_view name) const {
    return get_unchecked<T>(detail::find_column(columns_, name));
  }
  Record record() const;

  // Made by Rows and by the room that reads a result itself.
  Row() = default;
  void reset(const Cell* cells, std::span<const Column> columns) noexcept {
    cells_ = cells;
    columns_ = columns;
  }

 private:
  template <CellReadable T>
  T get_unchecked(std::size_t index) const {
    try {
      return read_cell<T>(cells_[index]);
    } catch (...) {
      detail::raise_in_column(columns_, index);
    }
  }

  const Cell* cells_ = nullptr;
  std::span<const Column> columns_;
};

/// An owned row: names and values.
class Record {
 public:
  Record() = default;
  Record(std::vector<std::string> names, std::vector<Value> values)
      : names_(std::move(names)), values_(std::move(values)) {}

  std::size_t size() const noexcept { return values_.size(); }
  const std::vector<std::string>& names() const noexcept { return names_; }
  const std::vector<Value>& values() const noexcept { return values_; }
  const Value& operator[](std::size_t index) const { return values_.at(index); }
  /// Throws: UsageError for an unknown column name.
  const Value& at(std::string_view name) const;
  bool operator==(const Record&) const = default;

 private:
  std::vector<std::string> names_;
  std::vector<Value> values_;
};

namespace detail {

/// How rows of one result become T. Made once a result, then called for each row.
template <class T>
class RowReader {
 public:
  /// Throws: DataError or UsageError when the result's columns cannot be a T.
  void start(std::span<const Column> columns) {
    columns_ = columns;
    if constexpr (CellReadable<T>) {
      if (columns.size() != 1) raise_column_count(1, columns.size());
    } else if constexpr (is_tuple<T>) {
      if (columns.size() != std::tuple_size_v<T>) {
        raise_column_count(std::tuple_size_v<T>, columns.size());
      }
    } else if constexpr (Struct<T>) {
      start_struct(columns);
    }
  }

  T read(const Cell* cells) const {
    std::size_t index = 0;  // The column being read, for the error.
    try {
      if constexpr (std::same_as<T, Record>) {
        Row row;
        row.reset(cells, columns_);
        return row.record();
      } else if constexpr (CellReadable<T>) {
        return read_cell<T>(cells[0]);
      } else if constexpr (is_tuple<T>) {
        return read_tuple(cells, index, std::make_index_sequence<std::tuple_size_v<T>>());
      } else {
        return read_struct(cells, index, std::make_index_sequence<boost::pfr::tuple_size_v<T>>());
      }
    } catch (const std::exception&) {
      raise_in_column(columns_, index);
    }
  }

 private:
  static constexpr bool by_name = NamesColumns<T>;
  static constexpr std::size_t fields() {
    if constexpr (Struct<T>) {
      return boost::pfr::tuple_size_v<T>;
    } else {
      return 0;
    }
  }

  void start_struct(std::span<const Column> columns) {
    if constexpr (by_name) {
      static_assert(std::size(T::columns) == fields(), "iacdb: one column name for each field");
      for (std::size_t i = 0; i < fields(); ++i) map_[i] = find_column(columns, T::columns[i]);
    } else if (columns.size() != fields()) {
      raise_column_count(fields(), columns.size());
    }
  }

  template <class Field>
  Field read_at(const Cell* cells, std::size_t& index, std::size_t position) const {
    static_assert(!std::is_array_v<Field>, "iacdb: a C array cannot be a field; use std::array");
    index = position;
    return read_cell<Field>(cells[position]);
  }
  template <std::size_t... I>
  T read_tuple(const Cell* cells, std::size_t& index, std::index_sequence<I...>) const {
    return T{read_at<std::tuple_element_t<I, T>>(cells, index, I)...};
  }
  template <std::size_t... I>
  T read_struct(const Cell* cells, std::size_t& index, std::index_sequence<I...>) const {
    if constexpr (by_name) {
      return T{read_at<boost::pfr::tuple_element_t<I, T>>(cells, index, map_[I])...};
    } else {
      return T{read_at<boost::pfr::tuple_element_t<I, T>>(cells, index, I)...};
    }
  }

  std::span<const Column> columns_;
  [[no_unique_address]] std::array<std::size_t, by_name ? fields() : 0> map_{};
};

/// True when T owns everything it holds, so that it may outlive the row.
template <class T>
consteval bool owns_its_data() {
  if constexpr (std::same_as<T, Row>) {
    return false;
  } else if constexpr (is_tuple<T>) {
    return []<class... Ts>(std::type_identity<std::tuple<Ts...>>) {
      return (!is_view<Ts> && ...);
    }(std::type_identity<T>());
  } else if constexpr (Struct<T> && !std::same_as<T, Record>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (!is_view<boost::pfr::tuple_element_t<I, T>> && ...);
    }
    (std::make_index_sequence<boost::pfr::tuple_size_v<T>>());
  } else {
    return !is_view<T>;
  }
}

}  // namespace detail
}  // namespace iacdb
