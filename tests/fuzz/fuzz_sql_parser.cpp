// Statements of any dialect: what parses prints, what does not parse or print is a QueryError.
// That the printed text means the same is tested with real statements, in src/sql.
//
// The first byte chooses the dialect, the rest is the statement.

#include <cstdint>
#include <iacdb/error.hpp>
#include <iterator>
#include <string_view>

#include "sql/parser.hpp"
#include "sql/printer.hpp"

namespace {

using iacdb::Dialect;

constexpr Dialect dialects[] = {Dialect::sqlite, Dialect::postgres, Dialect::mysql, Dialect::tsql,
                                Dialect::oracle};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    iacdb::sql::Arena arena;
    const auto* tree = iacdb::sql::parse(text, dialects[data[0] % std::size(dialects)], arena);
    for (const Dialect dialect : dialects) iacdb::sql::print(*tree, dialect);
  } catch (const iacdb::QueryError&) {
    return 0;  // expected for most inputs
  }
  return 0;
}
