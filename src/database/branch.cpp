#include "database/branch.hpp"

#include <algorithm>
#include <thread>

#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

using namespace std::chrono_literals;

bool may_help_to_try_again(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::permission:
    case ErrorKind::unsupported:
    case ErrorKind::usage:
    case ErrorKind::syntax:
    case ErrorKind::config:
    case ErrorKind::cancelled:
      return false;
    default:
      return true;
  }
}

[[noreturn]] void raise_not_alone() {
  raise(ErrorKind::usage,
        "a branch ends with its distributed transaction: commit or roll back that one");
}

}  // namespace

BranchExecutor::BranchExecutor(std::shared_ptr<DatabaseState> state, pool::Lease lease,
                               const Options& options, driver::BranchId id,
                               const TransactionOptions& transaction)
    : PinnedExecutor(std::make_shared<SessionCore>(state, std::move(lease)), options, 1),
      state_(std::move(state)),
      id_(std::move(id)) {
  core_->depth = 1;
  core_->transaction_latest = base::Deadline::after_timeout(state_->transaction_timeout());
  core_->desk().run("begin branch", setting(),
                    [&](driver::Connection& connection, const driver::Call& call) {
                      connection.begin_branch(id_, transaction, call);
                    });
}

BranchExecutor::~BranchExecutor() {
  let_go();
}

void BranchExecutor::enter(Phase phase) noexcept {
  phase_ = phase;
  usable_depth_ = phase == Phase::active ? 1 : depth_ended;
}

void BranchExecutor::refuse() const {
  raise(ErrorKind::usage,
        phase_ == Phase::active && core_
            ? "a nested transaction is open; run statements on it, or end it first"
            : "this branch is prepared or has ended; begin another transaction");
}

void BranchExecutor::check_transact(const TransactionOptions& options) {
  if (options.attempts_max > 1) {
    raise(ErrorKind::usage, "a savepoint cannot be tried again; try the whole transaction again");
  }
}

std::shared_ptr<detail::Executor> BranchExecutor::begin(const TransactionOptions& options) {
  check_usable();
  if (options.isolation || options.read_only || options.deferrable || options.attempts_max > 1) {
    raise(ErrorKind::usage,
          "a nested transaction takes its isolation, access and attempts from the outermost one");
  }
  return std::make_shared<TransactionExecutor>(core_, options_, options);
}

void BranchExecutor::commit() {
  raise_not_alone();
}
void BranchExecutor::rollback() {
  raise_not_alone();
}

void BranchExecutor::prepare(base::Deadline deadline) {
  check_usable();
  core_->desk().end_live();
  enter(Phase::prepared);  // From here on it may be, whatever is thrown.
  try {
    core_->desk().run("prepare branch", setting(),
                      [&](driver::Connection& connection, const driver::Call& call) {
                        connection.prepare_branch(id_, {std::min(call.deadline, deadline), {}});
                      });
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::in_doubt) {
      enter(Phase::active);
      throw;
    }
    // Nothing is in doubt for the caller: without a decision everything is rolled back.
    ErrorFacts facts = error.facts();
    facts.kind = ErrorKind::connection_lost;
    facts.retryable = true;
    facts.message = "the answer to preparing the branch on '" + state_->name() +
                    "' was lost, so the whole transaction is rolled back";
    raise(std::move(facts));
  }
}

std::optional<Told> BranchExecutor::end_here(bool commit, base::Deadline deadline) noexcept {
  if (!core_ || core_->connection().state() == driver::SessionState::broken) return std::nullopt;
  core_->desk().end_live();
  try {
    const driver::BranchEnd end = core_->desk().run(
        commit ? "commit branch" : "roll back branch", Setting{.options = options_},
        [&](driver::Connection& connection, const driver::Call&) {
          return connection.end_branch(id_, commit, {deadline, {}});
        });
    return end == driver::BranchEnd::ended ? Told::confirmed : Told::unknown;
  } catch (const std::exception&) {
    return std::nullopt;  // Another connection says more.
  }
}

Told BranchExecutor::end(bool commit, base::Deadline deadline) noexcept {
  if (phase_ == Phase::ended) return Told::unknown;
  const bool was_prepared = phase_ == Phase::prepared;
  std::optional<Told> told = end_here(commit, deadline);
  // The server lets go of a prepared branch, and undoes any other, once its connection is closed.
  let_go();
  if (told) return *told;
  if (!was_prepared) return Told::confirmed;
  std::string problem;
  return end_anywhere(*state_, id_, commit, deadline, problem);
}

void BranchExecutor::let_go() noexcept {
  enter(Phase::ended);
  if (!core_) return;
  core_->desk().end_live();
  core_->depth = 0;
  core_.reset();
}

Told end_anywhere(DatabaseState& state, const driver::BranchId& id, bool commit,
                  base::Deadline deadline, std::string& problem) noexcept {
  for (auto pause = 10ms;; pause = std::min<std::chrono::milliseconds>(pause * 2, 500ms)) {
    try {
      const driver::Call call{deadline, {}};
      pool::Lease lease = state.pool().acquire(call, "two-phase commit");
      const auto end = lease.connection().end_branch(id, commit, call);
      return end == driver::BranchEnd::ended ? Told::confirmed : Told::unknown;
    } catch (const Error& error) {
      problem = error.what();
      if (!may_help_to_try_again(error.kind())) return Told::not_reached;
    } catch (const std::exception& error) {
      problem = error.what();
      return Told::not_reached;
    }
    if (deadline.left() <= pause) return Told::not_reached;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace iacdb::database
