#pragma once
// Bulk inserts, three ways, all of them all or nothing.
//
//   auto sink = make_bulk(connection, target, call);   // what connection.bulk() gives
//   sink->write(cells); ... sink->finish();
//
// load_data: LOAD DATA LOCAL from memory in chunks of a few MiB; the fastest. LOCAL makes the
// server
//   skip duplicates and bend values with mere warnings, so each chunk's counts are checked: a row
//   skipped or one warning raises the error that an INSERT would have raised, and all is rolled
//   back.
// arrays: MariaDB's bulk execution of a prepared INSERT. Taken when the server has local_infile
// off,
//   and for targets with BIT, ENUM, SET, YEAR or GEOMETRY columns, where text means other values.
// rows: a prepared INSERT of many rows; for MySQL with local_infile off.
//
// Inside a transaction the sink works under a savepoint, otherwise in a transaction of its own. A
// table of an engine without transactions keeps what was written before an error.
// Threads: one at a time. Limits: a row is less than max_allowed_packet.

#include <memory>
#include <string>

#include "backends/mysql/connection.hpp"

namespace iacdb::mysql {

/// The transaction or savepoint around a bulk insert: undone unless finished.
class BulkScope {
 public:
  BulkScope(MysqlConnection& connection, driver::Call call);
  ~BulkScope();
  BulkScope(const BulkScope&) = delete;
  BulkScope& operator=(const BulkScope&) = delete;

  void finish();
  void undo() noexcept;
  /// Takes a row or sends a chunk; whatever that throws, everything is undone before.
  template <class Chunk>
  void run(Chunk&& chunk) {
    require_open();
    try {
      chunk();
    } catch (...) {
      undo();
      throw;
    }
  }
  const driver::Call& call() const noexcept { return call_; }

 private:
  void require_open() const;

  MysqlConnection& connection_;
  driver::Call call_;
  bool nested_;
  bool open_ = false;
};

/// What the server said of the target's columns.
struct BulkColumns {
  std::size_t count = 0;
  bool text_is_safe = true;  ///< Every value's text form means the same value.
};

/// "`a`,`b`" or "" for all columns.
std::string column_list(const driver::BulkTarget& target);
void require_columns(std::size_t given, std::size_t expected, const Place& place);

std::unique_ptr<detail::BulkSink> make_load_data(MysqlConnection& connection,
                                                 const driver::BulkTarget& target,
                                                 const BulkColumns& columns,
                                                 const driver::Call& call);
std::unique_ptr<detail::BulkSink> make_arrays(MysqlConnection& connection,
                                              const driver::BulkTarget& target,
                                              const BulkColumns& columns, const driver::Call& call);
std::unique_ptr<detail::BulkSink> make_rows(MysqlConnection& connection,
                                            const driver::BulkTarget& target,
                                            const BulkColumns& columns, const driver::Call& call);

}  // namespace iacdb::mysql
