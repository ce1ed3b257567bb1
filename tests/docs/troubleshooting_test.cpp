// The troubleshooting guide has a section for every kind of error, and for nothing else.

#include <gtest/gtest.h>

#include <fstream>
#include <iacdb/health.hpp>
#include <regex>
#include <set>

namespace iacdb {
namespace {

std::set<std::string> sections() {
  std::ifstream file(IACDB_TROUBLESHOOTING);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::set<std::string> found;
  const std::regex heading("\n## `([a-z_]+)`\n\n([^\n]+)");
  for (std::sregex_iterator at(text.begin(), text.end(), heading), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

TEST(Troubleshooting, EveryKindHasItsSection) {
  std::set<std::string> kinds;
  for (std::size_t i = 0; i < error_kinds_count; ++i) {
    kinds.emplace(to_string(static_cast<ErrorKind>(i)));
  }
  EXPECT_EQ(sections(), kinds);
}

}  // namespace
}  // namespace iacdb
