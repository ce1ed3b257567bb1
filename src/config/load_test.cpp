#include "config/load.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iacdb/config.hpp>

#include "config/problem.hpp"

namespace iacdb::config {
namespace {

using Variables = std::map<std::string, std::string>;
using Loaded = std::shared_ptr<const Settings>;

Loaded load(std::string text, Variables variables = {}, std::vector<std::string> assignments = {}) {
  return load_settings({.path = "f.yaml",
                        .text = std::move(text),
                        .environment = Environment(std::move(variables)),
                        .assignments = std::move(assignments)});
}

std::vector<std::string> refusals(std::string text, Variables variables = {},
                                  std::vector<std::string> assignments = {}) {
  try {
    load(std::move(text), std::move(variables), std::move(assignments));
    return {};
  } catch (const SettingsError& error) {
    return error.lines();
  }
}

std::string told(const Settings& settings) {
  std::string text;
  for (const Warning& warning : settings.warnings)
    text += warning.where + ": " + warning.message + "\n";
  return text;
}

constexpr const char* shop = "databases:\n  shop:\n    type: postgres\n    host: db1\n";

TEST(Load, ReadsEveryKeyOfADatabase) {
  const auto settings = load(R"(
databases:
  shop:
    type: postgresql
    hosts: [db1:5432, db2, "[::1]:7"]
    database: shop
    username: app
    password: "se'cret"
    tls: {mode: verify-full, root_file: /ca, cert_file: /c, key_file: /k, crl_file: /r}
    connect_timeout: 5
    statement_cache_size: 0
    batch_rows: 100
    options: {application_name: x, fetch: 5, flag: true}
    pool: {open_max: 20, idle_max: 20, warm: 1, lifetime: 0, idle_timeout: 1h, acquire_timeout: 2s,
           waiters_max: 3, leak_after: 90s}
    query_timeout: 200ms
    transaction_timeout: 1m
    slow_query_threshold: 250
)");
  const DatabaseSettings database = settings->database("shop");
  EXPECT_EQ(database.name, "shop");
  EXPECT_EQ(database.connection.backend, "postgres");
  const std::vector<HostPort> hosts = {{"db1", 5432}, {"db2", 0}, {"::1", 7}};
  EXPECT_EQ(database.connection.hosts, hosts);
  EXPECT_EQ(database.connection.password.reveal(), "se'cret");
  const TlsSettings tls = {TlsMode::verify_full, true, "/ca", "/c", "/k", "/r"};
  EXPECT_EQ(database.connection.tls, tls);
  EXPECT_EQ(database.connection.connect_timeout, std::chrono::seconds(5));
  EXPECT_EQ(database.connection.statement_cache_size, 0u);
  EXPECT_EQ(database.connection.batch_rows, 100u);
  EXPECT_EQ(database.connection.options.at("fetch"), "5");
  EXPECT_EQ(database.connection.options.at("flag"), "true");
  PoolOptions pool;
  pool.open_max = 20;
  pool.idle_max = 20;
  pool.warm = 1;
  pool.lifetime = std::chrono::milliseconds(0);
  pool.idle_timeout = std::chrono::hours(1);
  pool.acquire_timeout = std::chrono::seconds(2);
  pool.waiters_max = 3;
  pool.leak_after = std::chrono::seconds(90);
  EXPECT_EQ(database.pool, pool);
  EXPECT_EQ(database.query_timeout, std::chrono::milliseconds(200));
  EXPECT_EQ(database.transaction_timeout, std::chrono::minutes(1));
  EXPECT_EQ(database.slow_query_threshold, std::chrono::milliseconds(250));
}

TEST(Load, ReadsTheOtherSections) {
  const auto settings = load(R"(
databases: {shop: {type: sqlite, database: a.db}}
serve:
  address: 127.0.0.2
  port: 0
  tls: {cert_file: /c, key_file: /k}
  tokens:
    - {name: a, token: 0123456789abcdef0, databases: shop}
    - {name: b, sha256: 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08, databases: {"*": write}}
    - {name: c, token: "a long enough token", databases: [shop]}
  limits: {request_bytes_max: 1MB, result_rows_max: 5, request_timeout: 5s}
log: {level: debug, format: json, file: /var/log/x, slow_query_threshold: 0}
metrics: {enabled: false}
health: {enabled: false, interval: 1m}
)");
  const ServeSettings serve = settings->resolved_serve();
  EXPECT_EQ(serve.address, "127.0.0.2");
  EXPECT_EQ(serve.port, 0);
  EXPECT_EQ(serve.tls_cert_file, "/c");
  ASSERT_EQ(serve.tokens.size(), 3u);
  EXPECT_EQ(serve.tokens[0].token.reveal(), "0123456789abcdef0");
  EXPECT_EQ(serve.tokens[0].databases.at("shop"), Access::read);
  EXPECT_EQ(serve.tokens[1].sha256.substr(0, 6), "9f86d0");
  EXPECT_EQ(serve.tokens[1].databases.at("*"), Access::write);
  EXPECT_EQ(serve.tokens[2].databases.at("shop"), Access::read);
  EXPECT_EQ(serve.limits.request_bytes_max, 1'000'000u);
  EXPECT_EQ(serve.limits.result_rows_max, 5u);
  EXPECT_EQ(serve.limits.sessions_max, ServeLimits{}.sessions_max);
  EXPECT_EQ(settings->log.level, LogLevel::debug);
  EXPECT_EQ(settings->log.format, LogFormat::json);
  EXPECT_EQ(settings->log.slow_query_threshold.count(), 0);
  EXPECT_FALSE(settings->metrics.enabled);
  EXPECT_FALSE(settings->health.enabled);
}

TEST(Load, TakesAnEmptyFile) {
  EXPECT_TRUE(load("")->databases.empty());
  EXPECT_TRUE(load("# nothing\n")->databases.empty());
  EXPECT_TRUE(load("databases:\n")->databases.empty());
  EXPECT_EQ(Config::parse("{}", "f.json").names().size(), 0u);
}

TEST(Load, TellsAllProblemsTogether) {
  const auto lines =
      refusals("log: {level: x}\nserver: 1\ndatabases:\n  a: {type: y}\n  b: {port: 0}\n");
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0].substr(0, 11), "f.yaml:1:14");
  EXPECT_EQ(lines[1].substr(0, 10), "f.yaml:2:1");
  EXPECT_EQ(lines[4].substr(0, 11), "f.yaml:5:13");
  std::string many = "databases:\n";
  for (int i = 0; i < 30; ++i) many += "  n" + std::to_string(i) + ": {}\n";
  const auto capped = refusals(many);
  ASSERT_EQ(capped.size(), 21u);
  EXPECT_EQ(capped.back(), "and 10 more problems");
  try {
    load(many);
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.where(), "f.yaml:2:7");
    EXPECT_NE(std::string(error.what()).find("and 29 more problems"), std::string::npos);
  }
}

TEST(Load, LaysTheEnvironmentOverTheFile) {
  const auto settings = load(
      shop, {{"IACDB_DATABASES_SHOP_HOST", "db2"},
             {"IACDB_DATABASES_SHOP_POOL_OPEN_MAX", "33"},
             {"IACDB_DATABASES_SHOP_PASSWORD", "lit${env:X}"},
             {"IACDB_DATABASES_SHOP_OPTIONS_SEARCH_PATH", "a,b"},
             {"IACDB_DATABASES_NEW_ONE_TYPE", "sqlite"},
             {"IACDB_DATABASES_NEW_ONE_DATABASE", "n.db"},
             {"IACDB_LOG_LEVEL", "debug"},
             {"IACDB_METRICS_ENABLED", "false"},
             {"IACDB_SERVE_TOKENS", R"([{"name":"a","token":"0123456789abcdef","databases":"*"}])"},
             {"IACDB_TEST_URLS", "x"},
             {"IACDB_URL", "sqlite:env.db"}});
  const DatabaseSettings database = settings->database("shop");
  EXPECT_EQ(database.connection.hosts.at(0).host, "db2");
  EXPECT_EQ(database.pool.open_max, 33u);
  EXPECT_EQ(database.connection.password.reveal(), "lit${env:X}");
  EXPECT_EQ(database.connection.options.at("search_path"), "a,b");
  EXPECT_EQ(settings->database("new_one").connection.database, "n.db");
  EXPECT_EQ(settings->database("default").connection.database, "env.db");
  EXPECT_EQ(settings->log.level, LogLevel::debug);
  EXPECT_FALSE(settings->metrics.enabled);
  EXPECT_EQ(settings->serve.tokens.at(0).name, "a");
  EXPECT_EQ(told(*settings), "");
}

TEST(Load, ExplainsVariablesThatMeanNothing) {
  EXPECT_NE(told(*load(shop, {{"IACDB_LOG_LEVL", "x"}})).find("did you mean \"LOG_LEVEL\"?"),
            std::string::npos);
  const auto lines = refusals(shop, {{"IACDB_DATABASES_SHOP_PASWORD", "x"}});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("IACDB_DATABASES_SHOP_PASWORD: names no key"), std::string::npos);
  EXPECT_NE(lines[0].find("did you mean \"..._PASSWORD\"?"), std::string::npos);
  EXPECT_NE(refusals(shop, {{"IACDB_SERVE_TOKENS", "x"}}).at(0).find("takes JSON"),
            std::string::npos);
  EXPECT_EQ(refusals(shop, {{"IACDB_DATABASES_SHOP_PORT", "hunter2"}}).at(0),
            "IACDB_DATABASES_SHOP_PORT: port is a whole number");
}

TEST(Load, LetsTheHigherSourceWin) {
  const std::string file =
      "databases:\n  shop:\n    url: postgres://u@file:1/d\n    connect_timeout: 1s\n";
  EXPECT_EQ(load(file)->database("shop").connection.hosts.at(0).host, "file");
  const auto over_environment = load(file, {{"IACDB_DATABASES_SHOP_HOST", "env"}});
  EXPECT_EQ(over_environment->database("shop").connection.hosts.at(0).host, "file");
  EXPECT_NE(told(*over_environment).find("IACDB_DATABASES_SHOP_HOST: ignored, because the url"),
            std::string::npos);
  const auto by_line = load(file, {}, {"databases.shop.host=line"});
  EXPECT_EQ(by_line->database("shop").connection.hosts.at(0).host, "line");
  const auto by_url = load(shop, {{"IACDB_DATABASES_SHOP_URL", "postgres://env/d"}});
  EXPECT_EQ(by_url->database("shop").connection.hosts.at(0).host, "env");
  const auto timeout = load(file, {{"IACDB_DATABASES_SHOP_CONNECT_TIMEOUT", "2s"}},
                            {"databases.shop.connect_timeout=3s"});
  EXPECT_EQ(timeout->database("shop").connection.connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(load(shop, {{"IACDB_LOG_LEVEL", "debug"}}, {"log.level=warn"})->log.level,
            LogLevel::warn);
}

TEST(Load, ChecksTheCommandLine) {
  EXPECT_NE(refusals(shop, {}, {"databases.shop.prt=1"}).at(0).find("names no key"),
            std::string::npos);
  EXPECT_NE(refusals(shop, {}, {"log.level"}).at(0).find("names no key"), std::string::npos);
  const auto settings =
      load(shop, {}, {"databases.shop.password=hunter2", "databases.shop.options.search_path=x"});
  EXPECT_EQ(settings->database("shop").connection.options.at("search_path"), "x");
  EXPECT_NE(told(*settings).find("a secret on the command line"), std::string::npos);
  EXPECT_EQ(told(*settings).find("hunter2"), std::string::npos);
}

TEST(Load, ResolvesLazily) {
  const auto settings = load(
      "databases:\n"
      "  a: {type: mysql, host: '${env:A_HOST}', port: '${env:A_PORT:-3307}', password: "
      "'${env:A_PW}'}\n"
      "  b: {url: '${env:B_URL}'}\n"
      "  c: {url: 'mysql://u:${env:A_PW}@h/d', pool: {open_max: '${env:A_MANY:-4}'}}\n",
      {{"A_HOST", "ha"}, {"A_PW", "p@$${x}/"}, {"A_MANY", "0"}});
  EXPECT_EQ(settings->databases.at("a").connection.hosts.at(0).host, "${env:A_HOST}");
  EXPECT_EQ(settings->database("a").connection.hosts.at(0), (HostPort{"ha", 3307}));
  EXPECT_EQ(settings->database("a").connection.password.reveal(), "p@$${x}/");
  EXPECT_EQ(settings->databases.at("b").connection.backend, "");
  EXPECT_THROW(settings->database("b"), ConfigError);
  try {
    settings->database("c");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("open_max must be from 1"), std::string::npos);
  }
}

TEST(Load, SpreadsAUrlThatIsAReference) {
  const auto settings = load("databases:\n  b: {url: '${env:B_URL}', username: x}\n",
                             {{"B_URL", "postgres://h:7/d?sslmode=require"}});
  const DatabaseSettings database = settings->database("b");
  EXPECT_EQ(database.connection.backend, "postgres");
  EXPECT_EQ(database.connection.hosts.at(0), (HostPort{"h", 7}));
  EXPECT_EQ(database.connection.username, "x");
  EXPECT_EQ(database.connection.tls.mode, TlsMode::require);
}

TEST(Load, NamesTheNearestDatabase) {
  const auto settings = load(shop);
  try {
    settings->database("shpo");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "there is no database \"shpo\"; did you mean \"shop\"?");
  }
  EXPECT_THROW(load("")->database("shop"), ConfigError);
}

class LoadFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("iacdb-load-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "iacdb");
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  void write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    std::ofstream(folder_ / name) << text;
    ::chmod((folder_ / name).c_str(), mode);
  }
  std::filesystem::path folder_;
  std::filesystem::path before_;
};

TEST_F(LoadFile, WarnsOfSecretsThatEverybodyCanRead) {
  write("open.yaml", std::string(shop) + "    password: hunter2\n", 0644);
  write("closed.yaml", std::string(shop) + "    password: hunter2\n", 0600);
  write("reference.yaml", std::string(shop) + "    password: ${env:X}\n", 0644);
  const Environment none{Variables{}};
  const std::string warning = told(*load_settings({.path = "open.yaml", .environment = none}));
  EXPECT_EQ(
      warning,
      "open.yaml:5:15: a plain secret in a file that everybody may read; use ${file:/path}, or "
      "chmod 600\n");
  EXPECT_EQ(told(*load_settings({.path = "closed.yaml", .environment = none})), "");
  EXPECT_EQ(told(*load_settings({.path = "reference.yaml", .environment = none})), "");
}

TEST_F(LoadFile, FindsTheConfiguration) {
  const Environment none{Variables{{"XDG_CONFIG_HOME", folder_.string()}}};
  const Environment named{Variables{{"IACDB_CONFIG", "/x/y.yaml"}}};
  EXPECT_EQ(find_configuration(named), "/x/y.yaml");
  write("iacdb/iacdb.yaml", "");
  EXPECT_EQ(find_configuration(none), folder_.string() + "/iacdb/iacdb.yaml");
  write("configuration.json", "{\"name\": \"another program's\"}");
  EXPECT_EQ(find_configuration(none), folder_.string() + "/iacdb/iacdb.yaml");
  write("configuration.json", "{\"database\": {\"type\": \"mysql\"}}");
  EXPECT_EQ(find_configuration(none), "configuration.json");
  write("iacdb.json", "{}");
  EXPECT_EQ(find_configuration(none), "iacdb.json");
  write("iacdb.yaml", "");
  EXPECT_EQ(find_configuration(none), "iacdb.yaml");
}

TEST_F(LoadFile, TellsWhyAFileCannotBeRead) {
  const auto refusal = [](const std::string& path) {
    try {
      Config::load(path);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal("none.yaml"),
            "the configuration cannot be read: No such file or directory (none.yaml)");
  EXPECT_EQ(refusal("iacdb"), "a folder; name the file in it (iacdb)");
  EXPECT_EQ(refusal(""), "no file is named");
  write("large.yaml", std::string(1'100'000, '#'));
  EXPECT_EQ(refusal("large.yaml"), "the configuration exceeds 1 MiB (large.yaml)");
}

TEST(DocumentStores, StandBesideTheDatabases) {
  const auto settings =
      load(R"(
databases: {shop: {url: "sqlite:shop.db"}}
documents:
  people: {url: "mongodb://app@db1:27018/crm"}
  notes: {type: postgres, host: db2, database: notes}
)",
           {{"IACDB_DOCUMENTS_NOTES_HOST", "db3"}}, {"documents.people.database=other"});
  EXPECT_EQ(settings->databases.size(), 1u);
  EXPECT_EQ(settings->documents.size(), 2u);
  EXPECT_EQ(settings->document_store("people").connection.hosts.at(0), (HostPort{"db1", 27018}));
  EXPECT_EQ(settings->document_store("people").connection.database, "other");
  EXPECT_EQ(settings->document_store("notes").connection.hosts.at(0).host, "db3");
  EXPECT_THROW(settings->document_store("shop"), SettingsError);
}

TEST(DocumentStores, AreOfThreeKinds) {
  const auto refusal = [](const char* text) {
    const auto lines = refusals(text);
    return lines.empty() ? "" : lines.front();
  };
  EXPECT_EQ(refusal("databases: {d: {url: 'mongodb://h/d'}}"),
            "f.yaml:1:16: mongodb is a document store; write it under documents:");
  EXPECT_EQ(
      refusal("databases: {d: {url: 'sqlite:a'}}\ndocuments: {d: {url: 'sqlite:b'}}"),
      "f.yaml:2:16: a database is called \"d\" already; give the document store another name");
  EXPECT_EQ(refusal("documents: {d: {url: 'mysql://h/d'}}"),
            "f.yaml:1:16: documents are kept in postgres, sqlite or mongodb, not in mysql");
  EXPECT_EQ(refusal("documents: {d: {url: 'postgres://h/d', source_dialect: mysql}}"),
            "f.yaml:1:56: source_dialect means nothing to a document store; leave it out");
}

}  // namespace
}  // namespace iacdb::config
