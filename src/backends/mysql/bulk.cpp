#include "backends/mysql/bulk.hpp"

#include <algorithm>

namespace iacdb::mysql {
namespace {

constexpr std::string_view savepoint_name = "iacdb_bulk";
constexpr std::chrono::seconds undo_seconds{5};

bool is_text_safe(const MYSQL_FIELD& field) {
  if ((field.flags & (ENUM_FLAG | SET_FLAG)) != 0) return false;
  switch (field.type) {
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_YEAR:
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
    case MYSQL_TYPE_GEOMETRY:
      return false;
    default:
      return true;
  }
}

BulkColumns look_up(MysqlConnection& connection, const driver::BulkTarget& target,
                    const driver::Call& call) {
  const std::string list = column_list(target);
  const std::string text =
      "SELECT " + (list.empty() ? "*" : list) + " FROM " + target.table + " LIMIT 0";
  Limits limits(call, &connection.canceller());
  connection.start(limits);
  const Statement statement = connection.prepare(text, limits);
  const std::span<const MYSQL_FIELD> fields(statement->fields, statement->field_count);
  return {fields.size(), std::ranges::all_of(fields, is_text_safe)};
}

BulkWay choose(const MysqlConnection& connection, const BulkColumns& columns) {
  const BulkWay wanted = connection.options().bulk;
  if (wanted != BulkWay::automatic) return wanted;
  if (connection.server().local_infile && columns.text_is_safe) return BulkWay::load_data;
  return connection.server().is_mariadb ? BulkWay::arrays : BulkWay::rows;
}

}  // namespace

std::string column_list(const driver::BulkTarget& target) {
  std::string list;
  for (const std::string& column : target.columns) {
    if (!list.empty()) list += ",";
    list += column;
  }
  return list;
}

void require_columns(std::size_t given, std::size_t expected, const Place& place) {
  if (given == expected) [[likely]]
    return;
  raise_at(ErrorKind::usage,
           "a row of the bulk insert has " + std::to_string(given) + " values for " +
               std::to_string(expected) + " columns",
           place);
}

BulkScope::BulkScope(MysqlConnection& connection, driver::Call call)
    : connection_(connection),
      call_(std::move(call)),
      nested_(connection.state() == driver::SessionState::in_transaction) {
  if (nested_) {
    connection_.savepoint(savepoint_name, call_);
  } else {
    connection_.begin({}, call_);
  }
  open_ = true;
}

BulkScope::~BulkScope() {
  undo();
}

void BulkScope::require_open() const {
  if (open_) [[likely]]
    return;
  raise_at(ErrorKind::usage, "the bulk insert has failed before; nothing of it was kept",
           {connection_.host(), {}});
}

void BulkScope::finish() {
  require_open();
  if (nested_) {
    connection_.release_savepoint(savepoint_name, call_);
  } else {
    open_ = false;  // After a failed COMMIT there is nothing left to undo by name.
    connection_.commit(call_);
  }
  open_ = false;
}

void BulkScope::undo() noexcept {
  if (!open_) return;
  open_ = false;
  // The call's own deadline may be what ended the insert.
  const driver::Call brief{base::Deadline::in(undo_seconds), {}};
  try {
    if (connection_.state() != driver::SessionState::in_transaction) return;
    if (nested_) {
      connection_.rollback_to_savepoint(savepoint_name, brief);
    } else {
      connection_.rollback(brief);
    }
  } catch (const std::exception&) {
    connection_.mark_broken();  // Closing the session rolls back.
  }
}

std::unique_ptr<detail::BulkSink> MysqlConnection::bulk(const driver::BulkTarget& target,
                                                        const driver::Call& call) {
  const BulkColumns columns = look_up(*this, target, call);
  switch (choose(*this, columns)) {
    case BulkWay::load_data:
      return make_load_data(*this, target, columns, call);
    case BulkWay::arrays:
      return make_arrays(*this, target, columns, call);
    default:
      return make_rows(*this, target, columns, call);
  }
}

}  // namespace iacdb::mysql
