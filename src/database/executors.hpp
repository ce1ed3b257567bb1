#pragma once
// What stands behind Database, Session and Transaction.
//
//   PoolExecutor         leases a connection for each statement          (Database)
//   SessionExecutor      one lease for its lifetime                      (Session)
//   TransactionExecutor  the session's lease, between begin and its end  (Transaction)
//   BranchExecutor       a lease, until a coordinator ends it            (Branch; see branch.hpp)
//
// Threads: PoolExecutor: safe to share; the others: one at a time.

#include <iacdb/database.hpp>
#include <limits>
#include <memory>

#include "database/desk.hpp"
#include "database/state.hpp"

namespace iacdb::database {

class BranchExecutor;

class PoolExecutor final : public detail::Executor {
 public:
  PoolExecutor(std::shared_ptr<DatabaseState> state, Options options)
      : state_(std::move(state)), options_(std::move(options)) {}

  ExecResult exec(std::string_view sql, const Arguments& arguments) override;
  detail::Stream* query(std::string_view sql, const Arguments& arguments,
                        bool arguments_outlive) override;
  std::unique_ptr<detail::BulkSink> bulk(std::string_view target) override;
  std::shared_ptr<Executor> begin(const TransactionOptions& options) override;
  void commit() override;
  void rollback() override;
  void check_transact(const TransactionOptions&) override {}
  Capabilities can() override { return state_->can(); }
  std::shared_ptr<Executor> with(const Options& options) override;

  std::shared_ptr<Executor> session();
  /// A transaction on a connection of its own that a coordinator ends.
  std::shared_ptr<BranchExecutor> branch(driver::BranchId id, const TransactionOptions& options);
  DatabaseState& state() noexcept { return *state_; }
  const Options& options() const noexcept { return options_; }

 private:
  pool::Lease lease();

  std::shared_ptr<DatabaseState> state_;
  Options options_;
};

/// A leased connection that a session and its transactions share.
class SessionCore {
 public:
  SessionCore(std::shared_ptr<DatabaseState> state, pool::Lease lease);
  ~SessionCore();
  SessionCore(const SessionCore&) = delete;
  SessionCore& operator=(const SessionCore&) = delete;

  Desk& desk() noexcept { return desk_; }
  driver::Connection& connection() noexcept { return desk_.connection(); }
  DatabaseState& state() noexcept { return *state_; }

  std::uint32_t depth = 0;            ///< Open transactions, savepoints included.
  base::Deadline transaction_latest;  ///< When the outermost transaction must be over.

 private:
  std::shared_ptr<DatabaseState> state_;
  pool::Lease lease_;
  Desk& desk_;
};

/// Session and Transaction alike: statements on a pinned connection.
class PinnedExecutor : public detail::Executor {
 public:
  /// `depth`: how many transactions are open while the handle may be used.
  PinnedExecutor(std::shared_ptr<SessionCore> core, Options options, std::uint32_t depth)
      : core_(std::move(core)), options_(std::move(options)), usable_depth_(depth) {}

  ExecResult exec(std::string_view sql, const Arguments& arguments) override;
  detail::Stream* query(std::string_view sql, const Arguments& arguments,
                        bool arguments_outlive) override;
  std::unique_ptr<detail::BulkSink> bulk(std::string_view target) override;
  Capabilities can() override { return core_->state().can(); }
  std::shared_ptr<Executor> with(const Options& options) override;
  /// What a Transaction does when it ends: undoes what was not committed.
  virtual void abandon() noexcept {}
  /// Of the statements from now on.
  void set_options(const Options& options) {
    options_ = options;
    has_own_options_ = true;
  }

 protected:
  static constexpr std::uint32_t depth_ended = std::numeric_limits<std::uint32_t>::max();

  /// Throws: UsageError when the handle has ended or a nested transaction is open.
  void check_usable() const {
    if (!core_ || core_->depth != usable_depth_) [[unlikely]]
      refuse();
  }
  [[noreturn]] virtual void refuse() const = 0;
  Setting setting() const {
    return {.options = options_,
            .latest = core_->transaction_latest,
            .commits_itself = core_->depth == 0};
  }

  std::shared_ptr<SessionCore> core_;
  Options options_;
  std::uint32_t usable_depth_;
  bool has_own_options_ = false;  // Others than those of the handle that made it.
};

class TransactionExecutor;

class SessionExecutor final : public PinnedExecutor {
 public:
  SessionExecutor(std::shared_ptr<SessionCore> core, Options options)
      : PinnedExecutor(std::move(core), std::move(options), 0) {}
  std::shared_ptr<Executor> begin(const TransactionOptions& options) override;
  void commit() override;
  void rollback() override;
  void check_transact(const TransactionOptions&) override {}
  std::shared_ptr<Executor> with(const Options& options) override;

  /// Runs `work(connection, call)` as one timed statement of the session. `writes`: it may have
  /// changed data although its answer was lost.
  template <class Work>
  auto run(std::string_view what, Work work, bool writes = false) {
    check_usable();
    Setting with = setting();
    with.commits_itself = with.commits_itself && writes;
    return core_->desk().run(what, with, std::move(work));
  }

 private:
  [[noreturn]] void refuse() const override;

  std::shared_ptr<TransactionExecutor> transaction_;  // The last one, for the next begin().
};

class TransactionExecutor final : public PinnedExecutor {
 public:
  /// Begins; on a core with an open transaction: a savepoint.
  TransactionExecutor(std::shared_ptr<SessionCore> core, Options options,
                      const TransactionOptions& transaction);
  ~TransactionExecutor() override { abandon(); }
  void abandon() noexcept override;
  /// Begins again, after an end.
  void begin_again(const Options& options, const TransactionOptions& transaction);
  std::shared_ptr<Executor> begin(const TransactionOptions& options) override;
  void commit() override;
  void rollback() override;
  void check_transact(const TransactionOptions& options) override;

 private:
  [[noreturn]] void refuse() const override;
  void start(const TransactionOptions& transaction);
  bool is_active() const noexcept { return usable_depth_ != depth_ended; }
  void end() noexcept;
  void undo();
  std::string savepoint_name() const;

  std::uint32_t depth_;
};

/// `changed` over `base`: what is set in `changed` wins.
Options merge(const Options& base, const Options& changed);

}  // namespace iacdb::database
