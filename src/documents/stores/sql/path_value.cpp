#include "documents/stores/sql/path_value.hpp"

#include <array>

#include "documents/stores/sql/value_sql.hpp"

namespace iacdb::doc {
namespace {

constexpr const char* int64_range = "between -9223372036854775808 and 9223372036854775807";
/// Doubles whose integer fits 64 bits, in SQLite, where a greater one would become the nearest.
constexpr const char* small_real = " between -9223372036854775808.0 and 9223372036854774784.0";
/// The members of what is stored as an object without being one.
constexpr std::array<const char*, 13> members = {
    "$double", "$decimal", "$date",   "$oid",       "$binary", "$timestamp", "$regex",
    "$text",   "$minKey",  "$maxKey", "$undefined", "$value",  "$w"};

}  // namespace

PathValue::PathValue(const SqlForm& form, PathParts parts)
    : postgres_(form.postgres), leaf_(leaf_sql(form, parts)) {
  if (postgres_) {
    type_ = "jsonb_typeof(" + leaf_ + ")";
    return;
  }
  path_ = "'$";
  for (const std::string& part : parts) path_ += "." + part;
  type_ = "json_type(doc, " + path_ + "')";
}

std::string PathValue::is_string() const {
  return is(postgres_ ? "= 'string'" : "= 'text'");
}

std::string PathValue::is_number() const {
  return is(postgres_ ? "= 'number'" : "in ('integer', 'real')");
}

std::string PathValue::is_true(bool value) const {
  const std::string word = value ? "true" : "false";
  if (postgres_) return "coalesce(" + leaf_ + " = '" + word + "', false)";
  return is("= '" + word + "'");
}

std::string PathValue::has(const std::string& member) const {
  if (postgres_) return "coalesce(jsonb_exists(" + leaf_ + ", '" + member + "'), false)";
  return "(json_type(doc, " + path_ + ".\"" + member + "\"') is not null)";
}

std::string PathValue::number() const {
  if (!postgres_) return "case when " + is_number() + " then " + leaf_ + " end";
  return "case when " + is_number() + " then " + leaf_ + "::numeric end";
}

std::string PathValue::text() const {
  if (!postgres_) return "case when " + is_string() + " then " + leaf_ + " end";
  return "case when " + is_string() + " then (" + leaf_ + " #>> '{}') collate \"C\" end";
}

std::string PathValue::array_length() const {
  return "case when " + is_array() + " then " +
         (postgres_ ? "jsonb_array_length(" + leaf_ + ")"
                    : "json_array_length(doc, " + path_ + "')") +
         " end";
}

std::string PathValue::text_member(const std::string& name) const {
  if (postgres_) return "(" + leaf_ + " ->> '" + name + "')";
  return "json_extract(doc, " + path_ + ".\"" + name + "\"')";
}

std::string PathValue::number_member(const std::string& name) const {
  if (!postgres_) return text_member(name);
  const std::string member = "(" + leaf_ + " -> '" + name + "')";
  return "case when jsonb_typeof" + member + " = 'number' then " + member + "::numeric end";
}

std::string PathValue::whole_number() const {
  if (!postgres_) {
    return "case when " + is("= 'integer'") + " and typeof(" + leaf_ + ") = 'integer' then " +
           leaf_ + " when " + is_number() + " and " + leaf_ + small_real + " then cast(" + leaf_ +
           " as integer) end";
  }
  const std::string n = leaf_ + "::numeric";
  return "case when " + is_number() + " then case when trunc(" + n + ") " + int64_range +
         " then trunc(" + n + ")::bigint end end";
}

std::string PathValue::integer() const {
  const std::string whole = whole_number();
  const std::string same = postgres_ ? "trunc(" + leaf_ + "::numeric) = " + leaf_ + "::numeric"
                                     : "(" + whole + ") = " + leaf_;
  return "case when " + is_number() + " then case when " + same + " then " + whole + " end end";
}

std::string PathValue::is_inexact_number() const {
  if (postgres_) return "false";
  return "case when " + is("= 'real'") + " then abs(" + leaf_ +
         ") > 9007199254740992.0 or length(doc -> " + path_ + "') > 17 or substr(doc -> " + path_ +
         "', -3) = '000' else false end";
}

// --- types ---

std::string PathValue::is_sqlite_number_type(Type type) const {
  const std::string end = "substr(doc -> " + path_ + "', -3)";
  const std::string real = is("= 'real'") + " and " + end;
  const std::string whole = is("= 'integer'") + " and typeof(" + leaf_ + ") = ";
  const std::string range = "between -2147483648 and 2147483647";
  switch (type) {
    case Type::int32:
      return "(" + whole + "'integer' and " + leaf_ + " " + range + ")";
    case Type::int64:
      return "(" + whole + "'integer' and " + leaf_ + " not " + range + " or " + real + " = '.00')";
    case Type::decimal:
      return "(" + has("$decimal") + " or " + real + " = '000')";
    default:
      return "(" + has("$double") + " or " + real + " not in ('.00', '000') or " + whole +
             "'real')";
  }
}

std::string PathValue::is_sqlite_object() const {
  std::string out = "(" + is("= 'object'");
  for (const char* member : members) out += " and not " + has(member);
  return out + ")";
}

std::string PathValue::is_type(Type type) const {
  const bool told = type != Type::code && type != Type::code_scope && type != Type::symbol &&
                    type != Type::db_pointer;
  if (!told) return "";
  if (postgres_) {
    const auto values = postgres_value_sql(true);
    return "coalesce(" + values->is_type(leaf_, type, Bound::inner) + ", false)";
  }
  switch (type) {
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      return is_sqlite_number_type(type);
    case Type::string:
      return "(" + is_string() + " or " + has("$text") + ")";
    case Type::boolean:
      return is("in ('true', 'false')");
    case Type::null:
      return is("= 'null'");
    case Type::array:
      return is_array();
    case Type::object:
      return is_sqlite_object();
    case Type::date:
      return has("$date");
    case Type::oid:
      return has("$oid");
    case Type::binary:
      return has("$binary");
    case Type::timestamp:
      return has("$timestamp");
    case Type::regex:
      return has("$regex");
    case Type::min_key:
      return has("$minKey");
    case Type::max_key:
      return has("$maxKey");
    case Type::undefined:
      return has("$undefined");
    default:
      return "";
  }
}

}  // namespace iacdb::doc
