#include "backends/mysql/session.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "backends/mysql/error_table.hpp"
#include "backends/mysql/failure.hpp"
#include "backends/mysql/local_files.hpp"
#include "backends/mysql/tls.hpp"
#include "io/address.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::uint16_t port_default = 3306;
// Connector/C's own timers count seconds and start anew with each read: a net under our limits.
constexpr std::chrono::seconds net_seconds{5};

std::uint16_t port_of(const HostPort& host) {
  return host.port == 0 ? port_default : host.port;
}

bool is_socket(const HostPort& host) {
  return !host.host.empty() && host.host.front() == '/';
}

void set_options(MYSQL* handle, const Plan& plan, const HostPort& host, TlsMode mode) {
  const SessionOptions& options = plan.options;
  const unsigned protocol = is_socket(host) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  ::mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
  ::mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  ::mysql_optionsv(handle, MARIADB_OPT_IO_WAIT, reinterpret_cast<void*>(&wait_for_io));
  const my_bool off = 0;
  ::mysql_optionsv(handle, MYSQL_OPT_RECONNECT, &off);
  ::mysql_optionsv(handle, MYSQL_REPORT_DATA_TRUNCATION, &off);
  if (!options.auth_plugins.empty()) {
    ::mysql_optionsv(handle, MARIADB_OPT_RESTRICTED_AUTH, options.auth_plugins.c_str());
  }
  if (!options.program_name.empty()) {
    ::mysql_optionsv(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name",
                     options.program_name.c_str());
  }
  const unsigned local_infile = 1;
  ::mysql_optionsv(handle, MYSQL_OPT_LOCAL_INFILE, &local_infile);
  refuse_local_files(handle);
  apply_tls(handle, plan.settings.tls, mode);
}

/// One attempt; the failure's code is 0 when it worked.
std::pair<Handle, Failure> try_host(const Plan& plan, const HostPort& host, TlsMode mode) {
  Handle handle = make_handle();
  set_options(handle.get(), plan, host, mode);
  const ConnectionSettings& settings = plan.settings;
  unsigned long flags = CLIENT_MULTI_STATEMENTS | CLIENT_MULTI_RESULTS;
  if (plan.options.matched_rows) flags |= CLIENT_FOUND_ROWS;
  std::string password(settings.password.reveal());
  const bool socket = is_socket(host);
  const bool connected =
      ::mysql_real_connect(handle.get(), socket ? nullptr : host.host.c_str(),
                           settings.username.c_str(), password.c_str(),
                           settings.database.empty() ? nullptr : settings.database.c_str(),
                           port_of(host), socket ? host.host.c_str() : nullptr, flags) != nullptr;
  explicit_bzero(password.data(), password.size());
  if (connected) {
    make_interruptible(::mysql_get_socket(handle.get()));
    // Connector/C would empty its lists of tracked changes at every answer. Nobody reads them here,
    // and it reads past them all the same.
    handle->server_capabilities &= ~static_cast<unsigned long>(CLIENT_SESSION_TRACKING);
    return {std::move(handle), Failure()};
  }
  Failure failure = failure_of(handle.get());
  return {nullptr, std::move(failure)};
}

/// The modes to try, in order: libpq's meaning of allow and prefer.
std::pair<TlsMode, TlsMode> modes_of(TlsMode wanted) {
  if (wanted == TlsMode::allow) return {TlsMode::disable, TlsMode::require};
  if (wanted == TlsMode::prefer) return {TlsMode::require, TlsMode::disable};
  return {wanted, wanted};
}

bool second_may_help(TlsMode wanted, const Failure& failure) {
  if (wanted == TlsMode::prefer) return failure.code == CR_SSL_CONNECTION_ERROR;
  return wanted == TlsMode::allow && find_error(failure.code).kind == ErrorKind::authentication;
}

struct Attempt {
  Session session;
  Failure failure;
};

Attempt attempt_host(const Plan& plan, const HostPort& host) {
  const TlsMode wanted = effective_mode(plan.settings, host);
  const auto [first, second] = modes_of(wanted);
  Attempt attempt;
  attempt.session.host = host;
  attempt.session.tls = first;
  std::tie(attempt.session.handle, attempt.failure) = try_host(plan, host, first);
  if (attempt.failure.code != 0 && second_may_help(wanted, attempt.failure)) {
    attempt.session.tls = second;
    std::tie(attempt.session.handle, attempt.failure) = try_host(plan, host, second);
  }
  return attempt;
}

/// True when another host may do better: this one did not answer or has no room.
bool try_next(const Failure& failure) {
  switch (find_error(failure.code).kind) {
    case ErrorKind::authentication:
    case ErrorKind::permission:
    case ErrorKind::undefined_object:
      return false;
    default:
      return true;
  }
}

[[noreturn]] void raise_unreachable(const Failure& failure, const HostPort& host,
                                    const Limits& limits) {
  ErrorFacts facts = facts_of(failure, {.host = label_of(host)});
  facts.breaks_connection = true;
  if (limits.fired() == Limits::Fired::stop) {
    facts.kind = ErrorKind::cancelled;
    facts.message = "connecting was stopped";
  } else if (limits.fired() == Limits::Fired::deadline) {
    facts.kind = ErrorKind::timeout;
    facts.message = "no answer in time while connecting; see connect_timeout";
  } else if (facts.kind == ErrorKind::connection_lost || facts.kind == ErrorKind::internal) {
    facts.kind = ErrorKind::connect;
    facts.message = "the server broke the connection while it was made";
  }
  raise(std::move(facts));
}

driver::Call connect_call(const Plan& plan, const driver::Call& call) {
  const auto own = base::Deadline::after_timeout(plan.settings.connect_timeout);
  return {std::min(own, call.deadline), call.stop};
}

std::uint32_t number_after(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return code == std::errc() ? number : 0;
}

std::uint32_t version_number(std::string_view text) {
  const std::uint32_t major = number_after(text);
  const std::uint32_t minor = number_after(text);
  return major * 10'000 + minor * 100 + number_after(text);
}

Isolation isolation_of(std::string_view text) {
  if (text == "READ-UNCOMMITTED") return Isolation::read_uncommitted;
  if (text == "READ-COMMITTED") return Isolation::read_committed;
  if (text == "SERIALIZABLE") return Isolation::serializable;
  return Isolation::repeatable_read;
}

void require_version(const ServerFacts& facts, const HostPort& host) {
  const std::uint32_t least = facts.is_mariadb ? 10'03'00 : 5'07'00;
  if (facts.version_number >= least) return;
  raise_at(ErrorKind::unsupported,
           std::string("the server is too old: ") +
               (facts.is_mariadb ? "MariaDB 10.3" : "MySQL 5.7") + " or later is needed",
           {.host = label_of(host)});
}

ServerFacts greeting_facts(MYSQL* handle) {
  ServerFacts facts;
  facts.version = ::mysql_get_server_info(handle);
  facts.is_mariadb = ::mariadb_connection(handle) != 0;
  facts.version_number = version_number(facts.version);
  unsigned long capabilities = 0;
  ::mariadb_get_infov(handle, MARIADB_CONNECTION_SERVER_CAPABILITIES, &capabilities);
  facts.has_tls = (capabilities & CLIENT_SSL) != 0;
  return facts;
}

std::string settings_text(const Plan& plan, const ServerFacts* facts) {
  std::string text = "SET NAMES utf8mb4, time_zone='+00:00', sql_mode=";
  if (plan.options.sql_mode_given) {
    text += "'" + plan.options.sql_mode + "'";
  } else {
    text += "CONCAT(@@sql_mode,',STRICT_TRANS_TABLES')";
  }
  if (facts != nullptr) {
    // MySQL 8 has no tx_isolation, MariaDB before 11.1 no transaction_isolation.
    text += "; SELECT @@local_infile, @@max_allowed_packet, @@";
    text += facts->is_mariadb ? "tx_isolation" : "transaction_isolation";
  }
  return text;
}

}  // namespace

std::string label_of(const HostPort& host) {
  return is_socket(host) ? host.host : host.host + ":" + std::to_string(port_of(host));
}

void apply_settings(MYSQL* handle, const Plan& plan, ServerFacts* facts) {
  const std::string text = settings_text(plan, facts);
  const Place place{.sql = text};
  if (::mysql_real_query(handle, text.data(), text.size()) != 0) {
    raise_failure(failure_of(handle), place);
  }
  if (facts == nullptr) return;
  if (::mysql_next_result(handle) != 0) raise_failure(failure_of(handle), place);
  const Result result(::mysql_store_result(handle));
  if (!result) raise_failure(failure_of(handle), place);
  const MYSQL_ROW row = ::mysql_fetch_row(result.get());
  if (row == nullptr || ::mysql_num_fields(result.get()) != 3) {
    raise_at(ErrorKind::internal, "the server did not answer with its settings", place);
  }
  const auto text_at = [&](int i) { return std::string_view(row[i] ? row[i] : ""); };
  facts->local_infile = text_at(0) == "1";
  const std::string_view packet = text_at(1);
  std::from_chars(packet.data(), packet.data() + packet.size(), facts->max_packet_bytes);
  facts->isolation = isolation_of(text_at(2));
}

namespace {

/// Connector/C resolves names without a deadline: the name servers must answer here first.
/// False: the name is not known, and another host may do.
bool await_name(const HostPort& host, const driver::Call& call, bool is_last) {
  if (is_socket(host) || io::is_ip_literal(host.host)) return true;
  try {
    io::resolve(host.host, port_of(host), {call.deadline, &call.stop});
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::connect && !is_last) return false;
    ErrorFacts facts = error.facts();
    facts.backend = "mysql";
    facts.where = label_of(host);
    raise(std::move(facts));
  }
}

}  // namespace

Session open_session(const Plan& plan, const driver::Call& call) {
  if (plan.settings.hosts.empty()) {
    raise_at(ErrorKind::config, "no host is given; write mariadb://user@host/database", {});
  }
  for (std::size_t i = 0;; ++i) {
    const HostPort& host = plan.settings.hosts[i];
    const bool last = i + 1 == plan.settings.hosts.size();
    const driver::Call limited = connect_call(plan, call);
    if (!await_name(host, limited, last)) continue;
    Limits limits(limited, nullptr);
    Attempt attempt = attempt_host(plan, host);
    if (attempt.failure.code == 0) {
      Session& session = attempt.session;
      session.server = greeting_facts(session.handle.get());
      require_version(session.server, host);
      try {
        apply_settings(session.handle.get(), plan, &session.server);
      } catch (const Error& error) {
        if (!error.breaks_connection()) throw;
        raise_unreachable(failure_of(session.handle.get()), host, limits);
      }
      return std::move(session);
    }
    const bool call_ended = call.deadline.passed() || call.stop.stop_requested();
    if (last || call_ended || !try_next(attempt.failure)) {
      raise_unreachable(attempt.failure, host, limits);
    }
  }
}

StatementCanceller::StatementCanceller(std::shared_ptr<const Plan> plan, const Session& session)
    : plan_(std::move(plan)),
      host_(session.host),
      tls_(session.tls),
      thread_id_(::mysql_thread_id(session.handle.get())),
      handle_(session.handle.get()) {
  watch(false);
}

void StatementCanceller::watch(bool on) noexcept {
  // Under TLS the library's own wait gives up at once on a socket that does not block.
  const bool needed = on || tls_ != TlsMode::disable;
  ::mysql_optionsv(handle_, MARIADB_OPT_IO_WAIT,
                   needed ? reinterpret_cast<void*>(&wait_for_io) : nullptr);
}

bool StatementCanceller::cancel_statement(base::Deadline deadline) noexcept {
  try {
    const driver::Call call{std::min(deadline, base::Deadline::in(net_seconds)), {}};
    Limits limits(call, nullptr);
    auto [handle, failure] = try_host(*plan_, host_, tls_);
    if (!handle) return false;
    const std::string text = "KILL QUERY " + std::to_string(thread_id_);
    pending_.store(true, std::memory_order_relaxed);
    return ::mysql_real_query(handle.get(), text.data(), text.size()) == 0;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace iacdb::mysql
