// The keys of the file itself: databases, serve, log, metrics, health, cache.
// tidy: table, one row for each key; splitting would hide what belongs together
#include <array>

#include "config/check.hpp"
#include "config/key.hpp"

namespace iacdb::config {
namespace {

constexpr std::int64_t duration_max = 365LL * 86'400'000;
using S = Settings;
using Sv = ServeSettings;
using L = ServeLimits;
using Tk = TokenSettings;
using Lg = LogSettings;
using H = HealthSettings;
using T = TracesSettings;
using Ca = CacheSettings;

const void* settings_defaults() {
  static const Settings settings;
  return &settings;
}

const void* token_defaults() {
  static const TokenSettings token;
  return &token;
}

constexpr Binding token_databases_binding = {.set = [](void* object, const Value& value) {
  for (const auto& [name, right] : value.pairs) {
    static_cast<TokenSettings*>(object)->databases[name] =
        right == "write" ? Access::write : Access::read;
  }
}};

constexpr std::array<Key, 4> token_keys = {{
    {.name = "name",
     .required = true,
     .description = "Who uses it; logs show this name, never the token.",
     .example = "reports",
     .binding = bind<Tk, &Tk::name>()},
    {.name = "token",
     .type = KeyType::secret,
     .description = "What the client sends as a bearer token; 16 characters at least.",
     .example = "${file:/run/secrets/reports_token}",
     .binding = bind<Tk, &Tk::token>()},
    {.name = "sha256",
     .description = "Instead of the token: its SHA-256 as 64 hexadecimal digits.",
     .example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
     .binding = bind<Tk, &Tk::sha256>()},
    {.name = "databases",
     .type = KeyType::choice_map,
     .choices = "read|write",
     .required = true,
     .description =
         "The databases it may use and how; `*` stands for all of them. A name alone, or "
         "a list of names, grants reading.",
     .example = "{shop: write, reports: read}",
     .binding = token_databases_binding},
}};

constexpr Section token_section = {"A client of the service.", token_keys, token_defaults,
                                   check_token, "token|sha256"};

constexpr Binding tokens_binding = {.add = [](void* object, const std::string&) -> void* {
  return &static_cast<Settings*>(object)->serve.tokens.emplace_back();
}};

constexpr std::array<Key, 8> limit_keys = {{
    {.name = "request_bytes_max",
     .type = KeyType::bytes,
     .least = 1024,
     .most = 1LL << 40,
     .description = "Size of a request's body, at most.",
     .example = "8MiB",
     .binding = bind<S, &S::serve, &Sv::limits, &L::request_bytes_max>()},
    {.name = "result_rows_max",
     .type = KeyType::integer,
     .least = 1,
     .description = "Rows of one result, at most.",
     .example = "1000000",
     .binding = bind<S, &S::serve, &Sv::limits, &L::result_rows_max>()},
    {.name = "result_bytes_max",
     .type = KeyType::bytes,
     .least = 1024,
     .description = "Size of one result, at most.",
     .example = "1GiB",
     .binding = bind<S, &S::serve, &Sv::limits, &L::result_bytes_max>()},
    {.name = "request_timeout",
     .type = KeyType::duration,
     .least = 1,
     .most = duration_max,
     .description = "How long one request may take.",
     .example = "60s",
     .binding = bind<S, &S::serve, &Sv::limits, &L::request_timeout>()},
    {.name = "concurrency_max",
     .type = KeyType::integer,
     .least = 1,
     .most = 100'000,
     .description = "Requests that are worked on at the same time.",
     .example = "64",
     .binding = bind<S, &S::serve, &Sv::limits, &L::concurrency_max>()},
    {.name = "session_timeout",
     .type = KeyType::duration,
     .least = 1000,
     .most = duration_max,
     .description = "A session that is not used for so long is rolled back and closed.",
     .example = "60s",
     .binding = bind<S, &S::serve, &Sv::limits, &L::session_timeout>()},
    {.name = "sessions_max",
     .type = KeyType::integer,
     .most = 100'000,
     .description = "Sessions open at the same time; 0: none may be opened.",
     .example = "100",
     .binding = bind<S, &S::serve, &Sv::limits, &L::sessions_max>()},
    {.name = "shutdown_grace",
     .type = KeyType::duration,
     .most = duration_max,
     .description = "How long a shutdown waits for what runs.",
     .example = "30s",
     .binding = bind<S, &S::serve, &Sv::limits, &L::shutdown_grace>()},
}};

constexpr Section limits_section = {"What one client may ask of the service.", limit_keys,
                                    settings_defaults};

constexpr std::array<Key, 2> serve_tls_keys = {{
    {.name = "cert_file",
     .description = "The service's certificate and its chain, PEM.",
     .example = "/etc/iacdb/server.pem",
     .binding = bind<S, &S::serve, &Sv::tls_cert_file>()},
    {.name = "key_file",
     .description = "The certificate's private key, PEM.",
     .example = "/etc/iacdb/server.key",
     .binding = bind<S, &S::serve, &Sv::tls_key_file>()},
}};

constexpr Section serve_tls_section = {"Encryption of the service.", serve_tls_keys,
                                       settings_defaults};

constexpr std::array<Key, 5> serve_keys = {{
    {.name = "address",
     .description = "The address to listen at. Another than loopback needs tls and a token.",
     .example = "0.0.0.0",
     .binding = bind<S, &S::serve, &Sv::address>()},
    {.name = "port",
     .type = KeyType::integer,
     .most = 65'535,
     .description = "The port to listen at; 0: any free one.",
     .example = "8443",
     .binding = bind<S, &S::serve, &Sv::port>()},
    {.name = "tls",
     .type = KeyType::section,
     .description = "Encryption of the service.",
     .section = &serve_tls_section},
    {.name = "tokens",
     .type = KeyType::section_list,
     .description = "Clients and their rights; without any, every local client may do everything.",
     .binding = tokens_binding,
     .section = &token_section},
    {.name = "limits",
     .type = KeyType::section,
     .description = "What one client may ask of the service.",
     .section = &limits_section},
}};

constexpr Section serve_section = {"The service, `iacdb serve`.", serve_keys, settings_defaults,
                                   check_serve};

constexpr std::array<Key, 5> log_keys = {{
    {.name = "level",
     .type = KeyType::choice,
     .choices = "error|warn|info|debug|trace|off",
     .description = "The least important messages that are written.",
     .example = "info",
     .binding = bind<S, &S::log, &Lg::level>()},
    {.name = "format",
     .type = KeyType::choice,
     .choices = "text|json",
     .description = "Lines for people, or one JSON object a line.",
     .example = "json",
     .binding = bind<S, &S::log, &Lg::format>()},
    {.name = "file",
     .description = "The file to append to; without one, standard error.",
     .example = "/var/log/iacdb.log",
     .binding = bind<S, &S::log, &Lg::file>()},
    {.name = "slow_query_threshold",
     .type = KeyType::duration,
     .most = duration_max,
     .plain_unit_ms = 1,
     .description = "Statements that take longer are logged; 0: never.",
     .example = "500ms",
     .binding = bind<S, &S::log, &Lg::slow_query_threshold>()},
    {.name = "slow_query_plan",
     .type = KeyType::boolean,
     .description = "Whether slow statements are explained, which costs one more round trip each.",
     .example = "true",
     .binding = bind<S, &S::log, &Lg::slow_query_plan>()},
}};

constexpr Section log_section = {"What is written to the log.", log_keys, settings_defaults};

constexpr std::array<Key, 2> metrics_keys = {{
    {.name = "enabled",
     .type = KeyType::boolean,
     .description = "Whether statements and pools are counted and timed for Prometheus.",
     .example = "true",
     .binding = bind<S, &S::metrics, &MetricsSettings::enabled>()},
    {.name = "statement_groups_max",
     .type = KeyType::integer,
     .most = 10'000,
     .description = "Fingerprints whose statements are counted and timed apart; the rest are "
                    "counted together. 0: none.",
     .example = "200",
     .binding = bind<S, &S::metrics, &MetricsSettings::statement_groups_max>()},
}};

constexpr Section metrics_section = {"Prometheus metrics.", metrics_keys, settings_defaults};

constexpr std::array<Key, 5> traces_keys = {{
    {.name = "endpoint",
     .description = "A collector that takes OTLP over HTTP, JSON; without a path, /v1/traces.",
     .example = "http://localhost:4318",
     .binding = bind<S, &S::traces, &T::endpoint>()},
    {.name = "authorization",
     .type = KeyType::secret,
     .description = "The value of the Authorization header sent to the collector.",
     .example = "${file:/run/secrets/collector_key}",
     .binding = bind<S, &S::traces, &T::authorization>()},
    {.name = "file",
     .description = "A file to append the same to, a JSON document a line.",
     .example = "/var/log/iacdb-traces.jsonl",
     .binding = bind<S, &S::traces, &T::file>()},
    {.name = "service_name",
     .description = "What the traces call this service.",
     .example = "shop-gateway",
     .binding = bind<S, &S::traces, &T::service_name>()},
    {.name = "sample_percent",
     .type = KeyType::integer,
     .most = 100,
     .description = "How many of a hundred traces that begin here are kept; one that a caller "
                    "began follows the caller.",
     .example = "10",
     .binding = bind<S, &S::traces, &T::sample_percent>()},
}};

constexpr Section traces_section = {
    "Traces in the OpenTelemetry form; off while neither endpoint nor file is given.", traces_keys,
    settings_defaults};

constexpr std::array<Key, 2> health_keys = {{
    {.name = "enabled",
     .type = KeyType::boolean,
     .description = "Whether the databases are checked regularly while the service runs.",
     .example = "true",
     .binding = bind<S, &S::health, &H::enabled>()},
    {.name = "interval",
     .type = KeyType::duration,
     .least = 100,
     .most = duration_max,
     .description = "The time between two checks.",
     .example = "30s",
     .binding = bind<S, &S::health, &H::interval>()},
}};

constexpr Section health_section = {"Health checks.", health_keys, settings_defaults};

constexpr std::array<Key, 6> cache_keys = {{
    {.name = "adapter",
     .description = "The kind of cache, such as redis.",
     .example = "redis",
     .binding = bind<S, &S::cache, &Ca::adapter>()},
    {.name = "host",
     .description = "The cache's server.",
     .example = "localhost",
     .binding = bind<S, &S::cache, &Ca::host>()},
    {.name = "port",
     .type = KeyType::integer,
     .least = 1,
     .most = 65'535,
     .description = "The cache's port.",
     .example = "6379",
     .binding = bind<S, &S::cache, &Ca::port>()},
    {.name = "database",
     .type = KeyType::integer,
     .most = 65'535,
     .description = "The number of the cache's database.",
     .example = "0",
     .binding = bind<S, &S::cache, &Ca::database>()},
    {.name = "password",
     .type = KeyType::secret,
     .description = "The cache's password.",
     .example = "${env:CACHE_PASSWORD}",
     .binding = bind<S, &S::cache, &Ca::password>()},
    {.name = "key_prefix",
     .description = "What every key in the cache begins with.",
     .example = "shop",
     .binding = bind<S, &S::cache, &Ca::key_prefix>()},
}};

constexpr Section cache_section = {
    "Read for existing installations; this version keeps no result cache.", cache_keys,
    settings_defaults};

constexpr Binding documents_binding = {.add = [](void* object, const std::string& name) -> void* {
  DatabaseSettings& store = static_cast<Settings*>(object)->documents[name];
  store.name = name;
  return &store;
}};

constexpr Binding databases_binding = {.add = [](void* object, const std::string& name) -> void* {
  DatabaseSettings& database = static_cast<Settings*>(object)->databases[name];
  database.name = name;
  return &database;
}};

std::array<Key, 8> make_root_keys() {
  return {{
      {.name = "databases",
       .type = KeyType::section_map,
       .description = "The databases by name.",
       .binding = databases_binding,
       .section = &database_section()},
      {.name = "documents",
       .type = KeyType::section_map,
       .description = "The document stores by name: PostgreSQL, SQLite or MongoDB.",
       .binding = documents_binding,
       .section = &database_section()},
      {.name = "serve",
       .type = KeyType::section,
       .description = "The service, `iacdb serve`.",
       .section = &serve_section},
      {.name = "log",
       .type = KeyType::section,
       .description = "What is written to the log.",
       .section = &log_section},
      {.name = "metrics",
       .type = KeyType::section,
       .description = "Prometheus metrics.",
       .section = &metrics_section},
      {.name = "traces",
       .type = KeyType::section,
       .description = "Traces in the OpenTelemetry form.",
       .section = &traces_section},
      {.name = "health",
       .type = KeyType::section,
       .description = "Health checks.",
       .section = &health_section},
      {.name = "cache",
       .type = KeyType::section,
       .description = "Read for existing installations; this version keeps no result cache.",
       .section = &cache_section},
  }};
}

}  // namespace

const Section& root_section() {
  static const std::array<Key, 8> keys = make_root_keys();
  static const Section section = {"", keys, settings_defaults, check_root};
  return section;
}

}  // namespace iacdb::config
