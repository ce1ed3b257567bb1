#include "database/bulk.hpp"
#include "database/executors.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

/// How long a rollback may take at most; less where statements have less.
constexpr std::chrono::milliseconds rollback_timeout{10'000};

driver::Call rollback_call(const Options& options) {
  const bool limited = options.timeout.count() != 0;
  return {
      base::Deadline::in(limited ? std::min(options.timeout, rollback_timeout) : rollback_timeout),
      {}};
}

}  // namespace

// --- SessionCore ---

SessionCore::SessionCore(std::shared_ptr<DatabaseState> state, pool::Lease lease)
    : state_(std::move(state)),
      lease_(std::move(lease)),
      desk_(Desk::of(lease_, state_->telemetry())) {}

SessionCore::~SessionCore() {
  desk_.end_live();
}

// --- PinnedExecutor ---

ExecResult PinnedExecutor::exec(std::string_view sql, const Arguments& arguments) {
  check_usable();
  return core_->desk().exec(sql, arguments, setting());
}

detail::Stream* PinnedExecutor::query(std::string_view sql, const Arguments& arguments,
                                      bool arguments_outlive) {
  check_usable();
  return core_->desk().query(sql, arguments, arguments_outlive, setting());
}

std::unique_ptr<detail::BulkSink> PinnedExecutor::bulk(std::string_view target) {
  check_usable();
  return std::make_unique<TimedBulk>(core_->desk(), target, setting());
}

std::shared_ptr<detail::Executor> PinnedExecutor::with(const Options&) {
  raise(ErrorKind::usage, "options of a transaction are those of the handle that began it");
}

// --- SessionExecutor ---

void SessionExecutor::refuse() const {
  raise(ErrorKind::usage,
        "a transaction of this session is open; run statements on it, or end it first");
}

std::shared_ptr<detail::Executor> SessionExecutor::with(const Options& options) {
  return std::make_shared<SessionExecutor>(core_, merge(options_, options));
}

std::shared_ptr<detail::Executor> SessionExecutor::begin(const TransactionOptions& options) {
  check_usable();
  if (transaction_ && transaction_.use_count() == 1) {
    transaction_->begin_again(options_, options);
  } else {
    transaction_ = std::make_shared<TransactionExecutor>(core_, options_, options);
  }
  return transaction_;
}

void SessionExecutor::commit() {
  raise(ErrorKind::internal, "a Session has no transaction");
}
void SessionExecutor::rollback() {
  raise(ErrorKind::internal, "a Session has no transaction");
}

// --- TransactionExecutor ---

TransactionExecutor::TransactionExecutor(std::shared_ptr<SessionCore> core, Options options,
                                         const TransactionOptions& transaction)
    : PinnedExecutor(std::move(core), std::move(options), depth_ended), depth_(core_->depth + 1) {
  start(transaction);
}

void TransactionExecutor::begin_again(const Options& options,
                                      const TransactionOptions& transaction) {
  if (has_own_options_) {
    options_ = options;
    has_own_options_ = false;
  }
  start(transaction);
}

void TransactionExecutor::start(const TransactionOptions& transaction) {
  core_->desk().check_free();
  if (depth_ == 1) {
    if (core_->connection().state() != driver::SessionState::idle) {
      raise(ErrorKind::usage,
            "the session is inside a transaction that SQL text began; end it first");
    }
    core_->transaction_latest = base::Deadline::after_timeout(core_->state().transaction_timeout());
    core_->connection().begin(transaction, setting().call());
  } else {
    core_->connection().savepoint(savepoint_name(), setting().call());
  }
  core_->depth = depth_;
  usable_depth_ = depth_;
}

void TransactionExecutor::abandon() noexcept {
  if (!is_active()) return;
  core_->desk().end_live();
  try {
    undo();
  } catch (const Error&) {
    // The connection is broken or will be reset when its lease is returned: nothing is committed.
  }
  end();
}

void TransactionExecutor::refuse() const {
  raise(ErrorKind::usage,
        is_active() ? "a nested transaction is open; run statements on it, or end it first"
                    : "this transaction has ended; begin another one");
}

void TransactionExecutor::check_transact(const TransactionOptions& options) {
  if (options.attempts_max > 1) {
    raise(ErrorKind::usage,
          "a nested transaction cannot be tried again; set attempts_max on the outermost one");
  }
}

std::shared_ptr<detail::Executor> TransactionExecutor::begin(const TransactionOptions& options) {
  check_usable();
  if (options.isolation || options.read_only || options.deferrable || options.attempts_max > 1) {
    raise(ErrorKind::usage,
          "a nested transaction takes its isolation, access and attempts from the outermost one");
  }
  return std::make_shared<TransactionExecutor>(core_, options_, options);
}

void TransactionExecutor::commit() {
  check_usable();
  core_->desk().end_live();
  // A stopped commit would be in doubt: only the deadline ends it.
  const driver::Call call{setting().deadline(), {}};
  try {
    if (depth_ == 1) {
      core_->connection().commit(call);
    } else {
      core_->connection().release_savepoint(savepoint_name(), call);
    }
  } catch (const Error&) {
    // A refused commit (a deferred constraint, a busy file) leaves some databases inside it.
    const auto state = core_->connection().state();
    if (state == driver::SessionState::in_transaction ||
        state == driver::SessionState::failed_transaction) {
      try {
        undo();
      } catch (const Error&) {
        // The first error is the one to tell.
      }
    }
    end();
    throw;
  }
  end();
}

void TransactionExecutor::rollback() {
  check_usable();
  core_->desk().end_live();
  struct Ending {
    TransactionExecutor& self;
    ~Ending() { self.end(); }
  } ending{*this};
  undo();
}

void TransactionExecutor::undo() {
  if (core_->connection().state() == driver::SessionState::broken) return;
  if (depth_ == 1) {
    core_->connection().rollback(rollback_call(options_));
  } else {
    core_->connection().rollback_to_savepoint(savepoint_name(), rollback_call(options_));
    core_->connection().release_savepoint(savepoint_name(), rollback_call(options_));
  }
}

void TransactionExecutor::end() noexcept {
  usable_depth_ = depth_ended;
  core_->depth = depth_ - 1;
  if (depth_ == 1) core_->transaction_latest = base::Deadline();
}

std::string TransactionExecutor::savepoint_name() const {
  return "iacdb_savepoint_" + std::to_string(depth_ - 1);
}

}  // namespace iacdb::database
