// The keys of a database, its replicas and its pool.
// tidy: table, one row for each key; splitting would hide what belongs together
#include <array>

#include "base/text.hpp"
#include "config/check.hpp"
#include "config/host_text.hpp"
#include "config/key.hpp"

namespace iacdb::config {
namespace {

constexpr std::int64_t ms_per_day = 86'400'000;
constexpr std::int64_t duration_max = 365 * ms_per_day;
using C = ConnectionSettings;
using T = TlsSettings;
using P = PoolOptions;

template <class Object>
ConnectionSettings& connection(void* object) {
  return static_cast<Object*>(object)->connection;
}

HostPort& only_host(ConnectionSettings& settings) {
  if (settings.hosts.size() != 1) settings.hosts.assign(1, {});
  return settings.hosts.front();
}

template <class Object>
constexpr Binding host_binding = {.set = [](void* object, const Value& value) {
  only_host(connection<Object>(object)).host = value.text;
}};

template <class Object>
constexpr Binding port_binding = {.set = [](void* object, const Value& value) {
  only_host(connection<Object>(object)).port = static_cast<std::uint16_t>(value.number);
}};

template <class Object>
constexpr Binding hosts_binding = {.set = [](void* object, const Value& value) {
  auto& hosts = connection<Object>(object).hosts;
  hosts.clear();
  for (const std::string& text : value.list) hosts.push_back(*parse_host(text));
}};

template <class Object>
constexpr Binding tls_mode_binding = {
    .set =
        [](void* object, const Value& value) {
          TlsSettings& tls = connection<Object>(object).tls;
          tls.mode = static_cast<TlsMode>(value.number);
          tls.mode_given = true;
        },
    .get =
        [](const void* object) {
          Value value;
          value.number =
              static_cast<std::int64_t>(static_cast<const Object*>(object)->connection.tls.mode);
          return value;
        }};

template <class O>
constexpr std::array<Key, 5> tls_keys = {{
    {.name = "mode",
     .type = KeyType::choice,
     .choices = "disable|allow|prefer|require|verify-ca|verify-full",
     .url_parameter = "sslmode",
     .description =
         "Whether the connection is encrypted and the server's certificate checked, named "
         "as libpq names it. verify-full is the one to use over a network.",
     .example = "verify-full",
     .binding = tls_mode_binding<O>},
    {.name = "root_file",
     .url_parameter = "sslrootcert",
     .description = "CA certificates that the server's certificate is checked against, PEM; "
                    "`system` takes the system's.",
     .example = "/etc/iacdb/ca.pem",
     .binding = bind<O, &O::connection, &C::tls, &T::root_file>()},
    {.name = "cert_file",
     .url_parameter = "sslcert",
     .description = "The client's certificate, PEM.",
     .example = "/etc/iacdb/client.pem",
     .binding = bind<O, &O::connection, &C::tls, &T::cert_file>()},
    {.name = "key_file",
     .url_parameter = "sslkey",
     .description = "The client's private key, PEM.",
     .example = "/etc/iacdb/client.key",
     .binding = bind<O, &O::connection, &C::tls, &T::key_file>()},
    {.name = "crl_file",
     .url_parameter = "sslcrl",
     .description = "Revoked certificates, PEM.",
     .example = "/etc/iacdb/revoked.pem",
     .binding = bind<O, &O::connection, &C::tls, &T::crl_file>()},
}};

template <class O>
constexpr std::array<Key, 8> pool_keys = {{
    {.name = "open_max",
     .type = KeyType::integer,
     .least = 1,
     .most = 10'000,
     .url_parameter = "pool_max",
     .description = "Connections open at the same time, at most.",
     .example = "20",
     .binding = bind<O, &O::pool, &P::open_max>()},
    {.name = "idle_max",
     .type = KeyType::integer,
     .most = 10'000,
     .url_parameter = "pool_idle_max",
     .description = "Unused connections kept open, at most; not more than open_max.",
     .example = "10",
     .binding = bind<O, &O::pool, &P::idle_max>()},
    {.name = "warm",
     .type = KeyType::integer,
     .most = 10'000,
     .url_parameter = "pool_warm",
     .description = "Connections opened at once, before the first use.",
     .example = "2",
     .binding = bind<O, &O::pool, &P::warm>()},
    {.name = "lifetime",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "pool_lifetime",
     .description = "Age at which a connection is replaced, give or take a tenth; 0: never.",
     .example = "30m",
     .binding = bind<O, &O::pool, &P::lifetime>()},
    {.name = "idle_timeout",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "pool_idle_timeout",
     .description = "Time after which an unused connection is closed; 0: never.",
     .example = "5m",
     .binding = bind<O, &O::pool, &P::idle_timeout>()},
    {.name = "acquire_timeout",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "pool_timeout",
     .description = "How long a caller waits for a free connection; 0: for ever.",
     .example = "30s",
     .binding = bind<O, &O::pool, &P::acquire_timeout>()},
    {.name = "waiters_max",
     .type = KeyType::integer,
     .most = 1'000'000,
     .description = "Callers that may wait for a connection at the same time.",
     .example = "1000",
     .binding = bind<O, &O::pool, &P::waiters_max>()},
    {.name = "leak_after",
     .type = KeyType::duration,
     .most = duration_max,
     .description = "A connection in use for longer is reported as leaked; 0: never.",
     .example = "1m",
     .binding = bind<O, &O::pool, &P::leak_after>()},
}};

template <class O>
const void* defaults() {
  static const O object;
  return &object;
}

template <class O>
constexpr Section tls_section = {"Encryption of the connection.", tls_keys<O>, defaults<O>};

template <class O>
constexpr Section pool_section = {"Limits of the connections kept open.", pool_keys<O>,
                                  defaults<O>};

/// The keys that a database and a replica share.
template <class O>
constexpr std::array<Key, 13> endpoint_keys = {{
    {.name = "type",
     .choices = "sqlite|postgres|mysql|mssql|oracle|mongodb",
     .description =
         "The kind of database. Also understood: sqlite3, postgresql, mariadb, sqlserver.",
     .example = "postgres",
     .binding = bind<O, &O::connection, &C::backend>()},
    {.name = "url",
     .type = KeyType::secret,
     .description =
         "The address as a URL or another connection string, instead of type, host, port, "
         "database, username and password.",
     .example = "postgres://app:${env:APP_PASSWORD}@db1:5432/shop"},
    {.name = "host",
     .url_parameter = "host",
     .description =
         "Name or address of the server; an absolute path is the folder of a Unix socket.",
     .example = "db1.example.com",
     .binding = host_binding<O>},
    {.name = "port",
     .type = KeyType::integer,
     .least = 1,
     .most = 65'535,
     .url_parameter = "port",
     .description = "The server's port; by default the database's own.",
     .example = "5432",
     .binding = port_binding<O>},
    {.name = "hosts",
     .type = KeyType::hosts,
     .description = "Several servers, tried in this order, instead of host and port.",
     .example = "[db1:5432, db2:5432]",
     .binding = hosts_binding<O>},
    {.name = "database",
     .url_parameter = "dbname",
     .description = "The database's name; for SQLite the file, or :memory:.",
     .example = "shop",
     .binding = bind<O, &O::connection, &C::database>()},
    {.name = "username",
     .url_parameter = "user",
     .description = "The user to log in as.",
     .example = "app",
     .binding = bind<O, &O::connection, &C::username>()},
    {.name = "password",
     .type = KeyType::secret,
     .url_parameter = "password",
     .description = "The user's password; best as a reference to a file, variable or command.",
     .example = "${file:/run/secrets/app_password}",
     .binding = bind<O, &O::connection, &C::password>()},
    {.name = "tls",
     .type = KeyType::section,
     .description = "Encryption of the connection.",
     .section = &tls_section<O>},
    {.name = "connect_timeout",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "connect_timeout",
     .description = "How long making one connection may take; 0: for ever.",
     .example = "10s",
     .binding = bind<O, &O::connection, &C::connect_timeout>()},
    {.name = "statement_cache_size",
     .type = KeyType::integer,
     .most = 100'000,
     .url_parameter = "statement_cache_size",
     .description = "Prepared statements that a connection keeps; 0: none.",
     .example = "256",
     .binding = bind<O, &O::connection, &C::statement_cache_size>()},
    {.name = "batch_rows",
     .type = KeyType::integer,
     .least = 1,
     .most = 100'000,
     .url_parameter = "batch_rows",
     .description = "Rows that are read at once, at most.",
     .example = "256",
     .binding = bind<O, &O::connection, &C::batch_rows>()},
    {.name = "options",
     .type = KeyType::text_map,
     .description = "What only this kind of database knows; `iacdb backends` lists them.",
     .example = "{application_name: shop}",
     .binding = bind<O, &O::connection, &C::options>()},
}};

constexpr Key replica_pool = {.name = "pool",
                              .type = KeyType::section,
                              .description = "Limits of the connections kept open.",
                              .section = &pool_section<ReplicaSettings>};

template <std::size_t Size, std::size_t More>
constexpr std::array<Key, Size + More> joined(const std::array<Key, Size>& keys,
                                              const std::array<Key, More>& more) {
  std::array<Key, Size + More> all{};
  for (std::size_t i = 0; i < Size; ++i) all[i] = keys[i];
  for (std::size_t i = 0; i < More; ++i) all[Size + i] = more[i];
  return all;
}

constexpr auto replica_keys =
    joined(endpoint_keys<ReplicaSettings>, std::array<Key, 1>{replica_pool});

constexpr Section replicas_section = {
    "One more server with the same data. Keys that are not given are taken from the database.",
    replica_keys, defaults<ReplicaSettings>, check_replica};

constexpr Binding replicas_binding = {.add = [](void* object, const std::string&) -> void* {
  auto& database = *static_cast<DatabaseSettings*>(object);
  database.replicas.push_back({database.connection, database.pool});
  return &database.replicas.back();
}};

using D = DatabaseSettings;

constexpr std::array<Key, 9> database_only_keys = {{
    {.name = "pool",
     .type = KeyType::section,
     .description = "Limits of the connections kept open.",
     .section = &pool_section<D>},
    {.name = "query_timeout",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "query_timeout",
     .description =
         "How long a statement may take, waiting for a connection included; 0: for ever.",
     .example = "30s",
     .binding = bind<D, &D::query_timeout>()},
    {.name = "transaction_timeout",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "transaction_timeout",
     .description = "How long a transaction as a whole may take; 0: for ever.",
     .example = "1m",
     .binding = bind<D, &D::transaction_timeout>()},
    {.name = "expiry_interval",
     .type = KeyType::duration,
     .most = duration_max,
     .url_parameter = "expiry_interval",
     .description = "How often a document store in SQL removes what is past the "
                    "expireAfterSeconds of an index; 0: never.",
     .example = "1m",
     .binding = bind<D, &D::expiry_interval>()},
    {.name = "source_dialect",
     .type = KeyType::choice,
     .choices = "own|sqlite|postgres|mysql|tsql|oracle",
     .url_parameter = "source_dialect",
     .description = "The dialect that the program's SQL is written in; statements are translated "
                    "where it is not the database's own.",
     .example = "mysql",
     .binding = bind<D, &D::source_dialect>()},
    {.name = "policies",
     .type = KeyType::text_map,
     .description = "What translated statements mean where databases truly differ; see the page of "
                    "policies.",
     .example = "{case: all, zero-dates: null}",
     .binding = bind<D, &D::policies>()},
    {.name = "statements",
     .url_parameter = "statements",
     .description = "A file of named statements, with texts for one database where it must differ; "
                    "they are prepared when the database is opened.",
     .example = "/etc/iacdb/shop.sql",
     .binding = bind<D, &D::statements>()},
    {.name = "slow_query_threshold",
     .type = KeyType::duration,
     .most = duration_max,
     .plain_unit_ms = 1,
     .url_parameter = "slow_query_threshold",
     .description = "Statements that take longer are logged; 0: never. By default that of `log`.",
     .example = "200ms",
     .binding = bind<D, &D::slow_query_threshold>()},
    {.name = "replicas",
     .type = KeyType::section_list,
     .description = "Servers that hold the same data and are only read.",
     .binding = replicas_binding,
     .section = &replicas_section},
}};

constexpr auto database_keys = joined(endpoint_keys<D>, database_only_keys);
constexpr Section database_root = {"One database.", database_keys, defaults<D>, check_database,
                                   "type|url"};

}  // namespace

const Section& database_section() {
  return database_root;
}

const Section& replica_section() {
  return replicas_section;
}

}  // namespace iacdb::config
