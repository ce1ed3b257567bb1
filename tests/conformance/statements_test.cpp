// Statements: placeholders, names, lists, rows as tuples and structs, streaming, several results.

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
  std::int64_t count = 0;
  for (const auto id : db->query<std::int64_t>(cross)) count += id > 0;
  EXPECT_EQ(count, 1'000'000);
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

TEST_P(Statements, LargeValuesGoInAndOutInPieces) {
  struct Pattern final : ByteSource {
    std::uint64_t left = 20'000'003;
    std::uint64_t size_bytes() const override { return 20'000'003; }
    std::size_t read(std::span<std::byte> into) override {
      const auto n = std::min<std::uint64_t>(into.size(), left);
      for (std::size_t i = 0; i < n; ++i) into[i] = static_cast<std::byte>((left - i) % 251);
      left -= n;
      return n;
    }
  };
  const auto t = table("v " + types().bytes);
  Pattern source;
  db->exec("insert into " + t + " (v) values (?)", streamed(source));
  std::uint64_t at = 0;
  bool same = true;
  const auto size = db->session().read_large(
      [&](BytesView piece) {
        for (const std::byte b : piece) {
          same = same && b == static_cast<std::byte>((20'000'003 - at++) % 251);
        }
      },
      "select v from " + t);
  EXPECT_EQ(size, 20'000'003u);
  EXPECT_EQ(at, size);
  EXPECT_TRUE(same);
}

TEST_P(Statements, StreamedParameters) {
  IACDB_NEEDS(Capability::streamed_parameters);
  struct Short final : ByteSource {  // Ends before its size: nothing must be stored.
    std::uint64_t size_bytes() const override { return 1000; }
    std::size_t read(std::span<std::byte>) override { return 0; }
  };
  const auto t = table("v " + types().bytes);
  Short source;
  EXPECT_THROW(db->exec("insert into " + t + " (v) values (?)", streamed(source)), Error);
  EXPECT_EQ(db->one<int>("select count(*) from " + t), 0);
}

}  // namespace
}  // namespace iacdb::conformance
