#pragma once
// Binary numeric to and from decimal text, without loss in either direction.
//
//   std::string price = decode_numeric(field);              // "1234.50", "NaN", "-Infinity"
//   encode_numeric(out, "1234.50");                         // the value, without its length
//
// The wire has digits of base 10,000, a weight and the number of decimal places.
// Throws: raise_malformed; raise_data for text that is no number or beyond PostgreSQL's limits.
// Limits: 131,072 digits before and 16,383 after the decimal point.
// See: PostgreSQL 15 sources, numeric.c (numeric_send, numeric_recv); documentation, 8.1.2.

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/data_row.hpp"

namespace iacdb::wire::postgres {

/// How much room decode_numeric may need at `to`. Throws: raise_malformed.
std::size_t numeric_text_bytes_max(Field field);
/// Writes the text and answers the address behind it.
char* decode_numeric(Field field, char* to);
std::string decode_numeric(Field field);

/// Appends the value. Accepts [+-]digits[.digits][e[+-]digits], NaN, [+-]Infinity and inf.
void encode_numeric(base::Buffer& out, std::string_view text);

}  // namespace iacdb::wire::postgres
