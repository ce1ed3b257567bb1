// MysqlConnection: stored procedures with in, out and in-out parameters.
//
// CALL runs prepared; the server sends the values of OUT and INOUT placeholders as one more result,
// marked SERVER_PS_OUT_PARAMS, so that a call is one round trip once it is prepared.

#include "backends/mysql/connection.hpp"
#include "iacdb/argument.hpp"

namespace iacdb::mysql {
namespace {

std::string call_text(std::string_view procedure, std::size_t parameters) {
  std::string text = "CALL ";
  text += procedure;
  text += "(";
  for (std::size_t i = 0; i < parameters; ++i) text += i == 0 ? "?" : ",?";
  return text + ")";
}

/// A procedure's name, possibly qualified and quoted: it becomes part of the statement.
void require_name(std::string_view name, std::string_view host) {
  bool quoted = false;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '_' || c == '$' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    if (c == '`') quoted = !quoted;
    if (!plain && !quoted && c != '`') {
      raise_at(ErrorKind::usage, "a procedure's name is name, schema.name or quoted by backticks",
               {host, {}});
    }
  }
  if (quoted || name.empty()) {
    raise_at(ErrorKind::usage, "a procedure's name is empty or its quotes do not match",
             {host, {}});
  }
}

std::vector<Record> collect(Cursor& cursor) {
  const std::span<const Column> columns = cursor.columns();
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  std::vector<Record> records;
  Batch batch;
  while (cursor.fetch(batch)) {
    std::vector<Value> values;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      values.push_back(Value::of(batch.cells[i], columns[i].type));
    }
    records.emplace_back(names, std::move(values));
  }
  return records;
}

}  // namespace

CallResult MysqlConnection::call_procedure(std::string_view procedure,
                                           std::span<const ProcedureParameter> parameters,
                                           const driver::Call& call) {
  require_name(procedure, host_);
  detail::Scratch scratch;
  std::vector<Cell> cells;
  std::size_t outs = 0;
  for (const ProcedureParameter& parameter : parameters) {
    const bool is_out = parameter.mode == ProcedureParameter::Mode::out;
    cells.push_back(is_out ? Cell() : detail::cell_of_value(parameter.value, scratch));
    if (parameter.mode != ProcedureParameter::Mode::in) ++outs;
  }
  Cursor& cursor = query(call_text(procedure, parameters.size()), cells, true, call);
  struct Closer {
    Cursor& cursor;
    ~Closer() { cursor.close(); }
  } closer{cursor};
  CallResult result;
  bool more = true;
  while (more) {
    const bool is_out = cursor_.is_out_parameters();
    if (!cursor.columns().empty()) {
      std::vector<Record> records = collect(cursor);
      if (is_out && !records.empty()) {
        for (const Value& value : records.front().values()) result.out.push_back(value);
      } else if (!is_out) {
        result.results.push_back(std::move(records));
      }
    }
    more = cursor.next_result();
  }
  if (result.out.size() != outs) {
    raise_at(ErrorKind::usage,
             "the procedure has " + std::to_string(result.out.size()) + " out parameters, but " +
                 std::to_string(outs) + " were named",
             {host_, procedure});
  }
  return result;
}

}  // namespace iacdb::mysql
