#pragma once
// Parameters: Cells as the server's own types, in a Bind message.
//
//   check_count(statement, cells);
//   encode_bind(out, statement, cells, scratch);
//
// The parameter types are those the server described. A cell that has an exact binary form of that
// type is sent so; any other is sent as text, which the server then reads as psql would. Integers
// are checked against the type's range, so that nothing is altered.
// Throws: DataError, also for text that is not UTF-8 or holds a zero byte; UsageError.
// Cost: nothing allocated once `scratch` has grown.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "iacdb/cell.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::backends::postgres {

/// A parameter whose bytes follow `offset` in the buffer, from its source.
struct StreamSlot {
  std::size_t offset = 0;
  ByteSource* source = nullptr;
  std::uint64_t size_bytes = 0;
};

struct BindScratch {
  std::vector<wire::postgres::Format> formats;
  std::vector<StreamSlot> streams;
};

/// What a Bind needs to know of a prepared statement.
struct BindTarget {
  std::string_view name;
  std::span<const std::uint32_t> parameter_oids;
  std::span<const wire::postgres::Format> result_formats;
};

/// The streams' bytes are counted in the message's length, but not in the buffer.
void encode_bind(base::Buffer& out, const BindTarget& target, std::span<const Cell> cells,
                 BindScratch& scratch);

/// True when `cell` has a binary form in this type; encode_binary() may still find it out of range.
bool has_binary_form(std::uint32_t type_oid, const Cell& cell) noexcept;
/// Appends length and value. `index` counts from 1, for the error.
void encode_binary(base::Buffer& out, std::uint32_t type_oid, const Cell& cell, std::size_t index);
/// Appends length and text form.
void encode_as_text(base::Buffer& out, std::uint32_t type_oid, const Cell& cell, std::size_t index);

/// Throws: DataError unless `text` is UTF-8 without zero bytes.
void check_text(std::string_view text, std::size_t index);

}  // namespace iacdb::backends::postgres
