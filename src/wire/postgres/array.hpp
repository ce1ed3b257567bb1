#pragma once
// Binary arrays: n dimensions, a lower bound each, elements row by row, NULLs among them.
//
//   ArrayReader array(field);
//   for (std::size_t i = 0; i < array.size(); ++i) use(array.next());
//   array.finish();
//
//   const std::uint32_t dimensions[] = {2};
//   ArrayEncoder out_array(out, oid::int4, dimensions);
//   out_array.value(std::int32_t{1});
//   out_array.null();
//
// Throws: raise_malformed; raise_data for more than PostgreSQL's 6 dimensions.
// Lifetime: elements are views into the field.
// See: PostgreSQL 15 sources, arrayfuncs.c (array_send, array_recv).

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "wire/postgres/binary_number.hpp"
#include "wire/postgres/data_row.hpp"

namespace iacdb::wire::postgres {

inline constexpr std::size_t dimensions_max = 6;  // MAXDIM

struct ArrayDimension {
  std::uint32_t size = 0;
  std::int32_t lower_bound = 1;
};

class ArrayReader : public FieldCursor {
 public:
  explicit ArrayReader(Field field);

  std::uint32_t element_oid() const noexcept { return element_oid_; }
  /// Empty for the empty array.
  std::span<const ArrayDimension> dimensions() const noexcept {
    return {dimensions_.data(), dimensions_count_};
  }
  /// Elements in all dimensions together: how often next() may be called.
  std::size_t size() const noexcept { return size_; }

 private:
  std::array<ArrayDimension, dimensions_max> dimensions_{};
  std::size_t dimensions_count_ = 0;
  std::size_t size_ = 0;
  std::uint32_t element_oid_ = 0;
};

/// Appends the value of an array, without its length. Lower bounds are 1. The caller then adds as
/// many elements as the dimensions say.
class ArrayEncoder {
 public:
  ArrayEncoder(base::Buffer& out, std::uint32_t element_oid,
               std::span<const std::uint32_t> dimensions);

  void null() {
    out_.patch_be(start_ + 4, std::int32_t{1});
    out_.append_be(std::int32_t{-1});
  }
  template <class T>
  requires(base::Scalar<T>) void value(T number) { put_field(out_.extend(4 + sizeof(T)), number); }
  void value(base::Bytes bytes) { put_field(out_.extend(4 + bytes.size()), bytes); }
  void value(std::string_view text) { value(base::as_bytes(text)); }
  /// Room for an element of `size` bytes, its length already written.
  std::byte* begin_value(std::size_t size) {
    return base::put_be(out_.extend(4 + size), static_cast<std::int32_t>(size));
  }
  /// For elements of unknown size: append to the buffer, then close_value(mark).
  std::size_t open_value() { return out_.append_be(std::int32_t{0}); }
  void close_value(std::size_t mark) {
    out_.patch_be(mark, static_cast<std::int32_t>(out_.size() - mark - 4));
  }

 private:
  base::Buffer& out_;
  std::size_t start_;
};

}  // namespace iacdb::wire::postgres
