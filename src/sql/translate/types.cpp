#include "sql/translate/types.hpp"

#include "sql/translate/context.hpp"

namespace iacdb::sql {

namespace {

struct TypeName {
  std::string_view name;
  ValueType type;
};

constexpr TypeName type_names[] = {
    {"INT", ValueType::integer},
    {"INTEGER", ValueType::integer},
    {"BIGINT", ValueType::integer},
    {"SMALLINT", ValueType::integer},
    {"TINYINT", ValueType::integer},
    {"MEDIUMINT", ValueType::integer},
    {"INT2", ValueType::integer},
    {"INT4", ValueType::integer},
    {"INT8", ValueType::integer},
    {"SERIAL", ValueType::integer},
    {"BIGSERIAL", ValueType::integer},
    {"SMALLSERIAL", ValueType::integer},
    {"SIGNED", ValueType::integer},
    {"UNSIGNED", ValueType::integer},
    {"YEAR", ValueType::integer},
    {"DECIMAL", ValueType::decimal},
    {"NUMERIC", ValueType::decimal},
    {"DEC", ValueType::decimal},
    {"NUMBER", ValueType::decimal},
    {"MONEY", ValueType::decimal},
    {"SMALLMONEY", ValueType::decimal},
    {"REAL", ValueType::real},
    {"FLOAT", ValueType::real},
    {"DOUBLE", ValueType::real},
    {"DOUBLE PRECISION", ValueType::real},
    {"FLOAT4", ValueType::real},
    {"FLOAT8", ValueType::real},
    {"BINARY_DOUBLE", ValueType::real},
    {"BINARY_FLOAT", ValueType::real},
    {"CHAR", ValueType::text},
    {"CHARACTER", ValueType::text},
    {"VARCHAR", ValueType::text},
    {"CHARACTER VARYING", ValueType::text},
    {"CHAR VARYING", ValueType::text},
    {"NCHAR", ValueType::text},
    {"NVARCHAR", ValueType::text},
    {"NCHAR VARYING", ValueType::text},
    {"NATIONAL CHARACTER VARYING", ValueType::text},
    {"NATIONAL CHAR", ValueType::text},
    {"VARCHAR2", ValueType::text},
    {"NVARCHAR2", ValueType::text},
    {"TEXT", ValueType::text},
    {"TINYTEXT", ValueType::text},
    {"MEDIUMTEXT", ValueType::text},
    {"LONGTEXT", ValueType::text},
    {"NTEXT", ValueType::text},
    {"CLOB", ValueType::text},
    {"NCLOB", ValueType::text},
    {"LONG", ValueType::text},
    {"ENUM", ValueType::text},
    {"SET", ValueType::text},
    {"BPCHAR", ValueType::text},
    {"CITEXT", ValueType::text},
    {"NAME", ValueType::text},
    {"BOOLEAN", ValueType::boolean},
    {"BOOL", ValueType::boolean},
    {"DATE", ValueType::date},
    {"TIME", ValueType::time},
    {"TIMETZ", ValueType::time},
    {"TIMESTAMP", ValueType::timestamp},
    {"TIMESTAMPTZ", ValueType::timestamp},
    {"DATETIME", ValueType::timestamp},
    {"DATETIME2", ValueType::timestamp},
    {"SMALLDATETIME", ValueType::timestamp},
    {"DATETIMEOFFSET", ValueType::timestamp},
    {"INTERVAL", ValueType::interval},
    {"BLOB", ValueType::bytes},
    {"BYTEA", ValueType::bytes},
    {"BINARY", ValueType::bytes},
    {"VARBINARY", ValueType::bytes},
    {"TINYBLOB", ValueType::bytes},
    {"MEDIUMBLOB", ValueType::bytes},
    {"LONGBLOB", ValueType::bytes},
    {"RAW", ValueType::bytes},
    {"LONG RAW", ValueType::bytes},
    {"IMAGE", ValueType::bytes},
    {"ROWVERSION", ValueType::bytes},
    {"JSON", ValueType::json},
    {"JSONB", ValueType::json},
};

bool any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (std::string_view n : names) {
    if (same_word(n, name)) return true;
  }
  return false;
}

/// The type that two branches have in common.
ValueType merged(ValueType a, ValueType b) {
  if (a == ValueType::null || a == b) return b;
  if (b == ValueType::null) return a;
  if (a == ValueType::unknown || b == ValueType::unknown) return ValueType::unknown;
  const bool numbers = is_number(a) && is_number(b);
  if (numbers) {
    const bool real = a == ValueType::real || b == ValueType::real;
    return real ? ValueType::real : ValueType::decimal;
  }
  if (is_moment(a) && is_moment(b)) return ValueType::timestamp;
  if (is_moment(a) && b == ValueType::text) return a;
  if (is_moment(b) && a == ValueType::text) return b;
  return ValueType::unknown;
}

/// A date and days, or months, is a date; and with hours a moment.
ValueType type_of_sum(const Node* add, const Context& context) {
  const ValueType t = type_of(argument(add, 0), context);
  const bool days = any_of(argument(add, 2)->text, {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"});
  return t == ValueType::date && days ? t : is_moment(t) ? ValueType::timestamp : t;
}

/// Of the functions of bytes.
ValueType type_of_bytes(std::string_view f) {
  if (any_of(f,
             {"$HEX", "$HEX_BYTES", "$HEX_NUMBER", "$BASE64", "$BYTES_TEXT", "$DIGEST_DIGITS"})) {
    return ValueType::text;
  }
  const bool bytes = any_of(f, {"$UNHEX", "$UNBASE64", "$TEXT_BYTES", "$DIGEST", "HASHBYTES"});
  return bytes ? ValueType::bytes : ValueType::unknown;
}

ValueType type_of_call(const Node* n, const Context& context) {
  const std::string_view f = n->text;
  if (n->kid(call_slot::path)) return ValueType::unknown;
  if (any_of(f, {"LENGTH",       "CHAR_LENGTH", "LEN",          "$LEN",          "COUNT",
                 "$STRPOS",      "ROW_NUMBER",  "RANK",         "DENSE_RANK",    "NTILE",
                 "OCTET_LENGTH", "$EPOCH",      "ASCII",        "$DAYS_BETWEEN", "$INT_DIV",
                 "$SIGNED",      "$DIFF",       "$DIFF_BOUNDS", "$CODEPOINT",    "SIGN",
                 "GROUPING",     "$EPOCH_NOW",  "$LAST_ID",     "$BIT_COUNT",    "BIT_AND",
                 "$FIND_IN_SET"})) {
    return ValueType::integer;
  }
  if (any_of(f, {"UPPER",          "LOWER",
                 "REPLACE",        "$SUBSTR",
                 "$SUBSTRING",     "LTRIM",
                 "RTRIM",          "LPAD",
                 "RPAD",           "REPEAT",
                 "$CONCAT_NULL",   "$CONCAT_SKIP",
                 "$CONCAT_EMPTY",  "CONCAT_WS",
                 "LEFT",           "RIGHT",
                 "REVERSE",        "CHR",
                 "$FORMAT_TIME",   "$TO_TEXT",
                 "SPLIT_PART",     "$SUBSTRING_INDEX",
                 "$STUFF",         "$JSON_TEXT",
                 "$JSON_SCALAR",   "$STR",
                 "$FORMAT_NUMBER", "MD5",
                 "$FIXED",         "INITCAP",
                 "CONCAT"})) {
    return ValueType::text;
  }
  if (any_of(f, {"$DATE_PART", "$SECONDS_BETWEEN", "$DAY_FRACTION", "$TO_NUMBER"})) {
    const bool whole = f == "$DATE_PART" && !context.from_is(Dialect::postgres);
    return whole ? ValueType::integer : ValueType::decimal;
  }
  if (any_of(f, {"$NOW", "$CLOCK", "$UTC", "$PARSE_TIME", "$DATE_TRUNC", "$FROM_EPOCH", "$MOMENT",
                 "$AT_CLOCK", "$MAKE_MOMENT"})) {
    return ValueType::timestamp;
  }
  if (any_of(f, {"$TIME", "$MAKE_TIME", "TIME"})) return ValueType::time;
  if (any_of(f, {"$TODAY", "$DATE", "$LAST_DAY", "$PARSE_DATE", "$MAKE_DATE", "$ADD_MONTHS"})) {
    return ValueType::date;
  }
  if (any_of(f, {"AVG"})) {
    const bool whole = context.from_is(Dialect::tsql) && argument_count(n) == 1 &&
                       type_of(argument(n, 0), context) == ValueType::integer;
    return whole ? ValueType::integer : ValueType::decimal;
  }
  if (any_of(f, {"$JSON_SET", "$JSON_REMOVE", "JSONB_SET"})) return ValueType::json;
  if (any_of(f,
             {"SQRT", "EXP", "LN", "POWER", "$LOG", "LOG10", "$RANDOM", "PI", "$JULIANDAY", "SIN",
              "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "COT", "RADIANS", "DEGREES"})) {
    return ValueType::real;
  }
  if (any_of(f, {"SUM", "MIN", "MAX", "ABS", "ROUND", "CEIL", "FLOOR", "COALESCE", "NULLIF",
                 "TRUNC", "$GREATEST_NULL", "$GREATEST_SKIP", "$LEAST_NULL", "$LEAST_SKIP", "LAG",
                 "LEAD", "FIRST_VALUE", "LAST_VALUE", "$MOD"})) {
    ValueType t = ValueType::null;
    for (const Node* a : *n->kid(call_slot::args)) {
      t = merged(t, type_of(a, context));
      if (any_of(f, {"LAG", "LEAD", "ROUND", "TRUNC", "NULLIF"})) break;
    }
    return t == ValueType::null ? ValueType::unknown : t;
  }
  if (any_of(f, {"$IF"}) && argument_count(n) == 3) {
    return merged(type_of(argument(n, 1), context), type_of(argument(n, 2), context));
  }
  if (f == "$ADD") return type_of_sum(n, context);
  return type_of_bytes(f);
}

/// Of more operators than are asked for again and again.
bool is_long_chain(const Node* n) {
  constexpr int links = 16;
  for (int i = 0; i < links; ++i) {
    if (!n->is(Kind::binary) && !n->is(Kind::paren)) return false;
    n = n->kid(0);
  }
  return true;
}

ValueType type_of_binary(const Node* n, const Context& context);
ValueType remembered_type(const Node* n, const Context& context) {
  auto& known = context.sources.types;
  const auto it = known.find(n);
  if (it != known.end()) return it->second;
  const ValueType found = type_of_binary(n, context);
  known.emplace(n, found);
  return found;
}

ValueType type_of_binary(const Node* n, const Context& context) {
  switch (n->bin()) {
    case BinOp::add:
    case BinOp::sub:
    case BinOp::mul:
    case BinOp::div:
    case BinOp::mod: {
      const ValueType a = type_of(n->kid(0), context);
      const ValueType b = type_of(n->kid(1), context);
      if (is_moment(a) && b == ValueType::interval) return ValueType::timestamp;
      if (is_moment(a) && is_moment(b)) {
        return n->bin() == BinOp::sub ? ValueType::integer : ValueType::unknown;
      }
      if (is_moment(a)) return a;
      if (is_moment(b)) return b;
      if (a == ValueType::real || b == ValueType::real) return ValueType::real;
      if (a == ValueType::decimal || b == ValueType::decimal) return ValueType::decimal;
      if (a == ValueType::integer && b == ValueType::integer) {
        const bool whole = n->bin() != BinOp::div || Context::integer_division(context.from);
        return whole ? ValueType::integer : ValueType::decimal;
      }
      if (n->bin() == BinOp::add && (a == ValueType::text || b == ValueType::text)) {
        return ValueType::text;
      }
      return ValueType::unknown;
    }
    case BinOp::int_div:
      return ValueType::integer;
    case BinOp::concat:
    case BinOp::arrow_text:
    case BinOp::hash_arrow_text:
      return ValueType::text;
    case BinOp::arrow:
    case BinOp::hash_arrow:
      return ValueType::json;
    case BinOp::bit_and:
    case BinOp::bit_or:
    case BinOp::bit_xor:
    case BinOp::shift_left:
    case BinOp::shift_right:
      return ValueType::integer;
    case BinOp::power:
      return ValueType::real;
    case BinOp::custom:
      return n->text == "#-" ? ValueType::json : ValueType::unknown;
    default:
      return ValueType::boolean;
  }
}

}  // namespace

ValueType value_type_of(const Node* type, Dialect dialect) noexcept {
  if (type->has(flag::array)) return ValueType::unknown;
  if (type->text == "TINYINT" && dialect == Dialect::mysql && type->size == 1 &&
      type->kid(0)->text == "1") {
    return ValueType::boolean;
  }
  if (type->text == "BIT") {
    return dialect == Dialect::tsql ? ValueType::boolean : ValueType::bytes;
  }
  if (type->text == "TIMESTAMP" && dialect == Dialect::tsql) return ValueType::bytes;
  if (type->text == "DATE" && dialect == Dialect::oracle) return ValueType::timestamp;
  if (type->text == "NUMBER" && type->size == 1) return ValueType::integer;
  if (any_of(type->text, {"NUMBER", "DECIMAL", "NUMERIC"}) && type->size == 2 &&
      type->kid(1)->text == "0") {
    return ValueType::integer;
  }
  for (const TypeName& t : type_names) {
    if (t.name == type->text) return t.type;
  }
  return ValueType::unknown;
}

ValueType type_of(const Node* n, const Context& context) noexcept {
  if (!n) return ValueType::unknown;
  switch (n->kind) {
    case Kind::number:
      return n->text.find_first_of("eE") != std::string_view::npos && !n->text.starts_with("0x")
                 ? ValueType::real
             : n->text.find('.') != std::string_view::npos ? ValueType::decimal
                                                           : ValueType::integer;
    case Kind::string:
      return ValueType::text;
    case Kind::boolean:
      return ValueType::boolean;
    case Kind::null:
      return ValueType::null;
    case Kind::interval:
      return ValueType::interval;
    case Kind::typed_literal:
      return n->text == "DATE"                                           ? ValueType::date
             : n->text == "TIME"                                         ? ValueType::time
             : n->text.starts_with("TIMESTAMP") || n->text == "DATETIME" ? ValueType::timestamp
                                                                         : ValueType::unknown;
    case Kind::paren:
      return type_of(n->kid(0), context);
    case Kind::unary:
      return n->text == "NOT" ? ValueType::boolean : type_of(n->kid(0), context);
    case Kind::binary:
      return is_long_chain(n) ? remembered_type(n, context) : type_of_binary(n, context);
    case Kind::like:
    case Kind::in:
    case Kind::between:
    case Kind::exists:
      return ValueType::boolean;
    case Kind::cast:
      return n->kid(1) && n->kid(1)->is(Kind::type) ? value_type_of(n->kid(1), context.from)
                                                    : ValueType::text;
    case Kind::extract:  // of PostgreSQL it is a numeric, which division does not cut
      return context.from_is(Dialect::postgres) ? ValueType::decimal : ValueType::integer;
    case Kind::trim:
      return ValueType::text;
    case Kind::call:
      return type_of_call(n, context);
    case Kind::case_: {
      ValueType t = type_of(n->kid(1), context);
      if (!n->kid(1)) t = ValueType::null;
      for (std::uint32_t i = 2; i < n->size; ++i) {
        t = merged(t, type_of(n->kids[i]->kid(1), context));
      }
      return t == ValueType::null ? ValueType::unknown : t;
    }
    case Kind::name:
    case Kind::path:
      return column_type(context, n);
    case Kind::subquery: {
      const Node* q = n->kid(0);
      while (q->is(Kind::set_op)) q = q->kid(set_slot::left);
      if (!q->is(Kind::select) || q->kid(select_slot::items)->size != 1) {
        return ValueType::unknown;
      }
      return type_of(q->kid(select_slot::items)->kid(0)->kid(0), context);
    }
    case Kind::collate:
    case Kind::at_time_zone:
      return type_of(n->kid(0), context);
    case Kind::next_value:
      return ValueType::integer;
    default:
      return ValueType::unknown;
  }
}

}  // namespace iacdb::sql
