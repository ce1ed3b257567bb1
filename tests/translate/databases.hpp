#pragma once
// The databases that tests of the library's translation run on: SQLite, and those of the run.

#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace iacdb {

/// Throws in CI when the run names no servers.
inline std::vector<std::string> urls() {
  std::vector<std::string> all{"sqlite::memory:"};
  const char* given = std::getenv("IACDB_TEST_URLS");
  if (given == nullptr) {
    if (std::getenv("CI") != nullptr) throw std::runtime_error("IACDB_TEST_URLS names no servers");
    return all;
  }
  std::istringstream words(given);
  for (std::string url; words >> url;) all.push_back(url);
  return all;
}

}  // namespace iacdb
