#pragma once
// PostgresConnection: the driver's Connection over our own protocol client.
//
// Its parts: Exchange keeps both sides in step, Statements prepares, ResultCursor reads rows. Bulk,
// COPY, procedures and large values are in files of their own.
// Threads: one at a time, except cancel().
// Cost: a prepared statement is one round trip; so is begin together with the first statement.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/postgres/result_cursor.hpp"
#include "backends/postgres/statements.hpp"
#include "driver/driver.hpp"

namespace iacdb::backends::postgres {

class PostgresConnection final : public driver::Connection {
 public:
  PostgresConnection(LoggedIn in, Capabilities can, std::size_t cache_size,
                     std::uint32_t batch_rows);
  ~PostgresConnection() override;

  const Capabilities& can() const noexcept override { return can_; }
  driver::SessionState state() const noexcept override;
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
  driver::Inspection inspect(const driver::Call& call) override;

  void begin_branch(const driver::BranchId& id, const TransactionOptions& options,
                    const driver::Call& call) override;
  void prepare_branch(const driver::BranchId& id, const driver::Call& call) override;
  driver::BranchEnd end_branch(const driver::BranchId& id, bool commit,
                               const driver::Call& call) override;
  std::vector<driver::BranchId> prepared_branches(std::string_view prefix,
                                                  const driver::Call& call) override;

  void listen(std::string_view channel, const driver::Call& call) override;
  void unlisten(std::string_view channel, const driver::Call& call) override;
  std::vector<Notification> notifications(const driver::Call& call) override;
  /// Those that came with the answers read until now; asks the server nothing.
  std::vector<Notice> notices(const driver::Call& call) override;
  std::uint64_t copy_in(std::string_view sql,
                        const std::function<std::size_t(std::span<std::byte>)>& source,
                        const driver::Call& call) override;
  std::uint64_t copy_out(std::string_view sql, const std::function<void(BytesView)>& sink,
                         const driver::Call& call) override;
  CallResult call_procedure(std::string_view procedure,
                            std::span<const ProcedureParameter> parameters,
                            const driver::Call& call) override;
  std::uint64_t read_large(std::string_view sql, std::span<const Cell> arguments,
                           const std::function<void(BytesView)>& sink,
                           const driver::Call& call) override;
  std::vector<ExecResult> pipeline(std::span<const PipelinedStatement> statements,
                                   const driver::Call& call) override;

 private:
  void require_no_cursor() const;
  void take_unexpected(const driver::Call& call);
  ExecResult run_to_end(Prepared* prepared, std::string_view sql, const driver::Call& call);
  ExecResult run_simple_to_end(std::string_view sql, const driver::Call& call);
  std::string send_commit(const driver::Call& call);
  /// Runs a command that must not be cancelled halfway; its tag. `what` names it in errors.
  std::string run_to_answer(std::string_view sql, std::string_view what, const driver::Call& call);
  template <class Read>
  std::string read_answer(std::string_view sql, std::string_view what, const driver::Call& call,
                          Read read);
  [[noreturn]] void raise_in_doubt(const Error& cause, std::string_view what);
  /// Tells whether a name is a procedure, and in which version out parameters may be passed.
  bool is_procedure(std::string_view name, const driver::Call& call);
  std::vector<Record> collect(Cursor& cursor);
  CallResult read_results(std::vector<Record> records, const std::vector<Column>& columns,
                          std::size_t outs, const driver::Call& call);
  std::vector<std::string> insertable_columns(std::string_view table, const driver::Call& call);

  Capabilities can_;
  Exchange exchange_;
  Statements statements_;
  ResultCursor cursor_;
};

/// What a server of this version can do.
Capabilities capabilities_of(std::uint32_t version_number, std::string_view version);

/// "name" with its quotes doubled, as SQL quotes identifiers.
std::string quote_name(std::string_view name);

}  // namespace iacdb::backends::postgres
