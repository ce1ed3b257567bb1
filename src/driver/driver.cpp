#include "driver/driver.hpp"

#include <algorithm>
#include <cctype>

#include "iacdb/error.hpp"

namespace iacdb::driver {
namespace {

/// Reads one possibly quoted, possibly qualified name; stops at any other character.
std::string take_name(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"' || c == '`' || c == '[') {
      const auto end = text.find(c == '[' ? ']' : c, at + 1);
      if (end == text.npos) return {};
      at = end + 1;
    } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.' ||
               c == '#' || static_cast<unsigned char>(c) >= 0x80) {
      ++at;
    } else {
      break;
    }
  }
  return std::string(text.substr(start, at - start));
}

void skip_spaces(std::string_view text, std::size_t& at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
}

}  // namespace

BulkTarget BulkTarget::parse(std::string_view text) {
  const auto malformed = [] {
    raise(ErrorKind::usage, "a bulk target is \"table\" or \"table(column, ...)\"");
  };
  BulkTarget target;
  std::size_t at = 0;
  skip_spaces(text, at);
  target.table = take_name(text, at);
  if (target.table.empty()) malformed();
  skip_spaces(text, at);
  if (at == text.size()) return target;
  if (text[at] != '(') malformed();
  do {
    ++at;
    skip_spaces(text, at);
    target.columns.push_back(take_name(text, at));
    if (target.columns.back().empty()) malformed();
    skip_spaces(text, at);
  } while (at < text.size() && text[at] == ',');
  if (at == text.size() || text[at] != ')') malformed();
  ++at;
  skip_spaces(text, at);
  if (at != text.size()) malformed();
  return target;
}

void Connection::raise_unsupported(std::string_view what) const {
  ErrorFacts facts;
  facts.kind = ErrorKind::unsupported;
  facts.backend = can().backend;
  facts.message = can().product + " " + can().version + " has no " + std::string(what);
  raise(std::move(facts));
}

void Connection::listen(std::string_view, const Call&) {
  raise_unsupported("notifications");
}
void Connection::unlisten(std::string_view, const Call&) {
  raise_unsupported("notifications");
}
std::vector<Notification> Connection::notifications(const Call&) {
  raise_unsupported("notifications");
}
std::uint64_t Connection::copy_in(std::string_view,
                                  const std::function<std::size_t(std::span<std::byte>)>&,
                                  const Call&) {
  raise_unsupported("COPY streams; use bulk_insert");
}
std::uint64_t Connection::copy_out(std::string_view, const std::function<void(BytesView)>&,
                                   const Call&) {
  raise_unsupported("COPY streams; use query");
}
CallResult Connection::call_procedure(std::string_view, std::span<const ProcedureParameter>,
                                      const Call&) {
  raise_unsupported("stored procedures");
}

Inspection Connection::inspect(const Call& call) {
  return {.read_only = is_read_only(call)};
}

void Connection::begin_branch(const BranchId&, const TransactionOptions&, const Call&) {
  raise_unsupported("two-phase commit");
}
void Connection::prepare_branch(const BranchId&, const Call&) {
  raise_unsupported("two-phase commit");
}
BranchEnd Connection::end_branch(const BranchId&, bool, const Call&) {
  raise_unsupported("two-phase commit");
}
std::vector<BranchId> Connection::prepared_branches(std::string_view, const Call&) {
  raise_unsupported("two-phase commit");
}

std::uint64_t Connection::read_large(std::string_view sql, std::span<const Cell> arguments,
                                     const std::function<void(BytesView)>& sink, const Call& call) {
  constexpr std::size_t piece_bytes = 64 * 1024;
  Cursor& cursor = query(sql, arguments, true, call);
  struct Closer {
    Cursor& cursor;
    ~Closer() { cursor.close(); }
  } closer{cursor};
  Batch batch;
  if (cursor.columns().size() != 1) {
    raise(ErrorKind::usage, "read_large needs a query of exactly one column");
  }
  if (!cursor.fetch(batch)) raise(ErrorKind::row_count, "the query returned no row; one is needed");
  const Cell cell = batch.cells[0];
  if (cell.is_null()) raise(ErrorKind::data, "the large value is NULL");
  if (cell.type() != Type::text && cell.type() != Type::bytes && cell.type() != Type::json) {
    raise(ErrorKind::data, "read_large needs a text or bytes column");
  }
  const BytesView bytes = cell.bytes();
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
    sink(bytes.subspan(at, std::min(piece_bytes, bytes.size() - at)));
  }
  const std::uint64_t size = bytes.size();
  if (batch.rows_count > 1 || cursor.fetch(batch)) {
    raise(ErrorKind::row_count, "the query returned more than one row; one is needed");
  }
  return size;
}

std::vector<ExecResult> Connection::pipeline(std::span<const PipelinedStatement> statements,
                                             const Call& call) {
  std::vector<ExecResult> results;
  results.reserve(statements.size());
  for (const PipelinedStatement& statement : statements) {
    detail::Scratch scratch;
    std::vector<Cell> cells;
    for (const Value& value : statement.parameters) {
      cells.push_back(detail::cell_of_value(value, scratch));
    }
    results.push_back(exec(statement.sql, cells, call));
  }
  return results;
}

}  // namespace iacdb::driver
