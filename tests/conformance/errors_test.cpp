// Errors: every kind for real, wherever the database can be brought to it. Those that come of
// conflicts, constraints, limits of time and values are provoked beside what they concern.

#include <fstream>
#include <regex>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(Errors);

TEST_P(Errors, AUrlThatIsWrongIsAConfigError) {
  const auto facts = expect_error(ErrorKind::config, [&] { open({}, "no_such_option_at_all=1"); });
  EXPECT_NE(facts.message.find("no_such_option_at_all"), std::string::npos) << facts.message;
  EXPECT_THROW(iacdb::open("nonsense"), ConfigError);
}

TEST_P(Errors, NobodyThereIsAConnectError) {
  IACDB_NEEDS(Capability::multiple_databases);
  const std::string url =
      std::regex_replace(GetParam().url, std::regex(":[0-9]+/"), ":1/",  // Port 1: nobody listens.
                         std::regex_constants::format_first_only);
  const auto facts = expect_error(ErrorKind::connect, [&] { iacdb::open(url); });
  EXPECT_NE(facts.where.find(":1"), std::string::npos) << facts.where;
}

TEST_P(Errors, AFileThatCannotBeIsAConnectError) {
  if (can(Capability::multiple_databases)) return;  // It has no file.
  expect_error(ErrorKind::connect, [&] { iacdb::open("sqlite:/no/such/folder/at-all.db"); });
}

TEST_P(Errors, AFileThatIsNoDatabaseIsRefusedAndKept) {
  if (can(Capability::multiple_databases)) return;
  const std::string path = testing::TempDir() + unique("no-database");
  const std::string text(4096, 'x');
  std::ofstream(path) << text;
  EXPECT_THROW(iacdb::open("sqlite:" + path), Error);
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
  std::remove(path.c_str());
}

TEST_P(Errors, AWrongPasswordIsAnAuthenticationErrorWithoutSecrets) {
  IACDB_NEEDS(Capability::multiple_databases);
  const std::string url =
      std::regex_replace(GetParam().url, std::regex("^([a-z]+://[^:]+):[^@]*@"), "$1:quite-wrong@");
  const auto facts = expect_error(ErrorKind::authentication, [&] { iacdb::open(url); });
  EXPECT_EQ(facts.message.find("quite-wrong"), std::string::npos);
  EXPECT_EQ(facts.where.find("quite-wrong"), std::string::npos);
  EXPECT_FALSE(facts.retryable);
}

TEST_P(Errors, WhatADatabaseLacksIsUnsupportedByName) {
  const auto t = table("a " + types().text);
  auto session = db->session();
  const auto expect_unsupported = [&](Capability capability, const std::function<void()>& f) {
    if (can(capability)) return;
    const auto facts = expect_error(ErrorKind::unsupported, f);
    EXPECT_EQ(facts.backend, db->can().backend);
  };
  expect_unsupported(Capability::notifications, [&] { session.listen("channel"); });
  expect_unsupported(Capability::copy_streams,
                     [&] { session.copy_out("copy t to stdout", [](BytesView) {}); });
  expect_unsupported(Capability::stored_procedures, [&] { session.call("p"); });
  const std::vector<int> numbers{1, 2};
  expect_unsupported(Capability::arrays,
                     [&] { session.exec("insert into " + t + " (a) values (?)", numbers); });
  EXPECT_EQ(session.one<int>("select count(*) from " + t), 0);
  expect_error(ErrorKind::unsupported, [&] { iacdb::open("oracle://u@h/x"); });
}

TEST_P(Errors, AnObjectThatIsThereAlready) {
  const auto t = table("a " + types().int64);
  expect_error(ErrorKind::duplicate_object,
               [&] { db->exec("create table " + t + " (a " + types().int64 + ")"); });
}

TEST_P(Errors, ObjectsThatAreNotThere) {
  const auto t = table("a " + types().int64);
  expect_error(ErrorKind::undefined_object, [&] { db->exec("select no_such from " + t); });
  expect_error(ErrorKind::undefined_object, [&] { db->exec("select no_such_function_here(1)"); });
  expect_error(ErrorKind::undefined_object, [&] { db->exec("drop table no_such_table_here"); });
}

TEST_P(Errors, WhatTheUserMayNotDo) {
  IACDB_NEEDS(Capability::multiple_databases);
  expect_error(ErrorKind::permission, [&] { db->exec(types().forbidden); });
}

TEST_P(Errors, WhatTheServerHasNoResourcesFor) {
  Database apart = open();  // A limit may belong to its connection.
  const std::string name = unique("big");
  at_end("drop table if exists " + name);
  auto session = apart.session();
  const auto& statements = types().beyond_a_limit;
  for (std::size_t i = 0; i + 1 < statements.size(); ++i) session.exec(named(statements[i], name));
  expect_error(ErrorKind::resource, [&] { session.exec(named(statements.back(), name)); });
  EXPECT_EQ(session.one<int>("select 1"), 1);
}

TEST_P(Errors, UniqueAndNotNullNeedNoCapability) {
  const auto t = table("a " + types().int64 + " not null unique");
  db->exec("insert into " + t + " (a) values (1)");
  const auto twice = expect_error(ErrorKind::unique_violation,
                                  [&] { db->exec("insert into " + t + " (a) values (?)", 1); });
  EXPECT_FALSE(twice.retryable);
  EXPECT_FALSE(twice.breaks_connection);
  expect_error(ErrorKind::not_null_violation,
               [&] { db->exec("insert into " + t + " (a) values (?)", nullptr); });
  EXPECT_THROW(db->exec("insert into " + t + " (a) values (1)"), ConstraintError);
  EXPECT_THROW(db->exec("insert into " + t + " (a) values (1)"), QueryError);
}

TEST_P(Errors, StatementsAreFingerprintsAndServersAreQuotedApart) {
  const auto t = table("a " + types().varchar + " primary key");
  db->exec("insert into " + t + " (a) values ('hush-hush')");
  const auto facts = expect_error(ErrorKind::unique_violation, [&] {
    db->exec("insert into " + t + " (a) values ('hush-hush')");
  });
  EXPECT_NE(facts.statement.find("insert into"), std::string::npos) << facts.statement;
  EXPECT_EQ(facts.statement.find("hush"), std::string::npos) << facts.statement;
  EXPECT_EQ(facts.message.find("hush"), std::string::npos) << facts.message;
  EXPECT_EQ(facts.where.find("hush"), std::string::npos) << facts.where;
  EXPECT_FALSE(facts.server_message.empty());
  EXPECT_TRUE(facts.native_code != 0 || !facts.sqlstate.empty());
}

TEST_P(Errors, AfterAnErrorTheSessionGoesOn) {
  auto session = db->session();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(session.exec("selekt"), QueryError);
    EXPECT_THROW(session.exec("select * from no_such_table_here"), QueryError);
    EXPECT_THROW(session.one<int>("select 'x'"), DataError);
    EXPECT_THROW(session.exec("select ?"), UsageError);
    EXPECT_EQ(session.one<int>("select ? + 0", i), i);
  }
}

TEST_P(Errors, MalformedSqlOfManyShapes) {
  for (const char* sql :
       {"select from from", "select * from", "insert into", "(", "select 1 from from x",
        "create table", "update set a = 1", "select 'open", "\x01\x02\x03"}) {
    try {
      db->exec(sql);
      ADD_FAILURE() << "accepted: " << sql;
    } catch (const Error& error) {
      EXPECT_TRUE(error.kind() == ErrorKind::syntax || error.kind() == ErrorKind::usage)
          << sql << ": " << to_string(error.kind()) << ": " << error.what();
    }
  }
  EXPECT_EQ(db->one<int>("select 1"), 1);
}

TEST_P(Errors, EmptyStatementsDoNothing) {
  EXPECT_EQ(db->exec("").rows_affected, 0u);
  EXPECT_EQ(db->exec(" -- only a comment\n").rows_affected, 0u);
  EXPECT_EQ(db->one<int>("select 1;"), 1);
}

}  // namespace
}  // namespace iacdb::conformance
