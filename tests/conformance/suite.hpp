#pragma once
// The conformance suite: the same tests on every database of IACDB_TEST_URLS, and on SQLite always.
//
//   TEST_P(Values, KeepEveryDigit) {
//     needs(Capability::native_decimal);      // skips, and says which capability is missing
//     ...
//   }
//
// A test asks for a capability and never for a product; a skip has no other reason. When the suite
// ends, every capability that a database claims must have been needed by a test that passed there.
// IACDB_CONFORMANCE_MODE runs it again under other conditions: no_statement_cache, pool_of_one,
// batch_of_one.

#include <gtest/gtest.h>

#include <iacdb/iacdb.hpp>
#include <string>
#include <vector>

namespace iacdb::conformance {

/// One database under test.
struct Target {
  std::string name;  ///< "sqlite", "postgres", "mysql": what ctest shows
  std::string url;
};
std::vector<Target> targets();
void PrintTo(const Target& target, std::ostream* out);

/// Column types by what they hold; DDL is not portable, so this table is the one place that knows.
struct Types {
  std::string int32, int64, float64, decimal, text, varchar, bytes, boolean, date, time, timestamp,
      timestamptz, interval, uuid, json, int64_array, text_array, unsigned64, id;
  // Where products differ in more than a type's name. TABLE stands for the test's table.
  std::string json_path_of_seven;
  std::vector<std::string> full_text_setup;
  std::string full_text_query;
};

class Suite : public testing::TestWithParam<Target> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Opens the target again, with the mode's options over `options`.
  Database open(OpenOptions options = {}) const;
  /// Marks what this test proves, and skips it where the database lacks it.
  void needs(Capability capability);
  const Types& types() const { return types_; }
  bool can(Capability capability) const { return db->can().has(capability); }

  /// Creates a table of its own for this test; dropped at its end.
  std::string table(const std::string& columns);
  /// A name that no other test uses.
  std::string unique(const std::string& prefix);
  /// Runs at the test's end, before the database closes.
  void at_end(std::string sql) { cleanup_.push_back(std::move(sql)); }

  std::optional<Database> db;

 private:
  Types types_;
  std::vector<std::string> cleanup_;
  std::vector<Capability> needed_;
};

/// `needs` inside a test body must leave it when it skips.
#define IACDB_NEEDS(capability) \
  needs(capability);            \
  if (testing::Test::IsSkipped()) return

#define IACDB_CONFORMANCE(Name)                                    \
  class Name : public Suite {};                                    \
  INSTANTIATE_TEST_SUITE_P(On, Name, testing::ValuesIn(targets()), \
                           [](const auto& one) { return one.param.name; })

/// Expects an Error of that kind; returns its facts.
template <class F>
ErrorFacts expect_error(ErrorKind kind, F f) {
  try {
    f();
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.kind()), to_string(kind))
        << error.what() << " | " << error.server_message();
    return error.facts();
  }
  ADD_FAILURE() << "expected " << to_string(kind) << ", but nothing was thrown";
  return {};
}

}  // namespace iacdb::conformance
