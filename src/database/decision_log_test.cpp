#include "database/decision_log.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "database/decision_records.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

class DecisionLogTest : public testing::Test {
 protected:
  DecisionLogTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "iacdb-log-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/decisions.log";
  }
  ~DecisionLogTest() override { std::filesystem::remove_all(folder_); }

  std::string text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(std::string_view text) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }
  ErrorKind kind_of_open() const {
    try {
      DecisionLog log(path_);
    } catch (const Error& error) {
      return error.kind();
    }
    return ErrorKind::internal;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(DecisionLogTest, KeepsDecisionsUntilEveryBranchConfirmed) {
  std::string id;
  {
    DecisionLog log(path_);
    id = log.new_transaction();
    EXPECT_TRUE(id.starts_with(log.prefix()));
    EXPECT_FALSE(log.is_committed(id));
    log.commit(id, 2);
    log.acknowledge(id, 0);
  }
  {
    DecisionLog log(path_);
    EXPECT_TRUE(log.is_committed(id));
    log.acknowledge(id, 1);
    EXPECT_FALSE(log.is_committed(id));
  }
  EXPECT_FALSE(DecisionLog(path_).is_committed(id));
}

TEST_F(DecisionLogTest, NamesNoTransactionTwice) {
  const std::string first = DecisionLog(path_).new_transaction();
  EXPECT_NE(DecisionLog(path_).new_transaction(), first);
  std::filesystem::remove(path_);
  EXPECT_NE(DecisionLog(path_).new_transaction(), first) << "another log, another coordinator";
}

TEST_F(DecisionLogTest, RefusesASecondCoordinatorButLetsOthersRead) {
  DecisionLog log(path_);
  const std::string id = log.new_transaction();
  log.commit(id, 1);
  EXPECT_EQ(kind_of_open(), ErrorKind::usage);
  bool is_open = false;
  EXPECT_TRUE(DecisionLog::read(path_, is_open).is_committed(id));
  EXPECT_TRUE(is_open);
}

TEST_F(DecisionLogTest, TellsWhenNobodyHasItOpen) {
  { DecisionLog log(path_); }
  bool is_open = true;
  DecisionLog::read(path_, is_open);
  EXPECT_FALSE(is_open);
}

TEST_F(DecisionLogTest, DropsATailThatWasCutAtAnyByte) {
  std::string first;
  std::string second;
  {
    DecisionLog log(path_);
    log.commit(first = log.new_transaction(), 2);
    log.commit(second = log.new_transaction(), 2);
  }
  const std::string whole = text();
  const std::size_t second_at = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = second_at; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    DecisionLog log(path_);
    EXPECT_TRUE(log.is_committed(first)) << size;
    EXPECT_FALSE(log.is_committed(second)) << size;
    log.commit(second, 2);
    EXPECT_EQ(read_log(text(), path_).good_bytes, text().size()) << size;
  }
}

TEST_F(DecisionLogTest, BeginsAnewWhereNotEvenTheFirstLineWasWritten) {
  { DecisionLog log(path_); }
  const std::string header = text().substr(0, text().find('\n'));
  for (std::size_t size = 0; size <= header.size(); ++size) {
    write(header.substr(0, size));
    DecisionLog log(path_);
    EXPECT_FALSE(log.prefix().empty()) << size;
  }
}

TEST_F(DecisionLogTest, RefusesDamageOfWhatWasWritten) {
  {
    DecisionLog log(path_);
    log.commit(log.new_transaction(), 2);
    log.commit(log.new_transaction(), 2);
  }
  const std::string whole = text();
  const std::size_t header_bytes = whole.find('\n') + 1;
  for (std::size_t at = header_bytes; at + 1 < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= 1;
    write(damaged);
    EXPECT_EQ(kind_of_open(), ErrorKind::data) << at;
  }
}

TEST_F(DecisionLogTest, DropsAHoleAtTheEndButNotBeforeADecision) {
  std::string first;
  {
    DecisionLog log(path_);
    log.commit(first = log.new_transaction(), 2);
  }
  const std::string whole = text();
  write(whole + std::string(40, '\0') + "0\n" + std::string(10, '\0'));
  EXPECT_TRUE(DecisionLog(path_).is_committed(first));
  write(whole + std::string(40, '\0') + "0\n" + print_record("commit iacdb-1-1-1 2"));
  EXPECT_EQ(kind_of_open(), ErrorKind::data);
}

TEST_F(DecisionLogTest, RefusesAnotherKindOfFileUntouched) {
  for (const std::string_view other : {"{\"a\": 1}\n", "hello", "00000000 iacdb-other 1\n"}) {
    write(other);
    EXPECT_EQ(kind_of_open(), ErrorKind::usage) << other;
    EXPECT_EQ(text(), other);
  }
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(kind_of_open(), ErrorKind::config);
}

TEST_F(DecisionLogTest, IsNobodyElsesToRead) {
  DecisionLog log(path_);
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(DecisionLogTest, FullDiskDecidesNothingAndLeavesTheLogWhole) {
  DecisionLog log(path_);
  const std::string first = log.new_transaction();
  log.commit(first, 1);
  const std::string before = text();
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  // Room for a part of the next record alone.
  const rlimit tight{before.size() + 10, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  ErrorKind kind = ErrorKind::internal;
  const std::string second = log.new_transaction();
  try {
    log.commit(second, 1);
  } catch (const Error& error) {
    kind = error.kind();
  }
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(kind, ErrorKind::resource);
  EXPECT_EQ(text(), before);
  EXPECT_FALSE(log.is_committed(second));
  log.commit(second, 1);
  EXPECT_TRUE(log.is_committed(second));
}

TEST_F(DecisionLogTest, StaysSmallAndForgetsNothingThatIsOpen) {
  std::string open;
  {
    DecisionLog log(path_);
    log.commit(open = log.new_transaction(), 3);
    log.acknowledge(open, 1);
  }
  Decisions decisions = read_log(text(), path_).decisions;
  std::string grown = text();
  while (grown.size() < 1024 * 1024) {
    const std::string id = decisions.prefix() + "1-" + std::to_string(grown.size());
    grown += print_record("commit " + id + " 1") + print_record("done " + id + " 0");
  }
  write(grown);
  {
    DecisionLog log(path_);
    EXPECT_TRUE(log.is_committed(open));
    EXPECT_LT(text().size(), 1000U);
    EXPECT_EQ(kind_of_open(), ErrorKind::usage) << "the new file is locked as the old one was";
    log.commit(log.new_transaction(), 1);
  }
  const Decisions after = read_log(text(), path_).decisions;
  EXPECT_EQ(after.open.at(open), (std::set<std::uint32_t>{0, 2}));
  EXPECT_EQ(after.open.size(), 2U);
}

}  // namespace
}  // namespace iacdb::database
