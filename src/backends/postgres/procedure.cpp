#include <exception>
#include <string>
#include <utility>

#include "backends/postgres/connection.hpp"
#include "iacdb/argument.hpp"

namespace iacdb::backends::postgres {
namespace {

using Mode = ProcedureParameter::Mode;

bool goes_in(const ProcedureParameter& parameter) noexcept {
  return parameter.mode != Mode::out;
}
bool comes_out(const ProcedureParameter& parameter) noexcept {
  return parameter.mode != Mode::in;
}

std::string marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

/// A name as SQL takes it: what is not quoted already must be plain words and points.
void check_name(std::string_view name) {
  bool quoted = false;
  for (const char c : name) {
    if (c == '"') quoted = !quoted;
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.' || c == '$' || c == '"' ||
                       static_cast<unsigned char>(c) >= 0x80;
    if (!quoted && !plain) {
      raise(own_facts(ErrorKind::usage,
                      "a procedure is called by its name alone, such as "
                      "schema.name"));
    }
  }
  if (quoted || name.empty()) {
    raise(own_facts(ErrorKind::usage, "the name of a procedure is empty or has an open quote"));
  }
}

}  // namespace

std::vector<Record> PostgresConnection::collect(Cursor& cursor) {
  std::vector<std::string> names;
  for (const Column& column : cursor.columns()) names.push_back(column.name);
  std::vector<Record> records;
  Batch batch;
  while (cursor.fetch(batch)) {
    for (std::uint32_t row = 0; row < batch.rows_count; ++row) {
      std::vector<Value> values;
      for (std::size_t i = 0; i < names.size(); ++i) {
        values.push_back(Value::of(batch.cells[row * names.size() + i]));
      }
      records.emplace_back(names, std::move(values));
    }
  }
  cursor.close();
  return records;
}

bool PostgresConnection::is_procedure(std::string_view name, const driver::Call& call) {
  if (can_.version_number < 110000) return false;
  const Cell cell = Cell::of_text(name);
  Cursor& cursor = query(
      "select p.prokind = 'p' from pg_catalog.pg_proc p "
      "join pg_catalog.pg_namespace n on n.oid = p.pronamespace, "
      "pg_catalog.parse_ident(?) as parts where p.proname = parts[array_upper(parts, 1)] "
      "and (array_upper(parts, 1) > 1 and n.nspname = parts[1] "
      "or array_upper(parts, 1) = 1 and pg_catalog.pg_function_is_visible(p.oid)) limit 1",
      {&cell, 1}, true, call);
  Batch batch;
  const bool procedure = cursor.fetch(batch) && batch.cells[0].boolean();
  cursor.close();
  return procedure;
}

CallResult PostgresConnection::call_procedure(std::string_view procedure,
                                              std::span<const ProcedureParameter> parameters,
                                              const driver::Call& call) {
  check_name(procedure);
  const bool is_call = is_procedure(procedure, call);
  detail::Scratch scratch;
  std::vector<Cell> cells;
  std::size_t outs = 0;
  for (const auto& parameter : parameters) {
    // A procedure takes a place for each out parameter; a function has none for them.
    if (is_call || goes_in(parameter)) {
      cells.push_back(goes_in(parameter) ? detail::cell_of_value(parameter.value, scratch)
                                         : Cell());
    }
    if (comes_out(parameter)) ++outs;
  }
  const std::string sql = (is_call ? "call " : "select * from ") + std::string(procedure) + "(" +
                          marks(cells.size()) + ")";
  // The cursors that a function opens live as long as a transaction.
  const bool own_transaction = !is_call && state() == driver::SessionState::idle;
  if (own_transaction) begin({}, call);
  try {
    Cursor& cursor = query(sql, cells, true, call);
    const std::vector<Column> columns(cursor.columns().begin(), cursor.columns().end());
    CallResult result = read_results(collect(cursor), columns, outs, call);
    if (own_transaction) commit(call);
    return result;
  } catch (...) {
    if (cursor_.is_open()) cursor_.close();
    if (own_transaction && state() != driver::SessionState::broken &&
        state() != driver::SessionState::idle) {
      rollback(call);
    }
    throw;
  }
}

/// Out values where one row holds them; every cursor that was returned as a result of its own.
CallResult PostgresConnection::read_results(std::vector<Record> records,
                                            const std::vector<Column>& columns, std::size_t outs,
                                            const driver::Call& call) {
  CallResult result;
  bool cursors = !columns.empty();
  for (const Column& column : columns) cursors = cursors && column.database_type == "refcursor";
  if (cursors) {
    for (const Record& record : records) {
      for (const Value& value : record.values()) {
        if (value.is_null()) continue;
        const std::string fetch = "fetch all from " + quote_name(value.as<std::string>());
        result.results.push_back(collect(query(fetch, {}, true, call)));
        if (outs != 0) result.out.push_back(value);
      }
    }
    return result;
  }
  if (outs != 0 && records.size() == 1 && columns.size() == outs) {
    result.out = records[0].values();
    return result;
  }
  if (outs != 0) {
    raise(own_facts(ErrorKind::usage, "the procedure gives " + std::to_string(columns.size()) +
                                          " out values, but " + std::to_string(outs) +
                                          " out parameters were passed"));
  }
  const bool nothing =
      columns.empty() || (columns.size() == 1 && columns[0].database_type == "void");
  if (!nothing) result.results.push_back(std::move(records));
  return result;
}

}  // namespace iacdb::backends::postgres
