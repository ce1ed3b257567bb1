#include "config/connection_string.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "config/problem.hpp"

namespace iacdb::config {
namespace {

using Form = ConnectionForm;

std::string refusal(std::string_view text, std::string_view backend = "") {
  try {
    parse_connection_string(text, backend);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

void expect_equal(const ConnectionSettings& a, const ConnectionSettings& b,
                  const std::string& what) {
  EXPECT_EQ(a.backend, b.backend) << what;
  EXPECT_EQ(a.hosts, b.hosts) << what;
  EXPECT_EQ(a.database, b.database) << what;
  EXPECT_EQ(a.username, b.username) << what;
  EXPECT_EQ(a.password.reveal(), b.password.reveal()) << what;
  EXPECT_EQ(a.tls, b.tls) << what;
  EXPECT_EQ(a.connect_timeout, b.connect_timeout) << what;
  EXPECT_EQ(a.options, b.options) << what;
  EXPECT_EQ(a.statement_cache_size, b.statement_cache_size) << what;
  EXPECT_EQ(a.batch_rows, b.batch_rows) << what;
}

/// What every form below says.
void expect_shop(const ConnectionSettings& settings, std::string_view backend, std::uint16_t port) {
  EXPECT_EQ(settings.backend, backend);
  ASSERT_EQ(settings.hosts.size(), 1u);
  EXPECT_EQ(settings.hosts[0], (HostPort{"db1", port}));
  EXPECT_EQ(settings.username, "app");
  EXPECT_EQ(settings.password.reveal(), "p@ss:w/d");
  EXPECT_EQ(settings.database, "shop");
}

TEST(ConnectionString, KnowsEveryForm) {
  struct Example {
    std::string_view text;
    std::string_view hint;
    std::string_view backend;
    std::uint16_t port;
  };
  const std::array<Example, 22> examples = {{
      {"postgres://app:p%40ss%3Aw%2Fd@db1:5432/shop", "", "postgres", 5432},
      {"postgresql://app:p%40ss%3Aw%2Fd@db1/shop", "postgres", "postgres", 0},
      {"POSTGRES://app:p@ss:w%2Fd@db1/shop", "postgresql", "postgres", 0},
      {"host=db1 port=5432 user=app password='p@ss:w/d' dbname=shop", "", "postgres", 5432},
      {"jdbc:postgresql://db1/shop?user=app&password=p%40ss:w/d", "", "postgres", 0},
      {"mysql://app:p%40ss%3Aw%2Fd@db1:3306/shop", "", "mysql", 3306},
      {"mariadb://app:p%40ss%3Aw%2Fd@db1/shop", "mysql", "mysql", 0},
      {"app:p@ss:w/d@tcp(db1:3306)/shop?parseTime=true&loc=Local", "mysql", "mysql", 3306},
      {"app:p@ss:w/d@tcp(db1)/shop", "", "mysql", 0},
      {"jdbc:mariadb://db1:3306/shop?user=app&password=p%40ss:w/d", "mysql", "mysql", 3306},
      {"sqlserver://app:p%40ss%3Aw%2Fd@db1:1433?database=shop", "", "mssql", 1433},
      {"server=db1;user id=app;password=p@ss:w/d;port=1433;database=shop", "mssql", "mssql", 1433},
      {"Server=tcp:db1,1433;Uid=app;Pwd={p@ss:w/d};Initial Catalog=shop;", "", "mssql", 1433},
      {"jdbc:sqlserver://db1:1433;databaseName=shop;user=app;password={p@ss:w/d}", "", "mssql",
       1433},
      {"oracle://app:p%40ss%3Aw%2Fd@db1:1521/shop", "", "oracle", 1521},
      {"app/p@ss:w/d@db1:1521/shop", "oracle", "oracle", 1521},
      {"app/\"p@ss:w/d\"@//db1:1521/shop", "", "oracle", 1521},
      {"jdbc:oracle:thin:app/\"p@ss:w/d\"@//db1:1521/shop", "", "oracle", 1521},
      {"jdbc:oracle:thin:app/\"p@ss:w/d\"@db1:1521:shop", "", "oracle", 1521},
      {"mongodb://app:p%40ss%3Aw%2Fd@db1:27017/shop", "", "mongodb", 27017},
      {"mongodb+srv://app:p%40ss%3Aw%2Fd@db1/shop", "mongodb", "mongodb", 0},
      {"  mysql://app:p%40ss%3Aw%2Fd@db1/shop \n", "", "mysql", 0},
  }};
  for (const Example& example : examples) {
    SCOPED_TRACE(example.text);
    expect_shop(parse_connection_string(example.text, example.hint).connection, example.backend,
                example.port);
  }
}

TEST(ConnectionString, ReadsHosts) {
  using Hosts = std::vector<HostPort>;
  const auto hosts = [](std::string_view text) {
    return parse_connection_string(text).connection.hosts;
  };
  EXPECT_EQ(hosts("postgres://h1:5432,h2,[::1]:6000/db"),
            (Hosts{{"h1", 5432}, {"h2", 0}, {"::1", 6000}}));
  EXPECT_EQ(hosts("postgres:///db?host=/run/pg&port=5433"), (Hosts{{"/run/pg", 5433}}));
  EXPECT_EQ(hosts("postgres:///db?host=a,b&port=1,2"), (Hosts{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(hosts("postgres://%2Frun%2Fpg/db"), (Hosts{{"/run/pg", 0}}));
  EXPECT_EQ(hosts("postgres:///db"), Hosts{});
  EXPECT_EQ(hosts("host=a,b port=7 dbname=d"), (Hosts{{"a", 7}, {"b", 7}}));
  EXPECT_EQ(hosts("mysql://u@localhost/db?param=1"), (Hosts{{"localhost", 0}}));
  EXPECT_EQ(hosts("mysql:///db?socket=/run/my.sock"), (Hosts{{"/run/my.sock", 0}}));
  EXPECT_EQ(hosts("u@unix(/run/my.sock)/db"), (Hosts{{"/run/my.sock", 0}}));
  EXPECT_EQ(hosts("u@tcp([::1]:3306)/db"), (Hosts{{"::1", 3306}}));
  EXPECT_EQ(hosts("server=.\\EXPRESS;user id=a"), (Hosts{{"localhost", 0}}));
}

TEST(ConnectionString, ReadsParameters) {
  const DatabaseSettings settings = parse_url(
      "postgres://u@h/db?sslmode=verify-full&sslrootcert=/ca&sslcert=/c&sslkey=/k&connect_timeout=5"
      "&pool_max=20&pool_idle_max=3&query_timeout=2m&slow_query_threshold=50"
      "&statement_cache_size=9&application_name=a%20b&target_session_attrs=any");
  EXPECT_EQ(settings.connection.tls.mode, TlsMode::verify_full);
  EXPECT_TRUE(settings.connection.tls.mode_given);
  EXPECT_EQ(settings.connection.tls.root_file, "/ca");
  EXPECT_EQ(settings.connection.tls.cert_file, "/c");
  EXPECT_EQ(settings.connection.tls.key_file, "/k");
  EXPECT_EQ(settings.connection.connect_timeout, std::chrono::seconds(5));
  EXPECT_EQ(settings.pool.open_max, 20u);
  EXPECT_EQ(settings.pool.idle_max, 3u);
  EXPECT_EQ(settings.query_timeout, std::chrono::minutes(2));
  EXPECT_EQ(settings.slow_query_threshold, std::chrono::milliseconds(50));
  EXPECT_EQ(settings.connection.statement_cache_size, 9u);
  const std::map<std::string, std::string> options = {{"application_name", "a b"},
                                                      {"target_session_attrs", "any"}};
  EXPECT_EQ(settings.connection.options, options);
}

TEST(ConnectionString, TranslatesTheWordsOfOtherDrivers) {
  const auto mode = [](std::string_view text) {
    return parse_connection_string(text).connection.tls.mode;
  };
  EXPECT_EQ(mode("u@tcp(h)/d?tls=skip-verify"), TlsMode::require);
  EXPECT_EQ(mode("u@tcp(h)/d?tls=true"), TlsMode::verify_full);
  EXPECT_EQ(mode("u@tcp(h)/d?tls=preferred"), TlsMode::prefer);
  EXPECT_EQ(mode("mysql://h/d?ssl-mode=VERIFY_CA"), TlsMode::verify_ca);
  EXPECT_EQ(mode("jdbc:mysql://h/d?sslMode=REQUIRED"), TlsMode::require);
  EXPECT_EQ(mode("jdbc:postgresql://h/d?ssl=true"), TlsMode::verify_full);
  EXPECT_EQ(mode("server=h;encrypt=true"), TlsMode::verify_full);
  EXPECT_EQ(mode("server=h;encrypt=true;trustservercertificate=true"), TlsMode::require);
  EXPECT_EQ(mode("sqlserver://h?encrypt=disable"), TlsMode::disable);
  EXPECT_EQ(mode("sqlserver://h?encrypt=false"), TlsMode::prefer);
  EXPECT_EQ(mode("mongodb://h/d?tls=true"), TlsMode::verify_full);
  EXPECT_EQ(mode("mongodb://h/d?ssl=true&tlsAllowInvalidHostnames=true"), TlsMode::verify_ca);
  EXPECT_EQ(mode("mongodb+srv://h/d?tlsInsecure=true"), TlsMode::require);
  const auto mongo =
      parse_url("mongodb://a,b/d?replicaSet=rs0&maxPoolSize=7&connectTimeoutMS=1500");
  EXPECT_EQ(mongo.pool.open_max, 7u);
  EXPECT_EQ(mongo.connection.connect_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(mongo.connection.options.at("replicaSet"), "rs0");
}

TEST(ConnectionString, ReadsSqlite) {
  const auto file = [](std::string_view text) { return parse_url(text).connection.database; };
  EXPECT_EQ(file("sqlite:file.db"), "file.db");
  EXPECT_EQ(file("sqlite:./a b.db"), "./a b.db");
  EXPECT_EQ(file("sqlite:///var/lib/a.db"), "/var/lib/a.db");
  EXPECT_EQ(file("sqlite:/var/lib/a.db"), "/var/lib/a.db");
  EXPECT_EQ(file("sqlite::memory:"), ":memory:");
  EXPECT_EQ(file("sqlite:a%3Fb.db"), "a?b.db");
  EXPECT_EQ(parse_url("sqlite:a.db?mode=ro").connection.options.at("mode"), "ro");
  EXPECT_NE(refusal("sqlite://file.db").find("takes no host"), std::string::npos);
  EXPECT_NE(refusal("sqlite:").find("no file"), std::string::npos);
}

TEST(ConnectionString, DoesNotResolveReferencesUnlessAsked) {
  constexpr std::string_view url = "postgres://u:${env:IACDB_NOT_SET:-pw}@h/d";
  EXPECT_NE(refusal("postgres://u:${cmd:touch /tmp/x}@h/d").find("hexadecimal"), 0u);
  EXPECT_EQ(parse_connection_string(url, "", {.references = true}).connection.password.reveal(),
            "pw");
  // Taken as it stands: the @ and / in it end parts, and nothing is run or read.
  EXPECT_EQ(parse_url("postgres://u:${env:HOME}@h/d").connection.password.reveal(), "${env:HOME}");
}

struct Mistake {
  std::string_view text;
  std::string_view hint;
  std::string_view words;
};

TEST(ConnectionString, ExplainsMistakesWithoutThePassword) {
  const std::array<Mistake, 30> mistakes = {{
      {"", "", "empty connection string"},
      {"hunter2", "", "write a URL such as"},
      {"postgre://u:hunter2@h/d", "", "did you mean \"postgres\"?"},
      {"redis://:hunter2@h", "", "unknown kind of database"},
      {"mysql://u:hunter2@h/d", "postgres", "type says postgres, the connection string says mysql"},
      {"postgres:u:hunter2@h", "postgres", "="},
      {"postgres://u:hunter2@h/d?sslmod=require", "", "did you mean \"sslmode\"?"},
      {"postgres://u:hunter2@h/d?pool_mx=3", "", "did you mean \"pool_max\"?"},
      {"postgres://u:hunter2@h/d?sslmode=verify", "", "none of its names"},
      {"postgres://u:hunter2@h/d?sslmode=a&sslmode=b", "", "given twice"},
      {"postgres://u:hunter2@h/d?user=x", "", "username is given twice"},
      {"postgres://u:hunter2@h/d?pool_max=0", "", "must be from 1 to 10000"},
      {"postgres://u:hunter2@h/d?pool_max=2&pool_idle_max=3", "", "greater than open_max"},
      {"postgres://u:hunter2@h/d?sslkey=/k", "", "key_file without cert_file"},
      {"postgres:///d?sslmode=verify-full&password=hunter2", "", "no host is given"},
      {"postgres://u:hunter2@h1,h2/d?port=1,2,3", "", "as many ports as hosts"},
      {"postgres://u:hunter2/x@h/d", "", "a port is a number"},
      {"postgres://u:hunter2%@h/d", "", "hexadecimal"},
      {"postgres://u:hunter2@h,,k/d", "", "an empty host"},
      {"u:hunter2@tcp(h:3306)", "mysql", "no / before the database"},
      {"u:hunter2@tcp(h:3306/d", "mysql", "a ) is missing"},
      {"u:hunter2@tcp(h:x)/d", "mysql", "write tcp(host:3306)"},
      {"u:hunter2@udp(h)/d", "mysql", "unknown protocol"},
      {"u:hunter2@tcp(h)/d?tls=custom", "mysql", "a value that is unknown"},
      {"host=h password=hunter2 words", "postgres", "a = is missing"},
      {"host=h password='hunter2", "postgres", "a quote is not closed"},
      {"server=h;password='hunter2", "mssql", "not closed"},
      {"server=h,x;password=hunter2", "mssql", "a port is a number"},
      {"u/hunter2", "oracle", "no @ before the host"},
      {"jdbc:db2://h/d?password=hunter2", "", "unknown kind of database behind jdbc:"},
  }};
  for (const Mistake& mistake : mistakes) {
    const std::string told = refusal(mistake.text, mistake.hint);
    EXPECT_NE(told.find(mistake.words), std::string::npos) << mistake.text << "\n -> " << told;
    EXPECT_EQ(told.find("hunter2"), std::string::npos) << told;
  }
}

TEST(ConnectionString, SaysThePositionOfAMistake) {
  try {
    parse_url("postgres://u:p@h/d?sslmod=require");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.where(), "URL, position 20");
  }
}

/// Texts that no form may trip over.
class Hostile {
 public:
  std::string text(std::size_t least = 0) {
    constexpr std::array<std::string_view, 24> pieces = {"@",
                                                         ":",
                                                         "/",
                                                         "?",
                                                         "#",
                                                         "%",
                                                         "'",
                                                         "\"",
                                                         "\\",
                                                         " ",
                                                         "a",
                                                         "Z",
                                                         "0",
                                                         "&",
                                                         "=",
                                                         ";",
                                                         "{",
                                                         "}",
                                                         "${env:HOME}",
                                                         "$",
                                                         ",",
                                                         "\xC3\xA9",
                                                         "\xF0\x9F\x98\x80",
                                                         "%41"};
    std::string result;
    for (std::size_t i = least + random_() % 8; i > 0; --i) result += pieces[random_() % 24];
    return result;
  }
  std::string word() {
    std::string result(1, static_cast<char>('a' + random_() % 26));
    for (std::size_t i = random_() % 6; i > 0; --i) result += "abz019._-"[random_() % 9];
    return result;
  }
  std::uint16_t port() { return static_cast<std::uint16_t>(1 + random_() % 65'535); }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::mt19937 random_{20};
};

ConnectionSettings random_settings(Hostile& hostile, std::string_view backend) {
  ConnectionSettings settings;
  settings.backend = backend;
  settings.hosts = {{hostile.word(), hostile.port()}};
  settings.username = "u" + hostile.word();
  settings.password = base::Secret(hostile.text());
  settings.database = hostile.word();
  return settings;
}

void add_extras(Hostile& hostile, ConnectionSettings& settings) {
  constexpr std::array<TlsMode, 3> modes = {TlsMode::disable, TlsMode::require,
                                            TlsMode::verify_full};
  if (hostile.below(2) == 0) {
    settings.tls.mode = modes[hostile.below(3)];
    settings.tls.mode_given = true;
  }
  if (settings.tls.mode_given && settings.tls.mode != TlsMode::disable && hostile.below(2) == 0) {
    settings.tls.root_file = "/ca " + hostile.text();
  }
  if (hostile.below(2) == 0) {
    settings.connect_timeout = std::chrono::milliseconds(1 + hostile.below(100'000));
  }
  if (hostile.below(2) == 0) settings.statement_cache_size = 7;
  if (hostile.below(2) == 0) settings.options["application_name"] = "x" + hostile.text();
}

void round_trip(const ConnectionSettings& settings, Form form, std::string_view hint) {
  // Spaces at the ends of values are kept by every form; those of the whole text are not.
  const std::string text = build_connection_string(settings, form);
  expect_equal(parse_connection_string(text, hint).connection, settings, text);
}

TEST(ConnectionString, UrlsRoundTripWithHostileParts) {
  Hostile hostile;
  for (int round = 0; round < 400; ++round) {
    for (const char* backend : {"postgres", "mysql", "mssql", "oracle", "mongodb"}) {
      ConnectionSettings settings = random_settings(hostile, backend);
      settings.username = "u" + hostile.text();
      settings.database = "d" + hostile.text();
      if (hostile.below(3) == 0) settings.hosts.push_back({"::1", 0});
      if (hostile.below(3) == 0) settings.hosts[0].host = "/run/a b" + hostile.word();
      add_extras(hostile, settings);
      round_trip(settings, Form::url, "");
    }
    ConnectionSettings file;
    file.backend = "sqlite";
    file.database = (hostile.below(2) == 0 ? "/" : "f") + hostile.text(1);
    round_trip(file, Form::url, "");
    round_trip(file, Form::jdbc, "");
  }
}

TEST(ConnectionString, OtherFormsRoundTripWithHostilePasswords) {
  Hostile hostile;
  for (int round = 0; round < 500; ++round) {
    ConnectionSettings mysql = random_settings(hostile, "mysql");
    if (hostile.below(3) == 0) mysql.hosts[0] = {"/run/my.sock", 0};
    add_extras(hostile, mysql);
    round_trip(mysql, Form::go_mysql, "mysql");
    round_trip(mysql, Form::jdbc, "");
    ConnectionSettings postgres = random_settings(hostile, "postgres");
    postgres.hosts.push_back({"h2", 0});
    postgres.username = "u" + hostile.text();
    add_extras(hostile, postgres);
    round_trip(postgres, Form::keywords, "postgres");
    round_trip(postgres, Form::jdbc, "");
    ConnectionSettings mssql = random_settings(hostile, "mssql");
    mssql.username = "u" + hostile.text();
    if (hostile.below(2) == 0) mssql.options["instance"] = "sql1";
    add_extras(hostile, mssql);
    round_trip(mssql, Form::ado, "mssql");
    round_trip(mssql, Form::jdbc, "");
    ConnectionSettings oracle = random_settings(hostile, "oracle");
    round_trip(oracle, Form::ez_connect, "oracle");
    round_trip(oracle, Form::jdbc, "");
  }
}

TEST(ConnectionString, RefusesToBuildWhatAFormCannotSay) {
  ConnectionSettings settings;
  settings.backend = "mysql";
  settings.hosts = {{"a", 1}, {"b", 2}};
  EXPECT_THROW(build_connection_string(settings, Form::go_mysql), ConfigError);
  settings.hosts.pop_back();
  settings.username = "a:b";
  EXPECT_THROW(build_connection_string(settings, Form::go_mysql), ConfigError);
  EXPECT_THROW(build_connection_string(settings, Form::keywords), ConfigError);
  settings.backend = "mongodb";
  EXPECT_THROW(build_connection_string(settings, Form::jdbc), ConfigError);
}

TEST(ConnectionString, MasksSecrets) {
  auto settings = parse_url("postgres://app:hunter2@h/db?sslpassword=hunter2&a=b").connection;
  EXPECT_EQ(masked_url(settings), "postgres://app:***@h/db?a=b&sslpassword=***");
  settings.password = {};
  EXPECT_EQ(masked_url(settings), "postgres://app@h/db?a=b&sslpassword=***");
}

TEST(ConnectionString, RefusesMoreHostsThanAUrlMayHave) {
  std::string hosts = "host=db0";
  for (int i = 1; i < 64; ++i) hosts += ",db" + std::to_string(i);
  EXPECT_EQ(parse_connection_string(hosts, "postgres").connection.hosts.size(), 64U);
  EXPECT_THROW(parse_connection_string(hosts + ",db64", "postgres"), ConfigError);
}

TEST(ConnectionString, RefusesHostsThatNoUrlCouldHold) {
  // Found by fuzzing: the keyword form took what its URL could not say.
  EXPECT_THROW(parse_connection_string("host=N5iact=/r@h:1433/inst?data${base=d", "postgres"),
               ConfigError);
  EXPECT_THROW(parse_connection_string("host=a,b%3Fho:h2", "postgres"), ConfigError);
  EXPECT_THROW(parse_connection_string("host=db%31", "postgres"), ConfigError);
  EXPECT_THROW(parse_connection_string("host=a,@abstract", "postgres"), ConfigError);
  EXPECT_THROW(parse_connection_string("host=fe80::1%", "postgres"), ConfigError);
  EXPECT_NO_THROW(parse_connection_string("host=/run/postgresql dbname=shop", "postgres"));
  EXPECT_NO_THROW(parse_connection_string("host=fe80::1%eth0", "postgres"));
}

}  // namespace
}  // namespace iacdb::config
