// TRIM with characters: MySQL takes them as one text, the others as a set. Sources: the string
// function chapters of MySQL 8.0, MariaDB 10.11, PostgreSQL 15, Oracle 19c and Transact-SQL 2022.

#include <string>

#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

/// SQL Server knows sides, and the word BOTH, from 2022 on.
void write_tsql(Node* n, Context& c) {
  const bool sides = c.options.target_version == 0 || c.options.target_version >= 2022;
  if (sides || !n->kid(1)) return;
  if (n->text != "BOTH") {
    c.refuse(n, "SQL Server trims characters of one side from 2022 on: TRIM of one side");
  }
  n->flags &= ~flag::parens;
}

/// Oracle's TRIM takes one character; LTRIM and RTRIM take a set.
Node* oracle_set(Node* n, Context& c) {
  Node* value = n->kid(0);
  const Node* set = n->kid(1);
  for (std::string_view side : {"RTRIM", "LTRIM"}) {
    if (n->text == (side == "RTRIM" ? "LEADING" : "TRAILING")) continue;
    value = c.build.call(side, value, c.build.clone(set));
    value->flags |= flag::done;
  }
  return value;
}

/// MySQL trims a set by a pattern, where its characters say nothing else in one.
Node* mysql_set(Node* n, Context& c) {
  std::string set = "[";
  for (const char ch : n->kid(1)->text) {
    const bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
                       (ch >= 'A' && ch <= 'Z') ||
                       std::string_view(" ,;:._/'\"").find(ch) != std::string_view::npos;
    if (!plain) c.refuse(n, "MySQL trims this text as a whole, the others each character: TRIM");
    set += ch;
  }
  set += "]+";
  std::string pattern = "(?-i)";
  if (n->text != "TRAILING") pattern += "^" + set;
  if (n->text == "BOTH") pattern += "|";
  if (n->text != "LEADING") pattern += set + "$";
  Node* call = c.build.call("REGEXP_REPLACE", n->kid(0), c.build.string(c.build.text(pattern)),
                            c.build.string(""));
  call->flags |= flag::done;
  return call;
}

}  // namespace

void pass_trim(Context& c) {
  if (c.from == c.to) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::trim)) return;
    const Node* set = n->kid(1);
    const bool several = set && set->is(Kind::string) && set->text.size() > 1;
    if (set && c.from_is(Dialect::mysql) && (set->is(Kind::name) || set->is(Kind::path))) {
      c.refuse(n, "MySQL trims this text as a whole, the others each of its characters: TRIM");
    }
    if (several && c.from_is(Dialect::mysql)) {
      c.refuse(n, "MySQL trims this text as a whole, the others each of its characters: TRIM");
    }
    if (several && c.to_is(Dialect::mysql)) {
      n = mysql_set(n, c);
    } else if (several && c.to_is(Dialect::oracle)) {
      n = oracle_set(n, c);
    } else if (c.to_is(Dialect::tsql)) {
      write_tsql(n, c);
    }
  });
}

}  // namespace iacdb::sql
