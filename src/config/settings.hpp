#pragma once
// Settings: what configuration files, variables and URLs come to, checked and with types.
//
//   const DatabaseSettings orders = config.settings().database("orders");   // secrets resolved
//   for (const auto& [name, database] : config.settings().databases) list(name, database);
//
// Threads: plain values; safe to share when const.

#include <chrono>
#include <cstdint>
#include <iacdb/options.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "core/connection_settings.hpp"

namespace iacdb::config {

struct Document;  // The merged sources, kept for resolving later and for `config show`.

/// One more server that holds the same data; what it does not say itself it takes from its
/// database.
struct ReplicaSettings {
  ConnectionSettings connection;
  PoolOptions pool;
};

/// The dialect of a program's SQL; own: the database's.
enum class SourceDialect : std::uint8_t { own, sqlite, postgres, mysql, tsql, oracle };

struct DatabaseSettings {
  std::string name;  ///< Its key under `databases`; empty when it came from a URL.
  ConnectionSettings connection;
  PoolOptions pool;
  std::vector<ReplicaSettings> replicas;
  std::chrono::milliseconds query_timeout{0};  ///< For each statement; 0: none.
  /// How often a document store looks for documents that have expired; 0: never.
  std::chrono::milliseconds expiry_interval{60'000};
  std::chrono::milliseconds transaction_timeout{0};  ///< For a whole transact(); 0: none.
  SourceDialect source_dialect = SourceDialect::own;
  std::map<std::string, std::string> policies;  ///< Of translation; see sql::set_policy.
  std::string statements;                       ///< A file of named statements; empty: none.
  /// Statements that run longer are logged; unset: log.slow_query_threshold, 0: never.
  std::optional<std::chrono::milliseconds> slow_query_threshold;
};

enum class Access : std::uint8_t { read, write };

/// A bearer token of the service: either the token or its SHA-256, and what it may do.
struct TokenSettings {
  std::string name;                         ///< Shown in logs instead of the token.
  base::Secret token;                       ///< Empty when only the hash is configured.
  std::string sha256;                       ///< 64 lower-case hexadecimal digits, or empty.
  std::map<std::string, Access> databases;  ///< By name; "*" stands for every database.
};

struct ServeLimits {
  std::uint64_t request_bytes_max = 8 * 1024 * 1024;
  std::uint64_t result_rows_max = 1'000'000;
  std::uint64_t result_bytes_max = 1024ULL * 1024 * 1024;
  std::chrono::milliseconds request_timeout{60'000};
  std::uint32_t concurrency_max = 64;
  std::chrono::milliseconds session_timeout{60'000};
  std::uint32_t sessions_max = 100;
  std::chrono::milliseconds shutdown_grace{30'000};
};

struct ServeSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string tls_cert_file;
  std::string tls_key_file;
  std::vector<TokenSettings> tokens;
  ServeLimits limits;
};

enum class LogLevel : std::uint8_t { error, warn, info, debug, trace, off };
enum class LogFormat : std::uint8_t { text, json };

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::string file;                                      ///< Empty: standard error.
  std::chrono::milliseconds slow_query_threshold{1000};  ///< 0: never.
  bool slow_query_plan = false;                          ///< Whether slow statements are explained.
};

struct MetricsSettings {
  bool enabled = true;
  std::uint32_t statement_groups_max = 200;  ///< Fingerprints counted apart; 0: none.
};

/// Traces in the OpenTelemetry form; off while neither endpoint nor file is set.
struct TracesSettings {
  std::string endpoint;        ///< Of a collector, OTLP over HTTP: "http://localhost:4318".
  base::Secret authorization;  ///< Value of the Authorization header sent to it.
  std::string file;            ///< A JSON document a line.
  std::string service_name = "iacdb";
  std::uint32_t sample_percent = 100;  ///< Of the traces that begin here.
};

struct HealthSettings {
  bool enabled = true;
  std::chrono::milliseconds interval{30'000};
};

/// Read for existing installations; this version keeps no result cache and warns when one is set.
struct CacheSettings {
  std::string adapter;  ///< "redis" or empty.
  std::string host = "localhost";
  std::uint16_t port = 6379;
  std::uint32_t database = 0;
  base::Secret password;
  std::string key_prefix;
};

/// Something that works but should not stay: a password on a command line, an unused setting.
struct Warning {
  std::string where;  ///< file:line:column, or the name of a variable.
  std::string message;
};

struct Settings {
  /// As written: values with ${...} are not resolved here, and their members hold the reference's
  /// text or the default. For lists and names; to connect, call database().
  std::map<std::string, DatabaseSettings> databases;
  std::map<std::string, DatabaseSettings> documents;  ///< Document stores, as written, as above.
  ServeSettings serve;  ///< As written, as above; to listen, call resolved_serve().
  LogSettings log;
  MetricsSettings metrics;
  TracesSettings traces;  ///< As written, as above; to send, call resolved_traces().
  HealthSettings health;
  CacheSettings cache;
  std::vector<Warning> warnings;
  std::shared_ptr<const Document> document;  ///< Null for settings made by hand.

  /// One database with every ${...} read anew: environment, files, commands.
  /// Throws: ConfigError when there is none of that name (with the nearest one), or a reference
  /// cannot be resolved.
  DatabaseSettings database(std::string_view name) const;
  /// One document store, as above.
  DatabaseSettings document_store(std::string_view name) const;
  /// The service's settings with every ${...} read anew.
  ServeSettings resolved_serve() const;
  TracesSettings resolved_traces() const;
};

}  // namespace iacdb::config
