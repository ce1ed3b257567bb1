#include <algorithm>
#include <array>

#include "backends/postgres/connection.hpp"
#include "backends/postgres/login.hpp"
#include "backends/postgres/plan.hpp"
#include "backends/postgres/postgres.hpp"

namespace iacdb::backends {
namespace {

using driver::BackendOption;
using Kind = driver::BackendOption::Kind;

constexpr auto schemes_table = std::to_array<std::string_view>({"postgres", "postgresql"});

constexpr auto options_table = std::to_array<BackendOption>({
    {"application_name", Kind::text, "", "How the server's views and logs name the program."},
    {"target_session_attrs", Kind::choice,
     "any|read-write|read-only|primary|standby|prefer-standby",
     "Which of several hosts may be used."},
    {"load_balance_hosts", Kind::choice, "disable|random", "Try the hosts in this order."},
    {"channel_binding", Kind::choice, "disable|prefer|require",
     "Bind SCRAM to the server's certificate."},
    {"prepare", Kind::choice, "always|never",
     "never keeps no prepared statements: for poolers in transaction mode."},
    {"options", Kind::text, "", "Command-line options for the server, such as -c work_mem=64MB."},
    {"search_path", Kind::text, "", "Schemas in which names are looked up."},
    {"service", Kind::text, "", "Section of the service file with further settings."},
    {"passfile", Kind::text, "", "Password file; ~/.pgpass when unset."},
    {"allow_cleartext_password", Kind::boolean, "",
     "Send the password in clear text even over an open network."},
    {"gssencmode", Kind::choice, "disable|prefer", "GSSAPI encryption, which iacdb does not have."},
    {"keepalives", Kind::integer, "", "1: TCP keepalives; 0: none."},
    {"keepalives_idle", Kind::integer, "", "Seconds of silence before the first keepalive."},
    {"keepalives_interval", Kind::integer, "", "Seconds between keepalives."},
    {"keepalives_count", Kind::integer, "", "Lost keepalives that end the connection."},
    {"tcp_user_timeout", Kind::integer, "", "Milliseconds that sent data may stay unacknowledged."},
});

Isolation parse_isolation(std::string_view text) noexcept {
  if (text == "serializable") return Isolation::serializable;
  if (text == "repeatable read") return Isolation::repeatable_read;
  if (text == "read uncommitted") return Isolation::read_uncommitted;
  return Isolation::read_committed;
}

class PostgresBackend final : public driver::Backend {
 public:
  std::string_view name() const noexcept override { return "postgres"; }
  std::span<const std::string_view> schemes() const noexcept override { return schemes_table; }
  std::uint16_t default_port() const noexcept override { return 5432; }
  std::span<const BackendOption> options() const noexcept override { return options_table; }
  std::string client_version() const override { return "built in, protocol 3.0"; }

  std::unique_ptr<driver::Connection> connect(const ConnectionSettings& settings,
                                              const driver::Call& call) const override {
    namespace pg = postgres;
    const pg::Plan plan = pg::make_plan(settings, pg::process_environment());
    pg::LoggedIn in = pg::log_in(plan, pg::wait_of(call));
    const auto version = in.channel.server().parameter("server_version");
    Capabilities can = pg::capabilities_of(pg::parse_version(version), version);
    // One round trip for what depends on settings: "0 read committed". A standby prepares nothing.
    const std::string facts =
        pg::ask(in.channel,
                "select case when pg_catalog.pg_is_in_recovery() then '0' else "
                "current_setting('max_prepared_transactions') end || ' ' "
                "|| current_setting('default_transaction_isolation')",
                pg::wait_of(call));
    const std::size_t space = std::min(facts.find(' '), facts.size());
    can.set(Capability::two_phase_commit, facts.substr(0, space) != "0");
    can.default_isolation =
        parse_isolation(std::string_view(facts).substr(std::min(space + 1, facts.size())));
    const bool never = plan.prepare == pg::PrepareMode::never;
    return std::make_unique<pg::PostgresConnection>(std::move(in), std::move(can),
                                                    never ? 0 : settings.statement_cache_size,
                                                    std::max(settings.batch_rows, 1U));
  }
};

}  // namespace

const driver::Backend& backend_postgres() {
  static const PostgresBackend backend;
  return backend;
}

}  // namespace iacdb::backends
