#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fixture.hpp"

namespace iacdb::postgres_tests {
namespace {

std::string ask(driver::Connection& connection, std::string_view sql) {
  const driver::Call call;
  Cursor& cursor = connection.query(sql, {}, true, call);
  Batch batch;
  std::string answer = cursor.fetch(batch) ? print(batch.cells[0]) : "";
  cursor.close();
  return answer;
}
std::string uses_tls(driver::Connection& connection) {
  return ask(connection, "select ssl from pg_stat_ssl where pid = pg_backend_pid()");
}

TlsSettings tls(TlsMode mode, const std::string& root = "ca.pem") {
  TlsSettings result;
  result.mode = mode;
  result.mode_given = true;
  if (!root.empty()) result.root_file = variable("IACDB_TEST_TLS_DIR") + "/" + root;
  return result;
}

TEST(Login, EveryMethod) {
  for (const char* user : {"SCRAM", "MD5", "PASSWORD", "TRUST"}) {
    const auto with = settings_for("IACDB_TEST_PG_" + std::string(user) + "_USER");
    EXPECT_EQ(ask(*connect(with), "select current_user"), with.username);
  }
  auto unicode = settings_for("IACDB_TEST_PG_UNICODE_USER");
  unicode.password = base::Secret(variable("IACDB_TEST_PG_UNICODE_PASSWORD"));
  EXPECT_EQ(ask(*connect(unicode), "select current_user"), unicode.username);
}

TEST(Login, WrongAndMissingPasswords) {
  for (const char* user : {"SCRAM", "MD5", "PASSWORD"}) {
    auto with = settings_for("IACDB_TEST_PG_" + std::string(user) + "_USER");
    with.password = base::Secret("wrong");
    const auto error = error_of([&] { connect(with); });
    EXPECT_EQ(error.kind, ErrorKind::authentication) << user;
    EXPECT_EQ(error.message.find("wrong"), std::string::npos);
    with.password = base::Secret();
    with.options["passfile"] = "/nonexistent";
    EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::authentication) << user;
  }
  auto gss = settings_for("IACDB_TEST_PG_GSS_USER");
  const auto error = error_of([&] { connect(gss); });
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_NE(error.message.find("GSS"), std::string::npos) << error.message;
}

TEST(Login, UnknownDatabaseUserAndPort) {
  auto with = settings();
  with.database = "no_such_database";
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::undefined_object);
  with = settings();
  with.username = "no_such_user";
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::authentication);
  with = settings();
  with.hosts[0].port = 1;
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::connect);
}

TEST(Login, TlsModes) {
  auto with = settings();
  EXPECT_EQ(uses_tls(*connect(with)), "false");  // loopback: not asked for, not used
  for (const TlsMode mode :
       {TlsMode::prefer, TlsMode::require, TlsMode::verify_ca, TlsMode::verify_full}) {
    with.tls = tls(mode);
    EXPECT_EQ(uses_tls(*connect(with)), "true");
  }
  for (const TlsMode mode : {TlsMode::disable, TlsMode::allow}) {
    with.tls = tls(mode);
    EXPECT_EQ(uses_tls(*connect(with)), "false");
  }
}

TEST(Login, TlsModesThatFallBack) {
  auto only_tls = settings_for("IACDB_TEST_PG_TLS_USER");
  only_tls.tls = tls(TlsMode::allow);
  EXPECT_EQ(uses_tls(*connect(only_tls)), "true");
  only_tls.tls = tls(TlsMode::disable);
  EXPECT_EQ(kind_of([&] { connect(only_tls); }), ErrorKind::authentication);
  auto never_tls = settings_for("IACDB_TEST_PG_NOTLS_USER");
  never_tls.tls = tls(TlsMode::prefer);
  EXPECT_EQ(uses_tls(*connect(never_tls)), "false");
  never_tls.tls = tls(TlsMode::require, "");
  EXPECT_EQ(kind_of([&] { connect(never_tls); }), ErrorKind::authentication);
}

TEST(Login, BadCertificatesAreNamed) {
  auto expired = settings();
  expired.hosts[0].port = port("IACDB_TEST_PG_EXPIRED_PORT");
  expired.tls = tls(TlsMode::verify_full);
  EXPECT_NE(error_of([&] { connect(expired); }).message.find("expired"), std::string::npos);
  auto other = settings();
  other.tls = tls(TlsMode::verify_ca, "other-ca.pem");
  EXPECT_NE(error_of([&] { connect(other); }).message.find("not trusted"), std::string::npos);
}

TEST(Login, ClientCertificateAndChannelBinding) {
  auto cert = settings_for("IACDB_TEST_PG_CERT_USER");
  cert.password = base::Secret();
  cert.tls = tls(TlsMode::verify_full);
  EXPECT_EQ(kind_of([&] { connect(cert); }), ErrorKind::authentication);
  const std::string folder = variable("IACDB_TEST_TLS_DIR");
  cert.tls.cert_file = folder + "/client.pem";
  cert.tls.key_file = folder + "/client.key";
  EXPECT_EQ(ask(*connect(cert), "select current_user"), cert.username);
  auto bound = settings();
  bound.options["channel_binding"] = "require";
  EXPECT_EQ(kind_of([&] { connect(bound); }), ErrorKind::authentication);  // without TLS
  bound.tls = tls(TlsMode::require);
  EXPECT_EQ(uses_tls(*connect(bound)), "true");
}

TEST(Login, CancelUnderTls) {
  auto with = settings();
  with.tls = tls(TlsMode::verify_full);
  const auto connection = connect(with);
  const driver::Call bounded{base::Deadline::in(std::chrono::milliseconds(50)), {}};
  const auto error = error_of([&] { connection->exec("select pg_sleep(60)", {}, bounded); });
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_FALSE(error.breaks_connection);
}

TEST(Login, UnixSocket) {
  auto with = settings();
  with.hosts[0].host = variable("IACDB_TEST_PG_SOCKET_DIR");
  with.tls = tls(TlsMode::verify_full);  // Has no meaning there, as in libpq.
  EXPECT_EQ(ask(*connect(with), "select inet_client_addr() is null"), "true");
}

TEST(Login, SeveralHosts) {
  const HostPort primary = settings().hosts[0];
  const HostPort standby{primary.host, port("IACDB_TEST_PG_STANDBY_PORT")};
  const HostPort nobody{primary.host, 1};
  const auto port_of = [&](std::vector<HostPort> hosts, const std::string& target) {
    auto with = settings();
    with.hosts = std::move(hosts);
    with.options["target_session_attrs"] = target;
    return std::stoi(ask(*connect(with), "select inet_server_port()"));
  };
  EXPECT_EQ(port_of({nobody, standby, primary}, "any"), standby.port);
  EXPECT_EQ(port_of({nobody, standby, primary}, "read-write"), primary.port);
  EXPECT_EQ(port_of({standby, primary}, "primary"), primary.port);
  EXPECT_EQ(port_of({primary, standby}, "standby"), standby.port);
  EXPECT_EQ(port_of({primary, standby}, "read-only"), standby.port);
  EXPECT_EQ(port_of({primary, standby}, "prefer-standby"), standby.port);
  EXPECT_EQ(port_of({primary}, "prefer-standby"), primary.port);
  auto with = settings();
  with.options["target_session_attrs"] = "standby";
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::connect);
  with.options["load_balance_hosts"] = "random";
  with.options["target_session_attrs"] = "any";
  with.hosts = {nobody, nobody, standby};
  EXPECT_EQ(ask(*connect(with), "select pg_is_in_recovery()"), "true");
}

TEST(Login, PasswordFileAndServiceFile) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("iacdb-pg-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const std::string pass = (folder / "pass").string();
  std::string escaped;
  for (const char c : variable("IACDB_TEST_PG_PASSWORD")) {
    if (c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  auto with = settings();
  std::ofstream(pass) << "# a comment\nother:*:*:*:wrong\n"
                      << with.hosts[0].host << ":*:" << with.database << ":" << with.username << ":"
                      << escaped << "\n";
  ::chmod(pass.c_str(), 0600);
  with.password = base::Secret();
  with.options["passfile"] = pass;
  EXPECT_EQ(ask(*connect(with), "select current_user"), with.username);
  ::chmod(pass.c_str(), 0644);
  const auto error = error_of([&] { connect(with); });
  EXPECT_NE(error.message.find("chmod 600"), std::string::npos) << error.message;
  ::chmod(pass.c_str(), 0600);

  const std::string service = (folder / "service").string();
  std::ofstream(service) << "[orders]\nhost=" << with.hosts[0].host
                         << "\nport=" << with.hosts[0].port << "\ndbname=" << with.database
                         << "\nuser=" << with.username << "\napplication_name=from service\n";
  ::setenv("PGSERVICEFILE", service.c_str(), 1);
  ConnectionSettings by_service;
  by_service.options = {{"service", "orders"}, {"passfile", pass}};
  EXPECT_EQ(ask(*connect(by_service), "show application_name"), "from service");
  by_service.options["service"] = "missing";
  EXPECT_EQ(kind_of([&] { connect(by_service); }), ErrorKind::config);
  ::unsetenv("PGSERVICEFILE");
  fs::remove_all(folder);
}

TEST(Login, TooManyConnectionsIsAResource) {
  auto limited = settings_for("IACDB_TEST_PG_LIMITED_USER");
  const auto first = connect(limited);
  const auto second = connect(limited);
  const auto error = error_of([&] { connect(limited); });
  EXPECT_EQ(error.kind, ErrorKind::resource);
  EXPECT_EQ(error.sqlstate, "53300");
}

TEST(Login, StartupOptionsReachTheServer) {
  auto with = settings();
  with.options = {{"application_name", "live test"},
                  {"options", "-c work_mem=3MB"},
                  {"search_path", "pg_catalog"}};
  const auto connection = connect(with);
  EXPECT_EQ(ask(*connection, "show application_name"), "live test");
  EXPECT_EQ(ask(*connection, "show work_mem"), "3MB");
  EXPECT_EQ(ask(*connection, "show search_path"), "pg_catalog");
  with.options = {{"target_session_attrs", "nonsense"}};
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::config);
}

}  // namespace
}  // namespace iacdb::postgres_tests
