#pragma once
// The conformance suite: the same tests on every database of IACDB_TEST_URLS, and on SQLite always.
//
//   TEST_P(Values, KeepEveryDigit) {
//     IACDB_NEEDS(Capability::native_decimal);   // skips, and says which capability is missing
//     ...
//   }
//
// A test asks for a capability and never for a product; a skip has no other reason, and one without
// it fails. When the suite ends, every capability that a database claims must have been needed by a
// test that passed there; see matrix.hpp. IACDB_CONFORMANCE_MODE runs it again under other
// conditions: no_statement_cache, pool_of_one, batch_of_one.

#include <gtest/gtest.h>

#include <functional>
#include <iacdb/iacdb.hpp>
#include <string>
#include <vector>

#include "conformance/types.hpp"

namespace iacdb::conformance {

/// One database under test.
struct Target {
  std::string name;  ///< "sqlite", "postgres", "mysql": what ctest shows
  std::string url;
};
std::vector<Target> targets();
void PrintTo(const Target& target, std::ostream* out);

/// `url` with one more parameter.
std::string with_parameter(const std::string& url, const std::string& parameter);

class Suite : public testing::TestWithParam<Target> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Opens the target again, with the mode's options over `options`.
  Database open(OpenOptions options = {}, const std::string& parameter = "") const;
  /// As open(), with connections of its own whatever the mode: for what needs two at a time.
  Database open_beside() const;
  /// Marks what this test proves, and skips it where the database lacks it.
  void needs(Capability capability);
  const Types& types() const { return types_of(db->can().backend); }
  bool can(Capability capability) const { return db->can().has(capability); }

  /// Creates a table of its own for this test; dropped at its end.
  std::string table(const std::string& columns);
  /// A name that no other test uses.
  std::string unique(const std::string& prefix);
  /// `text` with NAME and TABLE replaced by a name.
  static std::string named(const std::string& text, const std::string& name);
  /// Runs at the test's end, before the database closes.
  void at_end(std::string sql) { cleanup_.push_back(std::move(sql)); }

  std::optional<Database> db;

 private:
  std::vector<std::string> cleanup_;
  std::vector<Capability> needed_;
  bool lacks_ = false;
};

/// `needs` inside a test body must leave it when it skips.
#define IACDB_NEEDS(capability) \
  needs(capability);            \
  if (testing::Test::IsSkipped()) return

#define IACDB_CONFORMANCE(Name)                                    \
  class Name : public Suite {};                                    \
  INSTANTIATE_TEST_SUITE_P(On, Name, testing::ValuesIn(targets()), \
                           [](const auto& one) { return one.param.name; })

/// Notes that an error of that kind came, in the test that runs. At the end of a whole run every
/// kind that a database can be brought to must have come.
void provoked(ErrorKind kind);

/// Expects an Error of that kind; returns its facts.
template <class F>
ErrorFacts expect_error(ErrorKind kind, F f) {
  try {
    f();
  } catch (const Error& error) {
    provoked(error.kind());
    EXPECT_EQ(to_string(error.kind()), to_string(kind))
        << error.what() << " | " << error.server_message();
    EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos) << error.what();
    return error.facts();
  }
  ADD_FAILURE() << "expected " << to_string(kind) << ", but nothing was thrown";
  return {};
}

/// The most memory this process has used, in bytes.
std::uint64_t peak_memory_bytes();
/// Forgets the peak, so that the next one is of what follows.
void forget_peak_memory();

}  // namespace iacdb::conformance
