#include "backends/postgres/login.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "backends/postgres/server_error.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/notice.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

std::string place(const HostPort& host) {
  return host.host.front() == '/' ? host.host : host.host + ":" + std::to_string(host.port);
}

/// Adds the host to an error that does not say where it happened.
[[noreturn]] void rethrow_at(const Error& error, const HostPort& host) {
  ErrorFacts facts = error.facts();
  facts.backend = "postgres";
  if (facts.where.empty()) facts.where = place(host);
  raise(std::move(facts));
}

/// One connection attempt to one host, under one way to use TLS.
class Attempt {
 public:
  Attempt(const Plan& plan, const HostPort& host, const io::Wait& wait)
      : plan_(plan), host_(host), wait_(wait) {}

  /// Tries the ways that the TLS mode allows, one after the other.
  LoggedIn run() {
    io::Connected connected = open();
    address_ = connected.address;
    const TlsMode mode = effective_mode();
    try {
      return log_in(std::move(connected.socket), mode,
                    mode != TlsMode::disable && mode != TlsMode::allow);
    } catch (const Error& error) {
      const bool other_way = (mode == TlsMode::allow || mode == TlsMode::prefer) &&
                             (error.sqlstate() == "28000" || handshake_failed_);
      if (!other_way || (mode == TlsMode::prefer && !used_tls_)) throw;
      const bool with_tls = mode == TlsMode::allow;
      return log_in(io::connect_address(address_, plan_.tcp, wait_),
                    with_tls ? TlsMode::require : TlsMode::disable, with_tls);
    }
  }

 private:
  io::Connected open() const {
    if (host_.host.front() == '/') return io::connect_unix(host_.host, wait_);
    return io::connect_tcp(host_.host, host_.port, plan_.tcp, wait_);
  }

  /// Nobody else can listen in on this machine, so that TLS there is used only when asked for.
  TlsMode effective_mode() const {
    if (address_.family() == AF_UNIX) return TlsMode::disable;
    if (plan_.tls.mode_given) return plan_.tls.mode;
    return address_.is_local() ? TlsMode::allow : TlsMode::prefer;
  }

  LoggedIn log_in(io::FileDescriptor socket, TlsMode mode, bool with_tls) {
    LoggedIn result;
    io::Stream stream(std::move(socket), place(host_));
    if (with_tls) result.cancel.tls = start_tls(stream, mode);
    used_tls_ = result.cancel.tls != nullptr;
    result.cancel.address = address_;
    result.cancel.host = host_.host;
    result.channel = Channel(std::move(stream));
    authenticate(result);
    result.cancel.process_id = result.channel.server().process_id;
    result.cancel.secret_key = result.channel.server().secret_key;
    return result;
  }

  std::shared_ptr<const io::TlsContext> start_tls(io::Stream& stream, TlsMode mode) {
    base::Buffer request;
    wp::encode_ssl_request(request);
    stream.write(request.view(), {}, wait_);
    // Exactly one byte: whatever came behind it in the clear would be somebody else's.
    std::array<std::byte, 1> answer{};
    if (stream.read(answer, wait_, io::Stream::Expect::reply) == 0) answer[0] = std::byte{0};
    const auto said = static_cast<wp::SslAnswer>(answer[0]);
    if (said == wp::SslAnswer::refused && mode <= TlsMode::prefer) return nullptr;
    if (said != wp::SslAnswer::accepted) raise_no_tls();
    TlsSettings settings = plan_.tls;
    settings.mode = mode;
    auto context = std::make_shared<const io::TlsContext>(io::TlsContext::client(settings));
    try {
      stream.start_tls(*context, host_.host, wait_);
    } catch (const ConnectError&) {
      handshake_failed_ = used_tls_ = true;
      throw;
    }
    return context;
  }

  [[noreturn]] static void raise_no_tls() {
    raise(
        own_facts(ErrorKind::connect,
                  "the server offers no TLS; turn it on there (ssl = on), or lower the TLS mode"));
  }

  wp::Authenticator make_authenticator(const base::Secret& password,
                                       std::span<const std::byte> end_point) const {
    wp::AuthenticatorOptions options;
    options.user = plan_.username;
    options.password = password.reveal();
    options.channel_binding = plan_.channel_binding;
    options.tls = used_tls_;
    options.server_end_point = end_point;
    return wp::Authenticator(options);
  }

  void send_startup(Channel& channel) {
    std::vector<wp::Setting> settings{{"user", plan_.username}, {"database", plan_.database}};
    for (const auto& [name, value] : plan_.startup) settings.emplace_back(name, value);
    wp::encode_startup(channel.out(), settings);
    channel.send(wait_);
  }

  void authenticate(LoggedIn& in) {
    PasswordFound found;
    if (plan_.password.empty()) {
      found = find_password(plan_.password_file, host_, plan_.database, plan_.username);
    } else {
      found.password = plan_.password;
    }
    std::vector<std::byte> end_point;
    if (const auto* tls = in.channel.stream().tls()) end_point = tls->server_end_point();
    auto authenticator = make_authenticator(found.password, end_point);
    send_startup(in.channel);
    try {
      while (!take_startup_message(in.channel, authenticator)) {
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::authentication || found.problem.empty()) throw;
      ErrorFacts facts = error.facts();
      facts.message = found.problem;
      raise(std::move(facts));
    }
    in.method = authenticator.method();
  }

  /// True once the server is ready.
  bool take_startup_message(Channel& channel, wp::Authenticator& authenticator) {
    const auto message = channel.next(wait_);
    channel.consume(message);
    switch (message.type) {
      case wp::backend::authentication: {
        const auto asked = wp::decode_authentication(message.body);
        if (asked.code == wp::AuthenticationCode::cleartext_password) check_cleartext();
        authenticator.step(asked, channel.out());
        if (channel.out().empty()) break;
        channel.send_bytes(channel.out().view(), wait_);
        channel.out().wipe();
        break;
      }
      case wp::backend::error_response:
        raise(login_facts(message));
      case wp::backend::backend_key_data: {
        const auto key = wp::decode_backend_key_data(message.body);
        channel.server().process_id = key.process_id;
        channel.server().secret_key.assign(key.secret_key.begin(), key.secret_key.end());
        break;
      }
      case wp::backend::negotiate_protocol_version:
        break;  // It speaks 3.0, which is all that was asked for.
      case wp::backend::ready_for_query:
        if (!authenticator.done()) wp::raise_malformed("ReadyForQuery before AuthenticationOk");
        return true;
      default:
        wp::raise_malformed("message during login");
    }
    return false;
  }

  ErrorFacts login_facts(const wp::Message& message) {
    ErrorFacts facts = facts_of(wp::decode_notice(message.body), {});
    facts.breaks_connection = true;
    facts.where = place(host_);
    if (facts.sqlstate == "28P01" && plan_.password.empty()) {
      facts.message += "; none was given in the settings";
    }
    return facts;
  }

  void check_cleartext() const {
    if (used_tls_ || address_.is_local() || plan_.cleartext_anywhere) return;
    ErrorFacts facts = own_facts(
        ErrorKind::authentication,
        "the server wants the password in clear text over an open network, which is refused; use "
        "TLS or scram-sha-256, or set allow_cleartext_password=true");
    facts.breaks_connection = true;
    raise(std::move(facts));
  }

  const Plan& plan_;
  const HostPort& host_;
  io::Wait wait_;
  io::Address address_;
  bool used_tls_ = false;
  bool handshake_failed_ = false;
};

void check_version(const LoggedIn& in) {
  const auto text = in.channel.server().parameter("server_version");
  if (parse_version(text) >= 100000) return;
  ErrorFacts facts =
      own_facts(ErrorKind::unsupported, "PostgreSQL " + std::string(text.substr(0, 40)) +
                                            " is too old; iacdb needs version 10 or newer");
  facts.breaks_connection = true;
  raise(std::move(facts));
}

}  // namespace

LoggedIn log_in_to(const Plan& plan, const HostPort& host, const io::Wait& wait) {
  const auto own = base::Deadline::after_timeout(plan.connect_timeout);
  const io::Wait bounded{std::min(own, wait.deadline), wait.stop};
  try {
    LoggedIn in = Attempt(plan, host, bounded).run();
    check_version(in);
    return in;
  } catch (const Error& error) {
    rethrow_at(error, host);
  }
}

std::string ask(Channel& channel, std::string_view sql, const io::Wait& wait) {
  wp::encode_query(channel.out(), sql);
  channel.send(wait);
  std::string answer;
  ErrorFacts failed;
  for (;;) {
    const auto message = channel.next(wait);
    channel.consume(message);
    if (message.type == wp::backend::data_row) {
      wp::DataRow row(message.body);
      answer = row.next().text();
    } else if (message.type == wp::backend::error_response) {
      failed = facts_of(wp::decode_notice(message.body), {.sql = sql});
    } else if (message.type == wp::backend::ready_for_query) {
      if (!failed.sqlstate.empty()) raise(std::move(failed));
      return answer;
    }
  }
}

std::uint32_t parse_version(std::string_view text) noexcept {
  std::array<std::uint32_t, 3> parts{};
  std::size_t part = 0;
  bool digits = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      parts[part] = parts[part] * 10 + static_cast<std::uint32_t>(c - '0');
      if (parts[part] > 9999) return 0;
      digits = true;
    } else if (c == '.' && digits && part < 2) {
      ++part;
    } else {
      break;
    }
  }
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

bool send_cancel(const CancelTarget& target, const io::Wait& wait) noexcept {
  try {
    io::Stream stream(io::connect_address(target.address, {}, wait), "the server");
    base::Buffer out;
    std::array<std::byte, 1> answer{};
    if (target.tls) {
      wp::encode_ssl_request(out);
      stream.write(out.view(), {}, wait);
      out.clear();
      if (stream.read(answer, wait, io::Stream::Expect::reply) == 0) return false;
      if (static_cast<wp::SslAnswer>(answer[0]) != wp::SslAnswer::accepted) return false;
      stream.start_tls(*target.tls, target.host, wait);
    }
    wp::encode_cancel_request(out, target.process_id, target.secret_key);
    stream.write(out.view(), {}, wait);
    // The server closes once the signal is on its way: a later statement is then safe from it.
    while (stream.read(answer, wait, io::Stream::Expect::reply) != 0) {
    }
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace iacdb::backends::postgres
