#pragma once
// Desk: where one connection's statements run: timed, counted, told to observers, one at a time.
//
// A Desk lives with its pooled connection from lease to lease, so that running a statement
// allocates nothing: the RunningStatement is used again and again.
// Threads: one at a time, as the connection.

#include <algorithm>
#include <iacdb/error.hpp>
#include <iacdb/rows.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "database/parameters.hpp"
#include "database/plan.hpp"
#include "database/statement_choice.hpp"
#include "database/statement_translator.hpp"
#include "database/telemetry.hpp"
#include "driver/driver.hpp"
#include "pool/pool.hpp"

namespace iacdb::database {

class Desk;

/// What a statement runs with: the handle's options and how long it waited for its connection.
struct Setting {
  const Options& options;
  base::Deadline latest{};  ///< Of the transaction around it.
  std::chrono::nanoseconds waited{0};
  bool commits_itself = false;  ///< No transaction of ours is around it.

  base::Deadline deadline() const {
    const auto own = base::Deadline::after_timeout(options.timeout);
    return std::min(own, latest);
  }
  driver::Call call() const { return {deadline(), options.stop}; }
};

/// What to throw for `error`: a statement that commits itself and may write is in doubt when its
/// answer was lost, like the commit it implies. Otherwise null: the error as it is.
std::unique_ptr<InDoubtError> find_doubt(const Error& error, std::string_view sql, Dialect dialect,
                                         bool commits_itself);

/// A statement whose rows are being read. Owned by its Desk until that lets go of it, and then by
/// the Rows that read it.
class RunningStatement final : public detail::Stream {
 public:
  explicit RunningStatement(Desk& desk) : desk_(&desk) {}

  bool next_result() override;
  std::uint64_t rows_affected() const override;
  void finish() noexcept override;

  /// Gives the statement the lease it runs on; finish() returns it.
  void own(pool::Lease lease) noexcept { lease_ = std::move(lease); }

 private:
  friend class Desk;

  bool refill() override;
  void start(std::string_view sql, const Arguments& arguments, bool arguments_outlive,
             const Setting& setting);
  /// What only some statements need to know when they end.
  void remember(std::string_view sql, const Options& options);
  Cursor& query_resolved(ChosenText chosen, const Arguments& arguments, bool arguments_outlive);
  void keep_for_plan(std::string_view sql, const Arguments& arguments);
  void open_result() noexcept {
    columns_ = cursor_->columns();
    stride_ = static_cast<std::uint32_t>(columns_.size());
    left_ = 0;
  }
  void detach() noexcept;
  void end(const Error* error) noexcept;
  void fail(const Error& error);
  void end_explained() noexcept;

  Desk* desk_;  // Null when the session ended before the Rows did.
  driver::Call call_;
  Cursor* cursor_ = nullptr;
  Timing timing_;
  std::uint64_t rows_ = 0;
  bool failed_ = false;
  bool observed_ = false;
  bool may_doubt_ = false;  // It commits itself and may write.
  std::string sql_;         // Kept only where an observer wants it.
  Options options_;         // Likewise.
  std::chrono::nanoseconds plan_after_ = std::chrono::nanoseconds::max();
  KeptStatement kept_;  // Only where a plan may be asked for.
  Positions positions_;
  pool::Lease lease_;
};

class Desk {
 public:
  Desk(driver::Connection& connection, std::shared_ptr<Telemetry> telemetry);
  /// The desk of a leased connection, made on its first lease.
  static Desk& of(const pool::Lease& lease, const std::shared_ptr<Telemetry>& telemetry);

  ExecResult exec(std::string_view sql, const Arguments& arguments, const Setting& setting) {
    check_free();
    Timing timing{.start = base::steady_now(), .waited = setting.waited};
    try {
      const driver::Call call = setting.call();
      const ChosenText chosen = choose(sql);
      const bool plain = arguments.names.empty() && arguments.list_sizes.empty();
      ExecResult result =
          plain ? exec_text(chosen, arguments.cells, call) : exec_resolved(chosen, arguments, call);
      if (!telemetry_->is_observed(setting.options)) [[likely]] {
        telemetry_->counters.record(base::steady_now() - timing.start, result.rows_affected);
      } else {
        tell_observed(sql, chosen.text, arguments, timing, result.rows_affected, setting.options);
      }
      return result;
    } catch (const Error& error) {
      fail(error, sql, timing, setting);
      throw;
    }
  }
  /// Throws: UsageError while another statement's rows are being read.
  RunningStatement* query(std::string_view sql, const Arguments& arguments, bool arguments_outlive,
                          const Setting& setting) {
    check_free();
    if (!spare_) [[unlikely]]
      spare_ = std::make_unique<RunningStatement>(*this);
    spare_->start(sql, arguments, arguments_outlive, setting);
    return live_ = spare_.get();
  }
  /// Runs anything else that belongs to one statement's time: `work(connection, call)`.
  template <class Work>
  auto run(std::string_view what, const Setting& setting, Work work);

  /// Takes the desk for a bulk insert, which is a statement too.
  void occupy();
  void leave() noexcept { occupied_ = false; }

  /// Ends a statement whose Rows are still alive; their next step is a UsageError.
  void end_live() noexcept {
    if (live_ != nullptr) [[unlikely]]
      detach_live();
  }
  /// Throws: UsageError while rows are being read.
  void check_free() const {
    if (live_ != nullptr || occupied_) [[unlikely]]
      refuse_second();
  }

  driver::Connection& connection() noexcept { return connection_; }
  Telemetry& telemetry() noexcept { return *telemetry_; }
  /// Counts and tells the end of a statement.
  void tell(std::string_view sql, const Timing& timing, std::uint64_t rows, const Error* error,
            const Options& options, std::string_view plan = {}) noexcept {
    const std::chrono::nanoseconds duration =
        timing.took.count() >= 0 ? timing.took : base::steady_now() - timing.start;
    telemetry_->counters.record(duration, rows);
    if (error != nullptr || telemetry_->is_observed(options)) [[unlikely]] {
      tell_more(sql, timing, duration, rows, error, options, plan);
    }
  }

 private:
  friend class RunningStatement;

  [[noreturn]] static void refuse_second();
  void detach_live() noexcept;
  /// The text to run for what was sent. Throws: UsageError for a hint that is wrong.
  ChosenText choose(std::string_view sql) {
    // A choice that is there for hints alone has nothing to say of other texts.
    if (!has_named_ && !sql::may_have_hints(sql)) [[likely]]
      return {sql};
    return choose_of_several(sql);
  }
  ChosenText choose_of_several(std::string_view sql);
  void resolve(Positions& positions, ChosenText chosen, const Arguments& arguments);
  ExecResult exec_resolved(ChosenText chosen, const Arguments& arguments, const driver::Call& call);
  /// `ran` is the text that was chosen for `sql`.
  void tell_observed(std::string_view sql, std::string_view ran, const Arguments& arguments,
                     Timing& timing, std::uint64_t rows, const Options& options) noexcept;
  /// Tells a failure. Throws: InDoubtError where it leaves the statement in doubt.
  void fail(const Error& error, std::string_view sql, const Timing& timing, const Setting& setting);
  /// What tell() does for observers and failures.
  void tell_more(std::string_view sql, const Timing& timing, std::chrono::nanoseconds duration,
                 std::uint64_t rows, const Error* error, const Options& options,
                 std::string_view plan) noexcept;

  /// The plan of a statement that has just run, where its time makes it wanted; sets timing.took.
  std::string plan_of(std::string_view sql, std::span<const Cell> cells, Timing& timing,
                      std::chrono::nanoseconds plan_after) noexcept;

  ExecResult exec_text(ChosenText chosen, std::span<const Cell> cells, const driver::Call& call) {
    return translator_ && !chosen.is_native
               ? translator_->exec(connection_, chosen.text, cells, call)
               : connection_.exec(chosen.text, cells, call);
  }
  Cursor& query_text(ChosenText chosen, std::span<const Cell> cells, bool cells_outlive,
                     const driver::Call& call) {
    return translator_ && !chosen.is_native
               ? translator_->query(connection_, chosen.text, cells, cells_outlive, call)
               : connection_.query(chosen.text, cells, cells_outlive, call);
  }

  driver::Connection& connection_;
  std::shared_ptr<Telemetry> telemetry_;
  Dialect dialect_;  ///< Of the program's SQL.
  std::optional<StatementTranslator> translator_;
  std::unique_ptr<StatementChoice> choice_;  ///< With named statements, or once a hint has come.
  bool has_named_ = false;
  RewriteCache rewrites_{64};
  std::unique_ptr<RunningStatement> spare_;
  RunningStatement* live_ = nullptr;
  bool occupied_ = false;
  Positions positions_;
};

/// Enough to spare queries the work of remembering their text: WITH may write, SELECT hardly.
inline bool may_write(std::string_view sql) noexcept {
  std::size_t first = 0;
  while (first < sql.size() && base::is_space(sql[first])) ++first;
  return first < sql.size() && base::to_lower(sql[first]) != 's';
}

inline void RunningStatement::start(std::string_view sql, const Arguments& arguments,
                                    bool arguments_outlive, const Setting& setting) {
  timing_.start = base::steady_now();
  timing_.waited = setting.waited;
  rows_ = 0;
  failed_ = false;
  left_ = 0;
  observed_ = desk_->telemetry_->is_observed(setting.options);
  may_doubt_ = setting.commits_itself && may_write(sql);
  if (observed_ || may_doubt_) [[unlikely]]
    remember(sql, setting.options);
  try {
    call_.deadline = setting.deadline();
    // Mostly neither has one: copying it is worth a look.
    if (call_.stop != setting.options.stop) [[unlikely]]
      call_.stop = setting.options.stop;
    const ChosenText chosen = desk_->choose(sql);
    if (arguments.names.empty() && arguments.list_sizes.empty()) [[likely]] {
      cursor_ = &desk_->query_text(chosen, arguments.cells, arguments_outlive, call_);
    } else {
      cursor_ = &query_resolved(chosen, arguments, arguments_outlive);
    }
    if (observed_) [[unlikely]]
      keep_for_plan(chosen.text, arguments);
  } catch (const Error& error) {
    fail(error);
    throw;
  }
  open_result();
}

template <class Work>
auto Desk::run(std::string_view what, const Setting& setting, Work work) {
  check_free();
  const Timing timing{.start = base::steady_now(), .waited = setting.waited};
  const driver::Call call = setting.call();
  try {
    if constexpr (std::is_void_v<decltype(work(connection_, call))>) {
      work(connection_, call);
      tell(what, timing, 0, nullptr, setting.options);
    } else {
      auto result = work(connection_, call);
      tell(what, timing, 0, nullptr, setting.options);
      return result;
    }
  } catch (const Error& error) {
    fail(error, what, timing, setting);
    throw;
  }
}

}  // namespace iacdb::database
