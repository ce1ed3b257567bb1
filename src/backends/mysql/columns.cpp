// Source: MariaDB protocol, "Column definition packet" and "Resultset row, binary"
// (mariadb.com/kb/en/result-set-packets, mariadb.com/kb/en/resultset-row).

#include "backends/mysql/columns.hpp"

#include <string>

namespace iacdb::mysql {
namespace {

constexpr unsigned binary_charset = 63;

/// MariaDB says what a string column really is: "json", "uuid", "inet6".
std::string_view attribute_of(const MYSQL_FIELD& field, mariadb_field_attr_t which) {
  MARIADB_CONST_STRING text{nullptr, 0};
  if (field.extension == nullptr || ::mariadb_field_attr(&text, &field, which) != 0) return {};
  return {text.str, text.length};
}

ColumnPlan text_plan(const MYSQL_FIELD& field) {
  if (attribute_of(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) == "uuid") {
    return {Decode::uuid, Type::uuid};
  }
  if (attribute_of(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json") {
    return {Decode::text, Type::json};
  }
  const bool named = (field.flags & (ENUM_FLAG | SET_FLAG)) != 0;
  return {Decode::text, field.charsetnr == binary_charset && !named ? Type::bytes : Type::text};
}

ColumnPlan number_plan(const MYSQL_FIELD& field, Decode plain, Decode is_unsigned,
                       std::uint8_t length) {
  return {(field.flags & UNSIGNED_FLAG) != 0 ? is_unsigned : plain, Type::int64, length};
}

bool is_boolean(const MYSQL_FIELD& field, const SessionOptions& options) {
  return options.tinyint1_is_boolean && field.length == 1 &&
         (field.flags & (UNSIGNED_FLAG | ZEROFILL_FLAG)) == 0;
}

ColumnPlan plan_of(const MYSQL_FIELD& field, const SessionOptions& options) {
  switch (field.type) {
    case MYSQL_TYPE_TINY:
      if (is_boolean(field, options)) return {Decode::boolean8, Type::boolean, 1};
      return number_plan(field, Decode::int8, Decode::uint8, 1);
    case MYSQL_TYPE_SHORT:
      return number_plan(field, Decode::int16, Decode::uint16, 2);
    case MYSQL_TYPE_YEAR:
      return {Decode::uint16, Type::int64, 2};
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_INT24:
      return number_plan(field, Decode::int32, Decode::uint32, 4);
    case MYSQL_TYPE_LONGLONG:
      return number_plan(field, Decode::int64, Decode::uint64, 8);
    case MYSQL_TYPE_FLOAT:
      return {Decode::float32, Type::float64, 4};
    case MYSQL_TYPE_DOUBLE:
      return {Decode::float64, Type::float64, 8};
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return {Decode::text, Type::decimal};
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return {Decode::date, Type::date};
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
      return {Decode::datetime, Type::timestamp};
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
      return {Decode::datetime, Type::timestamptz};
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_TIME2:
      return {Decode::time, Type::time};
    case MYSQL_TYPE_BIT:
      return {Decode::bit, Type::int64};
    case MYSQL_TYPE_JSON:
      return {Decode::text, Type::json};
    case MYSQL_TYPE_GEOMETRY:
      return {Decode::text, Type::bytes};
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
      return text_plan(field);
    case MYSQL_TYPE_NULL:
      return {Decode::null, Type::null};
    default:
      return {Decode::unknown, Type::null};
  }
}

std::string sized(std::string_view name, unsigned long size) {
  return std::string(name) + "(" + std::to_string(size) + ")";
}

std::string with_fraction(std::string_view name, const MYSQL_FIELD& field) {
  return field.decimals > 0 && field.decimals <= 6 ? sized(name, field.decimals)
                                                   : std::string(name);
}

std::string decimal_name(const MYSQL_FIELD& field) {
  // The length counts the point and the sign.
  const bool is_unsigned = (field.flags & UNSIGNED_FLAG) != 0;
  const unsigned long precision = field.length - (field.decimals > 0) - !is_unsigned;
  return "DECIMAL(" + std::to_string(precision) + "," + std::to_string(field.decimals) + ")" +
         (is_unsigned ? " UNSIGNED" : "");
}

std::string text_name(const MYSQL_FIELD& field) {
  const std::string_view exact = attribute_of(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME);
  if (exact == "uuid") return "UUID";
  if (!exact.empty()) return std::string(exact);
  if (attribute_of(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json") return "JSON";
  if ((field.flags & ENUM_FLAG) != 0) return "ENUM";
  if ((field.flags & SET_FLAG) != 0) return "SET";
  const bool binary = field.charsetnr == binary_charset;
  // Lengths are bytes; utf8mb4 counts four a character.
  const unsigned long characters = binary ? field.length : field.length / 4;
  switch (field.type) {
    case MYSQL_TYPE_STRING:
      return sized(binary ? "BINARY" : "CHAR", characters);
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
      return sized(binary ? "VARBINARY" : "VARCHAR", characters);
    default:
      break;
  }
  if (field.length > 16'777'215UL * 4 || (binary && field.length > 16'777'215UL)) {
    return binary ? "LONGBLOB" : "LONGTEXT";
  }
  if (characters > 65'535) return binary ? "MEDIUMBLOB" : "MEDIUMTEXT";
  return binary ? (characters <= 255 ? "TINYBLOB" : "BLOB")
                : (characters <= 255 ? "TINYTEXT" : "TEXT");
}

std::string integer_name(std::string_view name, const MYSQL_FIELD& field) {
  return std::string(name) + ((field.flags & UNSIGNED_FLAG) != 0 ? " UNSIGNED" : "");
}

std::string database_type(const MYSQL_FIELD& field) {
  switch (field.type) {
    case MYSQL_TYPE_TINY:
      return field.length == 1 ? integer_name("TINYINT(1)", field) : integer_name("TINYINT", field);
    case MYSQL_TYPE_SHORT:
      return integer_name("SMALLINT", field);
    case MYSQL_TYPE_INT24:
      return integer_name("MEDIUMINT", field);
    case MYSQL_TYPE_LONG:
      return integer_name("INT", field);
    case MYSQL_TYPE_LONGLONG:
      return integer_name("BIGINT", field);
    case MYSQL_TYPE_YEAR:
      return "YEAR";
    case MYSQL_TYPE_FLOAT:
      return "FLOAT";
    case MYSQL_TYPE_DOUBLE:
      return "DOUBLE";
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return decimal_name(field);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return "DATE";
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
      return with_fraction("DATETIME", field);
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
      return with_fraction("TIMESTAMP", field);
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_TIME2:
      return with_fraction("TIME", field);
    case MYSQL_TYPE_BIT:
      return sized("BIT", field.length);
    case MYSQL_TYPE_JSON:
      return "JSON";
    case MYSQL_TYPE_GEOMETRY:
      return "GEOMETRY";
    case MYSQL_TYPE_NULL:
      return "NULL";
    default:
      return text_name(field);
  }
}

}  // namespace

void ResultPlan::describe(std::span<const MYSQL_FIELD> fields, const SessionOptions& options) {
  plans_.clear();
  shapes_.clear();
  columns_.clear();
  columns_.reserve(fields.size());  // Names are referred to: columns must stay where they are.
  for (const MYSQL_FIELD& field : fields) {
    plans_.push_back(plan_of(field, options));
    columns_.push_back(
        {std::string(field.name, field.name_length), plans_.back().type, database_type(field)});
    shapes_.push_back({field.type, field.flags, field.decimals, field.charsetnr, field.length,
                       columns_.back().name});
  }
}

}  // namespace iacdb::mysql
