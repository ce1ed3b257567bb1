#pragma once
// StatementChoice: which text runs for the one an application sent: its own, or one for this
// database out of a file of named statements or a hint.
//
//   StatementChoice choice(statements, dialect, connection.can());
//   ChosenText t = choice.of("select ..");   // t.is_native: not to be translated
//
// Throws: UsageError for a hint that is wrong. Lifetime: a text until the next call.
// Threads: one at a time. Cost: a look-up by text when known.

#include <memory>
#include <string>
#include <string_view>

#include "database/parameters.hpp"
#include "driver/statement_cache.hpp"
#include "iacdb/capabilities.hpp"
#include "sql/named_statements.hpp"

namespace iacdb::database {

struct ChosenText {
  std::string_view text;
  bool is_native = false;  ///< Written for this database, whatever the program's dialect is.
};

/// What a server is to the texts that are written for it.
sql::Server server_of(const Capabilities& can);

class StatementChoice {
 public:
  /// `statements` may be null; `dialect` is that of the program's SQL.
  StatementChoice(std::shared_ptr<const sql::NamedStatements> statements, Dialect dialect,
                  const Capabilities& can)
      : statements_(std::move(statements)), dialect_(dialect), server_(server_of(can)) {}

  ChosenText of(std::string_view sql);

  Dialect native_dialect() const noexcept { return server_.dialect; }
  /// Of native texts: the same words may stand for something else in the program's dialect.
  RewriteCache& native_rewrites() noexcept { return native_rewrites_; }

 private:
  static constexpr std::size_t statements_max = 512;

  struct Kept {
    std::string text;
    bool is_other = false;  ///< `text` runs, not what was sent.
    bool is_native = false;
  };
  Kept find(std::string_view sql) const;

  std::shared_ptr<const sql::NamedStatements> statements_;
  Dialect dialect_;
  sql::Server server_;
  driver::StatementCache<Kept> known_{statements_max};
  RewriteCache native_rewrites_{64};
};

}  // namespace iacdb::database
