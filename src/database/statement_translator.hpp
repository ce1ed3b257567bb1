#pragma once
// Statements of one dialect on a database of another: translated once a text, then run.
//
//   StatementTranslator translator(Dialect::mysql, Dialect::postgres);
//   ExecResult r = translator.exec(connection, "insert ignore into t values (?)", cells, call);
//
// Parameters follow the expressions they stand in, also where one moves or is written twice. What
// becomes several statements runs in one transaction and gives the original's result. Where a
// translation needs the schema, the database is asked once for its tables.
// Throws: QueryError(syntax) and UnsupportedError with line and column of the original text; errors
// of the database. Lifetime: a Cursor until the next call. Threads: one at a time.
// Cost: a look-up by text when known; parsing, passes and printing when not.

#include <iacdb/argument.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/driver.hpp"
#include "driver/statement_cache.hpp"
#include "iacdb/dialect.hpp"
#include "iacdb/policies.hpp"
#include "sql/schema_facts.hpp"

namespace iacdb::database {

/// A statement's translation as it is kept.
struct TranslatedStatement {
  std::vector<std::string> statements;
  std::vector<std::vector<std::uint32_t>> bindings;  ///< per statement: the parameters it takes
  std::size_t answer = 0;
  std::size_t parameters = 0;  ///< of the original
  bool in_order = false;       ///< one statement that takes the parameters as they come
};

/// The rows of an answer, kept until they are read: what follows it has run already.
class KeptRows final : public Cursor {
 public:
  /// Reads a result to its end.
  void keep(Cursor& cursor);
  std::span<const Column> columns() const override { return columns_; }
  bool fetch(Batch& batch) override;
  bool next_result() override { return false; }
  std::uint64_t rows_affected() const override { return rows_affected_; }
  void close() noexcept override {}

 private:
  std::vector<Column> columns_;
  std::vector<Value> values_;
  std::vector<Cell> cells_;
  detail::Scratch scratch_;
  std::uint64_t rows_affected_ = 0;
  std::uint32_t rows_ = 0;
  bool given_ = false;
};

class StatementTranslator {
 public:
  StatementTranslator(Dialect source, Dialect target, const sql::Policies& policies = {})
      : source_(source), target_(target), policies_(policies) {}

  ExecResult exec(driver::Connection& connection, std::string_view sql, std::span<const Cell> cells,
                  const driver::Call& call);
  Cursor& query(driver::Connection& connection, std::string_view sql, std::span<const Cell> cells,
                bool cells_outlive, const driver::Call& call);
  /// What would run. Valid until it is evicted: read it before the next call.
  const TranslatedStatement& translated(driver::Connection& connection, std::string_view sql,
                                        const driver::Call& call) {
    return find(connection, sql, call);
  }

 private:
  static constexpr std::size_t statements_max = 512;

  TranslatedStatement& find(driver::Connection& connection, std::string_view sql,
                            const driver::Call& call);
  std::span<const Cell> bind(const TranslatedStatement& t, std::size_t i,
                             std::span<const Cell> cells);
  void learn_schema(driver::Connection& connection, const driver::Call& call);

  Dialect source_;
  Dialect target_;
  sql::Policies policies_;
  driver::StatementCache<TranslatedStatement> known_{statements_max};
  sql::SchemaFacts schema_;
  std::vector<Cell> cells_;
  std::unique_ptr<KeptRows> kept_;
};

}  // namespace iacdb::database
