// The configurations of existing installations load as they are and are shown in today's form.
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "config/problem.hpp"
#include "config/show.hpp"

namespace iacdb::config {
namespace {

using Variables = std::map<std::string, std::string>;
using Loaded = std::shared_ptr<const Settings>;
using std::chrono::milliseconds;
using std::chrono::seconds;

Loaded load_json(std::string text, Variables variables = {}) {
  return load_settings({.path = "configuration.json",
                        .text = std::move(text),
                        .environment = Environment(std::move(variables))});
}

Loaded load_variables(Variables variables) {
  return load_settings({.text = "", .environment = Environment(std::move(variables))});
}

TEST(LegacyFile, ReadsConfigurationJson) {
  const auto settings = load_json(R"json({
    "database": { "type": "postgres",
                  "connection": "postgresql://user:p%40ss@host1:5433/db?sslmode=disable",
                  "maxidleconns": 5, "maxopenconns": 10, "timeout": 5 },
    "altdatabases": [
      { "name": "conn1", "type": "mysql",
        "connection": "user:p@ss:/w${env:HOME}@tcp(host2:3307)/db?parseTime=true&loc=Local" },
      { "name": "conn2", "type": "mysql", "connection": "user:pass@unix(/path/my.sock)/db" },
      { "name": "conn3", "type": "mssql",
        "connection": "server=h;user id=u;password=p;port=1433;database=d;encrypt=disable" },
      { "name": "conn4", "type": "sqlserver", "connection": "sqlserver://u:p@h:1433?database=d" },
      { "name": "conn5", "type": "oracle", "connection": "oracle://u:p@h:1521/service" },
      { "name": "conn6", "type": "oracle", "connection": "u/p@h:1521/service" },
      { "name": "conn7", "type": "postgres",
        "connection": "host=h port=5432 user=u password=p dbname=d sslmode=require" } ],
    "documentdb": { "type": "mongodb", "connection": "mongodb://u:p@localhost:27017/admin",
                    "database": "IAC_CFG" },
    "cache": { "adapter": "redis",
               "redis": { "conn": 6379, "dbNum": 2, "password": "pw", "key": "k" } },
    "transaction": { "timeout": 30 },
    "httpport": 8080, "logs": { "level": "nonsense" } })json");
  EXPECT_EQ(settings->databases.size(), 8u);
  EXPECT_EQ(settings->documents.size(), 1u);
  const DatabaseSettings main = settings->database("default");
  EXPECT_EQ(main.connection.backend, "postgres");
  EXPECT_EQ(main.connection.hosts.at(0), (HostPort{"host1", 5433}));
  EXPECT_EQ(main.connection.password.reveal(), "p@ss");
  EXPECT_EQ(main.connection.tls.mode, TlsMode::disable);
  EXPECT_EQ(main.pool.idle_max, 5u);
  EXPECT_EQ(main.pool.open_max, 10u);
  EXPECT_EQ(main.connection.connect_timeout, seconds(5));
  EXPECT_EQ(main.transaction_timeout, seconds(30));
  const DatabaseSettings mysql = settings->database("conn1");
  EXPECT_EQ(mysql.connection.password.reveal(), "p@ss:/w${env:HOME}");
  EXPECT_EQ(mysql.connection.hosts.at(0), (HostPort{"host2", 3307}));
  EXPECT_TRUE(mysql.connection.options.empty());
  EXPECT_EQ(mysql.connection.connect_timeout, seconds(30));
  EXPECT_EQ(settings->database("conn2").connection.hosts.at(0).host, "/path/my.sock");
  for (const char* name : {"conn3", "conn4"}) {
    const ConnectionSettings mssql = settings->database(name).connection;
    EXPECT_EQ(mssql.backend, "mssql");
    EXPECT_EQ(mssql.hosts.at(0), (HostPort{"h", 1433}));
    EXPECT_EQ(mssql.database, "d");
  }
  for (const char* name : {"conn5", "conn6"}) {
    const ConnectionSettings oracle = settings->database(name).connection;
    EXPECT_EQ(oracle.backend, "oracle");
    EXPECT_EQ(oracle.database, "service");
  }
  EXPECT_EQ(settings->database("conn7").connection.tls.mode, TlsMode::require);
  const ConnectionSettings store = settings->document_store("document").connection;
  EXPECT_EQ(store.backend, "mongodb");
  EXPECT_EQ(store.database, "IAC_CFG");
  EXPECT_EQ(store.options.at("authSource"), "admin");
  EXPECT_EQ(settings->cache.adapter, "redis");
  EXPECT_EQ(settings->cache.port, 6379);
  EXPECT_EQ(settings->cache.database, 2u);
  EXPECT_EQ(settings->cache.key_prefix, "k");
  ASSERT_EQ(settings->warnings.size(), 1u);
  EXPECT_NE(settings->warnings[0].message.find("keeps no result cache"), std::string::npos);
}

TEST(LegacyFile, FitsWhatGosPoolsAllow) {
  const auto pool = [](const std::string& keys) {
    return load_json(R"({"database": {"type": "mysql", "connection": "u@tcp(h)/d", )" + keys + "}}")
        ->database("default")
        .pool;
  };
  EXPECT_EQ(pool(R"("maxidleconns": 50, "maxopenconns": 3)").idle_max, 3u);
  EXPECT_EQ(pool(R"("maxidleconns": 50)").idle_max, 10u);
  EXPECT_EQ(pool(R"("maxopenconns": 3)").idle_max, 3u);
  EXPECT_EQ(pool(R"("maxopenconns": 0)").open_max, 10'000u);
  EXPECT_EQ(pool(R"("maxidleconns": -1)").idle_max, 0u);
}

TEST(LegacyFile, TellsMistakesWithTheirPlace) {
  try {
    load_json(
        "{\"database\": {\"type\": \"mysql\",\n \"connection\": \"user:hunter2@tcp(h:x)/d\"}}");
    FAIL();
  } catch (const SettingsError& error) {
    EXPECT_EQ(error.lines().at(0),
              "configuration.json:2:16, position 18: no host and port between the brackets; write "
              "tcp(host:3306)");
  }
  EXPECT_THROW(load_json(R"({"altdatabases": [{"type": "mysql", "connection": "u@/d"}]})"),
               ConfigError);
  EXPECT_THROW(load_json(R"({"altdatabases": [{"name": "a", "type": "mysql", "connection": "u@/d"},
                                              {"name": "a", "type": "mysql", "connection": "u@/d"}]})"),
               ConfigError);
}

TEST(LegacyFile, ReadsPrimaryReplicasAndDocument) {
  const auto settings = load_json(R"({
    "primary": { "type": "postgres", "host": "db1", "port": 5433, "database": "shop",
                 "username": "app", "password": "p${w", "schema": "sales", "ssl_mode": "require",
                 "maxOpenConns": 20, "max_idle_conns": 10, "connMaxLifetime": 3600,
                 "conn_max_idle_time": 60, "timeout": 7, "slow_query_threshold": 250,
                 "enable_metrics": false, "health_check_interval": 9 },
    "replicas": [ { "host": "db2" },
                  { "type": "postgres", "host": "db3", "port": 6000, "user": "reader" } ],
    "document": { "host": "docs", "name": "IAC_CFG", "auth_source": "admin", "replica_set": "rs0",
                  "max_pool_size": 7, "min_pool_size": 2 } })");
  const DatabaseSettings main = settings->database("default");
  EXPECT_EQ(main.connection.hosts.at(0), (HostPort{"db1", 5433}));
  EXPECT_EQ(main.connection.password.reveal(), "p${w");
  EXPECT_EQ(main.connection.options.at("search_path"), "sales");
  EXPECT_EQ(main.connection.tls.mode, TlsMode::require);
  EXPECT_EQ(main.pool.open_max, 20u);
  EXPECT_EQ(main.pool.lifetime, seconds(3600));
  EXPECT_EQ(main.pool.idle_timeout, seconds(60));
  EXPECT_EQ(main.connection.connect_timeout, seconds(7));
  EXPECT_EQ(settings->log.slow_query_threshold, milliseconds(250));
  EXPECT_FALSE(settings->metrics.enabled);
  EXPECT_EQ(settings->health.interval, seconds(9));
  ASSERT_EQ(main.replicas.size(), 2u);
  EXPECT_EQ(main.replicas[0].connection.hosts.at(0).host, "db2");
  EXPECT_EQ(main.replicas[0].connection.username, "app");
  EXPECT_EQ(main.replicas[1].connection.hosts.at(0), (HostPort{"db3", 6000}));
  EXPECT_EQ(main.replicas[1].connection.username, "reader");
  EXPECT_EQ(main.replicas[1].connection.database, "shop");
  const DatabaseSettings store = settings->document_store("document");
  EXPECT_EQ(store.connection.backend, "mongodb");
  EXPECT_EQ(store.connection.hosts.at(0), (HostPort{"docs", 27017}));
  EXPECT_EQ(store.connection.options.at("replicaSet"), "rs0");
  EXPECT_EQ(store.pool.open_max, 7u);
  EXPECT_EQ(store.pool.warm, 2u);
}

TEST(LegacyVariables, ReadsAllOfThem) {
  const auto settings = load_variables({{"DB_TYPE", "postgres"},
                                        {"DB_HOST", "db1"},
                                        {"DB_PORT", "5433"},
                                        {"DB_DATABASE", "first"},
                                        {"DB_NAME", "second"},
                                        {"DB_USER", "app"},
                                        {"DB_PASSWORD", "p@:/?#%'\"\\ ${env:HOME}"},
                                        {"DB_SCHEMA", "sales"},
                                        {"DB_SSL_MODE", "verify-full"},
                                        {"DB_SSL_CERT", "/c"},
                                        {"DB_SSL_KEY", "/k"},
                                        {"DB_SSL_ROOT_CERT", "/r"},
                                        {"DB_MAX_IDLE_CONNS", "4"},
                                        {"DB_MAX_OPEN_CONNS", "8"},
                                        {"DB_CONN_MAX_LIFETIME", "600"},
                                        {"DB_CONN_MAX_IDLE_TIME", "60"},
                                        {"DB_TIMEOUT", "9"},
                                        {"DB_REPLICA_COUNT", "2"},
                                        {"DB_REPLICA_1_HOST", "r1"},
                                        {"DB_REPLICA_2_TYPE", "postgres"},
                                        {"DB_REPLICA_2_HOST", "r2"},
                                        {"DB_REPLICA_2_PORT", "6000"},
                                        {"DB_REPLICA_2_DATABASE", "copy"},
                                        {"DB_REPLICA_2_USERNAME", "reader"},
                                        {"DB_REPLICA_2_PASSWORD", "other"},
                                        {"DOCDB_HOST", "docs"},
                                        {"DOCDB_DATABASE", "IAC_CFG"},
                                        {"DOCDB_USERNAME", "u"},
                                        {"DOCDB_PASSWORD", "p"},
                                        {"DOCDB_AUTH_SOURCE", "admin"},
                                        {"DOCDB_SSL_MODE", "disable"},
                                        {"DOCDB_MAX_POOL_SIZE", "50"},
                                        {"DOCDB_CONN_TIMEOUT", "4"},
                                        {"DB_ENABLE_METRICS", "TRUE"},
                                        {"DB_SLOW_QUERY_THRESHOLD", "150"},
                                        {"DB_ENABLE_HEALTH_CHECKS", "0"},
                                        {"DB_HEALTH_CHECK_INTERVAL", "45"}});
  const DatabaseSettings main = settings->database("default");
  EXPECT_EQ(main.connection.hosts.at(0), (HostPort{"db1", 5433}));
  EXPECT_EQ(main.connection.database, "first");
  EXPECT_EQ(main.connection.username, "app");
  EXPECT_EQ(main.connection.password.reveal(), "p@:/?#%'\"\\ ${env:HOME}");
  EXPECT_EQ(main.connection.options.at("search_path"), "sales");
  const TlsSettings tls = {TlsMode::verify_full, true, "/r", "/c", "/k", ""};
  EXPECT_EQ(main.connection.tls, tls);
  EXPECT_EQ(main.pool.idle_max, 4u);
  EXPECT_EQ(main.pool.open_max, 8u);
  EXPECT_EQ(main.pool.lifetime, seconds(600));
  EXPECT_EQ(main.pool.idle_timeout, seconds(60));
  EXPECT_EQ(main.connection.connect_timeout, seconds(9));
  ASSERT_EQ(main.replicas.size(), 2u);
  EXPECT_EQ(main.replicas[0].connection.hosts.at(0), (HostPort{"r1", 5432}));
  EXPECT_EQ(main.replicas[0].connection.password.reveal(), "p@:/?#%'\"\\ ${env:HOME}");
  EXPECT_EQ(main.replicas[1].connection.hosts.at(0), (HostPort{"r2", 6000}));
  EXPECT_EQ(main.replicas[1].connection.database, "copy");
  EXPECT_EQ(main.replicas[1].connection.password.reveal(), "other");
  const DatabaseSettings store = settings->document_store("document");
  EXPECT_EQ(store.connection.hosts.at(0), (HostPort{"docs", 27017}));
  EXPECT_EQ(store.connection.options.at("authSource"), "admin");
  EXPECT_EQ(store.connection.tls.mode, TlsMode::disable);
  EXPECT_EQ(store.pool.open_max, 50u);
  EXPECT_EQ(store.connection.connect_timeout, seconds(4));
  EXPECT_TRUE(settings->metrics.enabled);
  EXPECT_EQ(settings->log.slow_query_threshold, milliseconds(150));
  EXPECT_FALSE(settings->health.enabled);
  EXPECT_EQ(settings->health.interval, seconds(45));
}

TEST(LegacyVariables, ReadsTheSecondSpellings) {
  const auto settings = load_variables({{"DB_NAME", "shop"},
                                        {"DB_USERNAME", "first"},
                                        {"DB_USER", "second"},
                                        {"DB_CONN_TIMEOUT", "3"},
                                        {"DB_TIMEOUT", "9"},
                                        {"DB_REPLICA_COUNT", "1"},
                                        {"DB_REPLICA_1_TYPE", "mysql"},
                                        {"DB_REPLICA_1_HOST", "r1"},
                                        {"DOCDB_TYPE", "mongodb"},
                                        {"DOCDB_HOST", "docs"},
                                        {"DOCDB_PORT", "27018"},
                                        {"DOCDB_NAME", "IAC_CFG"},
                                        {"DOCDB_USER", "u"},
                                        {"DOCDB_REPLICA_SET", "rs0"},
                                        {"DOCDB_MIN_POOL_SIZE", "2"},
                                        {"DOCDB_MAX_POOL_SIZE", "7"},
                                        {"DOCDB_TIMEOUT", "6"}});
  const DatabaseSettings main = settings->database("default");
  EXPECT_EQ(main.connection.database, "shop");
  EXPECT_EQ(main.connection.username, "first");
  EXPECT_EQ(main.connection.connect_timeout, seconds(3));
  ASSERT_EQ(main.replicas.size(), 1u);
  EXPECT_EQ(main.replicas[0].connection.backend, "mysql");
  EXPECT_EQ(main.replicas[0].connection.hosts.at(0), (HostPort{"r1", 3306}));
  const DatabaseSettings store = settings->document_store("document");
  EXPECT_EQ(store.connection.backend, "mongodb");
  EXPECT_EQ(store.connection.hosts.at(0), (HostPort{"docs", 27018}));
  EXPECT_EQ(store.connection.database, "IAC_CFG");
  EXPECT_EQ(store.connection.username, "u");
  EXPECT_EQ(store.connection.options.at("replicaSet"), "rs0");
  EXPECT_EQ(store.pool.warm, 2u);
  EXPECT_EQ(store.pool.open_max, 7u);
  EXPECT_EQ(store.connection.connect_timeout, seconds(6));
}

TEST(LegacyVariables, ReadsEveryKindWithHostilePasswords) {
  const std::vector<std::tuple<std::string, std::string, std::uint16_t>> kinds = {
      {"mysql", "mysql", 3306},
      {"postgres", "postgres", 5432},
      {"mssql", "mssql", 1433},
      {"sqlserver", "mssql", 1433},
      {"oracle", "oracle", 1521}};
  for (const auto& [type, backend, port] : kinds) {
    for (const char* password :
         {"p@:/?#%'\"\\ ${env:HOME}", "a;b=c,d", "@tcp(other:1)/x", "%41%zz", "{x}}", " ", "ü€"}) {
      const auto settings = load_variables({{"DB_TYPE", type},
                                            {"DB_HOST", "db1"},
                                            {"DB_NAME", "shop"},
                                            {"DB_USER", "app"},
                                            {"DB_PASSWORD", password}});
      const ConnectionSettings main = settings->database("default").connection;
      EXPECT_EQ(main.backend, backend);
      EXPECT_EQ(main.hosts.at(0), (HostPort{"db1", port})) << type;
      EXPECT_EQ(main.database, "shop") << type;
      EXPECT_EQ(main.username, "app") << type;
      EXPECT_EQ(main.password.reveal(), password) << type;
    }
  }
}

TEST(LegacyVariables, HaveTheirDefaults) {
  const auto main = load_variables({{"DB_NAME", "d"}, {"DB_HOST", ""}})->database("default");
  EXPECT_EQ(main.connection.backend, "mysql");
  EXPECT_EQ(main.connection.hosts.at(0), (HostPort{"localhost", 3306}));
  EXPECT_EQ(main.pool.idle_max, 5u);
  EXPECT_EQ(main.pool.open_max, 10u);
  EXPECT_EQ(main.connection.connect_timeout, seconds(30));
  const std::map<std::string, std::uint16_t> ports = {
      {"mysql", 3306}, {"postgres", 5432}, {"sqlserver", 1433}, {"oracle", 1521}};
  for (const auto& [type, port] : ports) {
    EXPECT_EQ(load_variables({{"DB_TYPE", type}})->database("default").connection.hosts.at(0).port,
              port);
  }
  EXPECT_TRUE(load_variables({{"DB_ENABLE_METRICS", "true"}})->databases.empty());
}

TEST(LegacyVariables, DoNotTouchAFileOfToday) {
  const auto settings = load_settings(
      {.path = "f.yaml",
       .text = "databases: {default: {type: sqlite, database: f.db}}",
       .environment = Environment(Variables{{"DB_HOST", "x"}, {"DB_TYPE", "mysql"}})});
  EXPECT_EQ(settings->database("default").connection.backend, "sqlite");
}

TEST(LegacyVariables, OverrideOnlyWhatTheySayInALegacyFile) {
  const auto settings = load_json(
      R"({"database": {"type": "postgres", "connection": "host=h port=6000 user=u dbname=d"}})",
      {{"DB_PASSWORD", "pw"}});
  const ConnectionSettings connection = settings->database("default").connection;
  EXPECT_EQ(connection.hosts.at(0), (HostPort{"h", 6000}));
  EXPECT_EQ(connection.password.reveal(), "pw");
  EXPECT_EQ(connection.backend, "postgres");
}

TEST(LegacyVariables, TellMistakesByTheirName) {
  const auto refusal = [](Variables variables) {
    try {
      load_variables(std::move(variables));
    } catch (const SettingsError& error) {
      return error.lines().at(0);
    }
    return std::string();
  };
  EXPECT_EQ(refusal({{"DB_TYPE", "mysql"}, {"DB_PORT", "hunter2"}}),
            "DB_PORT: port is a whole number");
  EXPECT_EQ(refusal({{"DB_TYPE", "mysqll"}}).substr(0, 8), "DB_TYPE:");
  EXPECT_EQ(refusal({{"DB_HOST", "h"}, {"DB_REPLICA_COUNT", "1"}}),
            "DB_REPLICA_1_HOST: is not set, though DB_REPLICA_COUNT says it exists");
  EXPECT_EQ(refusal({{"DB_HOST", "h"}, {"DB_REPLICA_COUNT", "x"}}),
            "DB_REPLICA_COUNT: is a number from 0 to 64");
}

TEST(LegacyVariables, AreShownInTheFormOfToday) {
  const auto settings = load_variables({{"DB_TYPE", "postgres"},
                                        {"DB_DATABASE", "shop"},
                                        {"DB_USERNAME", "app"},
                                        {"DB_PASSWORD", "se${x}"},
                                        {"DB_SLOW_QUERY_THRESHOLD", "150"}});
  EXPECT_EQ(show_settings(*settings), R"(databases:
  default:
    type: postgres  # DB_TYPE
    host: localhost  # DB_TYPE
    port: 5432  # DB_TYPE
    database: shop  # DB_DATABASE
    username: app  # DB_USERNAME
    password: "***"  # DB_PASSWORD
log:
  slow_query_threshold: 150  # DB_SLOW_QUERY_THRESHOLD
)");
  const auto again = load_settings({.path = "f.yaml",
                                    .text = show_settings(*settings, {.secrets = true}),
                                    .use_environment = false});
  EXPECT_EQ(again->database("default").connection.password.reveal(), "se${x}");
}

}  // namespace
}  // namespace iacdb::config
