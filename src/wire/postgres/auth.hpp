#pragma once
// The client's side of authentication, as a state machine that does no I/O.
//
//   Authenticator auth({.user = "app", .password = secret, .channel_binding =
//   ChannelBinding::prefer,
//                       .tls = true, .server_end_point = hash_of_certificate});
//   while (!auth.done()) {
//     auth.step(decode_authentication(next().body), out);   // each message of type 'R'
//     if (!out.empty()) send(out), out.wipe();
//   }
//
// An ErrorResponse in between is the caller's to read. Trust, cleartext, MD5, SCRAM-SHA-256 and
// SCRAM-SHA-256-PLUS are spoken; GSSAPI, SSPI, Kerberos and SCM credentials are refused by name.
// Throws: Error of kind authentication (refused, not offered, or the server failed to prove
// itself), with breaks_connection; raise_malformed for messages out of order.
// Lifetime: copies what it is given; secrets are wiped by the destructor.
// See: PostgreSQL 15 documentation, 55.3 "SASL Authentication" and 34.1 channel_binding; RFC 5802.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/backend_decode.hpp"

namespace iacdb::wire::postgres {

/// As libpq: prefer uses it where TLS and the server allow; require accepts nothing less.
enum class ChannelBinding : std::uint8_t { disable, prefer, require };

struct AuthenticatorOptions {
  std::string_view user = {};
  std::string_view password = {};  ///< Empty: none is known; being asked for one is then an error.
  ChannelBinding channel_binding = ChannelBinding::prefer;
  bool tls = false;
  base::Bytes server_end_point = {};  ///< tls-server-end-point (RFC 5929); empty: not available.
  std::uint32_t iterations_max = 1'000'000;  ///< A server asking for more only burns our CPU.
  std::string_view nonce = {};               ///< Tests only; empty draws 18 random bytes.
};

class Authenticator {
 public:
  explicit Authenticator(const AuthenticatorOptions& options);
  Authenticator(Authenticator&&) noexcept;
  Authenticator& operator=(Authenticator&&) noexcept;
  ~Authenticator();

  /// Takes one Authentication message and appends the answer, if one is due.
  void step(const Authentication& message, base::Buffer& out);
  /// AuthenticationOk has come, and everything required before it.
  bool done() const noexcept;
  /// How it went, for logs: "trust", "password", "md5", "scram-sha-256" or "scram-sha-256-plus".
  std::string_view method() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace iacdb::wire::postgres
