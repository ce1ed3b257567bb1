#include <charconv>

#include "wire/postgres/saslprep.hpp"
#include "wire/postgres/scram.hpp"
#include "wire/postgres/scram_text.hpp"

namespace iacdb::wire::postgres {
namespace {

/// RFC 5802: a comma or an equals sign in a name would end it.
std::string escape_name(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '=') {
      escaped += "=3D";
    } else if (c == ',') {
      escaped += "=2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string header_of(ScramBinding binding) {
  if (binding == ScramBinding::end_point) return "p=tls-server-end-point,,";
  return std::string(1, static_cast<char>(binding)) + ",,";
}

std::uint32_t iterations_of(std::string_view text, std::uint32_t iterations_max) {
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || value == 0) {
    raise_authentication("malformed SCRAM iteration count from the server");
  }
  if (value > iterations_max) {
    raise_authentication(
        "the server asks for more SCRAM iterations than the limit; raise iterations_max if the "
        "server is trusted");
  }
  return value;
}

}  // namespace

ScramClient::ScramClient(const ScramClientOptions& options)
    : password_(prepare_password(options.password)),
      gs2_header_(header_of(options.binding)),
      nonce_(options.nonce.empty() ? random_base64(18) : std::string(options.nonce)),
      iterations_max_(options.iterations_max) {
  if (options.binding == ScramBinding::end_point)
    binding_data_ = base::as_text(options.server_end_point);
  first_bare_ = "n=" + escape_name(options.user) + ",r=" + nonce_;
}

ScramClient::~ScramClient() {
  OPENSSL_cleanse(server_signature_.data(), server_signature_.size());
}

std::string ScramClient::first() const {
  return gs2_header_ + first_bare_;
}

std::string ScramClient::final(std::string_view server_first) {
  ScramText in(server_first);
  const auto nonce = in.take('r');  // an unknown mandatory extension, 'm', fails here
  if (nonce.size() <= nonce_.size() || nonce.substr(0, nonce_.size()) != nonce_) {
    raise_authentication("the server changed the SCRAM nonce; somebody may stand in between");
  }
  const auto salt = base64_decode(in.take('s'));
  if (!salt || salt->empty()) raise_authentication("malformed SCRAM salt from the server");
  const auto iterations = iterations_of(in.take('i'), iterations_max_);

  const auto binding = base64_encode(base::as_bytes(gs2_header_ + binding_data_));
  const auto without_proof = "c=" + binding + ",r=" + std::string(nonce);
  const auto transcript = first_bare_ + "," + std::string(server_first) + "," + without_proof;

  Digest salted = pbkdf2_sha256(view(password_), base::as_bytes(*salt), iterations);
  Digest client_key = hmac_sha256(salted, "Client Key");
  Digest server_key = hmac_sha256(salted, "Server Key");
  const Digest signature = hmac_sha256(sha256(client_key), transcript);
  const Digest proof = exclusive_or(client_key, signature);
  server_signature_ = hmac_sha256(server_key, transcript);
  for (Digest* key : {&salted, &client_key, &server_key}) OPENSSL_cleanse(key->data(), key->size());
  return without_proof + ",p=" + base64_encode(proof);
}

void ScramClient::verify(std::string_view server_final) {
  ScramText in(server_final);
  if (in.starts_with('e')) {
    raise_authentication("the server refused the SCRAM proof; check user and password");
  }
  const auto signature = base64_decode(in.take('v'));
  if (!signature || !equal_secret(base::as_bytes(*signature), server_signature_)) {
    raise_authentication(
        "the server could not prove that it knows the password; it may not be the server meant");
  }
}

}  // namespace iacdb::wire::postgres
