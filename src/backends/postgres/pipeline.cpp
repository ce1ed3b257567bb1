#include <exception>
#include <map>
#include <utility>

#include "backends/postgres/connection.hpp"
#include "iacdb/argument.hpp"
#include "sql/placeholders.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

/// Statements joined to one group with one Sync: outside a transaction all of them happen or none.
///
/// A statement that is not prepared yet is parsed in the same group. Its parameters go as text,
/// because their types are not known before the server has answered.
class Pipeline {
 public:
  Pipeline(Exchange& exchange, Statements& statements, std::span<const PipelinedStatement> items,
           const io::Wait& wait)
      : exchange_(exchange), statements_(statements), items_(items), wait_(wait) {
    statements_.pin();
  }
  ~Pipeline() { statements_.unpin(); }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  std::vector<ExecResult> run() {
    exchange_.open_group();
    for (std::size_t i = 0; i < items_.size(); ++i) put(i);
    exchange_.sync();
    exchange_.send(wait_);
    exchange_.skip_prefix(wait_);
    results_.resize(items_.size());
    while (!exchange_.is_idle()) take(exchange_.next(wait_));
    for (auto& [index, prepared] : parsed_) {
      if (statements_.keeps_statements()) statements_.keep(items_[index].sql, std::move(prepared));
    }
    return std::move(results_);
  }

  std::string_view failed_sql() const noexcept {
    return at_ < items_.size() ? std::string_view(items_[at_].sql) : std::string_view();
  }

 private:
  void put(std::size_t index) {
    const PipelinedStatement& item = items_[index];
    detail::Scratch scratch;
    std::vector<Cell> cells;
    for (const Value& value : item.parameters)
      cells.push_back(detail::cell_of_value(value, scratch));
    BindTarget target;
    if (Prepared* known = statements_.find(item.sql)) {
      check_count(*known, cells.size());
      statements_.set_touched(statements_.touched_session() || known->touches_session);
      target = known->target();
      target.result_formats = {};
    } else {
      target.name = parse(index).name.text();
    }
    BindScratch bind_scratch;
    encode_bind(exchange_.out(), target, cells, bind_scratch);
    wp::encode_execute(exchange_.out(), {}, 0);
  }

  const Prepared& parse(std::size_t index) {
    const std::string& sql = items_[index].sql;
    if (const auto found = by_sql_.find(sql);
        found != by_sql_.end() && statements_.keeps_statements()) {
      return parsed_[found->second];
    }
    check_text(sql, 0);
    Prepared& prepared = parsed_[index];
    Statements::judge(sql, 1, prepared);
    statements_.set_touched(statements_.touched_session() || prepared.touches_session);
    prepared.name = ServerName(statements_.new_name(), &exchange_.closing());
    const auto rewritten = sql::rewrite(sql, Dialect::postgres);
    wp::encode_parse(exchange_.out(), prepared.name.text(), rewritten.text, {});
    wp::encode_describe(exchange_.out(), wp::Target::statement, prepared.name.text());
    by_sql_.emplace(sql, index);
    return prepared;
  }

  void take(const wp::Message& message) {
    switch (message.type) {
      case wp::backend::parameter_description:
        wp::decode_parameter_description(message.body, parsed_.at(at_).parameter_oids);
        break;
      case wp::backend::row_description: {
        std::vector<wp::FieldDescription> fields;
        wp::decode_row_description(message.body, fields);
        plan_columns(fields, parsed_.at(at_).plan);
        break;
      }
      case wp::backend::command_complete:
        if (at_ >= items_.size()) wp::raise_malformed("answers to a pipeline");
        results_[at_].rows_affected = rows_changed(wp::decode_command_complete(message.body));
        ++at_;
        break;
      case wp::backend::empty_query_response:
        ++at_;
        break;
      case wp::backend::error_response: {
        const auto rewritten = sql::rewrite(failed_sql(), Dialect::postgres);
        exchange_.fail(message, {.sql = failed_sql(), .rewritten = &rewritten}, wait_);
      }
      case wp::backend::ready_for_query:
        return exchange_.take_ready(message);
      default:
        break;
    }
    exchange_.consume(message);
  }

  Exchange& exchange_;
  Statements& statements_;
  std::span<const PipelinedStatement> items_;
  io::Wait wait_;
  std::map<std::size_t, Prepared> parsed_;
  std::map<std::string_view, std::size_t> by_sql_;
  std::vector<ExecResult> results_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<ExecResult> PostgresConnection::pipeline(std::span<const PipelinedStatement> statements,
                                                     const driver::Call& call) {
  require_no_cursor();
  if (statements.empty()) return {};
  for (bool again = false;; again = true) {
    std::string failed;
    try {
      Pipeline pipeline(exchange_, statements_, statements, wait_of(call));
      try {
        return pipeline.run();
      } catch (...) {
        failed = pipeline.failed_sql();
        throw;
      }
    } catch (...) {
      // Stale statements are prepared again; outside a transaction nothing has happened yet.
      const bool stale = exchange_.is_idle() && exchange_.last_error_was_stale() &&
                         exchange_.status() == wp::TransactionStatus::idle;
      if (stale && !again && !exchange_.is_broken() && statements_.find(failed) != nullptr) {
        for (const auto& statement : statements) statements_.erase(statement.sql);
        continue;
      }
      exchange_.recover(std::current_exception(), failed);
    }
  }
}

}  // namespace iacdb::backends::postgres
