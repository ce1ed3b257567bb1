#pragma once
// Framing: cuts a byte stream into messages without copying.
//
//   while (Message message = next_message(input)) {
//     handle(message.type, message.body);
//     input = input.subspan(message.size_bytes);
//   }
//   read_more(next_message(input).size_bytes);   // what the incomplete message needs in all
//
// Throws: raise_malformed on lengths no peer may send, raise_too_large above the limit.
// Lifetime: a body is a view into the input.
// Limits: `body_bytes_max`; messages that are always short are held to 30,000 bytes by type, as in
// libpq, so that a stream that lost its step is noticed and not awaited.
// See: PostgreSQL 15 documentation, 55.2 and 55.7.

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "wire/postgres/malformed.hpp"

namespace iacdb::wire::postgres {

using base::Buffer;
using base::Bytes;

inline constexpr std::size_t header_bytes = 5;                       // type and length
inline constexpr std::uint32_t body_bytes_max_default = 0x3fffffff;  // PostgreSQL's own: 1 GiB
inline constexpr std::uint32_t short_body_bytes_max = 30000;
inline constexpr std::uint32_t startup_bytes_max = 10000;  // PostgreSQL's MAX_STARTUP_PACKET_LENGTH

/// One message of the stream, or the news that it is not whole yet.
struct Message {
  char type = 0;               ///< 0 when more input is needed.
  Bytes body;                  ///< Without type and length.
  std::size_t size_bytes = 0;  ///< The whole message; when incomplete, what it needs at least.

  explicit operator bool() const noexcept { return type != 0; }
};

/// Which side sent the stream.
enum class Sender : std::uint8_t { backend, frontend };

namespace framing_detail {
/// Cold: judges a length above short_body_bytes_max.
[[gnu::cold]] void check_long(char type, std::uint32_t body_bytes, std::uint32_t body_bytes_max,
                              Sender sender);
[[noreturn, gnu::cold]] void raise_bad_length();
[[noreturn, gnu::cold]] void raise_bad_type();
}  // namespace framing_detail

/// Cuts the first message off `input`.
inline Message next_message(Bytes input, std::uint32_t body_bytes_max = body_bytes_max_default,
                            Sender sender = Sender::backend) {
  if (input.size() < header_bytes) [[unlikely]]
    return {0, {}, header_bytes};
  const char type = static_cast<char>(input[0]);
  const std::uint32_t body_bytes = base::load_be<std::uint32_t>(input.data() + 1) - 4;
  if (body_bytes > short_body_bytes_max || body_bytes > body_bytes_max) [[unlikely]]
    framing_detail::check_long(type, body_bytes, body_bytes_max, sender);
  if (type == 0) [[unlikely]]
    framing_detail::raise_bad_type();
  const std::size_t size = header_bytes + body_bytes;
  if (input.size() < size) [[unlikely]]
    return {0, {}, size};
  return {type, input.subspan(header_bytes, body_bytes), size};
}

/// Cuts a client's first packet, which has a length but no type. On success type is 'i' (none).
Message next_startup(Bytes input, std::uint32_t bytes_max = startup_bytes_max);

}  // namespace iacdb::wire::postgres
