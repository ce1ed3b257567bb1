#include "backends/sqlite/bind.hpp"

#include <algorithm>
#include <string>

#include "backends/sqlite/errors.hpp"

namespace iacdb::backends::sqlite {
namespace {

std::string_view sql_of(sqlite3_stmt* statement) {
  const char* text = sqlite3_sql(statement);
  return text != nullptr ? text : "";
}

std::string parameter(int index) {
  return "parameter " + std::to_string(index);
}

sqlite3_destructor_type destructor(Keep keep) {
  return keep == Keep::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
}

[[noreturn]] void raise_not_utf8(sqlite3_stmt* statement, int index) {
  raise_own(ErrorKind::data, "the text is not valid UTF-8; bind it as bytes, or convert it",
            sql_of(statement), parameter(index));
}

int bind_text(sqlite3_stmt* statement, int index, std::string_view text, Keep keep) {
  if (!is_utf8(text)) raise_not_utf8(statement, index);
  const char* data = text.data() != nullptr ? text.data() : "";  // A null pointer would be NULL.
  return sqlite3_bind_text64(statement, index, data, text.size(), destructor(keep), SQLITE_UTF8);
}

int bind_bytes(sqlite3_stmt* statement, int index, BytesView bytes, Keep keep) {
  if (bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
  return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), destructor(keep));
}

struct FreeSqliteMemory {
  void operator()(void* memory) const noexcept { sqlite3_free(memory); }
};

/// SQLite has no piecewise parameters: the source is read into memory that SQLite then owns.
int bind_source(sqlite3_stmt* statement, int index, const Cell& cell) {
  ByteSource& source = *cell.source();
  const std::uint64_t size = source.size_bytes();
  const int limit = sqlite3_limit(sqlite3_db_handle(statement), SQLITE_LIMIT_LENGTH, -1);
  if (size > static_cast<std::uint64_t>(limit)) return SQLITE_TOOBIG;
  std::unique_ptr<void, FreeSqliteMemory> memory(
      sqlite3_malloc64(std::max<std::uint64_t>(size, 1)));
  if (!memory) return SQLITE_NOMEM;
  const std::span<std::byte> whole(static_cast<std::byte*>(memory.get()), size);
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t got = source.read(whole.subspan(at));
    if (got == 0) {
      raise_own(ErrorKind::usage,
                "a streamed value ended before its size_bytes; announce the true size",
                sql_of(statement), parameter(index));
    }
    at += got;
  }
  const auto* data = static_cast<const char*>(memory.get());
  if (cell.type() == Type::bytes) {
    return sqlite3_bind_blob64(statement, index, memory.release(), size, sqlite3_free);
  }
  if (!is_utf8({data, size})) raise_not_utf8(statement, index);
  static_cast<void>(memory.release());  // SQLite frees it.
  return sqlite3_bind_text64(statement, index, data, size, sqlite3_free, SQLITE_UTF8);
}

int bind_printed(sqlite3_stmt* statement, int index, const std::string& text) {
  return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8);
}

int bind_by_type(sqlite3_stmt* statement, int index, const Cell& cell, Keep keep) {
  switch (cell.type()) {
    case Type::null:
      return sqlite3_bind_null(statement, index);
    case Type::boolean:
      return sqlite3_bind_int(statement, index, cell.boolean() ? 1 : 0);
    case Type::int64:
      return sqlite3_bind_int64(statement, index, cell.integer());
    case Type::float64:
      return sqlite3_bind_double(statement, index, cell.real());
    case Type::text:
    case Type::decimal:
    case Type::json:
      return bind_text(statement, index, cell.text(), keep);
    case Type::bytes:
      return bind_bytes(statement, index, cell.bytes(), keep);
    case Type::date:
      return bind_printed(statement, index,
                          Date{static_cast<std::int32_t>(cell.integer())}.print());
    case Type::time:
      return bind_printed(statement, index, Time{cell.integer()}.print());
    case Type::timestamp:
      return bind_printed(statement, index, Timestamp{cell.integer()}.print());
    case Type::timestamptz:
      return bind_printed(statement, index, TimestampTz{cell.integer()}.print());
    case Type::interval:
      return bind_printed(statement, index, cell.interval().print());
    case Type::uuid:
      return bind_printed(statement, index, cell.uuid().print());
    case Type::array:
      raise_own(ErrorKind::unsupported,
                "SQLite has no arrays; bind JSON text, or expand a list with list(...)",
                sql_of(statement), parameter(index));
  }
  return SQLITE_MISUSE;
}

}  // namespace

void raise_parameter_count(const Prepared& prepared, std::size_t given) {
  raise_own(ErrorKind::usage,
            "the statement has " + std::to_string(prepared.parameters_count) + " parameters, but " +
                std::to_string(given) + " were given",
            sql_of(prepared.statement.get()));
}

void bind_other(sqlite3_stmt* statement, int index, const Cell& cell, Keep keep) {
  const int rc = cell.is_streamed() ? bind_source(statement, index, cell)
                                    : bind_by_type(statement, index, cell, keep);
  if (rc != SQLITE_OK) raise_bind(statement, index, rc);
}

void raise_bind(sqlite3_stmt* statement, int index, int rc) {
  raise_error(nullptr, rc, {.sql = sql_of(statement), .where = parameter(index)});
}

}  // namespace iacdb::backends::sqlite
