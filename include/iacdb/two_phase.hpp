#pragma once
// Coordinator: one transaction over several databases. All of them commit it, or none does.
//
//   iacdb::Coordinator coordinator("/var/lib/shop/decisions.log");
//   coordinator.recover({orders, stock});               // what a crash left behind
//   auto tx = coordinator.begin({orders, stock});
//   tx.on(orders).exec("insert into orders(sku) values (?)", sku);
//   tx.on(stock).exec("update stock set n = n - 1 where sku = ?", sku);
//   tx.commit();
//
// Each database runs a branch. commit() prepares every branch; then the decision is written to the
// log and forced to its disk: that is the moment at which the transaction commits. A branch that is
// prepared and for which the log has no decision is rolled back (presumed abort). After a crash, at
// any point, recover() ends every branch the way the log says.
//
// The log is one file, of one Coordinator at a time: a second one is refused. Losing it loses the
// decisions of branches that are still prepared. Databases that cannot prepare are refused by name
// before anything starts.
//
// See: docs/guides/operations.md; `iacdb tx list` and `iacdb tx recover` for operators.

#include <chrono>
#include <cstdint>
#include <iacdb/database.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

/// How a prepared branch will end.
enum class Decision : std::uint8_t {
  commit,
  rollback,
  undecided,  ///< Its transaction is still running.
  unknown,    ///< Another coordinator's: its log knows.
};
std::string_view to_string(Decision decision) noexcept;

/// A branch that a database holds prepared.
struct PreparedBranch {
  std::string database;     ///< The name of the Database that showed it.
  std::string transaction;  ///< "iacdb-<coordinator>-<run>-<number>"
  std::uint32_t number = 0;
  Decision decision = Decision::unknown;
};

/// What Coordinator::recover() did.
struct Recovery {
  std::vector<PreparedBranch> committed{};
  std::vector<PreparedBranch> rolled_back{};
  std::vector<PreparedBranch> left{};   ///< Undecided, unknown, or not to be ended in time.
  std::vector<std::string> problems{};  ///< One line for each database or branch that failed.
};

/// A database's branch of a DistributedTransaction; begin() on it is a savepoint.
/// Threads: one at a time.
class Branch : public Queryable {
 public:
  explicit Branch(std::shared_ptr<detail::Executor> executor) : Queryable(std::move(executor)) {}
};

/// A transaction over several databases. The destructor rolls back what was not committed.
/// Threads: one at a time.
class DistributedTransaction {
 public:
  struct State;
  explicit DistributedTransaction(std::unique_ptr<State> state);
  DistributedTransaction(DistributedTransaction&&) noexcept;
  DistributedTransaction& operator=(DistributedTransaction&&) = delete;
  ~DistributedTransaction();

  /// By its place in the list given to begin(). Throws: UsageError.
  Branch& operator[](std::size_t place);
  /// Throws: UsageError when `database` has no branch here.
  Branch& on(const Database& database);
  const std::string& id() const noexcept;

  /// Prepares every branch; no statement can follow. commit() does it where it is still to be done.
  /// Throws: why one could not be prepared; all of them are rolled back then.
  void prepare();
  /// Returns once the transaction is committed: the databases' names whose branch could not be
  /// told within the coordinator's timeout. Those stay prepared until recover().
  /// Throws: as prepare(); InDoubtError when the decision may or may not have reached the log: all
  /// branches stay prepared then until recover() has read it.
  std::vector<std::string> commit();
  /// Returns the names of those that may stay prepared until recover().
  std::vector<std::string> rollback();

 private:
  std::unique_ptr<State> state_;
};

struct CoordinatorOptions {
  /// Of preparing all branches, and again of telling them the decision.
  std::chrono::milliseconds timeout{std::chrono::seconds(30)};
};

/// A handle on a decision log; cheap to copy.
/// Threads: safe to share.
class Coordinator {
 public:
  class State;
  /// Opens the log, or begins one. Throws: UsageError when another coordinator has it open, or the
  /// file is something else; DataError when it is damaged in its midst.
  explicit Coordinator(const std::string& log_path, const CoordinatorOptions& options = {});
  explicit Coordinator(std::shared_ptr<State> state) : state_(std::move(state)) {}

  /// Throws: UnsupportedError that names the database without two-phase commit.
  DistributedTransaction begin(const std::vector<Database>& databases,
                               const TransactionOptions& options = {});
  /// The branches that these databases hold prepared. Throws: ConnectError.
  std::vector<PreparedBranch> list(const std::vector<Database>& databases) const;
  /// Ends every branch of this log's transactions that no transaction here is at work on. A
  /// database that does not answer is a problem of the result; the others are done all the same.
  Recovery recover(const std::vector<Database>& databases);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace iacdb
