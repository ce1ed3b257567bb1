#pragma once
// BranchExecutor: what stands behind a Branch: a pinned connection inside a transaction that a
// coordinator prepares and ends.
//
// Threads: one at a time.

#include "database/executors.hpp"

namespace iacdb::database {

/// What became of telling a database how its branch ends.
enum class Told : std::uint8_t {
  confirmed,
  unknown,      ///< It knows no such branch any more.
  not_reached,  ///< It may hold the branch prepared.
};

class BranchExecutor final : public PinnedExecutor {
 public:
  /// Begins the branch on a connection of its own.
  BranchExecutor(std::shared_ptr<DatabaseState> state, pool::Lease lease, const Options& options,
                 driver::BranchId id, const TransactionOptions& transaction);
  ~BranchExecutor() override;

  std::shared_ptr<Executor> begin(const TransactionOptions& options) override;
  void commit() override;
  void rollback() override;
  void check_transact(const TransactionOptions& options) override;

  DatabaseState& state() const noexcept { return *state_; }
  const driver::BranchId& id() const noexcept { return id_; }

  /// Throws: why it is not prepared; is_maybe_prepared() tells whether it may be all the same.
  void prepare(base::Deadline deadline);
  bool is_maybe_prepared() const noexcept { return phase_ == Phase::prepared; }
  /// Ends it, on this connection or, where that is broken, on others until the deadline.
  Told end(bool commit, base::Deadline deadline) noexcept;
  /// Gives the connection up without ending a prepared branch.
  void let_go() noexcept;

 private:
  enum class Phase : std::uint8_t { active, prepared, ended };
  [[noreturn]] void refuse() const override;
  void enter(Phase phase) noexcept;
  std::optional<Told> end_here(bool commit, base::Deadline deadline) noexcept;

  std::shared_ptr<DatabaseState> state_;
  driver::BranchId id_;
  Phase phase_ = Phase::active;
};

/// Ends a prepared branch over any connection, trying again until the deadline where that may help.
/// `problem` receives why it was not reached.
Told end_anywhere(DatabaseState& state, const driver::BranchId& id, bool commit,
                  base::Deadline deadline, std::string& problem) noexcept;

}  // namespace iacdb::database
