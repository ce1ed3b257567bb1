#include "database/plan.hpp"

#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"

namespace iacdb::database {
namespace {

constexpr std::chrono::seconds explain_timeout{2};
constexpr std::size_t plan_bytes_max = 16 * 1024;
constexpr std::string_view savepoint = "iacdb_plan";

bool can_explain(std::string_view sql, Dialect dialect) {
  const sql::StatementFacts facts = sql::classify(sql, dialect);
  if (facts.several) return false;
  switch (facts.kind) {
    case sql::StatementKind::select:
    case sql::StatementKind::insert:
    case sql::StatementKind::update:
    case sql::StatementKind::delete_:
      return true;
    default:
      return false;
  }
}

std::string_view prefix_of(Dialect dialect) {
  return dialect == Dialect::sqlite ? "explain query plan " : "explain ";
}

/// SQLite: the last column says it; PostgreSQL: the only one; MySQL: every column with its name.
void append_row(std::string& plan, std::span<const Column> columns, std::span<const Cell> cells,
                Dialect dialect) {
  if (!plan.empty()) plan += '\n';
  if (dialect != Dialect::mysql) {
    plan += print(cells.back());
    return;
  }
  bool first = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].is_null()) continue;
    if (!first) plan += ' ';
    first = false;
    plan += std::string(columns[i].name) + '=' + print(cells[i]);
  }
}

std::string ask(driver::Connection& connection, const std::string& sql,
                std::span<const Cell> arguments, Dialect dialect, const driver::Call& call) {
  std::string plan;
  Cursor& cursor = connection.query(sql, arguments, true, call);
  struct Closer {
    Cursor& cursor;
    ~Closer() { cursor.close(); }
  } closer{cursor};
  const std::span<const Column> columns = cursor.columns();
  Batch batch;
  while (!columns.empty() && plan.size() < plan_bytes_max && cursor.fetch(batch)) {
    for (std::size_t row = 0; row < batch.rows_count; ++row) {
      append_row(plan, columns, {batch.cells + row * columns.size(), columns.size()}, dialect);
    }
  }
  if (plan.size() > plan_bytes_max) plan.resize(plan_bytes_max);
  return plan;
}

}  // namespace

void KeptStatement::keep(std::string_view sql, std::span<const Cell> cells) {
  clear();
  for (const Cell& cell : cells) {
    if (cell.is_streamed()) return;
  }
  sql_ = sql;
  for (const Cell& cell : cells) values_.push_back(Value::of(cell));
  for (const Value& value : values_) cells_.push_back(detail::cell_of_value(value, scratch_));
}

void KeptStatement::clear() noexcept {
  sql_.clear();
  cells_.clear();
  values_.clear();
  scratch_ = {};
}

std::string explain(driver::Connection& connection, std::string_view sql,
                    std::span<const Cell> arguments, Dialect dialect) noexcept {
  try {
    const auto state = connection.state();
    const bool inside = state == driver::SessionState::in_transaction;
    if ((!inside && state != driver::SessionState::idle) || !can_explain(sql, dialect)) return {};
    const driver::Call call{base::Deadline::in(explain_timeout), {}};
    const std::string text = std::string(prefix_of(dialect)) + std::string(sql);
    if (!inside) return ask(connection, text, arguments, dialect, call);
    // A failed statement would break PostgreSQL's transaction, which is the program's.
    connection.savepoint(savepoint, call);
    std::string plan;
    try {
      plan = ask(connection, text, arguments, dialect, call);
    } catch (const Error&) {
      connection.rollback_to_savepoint(savepoint, call);
    }
    connection.release_savepoint(savepoint, call);
    return plan;
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace iacdb::database
