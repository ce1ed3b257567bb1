#pragma once
// SqliteConnection: a driver connection over one open database.
//
//   SqliteConnection c(plan_open(settings), settings.statement_cache_size, call);
//   c.exec("insert into t values (?)", cells, call);
//
// Cost: a statement that was run before is found by its text, bound, stepped and reset; nothing is
// allocated. Threads: one at a time, except cancel().

#include "backends/sqlite/cursor.hpp"
#include "backends/sqlite/engine.hpp"

namespace iacdb::backends::sqlite {

class SqliteConnection final : public driver::Connection {
 public:
  SqliteConnection(OpenPlan plan, std::size_t statements_max, const driver::Call& call)
      : engine_(std::move(plan), statements_max, call), cursor_(engine_) {}

  const Capabilities& can() const noexcept override { return engine_.can; }
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
  void cancel() noexcept override { engine_.watch.cancel(); }
  bool is_read_only(const driver::Call& call) override;
  driver::Inspection inspect(const driver::Call& call) override;

 private:
  ExecResult run(Prepared& prepared);
  ExecResult run_insert(Prepared& prepared);
  ExecResult exec_script(std::span<const Cell> arguments);
  void run_named(std::string_view verb, std::string_view name, const driver::Call& call);

  Engine engine_;
  StepCursor cursor_;
  Prepared begin_write_;
  Prepared begin_read_;
  Prepared commit_;
  Prepared ping_;
};

}  // namespace iacdb::backends::sqlite
