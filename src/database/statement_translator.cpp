#include "database/statement_translator.hpp"

#include "iacdb/argument.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/schema_queries.hpp"
#include "sql/translate.hpp"

namespace iacdb::database {
namespace {

[[noreturn]] void refuse(const sql::TranslationError& error, Dialect source, Dialect target) {
  const bool syntax = error.code == "syntax";
  raise(ErrorFacts{
      .kind = syntax ? ErrorKind::syntax : ErrorKind::unsupported,
      .message =
          (syntax ? "the " + std::string(to_string(source)) + " statement cannot be read: "
                  : "the statement cannot be kept on " + std::string(to_string(target)) + ": ") +
          error.message,
      .where = "line " + std::to_string(error.line) + ", column " + std::to_string(error.column)});
}

/// The server's places are those of a text that its writer never saw.
[[noreturn]] void raise_translated(const Error& error, Dialect target) {
  ErrorFacts facts = error.facts();
  facts.where = "in the statement as translated to " + std::string(to_string(target)) +
                (facts.where.empty() ? "" : ": " + facts.where);
  raise(std::move(facts));
}

bool points_into_text(const Error& error) {
  return error.kind() == ErrorKind::syntax || error.kind() == ErrorKind::undefined_object;
}

/// Runs several statements as one: all or none.
class Together {
 public:
  Together(driver::Connection& connection, const driver::Call& call)
      : connection_(connection),
        call_(call),
        own_(connection.state() == driver::SessionState::idle) {
    if (own_) {
      connection_.begin({}, call_);
    } else {
      connection_.savepoint(name, call_);
    }
  }
  ~Together() {
    if (done_ || connection_.state() == driver::SessionState::broken) return;
    try {
      if (own_) {
        connection_.rollback(call_);
      } else {
        connection_.rollback_to_savepoint(name, call_);
      }
    } catch (const Error&) {
      return;  // the connection is reset before anybody uses it again
    }
  }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

  void commit() {
    if (own_) {
      connection_.commit(call_);
    } else {
      connection_.release_savepoint(name, call_);
    }
    done_ = true;
  }

 private:
  static constexpr std::string_view name = "iacdb_translated";

  driver::Connection& connection_;
  const driver::Call& call_;
  bool own_;
  bool done_ = false;
};

/// The texts of a query's rows, the columns joined by a blank.
std::vector<std::vector<std::string>> texts_of(driver::Connection& connection,
                                               std::string_view query, const driver::Call& call) {
  std::vector<std::vector<std::string>> rows;
  Cursor& cursor = connection.query(query, {}, true, call);
  Batch batch;
  const std::size_t width = cursor.columns().size();
  while (cursor.fetch(batch)) {
    for (std::size_t r = 0; r < batch.rows_count; ++r) {
      std::vector<std::string>& row = rows.emplace_back();
      for (std::size_t i = 0; i < width; ++i) {
        row.push_back(read_cell<std::string>(batch.cells[r * width + i]));
      }
    }
  }
  cursor.close();
  return rows;
}

}  // namespace

void KeptRows::keep(Cursor& cursor) {
  const auto columns = cursor.columns();
  columns_.assign(columns.begin(), columns.end());
  values_.clear();
  cells_.clear();
  rows_ = 0;
  given_ = false;
  Batch batch;
  while (cursor.fetch(batch)) {
    for (std::size_t i = 0; i < batch.rows_count * columns_.size(); ++i) {
      values_.push_back(Value::of(batch.cells[i], columns_[i % columns_.size()].type));
    }
    rows_ += batch.rows_count;
  }
  rows_affected_ = cursor.rows_affected();
  cursor.close();
  for (const Value& value : values_) cells_.push_back(detail::cell_of_value(value, scratch_));
}

bool KeptRows::fetch(Batch& batch) {
  batch = {};
  if (given_ || rows_ == 0) return false;
  given_ = true;
  batch.cells = cells_.data();
  batch.rows_count = rows_;
  return true;
}

void StatementTranslator::learn_schema(driver::Connection& connection, const driver::Call& call) {
  std::string ddl;
  for (const auto& row : texts_of(connection, sql::tables_query(target_), call)) {
    if (target_ != Dialect::mysql) {
      ddl += row[0] + "\n";
      continue;
    }
    std::string quoted = "`";
    for (const char c : row[0]) quoted += c == '`' ? "``" : std::string(1, c);
    const auto made = texts_of(connection, "show create table " + quoted + "`", call);
    if (!made.empty() && made[0].size() > 1) ddl += made[0][1] + ";\n";
  }
  schema_ = sql::read_schema(ddl, target_);
}

TranslatedStatement& StatementTranslator::find(driver::Connection& connection, std::string_view sql,
                                               const driver::Call& call) {
  if (TranslatedStatement* found = known_.find(sql)) return *found;
  sql::TranslateOptions options;
  options.schema = schema_.tables.empty() ? nullptr : &schema_;
  options.whole_database = true;
  options.mark_parameters = true;
  options.policies = policies_;
  sql::Translation t = sql::translate(sql, source_, target_, options);
  if (t.error && t.error->code == "schema") {
    learn_schema(connection, call);
    options.schema = &schema_;
    t = sql::translate(sql, source_, target_, options);
  }
  const bool empty =
      t.error && sql::Lexer(sql, source_).next_significant().kind == sql::TokenKind::end;
  if (t.error && !empty) refuse(*t.error, source_, target_);
  TranslatedStatement made{std::move(t.statements), std::move(t.bindings), t.answer, t.parameters,
                           false};
  if (made.statements.size() == 1) {
    made.in_order = true;
    for (std::size_t i = 0; i < made.bindings[0].size(); ++i) {
      made.in_order = made.in_order && made.bindings[0][i] == i;
    }
  }
  return known_.insert(sql, std::move(made));
}

std::span<const Cell> StatementTranslator::bind(const TranslatedStatement& t, std::size_t i,
                                                std::span<const Cell> cells) {
  if (cells.size() != t.parameters) {
    raise(ErrorKind::usage, "the statement has " + std::to_string(t.parameters) +
                                " parameters, but " + std::to_string(cells.size()) + " were given");
  }
  if (t.in_order && t.bindings[i].size() == cells.size()) return cells;
  cells_.clear();
  for (const std::uint32_t parameter : t.bindings[i]) cells_.push_back(cells[parameter]);
  return cells_;
}

ExecResult StatementTranslator::exec(driver::Connection& connection, std::string_view sql,
                                     std::span<const Cell> cells, const driver::Call& call) {
  const TranslatedStatement& t = find(connection, sql, call);
  try {
    if (t.statements.empty()) return {};
    if (t.statements.size() == 1) {
      return connection.exec(t.statements[0], bind(t, 0, cells), call);
    }
    ExecResult answer;
    Together together(connection, call);
    for (std::size_t i = 0; i < t.statements.size(); ++i) {
      ExecResult one = connection.exec(t.statements[i], bind(t, i, cells), call);
      if (i == t.answer) answer = one;
    }
    together.commit();
    return answer;
  } catch (const Error& error) {
    if (points_into_text(error)) raise_translated(error, target_);
    throw;
  }
}

Cursor& StatementTranslator::query(driver::Connection& connection, std::string_view sql,
                                   std::span<const Cell> cells, bool cells_outlive,
                                   const driver::Call& call) {
  const TranslatedStatement& t = find(connection, sql, call);
  try {
    if (t.statements.size() == 1) {
      const auto bound = bind(t, 0, cells);
      return connection.query(t.statements[0], bound,
                              cells_outlive || bound.data() == cells_.data(), call);
    }
    kept_ = std::make_unique<KeptRows>();
    if (t.statements.empty()) return *kept_;
    Together together(connection, call);
    for (std::size_t i = 0; i < t.statements.size(); ++i) {
      const auto bound = bind(t, i, cells);
      if (i == t.answer) {
        kept_->keep(connection.query(t.statements[i], bound, true, call));
      } else {
        connection.exec(t.statements[i], bound, call);
      }
    }
    together.commit();
    return *kept_;
  } catch (const Error& error) {
    if (points_into_text(error)) raise_translated(error, target_);
    throw;
  }
}

}  // namespace iacdb::database
