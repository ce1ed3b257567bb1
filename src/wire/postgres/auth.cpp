#include "wire/postgres/auth.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/malformed.hpp"
#include "wire/postgres/scram.hpp"
#include "wire/postgres/scram_text.hpp"

namespace iacdb::wire::postgres {
namespace {

enum class Phase : std::uint8_t { start, password_sent, sasl_first, sasl_final, proven, done };

std::string_view name_of(AuthenticationCode code) {
  switch (code) {
    case AuthenticationCode::kerberos_v5:
      return "Kerberos V5";
    case AuthenticationCode::scm_credential:
      return "SCM credentials";
    case AuthenticationCode::gss:
    case AuthenticationCode::gss_continue:
      return "GSSAPI";
    case AuthenticationCode::sspi:
      return "SSPI";
    default:
      return "an unknown method";
  }
}

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

struct Authenticator::State {
  std::string user;
  SecretText password;
  ChannelBinding channel_binding;
  bool tls;
  std::string server_end_point;
  std::uint32_t iterations_max;
  std::string nonce;

  Phase phase = Phase::start;
  std::string_view method = "trust";
  bool bound = false;
  std::optional<ScramClient> scram;

  explicit State(const AuthenticatorOptions& options)
      : user(options.user),
        password(secret_text(options.password)),
        channel_binding(options.channel_binding),
        tls(options.tls),
        server_end_point(base::as_text(options.server_end_point)),
        iterations_max(options.iterations_max),
        nonce(options.nonce) {}

  void expect(Phase wanted) const {
    if (phase != wanted) raise_malformed("Authentication out of order");
  }
  void begin_password(std::string_view name);
  ScramBinding choose_binding(const std::vector<std::string_view>& offered) const;
  void begin_sasl(base::Bytes data, base::Buffer& out);
  void finish();
};

void Authenticator::State::begin_password(std::string_view name) {
  expect(Phase::start);
  if (channel_binding == ChannelBinding::require) {
    raise_authentication(
        "channel_binding=require, but the server asks for a method without it; "
        "use scram-sha-256 over TLS, or channel_binding=prefer");
  }
  if (password.empty()) {
    raise_authentication("the server asks for a password and none is given");
  }
  method = name;
  phase = Phase::password_sent;
}

ScramBinding Authenticator::State::choose_binding(
    const std::vector<std::string_view>& offered) const {
  const bool plus = has(offered, scram_sha_256_plus);
  if (plus && !tls) {
    raise_authentication(
        "the server offers channel binding on a connection without TLS; "
        "somebody may have stripped it");
  }
  const bool able = tls && !server_end_point.empty();
  const bool wanted = channel_binding != ChannelBinding::disable;
  if (plus && able && wanted) return ScramBinding::end_point;
  if (channel_binding == ChannelBinding::require) {
    raise_authentication(!tls   ? "channel_binding=require needs TLS; set sslmode"
                         : plus ? "channel_binding=require, but the certificate gives no binding"
                                : "channel_binding=require, but the server does not offer it");
  }
  if (!has(offered, scram_sha_256)) {
    raise_authentication(
        "the server offers no SASL mechanism that iacdb speaks "
        "(SCRAM-SHA-256, SCRAM-SHA-256-PLUS)");
  }
  return able && wanted ? ScramBinding::unoffered : ScramBinding::unsupported;
}

void Authenticator::State::begin_sasl(base::Bytes data, base::Buffer& out) {
  expect(Phase::start);
  const auto binding = choose_binding(decode_sasl_mechanisms(data));
  if (password.empty()) {
    raise_authentication("the server asks for a password and none is given");
  }
  bound = binding == ScramBinding::end_point;
  method = bound ? "scram-sha-256-plus" : "scram-sha-256";
  scram.emplace(ScramClientOptions{.password = view(password),
                                   .binding = binding,
                                   .server_end_point = base::as_bytes(server_end_point),
                                   .iterations_max = iterations_max,
                                   .nonce = nonce});
  encode_sasl_initial(out, bound ? scram_sha_256_plus : scram_sha_256, scram->first());
  phase = Phase::sasl_first;
}

void Authenticator::State::finish() {
  if (phase == Phase::sasl_first || phase == Phase::sasl_final) {
    raise_authentication(
        "the server ended authentication before it proved that it knows the "
        "password; it may not be the server meant");
  }
  if (phase == Phase::done) raise_malformed("Authentication out of order");
  if (channel_binding == ChannelBinding::require && !bound) {
    raise_authentication("channel_binding=require, but the server let us in without it");
  }
  phase = Phase::done;
}

Authenticator::Authenticator(const AuthenticatorOptions& options)
    : state_(std::make_unique<State>(options)) {}
Authenticator::Authenticator(Authenticator&&) noexcept = default;
Authenticator& Authenticator::operator=(Authenticator&&) noexcept = default;
Authenticator::~Authenticator() = default;

bool Authenticator::done() const noexcept {
  return state_->phase == Phase::done;
}
std::string_view Authenticator::method() const noexcept {
  return state_->method;
}

void Authenticator::step(const Authentication& message, base::Buffer& out) {
  State& s = *state_;
  switch (message.code) {
    case AuthenticationCode::ok:
      return s.finish();
    case AuthenticationCode::cleartext_password:
      s.begin_password("password");
      return encode_password(out, view(s.password));
    case AuthenticationCode::md5_password:
      if (message.data.size() != 4) raise_malformed("AuthenticationMD5Password");
      s.begin_password("md5");
      return encode_password(out, md5_password(s.user, view(s.password), message.data));
    case AuthenticationCode::sasl:
      return s.begin_sasl(message.data, out);
    case AuthenticationCode::sasl_continue:
      s.expect(Phase::sasl_first);
      encode_sasl_response(out, s.scram->final(base::as_text(message.data)));
      s.phase = Phase::sasl_final;
      return;
    case AuthenticationCode::sasl_final:
      s.expect(Phase::sasl_final);
      s.scram->verify(base::as_text(message.data));
      s.phase = Phase::proven;
      return;
    default:
      raise_authentication("the server asks for " + std::string(name_of(message.code)) +
                           ", which iacdb does not speak; allow scram-sha-256, md5, password, "
                           "cert or trust for this user in pg_hba.conf");
  }
}

}  // namespace iacdb::wire::postgres
