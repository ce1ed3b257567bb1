#pragma once
// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, both sides, as exchanges of texts.
//
//   ScramClient client({.password = secret});
//   send(client.first());
//   send(client.final(receive()));
//   client.verify(receive());            // throws unless the server knows the password too
//
// Throws: Error of kind authentication: proof wrong, downgrade seen, nonce changed, limits passed,
// words that are not SCRAM. The message never quotes what the peer sent.
// Lifetime: copies what it is given; keys are wiped.
// See: RFC 5802, RFC 7677; PostgreSQL 15 documentation, 55.3.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/digest.hpp"
#include "wire/postgres/secret_text.hpp"

namespace iacdb::wire::postgres {

inline constexpr std::string_view scram_sha_256 = "SCRAM-SHA-256";
inline constexpr std::string_view scram_sha_256_plus = "SCRAM-SHA-256-PLUS";

/// The first letter of what a client says about channel binding.
enum class ScramBinding : char {
  unsupported = 'n',  ///< The client cannot, or will not.
  unoffered = 'y',    ///< The client could, but the server did not offer it: detects a downgrade.
  end_point = 'p',    ///< Bound to the server's certificate.
};

struct ScramClientOptions {
  std::string_view user = {};      ///< PostgreSQL takes it from the startup packet: leave it empty.
  std::string_view password = {};  ///< As typed; SASLprep is applied here.
  ScramBinding binding = ScramBinding::unsupported;
  base::Bytes server_end_point = {};  ///< For end_point.
  std::uint32_t iterations_max = 1'000'000;
  std::string_view nonce = {};  ///< Tests only.
};

class ScramClient {
 public:
  explicit ScramClient(const ScramClientOptions& options);
  ScramClient(ScramClient&&) = default;
  ScramClient& operator=(ScramClient&&) = default;
  ~ScramClient();

  std::string first() const;
  std::string final(std::string_view server_first);
  void verify(std::string_view server_final);

 private:
  SecretText password_;
  std::string gs2_header_;
  std::string binding_data_;
  std::string first_bare_;
  std::string nonce_;
  std::uint32_t iterations_max_;
  Digest server_signature_{};
};

/// What a server keeps instead of the password; prints as pg_authid.rolpassword does.
struct ScramVerifier {
  std::uint32_t iterations = 4096;
  std::string salt;  ///< Raw bytes.
  Digest stored_key{};
  Digest server_key{};

  static ScramVerifier derive(std::string_view password, std::string_view salt,
                              std::uint32_t iterations = 4096);
  /// "SCRAM-SHA-256$4096:salt$stored:server"; kind data when it is not that.
  static ScramVerifier parse(std::string_view text);
  std::string print() const;
};

struct ScramServerOptions {
  bool plus_offered = false;          ///< The list of mechanisms held SCRAM-SHA-256-PLUS.
  bool plus_chosen = false;           ///< The client picked it.
  base::Bytes server_end_point = {};  ///< Of our own certificate; needed when offered.
  std::string_view nonce = {};        ///< Tests only.
};

class ScramServer {
 public:
  ScramServer(const ScramVerifier& verifier, const ScramServerOptions& options);
  ScramServer(ScramServer&&) = default;
  ScramServer& operator=(ScramServer&&) = default;
  ~ScramServer();

  std::string first(std::string_view client_first);
  /// Checks the client's proof and answers the server's own.
  std::string final(std::string_view client_final);

 private:
  void check_binding(std::string_view gs2_header) const;

  ScramVerifier verifier_;
  bool plus_offered_;
  bool plus_chosen_;
  std::string end_point_;
  std::string nonce_;
  std::string gs2_header_;
  std::string transcript_;  ///< client-first-bare "," server-first
};

}  // namespace iacdb::wire::postgres
