#include "backends/sqlite/declared_type.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace iacdb::backends::sqlite {
namespace {

/// Lower case, without "(...)", blanks made one.
std::string normalised(std::string_view declared) {
  std::string text;
  int depth = 0;
  for (const char c : declared) {
    if (c == '(') ++depth;
    if (depth == 0) {
      const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
      if (!blank) {
        text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      } else if (!text.empty() && text.back() != ' ') {
        text += ' ';
      }
    }
    if (c == ')') --depth;
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

constexpr std::array<std::pair<std::string_view, Type>, 20> exact_names{{
    {"bool", Type::boolean},
    {"boolean", Type::boolean},
    {"date", Type::date},
    {"datetime", Type::timestamp},
    {"dec", Type::decimal},
    {"decimal", Type::decimal},
    {"guid", Type::uuid},
    {"interval", Type::interval},
    {"json", Type::json},
    {"jsonb", Type::json},
    {"number", Type::decimal},
    {"numeric", Type::decimal},
    {"time", Type::time},
    {"time without time zone", Type::time},
    {"timestamp", Type::timestamp},
    {"timestamp with time zone", Type::timestamptz},
    {"timestamp without time zone", Type::timestamp},
    {"timestamptz", Type::timestamptz},
    {"uuid", Type::uuid},
    {"varbinary", Type::bytes},
}};
static_assert(std::is_sorted(exact_names.begin(), exact_names.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));

/// Parts of a name, in the order in which SQLite looks for them ("Determination Of Column
/// Affinity", https://sqlite.org/datatype3.html).
constexpr std::array<std::pair<std::string_view, Type>, 11> parts{{
    {"int", Type::int64},
    {"serial", Type::int64},
    {"char", Type::text},
    {"clob", Type::text},
    {"text", Type::text},
    {"blob", Type::bytes},
    {"bytea", Type::bytes},
    {"binary", Type::bytes},
    {"real", Type::float64},
    {"floa", Type::float64},
    {"doub", Type::float64},
}};

}  // namespace

Type declared_type(std::string_view declared) {
  const std::string name = normalised(declared);
  const auto* exact =
      std::lower_bound(exact_names.begin(), exact_names.end(), name,
                       [](const auto& entry, const std::string& n) { return entry.first < n; });
  if (exact != exact_names.end() && exact->first == name) return exact->second;
  for (const auto& [part, type] : parts) {
    if (name.find(part) != name.npos) return type;
  }
  return Type::null;
}

}  // namespace iacdb::backends::sqlite
