// Types from one dialect to another. Sources: the data type chapters of PostgreSQL 15, MySQL 8.0,
// SQLite 3.40, Transact-SQL 2019 and Oracle 19c.

#include "sql/translate/types.hpp"

#include "sql/translate/context.hpp"

namespace iacdb::sql {

namespace {

/// A type's names in the order of the Dialect enum; parameters are kept where `parameters` has the
/// dialect's letter (s p m t o).
struct TypeRow {
  std::string_view names;  ///< as sources write it, separated by spaces
  std::string_view forms[5];
  std::string_view parameters;
};

constexpr TypeRow rows[] = {
    {"TINYINT", {"INTEGER", "SMALLINT", "TINYINT", "TINYINT", "NUMBER(3)"}, "m"},
    {"SMALLINT INT2", {"INTEGER", "SMALLINT", "SMALLINT", "SMALLINT", "SMALLINT"}, ""},
    {"MEDIUMINT", {"INTEGER", "INT", "MEDIUMINT", "INT", "INT"}, ""},
    {"INT INTEGER INT4", {"INTEGER", "INT", "INT", "INT", "INT"}, ""},
    {"BIGINT INT8", {"INTEGER", "BIGINT", "BIGINT", "BIGINT", "NUMBER(19)"}, ""},
    {"YEAR", {"INTEGER", "SMALLINT", "YEAR", "SMALLINT", "NUMBER(4)"}, ""},
    {"DECIMAL NUMERIC DEC", {"DECIMAL", "DECIMAL", "DECIMAL", "DECIMAL", "NUMBER"}, "spmto"},
    {"MONEY", {"DECIMAL(19, 4)", "DECIMAL(19, 4)", "DECIMAL(19, 4)", "MONEY", "NUMBER(19, 4)"}, ""},
    {"SMALLMONEY",
     {"DECIMAL(10, 4)", "DECIMAL(10, 4)", "DECIMAL(10, 4)", "SMALLMONEY", "NUMBER(10, 4)"},
     ""},
    {"REAL FLOAT4 BINARY_FLOAT", {"REAL", "REAL", "FLOAT", "REAL", "BINARY_FLOAT"}, ""},
    {"DOUBLE FLOAT8 BINARY_DOUBLE",
     {"REAL", "DOUBLE PRECISION", "DOUBLE", "FLOAT", "DOUBLE PRECISION"},
     ""},
    {"CHAR CHARACTER BPCHAR", {"CHAR", "CHAR", "CHAR", "CHAR", "CHAR"}, "spmto"},
    {"NCHAR", {"CHAR", "CHAR", "CHAR", "NCHAR", "NCHAR"}, "spmto"},
    {"VARCHAR VARCHAR2", {"VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR2"}, "spmto"},
    {"NVARCHAR NVARCHAR2", {"VARCHAR", "VARCHAR", "VARCHAR", "NVARCHAR", "NVARCHAR2"}, "spmto"},
    {"TEXT CLOB NTEXT NCLOB LONG", {"TEXT", "TEXT", "LONGTEXT", "NVARCHAR(MAX)", "CLOB"}, ""},
    {"TINYTEXT", {"TEXT", "TEXT", "TINYTEXT", "NVARCHAR(MAX)", "CLOB"}, ""},
    {"MEDIUMTEXT", {"TEXT", "TEXT", "MEDIUMTEXT", "NVARCHAR(MAX)", "CLOB"}, ""},
    {"LONGTEXT", {"TEXT", "TEXT", "LONGTEXT", "NVARCHAR(MAX)", "CLOB"}, ""},
    {"ENUM", {"TEXT", "TEXT", "ENUM", "NVARCHAR(255)", "VARCHAR2(255)"}, "m"},
    {"SET", {"TEXT", "TEXT", "SET", "NVARCHAR(255)", "VARCHAR2(255)"}, "m"},
    {"XML", {"TEXT", "XML", "LONGTEXT", "XML", "XMLTYPE"}, ""},
    {"BOOLEAN BOOL", {"BOOLEAN", "BOOLEAN", "BOOLEAN", "BIT", "NUMBER(1)"}, ""},
    {"DATE", {"DATE", "DATE", "DATE", "DATE", "DATE"}, ""},
    {"TIME", {"TIME", "TIME", "TIME", "TIME", ""}, "pmt"},
    {"DATETIME TIMESTAMP DATETIME2",
     {"TIMESTAMP", "TIMESTAMP", "DATETIME", "DATETIME2", "TIMESTAMP"},
     "pmto"},
    {"SMALLDATETIME",
     {"TIMESTAMP", "TIMESTAMP(0)", "DATETIME", "SMALLDATETIME", "TIMESTAMP(0)"},
     ""},
    {"TIMESTAMPTZ DATETIMEOFFSET",
     {"TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP", "DATETIMEOFFSET", "TIMESTAMP WITH TIME ZONE"},
     ""},
    {"BLOB BYTEA IMAGE LONGBLOB", {"BLOB", "BYTEA", "LONGBLOB", "VARBINARY(MAX)", "BLOB"}, ""},
    {"TINYBLOB", {"BLOB", "BYTEA", "TINYBLOB", "VARBINARY(MAX)", "BLOB"}, ""},
    {"MEDIUMBLOB", {"BLOB", "BYTEA", "MEDIUMBLOB", "VARBINARY(MAX)", "BLOB"}, ""},
    {"BINARY", {"BLOB", "BYTEA", "BINARY", "BINARY", "RAW"}, "mto"},
    {"VARBINARY RAW", {"BLOB", "BYTEA", "VARBINARY", "VARBINARY", "RAW"}, "mto"},
    {"JSON JSONB", {"TEXT", "JSONB", "JSON", "NVARCHAR(MAX)", "CLOB"}, ""},
    {"UUID UNIQUEIDENTIFIER", {"TEXT", "UUID", "CHAR(36)", "UNIQUEIDENTIFIER", "RAW(16)"}, ""},
    {"ROWVERSION", {"BLOB", "BYTEA", "BINARY(8)", "ROWVERSION", "RAW(8)"}, ""},
    {"TIMETZ", {"TIME", "TIMETZ", "TIME", "TIME", ""}, ""},
    {"OID", {"INTEGER", "OID", "INT UNSIGNED", "BIGINT", "NUMBER(10)"}, ""},
    {"INET", {"TEXT", "INET", "VARCHAR(43)", "VARCHAR(43)", "VARCHAR2(43)"}, ""},
    {"CIDR", {"TEXT", "CIDR", "VARCHAR(43)", "VARCHAR(43)", "VARCHAR2(43)"}, ""},
    {"MACADDR", {"TEXT", "MACADDR", "VARCHAR(17)", "VARCHAR(17)", "VARCHAR2(17)"}, ""},
    {"MACADDR8", {"TEXT", "MACADDR8", "VARCHAR(23)", "VARCHAR(23)", "VARCHAR2(23)"}, ""},
};

bool in_names(std::string_view names, std::string_view name) {
  for (std::size_t at = 0; at < names.size();) {
    std::size_t end = names.find(' ', at);
    if (end == std::string_view::npos) end = names.size();
    if (names.substr(at, end - at) == name) return true;
    at = end + 1;
  }
  return false;
}

/// The one-word name of a type that several words or letters write.
std::string_view common_name(const Node* t, Dialect from) {
  const std::string_view n = t->text;
  if (n == "CHARACTER VARYING" || n == "CHAR VARYING") return "VARCHAR";
  if (n.ends_with("VARYING")) return n.starts_with("BIT") ? n : "NVARCHAR";
  if (n == "DOUBLE PRECISION") return "DOUBLE";
  if (n == "NATIONAL CHAR" || n == "NATIONAL CHARACTER") return "NCHAR";
  if (n == "LONG RAW") return "BLOB";
  if (n == "SIGNED") return "BIGINT";
  if (n == "TINYINT" && from == Dialect::mysql && t->size == 1 && t->kid(0)->text == "1") {
    return "BOOLEAN";
  }
  if (n == "BIT" && from == Dialect::tsql) return "BOOLEAN";
  if (n == "SYSNAME" && from == Dialect::tsql) return "NVARCHAR";
  if (n == "TIMESTAMP" && from == Dialect::tsql) return "ROWVERSION";
  if (n == "FLOAT") {
    const bool single = from == Dialect::mysql && t->size == 0;
    return single ? "REAL" : "DOUBLE";
  }
  if (n == "NUMBER") return "DECIMAL";
  if (n == "DATE" && from == Dialect::oracle) return "DATETIME";
  if (n == "REAL" && (from == Dialect::sqlite || from == Dialect::mysql)) return "DOUBLE";
  if ((n == "TIMESTAMP" || n == "DATETIME") && t->has(flag::time_zone)) return "TIMESTAMPTZ";
  return n;
}

void set_form(Node* t, std::string_view form, bool keep, Context& c) {
  const std::size_t open = form.find('(');
  t->text = form.substr(0, open);
  if (!keep) t->size = 0;
  for (Node* p : *t) {  // VARCHAR2(20 CHAR)
    if (p->is(Kind::raw) && !c.to_is(Dialect::oracle))
      p->text = p->text.substr(0, p->text.find(' '));
  }
  t->flags &= ~(flag::unsigned_ | flag::time_zone);
  if (open == std::string_view::npos) return;
  t->size = 0;
  std::string_view inside = form.substr(open + 1, form.size() - open - 2);
  while (!inside.empty()) {
    const std::size_t comma = inside.find(", ");
    c.build.add(t, c.build.node(Kind::raw, inside.substr(0, comma)));
    inside = comma == std::string_view::npos ? std::string_view() : inside.substr(comma + 2);
  }
}

/// NUMBER(p, 0) of Oracle holds integers: the smallest integer type that holds p digits.
bool oracle_integer(Node* t, Context& c) {
  if (t->text != "NUMBER" || t->size == 0) return false;
  if (t->size == 2 && t->kid(1)->text != "0") return false;
  const std::string_view p = t->kid(0)->text;
  if (p.empty() || p == "*") return false;
  const int digits =
      p.size() > 2 ? 99 : (p.size() == 2 ? (p[0] - '0') * 10 + p[1] - '0' : p[0] - '0');
  if (digits > 18) return false;
  set_form(t,
           c.to_is(Dialect::sqlite) ? "INTEGER"
           : digits <= 4            ? "SMALLINT"
           : digits <= 9            ? "INT"
                                    : "BIGINT",
           false, c);
  return true;
}

/// MySQL's CAST knows few names: SIGNED, CHAR, DECIMAL, DATE, DATETIME, TIME, BINARY, DOUBLE.
void mysql_cast(Node* t, ValueType value, Context& c) {
  if (t->text == "DECIMAL") return;  // SIGNED would cut a text where DECIMAL rounds it.
  switch (value) {
    case ValueType::integer:
      set_form(t, "SIGNED", false, c);
      break;
    case ValueType::boolean:
      set_form(t, "SIGNED", false, c);
      break;
    case ValueType::text:
      set_form(t, "CHAR", t->size == 1 && t->kid(0)->is(Kind::number), c);
      break;
    case ValueType::bytes:
      if (t->text.ends_with("BLOB")) set_form(t, "BINARY", false, c);
      break;
    default:
      break;
  }
}

/// Bytes without a length: one in a table of SQL Server, 30 in its CAST; others want it said.
void length_of_bytes(Node* t, Context& c, bool in_cast) {
  if (!c.from_is(Dialect::tsql) || t->size != 0) return;
  if (c.to_is(Dialect::oracle) && t->text == "RAW")
    set_form(t, in_cast ? "RAW(30)" : "RAW(1)", false, c);
  if (c.to_is(Dialect::mysql) && t->text == "VARBINARY" && !in_cast)
    set_form(t, "VARBINARY(1)", false, c);
}

void set_digits(Node* t, std::string_view precision, std::string_view scale, Context& c) {
  t->size = 0;
  c.build.add(t, c.build.number(precision));
  c.build.add(t, c.build.number(scale));
}

/// DECIMAL without digits means other digits in each database: MySQL and SQL Server keep none
/// behind the point, PostgreSQL's and Oracle's NUMBER keep all.
/// Sources: "Fixed-Point Types" of MySQL 8.0, "decimal and numeric" of Transact-SQL, "Numeric
/// Types" of PostgreSQL 15, "ANSI Supported Data Types" of Oracle 19c.
void settle_digits(Node* t, Context& c, bool in_cast) {
  const std::string_view name = t->text;
  if (name != "DECIMAL" && name != "NUMERIC" && name != "DEC" && name != "NUMBER") return;
  const bool any = t->size > 0 && (t->kid(0)->is(Kind::star) || t->kid(0)->text == "*");
  if (any && t->size == 2) t->kids[0] = c.build.number("38");
  if ((any && t->size == 1) || (c.from_is(Dialect::sqlite) && in_cast)) t->size = 0;
  if (t->size > 0) return;
  if (c.from_is(Dialect::mysql)) return set_digits(t, "10", "0", c);
  if (c.from_is(Dialect::tsql)) return set_digits(t, "18", "0", c);
  if (c.from_is(Dialect::oracle) && name != "NUMBER") return set_digits(t, "38", "0", c);
  if (c.to_is(Dialect::mysql)) return set_digits(t, "65", "30", c);
  if (!c.to_is(Dialect::tsql)) return;
  c.warn("digits", "a number without limits keeps 28 digits before the point and 10 behind it");
  set_digits(t, "38", "10", c);
}

/// Seven digits of a second are SQL Server's, nine Oracle's; these two have six.
void cap_fraction(Node* t, Context& c) {
  if (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::postgres)) return;
  if (t->size != 1 || !t->kid(0)->is(Kind::number)) return;
  const std::string_view digits = t->kid(0)->text;
  if (digits != "7" && digits != "8" && digits != "9") return;
  for (std::string_view name : {"TIMESTAMP", "DATETIME", "TIME", "TIMESTAMPTZ"}) {
    if (t->text == name) t->kids[0] = c.build.number("6");
  }
}

/// An interval as a column where there are none: its text.
bool interval_column(Node* t, Context& c) {
  if (t->text != "INTERVAL" || c.to_is(Dialect::postgres) || c.to_is(Dialect::oracle)) return false;
  c.lose(t, "interval-column", "a column of intervals has no equal; as a text it counts no time");
  set_form(t, c.to_is(Dialect::sqlite) ? "TEXT" : "VARCHAR(64)", false, c);
  return true;
}

/// MySQL's VARCHAR wants a length, and a row of it holds 65535 bytes.
bool is_beyond_row(const Node* t) {
  if (t->size == 0) return true;
  const std::string_view length = t->kid(0)->text;
  constexpr std::string_view most = "16383";
  return length.size() > most.size() || (length.size() == most.size() && length > most);
}

}  // namespace

namespace {

/// CHAR(n) as it is read: filled with blanks, but in MySQL and SQLite.
void warn_of_padding(const Node* t, std::string_view common, Context& c) {
  const auto padded = [](Dialect d) { return d != Dialect::mysql && d != Dialect::sqlite; };
  const bool fixed =
      common == "CHAR" || common == "CHARACTER" || common == "BPCHAR" || common == "NCHAR";
  if (!fixed || t->size == 0 || t->kid(0)->text == "1" || padded(c.from) == padded(c.to)) return;
  c.warn("padding", padded(c.to)
                        ? "a shorter text in a CHAR is shown with blanks behind it here"
                        : "a shorter text in a CHAR is shown without blanks behind it here");
}

}  // namespace

void translate_type(Node* t, Context& c, bool in_cast) {
  if (!t || !t->is(Kind::type) || c.from == c.to) return;
  if (t->has(flag::array)) {
    if (!c.to_is(Dialect::postgres)) c.refuse(t, "an array type has no equal");
    return;
  }
  if (!in_cast && interval_column(t, c)) return;
  if (c.from_is(Dialect::tsql) && t->text == "SYSNAME" && t->size == 0) {
    c.build.add(t, c.build.number("128"));
  }
  settle_digits(t, c, in_cast);
  const ValueType value = value_type_of(t, c.from);
  const bool wide = t->size == 1 && same_word(t->kid(0)->text, "max");
  const std::string_view common = common_name(t, c.from);
  const bool is_unsigned = t->has(flag::unsigned_);
  if (!in_cast) warn_of_padding(t, common, c);
  if (!in_cast && !c.to_is(Dialect::oracle) && oracle_integer(t, c)) return;
  const auto to = static_cast<std::size_t>(c.to);
  static constexpr std::string_view letters = "spmto";
  if (wide) {
    static constexpr std::string_view text[] = {"TEXT", "TEXT", "LONGTEXT", "VARCHAR(MAX)", "CLOB"};
    static constexpr std::string_view bytes[] = {"BLOB", "BYTEA", "LONGBLOB", "VARBINARY(MAX)",
                                                 "BLOB"};
    set_form(t, value == ValueType::bytes ? bytes[to] : text[to], false, c);
  } else if (common == "UNSIGNED") {
    static constexpr std::string_view forms[] = {"INTEGER", "NUMERIC(20)", "UNSIGNED",
                                                 "DECIMAL(20)", "NUMBER(20)"};
    set_form(t, forms[to], false, c);
  } else {
    bool found = false;
    for (const TypeRow& row : rows) {
      if (!in_names(row.names, common)) continue;
      found = true;
      if (row.forms[to].empty()) c.refuse(t, "the type " + std::string(common) + " has no equal");
      const bool keep = row.parameters.find(letters[to]) != std::string_view::npos;
      if (t->has(flag::time_zone) && common != "TIMESTAMPTZ" && common != "TIME") continue;
      set_form(t, row.forms[to], keep, c);
      break;
    }
    if (!found && common != t->text) t->text = common;
    if (!found && (common == "GEOMETRY" || common == "HIERARCHYID" || common == "SQL_VARIANT" ||
                   common == "TSVECTOR" || common == "BFILE")) {
      c.refuse(t, "the type " + std::string(common) + " has no equal");
    }
  }
  const bool byte = c.from_is(Dialect::tsql) && common == "TINYINT";  // 0 to 255 there
  if ((is_unsigned || byte) && !in_cast && c.to_is(Dialect::mysql)) t->flags |= flag::unsigned_;
  if (is_unsigned && !in_cast && (c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql))) {
    // The next wider signed type holds every unsigned value.
    if (t->text == "BIGINT")
      set_form(t, c.to_is(Dialect::tsql) ? "DECIMAL(20)" : "NUMERIC(20)", false, c);
    else if (t->text == "INT")
      t->text = "BIGINT";
    else if (t->text == "SMALLINT" && common == "SMALLINT")
      t->text = "INT";
  }
  length_of_bytes(t, c, in_cast);
  cap_fraction(t, c);
  if (c.to_is(Dialect::mysql) && in_cast) mysql_cast(t, value, c);
  if (c.to_is(Dialect::mysql) && !in_cast && t->text == "VARCHAR" && is_beyond_row(t)) {
    set_form(t, "LONGTEXT", false, c);
  }
  if (c.to_is(Dialect::oracle) && !in_cast && t->text == "VARCHAR2" && t->size == 0) {
    set_form(t, "VARCHAR2(4000)", false, c);
  }
  if (c.to_is(Dialect::tsql) && t->text == "VARCHAR" && t->size == 0 && c.from != Dialect::tsql) {
    set_form(t, "VARCHAR(MAX)", false, c);
  }
}

/// The digits of a second that are written for a column of the source. Without a number MySQL keeps
/// none, where most others keep some.
std::string_view written_digits(const Node* t, Context& c) {
  const std::string_view n = common_name(t, c.from);
  const bool is_moment = n == "TIMESTAMP" || n == "DATETIME" || n == "DATETIME2" || n == "TIME" ||
                         n == "TIMESTAMPTZ" || n == "DATETIMEOFFSET" || n == "TIMETZ";
  if (!is_moment || c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite)) return "";
  if (c.from_is(Dialect::oracle) && t->text == "DATE") return "";
  if (t->size == 0) {
    c.warn("fractions",
           "a column of moments without digits keeps whole seconds in mysql; give it digits, as in "
           "TIMESTAMP(6)");
    return "";
  }
  constexpr std::string_view most = "6";
  const std::string_view written = t->kid(0)->text;
  return written > most ? most : written;
}

/// The column's own clock has as many digits as the column, or MySQL refuses it.
void keep_digits(Node* column, std::string_view digits, Context& c) {
  Node* type = column->kid(1);
  const bool is_moment = type->text == "DATETIME" || type->text == "TIMESTAMP";
  if (digits.empty() || digits == "0" || (!is_moment && type->text != "TIME")) return;
  type->size = 0;
  c.build.add(type, c.build.number(digits));
  for (Node* k : *column->kid(column_slot::constraints)) {
    if (static_cast<ConstraintKind>(k->op) != ConstraintKind::default_) continue;
    Node*& value = k->kids[constraint_slot::expression];
    if (!value->is(Kind::string) && value->text == "CURRENT_TIMESTAMP") {
      value = c.build.call("CURRENT_TIMESTAMP", c.build.number(digits));
    } else if (value->is(Kind::paren)) {
      for (std::string_view f : {"SYSDATE", "UTC_TIMESTAMP"}) {
        if (is_call(value->kid(0), f)) value->kids[0] = c.build.call(f, c.build.number(digits));
      }
    }
  }
}

void translate_column(Node* column, Context& c) {
  const Node* type = column->kid(1);
  const bool to_mysql = c.to_is(Dialect::mysql) && type && type->is(Kind::type);
  const std::string digits(to_mysql ? written_digits(type, c) : "");
  translate_type(column->kids[1], c, false);
  if (to_mysql) keep_digits(column, c.build.text(digits), c);
}

bool is_known_type(const Node* type, const Context& c) {
  const std::string_view common = common_name(type, c.from);
  for (const TypeRow& row : rows) {
    if (in_names(row.names, common)) return true;
  }
  return false;
}

/// SQLite has no date types: CAST(x AS DATE) would give a number.
void sqlite_moments(Node*& root, Context& c) {
  rewrite_tree(root, [&](Node*& n) {
    const bool cast = n->is(Kind::cast) && !n->has(flag::done) && n->kid(1)->is(Kind::type);
    if (!cast && !n->is(Kind::typed_literal)) return;
    const ValueType t = type_of(n, c);
    const std::string_view f = t == ValueType::date        ? "DATE"
                               : t == ValueType::timestamp ? "DATETIME"
                               : t == ValueType::time      ? "TIME"
                                                           : "";
    if (f.empty()) return;
    n = c.build.call(f, n->kid(0));
    n->flags |= flag::done;
  });
}

void pass_types_of(Node* root, Context& c) {
  const bool casts = c.build.made(Kind::cast);
  if (c.to_is(Dialect::sqlite) && (casts || c.build.made(Kind::typed_literal))) {
    sqlite_moments(root, c);
  }
  if (!casts && !c.build.made(Kind::column) && !c.build.made(Kind::alter_action)) return;
  walk(root, [&](Node* n) {
    if (n->is(Kind::cast) && !n->has(flag::done)) translate_type(n->kid(1), c, true);
    if (n->is(Kind::column)) translate_column(n, c);
    if (n->is(Kind::alter_action)) translate_type(n->kid(action_slot::type), c, false);
    return true;
  });
}

}  // namespace iacdb::sql
