#pragma once
// $convert to and from binary data, as MongoDB 8 has it: texts by a format, numbers by their bytes.

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// What $convert is told beside its input.
struct BinaryConversion {
  Type to = Type::string;
  std::uint8_t subtype = 0;  ///< Of the binary data that is made.
  std::string format{};      ///< "" where none is given.
  bool big_endian = false;
};

/// One of the two is binary data. Throws: Failure 241 for what cannot be converted.
Value convert_binary(const Value& input, const BinaryConversion& how);
/// Throws: Failure for a name that is no format.
void check_binary_format(const std::string& format);

}  // namespace iacdb::doc
