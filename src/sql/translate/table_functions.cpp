// STRING_SPLIT, UNNEST, JSON_EACH, OPENJSON and their kind. A JSON array is what most databases
// make rows of, so a text is split by way of one. Sources: the chapters on JSON functions of
// SQLite 3.40 and MariaDB 10.11, on set returning functions of PostgreSQL 15, and STRING_SPLIT and
// OPENJSON of Transact-SQL 2022.

#include "sql/translate/table_functions.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "sql/reserved.hpp"
#include "sql/translate/column_uses.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

namespace {

/// A separator that JSON writes as it stands, and that no escape of JSON holds.
bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (char ch : text) {
    const bool word = lower(ch) != upper(ch) || (ch >= '0' && ch <= '9');
    if (word || ch == '"' || ch == '\\' || ch == '/' || static_cast<unsigned char>(ch) < ' ') {
      return false;
    }
  }
  return true;
}

class TableFunction {
 public:
  TableFunction(Node* select, Context& c) : s_(select), c_(c), uses_(select, c) {}

  /// Makes a table of a function in the list: SELECT id, UNNEST(..) FROM t.
  void lift() {
    if (!c_.from_is(Dialect::postgres)) return;
    for (Node* item : *s_->kid(select_slot::items)) {
      if (!item->is(Kind::item) || !item->kid(0)->is(Kind::call)) continue;
      Node* call = item->kid(0);
      if (read_rows(call, c_).rows == Rows::none) continue;
      const std::string_view alias = c_.fresh("iacdb_rows_");
      const std::string_view name = item->kid(1) ? item->kid(1)->text : call->text;
      Node* table = table_of(c_, call, alias);
      table->kids[table_slot::columns] = c_.build.list_of(c_.build.name(name));
      Node*& from = s_->kids[select_slot::from];
      if (!from) from = c_.build.list();
      if (from->size > 0) table->flags |= flag::lateral;
      c_.build.add(from, table);
      if (!item->kid(1)) item->kids[1] = c_.build.name(name);
      item->kids[0] = c_.build.column(alias, name);
      return;  // Two of them advance together: that has no equal.
    }
  }

  void tables() {
    Node* from = s_->kid(select_slot::from);
    for (std::uint32_t i = 0; from && i < from->size; ++i) in(from->kids[i], nullptr, i > 0);
  }

 private:
  void in(Node* n, Node* join, bool follows) {
    if (n->is(Kind::join)) {
      in(n->kid(join_slot::left), nullptr, follows);
      return in(n->kid(join_slot::right), n, true);
    }
    if (!n->is(Kind::table) || !n->kid(table_slot::source)->is(Kind::call)) return;
    Node* call = n->kid(table_slot::source);
    if (is_json_table(n, c_)) {
      const bool lateral = follows && is_lateral(argument(call, 0));
      return write_json_table(n, join, lateral, uses_, c_);
    }
    RowSource source = read_rows(call, c_);
    if (source.rows == Rows::none) return;
    if (n->kid(table_slot::hints))
      c_.refuse(n, "OPENJSON with a list of columns has no equal here");
    if (!expand_stars_of(n, source)) c_.refuse(n, "a star beside this needs the schema", "schema");
    name_columns(n, call, source);
    write(n, join, follows, source);
  }

  bool expand_stars_of(Node* table, const RowSource& source) {
    RowSource named = source;
    name_columns(table, table->kid(table_slot::source), named);
    if (!table->kid(table_slot::columns)) {
      Node* list = table->kids[table_slot::columns] = c_.build.list();
      const bool ordinal = argument_count(table->kid(table_slot::source)) == 3;
      for (const auto& [name, role] : named.columns) {
        if (role != Role::ordinal || ordinal || table->has(flag::ordinality)) {
          c_.build.add(list, c_.build.name(name));
        }
      }
    }
    return uses_.expand_stars();
  }

  /// The columns as the statement says them.
  void name_columns(Node* table, const Node* call, RowSource& source) {
    Node*& alias = table->kids[table_slot::alias];
    if (!alias) {
      alias = c_.build.name(c_.from_is(Dialect::postgres) ? lowered(call->text)
                                                          : c_.fresh("iacdb_rows_"));
    }
    for (auto& [name, role] : source.columns) {
      if (name.empty()) name = alias->text;
    }
    if (table->has(flag::ordinality)) {
      source.columns.emplace_back("ordinality", Role::ordinal);
    }
    const Node* names = table->kid(table_slot::columns);
    for (std::uint32_t i = 0; names && i < names->size && i < source.columns.size(); ++i) {
      if (!names->kid(i)->is(Kind::name)) c_.refuse(names, "types of these columns have no equal");
      source.columns[i].first = names->kid(i)->text;
    }
  }

  std::string_view lowered(std::string_view text) {
    std::string out(text);
    for (char& ch : out) ch = lower(ch);
    return c_.build.text(out);
  }

  bool is_lateral(Node* subject) {
    bool found = false;
    walk(subject, [&](const Node* n) {
      found = found || n->is(Kind::name) || n->is(Kind::path);
      return !found;
    });
    return found;
  }

  void write(Node* table, Node* join, bool follows, RowSource& source) {
    derived_ = false;
    const bool lateral = follows && is_lateral(source.subject);
    table->kids[table_slot::columns] = nullptr;
    table->flags &= ~(flag::ordinality | flag::lateral);
    std::vector<std::pair<Role, Node*>> own;
    Node* made = source.rows == Rows::list ? listed(source) : called(source, table, own);
    const bool sqlite = c_.to_is(Dialect::sqlite);
    if (c_.to_is(Dialect::tsql) || (sqlite && !lateral)) {
      derived_ = true;
      made = renamed(made, source, own,
                     sqlite ? table->kid(table_slot::alias)->text : std::string_view());
      own.clear();
    }
    if (!own.empty()) replace(table, source, own);
    if (sqlite && lateral) uses_.qualify(table);
    if (c_.from_is(Dialect::postgres)) replace_whole(table, source);
    table->kids[table_slot::source] = made;
    if (lateral && c_.to_is(Dialect::tsql)) table->flags |= flag::lateral;
    if (join) plain_join(join, c_);
  }

  /// SELECT 3 AS x, 1 AS i UNION ALL ..
  Node* listed(const RowSource& source) {
    Node* whole = nullptr;
    std::uint32_t at = 0;
    if (source.subject->size == 0) c_.refuse(source.subject, "an empty array has no equal");
    for (Node* value : *source.subject) {
      Node* s = c_.build.select();
      s->kids[select_slot::items] = c_.build.list();
      ++at;
      for (const auto& [name, role] : source.columns) {
        Node* e = role == Role::value ? value : c_.build.number(c_.build.text(std::to_string(at)));
        c_.build.add(s->kids[select_slot::items], c_.build.item(e, whole ? nullptr : named(name)));
      }
      whole = whole ? union_all(c_, whole, s) : s;
    }
    return c_.build.with(Kind::subquery, {}, whole);
  }

  Node* form(std::string_view text, Node* subject, std::string_view separator = {}) {
    Node* const holes[] = {subject, c_.build.string(separator)};
    return fill(text, c_.to, holes, c_.build);
  }

  /// A text of pieces as a JSON array.
  Node* array_of(const RowSource& source) {
    if (!is_plain(source.separator)) {
      c_.refuse(source.subject, "a split by this separator has no equal here");
    }
    static constexpr std::array<std::string_view, 5> forms = {
        "'[' || REPLACE(JSON_QUOTE(:1 || ''), :2, '\",\"') || ']'", "",
        "CONCAT('[', REPLACE(JSON_QUOTE(:1), :2, '\",\"'), ']')", "",
        "'[\"' || REPLACE(REPLACE(REPLACE(:1, '\\', '\\\\'), '\"', '\\\"'), :2, '\",\"') || '\"]'"};
    Node* array = form(forms[static_cast<std::size_t>(c_.to)], source.subject, source.separator);
    Node* subject = c_.build.clone(source.subject);
    Node* given = source.empty_has_a_piece
                      ? c_.build.unary("NOT", c_.build.binary(BinOp::is, subject, c_.build.null()))
                      : c_.build.binary(BinOp::neq, subject, c_.build.string(""));
    return c_.to_is(Dialect::oracle) ? array : case_when(c_, given, array);
  }

  Node* called(RowSource& source, Node* table, std::vector<std::pair<Role, Node*>>& own) {
    switch (c_.to) {
      case Dialect::sqlite:
        return for_sqlite(source, table, own);
      case Dialect::postgres:
        return for_postgres(source, table, own);
      case Dialect::tsql:
        return for_tsql(source, own);
      default:
        return for_json_table(source, table, own);
    }
  }

  /// The statement's own name where it has one, so that no column of another table is hidden.
  std::string_view name_of(const RowSource& source, Role role) const {
    for (const auto& [name, given] : source.columns) {
      if (given == role && !(c_.to_is(Dialect::oracle) && is_reserved(name, c_.to))) return name;
    }
    return role == Role::value ? "iacdb_value" : role == Role::key ? "iacdb_key" : "iacdb_ordinal";
  }

  Node* named(std::string_view name) { return c_.build.name(name, is_reserved(name, c_.to)); }

  Node* column(const Node* table, std::string_view name) {
    Node* alias = c_.build.clone(table->kid(table_slot::alias));
    return c_.build.with(Kind::path, {}, alias, named(name));
  }

  Node* for_sqlite(const RowSource& source, Node* table, std::vector<std::pair<Role, Node*>>& own) {
    Node* place = c_.build.binary(BinOp::add, column(table, "key"), c_.build.number("1"));
    own = {{Role::value, column(table, "value")},
           {Role::ordinal, c_.build.paren(place)},
           {Role::index, column(table, "key")},
           {Role::key, column(table, "key")}};
    Node* document = source.rows == Rows::pieces ? array_of(source) : source.subject;
    return done(c_.build.call("JSON_EACH", document));
  }

  Node* for_postgres(const RowSource& source, Node* table,
                     std::vector<std::pair<Role, Node*>>& own) {
    Node* list = table->kids[table_slot::columns] = c_.build.list();
    const std::string_view value_name = name_of(source, Role::value);
    if (source.rows == Rows::entries) {
      const std::string_view key = name_of(source, Role::key);
      for (std::string_view name : {key, value_name}) c_.build.add(list, named(name));
      own = {{Role::key, column(table, key)}, {Role::value, column(table, value_name)}};
      return done(form("JSONB_EACH_TEXT(CAST(:1 AS JSONB))", source.subject));
    }
    const std::string_view ordinal = name_of(source, Role::ordinal);
    for (std::string_view name : {value_name, ordinal}) c_.build.add(list, named(name));
    table->flags |= flag::ordinality;
    Node* value = column(table, value_name);
    if (source.numbers) value = done(c_.build.cast(value, "NUMERIC"));
    Node* place = c_.build.binary(BinOp::sub, column(table, ordinal), c_.build.number("1"));
    own = {{Role::value, value},
           {Role::ordinal, column(table, ordinal)},
           {Role::index, c_.build.paren(place)}};
    if (source.rows == Rows::elements) {
      return done(form("JSONB_ARRAY_ELEMENTS_TEXT(CAST(:1 AS JSONB))", source.subject));
    }
    return done(form("UNNEST(CASE WHEN :1 = '' THEN ARRAY[''] ELSE STRING_TO_ARRAY(:1, :2) END)",
                     source.subject, source.separator));
  }

  Node* for_tsql(const RowSource& source, std::vector<std::pair<Role, Node*>>& own) {
    Node* place = c_.build.name("ordinal");
    Node* key = named("key");
    Node* index = done(c_.build.cast(named("key"), "INT"));
    if (source.rows == Rows::elements)
      place = c_.build.binary(BinOp::add, index, c_.build.number("1"));
    own = {{Role::value, c_.build.name("value")},
           {Role::ordinal, place},
           {Role::index, c_.build.clone(index)},
           {Role::key, key}};
    if (source.rows != Rows::pieces) return done(c_.build.call("OPENJSON", source.subject));
    if (source.separator.size() != 1) {
      c_.refuse(source.subject, "STRING_SPLIT takes a separator of one character only");
    }
    Node* text = source.empty_has_a_piece
                     ? source.subject
                     : c_.build.call("NULLIF", source.subject, c_.build.string(""));
    return done(c_.build.call("STRING_SPLIT", text, c_.build.string(source.separator),
                              c_.build.number("1")));
  }

  /// MySQL and Oracle name the columns of JSON_TABLE.
  Node* for_json_table(const RowSource& source, Node* table,
                       std::vector<std::pair<Role, Node*>>& own) {
    const bool mysql = c_.to_is(Dialect::mysql);
    if (source.rows == Rows::entries) return keys_of(source, table, own);
    const std::string_view value_name = name_of(source, Role::value);
    const std::string_view ordinal = name_of(source, Role::ordinal);
    const auto quoted = [&](std::string_view name) {
      return mysql ? "`" + std::string(name) + "`" : std::string(name);
    };
    std::string columns =
        "'$[*]' COLUMNS (" + quoted(ordinal) + " FOR ORDINALITY, " + quoted(value_name);
    if (mysql) {
      columns += " LONGTEXT PATH '$', iacdb_json JSON PATH '$')";
    } else {
      columns +=
          source.json ? " VARCHAR2(4000) FORMAT JSON PATH '$')" : " VARCHAR2(4000) PATH '$')";
    }
    Node* value = column(table, value_name);
    if (mysql && source.json) {
      value = column(table, "iacdb_json");
    } else if (mysql && source.rows == Rows::elements && !source.numbers) {
      Node* const holes[] = {value, column(table, "iacdb_json")};
      value = fill("COALESCE(:1, NULLIF(:2, 'null'))", c_.to, holes, c_.build);
    } else if (mysql && source.numbers) {
      value = c_.build.paren(c_.build.binary(BinOp::add, value, c_.build.number("0")));
    }
    Node* place = c_.build.binary(BinOp::sub, column(table, ordinal), c_.build.number("1"));
    own = {{Role::value, value},
           {Role::ordinal, column(table, ordinal)},
           {Role::index, c_.build.paren(place)}};
    Node* document = source.rows == Rows::pieces ? array_of(source) : source.subject;
    return done(
        c_.build.call("JSON_TABLE", document, c_.build.node(Kind::raw, c_.build.text(columns))));
  }

  Node* keys_of(const RowSource& source, Node* table, std::vector<std::pair<Role, Node*>>& own) {
    if (!c_.to_is(Dialect::mysql)) {
      c_.refuse(source.subject, "the members of a JSON object have no equal in oracle");
    }
    const std::string_view key = name_of(source, Role::key);
    Node* const holes[] = {c_.build.clone(source.subject), column(table, key)};
    Node* value =
        fill("NULLIF(JSON_UNQUOTE(JSON_EXTRACT(:1, CONCAT('$.', JSON_QUOTE(:2)))), 'null')", c_.to,
             holes, c_.build);
    own = {{Role::key, column(table, key)}, {Role::value, value}};
    const std::string columns = "'$[*]' COLUMNS (`" + std::string(key) + "` LONGTEXT PATH '$')";
    return done(c_.build.call("JSON_TABLE", form("JSON_KEYS(:1)", source.subject),
                              c_.build.node(Kind::raw, c_.build.text(columns))));
  }

  static Node* done(Node* n) {
    n->flags |= flag::done;
    return n;
  }

  /// (SELECT value AS p FROM function)
  Node* renamed(Node* call, const RowSource& source, const std::vector<std::pair<Role, Node*>>& own,
                std::string_view alias) {
    if (call->is(Kind::subquery)) return call;
    Node* s = c_.build.select();
    s->kids[select_slot::items] = c_.build.list();
    for (const auto& [name, role] : source.columns) {
      for (const auto& [given, value] : own) {
        if (given != role) continue;
        c_.build.add(s->kids[select_slot::items],
                     c_.build.item(c_.build.clone(value), named(name)));
      }
    }
    s->kids[select_slot::from] = c_.build.list_of(table_of(c_, call, alias));
    return c_.build.with(Kind::subquery, {}, s);
  }

  /// The statement's names of the columns become the target's.
  void replace(Node* table, const RowSource& source,
               const std::vector<std::pair<Role, Node*>>& own) {
    for (const auto& [name, role] : source.columns) {
      Node* value = nullptr;
      for (const auto& [given, made] : own) {
        if (given == role) value = made;
      }
      if (!value) c_.refuse(table, "a column of this function has no equal");
      uses_.put(table, name, value);
    }
  }

  /// PostgreSQL calls the one value of a row by the table's alias, too.
  void replace_whole(Node* table, const RowSource& source) {
    if (source.columns[0].second != Role::value) return;
    const std::string_view alias = table->kid(table_slot::alias)->text;
    if (same_word(alias, source.columns[0].first)) return;
    Node* value = c_.build.column(alias, source.columns[0].first);
    std::vector<std::pair<Role, Node*>> own;
    called_value(table, source, own);
    for (const auto& [role, made] : own) {
      if (role == Role::value) value = made;
    }
    uses_.put(table, alias, value);
  }

  void called_value(Node* table, const RowSource& source,
                    std::vector<std::pair<Role, Node*>>& own) {
    if (source.rows == Rows::list || derived_) return;
    RowSource again = source;
    again.subject = c_.build.clone(source.subject);
    called(again, table, own);
  }

  Node* s_;
  Context& c_;
  bool derived_ = false;  ///< The function is in a query that gives the columns their names.
  ColumnUses uses_;
};

}  // namespace

void write_table_functions(Node* select, Context& c) {
  TableFunction function(select, c);
  function.lift();
  function.tables();
}

}  // namespace iacdb::sql
