#include "backends/sqlite/bulk.hpp"

#include <string>

#include "backends/sqlite/bind.hpp"

namespace iacdb::backends::sqlite {
namespace {

std::string insert_text(const driver::BulkTarget& target, std::size_t values_count) {
  std::string sql = "insert into " + target.table;
  char separator = '(';
  for (const std::string& column : target.columns) {
    (sql += separator) += column;
    separator = ',';
  }
  sql += target.columns.empty() ? " values " : ") values ";
  for (std::size_t i = 0; i < values_count; ++i) sql += i == 0 ? "(?" : ",?";
  return sql + ')';
}

void exec_fixed(Engine& engine, const char* sql) {
  Prepared once;
  engine.run_fixed(once, sql);
}

class Sink final : public detail::BulkSink {
 public:
  Sink(Engine& engine, const driver::BulkTarget& target, const driver::Call& call)
      : engine_(engine), target_(target), call_(call) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() override {
    if (open_) undo();
    if (prepared_ != nullptr) engine_.cache.unpin();
  }

  void start() {
    engine_.watch.start(call_);
    engine_.refuse_open_cursor();
    if (!target_.columns.empty()) {
      use_statement(target_.columns.size());
    } else {  // How many columns it is, the first row tells; that the table exists, this.
      prepare(engine_.db.get(), "select 1 from " + target_.table);
    }
    nested_ = sqlite3_get_autocommit(engine_.db.get()) == 0;
    exec_fixed(engine_, nested_ ? "savepoint iacdb_bulk" : "begin immediate");
    open_ = true;
  }

  void write(std::span<const Cell> row) override {
    if (prepared_ == nullptr) [[unlikely]]
      use_statement(row.size());
    sqlite3_stmt* const statement = prepared_->statement.get();
    bind_all(*prepared_, row, Keep::borrowed);
    const int rc = sqlite3_step(statement);
    if (rc != SQLITE_DONE) [[unlikely]]
      engine_.fail(statement, rc);
    sqlite3_reset(statement);
    ++rows_count_;
  }

  std::uint64_t finish() override {
    engine_.watch.start(call_);
    exec_fixed(engine_, nested_ ? "release iacdb_bulk" : "commit");
    open_ = false;
    return rows_count_;
  }

 private:
  void use_statement(std::size_t values_count) {
    const std::string sql = insert_text(target_, values_count);
    Prepared* const found = engine_.find_or_prepare(sql);
    if (found == nullptr) raise_own(ErrorKind::usage, "the bulk target is not one table", sql);
    if (engine_.guards != guard_none) engine_.check(*found);
    prepared_ = found;
    engine_.cache.pin();
  }

  void undo() noexcept {
    try {
      if (!nested_) {
        engine_.rollback();
      } else if (sqlite3_get_autocommit(engine_.db.get()) == 0) {
        engine_.watch.start(unlimited_);
        exec_fixed(engine_, "rollback to iacdb_bulk");
        exec_fixed(engine_, "release iacdb_bulk");
      }
    } catch (const std::exception&) {
      // The transaction stays open, and the pool's reset() rolls it back or drops the connection.
    }
  }

  Engine& engine_;
  driver::BulkTarget target_;
  driver::Call call_;
  driver::Call unlimited_;
  Prepared* prepared_ = nullptr;
  bool nested_ = false;
  bool open_ = false;
  std::uint64_t rows_count_ = 0;
};

}  // namespace

std::unique_ptr<detail::BulkSink> open_bulk(Engine& engine, const driver::BulkTarget& target,
                                            const driver::Call& call) {
  auto sink = std::make_unique<Sink>(engine, target, call);
  sink->start();
  return sink;
}

}  // namespace iacdb::backends::sqlite
