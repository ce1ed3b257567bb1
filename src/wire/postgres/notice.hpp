#pragma once
// ErrorResponse and NoticeResponse: the fields a server tells of a failure, parsed and built.
//
//   Notice notice = decode_notice(message.body);
//   if (notice.code == "23505") ...
//
// Throws: raise_malformed. Lifetime: views into the body.
// See: PostgreSQL 15 documentation, 55.8 "Error and Notice Message Fields".

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace iacdb::wire::postgres {

/// Everything is untrusted text of the server; message and detail may quote data.
struct Notice {
  std::string_view severity;            ///< V: ERROR, FATAL, PANIC, WARNING ..., never translated.
  std::string_view severity_localized;  ///< S: as the server's language has it.
  std::string_view code;                ///< C: SQLSTATE, five characters.
  std::string_view message;             ///< M
  std::string_view detail;              ///< D
  std::string_view hint;                ///< H
  std::string_view context;             ///< W: the call stack of server functions.
  std::string_view schema;              ///< s
  std::string_view table;               ///< t
  std::string_view column;              ///< c
  std::string_view data_type;           ///< d
  std::string_view constraint;          ///< n
  std::string_view internal_query;      ///< q
  std::string_view file;                ///< F: of the server's source
  std::string_view line;                ///< L
  std::string_view routine;             ///< R
  std::int32_t position = 0;            ///< P: character of the statement from 1; 0 is unknown.
  std::int32_t internal_position = 0;   ///< p: the same, in internal_query.

  /// The server ends the connection after this.
  bool is_fatal() const noexcept {
    const auto word = severity.empty() ? severity_localized : severity;
    return word == "FATAL" || word == "PANIC";
  }
};

/// Reads the body of either message. Unknown fields are skipped, as the protocol demands.
Notice decode_notice(base::Bytes body);

/// Appends an ErrorResponse ('E') or NoticeResponse ('N') with every field that is not empty.
void encode_notice(base::Buffer& out, char type, const Notice& notice);

}  // namespace iacdb::wire::postgres
