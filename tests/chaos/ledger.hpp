#pragma once
// Ledger: what eight writers were told about each of their writes, and whether that was true.
//
//   Writers writers(db, "chaos_ledger");
//   ... faults ...
//   const Account account = writers.finish();     // stops them
//   account.check(read_ledger(direct, "chaos_ledger"));
//
// A write inserts (writer, number, part) rows; the table has no key, so that a write that was done
// twice shows. Every one is acknowledged, in doubt (InDoubtError), or failed: then it must not be
// there.
//
// Threads: one at a time.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iacdb/iacdb.hpp>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace iacdb::chaos {

enum class Told : std::uint8_t { acknowledged, in_doubt, failed };

struct Write {
  std::int64_t writer = 0;
  std::int64_t number = 0;
  std::uint32_t parts = 1;
  Told told = Told::failed;
  std::string error{};  ///< Why it was not acknowledged.
};

/// Rows found: (writer, number) to how many there are of each part.
using Found = std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::int64_t, int>>;

struct Account {
  std::vector<Write> writes;
  std::uint64_t acknowledged = 0;
  std::uint64_t in_doubt = 0;
  std::uint64_t in_doubt_present = 0;
  std::uint64_t failed = 0;
  std::chrono::milliseconds longest{0};
  std::map<std::string, std::uint64_t> errors;  ///< By kind.

  void add(const Account& other);
  /// What contradicts what the writers were told; empty: nothing.
  std::vector<std::string> check(const Found& found);
};

class Writers {
 public:
  static constexpr int count = 8;
  /// Of each statement.
  static constexpr std::chrono::milliseconds timeout{500};

  /// Goes on with the numbers that `first_number` begins.
  Writers(Database db, std::string table, std::int64_t first_number);
  ~Writers();
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  /// True once every writer has had a write acknowledged that began after this call.
  bool all_succeed_within(std::chrono::milliseconds limit);
  Account finish();

 private:
  void run(int writer);
  void write_one(Database& db, Write& write);

  const std::string table_;
  const std::int64_t first_number_;
  Database db_;
  std::atomic<bool> ends_ = false;
  std::atomic<std::uint64_t> epoch_ = 0;
  std::array<std::atomic<std::uint64_t>, count> succeeded_{};  ///< The epoch of the last success.
  std::array<Account, count> accounts_;
  std::vector<std::thread> threads_;
};

/// Throws: what the database throws.
Found read_ledger(Database& db, const std::string& table);

}  // namespace iacdb::chaos
