#include <charconv>

#include "backends/mysql/bulk.hpp"
#include "backends/mysql/bulk_text.hpp"
#include "backends/mysql/error_table.hpp"
#include "backends/mysql/local_files.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::size_t chunk_bytes = 4 * 1024 * 1024;

std::string load_text(const MysqlConnection& connection, const driver::BulkTarget& target) {
  // Notes (a rounded decimal) are none of an INSERT's errors and must not count as warnings here.
  // Numbers stand for the separators, so that NO_BACKSLASH_ESCAPES does not change their meaning.
  std::string text = connection.server().is_mariadb ? "SET STATEMENT sql_notes=0 FOR " : "";
  text += "LOAD DATA LOCAL INFILE 'iacdb' INTO TABLE " + target.table +
          " CHARACTER SET utf8mb4 FIELDS TERMINATED BY 0x09 ESCAPED BY 0x5C"
          " LINES TERMINATED BY 0x0A";
  const std::string list = column_list(target);
  if (!list.empty()) text += " (" + list + ")";
  return text;
}

/// The number behind "Warnings: " in mysql_info's "Records: 3  Deleted: 0  Skipped: 0  Warnings:
/// 0".
std::uint64_t count_of(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(name);
  std::uint64_t count = 0;
  if (at == info.npos) return count;
  std::from_chars(info.data() + at + name.size(), info.data() + info.size(), count);
  return count;
}

class LoadData final : public detail::BulkSink {
 public:
  LoadData(MysqlConnection& connection, const driver::BulkTarget& target,
           const BulkColumns& columns, const driver::Call& call)
      : connection_(connection),
        columns_(columns),
        sql_(load_text(connection, target)),
        scope_(connection, call) {}

  void write(std::span<const Cell> row) override {
    scope_.run([&] {
      const Place place{connection_.host(), sql_};
      require_columns(row.size(), columns_.count, place);
      text_.append_row(row, place);
      ++rows_;
      if (text_.size() >= chunk_bytes) [[unlikely]]
        flush();
    });
  }

  std::uint64_t finish() override {
    if (rows_ > 0) scope_.run([this] { flush(); });
    scope_.finish();
    return total_;
  }

 private:
  void flush() {
    Limits limits(scope_.call(), &connection_.canceller());
    connection_.start(limits);
    MYSQL* handle = connection_.handle();
    MemorySource source{text_.view()};
    serve_memory(handle, &source);
    const int code = ::mysql_real_query(handle, sql_.data(), sql_.size());
    refuse_local_files(handle);
    if (code != 0) connection_.fail(failure_of(handle), &limits, sql_);
    check();
    total_ += rows_;
    rows_ = 0;
    text_.clear();
  }

  /// LOCAL turns errors into warnings and skips duplicates: none of that may pass.
  void check() {
    MYSQL* handle = connection_.handle();
    const char* info_text = ::mysql_info(handle);
    const std::string info = info_text == nullptr ? "" : info_text;
    if (::mysql_affected_rows(handle) == rows_ && count_of(info, "Skipped: ") == 0 &&
        count_of(info, "Warnings: ") == 0) {
      return;
    }
    const Failure failure = first_warning();
    ErrorFacts facts = facts_of(failure, {connection_.host(), sql_});
    if (failure.code == 0) {
      facts.kind = ErrorKind::data;
      facts.message = "the server did not take every row of the bulk insert";
    }
    facts.message += "; nothing of the bulk insert was kept";
    raise(std::move(facts));
  }

  Failure first_warning() {
    constexpr std::string_view text = "SHOW WARNINGS";
    MYSQL* handle = connection_.handle();
    if (::mysql_real_query(handle, text.data(), text.size()) != 0) return failure_of(handle);
    const Result result(::mysql_store_result(handle));
    if (!result) return failure_of(handle);
    Failure failure;
    while (const MYSQL_ROW row = ::mysql_fetch_row(result.get())) {
      const std::string_view level(row[0] ? row[0] : "");
      if (level == "Note") continue;
      const std::string_view code(row[1] ? row[1] : "");
      std::from_chars(code.data(), code.data() + code.size(), failure.code);
      failure.server_message = row[2] ? row[2] : "";
      break;
    }
    return failure;
  }

  MysqlConnection& connection_;
  BulkColumns columns_;
  std::string sql_;
  BulkText text_;
  std::uint64_t rows_ = 0;
  std::uint64_t total_ = 0;
  BulkScope scope_;
};

}  // namespace

std::unique_ptr<detail::BulkSink> make_load_data(MysqlConnection& connection,
                                                 const driver::BulkTarget& target,
                                                 const BulkColumns& columns,
                                                 const driver::Call& call) {
  return std::make_unique<LoadData>(connection, target, columns, call);
}

}  // namespace iacdb::mysql
