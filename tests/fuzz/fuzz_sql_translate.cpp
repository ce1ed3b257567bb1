// Statements of any dialect through every pass: a translation or an error comes back, nothing is
// thrown, and the cost has an end.
//
// The first byte chooses the two dialects and whether losses are warnings; the rest is the
// statement.

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "sql/translate.hpp"

namespace {

using iacdb::Dialect;

constexpr Dialect dialects[] = {Dialect::sqlite, Dialect::postgres, Dialect::mysql, Dialect::tsql,
                                Dialect::oracle};
constexpr std::size_t pairs = std::size(dialects) * std::size(dialects);

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  iacdb::sql::TranslateOptions options;
  options.lossy = data[0] / pairs % 2 == 1;
  options.mark_parameters = data[0] / pairs / 2 % 2 == 1;
  const Dialect from = dialects[data[0] % std::size(dialects)];
  const Dialect to = dialects[data[0] / std::size(dialects) % std::size(dialects)];
  const iacdb::sql::Translation t = iacdb::sql::translate(text, from, to, options);
  if (!t.error && t.answer > t.statements.size()) std::abort();
  if (t.error && (t.error->code.empty() || t.error->message.empty())) std::abort();
  return 0;
}
