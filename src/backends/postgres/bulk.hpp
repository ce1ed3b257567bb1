#pragma once
// BulkCopy: a bulk insert as one COPY, binary where every column's type allows it.
//
//   BulkCopy bulk(exchange, types, "copy t(a, b) from stdin (format binary)", call);
//   bulk.write(row); ...
//   bulk.finish();
//
// A COPY is atomic by itself. Cells of another type than the column's are converted where that
// loses nothing; otherwise they are a DataError. Columns without a binary form here make it a text
// COPY. Threads: one at a time. Cost: about 20 instructions a cell; one write each 64 KiB.

#include <cstdint>
#include <string>
#include <vector>

#include "backends/postgres/exchange.hpp"
#include "backends/postgres/natural.hpp"
#include "iacdb/result.hpp"
#include "wire/postgres/copy_binary.hpp"

namespace iacdb::backends::postgres {

/// Every cell that fits this type can be written in binary COPY.
bool is_copy_binary(std::uint32_t type_oid) noexcept;
/// Appends length and value in the type's binary form, converting where that is exact.
/// Throws: DataError.
void encode_converted(base::Buffer& out, std::uint32_t type_oid, const Cell& cell,
                      std::size_t index);
/// Appends the cell as one field of COPY's text format.
void encode_copy_text(base::Buffer& out, const Cell& cell, std::size_t index);

class BulkCopy final : public detail::BulkSink {
 public:
  BulkCopy(Exchange& exchange, std::vector<std::uint32_t> types, std::string sql,
           const driver::Call& call);
  ~BulkCopy() override;
  void write(std::span<const Cell> row) override;
  std::uint64_t finish() override;

 private:
  [[noreturn, gnu::cold]] void raise_width(std::size_t width) const;
  [[gnu::noinline]] void write_slow(std::span<const Cell> row);
  void write_converted(std::span<const Cell> row);
  void write_text(std::span<const Cell> row);
  void send_chunk();
  io::Wait wait() const noexcept { return wait_of(call_); }

  Exchange& exchange_;
  std::vector<std::uint32_t> types_;
  std::string sql_;
  driver::Call call_;
  bool binary_;
  bool in_transaction_;
  bool open_ = true;
  std::vector<NaturalSlot> slots_;  ///< The fast way of each column.
  std::size_t room_bytes_ = 0;      ///< What a row of short texts takes at most.
  wire::postgres::CopyEncoder copy_;
};

}  // namespace iacdb::backends::postgres
