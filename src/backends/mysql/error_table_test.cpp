#include "backends/mysql/error_table.hpp"

#include <gtest/gtest.h>

#include "backends/mysql/failure.hpp"

namespace iacdb::mysql {
namespace {

TEST(ErrorTable, KnowsTheKindsThatProgramsActOn) {
  const std::pair<unsigned, ErrorKind> expected[] = {
      {1045, ErrorKind::authentication},
      {1046, ErrorKind::usage},
      {1048, ErrorKind::not_null_violation},
      {1049, ErrorKind::undefined_object},
      {1050, ErrorKind::duplicate_object},
      {1062, ErrorKind::unique_violation},
      {1064, ErrorKind::syntax},
      {1114, ErrorKind::resource},
      {1142, ErrorKind::permission},
      {1146, ErrorKind::undefined_object},
      {1205, ErrorKind::lock_timeout},
      {1213, ErrorKind::deadlock},
      {1264, ErrorKind::data},
      {1317, ErrorKind::cancelled},
      {1406, ErrorKind::data},
      {1451, ErrorKind::foreign_key_violation},
      {1452, ErrorKind::foreign_key_violation},
      {1792, ErrorKind::read_only},
      {1969, ErrorKind::timeout},
      {2003, ErrorKind::connect},
      {2013, ErrorKind::connection_lost},
      {3024, ErrorKind::timeout},
      {4025, ErrorKind::check_violation},
  };
  for (const auto& [code, kind] : expected) {
    EXPECT_EQ(find_error(code).code, code);
    EXPECT_EQ(find_error(code).kind, kind) << code;
  }
}

TEST(ErrorTable, UnknownNumbersAreCarefulGuesses) {
  EXPECT_EQ(find_error(1).kind, ErrorKind::internal);
  EXPECT_EQ(find_error(65535).kind, ErrorKind::internal);
  EXPECT_FALSE(find_error(65535).breaks_connection);
  EXPECT_EQ(find_error(2999).kind, ErrorKind::connection_lost);
  EXPECT_TRUE(find_error(2999).breaks_connection);
}

TEST(ErrorTable, EveryEntrySaysSomething) {
  for (const NativeError& entry : error_table()) {
    EXPECT_FALSE(entry.message.empty()) << entry.code;
    EXPECT_EQ(entry.message.find('\n'), std::string_view::npos);
    // A broken connection takes its transaction along; the facts must say so.
    const ErrorFacts facts = facts_of({entry.code, "HY000", "text"}, {});
    EXPECT_TRUE(!facts.breaks_connection || facts.breaks_transaction) << entry.code;
  }
}

TEST(Failure, FactsKeepServerTextApartAndHideLiterals) {
  const ErrorFacts facts = facts_of({1062, "23000", "Duplicate entry 'secret'"},
                                    {"db:3306", "insert into t values (7)"});
  EXPECT_EQ(facts.sqlstate, "23000");
  EXPECT_EQ(facts.native_code, 1062);
  EXPECT_EQ(facts.where, "db:3306");
  EXPECT_EQ(facts.server_message, "Duplicate entry 'secret'");
  EXPECT_EQ(facts.message.find("secret"), std::string::npos);
  EXPECT_EQ(facts.statement.find('7'), std::string::npos);
  EXPECT_FALSE(facts.retryable);
  EXPECT_TRUE(facts_of({1213, "40001", ""}, {}).retryable);
  EXPECT_TRUE(facts_of({1213, "40001", ""}, {}).breaks_transaction);
  EXPECT_FALSE(facts_of({1205, "HY000", ""}, {}).breaks_transaction);
}

}  // namespace
}  // namespace iacdb::mysql
