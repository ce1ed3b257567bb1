#pragma once
// What a server sends, appended to a buffer: for scripted servers and for the gateway.
//
//   encode_row_description(out, fields);
//   RowEncoder row(out, 2);
//   row.value(std::int32_t{7});
//   row.null();
//   row.finish();
//   encode_command_complete(out, "SELECT 1");
//   encode_ready_for_query(out, TransactionStatus::idle);
//
// ErrorResponse and NoticeResponse are encode_notice() of notice.hpp. CopyData and CopyDone are
// those of frontend_encode.hpp: both sides write them alike.
// Throws: Error of kind data for a zero byte in a text or a message over 1 GiB; the message begun
// is then taken back.
// See: PostgreSQL 15 documentation, 55.7.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/binary_number.hpp"
#include "wire/postgres/message_writer.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::wire::postgres {

/// Any Authentication message. `data`: MD5 salt, SASL words; for sasl see the next function.
void encode_authentication(base::Buffer& out, AuthenticationCode code, base::Bytes data = {});
void encode_authentication_sasl(base::Buffer& out, std::span<const std::string_view> mechanisms);
void encode_parameter_status(base::Buffer& out, std::string_view name, std::string_view value);
void encode_backend_key_data(base::Buffer& out, std::int32_t process_id, base::Bytes secret_key);
void encode_ready_for_query(base::Buffer& out, TransactionStatus status);
void encode_negotiate_protocol_version(base::Buffer& out, std::int32_t newest_minor,
                                       std::span<const std::string_view> unknown_options);

void encode_row_description(base::Buffer& out, std::span<const FieldDescription> fields);
void encode_parameter_description(base::Buffer& out, std::span<const std::uint32_t> type_oids);
void encode_command_complete(base::Buffer& out, std::string_view tag);
void encode_notification(base::Buffer& out, const Notification& notification);
/// `type` is one of backend::copy_in_response, copy_out_response and copy_both_response.
void encode_copy_response(base::Buffer& out, char type, Format format,
                          std::span<const Format> column_formats);
/// Messages without a body: backend::parse_complete, bind_complete, close_complete, no_data,
/// portal_suspended, empty_query_response.
void encode_bodyless(base::Buffer& out, char type);

/// Builds one DataRow: the constructor, each column in order, finish().
class RowEncoder {
 public:
  RowEncoder(base::Buffer& out, std::uint16_t columns)
      : out_(out), message_(out, backend::data_row, 2) {
    out.append_be(columns);
  }

  void null() { put_null(out_.extend(4)); }
  template <base::Scalar T>
  void value(T number) {
    put_field(out_.extend(4 + sizeof(T)), number);
  }
  void value(base::Bytes bytes) { put_field(out_.extend(4 + bytes.size()), bytes); }
  void value(std::string_view text) { value(base::as_bytes(text)); }
  /// Room for a column of `size` bytes, its length already written.
  std::byte* begin_value(std::size_t size) {
    return base::put_be(out_.extend(4 + size), static_cast<std::int32_t>(size));
  }
  void finish() { message_.finish(); }

 private:
  base::Buffer& out_;
  MessageWriter message_;
};

}  // namespace iacdb::wire::postgres
