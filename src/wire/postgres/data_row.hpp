#pragma once
// The columns of a DataRow (or of one binary COPY tuple), walked in place: the hottest loop of all.
//
//   DescribedRow row(message.body, columns_count);    // as many columns as the RowDescription says
//   for (unsigned i = 0; i < columns_count; ++i) {
//     const Field field = row.next();
//     if (!field.is_null()) id = decode_int4(field);
//   }
//   row.finish();
//
// DataRow is the same for rows of a number of columns that nobody told before.
// Cost: DescribedRow six to eight instructions a column, DataRow twice that; nothing is allocated
// or copied.
// Throws: raise_malformed when a length is negative or leaves the body.
// Lifetime: fields are views into the body.
// See: PostgreSQL 15 documentation, 55.7, DataRow.

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace iacdb::wire::postgres {

/// One column's bytes, or NULL.
struct Field {
  const std::byte* data = nullptr;  ///< nullptr is NULL; an empty value has an address.
  std::uint32_t size = 0;

  bool is_null() const noexcept { return data == nullptr; }
  base::Bytes bytes() const noexcept { return {data, size}; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data), size}; }
};

namespace data_row_detail {
[[noreturn, gnu::cold]] void raise_bad_row();
}

/// Fields one behind the other, each after its length: rows, COPY tuples and array elements.
class FieldCursor {
 public:
  FieldCursor() = default;
  explicit FieldCursor(base::Bytes fields) noexcept
      : at_(fields.data()), end_(fields.data() + fields.size()) {}

  /// The next field. Asking for more than there are throws as malformed.
  Field next() {
    if (end_ - at_ < 4) [[unlikely]]
      data_row_detail::raise_bad_row();
    const std::byte* const value = at_ + 4;
    const auto size = base::load_be<std::uint32_t>(at_);
    if (size > static_cast<std::size_t>(end_ - value)) [[unlikely]] {
      if (size != null_size) data_row_detail::raise_bad_row();
      at_ = value;
      return {};
    }
    at_ = value + size;
    return {value, size};
  }

  /// Nothing may follow the last field.
  void finish() const {
    if (at_ != end_) [[unlikely]]
      data_row_detail::raise_bad_row();
  }

  static constexpr std::uint32_t null_size = 0xffffffff;  // -1

 private:
  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
};

/// A row whose number of columns the caller tells.
class DataRow : public FieldCursor {
 public:
  explicit DataRow(base::Bytes body) {
    if (body.size() < 2) [[unlikely]]
      data_row_detail::raise_bad_row();
    columns_ = base::load_be<std::uint16_t>(body.data());
    static_cast<FieldCursor&>(*this) = FieldCursor(body.subspan(2));
  }

  /// How many columns the row says it has.
  std::uint16_t size() const noexcept { return columns_; }

 private:
  std::uint16_t columns_ = 0;
};

/// A row of exactly `columns` columns: the fast one. The lengths' own room is checked at once, then
/// each value only against what is left for values.
class DescribedRow {
 public:
  DescribedRow(base::Bytes body, std::uint16_t columns) {
    const std::size_t lengths = 2 + 4 * std::size_t{columns};
    if (body.size() < lengths || base::load_be<std::uint16_t>(body.data()) != columns) [[unlikely]]
      data_row_detail::raise_bad_row();
    at_ = body.data() + 2;
    values_left_ = body.size() - lengths;
  }

  /// The next column. Call it `columns` times at most; that is not checked.
  Field next() {
    const auto size = base::load_be<std::uint32_t>(at_);
    at_ += 4;
    if (size > values_left_) [[unlikely]] {
      if (size != FieldCursor::null_size) data_row_detail::raise_bad_row();
      return {};
    }
    const std::byte* const value = at_;
    values_left_ -= size;
    at_ += size;
    return {value, size};
  }

  /// After the last column: nothing may follow it.
  void finish() const {
    if (values_left_ != 0) [[unlikely]]
      data_row_detail::raise_bad_row();
  }

 private:
  const std::byte* at_ = nullptr;
  std::size_t values_left_ = 0;
};

}  // namespace iacdb::wire::postgres
