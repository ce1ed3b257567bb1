#include "observe/statement_spans.hpp"

#include "base/text.hpp"
#include "iacdb/error.hpp"

namespace iacdb::observe {
namespace {

/// The next word of the text, taken off it.
std::string_view take_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \t\r\n(,;");  // all that ends a word, or it stops
  if (begin == text.npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n(,;"));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

std::string system_name(std::string_view backend) {
  if (backend == "postgres") return "postgresql";
  if (backend == "mssql") return "microsoft.sql_server";
  if (backend == "oracle") return "oracle.db";
  return std::string(backend);
}

std::string summary_of(std::string_view fingerprint) {
  std::string operation = base::upper(take_word(fingerprint));
  if (operation == "UPDATE") return operation + " " + std::string(take_word(fingerprint));
  const std::string_view before_table = operation == "SELECT" || operation == "DELETE"    ? "from"
                                        : operation == "INSERT" || operation == "REPLACE" ? "into"
                                                                                          : "";
  while (!before_table.empty() && !fingerprint.empty()) {
    if (base::lower(take_word(fingerprint)) != before_table) continue;
    const std::string_view table = take_word(fingerprint);
    if (!table.empty() && table != "SELECT" && table != "select") {
      return operation + " " + std::string(table);
    }
  }
  return operation;
}

StatementSpans::StatementSpans(std::shared_ptr<Tracer> tracer, TraceContext parent,
                               DatabasePlace place)
    : tracer_(std::move(tracer)), parent_(parent), place_(std::move(place)) {}

void StatementSpans::on_query(const QueryEvent& event) {
  Span span;
  span.context = tracer_->start(parent_);
  span.kind = SpanKind::client;
  span.end = std::chrono::system_clock::now();
  span.start =
      span.end - std::chrono::duration_cast<std::chrono::system_clock::duration>(event.duration);
  const std::string text = event.fingerprint();
  const std::string summary = summary_of(text);
  span.name = summary.empty() ? place_.system : summary;
  span.add("db.system.name", place_.system);
  span.add_if("db.namespace", place_.namespace_);
  span.add_if("db.operation.name", summary.substr(0, summary.find(' ')));
  span.add_if("db.query.summary", summary);
  span.add_if("db.query.text", text);
  span.add("db.response.returned_rows", static_cast<std::int64_t>(event.rows));
  span.add_if("server.address", place_.address);
  if (place_.port != 0) span.add("server.port", std::int64_t{place_.port});
  if (event.error != nullptr) {
    const Error& error = *event.error;
    if (!error.sqlstate().empty()) {
      span.add("db.response.status_code", error.sqlstate());
    } else if (error.native_code() != 0) {
      span.add("db.response.status_code", std::to_string(error.native_code()));
    }
    span.fail(to_string(error.kind()));
  }
  tracer_->record(std::move(span));
}

}  // namespace iacdb::observe
