#include "database/branch.hpp"
#include "database/bulk.hpp"
#include "database/executors.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {

Options merge(const Options& base, const Options& changed) {
  Options merged = base;
  if (changed.timeout.count() != 0) merged.timeout = changed.timeout;
  if (changed.stop.stop_possible()) merged.stop = changed.stop;
  if (!changed.label.empty()) merged.label = changed.label;
  if (changed.observer) merged.observer = changed.observer;
  return merged;
}

pool::Lease PoolExecutor::lease() {
  const driver::Call call = Setting{.options = options_}.call();
  return state_->pool().acquire(call, options_.label);
}

ExecResult PoolExecutor::exec(std::string_view sql, const Arguments& arguments) {
  pool::Lease leased = lease();
  Desk& desk = Desk::of(leased, state_->telemetry());
  return desk.exec(sql, arguments,
                   {.options = options_, .waited = leased.waited(), .commits_itself = true});
}

detail::Stream* PoolExecutor::query(std::string_view sql, const Arguments& arguments,
                                    bool arguments_outlive) {
  pool::Lease leased = lease();
  Desk& desk = Desk::of(leased, state_->telemetry());
  RunningStatement* running =
      desk.query(sql, arguments, arguments_outlive,
                 {.options = options_, .waited = leased.waited(), .commits_itself = true});
  running->own(std::move(leased));
  return running;
}

std::unique_ptr<detail::BulkSink> PoolExecutor::bulk(std::string_view target) {
  pool::Lease leased = lease();
  Desk& desk = Desk::of(leased, state_->telemetry());
  const Setting setting{.options = options_, .waited = leased.waited(), .commits_itself = true};
  return std::make_unique<TimedBulk>(desk, target, setting, std::move(leased));
}

std::shared_ptr<detail::Executor> PoolExecutor::begin(const TransactionOptions& options) {
  return std::make_shared<TransactionExecutor>(std::make_shared<SessionCore>(state_, lease()),
                                               options_, options);
}

std::shared_ptr<detail::Executor> PoolExecutor::session() {
  return std::make_shared<SessionExecutor>(std::make_shared<SessionCore>(state_, lease()),
                                           options_);
}

std::shared_ptr<BranchExecutor> PoolExecutor::branch(driver::BranchId id,
                                                     const TransactionOptions& options) {
  return std::make_shared<BranchExecutor>(state_, lease(), options_, std::move(id), options);
}

void PoolExecutor::commit() {
  raise(ErrorKind::internal, "a Database has no transaction");
}
void PoolExecutor::rollback() {
  raise(ErrorKind::internal, "a Database has no transaction");
}

std::shared_ptr<detail::Executor> PoolExecutor::with(const Options& options) {
  return std::make_shared<PoolExecutor>(state_, merge(options_, options));
}

}  // namespace iacdb::database
