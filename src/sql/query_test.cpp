#include "iacdb/query.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"

namespace iacdb::sql {
namespace {

struct Expected {
  std::string_view target;
  std::string_view text;
};

std::string text_for(const Buildable& query, std::string_view target) {
  try {
    std::string text;
    for (const BuiltStatement& s : query.build_for(target).statements) {
      if (!text.empty()) text += " ; ";
      text += s.text();
    }
    return text;
  } catch (const Error& e) {
    return std::string("refused: ") + e.what();
  }
}

void expect_texts(const Buildable& query, std::initializer_list<Expected> all) {
  for (const Expected& one : all) {
    EXPECT_EQ(text_for(query, one.target), one.text) << one.target;
  }
}

TEST(QueryBuilder, Paging) {
  expect_texts(select({column("id"), column("userName"), column("order")})
                   .from("users")
                   .where(column("age") > 18 && column("name") != "x")
                   .order_by({column("id")})
                   .limit(10)
                   .offset(20),
               {{"postgres",
                 "SELECT id, \"userName\", \"order\" FROM users WHERE age > ? AND name <> ? ORDER "
                 "BY id LIMIT 10 OFFSET 20"},
                {"mysql",
                 "SELECT id, `userName`, `order` FROM users WHERE age > ? AND name <> ? ORDER BY "
                 "CASE WHEN id IS NULL THEN 1 ELSE 0 END, id LIMIT 10 OFFSET 20"},
                {"sqlite",
                 "SELECT id, \"userName\", \"order\" FROM users WHERE age > ? AND name <> ? ORDER "
                 "BY id NULLS LAST LIMIT 10 OFFSET 20"},
                {"tsql",
                 "SELECT id, [userName], [order] FROM users WHERE age > ? AND name <> ? ORDER BY "
                 "CASE WHEN id IS NULL THEN 1 ELSE 0 END, id OFFSET 20 ROWS FETCH FIRST 10 ROWS "
                 "ONLY"},
                {"oracle",
                 "SELECT id, \"userName\", \"ORDER\" FROM users WHERE age > ? AND name <> ? ORDER "
                 "BY id OFFSET 20 ROWS FETCH FIRST 10 ROWS ONLY"}});
}

TEST(QueryBuilder, JoinsAndGroups) {
  expect_texts(
      select({column("u", "id"), count().as("n"), sum(column("o", "price")).as("total")})
          .from(Table("users").as("u"))
          .left_join(Table("shop", "orders").as("o"), column("o", "user_id") == column("u", "id"))
          .group_by({column("u", "id")})
          .having(count() > 1)
          .order_by({column("u", "id").desc().nulls_last()}),
      {{"postgres",
        "SELECT u.id, COUNT(*) AS n, SUM(o.price) AS total FROM users AS u LEFT JOIN "
        "shop.orders AS o ON o.user_id = u.id GROUP BY u.id HAVING COUNT(*) > ? ORDER BY "
        "u.id DESC NULLS LAST"},
       {"mysql",
        "SELECT u.id, COUNT(*) AS n, SUM(o.price) AS total FROM users AS u LEFT JOIN "
        "shop.orders AS o ON o.user_id = u.id GROUP BY u.id HAVING COUNT(*) > ? ORDER BY "
        "u.id DESC"},
       {"sqlite",
        "SELECT u.id, COUNT(*) AS n, SUM(o.price) AS total FROM users AS u LEFT JOIN "
        "shop.orders AS o ON o.user_id = u.id GROUP BY u.id HAVING COUNT(*) > ? ORDER BY "
        "u.id DESC"},
       {"tsql",
        "SELECT u.id, COUNT_BIG(*) AS n, SUM(o.price) AS total FROM users AS u LEFT JOIN "
        "shop.orders AS o ON o.user_id = u.id GROUP BY u.id HAVING COUNT_BIG(*) > ? "
        "ORDER BY u.id DESC"},
       {"oracle",
        "SELECT u.id, COUNT(*) AS n, SUM(o.price) AS total FROM users u LEFT JOIN "
        "shop.orders o ON o.user_id = u.id GROUP BY u.id HAVING COUNT(*) > ? ORDER BY "
        "u.id DESC NULLS LAST"}});
}

TEST(QueryBuilder, UpsertOfRows) {
  expect_texts(insert_into("t", {"id", "n"})
                   .values({1, "a"})
                   .values({2, null()})
                   .on_conflict({"id"})
                   .do_update({"n"}),
               {{"postgres",
                 "INSERT INTO t (id, n) VALUES (?, ?), (?, NULL) ON CONFLICT (id) DO UPDATE SET n "
                 "= excluded.n"},
                {"mysql",
                 "INSERT INTO t (id, n) VALUES (?, ?), (?, NULL) ON DUPLICATE KEY UPDATE n = "
                 "VALUES(n)"},
                {"sqlite",
                 "INSERT INTO t (id, n) VALUES (?, ?), (?, NULL) ON CONFLICT (id) DO UPDATE SET n "
                 "= excluded.n"},
                {"tsql",
                 "MERGE INTO t USING (VALUES (?, ?), (?, NULL)) AS excluded(id, n) ON t.id = "
                 "excluded.id WHEN MATCHED THEN UPDATE SET n = excluded.n WHEN NOT MATCHED THEN "
                 "INSERT (id, n) VALUES (excluded.id, excluded.n);"}});
}

TEST(QueryBuilder, UpsertThatDoesNothing) {
  expect_texts(insert_into("t", {"id", "n"}).values({1, "a"}).on_conflict({"id"}).do_nothing(),
               {{"postgres", "INSERT INTO t (id, n) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"},
                {"mysql", "INSERT INTO t (id, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE id = id"},
                {"sqlite", "INSERT INTO t (id, n) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"},
                {"tsql",
                 "MERGE INTO t USING (VALUES (?, ?)) AS excluded(id, n) ON t.id = excluded.id "
                 "WHEN NOT MATCHED THEN INSERT (id, n) VALUES (excluded.id, excluded.n);"}});
}

TEST(QueryBuilder, UpsertThatReadsTheOldRow) {
  expect_texts(
      insert_into("t", {"id", "n"})
          .values({1, 2})
          .on_conflict({"id"})
          .do_update("n", column("t", "n") + excluded("n")),
      {{"postgres",
        "INSERT INTO t (id, n) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = t.n + "
        "excluded.n"},
       {"mysql", "INSERT INTO t (id, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = t.n + VALUES(n)"},
       {"sqlite",
        "INSERT INTO t (id, n) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = t.n + "
        "excluded.n"},
       {"tsql",
        "MERGE INTO t USING (VALUES (?, ?)) AS excluded(id, n) ON t.id = excluded.id "
        "WHEN MATCHED THEN UPDATE SET n = t.n + excluded.n WHEN NOT MATCHED THEN INSERT "
        "(id, n) VALUES (excluded.id, excluded.n);"}});
}

TEST(QueryBuilder, InsertReturning) {
  expect_texts(insert_into("t", {"n"}).values({1}).returning({column("id")}),
               {{"postgres", "INSERT INTO t (n) VALUES (?) RETURNING id"},
                {"mysql", "INSERT INTO t (n) VALUES (?) RETURNING id"},
                {"sqlite", "INSERT INTO t (n) VALUES (?) RETURNING id"},
                {"tsql", "INSERT INTO t (n) OUTPUT INSERTED.id VALUES (?)"},
                {"oracle",
                 "refused: the statement cannot be said in oracle: RETURNING has no equal in "
                 "oracle"}});
}

TEST(QueryBuilder, InsertFromAQuery) {
  expect_texts(insert_into("t", {"n"}).from(select({column("a")}).from("s")),
               {{"postgres", "INSERT INTO t (n) SELECT a FROM s"},
                {"mysql", "INSERT INTO t (n) SELECT a FROM s"},
                {"sqlite", "INSERT INTO t (n) SELECT a FROM s"},
                {"tsql", "INSERT INTO t (n) SELECT a FROM s"},
                {"oracle", "INSERT INTO t (n) SELECT a FROM s"}});
}

TEST(QueryBuilder, Update) {
  expect_texts(update("t").set("n", column("n") + 1).where(column("id").in({1, 2})),
               {{"postgres", "UPDATE t SET n = n + ? WHERE id IN (?, ?)"},
                {"mysql", "UPDATE t SET n = n + ? WHERE id IN (?, ?)"},
                {"sqlite", "UPDATE t SET n = n + ? WHERE id IN (?, ?)"},
                {"tsql", "UPDATE t SET n = n + ? WHERE id IN (?, ?)"},
                {"oracle", "UPDATE t SET n = n + ? WHERE id IN (?, ?)"}});
}

TEST(QueryBuilder, UpdateReturning) {
  expect_texts(
      update("t").set("n", 5).where(column("id") == 1).returning({column("id"), column("n")}),
      {{"postgres", "UPDATE t SET n = ? WHERE id = ? RETURNING id, n"},
       {"mysql", "UPDATE t SET n = ? WHERE id = ? ; SELECT id, n FROM t WHERE id = ?"},
       {"sqlite", "UPDATE t SET n = ? WHERE id = ? RETURNING id, n"},
       {"tsql", "UPDATE t SET n = ? OUTPUT INSERTED.id, INSERTED.n WHERE id = ?"},
       {"oracle",
        "refused: the statement cannot be said in oracle: RETURNING of UPDATE has no "
        "equal in oracle"}});
}

TEST(QueryBuilder, DeleteWithSubquery) {
  expect_texts(
      delete_from("t").where(column("id").not_in({}) && exists(select({value(1)}).from("s"))),
      {{"postgres", "DELETE FROM t WHERE 1 = 1 AND EXISTS (SELECT ? FROM s)"},
       {"mysql", "DELETE FROM t WHERE 1 = 1 AND EXISTS (SELECT ? FROM s)"},
       {"sqlite", "DELETE FROM t WHERE 1 = 1 AND EXISTS (SELECT ? FROM s)"},
       {"tsql", "DELETE FROM t WHERE 1 = 1 AND EXISTS (SELECT ? FROM s)"},
       {"oracle", "DELETE FROM t WHERE 1 = 1 AND EXISTS (SELECT ? FROM s)"}});
}

TEST(QueryBuilder, DeleteOfAll) {
  expect_texts(delete_from("t").all_rows(), {{"postgres", "DELETE FROM t"},
                                             {"mysql", "DELETE FROM t"},
                                             {"sqlite", "DELETE FROM t"},
                                             {"tsql", "DELETE FROM t"},
                                             {"oracle", "DELETE FROM t"}});
}

TEST(QueryBuilder, Windows) {
  expect_texts(select({column("id"),
                       call("row_number")
                           .over(window().partition_by({column("g")}).order_by({column("id")}))
                           .as("r"),
                       sum(column("n"))
                           .over(window()
                                     .order_by({column("id")})
                                     .rows(Bound::preceding(2), Bound::current_row()))
                           .as("s")})
                   .from("t"),
               {{"postgres",
                 "SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY id) AS r, SUM(n) OVER "
                 "(ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t"},
                {"mysql",
                 "SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY CASE WHEN id IS NULL THEN "
                 "1 ELSE 0 END, id) AS r, SUM(n) OVER (ORDER BY CASE WHEN id IS NULL THEN 1 ELSE "
                 "0 END, id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t"},
                {"sqlite",
                 "SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY id NULLS LAST) AS r, "
                 "SUM(n) OVER (ORDER BY id NULLS LAST ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) "
                 "AS s FROM t"},
                {"tsql",
                 "SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY CASE WHEN id IS NULL THEN "
                 "1 ELSE 0 END, id) AS r, SUM(n) OVER (ORDER BY CASE WHEN id IS NULL THEN 1 ELSE "
                 "0 END, id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t"},
                {"oracle",
                 "SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY id) AS r, SUM(n) OVER "
                 "(ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t"}});
}

TEST(QueryBuilder, RecursiveWith) {
  expect_texts(select({star()}).from("n").with_recursive(
                   "n",
                   select({value(1).cast("integer").as("i")})
                       .union_all(select({column("i") + 1}).from("n").where(column("i") < 5)),
                   {"i"}),
               {{"postgres",
                 "WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) AS i UNION ALL SELECT i + ? "
                 "FROM n WHERE i < ?) SELECT * FROM n"},
                {"mysql",
                 "WITH RECURSIVE n(i) AS (SELECT CAST(? AS SIGNED) AS i UNION ALL SELECT i + ? "
                 "FROM n WHERE i < ?) SELECT * FROM n"},
                {"sqlite",
                 "WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) AS i UNION ALL SELECT i + ? "
                 "FROM n WHERE i < ?) SELECT * FROM n"},
                {"tsql",
                 "WITH n(i) AS (SELECT CAST(? AS INT) AS i UNION ALL SELECT i + ? FROM n WHERE i "
                 "< ?) SELECT * FROM n"},
                {"oracle",
                 "WITH n(i) AS (SELECT CAST(? AS INT) AS i UNION ALL SELECT i + ? FROM n WHERE i "
                 "< ?) SELECT * FROM n"},
                {"oracle:11",
                 "WITH n(i) AS (SELECT CAST(? AS INT) AS i FROM DUAL UNION ALL SELECT i + ? FROM "
                 "n WHERE i < ?) SELECT * FROM n"}});
}

TEST(QueryBuilder, Expressions) {
  expect_texts(
      select({concat({column("a"), "-", column("b")}).as("c"),
              case_when({{column("a").is_null(), "none"}}, column("a")).as("d"),
              coalesce({column("a"), "x"}).as("e"), column("a").cast("numeric(10, 2)").as("f"),
              add(column("at"), 1, Unit::day).as("g"), extract(Unit::year, column("at")).as("y"),
              count_distinct(column("a")).filter(column("b") > 1).as("h")})
          .from("t"),
      {{"postgres",
        "SELECT a || ? || b AS c, CASE WHEN a IS NULL THEN ? ELSE a END AS d, "
        "COALESCE(a, ?) AS e, CAST(a AS NUMERIC(10, 2)) AS f, (at + INTERVAL '1 DAY') AS "
        "g, EXTRACT(YEAR FROM at) AS y, COUNT(DISTINCT a) FILTER (WHERE b > ?) AS h FROM "
        "t"},
       {"mysql",
        "SELECT CONCAT(a, ?, b) AS c, CASE WHEN a IS NULL THEN ? ELSE a END AS d, "
        "COALESCE(a, ?) AS e, CAST(a AS DECIMAL(10, 2)) AS f, DATE_ADD(at, INTERVAL 1 "
        "DAY) AS g, EXTRACT(YEAR FROM at) AS y, COUNT(DISTINCT CASE WHEN b > ? THEN a "
        "END) AS h FROM t"},
       {"sqlite",
        "SELECT a || ? || b AS c, CASE WHEN a IS NULL THEN ? ELSE a END AS d, "
        "COALESCE(a, ?) AS e, ROUND(a, 2) AS f, CASE WHEN LENGTH(at) = 10 "
        "THEN DATE(at, '+1 day') ELSE DATETIME(at, '+1 day') END AS g, "
        "CAST(STRFTIME('%Y', at) AS INTEGER) AS y, COUNT(DISTINCT a) FILTER (WHERE b > "
        "?) AS h FROM t"},
       {"tsql",
        "SELECT a + ? + b AS c, CASE WHEN a IS NULL THEN ? ELSE a END AS d, COALESCE(a, "
        "?) AS e, CAST(a AS DECIMAL(10, 2)) AS f, DATEADD(DAY, 1, at) AS g, "
        "DATEPART(YEAR, at) AS y, COUNT_BIG(DISTINCT CASE WHEN b > ? THEN a END) AS h "
        "FROM t"},
       {"oracle",
        "SELECT a || ? || b AS c, CASE WHEN a IS NULL THEN ? ELSE a END AS d, "
        "COALESCE(a, ?) AS e, CAST(a AS NUMBER(10, 2)) AS f, at + 1 AS g, EXTRACT(YEAR "
        "FROM at) AS y, COUNT(DISTINCT CASE WHEN b > ? THEN a END) AS h FROM t"}});
}

TEST(QueryBuilder, DerivedTables) {
  expect_texts(select({column("a")})
                   .distinct()
                   .from(Table(select({column("a")}).from("t").where(column("a").like("x%")), "q"))
                   .where(!(column("a") == 1 || column("a").between(2, 3))),
               {{"postgres",
                 "SELECT DISTINCT a FROM (SELECT a FROM t WHERE a LIKE ?) AS q WHERE NOT (a = ? "
                 "OR a BETWEEN ? AND ?)"},
                {"mysql",
                 "SELECT DISTINCT a FROM (SELECT a FROM t WHERE a LIKE ? COLLATE utf8mb4_bin) AS "
                 "q WHERE NOT (a = ? OR a BETWEEN ? AND ?)"},
                {"sqlite",
                 "SELECT DISTINCT a FROM (SELECT a FROM t WHERE a LIKE ?) AS q WHERE NOT (a = ? "
                 "OR a BETWEEN ? AND ?)"},
                {"tsql",
                 "SELECT DISTINCT a FROM (SELECT a FROM t WHERE a LIKE ? COLLATE "
                 "Latin1_General_BIN2) AS q WHERE NOT (a = ? OR a BETWEEN ? AND ?)"},
                {"oracle",
                 "SELECT DISTINCT a FROM (SELECT a FROM t WHERE a LIKE ?) q WHERE NOT (a = ? OR a "
                 "BETWEEN ? AND ?)"}});
}

TEST(QueryBuilder, SetOperations) {
  expect_texts(select({column("a")})
                   .from("t")
                   .union_with(select({column("a")}).from("s").order_by({column("a")}).limit(1))
                   .order_by({column("a")})
                   .limit(3),
               {{"postgres",
                 "SELECT a FROM t UNION (SELECT a FROM s ORDER BY a LIMIT 1) ORDER BY a LIMIT 3"},
                {"mysql",
                 "SELECT a FROM t UNION (SELECT a FROM s ORDER BY CASE WHEN a IS NULL THEN 1 ELSE "
                 "0 END, a LIMIT 1) ORDER BY CASE WHEN a IS NULL THEN 1 ELSE 0 END, a LIMIT 3"},
                {"sqlite",
                 "SELECT a FROM t UNION SELECT * FROM (SELECT a FROM s ORDER BY a NULLS LAST "
                 "LIMIT 1) ORDER BY a NULLS LAST LIMIT 3"},
                {"tsql",
                 "SELECT TOP 3 * FROM (SELECT a FROM t UNION (SELECT TOP 1 a FROM s ORDER BY CASE "
                 "WHEN a IS NULL THEN 1 ELSE 0 END, a)) AS _l_0 ORDER BY CASE WHEN a IS NULL THEN "
                 "1 ELSE 0 END, a"},
                {"oracle",
                 "SELECT a FROM t UNION (SELECT a FROM s ORDER BY a FETCH FIRST 1 ROWS ONLY) "
                 "ORDER BY a FETCH FIRST 3 ROWS ONLY"}});
}

TEST(QueryBuilder, Locks) {
  expect_texts(
      select({column("a")})
          .from("t")
          .where(column("a") == select({max(column("a"))}).from("t"))
          .for_update(),
      {{"postgres", "SELECT a FROM t WHERE a = (SELECT MAX(a) FROM t) FOR UPDATE"},
       {"mysql", "SELECT a FROM t WHERE a = (SELECT MAX(a) FROM t) FOR UPDATE"},
       {"sqlite", "SELECT a FROM t WHERE a = (SELECT MAX(a) FROM t)"},  // it has one writer
       {"tsql", "refused: the statement cannot be said in tsql: FOR UPDATE has no equal in tsql"},
       {"oracle", "SELECT a FROM t WHERE a = (SELECT MAX(a) FROM t) FOR UPDATE"}});
}

TEST(QueryBuilder, BooleansAsValues) {
  expect_texts(
      select({exists(select({value(1)}).from("t")).as("e"), (column("a") > 1).as("b")}).from("t"),
      {{"postgres", "SELECT EXISTS (SELECT ? FROM t) AS e, a > ? AS b FROM t"},
       {"mysql", "SELECT EXISTS (SELECT ? FROM t) AS e, a > ? AS b FROM t"},
       {"sqlite", "SELECT EXISTS (SELECT ? FROM t) AS e, a > ? AS b FROM t"},
       {"tsql",
        "SELECT CASE WHEN EXISTS (SELECT ? FROM t) THEN 1 ELSE 0 END AS e, CASE WHEN a > "
        "? THEN 1 WHEN NOT (a > ?) THEN 0 END AS b FROM t"},
       {"oracle", "SELECT EXISTS (SELECT ? FROM t) AS e, a > ? AS b FROM t"},
       {"oracle:11",
        "SELECT CASE WHEN EXISTS (SELECT ? FROM t) THEN 1 ELSE 0 END AS e, CASE WHEN a > "
        "? THEN 1 WHEN NOT (a > ?) THEN 0 END AS b FROM t"}});
}

TEST(QueryBuilder, NamesAreQuoted) {
  expect_texts(select({column("a]b`c\"d")}).from("t"),
               {{"postgres", "SELECT \"a]b`c\"\"d\" FROM t"},
                {"mysql", "SELECT `a]b``c\"d` FROM t"},
                {"sqlite", "SELECT \"a]b`c\"\"d\" FROM t"},
                {"tsql", "SELECT [a]]b`c\"d] FROM t"},
                {"oracle", "SELECT \"a]b`c\"\"d\" FROM t"}});
}

template <class Work>
void expect_usage(Work&& work, std::string_view part) {
  try {
    work();
    ADD_FAILURE() << "nothing was thrown; expected " << part;
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::usage);
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(QueryBuilder, MisuseIsToldApart) {
  expect_usage([] { delete_from("t").build(); }, "without where()");
  expect_usage([] { update("t").set("a", 1).build(); }, "without where()");
  expect_usage([] { update("t").set("a", 1).where(column("b") == 1).all_rows().build(); }, "both");
  expect_usage([] { update("t").all_rows().build(); }, "sets no column");
  expect_usage([] { insert_into("t", {"a"}).build(); }, "values() or from()");
  expect_usage([] { insert_into("t", {"a"}).values({1, 2}); }, "2 values");
  expect_usage([] { insert_into("t", {}).build(); }, "names its columns");
  expect_usage([] { insert_into("t", {"a"}).values({1}).on_conflict({"a"}).build(); }, "needs");
  expect_usage([] { insert_into("t", {"a"}).values({1}).do_nothing().build(); }, "on_conflict()");
  expect_usage([] { select({}).from("t").build(); }, "needs a column");
  expect_usage([] { select({star()}).join("t", column("a") == 1); }, "from()");
  expect_usage([] { select({column("a")}).having(count() > 1).build(); }, "group_by()");
  expect_usage([] { column(""); }, "empty");
  expect_usage(
      [] {
        column(
            "a\x01"
            "0\x02");
      },
      "control character");
  expect_usage([] { call("f(1); drop table t"); }, "plain name");
  for (const char* type : {"", "int)", "int) from t where (1", "text; drop", "int(a)", "'x'"}) {
    expect_usage([&] { column("a").cast(type); }, "name of a type");
  }
  expect_usage([] { window().rows(Bound::following(1), Bound::preceding(1)); }, "before it begins");
  expect_usage([] { select({column("a").as("b") + 1}).build(); }, "list of columns");
  expect_usage([] { select({column("a").over(window())}).build(); }, "behind a function");
  expect_usage([] { select({star()}).from("t").build_for("db2"); }, "unknown dialect");
}

TEST(QueryBuilder, DeepNestingIsRefused) {
  expect_usage(
      [] {
        Expression e = column("a");
        for (int i = 0; i < 1000; ++i) e = e + 1;
      },
      "nests deeper");
  expect_usage(
      [] {
        Select q = select({column("a")}).from("t");
        for (int i = 0; i < 1000; ++i) q = select({column("a")}).from(Table(q, "q"));
      },
      "nests deeper");
}

TEST(QueryBuilder, ManyConditionsAndRows) {
  std::vector<Expression> conditions;
  for (int i = 0; i < 3000; ++i) conditions.push_back(column("a") != i);
  const BuiltQuery many = select({star()}).from("t").where(all_of(conditions)).build();
  EXPECT_EQ(many.statements[0].parameters().size(), 3000U);
  Insert rows = insert_into("t", {"a"});
  for (int i = 0; i < 20'000; ++i) rows.values({i});
  EXPECT_EQ(rows.build().statements[0].parameters().back(), Value(19'999));
}

TEST(QueryBuilder, ParametersStandInTheOrderOfTheText) {
  const BuiltQuery q = select({case_when({{column("a") > 1, "x"}}, "y")})
                           .from("t")
                           .where(column("b") == 2.5 && column("c").in({true, null()}))
                           .build({.dialect = Dialect::mysql});
  ASSERT_EQ(q.statements.size(), 1U);
  const std::vector<Value> expected{1, "x", "y", 2.5, true};
  EXPECT_EQ(
      std::vector<Value>(q.statements[0].parameters().begin(), q.statements[0].parameters().end()),
      expected);
  EXPECT_EQ(q.arguments().cells.size(), expected.size());
  // A parameter that the dialect says twice is bound twice.
  const BuiltQuery twice =
      select({(column("a") > 7).as("b")}).from("t").build({.dialect = Dialect::tsql});
  EXPECT_EQ(twice.arguments().cells.size(), 2U);
}

TEST(QueryBuilder, SeveralStatementsHaveNoOneText) {
  const BuiltQuery q = update("t")
                           .set("a", 1)
                           .where(column("b") == 2)
                           .returning({column("a")})
                           .build({.dialect = Dialect::mysql});
  ASSERT_EQ(q.statements.size(), 2U);
  EXPECT_EQ(q.answer, 1U);
  EXPECT_THROW(q.text(), UsageError);
}

}  // namespace
}  // namespace iacdb::sql
