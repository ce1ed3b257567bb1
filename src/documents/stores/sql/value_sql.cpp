#include "documents/stores/sql/value_sql.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

std::string joined(const std::vector<std::string>& conditions, std::string_view neutral,
                   std::string_view decisive, const char* word) {
  std::string out;
  int count = 0;
  for (const std::string& one : conditions) {
    if (one == decisive) return std::string(decisive);
    if (one == neutral) continue;
    out += (count++ > 0 ? word : "") + one;
  }
  if (count == 0) return std::string(neutral);
  return count == 1 ? out : "(" + out + ")";
}

}  // namespace

std::string both(const std::vector<std::string>& conditions) {
  return joined(conditions, "true", "false", " and ");
}

std::string either(const std::vector<std::string>& conditions) {
  return joined(conditions, "false", "true", " or ");
}

std::string inverse(const std::string& condition) {
  if (condition == "true") return "false";
  if (condition == "false") return "true";
  return "(not " + condition + ")";
}

std::string literal(const std::string& text) {
  // By E'' a backslash means the same whatever a session has set.
  std::string out = text.find('\\') == std::string::npos ? "'" : "E'";
  for (const char c : text) {
    out += c;
    if (c == '\'' || c == '\\') out += c;
  }
  return out + "'";
}

}  // namespace iacdb::doc
