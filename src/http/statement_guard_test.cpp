#include "http/statement_guard.hpp"

#include <gtest/gtest.h>

#include "driver/driver.hpp"
#include "http/errors.hpp"

namespace iacdb::driver {

// These tests open no database.
std::span<const Backend* const> backends() {
  return {};
}
std::span<const MissingBackend> missing_backends() {
  return {};
}
const Backend* find_backend(std::string_view) {
  return nullptr;
}

}  // namespace iacdb::driver

namespace iacdb::http {
namespace {

using config::Access;

int status_of_text(std::string_view sql, Dialect dialect, Access right = Access::read) {
  StatementBody body;
  body.sql = sql;
  try {
    check_statement(body, dialect, right);
    return 200;
  } catch (const HttpError& error) {
    return error.status();
  }
}

TEST(StatementGuard, LetsReadersRead) {
  for (const std::string_view sql :
       {"select 1", "with a as (select 1) select * from a", "values (1)", "explain select 1",
        "explain analyze select 1", "show search_path", "select 'lo_create(1)'", "select 1;", ""}) {
    EXPECT_EQ(status_of_text(sql, Dialect::postgres), 200) << sql;
  }
}

TEST(StatementGuard, RefusesReadersWhatWrites) {
  for (const std::string_view sql :
       {"delete from t", "select 1; select 2", "select lo_create(1)", "select \"lo_create\"(1)",
        "select pg_catalog.lo_unlink (1)", "select U&\"x\"(1)", "select dblink_exec('', '')",
        "explain analyze create table t as select 1", "select 'unfinished", "pragma x",
        "select set_config('a', 'b', true)", "copy t to stdout", "vacuum", "frobnicate"}) {
    EXPECT_EQ(status_of_text(sql, Dialect::postgres), 403) << sql;
  }
  for (const std::string_view sql :
       {"select 1 /*! into @x */", "select '\\'; delete from t; -- '", "select ';', 1",
        "select * from t lock in share mode", "select get_lock('a', 1)"}) {
    EXPECT_EQ(status_of_text(sql, Dialect::mysql), 403) << sql;
  }
}

TEST(StatementGuard, NobodyEndsATransactionByText) {
  for (const Access right : {Access::read, Access::write}) {
    for (const std::string_view sql : {"begin", "commit", "rollback", "start transaction", "end",
                                       "abort", "commit prepared 'x'"}) {
      EXPECT_EQ(status_of_text(sql, Dialect::postgres, right), 400) << sql;
    }
  }
  EXPECT_EQ(status_of_text("delete from t", Dialect::postgres, Access::write), 200);
}

}  // namespace
}  // namespace iacdb::http
