#include "backends/postgres/plan.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "backends/postgres/server_error.hpp"

namespace iacdb::backends::postgres {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void raise_config(std::string message, const std::string& where) {
  ErrorFacts facts = own_facts(ErrorKind::config, std::move(message));
  facts.where = where;
  raise(std::move(facts));
}

std::string home_folder(const Environment& environment) {
  if (auto home = environment("HOME")) return *home;
  const passwd* const user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_dir : "";
}

std::string system_user() {
  const passwd* const user = ::getpwuid(::geteuid());
  if (user == nullptr) raise_config("no user name; set one in the URL or PGUSER", "username");
  return user->pw_name;
}

/// A setting from the options, else the service file, else the environment.
class Sources {
 public:
  Sources(const ConnectionSettings& settings, const Environment& environment)
      : settings_(settings), environment_(environment) {
    if (const auto service = find_option("service", "PGSERVICE")) {
      for (auto& [key, value] : read_service(*service, environment)) service_[key] = value;
    }
  }

  /// `keyword` is libpq's; an option of ours has the same name.
  std::optional<std::string> find(const std::string& keyword, const char* variable) const {
    if (auto value = find_option(keyword, nullptr)) return value;
    return find_outside(keyword, variable);
  }
  /// For what ConnectionSettings has a member of its own.
  std::optional<std::string> find_outside(const std::string& keyword, const char* variable) const {
    if (const auto found = service_.find(keyword); found != service_.end()) return found->second;
    return variable != nullptr ? environment_(variable) : std::nullopt;
  }
  std::string get(const std::string& keyword, const char* variable, std::string fallback) const {
    return find(keyword, variable).value_or(std::move(fallback));
  }
  template <class Number>
  Number number(const std::string& keyword, const char* variable, Number fallback) const {
    const auto text = find(keyword, variable);
    if (!text) return fallback;
    Number value{};
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) {
      raise_config("a whole number is required", keyword);
    }
    return value;
  }

 private:
  std::optional<std::string> find_option(const std::string& name, const char* variable) const {
    if (const auto found = settings_.options.find(name); found != settings_.options.end()) {
      return found->second;
    }
    return variable != nullptr ? environment_(variable) : std::nullopt;
  }

  const ConnectionSettings& settings_;
  const Environment& environment_;
  std::map<std::string, std::string> service_;
};

template <class T>
using Names = std::initializer_list<std::pair<std::string_view, T>>;

template <class T>
T choose(const std::string& keyword, const std::string& value, const Names<T>& names) {
  std::string known;
  for (const auto& [name, meaning] : names) {
    if (name == value) return meaning;
    known.append(known.empty() ? "" : ", ").append(name);
  }
  raise_config("unknown choice; possible are: " + known, keyword);
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::uint16_t parse_port(const std::string& text) {
  if (text.empty()) return 5432;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535) {
    raise_config("a port is a number from 1 to 65535", "port");
  }
  return static_cast<std::uint16_t>(port);
}

/// Where a server of the system's packages listens; without one, the loopback interface.
std::string default_host() {
  std::error_code error;
  const bool there = fs::is_directory("/var/run/postgresql", error);
  return there ? "/var/run/postgresql" : "localhost";
}

std::vector<HostPort> hosts_of(const ConnectionSettings& settings, const Sources& sources) {
  std::vector<HostPort> hosts;
  const auto ports = split_commas(sources.find_outside("port", "PGPORT").value_or(""));
  if (!settings.hosts.empty()) {
    hosts = settings.hosts;
  } else {
    const std::string names = sources.find_outside("host", "PGHOST").value_or("");
    const std::string addresses = sources.find_outside("hostaddr", "PGHOSTADDR").value_or("");
    for (auto& name : split_commas(addresses.empty() ? names : addresses)) {
      hosts.push_back({std::move(name), 0});
    }
  }
  if (ports.size() != 1 && ports.size() != hosts.size()) {
    raise_config("as many ports as hosts are required, or one for all", "port");
  }
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    HostPort& host = hosts[i];
    if (host.port == 0) host.port = parse_port(ports[ports.size() == 1 ? 0 : i]);
    if (host.host.empty()) host.host = default_host();
    const bool is_folder =
        host.host.front() == '/' && host.host.find("/.s.PGSQL.") == std::string::npos;
    if (is_folder) host.host += "/.s.PGSQL." + std::to_string(host.port);
  }
  return hosts;
}

TlsSettings tls_of(const ConnectionSettings& settings, const Sources& sources,
                   const std::string& home) {
  TlsSettings tls = settings.tls;
  if (!tls.mode_given) {
    if (const auto mode = sources.find_outside("sslmode", "PGSSLMODE")) {
      tls.mode = choose<TlsMode>("sslmode", *mode,
                                 {{"disable", TlsMode::disable},
                                  {"allow", TlsMode::allow},
                                  {"prefer", TlsMode::prefer},
                                  {"require", TlsMode::require},
                                  {"verify-ca", TlsMode::verify_ca},
                                  {"verify-full", TlsMode::verify_full}});
      tls.mode_given = true;
    }
  }
  const auto fill = [&](std::string& file, const char* keyword, const char* variable,
                        const char* standard) {
    if (!file.empty()) return;
    if (auto named = sources.find_outside(keyword, variable)) {
      file = *named;
      return;
    }
    std::error_code error;
    const std::string path = home + "/.postgresql/" + standard;
    if (!home.empty() && fs::exists(path, error)) file = path;
  };
  fill(tls.root_file, "sslrootcert", "PGSSLROOTCERT", "root.crt");
  fill(tls.crl_file, "sslcrl", "PGSSLCRL", "root.crl");
  fill(tls.cert_file, "sslcert", "PGSSLCERT", "postgresql.crt");
  if (!tls.cert_file.empty()) fill(tls.key_file, "sslkey", "PGSSLKEY", "postgresql.key");
  return tls;
}

io::TcpOptions tcp_of(const Sources& sources) {
  io::TcpOptions tcp;
  tcp.keepalive = sources.number<int>("keepalives", nullptr, 1) != 0;
  tcp.keepalive_idle = std::chrono::seconds(sources.number<int>("keepalives_idle", nullptr, 0));
  tcp.keepalive_interval =
      std::chrono::seconds(sources.number<int>("keepalives_interval", nullptr, 0));
  tcp.keepalive_count = sources.number<int>("keepalives_count", nullptr, 0);
  tcp.user_timeout = std::chrono::milliseconds(sources.number<int>("tcp_user_timeout", nullptr, 0));
  return tcp;
}

void add_startup(Plan& plan, const Sources& sources, const Environment& environment) {
  plan.startup.emplace_back("client_encoding", "UTF8");
  // Text results, which only scripts get, are read in this form; the order of day and month stays.
  plan.startup.emplace_back("DateStyle", "ISO");
  plan.startup.emplace_back("application_name",
                            sources.get("application_name", "PGAPPNAME", "iacdb"));
  if (auto options = sources.find("options", "PGOPTIONS")) {
    plan.startup.emplace_back("options", *options);
  }
  if (auto path = sources.find("search_path", nullptr)) {
    plan.startup.emplace_back("search_path", *path);
  }
  if (auto zone = environment("PGTZ")) plan.startup.emplace_back("TimeZone", *zone);
}

void add_choices(Plan& plan, const Sources& sources) {
  using wire::postgres::ChannelBinding;
  plan.target = choose<TargetSession>(
      "target_session_attrs", sources.get("target_session_attrs", "PGTARGETSESSIONATTRS", "any"),
      {{"any", TargetSession::any},
       {"read-write", TargetSession::read_write},
       {"read-only", TargetSession::read_only},
       {"primary", TargetSession::primary},
       {"standby", TargetSession::standby},
       {"prefer-standby", TargetSession::prefer_standby}});
  plan.shuffle_hosts = choose<bool>(
      "load_balance_hosts", sources.get("load_balance_hosts", "PGLOADBALANCEHOSTS", "disable"),
      {{"disable", false}, {"random", true}});
  plan.channel_binding = choose<ChannelBinding>(
      "channel_binding", sources.get("channel_binding", "PGCHANNELBINDING", "prefer"),
      {{"disable", ChannelBinding::disable},
       {"prefer", ChannelBinding::prefer},
       {"require", ChannelBinding::require}});
  plan.prepare =
      choose<PrepareMode>("prepare", sources.get("prepare", nullptr, "always"),
                          {{"always", PrepareMode::always}, {"never", PrepareMode::never}});
  plan.cleartext_anywhere = choose<bool>(
      "allow_cleartext_password", sources.get("allow_cleartext_password", nullptr, "false"),
      {{"false", false}, {"true", true}, {"0", false}, {"1", true}});
  // "prefer" is libpq's default and means: without GSSAPI where there is none, as here.
  choose<bool>("gssencmode", sources.get("gssencmode", "PGGSSENCMODE", "prefer"),
               {{"disable", false}, {"prefer", false}});
}

std::chrono::milliseconds timeout_of(const ConnectionSettings& settings, const Sources& sources) {
  const auto unset = ConnectionSettings().connect_timeout;
  if (settings.connect_timeout != unset) return settings.connect_timeout;
  const auto text = sources.find_outside("connect_timeout", "PGCONNECT_TIMEOUT");
  if (!text) return unset;
  const int seconds = sources.number<int>("connect_timeout", "PGCONNECT_TIMEOUT", 0);
  return std::chrono::seconds(std::max(seconds, 0));
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

Plan make_plan(const ConnectionSettings& settings, const Environment& environment) {
  const Sources sources(settings, environment);
  const std::string home = home_folder(environment);
  Plan plan;
  plan.hosts = hosts_of(settings, sources);
  plan.username = settings.username;
  if (plan.username.empty()) {
    const auto user = sources.find_outside("user", "PGUSER");
    plan.username = user ? *user : system_user();
  }
  plan.database = settings.database;
  if (plan.database.empty()) {
    plan.database = sources.find_outside("dbname", "PGDATABASE").value_or(plan.username);
  }
  plan.password = settings.password;
  if (plan.password.empty()) {
    plan.password = base::Secret(sources.find_outside("password", "PGPASSWORD").value_or(""));
  }
  plan.password_file = sources.get("passfile", "PGPASSFILE", home.empty() ? "" : home + "/.pgpass");
  plan.tls = tls_of(settings, sources, home);
  plan.connect_timeout = timeout_of(settings, sources);
  plan.tcp = tcp_of(sources);
  add_choices(plan, sources);
  add_startup(plan, sources, environment);
  return plan;
}

}  // namespace iacdb::backends::postgres
