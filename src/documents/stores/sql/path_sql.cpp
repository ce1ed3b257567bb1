#include "documents/stores/sql/path_sql.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

constexpr std::size_t parts_max = 3;
constexpr std::size_t part_bytes_max = 64;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= part_bytes_max && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string joined(PathParts parts, char separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

}  // namespace

bool is_plain_path(PathParts parts) {
  return !parts.empty() && parts.size() <= parts_max &&
         std::all_of(parts.begin(), parts.end(), is_plain_name);
}

std::string path_literal(PathParts parts) {
  return "'{" + joined(parts, ',') + "}'";
}

std::string leaf_sql(const SqlForm& form, PathParts parts) {
  if (form.postgres) return "(doc #> " + path_literal(parts) + ")";
  return "json_extract(doc, '$." + joined(parts, '.') + "')";
}

std::string root_sql(PathParts parts) {
  return "(doc -> '" + parts[0] + "')";
}

std::string root_in_gin_sql(PathParts parts) {
  return "jsonb_typeof(" + root_sql(parts) + ") <> 'number'";
}

std::string order_sql(const SqlForm& form, PathParts parts) {
  if (!form.postgres) return leaf_sql(form, parts);
  const std::string leaf = leaf_sql(form, parts);
  const std::string date = "(doc #> '{" + joined(parts, ',') + ",$date}')";
  return "(case when jsonb_typeof(" + leaf + ") = 'number' then " + leaf +
         "::numeric when jsonb_typeof(" + date + ") = 'number' then " + date + "::numeric end)";
}

std::string array_sql(const SqlForm& form, PathParts parts) {
  const std::string leaf = leaf_sql(form, parts);
  if (form.postgres) return "jsonb_typeof(" + leaf + ") = 'array'";
  return "(" + leaf + " >= '[' and " + leaf + " < '\\')";
}

}  // namespace iacdb::doc
