#include "documents/stores/sql/path_sql.hpp"

#include <algorithm>
#include <unordered_map>

namespace iacdb::doc {
namespace {

constexpr std::size_t parts_max = 3;
constexpr std::size_t part_bytes_max = 64;
// In the names of functions, too, a "$" keeps them apart from what is named after collections.
constexpr const char* number_function = "documents.\"$number\"";
constexpr const char* text_function = "documents.\"$text\"";
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

// One name is found faster by itself than as a path.
std::string postgres_leaf(PathParts parts) {
  if (parts.size() == 1) return "(doc -> '" + parts[0] + "')";
  return "(doc #> " + path_literal(parts) + ")";
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

std::vector<std::string> key_functions_sql() {
  // Numbers beyond 2^53 are exact as integers that fit 64 bits; what else is there has lost
  // digits, or stands beside others that have.
  const std::string number =
      "case jsonb_typeof(v) when 'number' then case when abs(v::numeric) <= 9007199254740992 or "
      "(scale(v::numeric) = 0 and abs(v::numeric) < 9223372036854775808) then v::numeric end when "
      "'null' then " +
      std::string(null_number) + " else case when v is null then " + null_number + " end end";
  const std::string text =
      "case jsonb_typeof(v) when 'number' then null when 'string' then case when length(v #>> "
      "'{}') <= " +
      std::to_string(key_characters_max) +
      " then '3' || (v #>> '{}') end when 'boolean' then case v when 'true' then '81' else '80' "
      "end when 'object' then case when jsonb_typeof(v -> '$date') = 'number' then '9' || "
      "lpad(((v -> '$date')::numeric + " +
      date_key_offset + ")::text, 20, '0') else '7' || left(v ->> '$oid', 24) end end";
  const auto function = [](const char* name, const char* type, const std::string& value) {
    return "create or replace function " + std::string(name) + "(v jsonb) returns " + type +
           " language plpgsql immutable parallel safe as $f$begin return " + value + "; end$f$";
  };
  return {function(number_function, "numeric", number), function(text_function, "text", text)};
}

namespace {

std::string made_number_key(PathParts parts) {
  std::string out = number_function + postgres_leaf(parts);
  for (std::size_t i = parts.size() - 1; i > 0; --i) {
    out = "(case when jsonb_typeof" + postgres_leaf(parts.first(i)) +
          " is distinct from 'array' then " + out + " end)";
  }
  return out;
}

std::string made_text_key(PathParts parts) {
  return "(" + (text_function + postgres_leaf(parts)) + " collate \"C\")";
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
  // By the statistics of the index of keys PostgreSQL knows how rare they are.
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
  // As text it costs least, and the planner takes it for rare; strings that look so do no harm.
  const std::string leaf =
      parts.size() == 1 ? "doc ->> '" + parts[0] + "'" : "doc #>> " + path_literal(parts);
  return "((" + leaf + ") like '%._%000' is true)";
}

std::string array_sql(const SqlForm& form, PathParts parts) {
  const std::string leaf = leaf_sql(form, parts);
  if (form.postgres) return "jsonb_typeof(" + leaf + ") = 'array'";
  return "(" + leaf + " >= '[' and " + leaf + " < '\\')";
}

}  // namespace iacdb::doc
