// Eight writers on one SQLite file while its disk fills up and has room again, round after round.
//
// The disk is a small tmpfs where mounting is permitted; elsewhere a limit on the size of files
// stands in for it.

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "ledger.hpp"
#include "subject.hpp"

namespace iacdb::chaos {
namespace {

using namespace std::chrono_literals;

/// A folder whose disk can be filled.
class SmallDisk {
 public:
  SmallDisk() {
    std::string pattern = (std::filesystem::temp_directory_path() / "iacdb-disk-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    is_mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=16m") == 0;
    std::signal(SIGXFSZ, SIG_IGN);
  }
  ~SmallDisk() {
    free();
    if (is_mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    std::filesystem::remove_all(folder_);
  }
  std::string file() const { return folder_ + "/ledger.db"; }
  bool is_mounted() const { return is_mounted_; }

  void fill() {
    if (is_mounted_) {
      std::ofstream ballast(folder_ + "/ballast", std::ios::binary);
      const std::string block(4096, 'x');
      while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
      }
      return;
    }
    // No file may grow any more; the test's own output is kept in memory meanwhile.
    limit(std::filesystem::file_size(file()) + 8192);
  }
  void free() {
    if (is_mounted_) {
      std::filesystem::remove(folder_ + "/ballast");
    } else {
      limit(RLIM_INFINITY);
    }
  }

 private:
  static void limit(rlim_t bytes) {
    rlimit now{};
    ::getrlimit(RLIMIT_FSIZE, &now);
    now.rlim_cur = std::min(bytes, now.rlim_max);
    ::setrlimit(RLIMIT_FSIZE, &now);
  }

  std::string folder_;
  bool is_mounted_ = false;
};

TEST(FullDisk, LosesNothingAndGoesOnWhenThereIsRoomAgain) {
  SmallDisk disk;
  Database db = open("sqlite:" + disk.file());
  db.exec("create table chaos_ledger (writer int, number bigint, part int)");
  Account total;
  for (int round = 0; round < rounds() && !HasFailure(); ++round) {
    Writers writers(db, "chaos_ledger", round * 1'000'000);
    EXPECT_TRUE(writers.all_succeed_within(30s)) << "before the disk was full";
    disk.fill();
    std::this_thread::sleep_for(200ms);
    disk.free();
    EXPECT_TRUE(writers.all_succeed_within(30s)) << "after the disk was full";
    Account account = writers.finish();
    for (const std::string& line : account.check(read_ledger(db, "chaos_ledger"))) {
      ADD_FAILURE() << "round " << round << ": " << line;
    }
    account.writes.clear();
    total.add(account);
    db.exec("delete from chaos_ledger");
    db.one("pragma wal_checkpoint(truncate)");
  }
  EXPECT_GT(total.failed, 0U) << "the disk was never full";
  EXPECT_EQ(total.in_doubt, 0U);
  EXPECT_EQ(db.one<std::string>("pragma integrity_check"), "ok");
  std::cout << "chaos: sqlite (" << (disk.is_mounted() ? "small disk" : "limited files")
            << "): " << rounds() << " rounds, " << total.acknowledged << " acknowledged, "
            << total.failed << " failed; longest call " << total.longest.count()
            << " ms\nchaos: sqlite: errors:";
  for (const auto& [error, count] : total.errors) std::cout << ' ' << error << ' ' << count;
  std::cout << std::endl;
}

}  // namespace
}  // namespace iacdb::chaos
