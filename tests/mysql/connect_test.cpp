// Connecting: hosts, passwords, plug-ins, TLS in every mode, and what a session is set to.

#include <algorithm>
#include <chrono>

#include "fixture.hpp"

namespace iacdb::mysql_tests {
namespace {

using namespace std::chrono_literals;

std::string tls_file(const char* name) {
  return variable("IACDB_TEST_TLS_DIR") + "/" + name;
}

std::string scalar(driver::Connection& connection, std::string_view sql) {
  const driver::Call call;
  Cursor& cursor = connection.query(sql, {}, false, call);
  Batch batch;
  std::string text;
  if (cursor.fetch(batch)) text = print(batch.cells[0]);
  cursor.close();
  return text;
}
std::string cipher_of(driver::Connection& connection) {
  const driver::Call call;
  Cursor& cursor = connection.query("show status like 'Ssl_cipher'", {}, false, call);
  Batch batch;
  std::string text;
  if (cursor.fetch(batch)) text = print(batch.cells[1]);
  cursor.close();
  return text;
}

ConnectionSettings with_tls(TlsMode mode, const char* root = nullptr) {
  auto with = settings();
  with.tls.mode = mode;
  with.tls.mode_given = true;
  if (root != nullptr) with.tls.root_file = tls_file(root);
  return with;
}

TEST(Connect, BothPasswordPlugins) {
  for (const char* user : {"IACDB_TEST_MYSQL_NATIVE_USER", "IACDB_TEST_MYSQL_ED25519_USER"}) {
    auto connection = connect(settings_for(variable(user)));
    EXPECT_TRUE(scalar(*connection, "select user()").starts_with(variable(user) + "@"));
  }
}

TEST(Connect, WrongPasswordAndUnknownUserAreAuthentication) {
  for (const char* user : {"IACDB_TEST_MYSQL_NATIVE_USER", "IACDB_TEST_MYSQL_ED25519_USER"}) {
    auto with = settings_for(variable(user));
    with.password = base::Secret("wrong");
    const ErrorFacts facts = error_of([&] { connect(with); });
    EXPECT_EQ(facts.kind, ErrorKind::authentication);
    EXPECT_EQ(facts.native_code, 1045);
    EXPECT_EQ(facts.where, "127.0.0.1:" + variable("IACDB_TEST_MYSQL_PORT"));
  }
  EXPECT_EQ(kind_of([] { connect(settings_for("nobody")); }), ErrorKind::authentication);
}

TEST(Connect, ForbiddenPluginsAreNotUsed) {
  auto with = settings_for(variable("IACDB_TEST_MYSQL_ED25519_USER"));
  with.options["auth_plugins"] = "mysql_native_password";
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::authentication);
}

TEST(Connect, UnknownDatabaseAndLimits) {
  auto with = settings();
  with.database = "iacdb_no_such";
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::undefined_object);
  const auto limited = settings_for(variable("IACDB_TEST_MYSQL_LIMITED_USER"));
  const auto first = connect(limited);
  const auto second = connect(limited);
  EXPECT_EQ(kind_of([&] { connect(limited); }), ErrorKind::resource);
}

TEST(Connect, UnixSocket) {
  auto with = settings();
  with.hosts = {{variable("IACDB_TEST_MYSQL_SOCKET"), 0}};
  auto connection = connect(with);
  EXPECT_EQ(scalar(*connection, "select user()"), with.username + "@localhost");
}

TEST(Connect, HostsAreTriedInOrder) {
  auto with = settings();
  const HostPort good = with.hosts[0];
  with.hosts = {{"127.0.0.1", 1}, {"/no/such/socket", 0}, good};
  EXPECT_NE(connect(with), nullptr);
  with.hosts = {{"127.0.0.1", 1}, {"no-such-host.invalid", 0}};
  const ErrorFacts facts = error_of([&] { connect(with); });
  EXPECT_EQ(facts.kind, ErrorKind::connect);
  EXPECT_EQ(facts.where, "no-such-host.invalid:3306");
}

TEST(Connect, OptionsAreChecked) {
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"zero_dates", "maybe"}, {"tinyint1", "2"}, {"sql_mode", "x'; drop table t"}}) {
    auto with = settings();
    with.options[name] = value;
    EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::config) << name;
  }
}

TEST(Connect, SessionsAreStrictAndSpeakUtf8) {
  auto connection = connect(settings());
  EXPECT_NE(scalar(*connection, "select @@sql_mode").find("STRICT_TRANS_TABLES"),
            std::string::npos);
  EXPECT_EQ(scalar(*connection, "select @@character_set_client"), "utf8mb4");
  EXPECT_EQ(scalar(*connection, "select @@character_set_results"), "utf8mb4");
  auto with = settings();
  with.options["sql_mode"] = "ANSI_QUOTES";
  connection = connect(with);
  EXPECT_EQ(scalar(*connection, "select @@sql_mode"), "ANSI_QUOTES");
}

TEST(Connect, CapabilitiesAreThoseOfTheServer) {
  auto connection = connect(settings());
  const Capabilities& can = connection->can();
  EXPECT_EQ(can.product, "MariaDB");
  EXPECT_GE(can.version_number, 10'11'00U);
  EXPECT_TRUE(can.has(Capability::returning));
  EXPECT_TRUE(can.has(Capability::tls));
  EXPECT_FALSE(can.has(Capability::ddl_in_transactions));
  EXPECT_EQ(can.default_isolation, Isolation::repeatable_read);
  EXPECT_EQ(can.value_bytes_max, 256U << 20);
}

TEST(Tls, ModesThatEncrypt) {
  EXPECT_EQ(cipher_of(*connect(with_tls(TlsMode::disable))), "");
  EXPECT_EQ(cipher_of(*connect(with_tls(TlsMode::allow))), "");
  EXPECT_NE(cipher_of(*connect(with_tls(TlsMode::prefer))), "");
  EXPECT_NE(cipher_of(*connect(with_tls(TlsMode::require))), "");
  EXPECT_NE(cipher_of(*connect(with_tls(TlsMode::require, "ca.pem"))), "");
  EXPECT_NE(cipher_of(*connect(with_tls(TlsMode::verify_ca, "ca.pem"))), "");
  EXPECT_NE(cipher_of(*connect(with_tls(TlsMode::verify_full, "ca.pem"))), "");
}

TEST(Tls, AllowFallsBackToTlsWhereTheServerInsists) {
  auto with = with_tls(TlsMode::allow);
  with.username = variable("IACDB_TEST_MYSQL_TLS_USER");
  EXPECT_NE(cipher_of(*connect(with)), "");
  with.tls.mode = TlsMode::disable;
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::authentication);
}

TEST(Tls, CertificatesThatMustBeRefused) {
  for (const TlsMode mode : {TlsMode::require, TlsMode::verify_ca, TlsMode::verify_full}) {
    EXPECT_EQ(kind_of([&] { connect(with_tls(mode, "other-ca.pem")); }), ErrorKind::connect);
    auto expired = with_tls(mode, "ca.pem");
    expired.hosts[0].port = port_variable("IACDB_TEST_MYSQL_EXPIRED_PORT");
    EXPECT_EQ(kind_of([&] { connect(expired); }), ErrorKind::connect);
  }
  // No root file: the system's authorities, which did not sign the test server.
  EXPECT_EQ(kind_of([] { connect(with_tls(TlsMode::verify_ca)); }), ErrorKind::connect);
  EXPECT_EQ(kind_of([] { connect(with_tls(TlsMode::verify_full)); }), ErrorKind::connect);
  auto unchecked = with_tls(TlsMode::require);
  unchecked.hosts[0].port = port_variable("IACDB_TEST_MYSQL_EXPIRED_PORT");
  EXPECT_NE(cipher_of(*connect(unchecked)), "");
}

TEST(Tls, OnlyVerifyFullLooksAtTheName) {
  auto with = with_tls(TlsMode::verify_full, "ca.pem");
  with.hosts[0].host = "::ffff:127.0.0.1";  // Not among the certificate's names.
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::connect);
  with.tls.mode = TlsMode::verify_ca;
  EXPECT_NE(cipher_of(*connect(with)), "");
}

TEST(Tls, ClientCertificates) {
  auto with = with_tls(TlsMode::verify_full, "ca.pem");
  with.username = variable("IACDB_TEST_MYSQL_X509_USER");
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::authentication);
  with.tls.cert_file = tls_file("client.pem");
  EXPECT_EQ(kind_of([&] { connect(with); }), ErrorKind::config);
  with.tls.key_file = tls_file("client.key");
  EXPECT_EQ(scalar(*connect(with), "select 1"), "1");
}

TEST(Tls, DeadlinesHoldUnderTls) {
  auto connection = connect(with_tls(TlsMode::verify_full, "ca.pem"));
  const driver::Call brief{base::Deadline::in(100ms), {}};
  EXPECT_EQ(kind_of([&] { connection->exec("select sleep(30)", {}, brief); }), ErrorKind::timeout);
  EXPECT_EQ(scalar(*connection, "select 1"), "1");
}

}  // namespace
}  // namespace iacdb::mysql_tests
