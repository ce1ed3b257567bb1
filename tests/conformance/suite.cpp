#include "conformance/suite.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <regex>
#include <sstream>

#include "conformance/matrix.hpp"

namespace iacdb::conformance {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string mode() {
  const std::string mode = variable("IACDB_CONFORMANCE_MODE");
  return mode == "plain" ? "" : mode;
}

/// The database file of this run; removed when it ends.
const std::string& sqlite_file() {
  struct Folder {
    Folder() {
      std::string pattern = (std::filesystem::temp_directory_path() / "iacdb-XXXXXX").string();
      path = mkdtemp(pattern.data());
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::string path;
  };
  static const Folder folder;
  static const std::string file = folder.path + "/conformance.db";
  return file;
}

/// Which capabilities were proved on which target, and by which tests.
std::map<std::string, Proofs>& proved() {
  static std::map<std::string, Proofs> map;
  return map;
}

/// Which kinds of errors came on which target.
std::map<std::string, std::set<ErrorKind>>& provoked_on() {
  static std::map<std::string, std::set<ErrorKind>> map;
  return map;
}

/// True when a database can be brought to an error of that kind on purpose.
bool can_be_provoked(ErrorKind kind, const Target& target, const Capabilities& can) {
  using enum ErrorKind;
  if (kind == internal) return false;  // That would be a fault of the server's, or of ours.
  if (can.has(Capability::multiple_databases)) return true;
  // A file has no users and no network, and its writers come one after the other.
  static const std::set<ErrorKind> of_servers{authentication, permission, connection_lost, in_doubt,
                                              deadlock};
  if (of_servers.contains(kind)) return false;
  const bool is_shared = target.url.find(":memory:") == std::string::npos;
  return is_shared || (kind != lock_timeout && kind != serialization_failure);
}

/// The databases under test, each product once.
std::vector<Capabilities> products() {
  std::vector<Capabilities> result;
  for (const Target& target : targets()) {
    const Capabilities can = iacdb::open(target.url).can();
    const auto same = [&](const Capabilities& other) {
      return short_product(other) == short_product(can);
    };
    if (std::none_of(result.begin(), result.end(), same)) result.push_back(can);
  }
  return result;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// At the end of a whole run: claims without a proof are failures, and so is another matrix than
/// the published one.
class Claims : public testing::Environment {
 public:
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*") return;  // A part of the suite proves a part.
    if (!mode().empty() || testing::UnitTest::GetInstance()->Failed()) return;
    check_claims();
    check_errors();
    // Without servers there is only one column to compare.
    if (!variable("IACDB_TEST_URLS").empty()) check_page();
  }

 private:
  static void check_claims() {
    for (const Target& target : targets()) {
      const Capabilities can = iacdb::open(target.url).can();
      for (std::size_t i = 0; i < capabilities_count; ++i) {
        const auto capability = static_cast<Capability>(i);
        if (!can.has(capability)) continue;
        EXPECT_TRUE(proved()[target.name].contains(capability))
            << target.name << " claims " << to_string(capability)
            << ", but no test needed it and passed";
      }
    }
  }
  static void check_errors() {
    for (const Target& target : targets()) {
      const Capabilities can = iacdb::open(target.url).can();
      for (std::size_t i = 0; i < error_kinds_count; ++i) {
        const auto kind = static_cast<ErrorKind>(i);
        if (!can_be_provoked(kind, target, can)) continue;
        EXPECT_TRUE(provoked_on()[target.name].contains(kind))
            << "no test brought " << target.name << " to an error of kind " << to_string(kind);
      }
    }
  }
  static void check_page() {
    Proofs all;
    for (const auto& [name, proofs] : proved()) {
      for (const auto& [capability, tests] : proofs) {
        all[capability].insert(tests.begin(), tests.end());
      }
    }
    const std::string page = print_matrix(products(), all);
    if (!variable("IACDB_WRITE_DOCS").empty()) {
      std::ofstream(IACDB_CAPABILITIES_PAGE, std::ios::binary) << page;
    }
    EXPECT_TRUE(read_file(IACDB_CAPABILITIES_PAGE) == page)
        << IACDB_CAPABILITIES_PAGE << " is stale; run scripts/capabilities";
  }
};
const auto* const claims = testing::AddGlobalTestEnvironment(new Claims);

}  // namespace

std::vector<Target> targets() {
  std::vector<Target> result{{"sqlite", "sqlite:" + sqlite_file()}, {"memory", "sqlite::memory:"}};
  std::istringstream urls(variable("IACDB_TEST_URLS"));
  std::map<std::string, int> seen;
  for (std::string url; urls >> url;) {
    std::string name = url.substr(0, url.find(':'));
    const int count = ++seen[name];
    if (count > 1) name += std::to_string(count);
    result.push_back({name, url});
  }
  return result;
}

void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}  // No password.

void provoked(ErrorKind kind) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  static std::mutex mutex;  // Conflicts come on two threads.
  const std::lock_guard lock(mutex);
  provoked_on()[name.substr(name.find('/') + 1)].insert(kind);
}

std::string with_parameter(const std::string& url, const std::string& parameter) {
  if (parameter.empty()) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + parameter;
}

Database Suite::open(OpenOptions options, const std::string& parameter) const {
  if (mode() == "no_statement_cache") options.statement_cache_size = 0;
  if (mode() == "batch_of_one") options.batch_rows = 1;
  if (mode() == "pool_of_one" && !options.pool) {
    options.pool =
        PoolOptions{.open_max = 1, .idle_max = 1, .acquire_timeout = std::chrono::seconds(10)};
  }
  return iacdb::open(with_parameter(GetParam().url, parameter), options);
}

Database Suite::open_beside() const {
  return open({.pool = PoolOptions{}});
}

void Suite::SetUp() {
  db.emplace(open());
}

void Suite::TearDown() {
  if (!db) return;
  for (auto sql = cleanup_.rbegin(); sql != cleanup_.rend(); ++sql) {
    try {
      db->exec(*sql);
    } catch (const Error& error) {
      ADD_FAILURE() << "cleaning up: " << *sql << ": " << error.what();
    }
  }
  db->close();
  EXPECT_TRUE(!IsSkipped() || lacks_) << "skipped, although no capability is missing";
  if (HasFailure() || IsSkipped()) return;
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::string suite = info->test_suite_name();
  const std::string name = info->name();
  const std::string test = suite.substr(suite.find('/') + 1) + "." + name.substr(0, name.find('/'));
  for (const Capability capability : needed_) proved()[GetParam().name][capability].insert(test);
}

void Suite::needs(Capability capability) {
  if (!db->can().has(capability)) {
    lacks_ = true;
    GTEST_SKIP() << "needs " << to_string(capability) << ", which " << db->can().product
                 << " lacks";
  }
  needed_.push_back(capability);
}

std::string Suite::unique(const std::string& prefix) {
  static std::atomic<int> count{0};
  return prefix + "_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

std::string Suite::named(const std::string& text, const std::string& name) {
  return std::regex_replace(text, std::regex("NAME|TABLE"), name);
}

std::string Suite::table(const std::string& columns) {
  std::string name = unique("t");
  db->exec("create table " + name + " (" + columns + ")");
  at_end("drop table if exists " + name);
  return name;
}

std::uint64_t peak_memory_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

void forget_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

}  // namespace iacdb::conformance
