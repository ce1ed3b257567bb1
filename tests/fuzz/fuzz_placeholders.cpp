// Placeholders: what is rewritten has one native marker a binding, no binding beyond the
// parameters, and reads as the same tokens but for its markers.
//
// The first byte chooses the dialect and the form, the rest is the statement.

#include <cstdint>
#include <cstdlib>
#include <iacdb/error.hpp>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/placeholders.hpp"

namespace {

using iacdb::Dialect;
using iacdb::sql::Lexer;
using iacdb::sql::Token;
using iacdb::sql::TokenKind;

constexpr Dialect dialects[] = {Dialect::sqlite, Dialect::postgres, Dialect::mysql, Dialect::tsql,
                                Dialect::oracle};

void require(bool condition) {
  if (!condition) std::abort();
}

/// A parameter as each dialect's rewritten text has it.
bool is_marker(const Token& token, Dialect dialect) {
  return token.kind ==
         (dialect == Dialect::postgres ? TokenKind::dollar_parameter : TokenKind::question);
}

std::size_t count_markers(std::string_view text, Dialect dialect) {
  std::size_t count = 0;
  Lexer lexer(text, dialect);
  for (Token t = lexer.next(); t.kind != TokenKind::end; t = lexer.next()) {
    count += is_marker(t, dialect) ? 1 : 0;
  }
  return count;
}

void check(std::string_view text, Dialect dialect, bool named, std::size_t values) {
  const std::size_t parameters =
      named ? iacdb::sql::parameter_names(text, dialect).size()
            : iacdb::sql::rewrite(text, dialect, {.portable = true}).parameters;
  if (named && parameters == 0) return;  // Nobody rewrites a text for names that it has not.
  const std::vector<std::size_t> counts(parameters, values);
  const auto rewritten = iacdb::sql::rewrite(text, dialect, {.named = named, .counts = counts});
  require(rewritten.parameters == parameters);
  for (const auto& binding : rewritten.bindings) {
    require(binding.parameter < parameters && binding.element < values);
  }
  if (named) require(rewritten.names.size() == parameters);
  std::uint32_t least = 0;
  for (const auto& moved : rewritten.moved) {
    require(moved.source >= least && moved.source + moved.source_size <= text.size());
    require(moved.target + moved.target_size <= rewritten.text.size());
    least = moved.source + moved.source_size;
  }
  // Elsewhere a marker may touch a literal question mark, which reads as one token of two.
  if (parameters > 0 && !named && dialect == Dialect::postgres) {
    require(count_markers(rewritten.text, dialect) >= rewritten.bindings.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Dialect dialect = dialects[data[0] % std::size(dialects)];
  const bool named = (data[0] / std::size(dialects)) % 2 == 1;
  const std::size_t values = 1 + (data[0] / 16) % 3;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    check(text, dialect, named, values);
  } catch (const iacdb::QueryError&) {
    // The text is no SQL, and it says so.
  } catch (const iacdb::UsageError&) {
    // `?` mixed with `:name`, or a marker where none may stand.
  }
  return 0;
}
