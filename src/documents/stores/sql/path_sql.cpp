#include "documents/stores/sql/path_sql.hpp"

#include <algorithm>
#include <unordered_map>

namespace iacdb::doc {
namespace {

constexpr std::size_t parts_max = 3;
constexpr std::size_t part_bytes_max = 64;
/// Makes milliseconds that are never negative.
constexpr const char* date_key_offset = "9223372036854775808";

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

std::string sqlite_path(PathParts parts) {
  return "'$." + joined(parts, '.') + "'";
}

std::string postgres_leaf(PathParts parts) {
  return "(doc #> " + path_literal(parts) + ")";
}
std::string postgres_leaf_text(PathParts parts) {
  return "(doc #>> " + path_literal(parts) + ")";
}

// A decimal ends in 000, and SQLite keeps 17 digits at most, the last of them perhaps wrong.
std::string odd_leaf_in_sqlite(PathParts parts) {
  const std::string path = sqlite_path(parts);
  return "(case json_type(doc, " + path +
         ") when 'null' then 0 when 'integer' then 0 when 'text' then 0 when 'real' then "
         "abs(json_extract(doc, " +
         path + ")) > 9007199254740992.0 or length(doc -> " + path + ") > 17 or substr(doc -> " +
         path + ", -3) = '000' else json_type(doc, " + path + ") is not null end)";
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
  if (form.postgres) return postgres_leaf(parts);
  return "json_extract(doc, " + sqlite_path(parts) + ")";
}

std::string root_sql(PathParts parts) {
  return "(doc -> '" + parts[0] + "')";
}

namespace {

// Numbers beyond 2^53 are exact as integers that fit 64 bits; what else is there has lost digits,
// or stands beside others that have.
std::string made_number_key(PathParts parts) {
  const std::string leaf = postgres_leaf(parts);
  const std::string n = leaf + "::numeric";
  std::string out =
      "(case coalesce(jsonb_typeof" + leaf + ", 'null') when 'number' then case when abs(" + n +
      ") <= 9007199254740992 or (scale(" + n + ") = 0 and abs(" + n +
      ") < 9223372036854775808) then " + n + " end when 'null' then " + null_number + " end)";
  for (std::size_t i = parts.size() - 1; i > 0; --i) {
    out = "(case when jsonb_typeof" + postgres_leaf(parts.first(i)) +
          " is distinct from 'array' then " + out + " end)";
  }
  return out;
}

std::string made_text_key(PathParts parts) {
  std::vector<std::string> within(parts.begin(), parts.end());
  within.emplace_back("$date");
  const std::string date = postgres_leaf(within);
  within.back() = "$oid";
  const std::string text = postgres_leaf_text(parts);
  return "(case jsonb_typeof" + postgres_leaf(parts) + " when 'string' then case when length" +
         text + " <= " + std::to_string(key_characters_max) + " then '3' || " + text +
         " end when 'boolean' then case " + text +
         " when 'true' then '81' else '80' end when 'object' then case when jsonb_typeof" + date +
         " = 'number' then '9' || lpad((" + date + "::numeric + " + date_key_offset +
         ")::text, 20, '0') else '7' || left(" + postgres_leaf_text(within) +
         ", 24) end end collate \"C\")";
}

std::string made_odd_in_sqlite(PathParts parts) {
  std::string out = odd_leaf_in_sqlite(parts);
  for (std::size_t n = parts.size() - 1; n > 0; --n) {
    out = "(case when json_type(doc, " + sqlite_path(parts.first(n)) + ") = 'array' then 1 else " +
          out + " end)";
  }
  return out;
}

struct LongParts {
  std::string number_key;
  std::string text_key;
  std::string odd;
  std::string odd_in_sqlite;
};

/// They are long, and a program has few paths.
const LongParts& long_parts(PathParts parts) {
  constexpr std::size_t paths_max = 1000;
  thread_local std::unordered_map<std::string, LongParts> known;
  std::string path = joined(parts, '.');
  const auto it = known.find(path);
  if (it != known.end()) return it->second;
  if (known.size() >= paths_max) known.clear();
  LongParts made{made_number_key(parts), made_text_key(parts), "", made_odd_in_sqlite(parts)};
  made.odd = "(" + made.number_key + " is null and " + made.text_key + " is null)";
  return known.emplace(std::move(path), std::move(made)).first->second;
}

}  // namespace

std::string number_key_sql(const SqlForm& form, PathParts parts) {
  return form.postgres ? long_parts(parts).number_key : leaf_sql(form, parts);
}

std::string text_key_sql(PathParts parts) {
  return long_parts(parts).text_key;
}

std::string odd_sql(const SqlForm& form, PathParts parts) {
  return form.postgres ? long_parts(parts).odd : long_parts(parts).odd_in_sqlite;
}

std::string decimal_sql(PathParts parts) {
  const std::string leaf = postgres_leaf(parts);
  const std::string n = leaf + "::numeric";
  return "(case when jsonb_typeof(" + leaf + ") = 'number' then scale(" + n + ") > 3 and " + n +
         " = trunc(" + n + ", scale(" + n + ") - 3) else false end)";
}

std::string array_sql(const SqlForm& form, PathParts parts) {
  const std::string leaf = leaf_sql(form, parts);
  if (form.postgres) return "jsonb_typeof(" + leaf + ") = 'array'";
  return "(" + leaf + " >= '[' and " + leaf + " < '\\')";
}

}  // namespace iacdb::doc
