#pragma once
// DecisionLog: the file that says which distributed transactions were committed.
//
//   DecisionLog log("/var/lib/shop/decisions.log");
//   const std::string id = log.new_transaction();
//   log.commit(id, 2);            // on disk when it returns: the transaction is committed
//   log.acknowledge(id, 0); log.acknowledge(id, 1);      // now it may be forgotten
//
// A line is a record: eight hexadecimal digits of CRC-32C, a space, the record.
//
//   iacdb-decisions 1 <coordinator>       the first line; 16 random hexadecimal digits
//   run <number>                          the log was opened once more
//   commit <transaction> <branches>       the decision; without one the transaction is rolled back
//   done <transaction> <branch>           a branch has confirmed its commit
//
// Only `commit` is waited for. The end of a file that was cut while it was written is dropped;
// damage anywhere else is refused. What every branch has confirmed is left out when the file is
// written anew, once it has grown.
// Threads: safe to share.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_descriptor.hpp"

namespace iacdb::database {

/// What a log says; also for those who only look.
struct Decisions {
  std::string coordinator;
  std::uint64_t run = 0;
  /// Committed, with the numbers of the branches that have not confirmed it.
  std::map<std::string, std::set<std::uint32_t>, std::less<>> open;

  /// Names begin with it: "iacdb-<coordinator>-".
  std::string prefix() const { return "iacdb-" + coordinator + "-"; }
  bool is_committed(std::string_view transaction) const { return open.contains(transaction); }
};

class DecisionLog {
 public:
  /// Throws: UsageError when somebody else has it open or it is another kind of file; DataError
  /// when it is damaged; ConfigError when it cannot be opened.
  explicit DecisionLog(std::string path);
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  /// Reads without opening: a coordinator may be at work. `is_open` says whether one is.
  static Decisions read(const std::string& path, bool& is_open);

  std::string prefix() const;
  /// A name that this log has never given.
  std::string new_transaction();
  /// Throws: Error when it is certain that nothing was decided; InDoubtError when it is not: the
  /// log then takes no more decisions until it is opened again.
  void commit(const std::string& transaction, std::uint32_t branches);
  bool is_committed(std::string_view transaction) const;
  /// Never throws: a confirmation that is lost costs a question at the next recovery.
  void acknowledge(const std::string& transaction, std::uint32_t branch) noexcept;

 private:
  void lock();
  void load();
  void create();
  void append(std::string_view record, bool forced);
  void take_back(std::uint64_t size);
  void compact();
  void compact_when_grown();

  mutable std::mutex mutex_;
  const std::string path_;
  io::FileDescriptor lock_;  ///< Of path_ + ".lock": the log itself is replaced when rewritten.
  io::FileDescriptor file_;
  std::uint64_t size_ = 0;
  std::uint64_t compact_at_ = 0;
  std::uint64_t transactions_ = 0;  ///< Of this run.
  bool in_doubt_ = false;
  Decisions decisions_;
};

}  // namespace iacdb::database
