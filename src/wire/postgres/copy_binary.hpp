#pragma once
// Binary COPY: the PGCOPY header, tuples and trailer, inside CopyData messages.
//
//   CopyEncoder copy(out);                       // COPY t FROM STDIN (FORMAT binary)
//   copy.begin();
//   std::byte* to = copy.begin_row(2, 8 + 4 + name.size());
//   to = put_field(put_field(to, id), name);
//   copy.end_row(to);
//   if (out.size() > chunk) { copy.cut(); send(out.view()); out.clear(); }
//   copy.end();                                  // trailer and CopyDone
//
// Reading, the server sends one tuple a CopyData message, in the layout of DataRow:
//
//   CopyDecoder copy;
//   if (auto row = copy.next(message.body)) use(row->next());   // none: header alone, or trailer
//
// Throws: raise_malformed; raise_data when a row passes the size of a message.
// Cost: a row costs its stores, one bounds check and one store of the column count.
// See: PostgreSQL 15 documentation, COPY, "Binary Format", and 55.2.6.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/binary_number.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/message_writer.hpp"

namespace iacdb::wire::postgres {

inline constexpr std::string_view copy_signature{"PGCOPY\n\377\r\n\0", 11};
inline constexpr std::uint16_t copy_trailer = 0xffff;  // -1 in place of a column count

/// Writes rows into one open CopyData message after the other. While a message is open, nothing
/// else may be appended to the buffer.
class CopyEncoder {
 public:
  explicit CopyEncoder(base::Buffer& out) noexcept : out_(out) {}
  CopyEncoder(const CopyEncoder&) = delete;
  CopyEncoder& operator=(const CopyEncoder&) = delete;

  /// The header. Called once, before the first row.
  void begin();
  /// Room for a row whose fields take `fields_bytes_max` with their lengths; write it with
  /// put_field() and its relatives.
  std::byte* begin_row(std::uint16_t columns, std::size_t fields_bytes_max) {
    if (message_at_ == closed) [[unlikely]]
      open_message();
    return base::put_be(out_.prepare(2 + fields_bytes_max), columns);
  }
  void end_row(const std::byte* end) noexcept { out_.commit_to(end); }
  /// The slower form: the column count now, then fields appended to the buffer by any means.
  void open_row(std::uint16_t columns) { end_row(begin_row(columns, 0)); }
  /// Ends the open CopyData message, so that the buffer can be sent and cleared.
  void cut();
  /// The trailer and CopyDone.
  void end();

 private:
  static constexpr std::size_t closed = static_cast<std::size_t>(-1);
  void open_message();

  base::Buffer& out_;
  std::size_t message_at_ = closed;
};

/// Reads what a server sends: whole tuples, the header in front of the first.
class CopyDecoder {
 public:
  /// The tuple in the body of one CopyData message; none where there is only header or trailer.
  std::optional<DataRow> next(base::Bytes body) {
    if (!started_) [[unlikely]]
      body = skip_header(body);
    if (body.empty()) [[unlikely]]
      return std::nullopt;
    DataRow row(body);
    if (row.size() == copy_trailer) [[unlikely]]
      return end_at(row);
    if (ended_) [[unlikely]]
      data_row_detail::raise_bad_row();
    return row;
  }
  /// The trailer has come.
  bool ended() const noexcept { return ended_; }

 private:
  base::Bytes skip_header(base::Bytes body);
  std::optional<DataRow> end_at(const DataRow& row);

  bool started_ = false;
  bool ended_ = false;
};

/// A tuple cut from a stream of any division (a client's CopyData, a file): size_bytes to advance.
struct CopyTuple {
  enum class State : std::uint8_t { need_more, tuple, trailer };
  State state = State::need_more;
  std::size_t size_bytes = 0;
  base::Bytes body;  ///< For DataRow.
};
CopyTuple next_copy_tuple(base::Bytes input);
/// Bytes of the header at the start of `input`; 0 when it is not whole yet.
std::size_t copy_header_bytes(base::Bytes input);
/// Appends the header alone: for files and for the server's side.
void append_copy_header(base::Buffer& out);

}  // namespace iacdb::wire::postgres
