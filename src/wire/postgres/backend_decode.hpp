#pragma once
// What a server sends, read by the client side; the body of each message type as a struct.
//
//   case backend::parameter_status: settings.note(decode_parameter_status(message.body)); break;
//
// DataRow is in data_row.hpp, ErrorResponse and NoticeResponse are in notice.hpp. ParseComplete,
// BindComplete, CloseComplete, NoData, PortalSuspended, EmptyQueryResponse and CopyDone have no
// body: decode_empty() checks that. CopyData's body is the data.
// Throws: raise_malformed. Lifetime: texts and bytes are views into the body.
// See: PostgreSQL 15 documentation, 55.7.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::wire::postgres {

/// The code inside an Authentication message.
enum class AuthenticationCode : std::int32_t {
  ok = 0,
  kerberos_v5 = 2,
  cleartext_password = 3,
  md5_password = 5,
  scm_credential = 6,
  gss = 7,
  gss_continue = 8,
  sspi = 9,
  sasl = 10,
  sasl_continue = 11,
  sasl_final = 12,
};

struct Authentication {
  AuthenticationCode code = AuthenticationCode::ok;
  base::Bytes data;  ///< MD5: four bytes of salt. SASL: list of mechanisms, or the server's words.
};
Authentication decode_authentication(base::Bytes body);
/// The mechanism names of an AuthenticationSASL.
std::vector<std::string_view> decode_sasl_mechanisms(base::Bytes data);

struct ParameterStatus {
  std::string_view name;
  std::string_view value;
};
ParameterStatus decode_parameter_status(base::Bytes body);

struct BackendKeyData {
  std::int32_t process_id = 0;
  base::Bytes secret_key;  ///< Four bytes in protocol 3.0. For encode_cancel_request.
};
BackendKeyData decode_backend_key_data(base::Bytes body);

TransactionStatus decode_ready_for_query(base::Bytes body);

struct FieldDescription {
  std::string_view name;
  std::uint32_t table_oid = 0;  ///< 0: not a column of a table.
  std::int16_t column_number = 0;
  std::uint32_t type_oid = 0;
  std::int16_t type_bytes = 0;  ///< Negative: variable.
  std::int32_t type_modifier = -1;
  Format format = Format::text;
};
/// Fills `fields`, whose memory is used again.
void decode_row_description(base::Bytes body, std::vector<FieldDescription>& fields);

/// The type OIDs of a prepared statement's parameters.
void decode_parameter_description(base::Bytes body, std::vector<std::uint32_t>& type_oids);

/// The command tag, for example "INSERT 0 5".
std::string_view decode_command_complete(base::Bytes body);
/// The row count a tag ends with; none for "CREATE TABLE" and the like.
std::optional<std::uint64_t> rows_of_tag(std::string_view tag) noexcept;

struct Notification {
  std::int32_t process_id = 0;
  std::string_view channel;
  std::string_view payload;
};
Notification decode_notification(base::Bytes body);

/// CopyInResponse, CopyOutResponse and CopyBothResponse.
struct CopyResponse {
  Format format = Format::text;
  std::vector<Format> column_formats;
};
CopyResponse decode_copy_response(base::Bytes body);

struct NegotiateProtocolVersion {
  std::int32_t newest_minor = 0;
  std::vector<std::string_view> unknown_options;
};
NegotiateProtocolVersion decode_negotiate_protocol_version(base::Bytes body);

void decode_empty(base::Bytes body);

}  // namespace iacdb::wire::postgres
