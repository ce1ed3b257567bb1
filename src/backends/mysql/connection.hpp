#pragma once
// MysqlConnection: one session on a MySQL or MariaDB server.
//
// Statements with parameters, and every query, run prepared (binary protocol) and stay prepared in
// a cache by their text; a statement without parameters whose rows nobody reads goes as text, in
// one round trip. Texts of several statements, and what the server cannot prepare, run as text too.
// See session.hpp for what a session is set to, columns.hpp for types.
// Threads: one at a time, except cancel().

#include <memory>
#include <string>

#include "backends/mysql/cursor.hpp"
#include "backends/mysql/session.hpp"
#include "driver/statement_cache.hpp"

namespace iacdb::mysql {

class MysqlConnection final : public driver::Connection {
 public:
  MysqlConnection(std::shared_ptr<const Plan> plan, Session session);

  const Capabilities& can() const noexcept override { return can_; }
  driver::SessionState state() const noexcept override {
    if (broken_) return driver::SessionState::broken;
    const bool inside =
        branch_ != BranchState::none || (handle_->server_status & SERVER_STATUS_IN_TRANS) != 0;
    return inside ? driver::SessionState::in_transaction : driver::SessionState::idle;
  }
  ExecResult exec(std::string_view sql, std::span<const Cell> arguments,
                  const driver::Call& call) override;
  Cursor& query(std::string_view sql, std::span<const Cell> arguments, bool arguments_outlive,
                const driver::Call& call) override;

  void begin(const TransactionOptions& options, const driver::Call& call) override;
  void commit(const driver::Call& call) override;
  void rollback(const driver::Call& call) override;
  void savepoint(std::string_view name, const driver::Call& call) override;
  void release_savepoint(std::string_view name, const driver::Call& call) override;
  void rollback_to_savepoint(std::string_view name, const driver::Call& call) override;

  std::unique_ptr<detail::BulkSink> bulk(const driver::BulkTarget& target,
                                         const driver::Call& call) override;
  void ping(const driver::Call& call) override;
  bool reset(const driver::Call& call) noexcept override;
  void cancel() noexcept override;
  bool is_read_only(const driver::Call& call) override;
  std::vector<Notice> notices(const driver::Call& call) override;
  driver::Inspection inspect(const driver::Call& call) override;

  void begin_branch(const driver::BranchId& id, const TransactionOptions& options,
                    const driver::Call& call) override;
  void prepare_branch(const driver::BranchId& id, const driver::Call& call) override;
  driver::BranchEnd end_branch(const driver::BranchId& id, bool commit,
                               const driver::Call& call) override;
  std::vector<driver::BranchId> prepared_branches(std::string_view prefix,
                                                  const driver::Call& call) override;
  CallResult call_procedure(std::string_view procedure,
                            std::span<const ProcedureParameter> parameters,
                            const driver::Call& call) override;

  // For the cursor and the bulk sinks of this room.
  MYSQL* handle() const noexcept { return handle_.get(); }
  const Plan& plan() const noexcept { return *plan_; }
  const ServerFacts& server() const noexcept { return server_; }
  StatementCanceller& canceller() noexcept { return canceller_; }
  std::string_view host() const noexcept { return host_; }
  bool has_more_results() const noexcept {
    return (handle_->server_status & (SERVER_MORE_RESULTS_EXIST | SERVER_PS_OUT_PARAMS)) != 0;
  }
  /// Runs a text to the end of all its results; the first is what counts.
  void run_text(std::string_view text, const driver::Call& call);
  /// The first column of the first row of a text's only result; "" for NULL or no row.
  std::string scalar_text(std::string_view text, const driver::Call& call);
  /// A statement prepared outside of the cache.
  Statement prepare(std::string_view text, Limits& limits);
  /// Throws: what a failure means, with the limits of the call and the state of the session.
  [[noreturn]] void fail(const Failure& failure, const Limits* limits, std::string_view sql);
  /// The same for a statement that a limit ended without an error of the server.
  /// `has_written`: it may have changed rows before; then it is in doubt where it commits itself.
  [[noreturn]] void fail_late(const Limits& limits, std::string_view sql,
                              bool has_written = false) const;
  /// Checks that a statement may start now. Throws: UsageError, ConnectError, TimeoutError.
  void start(Limits& limits) {
    if (broken_ || canceller_.is_pending() || cursor_.is_open() || limits.is_armed()) [[unlikely]] {
      attend(limits);
    }
  }
  void mark_broken() noexcept { broken_ = true; }
  /// What the failure says about a kill that was sent, the transaction and the connection.
  void note(const Failure& failure) noexcept;
  const SessionOptions& options() const noexcept { return plan_->options; }
  void pin_statements() noexcept { cache_.pin(); }
  void unpin_statements() noexcept { cache_.unpin(); }

 private:
  Prepared& find_prepared(std::string_view sql, Limits& limits) {
    if (Prepared* found = cache_.find(sql)) [[likely]]
      return *found;
    return prepare_and_keep(sql, limits);
  }
  Prepared& prepare_and_keep(std::string_view sql, Limits& limits);
  Prepared make_prepared(std::string_view sql, Limits& limits);
  /// Binds and executes; may prepare again when the server asks for it.
  Prepared& execute(std::string_view sql, std::span<const Cell> arguments, Limits& limits);
  Prepared& execute_again(std::string_view sql, std::span<const Cell> arguments,
                          const Failure& failure, Limits& limits);
  ExecResult exec_text(std::string_view sql, Limits& limits);
  void check_late(const ExecResult& result, const Limits& limits, std::string_view sql) const;
  void send_text(std::string_view sql, Limits& limits);
  void discard_text_results(ExecResult& result, Limits& limits, std::string_view sql);
  void require_one_statement(std::string_view sql) const;
  void absorb_kill();
  /// Runs a statement that may have happened although its answer was lost.
  /// Throws: InDoubtError then; any other failure as it is.
  void run_or_doubt(std::string_view text, std::string_view what, const driver::Call& call);
  driver::BranchEnd end_prepared(const driver::BranchId& id, bool commit, const driver::Call& call);
  void attend(Limits& limits);

  std::shared_ptr<const Plan> plan_;
  std::string host_;
  ServerFacts server_;
  Capabilities can_;
  // Before the handle: closed after it, statements need no message to the server.
  driver::StatementCache<Prepared> cache_;
  StatementCanceller canceller_;
  Handle handle_;
  ResultCursor cursor_;
  bool broken_ = false;
  bool session_changed_ = false;
  /// The XA transaction this session is in; a prepared one stays with it until its end.
  enum class BranchState : std::uint8_t { none, active, prepared };
  BranchState branch_ = BranchState::none;
};

/// mysql_real_query() for a text without rows: it would clear the last result twice.
inline bool send_and_read(MYSQL* handle, std::string_view text) noexcept {
  return ::mysql_send_query(handle, text.data(), text.size()) == 0 &&
         ::mysql_read_query_result(handle) == 0;
}

/// How a transaction of these options begins: one round trip with `verb`, START TRANSACTION or XA.
std::string begin_text(const TransactionOptions& options, std::string_view verb);

/// What a server of this product and version can do.
Capabilities capabilities_of(const ServerFacts& server);

}  // namespace iacdb::mysql
