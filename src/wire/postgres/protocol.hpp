#pragma once
// The vocabulary of the PostgreSQL frontend/backend protocol, version 3.
//
//   if (message.type == backend::data_row) ...
//
// See: PostgreSQL 15 documentation, 55.7 "Message Formats".

#include <cstdint>

namespace iacdb::wire::postgres {

inline constexpr std::int32_t protocol_version = 3 << 16;  // 3.0
inline constexpr std::int32_t cancel_request_code = (1234 << 16) | 5678;
inline constexpr std::int32_t ssl_request_code = (1234 << 16) | 5679;
inline constexpr std::int32_t gssenc_request_code = (1234 << 16) | 5680;

/// First byte of what a server sends.
namespace backend {
inline constexpr char authentication = 'R';
inline constexpr char backend_key_data = 'K';
inline constexpr char bind_complete = '2';
inline constexpr char close_complete = '3';
inline constexpr char command_complete = 'C';
inline constexpr char copy_data = 'd';
inline constexpr char copy_done = 'c';
inline constexpr char copy_in_response = 'G';
inline constexpr char copy_out_response = 'H';
inline constexpr char copy_both_response = 'W';
inline constexpr char data_row = 'D';
inline constexpr char empty_query_response = 'I';
inline constexpr char error_response = 'E';
inline constexpr char function_call_response = 'V';
inline constexpr char negotiate_protocol_version = 'v';
inline constexpr char no_data = 'n';
inline constexpr char notice_response = 'N';
inline constexpr char notification_response = 'A';
inline constexpr char parameter_description = 't';
inline constexpr char parameter_status = 'S';
inline constexpr char parse_complete = '1';
inline constexpr char portal_suspended = 's';
inline constexpr char ready_for_query = 'Z';
inline constexpr char row_description = 'T';
}  // namespace backend

/// First byte of what a client sends. Startup, SSLRequest and CancelRequest have none.
namespace frontend {
inline constexpr char bind = 'B';
inline constexpr char close = 'C';
inline constexpr char copy_data = 'd';
inline constexpr char copy_done = 'c';
inline constexpr char copy_fail = 'f';
inline constexpr char describe = 'D';
inline constexpr char execute = 'E';
inline constexpr char flush = 'H';
inline constexpr char function_call = 'F';
inline constexpr char parse = 'P';
inline constexpr char password = 'p';  ///< Also SASL initial response and response.
inline constexpr char query = 'Q';
inline constexpr char sync = 'S';
inline constexpr char terminate = 'X';
}  // namespace frontend

/// How a parameter or column is written.
enum class Format : std::int16_t { text = 0, binary = 1 };

/// What Describe and Close name.
enum class Target : char { statement = 'S', portal = 'P' };

/// The answer to SSLRequest is this one byte, outside the framing.
enum class SslAnswer : char { accepted = 'S', refused = 'N' };

/// What ReadyForQuery reports.
enum class TransactionStatus : char { idle = 'I', active = 'T', failed = 'E' };

}  // namespace iacdb::wire::postgres
