// Words that a target has from one version on.

#include <gtest/gtest.h>

#include "iacdb/sql.hpp"

namespace iacdb::sql {
namespace {

std::string to(std::string_view target, std::string_view statement,
               Dialect from = Dialect::postgres) {
  const DialectVersion v = parse_target(target).value();
  TranslateOptions options;
  options.target_version = v.version;
  const Translation t = translate(statement, from, v.dialect, options);
  if (t.error) return "refused: " + t.error->message;
  (void)parse(t.statements.at(0), v.dialect);  // it can be read back
  return t.statements.at(0);
}

TEST(Versions, SqlServerTrimsSidesFrom2022On) {
  EXPECT_EQ(to("tsql", "SELECT TRIM(LEADING 'x' FROM a)"), "SELECT TRIM(LEADING 'x' FROM a)");
  EXPECT_EQ(to("tsql", "SELECT TRIM(BOTH 'x' FROM a)"), "SELECT TRIM(BOTH 'x' FROM a)");
  EXPECT_EQ(to("tsql", "SELECT TRIM('x' FROM a)"), "SELECT TRIM('x' FROM a)");
  EXPECT_EQ(to("tsql:2019", "SELECT TRIM(BOTH 'x' FROM a)"), "SELECT TRIM('x' FROM a)");
  EXPECT_EQ(to("tsql:2019", "SELECT TRIM(LEADING 'x' FROM a)"),
            "refused: SQL Server trims characters of one side from 2022 on: TRIM of one side");
}

TEST(Versions, SqlServerFindsPatternsFrom2025On) {
  EXPECT_EQ(to("tsql", "SELECT REGEXP_INSTR(a, 'b')"), "SELECT REGEXP_INSTR(a, 'b')");
  EXPECT_EQ(to("tsql", "SELECT REGEXP_INSTR(a, 'b')", Dialect::mysql),
            "SELECT REGEXP_INSTR(a, 'b', 1, 1, 0, 'i')");
  EXPECT_EQ(to("tsql:2022", "SELECT REGEXP_INSTR(a, 'b')"),
            "refused: SQL Server has regular expressions from 2025 on");
  EXPECT_EQ(to("oracle", "SELECT REGEXP_INSTR(a, 'b', 1, 1, 0, 'n')"),
            "refused: REGEXP_INSTR with these flags has no known equal in oracle");
}

TEST(Versions, OracleTrimsASetByItsOwnFunctions) {
  EXPECT_EQ(to("oracle", "SELECT TRIM(BOTH 'xy' FROM a)"), "SELECT LTRIM(RTRIM(a, 'xy'), 'xy')");
  EXPECT_EQ(to("oracle", "SELECT TRIM(TRAILING 'xy' FROM a)"), "SELECT RTRIM(a, 'xy')");
  EXPECT_EQ(to("oracle", "SELECT TRIM(BOTH 'x' FROM a)"), "SELECT TRIM(BOTH 'x' FROM a)");
}

TEST(Versions, TheColumnOfASeriesIsNamedWhereItIsSaid) {
  EXPECT_EQ(to("tsql", "SELECT n FROM generate_series(1, 3) AS n"),
            "SELECT n FROM generate_series(1, 3) AS n(n)");
  EXPECT_EQ(to("tsql", "SELECT 1 FROM generate_series(1, 3)"),
            "SELECT 1 FROM generate_series(1, 3)");
}

}  // namespace
}  // namespace iacdb::sql
