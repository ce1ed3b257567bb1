// Features: what a database claims of its SQL and of its server.

#include <regex>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(Features);

TEST_P(Features, CommonTableExpressions) {
  IACDB_NEEDS(Capability::ctes);
  EXPECT_EQ(db->one<int>("with x as (select 1 as a) select a + ? from x", 1), 2);
}

TEST_P(Features, RecursiveCommonTableExpressions) {
  IACDB_NEEDS(Capability::recursive_ctes);
  EXPECT_EQ(db->one<int>("with recursive n as (select 1 as i union all select i + 1 from n "
                         "where i < 100) select sum(i) from n"),
            5050);
}

TEST_P(Features, WindowFunctions) {
  IACDB_NEEDS(Capability::window_functions);
  const auto t = table("a " + types().int64);
  db->exec("insert into " + t + " (a) values (10), (20), (30)");
  EXPECT_EQ(
      db->query<int>("select row_number() over (order by a desc) from " + t + " order by a").all(),
      (std::vector<int>{3, 2, 1}));
}

TEST_P(Features, Returning) {
  IACDB_NEEDS(Capability::returning);
  const auto t = table("id " + types().id + ", a " + types().int64);
  const auto id = db->one<std::int64_t>("insert into " + t + " (a) values (?) returning id", 5);
  EXPECT_EQ(db->one<int>("select a from " + t + " where id = ?", id), 5);
}

TEST_P(Features, UpdateReturning) {
  IACDB_NEEDS(Capability::update_returning);
  const auto t = table("a " + types().int64);
  db->exec("insert into " + t + " (a) values (1)");
  EXPECT_EQ(db->one<int>("update " + t + " set a = a + 1 returning a"), 2);
}

TEST_P(Features, UpsertOnConflict) {
  IACDB_NEEDS(Capability::upsert_on_conflict);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  for (const int a : {1, 2}) {
    db->exec(
        "insert into " + t + " (id, a) values (1, ?) on conflict (id) do update set a = excluded.a",
        a);
  }
  EXPECT_EQ(db->one<int>("select a from " + t), 2);
}

TEST_P(Features, UpsertOnDuplicateKey) {
  IACDB_NEEDS(Capability::upsert_on_duplicate_key);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  for (const int a : {1, 2}) {
    db->exec("insert into " + t + " (id, a) values (1, ?) on duplicate key update a = values(a)",
             a);
  }
  EXPECT_EQ(db->one<int>("select a from " + t), 2);
}

TEST_P(Features, Merge) {
  IACDB_NEEDS(Capability::merge);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  for (int i = 0; i < 2; ++i) {
    db->exec(
        "merge into " + t + " using (select 1 as id) s on s.id = " + t +
        ".id "
        "when matched then update set a = 2 when not matched then insert (id, a) values (1, 1)");
  }
  EXPECT_EQ(db->one<int>("select a from " + t), 2);
}

TEST_P(Features, RowLocks) {
  IACDB_NEEDS(Capability::row_locks);
  const auto t = table("id " + types().int64 + " primary key");
  db->exec("insert into " + t + " (id) values (1), (2)");
  auto tx = db->begin();
  EXPECT_EQ(tx.one<int>("select id from " + t + " where id = 1 for update"), 1);
}

TEST_P(Features, JsonFunctions) {
  IACDB_NEEDS(Capability::json_functions);
  EXPECT_EQ(db->one("select " + types().json_path_of_seven)[0].print(), "7");
}

TEST_P(Features, SkipLocked) {
  IACDB_NEEDS(Capability::skip_locked);
  IACDB_NEEDS(Capability::concurrent_writers);
  const auto t = table("id " + types().int64 + " primary key");
  db->exec("insert into " + t + " (id) values (1), (2)");
  Database both = open_beside();
  auto first = both.begin();
  first.one<int>("select id from " + t + " where id = 1 for update");
  auto second = both.begin();
  EXPECT_EQ(second.query<int>("select id from " + t + " order by id for update skip locked").all(),
            std::vector<int>{2});
}

TEST_P(Features, ConcurrentWriters) {
  IACDB_NEEDS(Capability::concurrent_writers);
  const auto t = table("id " + types().int64 + " primary key, a " + types().int64);
  db->exec("insert into " + t + " (id, a) values (1, 0), (2, 0)");
  Database both = open_beside();
  auto first = both.begin();
  first.exec("update " + t + " set a = 1 where id = 1");
  auto second = both.begin();
  second.exec("update " + t + " set a = 1 where id = 2");
  first.commit();
  second.commit();
  EXPECT_EQ(db->one<int>("select sum(a) from " + t), 2);
}

TEST_P(Features, FullText) {
  IACDB_NEEDS(Capability::full_text);
  const std::string name = unique("docs");
  for (const std::string& sql : types().full_text_setup) db->exec(named(sql, name));
  at_end("drop table if exists " + name);
  EXPECT_EQ(db->query<std::string>(named(types().full_text_query, name), "elephant").all(),
            std::vector<std::string>{"an elephant swims"});
}

TEST_P(Features, WhatOnlyPostgresHasIsRefusedElsewhere) {
  Session session = db->session();
  if (db->can().backend == "postgres") {
    EXPECT_TRUE(session.notifications(std::chrono::milliseconds(0)).empty());
    return;
  }
  EXPECT_THROW(session.listen("news"), UnsupportedError);
  EXPECT_THROW(session.unlisten("news"), UnsupportedError);
  EXPECT_THROW(session.notifications(std::chrono::milliseconds(0)), UnsupportedError);
  const auto nothing = [](std::span<std::byte>) { return std::size_t{0}; };
  EXPECT_THROW(session.copy_in("copy t from stdin", nothing), UnsupportedError);
  EXPECT_THROW(session.copy_out("copy t to stdout", [](BytesView) {}), UnsupportedError);
  EXPECT_EQ(session.one<int>("select 1"), 1);  // The session is as good as before.
}

TEST_P(Features, Tls) {
  IACDB_NEEDS(Capability::tls);
  EXPECT_TRUE(open({}, "sslmode=require").health().ok);
}

TEST_P(Features, ManyDatabasesOnOneServer) {
  IACDB_NEEDS(Capability::multiple_databases);
  const std::string& url = GetParam().url;
  // Some servers do not tell a stranger which databases there are.
  try {
    iacdb::open(url.substr(0, url.rfind('/')) + "/no_such_database_here");
    ADD_FAILURE() << "opened";
  } catch (const Error& error) {
    EXPECT_TRUE(error.kind() == ErrorKind::undefined_object ||
                error.kind() == ErrorKind::permission)
        << error.what();
  }
}

TEST_P(Features, TwoPhaseCommit) {
  IACDB_NEEDS(Capability::two_phase_commit);
  const auto t = table("a " + types().int64);
  const std::string id = unique("xa");
  {
    auto session = db->session();
    for (const std::string& sql : types().prepare_transaction) {
      session.exec(std::regex_replace(named(sql, id), std::regex("DO"),
                                      "insert into " + t + " (a) values (1)"));
    }
  }
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
  db->exec(named(types().commit_prepared, id));
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 1);
}

TEST_P(Features, LimitsAreThoseOfTheServer) {
  const Capabilities can = db->can();
  EXPECT_FALSE(can.product.empty());
  EXPECT_FALSE(can.version.empty());
  EXPECT_GT(can.version_number, 0u);
  EXPECT_GT(can.value_bytes_max, 1'000'000u);
  const std::vector<int> most(can.parameters_max, 7);
  EXPECT_EQ(db->one<int>("select 1 where 7 in (?)", list(most)), 1);
  const std::vector<int> more(std::size_t{can.parameters_max} + 1, 7);
  EXPECT_THROW(db->one<int>("select 1 where 7 in (?)", list(more)), Error);
  EXPECT_EQ(db->one<int>("select 1"), 1);
}

}  // namespace
}  // namespace iacdb::conformance
