// Statements: placeholders, names, lists, rows as tuples and structs, streaming, several results.

#include <ranges>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(Statements);

struct ByPosition {
  std::int64_t id;
  std::optional<std::string> name;
};
struct ByName {
  std::optional<std::string> name;
  std::int64_t id;
  static constexpr std::array<std::string_view, 2> columns{"name", "id"};
};

class Filled : public Suite {
 protected:
  void SetUp() override {
    Suite::SetUp();
    t = table("id " + types().int64 + ", name " + types().text);
    std::vector<ByPosition> rows;
    for (std::int64_t i = 1; i <= 1000; ++i) {
      rows.push_back({i, i % 10 == 0 ? std::nullopt : std::optional("n" + std::to_string(i))});
    }
    ASSERT_EQ(db->bulk_insert(t + "(id, name)", rows), rows.size());
  }
  std::string t;
};
class StatementRows : public Filled {};
INSTANTIATE_TEST_SUITE_P(On, StatementRows, testing::ValuesIn(targets()),
                         [](const auto& one) { return one.param.name; });

TEST_P(StatementRows, TuplesAndStructs) {
  const auto tuple =
      db->one<std::tuple<int, std::string>>("select id, name from " + t + " where id = ?", 7);
  EXPECT_EQ(tuple, std::make_tuple(7, "n7"));
  EXPECT_EQ(db->one<ByPosition>("select id, name from " + t + " where id = ?", 10).name,
            std::nullopt);
  EXPECT_EQ(db->one<ByName>("select id, name from " + t + " where id = ?", 8).name, "n8");
  expect_error(ErrorKind::usage, [&] { db->one<ByName>("select id from " + t + " where id = 8"); });
}

TEST_P(StatementRows, OneAndMaybeCount) {
  EXPECT_EQ(db->maybe<int>("select id from " + t + " where id = ?", -1), std::nullopt);
  expect_error(ErrorKind::row_count,
               [&] { db->one<int>("select id from " + t + " where id = ?", -1); });
  expect_error(ErrorKind::row_count, [&] { db->one<int>("select id from " + t); });
  expect_error(ErrorKind::row_count, [&] { db->maybe<int>("select id from " + t); });
}

TEST_P(StatementRows, NamesAndLists) {
  const std::vector<int> ids{3, 5, 9999};
  EXPECT_EQ(db->query<int>("select id from " + t + " where id in (?) order by id", list(ids)).all(),
            (std::vector<int>{3, 5}));
  EXPECT_EQ(db->one<int>("select count(*) from " + t + " where id in (:ids) and id <> :not",
                         arg("not", 3), arg("ids", list(ids))),
            1);
  const std::vector<int> none;
  EXPECT_EQ(db->one<int>("select count(*) from " + t + " where id in (?)", list(none)), 0);
  EXPECT_EQ(db->one<int>("select count(*) from " + t + " where id not in (?)", list(none)), 1000);
  EXPECT_EQ(
      db->one<int>("select count(*) from " + t + " where id = :id or id = :id + 1", arg("id", 1)),
      2);
  expect_error(ErrorKind::usage, [&] {
    db->one<int>("select count(*) from " + t + " where id = :id", arg("other", 1));
  });
}

TEST_P(StatementRows, LeavingEarlyLeavesTheConnectionUsable) {
  auto session = db->session();
  int seen = 0;
  for (const Row& row : session.query("select id, name from " + t + " order by id")) {
    if (row.get<int>("id") == 3) break;
    ++seen;
  }
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(session.one<int>("select count(*) from " + t), 1000);
}

TEST_P(StatementRows, OnlyOneLiveResultASession) {
  auto session = db->session();
  auto rows = session.query<int>("select id from " + t + " order by id");
  ASSERT_TRUE(rows.next());
  expect_error(ErrorKind::usage, [&] { session.exec("select 1"); });
  EXPECT_EQ(rows.current(), 1);
  EXPECT_TRUE(rows.next());
}

TEST_P(StatementRows, RowsEndWithTheirTransaction) {
  auto tx = db->begin();
  auto rows = tx.query<int>("select id from " + t + " order by id");
  ASSERT_TRUE(rows.next());
  tx.commit();
  expect_error(ErrorKind::usage, [&] {
    while (rows.next()) {
    }
  });
}

TEST_P(StatementRows, AnEndedResultStaysEnded) {
  auto rows = db->query<int>("select id from " + t + " where id < 3 order by id");
  EXPECT_TRUE(rows.next());
  EXPECT_TRUE(rows.next());
  EXPECT_FALSE(rows.next());
  EXPECT_FALSE(rows.next());
}

TEST_P(StatementRows, RowsTravelInBatchesInConstantMemory) {
  IACDB_NEEDS(Capability::streaming_rows);
  const std::string cross = "select a.id from " + t + " a cross join " + t + " b";
  db->one<int>("select count(*) from " + t);
  forget_peak_memory();
  const std::uint64_t before = peak_memory_bytes();
  std::int64_t count = 0;
  for (const auto id : db->query<std::int64_t>(cross)) count += id > 0;
  EXPECT_EQ(count, 1'000'000);
  constexpr std::uint64_t megabytes = 1'000'000;
  EXPECT_LT(peak_memory_bytes() - before, 6 * megabytes);
}

TEST_P(Statements, PlaceholdersStayOutOfLiteralsAndComments) {
  EXPECT_EQ(db->one<std::string>("select '?' /* ? */ -- ?\n where 1 = ?", 1), "?");
  EXPECT_EQ(db->one<std::string>("select ':x' where 1 = :x", arg("x", 1)), ":x");
}

TEST_P(Statements, WrongNumbersOfParametersAreUsageErrors) {
  const auto t = table("a " + types().int64);
  expect_error(ErrorKind::usage, [&] { db->exec("insert into " + t + " (a) values (?)"); });
  expect_error(ErrorKind::usage, [&] { db->exec("insert into " + t + " (a) values (?)", 1, 2); });
  expect_error(ErrorKind::usage, [&] { db->exec("delete from " + t, 1); });
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

TEST_P(Statements, MalformedSqlSaysWhere) {
  const auto facts = expect_error(ErrorKind::syntax, [&] { db->exec("selekt 'secret' from t"); });
  EXPECT_EQ(facts.statement.find("secret"), std::string::npos);
  EXPECT_EQ(facts.message.find("secret"), std::string::npos);
  EXPECT_FALSE(facts.backend.empty());
  expect_error(ErrorKind::undefined_object, [&] { db->exec("select * from no_such_table_here"); });
}

TEST_P(Statements, RowsAffectedAndGeneratedIds) {
  IACDB_NEEDS(Capability::generated_id);
  const auto t = table("id " + types().id + ", a " + types().int64);
  const auto first = db->exec("insert into " + t + " (a) values (?)", 1);
  EXPECT_EQ(first.rows_affected, 1u);
  ASSERT_TRUE(first.generated_id.has_value());
  EXPECT_EQ(db->one<std::int64_t>("select a from " + t + " where id = ?", *first.generated_id), 1);
  const auto second = db->exec("insert into " + t + " (a) values (?)", 2);
  EXPECT_GT(*second.generated_id, *first.generated_id);
  EXPECT_EQ(db->exec("update " + t + " set a = a + 10").rows_affected, 2u);
  EXPECT_EQ(db->exec("delete from " + t + " where a > 100").rows_affected, 0u);
}

TEST_P(Statements, SeveralResults) {
  IACDB_NEEDS(Capability::multiple_results);
  auto rows = db->query<int>("select 1; select 2; select 3");
  std::vector<int> seen;
  do {
    while (rows.next()) seen.push_back(rows.current());
  } while (rows.next_result());
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

TEST_P(Statements, ManyDifferentTextsStayCorrect) {
  for (int i = 0; i < 600; ++i) {  // More than a statement cache holds.
    const std::string sql = "select " + std::to_string(i) + " + ?";
    ASSERT_EQ(db->one<int>(sql, i), 2 * i);
  }
  EXPECT_EQ(db->one<int>("select 0 + ?", 7), 7);
}

TEST_P(Statements, APlanThatChangedIsPlannedAgain) {
  const auto t = table("a " + types().int64);
  db->exec("insert into " + t + " (a) values (1)");
  auto session = db->session();
  const std::string all = "select * from " + t;
  EXPECT_EQ(session.one(all).size(), 1u);
  EXPECT_EQ(session.one(all).size(), 1u);
  session.exec("alter table " + t + " add column b " + types().text);
  EXPECT_EQ(session.one(all).size(), 2u);
}

TEST_P(Statements, BulkInsertIsAllOrNothing) {
  IACDB_NEEDS(Capability::bulk_insert);
  const auto t = table("id " + types().int64 + " primary key, name " + types().varchar);
  std::vector<std::tuple<int, std::optional<std::string>>> rows;
  for (int i = 0; i < 5000; ++i)
    rows.emplace_back(i, "tab\t \\ \n 'quote' \"\xC3\xA9\"" + std::to_string(i));
  rows[17] = {17, std::nullopt};
  rows[18] = {18, "\\N"};
  EXPECT_EQ(db->bulk_insert(t + "(id, name)", rows), rows.size());
  EXPECT_EQ((db->query<std::tuple<int, std::optional<std::string>>>("select id, name from " + t +
                                                                    " order by id")
                 .all()),
            rows);
  std::vector<std::tuple<int, std::string>> clash{{9000, "a"}, {9001, "b"}, {5, "again"}};
  expect_error(ErrorKind::unique_violation, [&] { db->bulk_insert(t + "(id, name)", clash); });
  EXPECT_EQ(db->one<int>("select count(*) from " + t + " where id >= 9000"), 0);
  EXPECT_EQ(db->bulk_insert(t + "(id, name)", std::vector<std::tuple<int, std::string>>{}), 0u);
  expect_error(ErrorKind::undefined_object, [&] { db->bulk_insert(t + "(id, no_such)", clash); });
  expect_error(ErrorKind::usage, [&] { db->bulk_insert(t + "(id", clash); });
}

TEST_P(Statements, ResultsOfDifferentShapes) {
  IACDB_NEEDS(Capability::multiple_results);
  auto first = db->query<int>("select 1; select 'x', 2");
  EXPECT_EQ(first.all(), std::vector<int>{1});
  using Pair = std::tuple<std::string, int>;
  auto second = std::move(first).next_as<Pair>();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->all(), (std::vector<Pair>{{"x", 2}}));
  EXPECT_FALSE(second->next_result());
}

TEST_P(Statements, ColonsWithoutNamesAndDoubledQuestionMarksStayWhatTheyAre) {
  EXPECT_EQ(db->one<std::string>("select 'a:b \?\? c' where 1 = ?", 1), "a:b \?\? c");
  EXPECT_EQ(db->one<std::string>("select '::x' where 1 = :y", arg("y", 1)), "::x");
  if (types().question_mark.empty()) return;  // No operator is written so there.
  EXPECT_EQ(db->one<int>("select 1 where " + types().question_mark, "a"), 1);
}

TEST_P(Statements, NamesAndPositionsDoNotMix) {
  expect_error(ErrorKind::usage,
               [&] { db->one<int>("select 1 where 1 = ? and 1 = :x", arg("x", 1)); });
  expect_error(ErrorKind::usage,
               [&] { db->one<int>("select 1 where 1 = :x", arg("x", 1), arg("y", 2)); });
}

TEST_P(Statements, WithGivesTheSamePoolOtherDefaults) {
  struct Labels final : Observer {
    std::vector<std::string> seen;
    void on_query(const QueryEvent& event) override { seen.emplace_back(event.label); }
  };
  auto labels = std::make_shared<Labels>();
  Database reports = db->with({.label = "reports", .observer = labels});
  EXPECT_EQ(reports.one<int>("select 1"), 1);
  reports.with({.label = "nightly"}).exec("select 1");
  EXPECT_EQ(db->one<int>("select 1"), 1);
  EXPECT_EQ(labels->seen, (std::vector<std::string>{"reports", "nightly"}));
  EXPECT_EQ(reports.name(), db->name());
  EXPECT_EQ(reports.metrics().statements.count, db->metrics().statements.count);
}

TEST_P(Statements, BulkInsertTakesStructsRecordsAndLazyRanges) {
  const auto t = table("id " + types().int64 + ", name " + types().text);
  const std::vector<ByPosition> structs{{1, "one"}, {2, std::nullopt}};
  EXPECT_EQ(db->bulk_insert(t + "(id, name)", structs), 2u);
  const std::vector<Record> records{Record({"id", "name"}, {Value(3), Value("three")})};
  EXPECT_EQ(db->bulk_insert(t + "(id, name)", records), 1u);
  auto lazy = std::views::iota(4, 7) | std::views::transform([](int i) {
                return std::make_tuple(i, "n" + std::to_string(i));
              });
  EXPECT_EQ(db->bulk_insert(t + "(id, name)", lazy), 3u);
  EXPECT_EQ(db->bulk_insert(t + "(id)", std::vector<std::int64_t>{7, 8}), 2u);
  EXPECT_EQ(db->one<int>("select sum(id) from " + t), 36);
  EXPECT_EQ(db->one<int>("select count(*) from " + t + " where name is null"), 3);
  EXPECT_EQ(db->one<std::string>("select name from " + t + " where id = 6"), "n6");
}

TEST_P(Statements, ABulkInsertThatThrowsHalfwayKeepsNothing) {
  const auto t = table("id " + types().int64);
  struct Stop {};
  auto failing = std::views::iota(0, 5000) | std::views::transform([](int i) {
                   if (i == 4000) throw Stop();
                   return i;
                 });
  EXPECT_THROW(db->bulk_insert(t + "(id)", failing), Stop);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
  if (!can(Capability::strict_types)) return;  // It stores what it is given.
  expect_error(ErrorKind::data, [&] {
    db->bulk_insert(t + "(id)", std::vector<std::string>{"1", "not a number"});
  });
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

}  // namespace
}  // namespace iacdb::conformance
