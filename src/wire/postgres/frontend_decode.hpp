#pragma once
// What a client sends, read by the server side: for scripted servers and for the gateway.
//
//   Message first = next_startup(input);
//   StartupPacket packet = decode_startup(first.body);
//   Message message = next_message(input, limit, Sender::frontend);
//   if (message.type == frontend::query) run(decode_query(message.body));
//
// Sync, Flush, Terminate and CopyDone have no body: decode_empty() of backend_decode.hpp.
// Throws: raise_malformed. Lifetime: texts and bytes are views into the body.
// See: PostgreSQL 15 documentation, 55.7.

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::wire::postgres {

/// A client's first packet: one of four requests told apart by its first number.
struct StartupPacket {
  enum class Kind : std::uint8_t { startup, cancel, ssl, gssenc };
  Kind kind = Kind::startup;
  std::int32_t version = 0;  ///< startup: major in the upper 16 bits, minor in the lower.
  std::vector<std::pair<std::string_view, std::string_view>> settings;  ///< startup
  std::int32_t process_id = 0;                                          ///< cancel
  base::Bytes secret_key;                                               ///< cancel

  /// The value of a setting; empty when it is missing.
  std::string_view setting(std::string_view name) const noexcept;
};
StartupPacket decode_startup(base::Bytes body);

/// Password, as cleartext or MD5 word.
std::string_view decode_password(base::Bytes body);

struct SaslInitial {
  std::string_view mechanism;
  std::optional<std::string_view> data;
};
SaslInitial decode_sasl_initial(base::Bytes body);
/// The body of a SASLResponse is its data.
inline std::string_view decode_sasl_response(base::Bytes body) noexcept {
  return base::as_text(body);
}

std::string_view decode_query(base::Bytes body);

struct Parse {
  std::string_view statement;
  std::string_view sql;
  std::vector<std::uint32_t> parameter_oids;
};
Parse decode_parse(base::Bytes body);

struct Bind {
  std::string_view portal;
  std::string_view statement;
  std::vector<Format> parameter_formats;  ///< None, one for all, or one for each.
  std::vector<Field> parameters;
  std::vector<Format> result_formats;

  Format format_of_parameter(std::size_t index) const noexcept;
};
Bind decode_bind(base::Bytes body);

/// Describe and Close.
struct TargetName {
  Target target = Target::statement;
  std::string_view name;
};
TargetName decode_target(base::Bytes body);

struct Execute {
  std::string_view portal;
  std::int32_t rows_max = 0;  ///< 0 or less: all.
};
Execute decode_execute(base::Bytes body);

std::string_view decode_copy_fail(base::Bytes body);

}  // namespace iacdb::wire::postgres
