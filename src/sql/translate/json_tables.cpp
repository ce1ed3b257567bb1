// JSON_TABLE of MySQL and Oracle, OPENJSON WITH (..) of SQL Server: a row for each element of an
// array, a column for each path in it. Sources: the chapters "JSON Table Functions" of MySQL 8.0,
// "JSON_TABLE" of Oracle 19c and "OPENJSON" of Transact-SQL 2022.

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "sql/parser.hpp"
#include "sql/reserved.hpp"
#include "sql/translate/column_uses.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/table_functions.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_openjson(const Node* table) {
  const Node* hints = table->kid(table_slot::hints);
  return is_call(table->kid(table_slot::source), "OPENJSON") && hints && hints->is(Kind::raw);
}

class JsonTable {
 public:
  JsonTable(Node* table, Context& c) : table_(table), c_(c) {
    Node* call = table->kid(table_slot::source);
    document_ = argument(call, 0);
    if (is_openjson(table)) {
      openjson_ = true;
      read_columns(table->kid(table_slot::hints)->text);
      if (argument_count(call) > 1) {
        if (!argument(call, 1)->is(Kind::string)) c.refuse(call, "a path that is no literal");
        path_ = argument(call, 1)->text;
      }
      elements_ = true;
    } else {
      read_columns(argument(call, 1)->text);
      elements_ = path_.ends_with("[*]");
      if (elements_) path_.remove_suffix(3);
    }
    if (!path_.starts_with('$') || path_.find_first_of("*[\"") != std::string_view::npos) {
      c.refuse(call, "this path to the rows of a JSON document has no equal");
    }
  }

  Node* table_for(bool lateral, ColumnUses& uses) {
    switch (c_.to) {
      case Dialect::postgres:
        if (lateral) table_->flags |= flag::lateral;
        return derived(rows_of_postgres());
      case Dialect::sqlite:
        if (!lateral) return derived(rows_of_sqlite());
        if (nests()) c_.refuse(table_, "NESTED PATH of another table's column in sqlite");
        row_ = alias();
        expand_stars_of(uses);
        for (const Node* column : *columns_)
          uses.put(table_, last_name(column->kid(0)), value(column));
        uses.qualify(table_);
        return rows_of_sqlite();
      case Dialect::tsql:
        return openjson();
      default:
        return json_table();
    }
  }

 private:
  /// The function's own columns are more than the statement's.
  void expand_stars_of(ColumnUses& uses) {
    Node* names = table_->kids[table_slot::columns] = c_.build.list();
    for (const Node* column : *columns_) c_.build.add(names, c_.build.clone(column->kid(0)));
    const bool known = uses.expand_stars();
    table_->kids[table_slot::columns] = nullptr;
    if (!known) c_.refuse(table_, "a star beside this needs the schema", "schema");
  }

  void read_columns(std::string_view text) {
    Parser parser(text, c_.from, c_.build.arena());
    Node* path = nullptr;
    columns_ = parser.json_columns(path);
    if (path) path_ = path->text;
  }

  std::string_view alias() const { return table_->kid(table_slot::alias)->text; }
  Node* named(std::string_view name) { return c_.build.name(name, is_reserved(name, c_.to)); }

  static Node* done(Node* n) {
    n->flags |= flag::done;
    return n;
  }

  /// The steps of $.a.b.
  std::vector<std::string_view> steps(std::string_view path) {
    std::vector<std::string_view> out;
    if (path == "$") return out;
    if (!path.starts_with("$.") || path.find_first_of("[*\"") != std::string_view::npos) {
      c_.refuse(table_, "this path in a JSON document has no equal");
    }
    for (std::size_t at = 2; at <= path.size();) {
      const std::size_t end = std::min(path.find('.', at), path.size());
      out.push_back(path.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }

  std::string_view path_of(const Node* column) {
    if (column->kid(2)) {
      std::string_view path = column->kid(2)->text;
      for (std::string_view word : {"lax ", "strict "}) {
        if (path.starts_with(word)) path.remove_prefix(word.size());
      }
      return path;
    }
    return c_.build.text("$." + std::string(last_name(column->kid(0))));
  }

  /// (SELECT a column for each path FROM rows AS alias)
  Node* derived(Node* rows) {
    Node* s = c_.build.select();
    s->kids[select_slot::items] = c_.build.list();
    s->kids[select_slot::from] = c_.build.list_of(numbered(rows, alias()));
    row_ = alias();
    read_into(s, columns_);
    return c_.build.with(Kind::subquery, {}, s);
  }

  /// The rows under a name, with their places on PostgreSQL.
  Node* numbered(Node* rows, std::string_view alias) {
    Node* inner = table_of(c_, rows, alias);
    if (c_.to_is(Dialect::postgres)) {
      inner->flags |= flag::ordinality;
      Node* names = inner->kids[table_slot::columns] = c_.build.list();
      for (std::string_view name : {"iacdb_value", "iacdb_ordinal"}) {
        c_.build.add(names, c_.build.name(name));
      }
    }
    return inner;
  }

  /// The columns of a row, and of the rows nested in it.
  void read_into(Node* s, const Node* columns) {
    const std::string_view own = row_;
    bool nested = false;
    for (const Node* column : *columns) {
      row_ = own;
      if (column->text == "NESTED") {
        if (nested) c_.refuse(column, "two NESTED PATHs beside each other have no equal");
        nested = true;
        nest(s, column);
        continue;
      }
      c_.build.add(s->kids[select_slot::items],
                   c_.build.item(value(column), named(last_name(column->kid(0)))));
    }
    row_ = own;
  }

  /// LEFT JOIN the elements of an array of the row.
  void nest(Node* s, const Node* column) {
    std::string_view path = column->kid(2)->text;
    if (!path.ends_with("[*]")) c_.refuse(column, "NESTED PATH but to the elements of an array");
    path.remove_suffix(3);
    Node* rows = nullptr;
    if (c_.to_is(Dialect::postgres)) {
      rows = c_.build.call("JSON_EXTRACT_PATH", c_.build.column(row_, "iacdb_value"));
      for (std::string_view step : steps(path)) {
        c_.build.add(rows->kid(call_slot::args), c_.build.string(step));
      }
      rows = c_.build.call("JSON_ARRAY_ELEMENTS", done(rows));
    } else {
      rows = c_.build.call("JSON_EACH", c_.build.column(row_, "value"), c_.build.string(path));
    }
    const std::string_view name = c_.fresh("iacdb_nested_");
    Node* table = numbered(done(rows), name);
    if (c_.to_is(Dialect::postgres)) table->flags |= flag::lateral;
    Node* from = s->kid(select_slot::from);
    from->kids[0] =
        join_of(c_, JoinKind::left, from->kids[0], table, c_.build.node(Kind::boolean, "TRUE"));
    row_ = name;
    read_into(s, column->kid(1));
  }

  bool nests() const {
    for (const Node* column : *columns_) {
      if (column->text == "NESTED") return true;
    }
    return false;
  }

  Node* rows_of_postgres() {
    Node* document = done(c_.build.cast(document_, "JSON"));
    for (std::string_view step : steps(path_)) {
      document = done(c_.build.call("JSON_EXTRACT_PATH", document, c_.build.string(step)));
    }
    if (!elements_ || openjson_) {
      Node* one = done(c_.build.call("JSON_BUILD_ARRAY", c_.build.clone(document)));
      if (elements_) {  // OPENJSON takes an object for a row.
        Node* kind = done(c_.build.call("JSON_TYPEOF", c_.build.clone(document)));
        document = case_when(c_, c_.build.binary(BinOp::eq, kind, c_.build.string("object")), one,
                             document);
      } else {
        document = one;
      }
    }
    return done(c_.build.call("JSON_ARRAY_ELEMENTS", document));
  }

  Node* rows_of_sqlite() {
    Node* document = document_;
    const bool object = openjson_;
    if (path_ != "$") {
      document = done(c_.build.call("JSON_EXTRACT", document, c_.build.string(path_)));
    }
    if (object || !elements_) {
      Node* one = c_.build.binary(BinOp::concat, c_.build.string("["), c_.build.clone(document));
      one = done(c_.build.binary(BinOp::concat, done(one), c_.build.string("]")));
      if (object) {
        Node* kind = done(c_.build.call("JSON_TYPE", c_.build.clone(document)));
        document = case_when(c_, c_.build.binary(BinOp::eq, kind, c_.build.string("object")), one,
                             document);
      } else {
        document = one;
      }
    }
    return done(c_.build.call("JSON_EACH", document));
  }

  /// A column of a row, on PostgreSQL and SQLite.
  Node* value(const Node* column) {
    const bool postgres = c_.to_is(Dialect::postgres);
    if (column->text == "ORDINALITY") {
      if (postgres) return c_.build.column(row_, "iacdb_ordinal");
      Node* key = c_.build.column(row_, "key");
      return c_.build.paren(c_.build.binary(BinOp::add, key, c_.build.number("1")));
    }
    const std::vector<std::string_view> path = steps(path_of(column));
    const bool json = column->text == "JSON";
    Node* e = nullptr;
    if (postgres) {
      e = c_.build.call(json ? "JSON_EXTRACT_PATH" : "JSON_EXTRACT_PATH_TEXT",
                        c_.build.column(row_, "iacdb_value"));
      for (std::string_view step : path) {
        c_.build.add(e->kid(call_slot::args), c_.build.string(step));
      }
      if (path.empty()) {
        c_.build.add(e->kid(call_slot::args), c_.build.unary("VARIADIC", c_.build.string("{}")));
      }
    } else {
      e = c_.build.column(row_, "value");
      if (!path.empty()) {
        e = c_.build.call("JSON_EXTRACT", e, c_.build.string(path_of(column)));
      }
    }
    if (!e->is(Kind::path)) done(e);
    return filled(column, valued(column, e, json), path);
  }

  /// DEFAULT .. ON EMPTY: where the document has nothing at the path.
  Node* filled(const Node* column, Node* value, const std::vector<std::string_view>& path) {
    Node* given = column->kid(3);
    if (!given) return value;
    if (path.empty()) c_.refuse(column, "DEFAULT of a row itself has no equal");
    Node* found = nullptr;
    if (c_.to_is(Dialect::postgres)) {
      found = c_.build.call("JSON_EXTRACT_PATH", c_.build.column(row_, "iacdb_value"));
      for (std::string_view step : path) {
        c_.build.add(found->kid(call_slot::args), c_.build.string(step));
      }
    } else {
      found = c_.build.call("JSON_TYPE", c_.build.column(row_, "value"),
                            c_.build.string(path_of(column)));
    }
    Node* missing = c_.build.binary(BinOp::is, done(found), c_.build.null());
    const bool number = is_number(value_type_of(column->kid(1), c_.from));
    Node* fixed =
        number && given->is(Kind::string) ? c_.build.number(given->text) : c_.build.clone(given);
    return case_when(c_, missing, fixed, value);
  }

  Node* valued(const Node* column, Node* e, bool json) {
    const bool postgres = c_.to_is(Dialect::postgres);
    const ValueType type = value_type_of(column->kid(1), c_.from);
    if (json || type == ValueType::json) return e;
    if (type == ValueType::text) return postgres ? e : done(c_.build.cast(e, "TEXT"));
    Node* cast = c_.build.with(Kind::cast, "CAST", e, c_.build.clone(column->kid(1)));
    return cast;
  }

  /// A type's name in MySQL, Oracle and SQL Server.
  std::string type_name(const Node* column) {
    const Node* type = column->kid(1);
    const bool mysql = c_.to_is(Dialect::mysql);
    const bool tsql = c_.to_is(Dialect::tsql);
    switch (value_type_of(type, c_.from)) {
      case ValueType::integer:
        return mysql || tsql ? "BIGINT" : "NUMBER";
      case ValueType::decimal:
      case ValueType::real:
        if (type->size == 2 && type->kid(0)->is(Kind::number) && type->kid(1)->is(Kind::number)) {
          return std::string(mysql || tsql ? "DECIMAL(" : "NUMBER(") +
                 std::string(type->kid(0)->text) + ", " + std::string(type->kid(1)->text) + ")";
        }
        return mysql ? "DOUBLE" : tsql ? "FLOAT" : "NUMBER";
      case ValueType::date:
        return "DATE";
      case ValueType::timestamp:
        return mysql ? "DATETIME" : tsql ? "DATETIME2" : "TIMESTAMP";
      case ValueType::json:
        return mysql ? "JSON" : tsql ? "NVARCHAR(MAX)" : "VARCHAR2(4000)";
      case ValueType::text:
        return mysql ? "LONGTEXT" : tsql ? "NVARCHAR(4000)" : "VARCHAR2(4000)";
      default:
        c_.refuse(type, "a column of this type of a JSON document has no equal");
    }
  }

  std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char ch : text) out += ch == '\'' ? std::string("''") : std::string(1, ch);
    return out + "'";
  }

  std::string written_name(const Node* column) {
    const std::string_view name = last_name(column->kid(0));
    const bool plain = !name.empty() && !base::is_digit(name[0]) &&
                       std::all_of(name.begin(), name.end(), [](char ch) {
                         return base::is_digit(ch) || ch == '_' || base::to_upper(ch) != ch ||
                                base::to_lower(ch) != ch;
                       });
    if (plain && !is_reserved(name, c_.to)) return std::string(name);
    // As the name is written where it is used.
    if (plain && c_.to_is(Dialect::oracle)) return "\"" + base::upper(name) + "\"";
    const char open = c_.to_is(Dialect::mysql) ? '`' : c_.to_is(Dialect::tsql) ? '[' : '"';
    const char close = open == '[' ? ']' : open;
    std::string out(1, open);
    for (const char ch : name) out.append(ch == close ? 2 : 1, ch);
    return out + close;
  }

  void write_columns(std::string& text, const Node* columns) {
    const bool mysql = c_.to_is(Dialect::mysql);
    const char* gap = "";
    for (const Node* column : *columns) {
      text += gap;
      gap = ", ";
      if (column->text == "NESTED") {
        text += "NESTED PATH " + quoted(column->kid(2)->text) + " COLUMNS (";
        write_columns(text, column->kid(1));
        text += ")";
        continue;
      }
      text += written_name(column);
      if (column->text == "ORDINALITY") {
        text += " FOR ORDINALITY";
        continue;
      }
      const bool json = column->text == "JSON";
      text += " " + (json && mysql ? "JSON" : type_name(column));
      if (json && !mysql) text += " FORMAT JSON";
      text += " PATH " + quoted(path_of(column));
      if (const Node* given = column->kid(3)) {
        text += " DEFAULT " +
                (given->is(Kind::string) || mysql ? quoted(given->text) : std::string(given->text));
        text += " ON EMPTY";
      }
    }
  }

  Node* json_table() {
    const bool mysql = c_.to_is(Dialect::mysql);
    const std::string rows =
        std::string(mysql && openjson_ ? "$" : path_) + (elements_ ? "[*]" : "");
    std::string text = quoted(rows) + " COLUMNS (";
    write_columns(text, columns_);
    Node* document = document_;
    if (mysql && openjson_) {  // An object is a row.
      if (path_ != "$") {
        document = done(c_.build.call("JSON_EXTRACT", document, c_.build.string(path_)));
      }
      Node* kind = done(c_.build.call("JSON_TYPE", c_.build.clone(document)));
      Node* one = done(c_.build.call("CONCAT", c_.build.string("["), c_.build.clone(document),
                                     c_.build.string("]")));
      document =
          case_when(c_, c_.build.binary(BinOp::eq, kind, c_.build.string("OBJECT")), one, document);
    }
    return done(
        c_.build.call("JSON_TABLE", document, c_.build.node(Kind::raw, c_.build.text(text + ")"))));
  }

  Node* openjson() {
    std::string text = "WITH (";
    const char* gap = "";
    for (const Node* column : *columns_) {
      if (column->text == "NESTED" || column->kid(3)) {
        c_.refuse(table_, "NESTED PATH and DEFAULT have no equal in SQL Server");
      }
      if (column->text == "ORDINALITY") {
        c_.refuse(table_, "the numbers of rows of a JSON document have no equal in SQL Server");
      }
      const bool json = column->text == "JSON";
      text += gap + written_name(column) + " " + (json ? "NVARCHAR(MAX)" : type_name(column)) +
              " " + quoted(path_of(column)) + (json ? " AS JSON" : "");
      gap = ", ";
    }
    table_->kids[table_slot::hints] =
        c_.build.node(Kind::raw, c_.build.text(text + ")"), flag::done);
    Node* call = c_.build.call("OPENJSON", document_);
    if (path_ != "$") c_.build.add(call->kid(call_slot::args), c_.build.string(path_));
    return done(call);
  }

  Node* table_;
  Context& c_;
  Node* document_ = nullptr;
  Node* columns_ = nullptr;
  std::string_view path_ = "$";
  std::string_view row_ = {};  ///< The name of the rows that columns are read of.
  bool elements_ = false;      ///< A row for each element; else one row.
  bool openjson_ = false;
};

}  // namespace

bool is_json_table(const Node* table, const Context& c) {
  const Node* call = table->kid(table_slot::source);
  if (c.from_is(Dialect::tsql)) return is_openjson(table);
  return is_call(call, "JSON_TABLE") && argument_count(call) == 2 &&
         argument(call, 1)->is(Kind::raw) &&
         (c.from_is(Dialect::mysql) || c.from_is(Dialect::oracle));
}

void write_json_table(Node* table, Node* join, bool lateral, ColumnUses& uses, Context& c) {
  if (!table->kid(table_slot::alias)) {
    table->kids[table_slot::alias] = c.build.name(c.fresh("iacdb_rows_"));
  }
  JsonTable made(table, c);
  table->kids[table_slot::hints] = nullptr;
  table->kids[table_slot::source] = made.table_for(lateral, uses);
  if (lateral && c.to_is(Dialect::tsql)) table->flags |= flag::lateral;
  if (join) plain_join(join, c);
}

void plain_join(Node* join, Context& c) {
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql)) return;
  const bool outer = join->join() == JoinKind::outer_apply;
  if (!outer && join->join() != JoinKind::cross_apply) return;
  join->op = static_cast<std::uint8_t>(outer ? JoinKind::left : JoinKind::cross);
  if (outer) join->kids[join_slot::on] = c.build.node(Kind::boolean, "TRUE");
}

}  // namespace iacdb::sql
