// SQL text of any dialect: tokens cover the source in order, scripts split into parts of it, and
// nothing that reads text throws anything but a QueryError, or for hints and files what they say.
//
// The first byte chooses the dialect, the rest is the text.

#include <cstdint>
#include <cstdlib>
#include <iacdb/error.hpp>
#include <string_view>

#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"
#include "sql/named_statements.hpp"
#include "sql/placeholders.hpp"
#include "sql/split.hpp"

namespace {

using iacdb::Dialect;

constexpr Dialect dialects[] = {Dialect::sqlite, Dialect::postgres, Dialect::mysql, Dialect::tsql,
                                Dialect::oracle};

void require(bool condition) {
  if (!condition) std::abort();
}

void check_tokens(std::string_view text, Dialect dialect) {
  iacdb::sql::Lexer lexer(text, dialect);
  const char* end = text.data();
  for (auto token = lexer.next(); token.kind != iacdb::sql::TokenKind::end; token = lexer.next()) {
    const auto part = token.text(text);
    require(!part.empty() && part.data() >= end);
    end = part.data() + part.size();
    require(end <= text.data() + text.size());
  }
}

void check_split(std::string_view text, Dialect dialect) {
  std::size_t least = 0;
  for (const auto& statement : iacdb::sql::split(text, dialect)) {
    require(statement.offset >= least && statement.line >= 1);
    require(text.substr(statement.offset, statement.text.size()) == statement.text);
    least = statement.offset + statement.text.size();
  }
}

void check_rewrite(std::string_view text, Dialect dialect, bool named) {
  const auto rewritten = iacdb::sql::rewrite(text, dialect, {.named = named});
  for (std::size_t at = 0; at <= rewritten.text.size(); at += 7)
    require(iacdb::sql::source_offset(rewritten, at) <= text.size());
}

template <class F>
void allow_query_error(F&& f) {
  try {
    f();
  } catch (const iacdb::QueryError&) {
  } catch (const iacdb::UsageError&) {
  } catch (const iacdb::ConfigError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Dialect dialect = dialects[data[0] % std::size(dialects)];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  allow_query_error([&] { check_tokens(text, dialect); });
  allow_query_error([&] { check_split(text, dialect); });
  allow_query_error([&] { check_rewrite(text, dialect, false); });
  allow_query_error([&] { check_rewrite(text, dialect, true); });
  allow_query_error([&] { iacdb::sql::classify(text, dialect); });
  allow_query_error([&] { iacdb::sql::read_hints(text, dialect); });
  allow_query_error([&] { iacdb::sql::NamedStatements::parse(text, "fuzzed", dialect); });
  allow_query_error([&] {
    const auto print = iacdb::sql::fingerprint(text, dialect, 256);
    require(print.hash == iacdb::sql::fingerprint(text, dialect, 1 << 20).hash);
  });
  return 0;
}
