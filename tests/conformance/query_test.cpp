// Built statements: the same rows from every database.

#include <iacdb/run_query.hpp>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): the words of the builder

class BuiltQueries : public Suite {
 protected:
  using Pair = std::tuple<std::int64_t, std::string>;

  void SetUp() override {
    Suite::SetUp();
    t = table("id " + types().int64 + " primary key, g " + types().int64 + ", name " +
              types().text);
    Insert rows = insert_into(t, {"id", "g", "name"});
    for (int i = 1; i <= 6; ++i) {
      rows.values({i, i % 2, i == 4 ? null() : value("n" + std::to_string(i))});
    }
    ASSERT_EQ(sql::exec(*db, rows).rows_affected, 6U);
  }
  std::vector<std::int64_t> ids(const Select& query) { return sql::all<std::int64_t>(*db, query); }
  Select some_ids() const { return select({column("id")}).from(t); }

  std::string t;
};
INSTANTIATE_TEST_SUITE_P(On, BuiltQueries, testing::ValuesIn(targets()),
                         [](const auto& one) { return one.param.name; });

using Ids = std::vector<std::int64_t>;

TEST_P(BuiltQueries, Conditions) {
  const auto found = [&](const Expression& e) {
    return ids(some_ids().where(e).order_by({column("id")}));
  };
  EXPECT_EQ(found(column("id") > 4 && column("g") == 1), (Ids{5}));
  EXPECT_EQ(found(column("id") == 1 || (column("id") == 6 && column("g") == 0)), (Ids{1, 6}));
  EXPECT_EQ(found(!(column("id") == 1 || column("id") > 2)), (Ids{2}));
  EXPECT_EQ(found(column("id").in({1, 3, 99})), (Ids{1, 3}));
  EXPECT_EQ(found(column("id").in(std::vector<Expression>{})), Ids{});
  EXPECT_EQ(found(column("id").not_in(std::vector<Expression>{})).size(), 6U);
  EXPECT_EQ(found(column("id").between(2, 3)), (Ids{2, 3}));
  EXPECT_EQ(found(column("name").is_null()), (Ids{4}));
  EXPECT_EQ(found(column("name").like("n_") && column("name").not_like("%3")), (Ids{1, 2, 5, 6}));
  EXPECT_EQ(found(column("name") == "n1' or 1 = 1 -- "), Ids{});
  EXPECT_EQ(found(column("id") == select({max(column("id"))}).from(t)), (Ids{6}));
  EXPECT_EQ(found(column("id").in(some_ids().where(column("g") == 0).limit(9))), (Ids{2, 4, 6}));
  EXPECT_EQ(found(exists(select({column("x", "id")})
                             .from(Table(t).as("x"))
                             .where(column("x", "id") == column(t, "id") + 5))),
            (Ids{1}));
  EXPECT_EQ(found((column("id") - 1) * 2 == 10), (Ids{6}));
}

TEST_P(BuiltQueries, PagesAndOrders) {
  EXPECT_EQ(ids(some_ids().order_by({column("id").desc()}).limit(2).offset(1)), (Ids{5, 4}));
  EXPECT_EQ(ids(some_ids().order_by({column("id")}).offset(4)), (Ids{5, 6}));
  EXPECT_EQ(ids(some_ids().order_by({column("name").desc(), column("id")}).limit(1)), (Ids{4}))
      << "NULL sorts first when descending, everywhere";
  EXPECT_EQ(ids(some_ids().order_by({column("name").asc().nulls_first()}).limit(1)), (Ids{4}));
  EXPECT_EQ(ids(some_ids()
                    .where(column("id") < 3)
                    .union_all(some_ids().order_by({column("id").desc()}).limit(1))
                    .order_by({column("id").desc()})
                    .limit(2)),
            (Ids{6, 2}));
}

TEST_P(BuiltQueries, JoinsGroupsAndWindows) {
  const Table a = Table(t).as("a");
  const Table b = Table(t).as("b");
  EXPECT_EQ(ids(select({column("a", "id")})
                    .from(a)
                    .left_join(b, column("b", "id") == column("a", "id") + 3)
                    .where(column("b", "id").is_null())
                    .order_by({column("a", "id")})),
            (Ids{4, 5, 6}));
  using Group = std::tuple<std::int64_t, std::int64_t>;
  EXPECT_EQ(sql::all<Group>(*db, select({column("g"), count().as("n")})
                                     .from(t)
                                     .where(column("name").is_not_null())
                                     .group_by({column("g")})
                                     .having(count() > 1)
                                     .order_by({column("g")})),
            (std::vector<Group>{{0, 2}, {1, 3}}));
  EXPECT_EQ(ids(select({sum(column("id"))
                            .over(window()
                                      .partition_by({column("g")})
                                      .order_by({column("id")})
                                      .rows(Bound::preceding(1), Bound::current_row()))
                            .cast("bigint")
                            .as("s")})
                    .from(t)
                    .order_by({column("id")})),
            (Ids{1, 2, 4, 6, 8, 10}));
  EXPECT_EQ(ids(select({column("i")})
                    .from("n")
                    .with_recursive(
                        "n",
                        select({value(1).cast("integer")})
                            .union_all(select({column("i") + 1}).from("n").where(column("i") < 4)),
                        {"i"})
                    .order_by({column("i")})),
            (Ids{1, 2, 3, 4}));
}

TEST_P(BuiltQueries, Values) {
  using Texts = std::tuple<std::string, std::string, std::optional<std::string>>;
  EXPECT_EQ((sql::one<Texts>(*db, select({concat({column("name"), "-", column("name")}),
                                          case_when({{column("id") > 1, "more"}}, "one"),
                                          concat({column("name"), null()})})
                                      .from(t)
                                      .where(column("id") == 1))),
            (Texts{"n1-n1", "one", std::nullopt}));
  EXPECT_EQ(
      (sql::one<std::tuple<std::string, std::int64_t>>(
          *db, select({coalesce({column("name"), "none"}),
                       extract(Unit::year, add(value("2024-12-31").cast("date"), 1, Unit::day))
                           .cast("integer")})
                   .from(t)
                   .where(column("id") == 4))),
      (std::make_tuple(std::string("none"), std::int64_t{2025})));
}

TEST_P(BuiltQueries, Changes) {
  sql::exec(*db, insert_into(t, {"id", "name"})
                     .values({1, "new"})
                     .values({7, "seven"})
                     .on_conflict({"id"})
                     .do_update({"name"}));
  sql::exec(*db,
            insert_into(t, {"id", "name"}).values({1, "kept"}).on_conflict({"id"}).do_nothing());
  const auto name_of = [&](std::int64_t id) {
    return sql::one<std::string>(*db, select({column("name")}).from(t).where(column("id") == id));
  };
  EXPECT_EQ(name_of(1), "new");
  EXPECT_EQ(name_of(7), "seven");
  EXPECT_EQ((sql::all<Pair>(*db, update(t)
                                     .set("name", "set")
                                     .where(column("id") == 2)
                                     .returning({column("id"), column("name")}))),
            (std::vector<Pair>{{2, "set"}}));
  EXPECT_EQ(sql::exec(*db, delete_from(t).where(column("id").in({2, 3}))).rows_affected, 2U);
  {
    auto tx = db->begin();
    sql::exec(tx, delete_from(t).all_rows());
    tx.rollback();
  }
  EXPECT_EQ(ids(some_ids().order_by({column("id")})), (Ids{1, 4, 5, 6, 7}));
  auto session = db->session();
  int rows = 0;
  for (const Row& row : sql::query(session, some_ids())) rows += row.get<int>(0) > 0;
  EXPECT_EQ(rows, 5);
}

TEST_P(BuiltQueries, TheSourceDialectDoesNotMatter) {
  for (const Dialect source : all_dialects) {
    OpenOptions options;
    options.source_dialect = source;
    Database other = open(options);
    const Select one = select({value(7).cast("integer").as("i")}).order_by({column("i")}).limit(1);
    EXPECT_EQ(sql::all<std::int64_t>(other, one), (Ids{7})) << to_string(source);
  }
}

}  // namespace
}  // namespace iacdb::conformance
