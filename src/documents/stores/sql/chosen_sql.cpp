#include "documents/stores/sql/chosen_sql.hpp"

#include "documents/bson/json_cursor.hpp"
#include "documents/stores/sql/value_sql.hpp"

namespace iacdb::doc {
namespace {

/// A function takes a hundred arguments.
constexpr std::size_t names_max = 40;
constexpr std::size_t name_bytes_max = 64;

bool is_writable(const FieldChoice& choice) {
  return !choice.names.empty() && choice.names.size() <= names_max &&
         std::all_of(choice.names.begin(), choice.names.end(), [](const std::string& name) {
           return name.size() <= name_bytes_max && !name.starts_with('$') &&
                  name.find('\0') == std::string::npos;
         });
}

/// ',"name":' || (d -> 'name')::text, which is null, and so nothing, without such a field.
std::string member(const std::string& name) {
  std::string key = ",";
  put_json_string(key, name);
  return literal(key + ":") + " || (d -> " + literal(name) + ")::text";
}

/// A text in the form of a document. The mark at its begin is for the commas.
std::string included(FieldChoice choice) {
  std::string out = R"(concat('{"$w":1')";
  std::sort(choice.names.begin(), choice.names.end(),
            [](const std::string& a, const std::string& b) {  // As jsonb orders keys.
              return a.size() != b.size() ? a.size() < b.size() : a < b;
            });
  for (const std::string& name : choice.names) out += ", " + member(name);
  return out + ", " + member("$k") + ", " + member("$bson") + ", '}')";
}

std::string excluded(const FieldChoice& choice, bool looks) {
  std::string sizes;
  std::string names;
  for (const std::string& name : choice.names) {
    const std::string field = "pg_column_size(d -> " + literal(name) + ")";
    sizes += sizes.empty() ? "" : " + ";
    sizes += choice.names.size() == 1 ? field : "coalesce(" + field + ", 0)";
    names += (names.empty() ? "" : ", ") + literal(name);
  }
  return "case when " + std::string(looks ? "look = 0 and " : "") + "(" + sizes +
         ") * 2 > pg_column_size(d) then d - array[" + names + "] else d end";
}

}  // namespace

std::optional<std::string> chosen_sql(const SqlForm& form, const std::string& statement,
                                      const FieldChoice& choice, bool looks) {
  if (!form.postgres || !is_writable(choice)) return std::nullopt;
  std::string document = choice.inclusive ? included(choice) : excluded(choice, looks);
  if (choice.inclusive && looks) {
    document = "case look when 0 then " + document + " else d::text end";
  }
  // A document that is joined with none is the document itself, decompressed once.
  return "select seq, " + document + ", look from (select seq, doc || '{}' as d, look from (" +
         statement + ") as found(seq, doc, look) offset 0) as whole";
}

std::string chosen_document_sql(const std::string& statement, const FieldChoice& choice) {
  if (!is_writable(choice)) return statement;
  return "select " + (choice.inclusive ? included(choice) : excluded(choice, false)) +
         " from (select doc || '{}' as d from (" + statement + ") as found(doc) offset 0) as whole";
}

}  // namespace iacdb::doc
