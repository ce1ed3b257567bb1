#include <charconv>

#include "wire/postgres/malformed.hpp"
#include "wire/postgres/saslprep.hpp"
#include "wire/postgres/scram.hpp"
#include "wire/postgres/scram_text.hpp"

namespace iacdb::wire::postgres {
namespace {

[[noreturn]] void raise_malformed_client() {
  raise_authentication("malformed SCRAM message from the client");
}

/// The part of client-first in front of the second comma, with it.
std::string_view header_in(std::string_view client_first) {
  const auto first_comma = client_first.find(',');
  if (first_comma == std::string_view::npos) raise_malformed_client();
  const auto second_comma = client_first.find(',', first_comma + 1);
  if (second_comma == std::string_view::npos) raise_malformed_client();
  return client_first.substr(0, second_comma + 1);
}

Digest digest_of(std::string_view base64) {
  const auto data = base64_decode(base64);
  Digest digest{};
  if (!data || data->size() != digest.size()) raise_data("malformed SCRAM verifier");
  base::put_bytes(digest.data(), base::as_bytes(*data));
  return digest;
}

std::string_view cut(std::string_view& rest, char mark) {
  const auto at = rest.find(mark);
  if (at == std::string_view::npos) raise_data("malformed SCRAM verifier");
  const auto piece = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return piece;
}

}  // namespace

ScramVerifier ScramVerifier::derive(std::string_view password, std::string_view salt,
                                    std::uint32_t iterations) {
  const SecretText prepared = prepare_password(password);
  Digest salted = pbkdf2_sha256(view(prepared), base::as_bytes(salt), iterations);
  ScramVerifier verifier;
  verifier.iterations = iterations;
  verifier.salt = salt;
  Digest client_key = hmac_sha256(salted, "Client Key");
  verifier.stored_key = sha256(client_key);
  verifier.server_key = hmac_sha256(salted, "Server Key");
  for (Digest* key : {&salted, &client_key}) OPENSSL_cleanse(key->data(), key->size());
  return verifier;
}

ScramVerifier ScramVerifier::parse(std::string_view text) {
  ScramVerifier verifier;
  if (cut(text, '$') != scram_sha_256) raise_data("malformed SCRAM verifier");
  const auto iterations = cut(text, ':');
  const auto* const end = iterations.data() + iterations.size();
  const auto [stop, error] = std::from_chars(iterations.data(), end, verifier.iterations);
  const auto salt = base64_decode(cut(text, '$'));
  if (error != std::errc{} || stop != end || verifier.iterations == 0 || !salt || salt->empty())
    raise_data("malformed SCRAM verifier");
  verifier.salt = *salt;
  verifier.stored_key = digest_of(cut(text, ':'));
  verifier.server_key = digest_of(text);
  return verifier;
}

std::string ScramVerifier::print() const {
  return std::string(scram_sha_256) + "$" + std::to_string(iterations) + ":" +
         base64_encode(base::as_bytes(salt)) + "$" + base64_encode(stored_key) + ":" +
         base64_encode(server_key);
}

ScramServer::ScramServer(const ScramVerifier& verifier, const ScramServerOptions& options)
    : verifier_(verifier),
      plus_offered_(options.plus_offered),
      plus_chosen_(options.plus_chosen),
      end_point_(base::as_text(options.server_end_point)),
      nonce_(options.nonce.empty() ? random_base64(18) : std::string(options.nonce)) {}

ScramServer::~ScramServer() {
  OPENSSL_cleanse(verifier_.stored_key.data(), verifier_.stored_key.size());
  OPENSSL_cleanse(verifier_.server_key.data(), verifier_.server_key.size());
}

void ScramServer::check_binding(std::string_view gs2_header) const {
  const char flag = gs2_header[0];
  if (flag == 'y' && plus_offered_) {
    raise_authentication(
        "the client did not see the offer of channel binding; somebody may stand in between");
  }
  if (plus_chosen_ ? !gs2_header.starts_with("p=tls-server-end-point,")
                   : (flag != 'n' && flag != 'y')) {
    raise_authentication("the client's channel binding does not fit the SCRAM mechanism it chose");
  }
  const auto comma = gs2_header.find(',');
  if (flag != 'p' && comma != 1) raise_malformed_client();
  if (gs2_header.size() != comma + 2) {
    raise_authentication("the client asks to act for another user, which is not supported");
  }
}

std::string ScramServer::first(std::string_view client_first) {
  const auto header = header_in(client_first);
  if (header.size() < 3) raise_malformed_client();
  check_binding(header);
  gs2_header_ = header;
  const auto bare = client_first.substr(header.size());
  ScramText in(bare);
  in.take('n');
  const auto client_nonce = in.take('r');
  if (client_nonce.empty()) raise_malformed_client();
  nonce_ = std::string(client_nonce) + nonce_;
  auto answer = "r=" + nonce_ + ",s=" + base64_encode(base::as_bytes(verifier_.salt)) +
                ",i=" + std::to_string(verifier_.iterations);
  transcript_ = std::string(bare) + "," + answer;
  return answer;
}

std::string ScramServer::final(std::string_view client_final) {
  ScramText in(client_final);
  const auto binding = in.take('c');
  const auto expected =
      base64_encode(base::as_bytes(plus_chosen_ ? gs2_header_ + end_point_ : gs2_header_));
  if (binding != expected) {
    raise_authentication("channel binding failed: the client saw another TLS certificate");
  }
  if (in.take('r') != nonce_) raise_authentication("the client changed the SCRAM nonce");
  const auto proof_at = client_final.rfind(",p=");
  if (proof_at == std::string_view::npos) raise_malformed_client();
  const auto proof = base64_decode(client_final.substr(proof_at + 3));
  Digest claimed{};
  if (!proof || proof->size() != claimed.size()) raise_malformed_client();
  base::put_bytes(claimed.data(), base::as_bytes(*proof));

  const auto transcript = transcript_ + "," + std::string(client_final.substr(0, proof_at));
  const Digest signature = hmac_sha256(verifier_.stored_key, transcript);
  Digest client_key = exclusive_or(claimed, signature);
  const bool known = equal_secret(sha256(client_key), verifier_.stored_key);
  OPENSSL_cleanse(client_key.data(), client_key.size());
  if (!known) raise_authentication("wrong password");
  return "v=" + base64_encode(hmac_sha256(verifier_.server_key, transcript));
}

}  // namespace iacdb::wire::postgres
