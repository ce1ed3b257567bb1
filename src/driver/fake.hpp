#pragma once
// A scripted server and its connections, for unit tests of the rooms above: no network, no files.
//
//   FakeServer server;
//   server.on("select 1", {.columns = {{"n", Type::int64, "int8"}}, .rows = {{1}}});
//   auto connection = server.connect(call);        // or FakeBackend(server).connect(settings,
//   call) server.stop();                                 // connections break, new ones are refused
//
// SQL without a script answers {.rows_affected = 1}. "set ..." makes session state that reset()
// clears. Everything that arrived is in log(): "connect", "select 1", "begin", "ping", ...
// Threads: a FakeServer is safe to share; a FakeConnection is used as any Connection.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "driver/driver.hpp"
#include "iacdb/error.hpp"

namespace iacdb::driver {

/// What one statement answers.
struct FakeResult {
  std::vector<Column> columns{};
  std::vector<std::vector<Value>> rows{};
  std::uint64_t rows_affected = 1;
  std::optional<ErrorFacts> error{};   ///< Thrown instead; breaks what it says it breaks.
  std::size_t rows_before_error = 0;   ///< Fetched before `error` comes.
  std::chrono::milliseconds delay{0};  ///< Ended early by the deadline, a stop or cancel().
  std::optional<std::int64_t> generated_id{};
};

class FakeServer {
 public:
  FakeServer() {
    can_.backend = "fake";
    can_.product = "Fake";
    can_.version = "1.0";
    can_.version_number = 10000;
    can_.parameters_max = 65535;
    for (std::size_t i = 0; i < capabilities_count; ++i) can_.set(static_cast<Capability>(i));
  }

  /// Every later statement of this text answers so; several results are one after the other's.
  void on(std::string sql, FakeResult result) {
    on(std::move(sql), std::vector{std::move(result)});
  }
  void on(std::string sql, std::vector<FakeResult> results) {
    const std::lock_guard lock(mutex_);
    scripts_[std::move(sql)] = std::move(results);
  }
  /// The next statement of this text, or "begin", "commit", "rollback", "ping", fails once.
  void fail_once(std::string what, ErrorFacts facts) {
    const std::lock_guard lock(mutex_);
    failures_.emplace(std::move(what), std::move(facts));
  }
  /// Breaks the connections there are and refuses new ones, until start().
  void stop() {
    ++epoch_;
    is_up_ = false;
  }
  void start() { is_up_ = true; }
  /// As a restart in between: connections break, new ones are accepted.
  void restart() { ++epoch_; }
  /// Connections above it are refused, as by a full server; 0: no limit.
  void limit(int connections_max) { connections_max_ = connections_max; }
  void set_connect_delay(std::chrono::milliseconds delay) { connect_delay_ms_ = delay.count(); }
  void set_reset_works(bool works) { reset_works_ = works; }
  Capabilities& can() noexcept { return can_; }

  int open_count() const { return open_count_; }
  int open_count_max() const { return open_count_max_; }  ///< The most there were at a time.
  int connects() const { return connects_; }              ///< Attempts, failed ones included.
  std::vector<std::string> log() const {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  std::size_t count(std::string_view entry) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(log_.begin(), log_.end(), entry));
  }
  /// Stress tests need no log.
  void set_logging(bool logs) { logs_ = logs; }

  std::unique_ptr<Connection> connect(const Call& call);

 private:
  friend class FakeConnection;

  void write_log(std::string_view entry) {
    if (!logs_) return;
    const std::lock_guard lock(mutex_);
    log_.emplace_back(entry);
  }
  std::optional<ErrorFacts> take_failure(std::string_view what) {
    const std::lock_guard lock(mutex_);
    const auto found = failures_.find(what);
    if (found == failures_.end()) return std::nullopt;
    auto facts = std::move(found->second);
    failures_.erase(found);
    return facts;
  }
  std::vector<FakeResult> find_results(std::string_view sql) {
    const std::lock_guard lock(mutex_);
    const auto found = scripts_.find(sql);
    return found == scripts_.end() ? std::vector<FakeResult>(1) : found->second;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<FakeResult>, std::less<>> scripts_;
  std::multimap<std::string, ErrorFacts, std::less<>> failures_;
  std::vector<std::string> log_;
  Capabilities can_;
  std::atomic<bool> logs_ = true;
  std::atomic<bool> is_up_ = true;
  std::atomic<bool> reset_works_ = true;
  std::atomic<int> epoch_ = 0;
  std::atomic<int> connections_max_ = 0;
  std::atomic<std::int64_t> connect_delay_ms_ = 0;
  std::atomic<int> connects_ = 0;
  std::atomic<int> open_count_ = 0;
  std::atomic<int> open_count_max_ = 0;
};

/// Hands out the rows of FakeResults, two a batch.
class FakeCursor final : public Cursor {
 public:
  void start(std::vector<FakeResult> results, std::function<void(const ErrorFacts&)> fail) {
    results_ = std::move(results);
    fail_ = std::move(fail);
    result_ = row_ = 0;
  }
  std::span<const Column> columns() const override { return current().columns; }
  bool fetch(Batch& batch) override {
    constexpr std::size_t batch_rows = 2;
    batch = {};
    cells_.clear();
    scratch_ = {};
    const FakeResult& result = current();
    const std::size_t rows_end =
        result.error ? std::min(result.rows_before_error, result.rows.size()) : result.rows.size();
    if (row_ >= rows_end) {
      if (result.error) fail_(*result.error);
      return false;
    }
    for (; row_ < rows_end && batch.rows_count < batch_rows; ++row_, ++batch.rows_count) {
      for (const Value& value : result.rows[row_]) {
        cells_.push_back(detail::cell_of_value(value, scratch_));
      }
    }
    batch.cells = cells_.data();
    return true;
  }
  bool next_result() override {
    if (result_ + 1 >= results_.size()) return false;
    ++result_;
    row_ = 0;
    return true;
  }
  std::uint64_t rows_affected() const override { return current().rows_affected; }
  void close() noexcept override { is_open = false; }

  bool is_open = false;

 private:
  const FakeResult& current() const { return results_[result_]; }

  std::vector<FakeResult> results_;
  std::function<void(const ErrorFacts&)> fail_;
  std::size_t result_ = 0;
  std::size_t row_ = 0;
  std::vector<Cell> cells_;
  detail::Scratch scratch_;
};

class FakeConnection : public Connection {
 public:
  explicit FakeConnection(FakeServer& server) : server_(server), epoch_(server.epoch_) {}
  ~FakeConnection() override { --server_.open_count_; }

  const Capabilities& can() const noexcept override { return server_.can_; }
  SessionState state() const noexcept override { return state_; }

  ExecResult exec(std::string_view sql, std::span<const Cell>, const Call& call) override {
    const auto results = run(sql, call);
    for (const FakeResult& result : results) {
      if (result.error) fail(*result.error);
    }
    return {results.back().rows_affected, results.back().generated_id};
  }
  Cursor& query(std::string_view sql, std::span<const Cell>, bool, const Call& call) override {
    auto results = run(sql, call);
    if (results.front().error && results.front().rows_before_error == 0) {
      fail(*results.front().error);
    }
    cursor_.start(std::move(results), [this](const ErrorFacts& facts) { fail(facts); });
    cursor_.is_open = true;
    return cursor_;
  }

  void begin(const TransactionOptions&, const Call& call) override {
    arrive("begin", call);
    state_ = SessionState::in_transaction;
  }
  void commit(const Call& call) override {
    arrive("commit", call);
    state_ = SessionState::idle;
  }
  void rollback(const Call& call) override {
    arrive("rollback", call);
    state_ = SessionState::idle;
  }
  void savepoint(std::string_view name, const Call& call) override {
    arrive("savepoint " + std::string(name), call);
  }
  void release_savepoint(std::string_view name, const Call& call) override {
    arrive("release " + std::string(name), call);
  }
  void rollback_to_savepoint(std::string_view name, const Call& call) override {
    arrive("rollback to " + std::string(name), call);
    state_ = SessionState::in_transaction;
  }
  std::unique_ptr<detail::BulkSink> bulk(const BulkTarget& target, const Call& call) override {
    arrive("bulk " + target.table, call);
    return std::make_unique<Sink>();
  }
  void ping(const Call& call) override { arrive("ping", call); }
  bool reset(const Call& call) noexcept override {
    if (state_ == SessionState::idle && !has_session_state_ && !cursor_.is_open) return true;
    if (!server_.reset_works_) return false;
    try {
      arrive("reset", call);
    } catch (...) {
      return false;
    }
    state_ = SessionState::idle;
    has_session_state_ = cursor_.is_open = false;
    return true;
  }
  void cancel() noexcept override {
    const std::lock_guard lock(cancel_mutex_);
    is_cancelled_ = true;
    cancelled_.notify_all();
  }
  bool is_read_only(const Call&) override { return false; }

 private:
  class Sink final : public detail::BulkSink {
   public:
    void write(std::span<const Cell>) override { ++rows_; }
    std::uint64_t finish() override { return rows_; }

   private:
    std::uint64_t rows_ = 0;
  };

  std::vector<FakeResult> run(std::string_view sql, const Call& call) {
    arrive(sql, call);
    if (sql.starts_with("set ")) has_session_state_ = true;
    auto results = server_.find_results(sql);
    for (const FakeResult& result : results) wait(result.delay, call);
    return results;
  }
  void arrive(std::string_view what, const Call&) {
    server_.write_log(what);
    if (epoch_ != server_.epoch_ || state_ == SessionState::broken) {
      fail({.kind = ErrorKind::connection_lost,
            .message = "the fake server closed the connection",
            .breaks_connection = true});
    }
    if (const auto failure = server_.take_failure(what)) fail(*failure);
  }
  void wait(std::chrono::milliseconds delay, const Call& call) {
    if (delay.count() == 0) return;
    const std::stop_callback on_stop(call.stop, [this] { cancel(); });
    std::unique_lock lock(cancel_mutex_);
    is_cancelled_ = call.stop.stop_requested();
    const auto end = std::min(Deadline::in(delay), call.deadline);
    cancelled_.wait_until(lock, end.at(), [this] { return is_cancelled_; });
    lock.unlock();
    if (is_cancelled_) fail({.kind = ErrorKind::cancelled, .message = "cancelled"});
    if (call.deadline.passed()) fail({.kind = ErrorKind::timeout, .message = "too slow"});
  }
  [[noreturn]] void fail(const ErrorFacts& facts) {
    if (facts.breaks_connection) {
      state_ = SessionState::broken;
    } else if (state_ == SessionState::in_transaction && facts.breaks_transaction) {
      state_ = SessionState::failed_transaction;
    }
    raise(facts);
  }

  using Deadline = base::Deadline;
  FakeServer& server_;
  const int epoch_;
  SessionState state_ = SessionState::idle;
  bool has_session_state_ = false;
  FakeCursor cursor_;
  std::mutex cancel_mutex_;
  std::condition_variable cancelled_;
  bool is_cancelled_ = false;
};

inline std::unique_ptr<Connection> FakeServer::connect(const Call& call) {
  ++connects_;
  write_log("connect");
  const auto refuse = [](ErrorKind kind, std::string message) {
    raise({.kind = kind, .message = std::move(message), .backend = "fake"});
  };
  if (const auto delay = std::chrono::milliseconds(connect_delay_ms_); delay.count() != 0) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_until(lock, call.stop, std::min(base::Deadline::in(delay), call.deadline).at(),
                     [] { return false; });
    if (call.stop.stop_requested()) refuse(ErrorKind::cancelled, "connecting was cancelled");
    if (call.deadline.passed()) refuse(ErrorKind::timeout, "connecting took too long");
  }
  if (const auto failure = take_failure("connect")) raise(*failure);
  if (!is_up_) refuse(ErrorKind::connect, "the fake server is down");
  const int open = ++open_count_;
  if (connections_max_ != 0 && open > connections_max_) {
    --open_count_;
    refuse(ErrorKind::resource, "the fake server has too many connections");
  }
  for (int max = open_count_max_;
       open > max && !open_count_max_.compare_exchange_weak(max, open);) {
  }
  return std::make_unique<FakeConnection>(*this);
}

/// The same as a plug: scheme "fake".
class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(FakeServer& server) : server_(server) {}
  std::string_view name() const noexcept override { return "fake"; }
  std::span<const std::string_view> schemes() const noexcept override { return schemes_; }
  std::uint16_t default_port() const noexcept override { return 0; }
  std::span<const BackendOption> options() const noexcept override { return {}; }
  std::string client_version() const override { return "built in"; }
  std::unique_ptr<Connection> connect(const ConnectionSettings&, const Call& call) const override {
    return server_.connect(call);
  }

 private:
  static constexpr std::string_view schemes_[] = {"fake"};
  FakeServer& server_;
};

}  // namespace iacdb::driver
