#include "wire/postgres/array.hpp"

#include "wire/postgres/body_reader.hpp"

namespace iacdb::wire::postgres {

ArrayReader::ArrayReader(Field field) {
  BodyReader in(field.bytes(), "array");
  const auto count = in.be<std::uint32_t>();
  const auto flags = in.be<std::uint32_t>();
  element_oid_ = in.be<std::uint32_t>();
  if (count > dimensions_max || flags > 1) in.fail();
  dimensions_count_ = count;
  std::size_t size = count == 0 ? 0 : 1;
  for (std::size_t i = 0; i < count; ++i) {
    dimensions_[i].size = in.be<std::uint32_t>();
    dimensions_[i].lower_bound = in.be<std::int32_t>();
    // An element takes four bytes at least, so an honest product is small and cannot overflow.
    if (dimensions_[i].size > field.size) in.fail();
    size *= dimensions_[i].size;
    if (size > field.size) in.fail();
  }
  if (size > in.remaining() / 4) in.fail();
  size_ = size;
  static_cast<FieldCursor&>(*this) = FieldCursor(in.rest());
}

ArrayEncoder::ArrayEncoder(base::Buffer& out, std::uint32_t element_oid,
                           std::span<const std::uint32_t> dimensions)
    : out_(out), start_(out.size()) {
  if (dimensions.size() > dimensions_max)
    raise_data("an array has more than PostgreSQL's 6 dimensions");
  std::byte* to = out.extend(12 + 8 * dimensions.size());
  to = base::put_be(to, static_cast<std::uint32_t>(dimensions.size()));
  to = base::put_be(to, std::uint32_t{0});  // null() sets the flag
  to = base::put_be(to, element_oid);
  for (const std::uint32_t size : dimensions) {
    to = base::put_be(to, size);
    to = base::put_be(to, std::int32_t{1});
  }
}

}  // namespace iacdb::wire::postgres
