// Statements that concern a server, a session or a client and not the data: in a script of a whole
// database they are left out, with a warning that says what is gone.
//
// Sources: "SET", "USE", "GRANT" and "LOCK TABLES" of MySQL 8.0; "SQL Commands" of PostgreSQL 15;
// "SET Statements" and "GRANT" of Transact-SQL 2019; "ALTER SESSION" of Oracle 19c; "PRAGMA" of
// SQLite 3.40.

#include "sql/lexer.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

struct LeftOut {
  std::string_view words;     ///< the statement's first ones; * is any one word
  std::string_view dialects;  ///< letters of the Dialect enum's order: s p m t o
  std::string_view code;
  std::string_view what;
};

constexpr LeftOut table[] = {
    {"set identity_insert", "t", "setting", "SET IDENTITY_INSERT, which only SQL Server needs"},
    {"set", "pmto", "setting", "a setting of the session"},
    {"use", "mt", "database", "the choice of a database: the connection says it"},
    {"create database", "pmto", "database", "CREATE DATABASE: the connection says where"},
    {"create schema", "m", "database", "CREATE SCHEMA: the connection says where"},
    {"alter database", "pmto", "database", "ALTER DATABASE"},
    {"alter schema", "m", "database", "ALTER SCHEMA"},
    {"grant", "pmto", "privileges", "GRANT: who may do what is the server's own affair"},
    {"revoke", "pmto", "privileges", "REVOKE: who may do what is the server's own affair"},
    {"deny", "t", "privileges", "DENY"},
    {"create user", "pmto", "privileges", "CREATE USER"},
    {"create role", "pmto", "privileges", "CREATE ROLE"},
    {"create login", "t", "privileges", "CREATE LOGIN"},
    {"alter user", "pmto", "privileges", "ALTER USER"},
    {"alter role", "pmto", "privileges", "ALTER ROLE"},
    {"alter login", "t", "privileges", "ALTER LOGIN"},
    {"alter authorization", "t", "privileges", "ALTER AUTHORIZATION"},
    {"alter default privileges", "p", "privileges", "ALTER DEFAULT PRIVILEGES"},
    {"drop user", "pmto", "privileges", "DROP USER"},
    {"drop role", "pmto", "privileges", "DROP ROLE"},
    {"flush", "m", "maintenance", "FLUSH"},
    {"lock tables", "m", "maintenance", "LOCK TABLES"},
    {"lock table", "pm", "maintenance", "LOCK TABLE"},
    {"unlock tables", "m", "maintenance", "UNLOCK TABLES"},
    {"analyze", "spm", "maintenance", "ANALYZE"},
    {"optimize", "m", "maintenance", "OPTIMIZE"},
    {"check table", "m", "maintenance", "CHECK TABLE"},
    {"vacuum", "sp", "maintenance", "VACUUM"},
    {"reindex", "sp", "maintenance", "REINDEX"},
    {"cluster", "p", "maintenance", "CLUSTER"},
    {"reset", "p", "setting", "RESET"},
    {"discard", "p", "setting", "DISCARD"},
    {"create extension", "p", "extension", "an extension of PostgreSQL"},
    {"drop extension", "p", "extension", "an extension of PostgreSQL"},
    {"comment on extension", "p", "comment", "the comment of an extension"},
    {"comment on", "p", "comment", "the comment of something that is no table"},
    {"alter sequence * owned", "p", "sequence", "whose column a sequence is"},
    {"alter * * owner", "p", "privileges", "an owner"},
    {"create publication", "p", "maintenance", "a publication"},
    {"pragma", "s", "setting", "a PRAGMA"},
    {"drop type", "pt", "type", "DROP TYPE"},
    {"drop domain", "p", "type", "DROP DOMAIN"},
    {"print", "t", "output", "PRINT"},
    {"dbcc", "t", "maintenance", "DBCC"},
    {"checkpoint", "pt", "maintenance", "CHECKPOINT"},
    {"exec sp_addextendedproperty", "t", "comment", "an extended property"},
    {"exec sys.sp_addextendedproperty", "t", "comment", "an extended property"},
    {"execute sp_addextendedproperty", "t", "comment", "an extended property"},
    {"execute sys.sp_addextendedproperty", "t", "comment", "an extended property"},
    {"exec sp_dboption", "t", "setting", "an option of the database"},
    {"exec sp_configure", "t", "setting", "an option of the server"},
    {"update statistics", "t", "maintenance", "UPDATE STATISTICS"},
    {"create statistics", "pt", "maintenance", "CREATE STATISTICS"},
    {"alter session", "o", "setting", "a setting of the session"},
    {"alter system", "po", "setting", "a setting of the server"},
    {"alter index", "to", "maintenance", "ALTER INDEX"},
    {"connect", "o", "database", "CONNECT"},
    {"create tablespace", "pmo", "storage", "CREATE TABLESPACE"},
    {"create fulltext", "t", "index-kind", "a full-text catalogue or index"},
    {"create synonym", "o", "synonym", "a synonym"},
    {"create public synonym", "o", "synonym", "a synonym"},
    {"exec dbms_stats", "o", "maintenance", "statistics"},
};

/// Compares the statement's first words; names with dots are one word.
bool starts_with_words(std::string_view text, Dialect dialect, std::string_view words) {
  Lexer lexer(text, dialect);
  Token t = lexer.next_significant();
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    const std::string_view wanted = words.substr(0, blank);
    words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
    const std::size_t begin = t.begin;
    std::size_t end = t.end();
    t = lexer.next_significant();
    while (t.is(Op::dot)) {  // a.b is one word of the table above
      t = lexer.next_significant();
      end = t.end();
      t = lexer.next_significant();
    }
    if (wanted != "*" && !same_word(wanted, text.substr(begin, end - begin))) return false;
  }
  return true;
}

/// SELECT pg_catalog.set_config(..) and setval(..), which pg_dump writes.
bool is_dump_call(const Node* n) {
  if (!n->is(Kind::select) || n->kid(select_slot::from)) return false;
  const Node* items = n->kid(select_slot::items);
  if (!items || items->size != 1 || !items->kid(0)->is(Kind::item)) return false;
  const Node* call = items->kid(0)->kid(0);
  if (!call || !call->is(Kind::call)) return false;
  return same_word(call->text, "set_config") || same_word(call->text, "setval");
}

}  // namespace

/// sqlite_sequence and its like, which the database keeps for itself.
bool is_internal_table(const Node* n) {
  const Node* target = n->is(Kind::insert)    ? n->kid(insert_slot::target)
                       : n->is(Kind::delete_) ? n->kid(delete_slot::from)
                       : n->is(Kind::update)  ? n->kid(update_slot::target)
                                              : nullptr;
  if (n->is(Kind::delete_) && n->kid(delete_slot::targets)) target = n->kid(delete_slot::targets);
  if (target && target->is(Kind::list)) target = target->kid(0);
  if (!target) return false;
  const Node* name = target->is(Kind::table) ? target->kid(table_slot::source) : target;
  return last_name(name).starts_with("sqlite_");
}

/// True when the statement is to be left out; says so in a warning.
bool leave_out(const Node* n, Context& c) {
  if (c.from_is(Dialect::postgres) && is_dump_call(n)) {
    c.warn("setting", "a setting or the state of a sequence was left out");
    return true;
  }
  if (c.from_is(Dialect::sqlite) && is_internal_table(n)) {
    c.warn("sequence", "the state of AUTOINCREMENT was left out");
    return true;
  }
  if (n->is(Kind::drop) &&
      (n->text == "DATABASE" || (n->text == "SCHEMA" && c.from_is(Dialect::mysql)))) {
    c.warn("database", "DROP " + std::string(n->text) + " was left out");
    return true;
  }
  if (n->is(Kind::comment_on) && !c.to_is(Dialect::postgres) && !c.to_is(Dialect::oracle) &&
      !(c.to_is(Dialect::mysql) && n->text == "TABLE")) {
    c.warn("comment", "a comment was left out");
    return true;
  }
  if (n->is(Kind::transaction) && c.to_is(Dialect::oracle) && n->text == "BEGIN") return true;
  if (!n->is(Kind::command)) return false;
  if (c.options.learned) {
    if (auto named = read_named_type(n->text, c.from)) {
      c.options.learned->types.push_back(std::move(*named));
      return true;  // its columns say it themselves
    }
  }
  static constexpr std::string_view letters = "spmto";
  for (const LeftOut& rule : table) {
    if (rule.dialects.find(letters[static_cast<std::size_t>(c.from)]) == std::string_view::npos ||
        !starts_with_words(n->text, c.from, rule.words)) {
      continue;
    }
    c.warn(std::string(rule.code), std::string(rule.what) + " was left out");
    return true;
  }
  if (!c.options.lossy) return false;
  c.warn("left-out", "a statement that is not translated was left out");
  return true;
}

}  // namespace iacdb::sql
