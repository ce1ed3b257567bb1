// Results as JSON: a document for those who want it whole, NDJSON for those who read as it comes.

#include "core/json.hpp"
#include "http/api.hpp"
#include "http/errors.hpp"
#include "http/target.hpp"

namespace iacdb::http {
namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;

/// The type of a column. SQLite knows none for an expression: the first row's value tells then.
Type type_of(const Column& column, std::size_t at, const Row* first) {
  return column.type == Type::null && first != nullptr ? (*first)[at].type() : column.type;
}

void append_columns(std::string& out, std::span<const Column> columns, const Row* first) {
  out += "\"columns\":[";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += i == 0 ? "{\"name\":" : ",{\"name\":";
    core::append_json_string(out, columns[i].name);
    out += ",\"type\":";
    core::append_json_string(out, to_string(type_of(columns[i], i, first)));
    out += ",\"database_type\":";
    core::append_json_string(out, columns[i].database_type);
    out += '}';
  }
  out += ']';
}

void append_row(std::string& out, const Row& row) {
  out += '[';
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out += ',';
    core::append_json(out, row[i]);
  }
  out += ']';
}

/// The answer in pieces, with its limits: what was sent cannot be taken back, so a limit that is
/// passed, or a failure, ends it with an error that a reader cannot take for the end.
class ResultStream {
 public:
  ResultStream(Reply& reply, const config::ServeLimits& limits, bool ndjson)
      : reply_(reply), limits_(limits), ndjson_(ndjson) {}

  /// `first`: the first row, when there is one.
  void begin(std::span<const Column> columns, const Row* first) {
    if (!ndjson_ && results_ > 0) buffer_ += results_ == 1 ? ",\"more_results\":[" : ",";
    ++results_;
    rows_ = 0;
    in_result_ = true;
    buffer_ += '{';
    append_columns(buffer_, columns, first);
    buffer_ += ndjson_ ? "}\n" : ",\"rows\":[";
  }
  void row(const Row& row) {
    if (++rows_all_ > limits_.result_rows_max) raise_too_large("rows", limits_.result_rows_max);
    if (!ndjson_ && rows_ > 0) buffer_ += ',';
    ++rows_;
    append_row(buffer_, row);
    if (ndjson_) buffer_ += '\n';
    if (bytes_ + buffer_.size() > limits_.result_bytes_max) {
      raise_too_large("bytes", limits_.result_bytes_max);
    }
    if (buffer_.size() >= chunk_bytes) flush();
  }
  /// Ends one result. JSON keeps the first one's object open: what follows goes into it.
  void end(std::uint64_t affected) {
    buffer_ += (ndjson_ ? "{\"row_count\":" : "],\"row_count\":") + std::to_string(rows_) +
               ",\"rows_affected\":" + std::to_string(affected);
    in_result_ = false;
    if (ndjson_ || results_ > 1) buffer_ += '}';
    if (ndjson_) buffer_ += '\n';
  }
  void finish() {
    if (!ndjson_) buffer_ += results_ > 1 ? "]}\n" : "}\n";
    if (!reply_.is_started()) {
      reply_.send(200, content_type(), buffer_);
      return;
    }
    flush();
    reply_.finish();
  }
  /// Says the error inside a stream that has begun.
  void fail(const Error& error) {
    const std::string text = error_json(error);
    if (ndjson_) {
      buffer_ += text + "\n";
    } else {
      const std::string end =
          in_result_     ? "],\"row_count\":" + std::to_string(rows_) + (results_ > 1 ? "}]" : "")
          : results_ > 1 ? "]"
                         : "";
      buffer_ += end + "," + text.substr(1) + "\n";
    }
    flush();
    reply_.finish();
  }

 private:
  std::string_view content_type() const {
    return ndjson_ ? "application/x-ndjson" : "application/json";
  }
  void flush() {
    if (!reply_.is_started()) reply_.start(200, content_type());
    bytes_ += buffer_.size();
    reply_.chunk(buffer_);
    buffer_.clear();
  }
  [[noreturn]] void raise_too_large(std::string_view unit, std::uint64_t most) {
    raise(ErrorKind::resource, "the result is larger than the service's limit of " +
                                   std::to_string(most) + " " + std::string(unit) +
                                   "; ask for fewer rows or raise serve.limits");
  }

  Reply& reply_;
  const config::ServeLimits& limits_;
  const bool ndjson_;
  std::string buffer_;
  std::uint64_t results_ = 0;
  std::uint64_t rows_ = 0;      // Of the result that is being written.
  std::uint64_t rows_all_ = 0;  // Of all of them.
  std::uint64_t bytes_ = 0;
  bool in_result_ = false;
};

}  // namespace

void answer_query(Queryable& queryable, const StatementBody& body, std::string_view accept,
                  const config::ServeLimits& limits, Reply& reply) {
  const BoundParameters bound(body);
  ResultStream stream(reply, limits, accepts(accept, "application/x-ndjson"));
  try {
    auto rows = queryable.query(body.sql, bound.arguments());
    do {
      bool more = rows.next();
      const Row* first = nullptr;
      if (more) first = &rows.current();
      stream.begin(rows.columns(), first);
      for (; more; more = rows.next()) stream.row(rows.current());
      stream.end(rows.rows_affected());
    } while (rows.next_result());
    stream.finish();
  } catch (const Error& error) {
    if (!reply.is_started()) throw;
    stream.fail(error);
  }
}

void answer_exec(Queryable& queryable, const StatementBody& body, Reply& reply) {
  const BoundParameters bound(body);
  const ExecResult result = queryable.exec(body.sql, bound.arguments());
  std::string out = "{\"rows_affected\":" + std::to_string(result.rows_affected);
  if (result.generated_id) out += ",\"generated_id\":" + std::to_string(*result.generated_id);
  reply.json(200, out + "}\n");
}

}  // namespace iacdb::http
