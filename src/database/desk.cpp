#include "database/desk.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"

namespace iacdb::database {

std::unique_ptr<InDoubtError> find_doubt(const Error& error, std::string_view sql, Dialect dialect,
                                         bool commits_itself) {
  if (!commits_itself || !error.breaks_connection() || error.kind() == ErrorKind::in_doubt) {
    return nullptr;
  }
  if (sql::classify(sql, dialect).read_only) return nullptr;
  ErrorFacts facts = error.facts();
  facts.kind = ErrorKind::in_doubt;
  facts.retryable = false;
  facts.message =
      "the statement was sent but its answer was lost; look into the data to see whether it "
      "happened (" +
      facts.message + ")";
  return std::make_unique<InDoubtError>(std::move(facts));
}

// --- RunningStatement ---

void RunningStatement::remember(std::string_view sql, const Options& options) {
  sql_ = sql;
  if (!observed_) return;
  options_ = options;
  plan_after_ = desk_->telemetry_->plan_after(options_);
}

Cursor& RunningStatement::query_resolved(ChosenText chosen, const Arguments& arguments,
                                         bool arguments_outlive) {
  desk_->resolve(positions_, chosen, arguments);
  return desk_->query_text({positions_.sql(), chosen.is_native}, positions_.cells(),
                           arguments_outlive, call_);
}

void RunningStatement::keep_for_plan(std::string_view sql, const Arguments& arguments) {
  if (plan_after_ == std::chrono::nanoseconds::max() || desk_->translator_) return;
  const bool plain = arguments.names.empty() && arguments.list_sizes.empty();
  kept_.keep(plain ? sql : positions_.sql(), plain ? arguments.cells : positions_.cells());
}

/// Tells the end; throws when the error leaves the statement in doubt.
void RunningStatement::fail(const Error& error) {
  const auto doubt = find_doubt(error, sql_, desk_->dialect_, may_doubt_);
  end(doubt ? doubt.get() : &error);
  if (doubt) throw InDoubtError(*doubt);
}

bool RunningStatement::refill() {
  if (!cursor_ || failed_) [[unlikely]] {
    if (cursor_) return false;
    raise(ErrorKind::usage,
          "these rows belong to a session or transaction that has ended; read them before it ends");
  }
  Batch batch;
  try {
    if (!cursor_->fetch(batch)) {
      left_ = 0;
      return false;
    }
  } catch (const Error& error) {
    left_ = 0;
    failed_ = true;
    fail(error);
    throw;
  }
  cells_ = batch.cells;
  left_ = batch.rows_count;
  rows_ += batch.rows_count;
  return true;
}

bool RunningStatement::next_result() {
  if (!cursor_) {
    raise(ErrorKind::usage, "these rows belong to a session or transaction that has ended");
  }
  if (failed_ || !cursor_->next_result()) return false;
  open_result();
  return true;
}

std::uint64_t RunningStatement::rows_affected() const {
  return cursor_ ? cursor_->rows_affected() : 0;
}

void RunningStatement::end(const Error* error) noexcept {
  desk_->tell(sql_, timing_, rows_, error, options_);
  if (observed_) options_ = Options{};
}

/// As end(), where the statement may have taken so long that its plan is wanted.
void RunningStatement::end_explained() noexcept {
  if (failed_) return;
  const std::string plan = kept_.sql().empty()
                               ? std::string()
                               : desk_->plan_of(kept_.sql(), kept_.cells(), timing_, plan_after_);
  desk_->tell(sql_, timing_, rows_, nullptr, options_, plan);
  kept_.clear();
  options_ = Options{};
}

void RunningStatement::finish() noexcept {
  if (!desk_) {
    delete this;  // The desk let go of it: see detach().
    return;
  }
  cursor_->close();
  cursor_ = nullptr;
  if (observed_ && plan_after_ != std::chrono::nanoseconds::max()) [[unlikely]] {
    end_explained();
  } else if (observed_) {
    if (!failed_) end(nullptr);
  } else if (!failed_) {
    desk_->telemetry_->counters.record(base::steady_now() - timing_.start, rows_);
  }
  desk_->live_ = nullptr;
  // Last: returning the lease may close the connection, and its desk, and this with it.
  if (lease_) {
    const pool::Lease lease = std::move(lease_);
  }
}

void RunningStatement::detach() noexcept {
  cursor_->close();
  cursor_ = nullptr;
  left_ = 0;
  if (!failed_) end(nullptr);
  desk_ = nullptr;
}

// --- Desk ---

Desk::Desk(driver::Connection& connection, std::shared_ptr<Telemetry> telemetry)
    : connection_(connection),
      telemetry_(std::move(telemetry)),
      dialect_(telemetry_->source_dialect.value_or(dialect_of(telemetry_->backend))) {
  if (telemetry_->source_dialect) {
    translator_.emplace(*telemetry_->source_dialect, dialect_of(telemetry_->backend),
                        telemetry_->policies);
  }
  if (telemetry_->statements) {
    choice_ = std::make_unique<StatementChoice>(telemetry_->statements, dialect_, connection.can());
    has_named_ = true;
  }
}

Desk& Desk::of(const pool::Lease& lease, const std::shared_ptr<Telemetry>& telemetry) {
  std::shared_ptr<void>& kept = lease.attachment();
  if (!kept) kept = std::make_shared<Desk>(lease.connection(), telemetry);
  return *static_cast<Desk*>(kept.get());
}

void Desk::refuse_second() {
  raise(ErrorKind::usage,
        "the rows of an earlier statement of this session are still being read; finish or "
        "destroy them first, or use another session");
}

void Desk::occupy() {
  check_free();
  occupied_ = true;
}

void Desk::tell_more(std::string_view sql, const Timing& timing, std::chrono::nanoseconds duration,
                     std::uint64_t rows, const Error* error, const Options& options,
                     std::string_view plan) noexcept {
  if (error) telemetry_->counters.record_error(error->kind());
  if (!telemetry_->is_observed(options)) return;
  QueryEvent event;
  event.sql = sql;
  event.duration = duration;
  event.waited = timing.waited;
  event.rows = rows;
  event.error = error;
  event.plan = plan;
  telemetry_->tell(event, options);
}

std::string Desk::plan_of(std::string_view sql, std::span<const Cell> cells, Timing& timing,
                          std::chrono::nanoseconds plan_after) noexcept {
  timing.took = base::steady_now() - timing.start;
  if (timing.took < plan_after || translator_) return {};
  return explain(connection_, sql, cells, dialect_);
}

ChosenText Desk::choose_of_several(std::string_view sql) {
  if (!choice_) choice_ = std::make_unique<StatementChoice>(nullptr, dialect_, connection_.can());
  return choice_->of(sql);
}

void Desk::resolve(Positions& positions, ChosenText chosen, const Arguments& arguments) {
  positions.resolve(chosen.is_native ? choice_->native_rewrites() : rewrites_, chosen.text,
                    arguments, chosen.is_native ? choice_->native_dialect() : dialect_);
}

ExecResult Desk::exec_resolved(ChosenText chosen, const Arguments& arguments,
                               const driver::Call& call) {
  resolve(positions_, chosen, arguments);
  return exec_text({positions_.sql(), chosen.is_native}, positions_.cells(), call);
}

void Desk::tell_observed(std::string_view sql, std::string_view ran, const Arguments& arguments,
                         Timing& timing, std::uint64_t rows, const Options& options) noexcept {
  const bool plain = arguments.names.empty() && arguments.list_sizes.empty();
  const std::string plan =
      plan_of(plain ? ran : positions_.sql(), plain ? arguments.cells : positions_.cells(), timing,
              telemetry_->plan_after(options));
  tell(sql, timing, rows, nullptr, options, plan);
}

void Desk::fail(const Error& error, std::string_view sql, const Timing& timing,
                const Setting& setting) {
  const auto doubt = find_doubt(error, sql, dialect_, setting.commits_itself);
  tell(sql, timing, 0, doubt ? doubt.get() : &error, setting.options);
  if (doubt) throw InDoubtError(*doubt);
}

void Desk::detach_live() noexcept {
  live_->detach();
  live_ = nullptr;
  spare_.release();  // NOLINT(bugprone-unused-return-value): the Rows own the statement now.
}

}  // namespace iacdb::database
