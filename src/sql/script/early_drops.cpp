// Folding: what a script does away with before it makes it.
//
// SQL*Plus, psql and sqlcmd go on behind DROP TABLE t of a table that is not there; a script that
// empties and drops tables first and makes them then is meant for a new database too.

#include "sql/lexer.hpp"
#include "sql/script/definition_nodes.hpp"
#include "sql/script/folding.hpp"

namespace iacdb::sql {

namespace {

/// The table of DELETE FROM t and of TRUNCATE TABLE t without a condition; empty for others.
std::string emptied(std::string_view text, Dialect dialect) {
  Lexer lexer(text, dialect);
  Token t = lexer.next_significant();
  if (!t.is("delete"_w) && !t.is("truncate"_w)) return {};
  t = lexer.next_significant();
  if (t.is("from"_w) || t.is("table"_w)) t = lexer.next_significant();
  std::string_view name;
  for (;;) {
    if (t.kind != TokenKind::word && t.kind != TokenKind::quoted_name) return {};
    name = t.text(text);
    if (t.kind == TokenKind::quoted_name) name = name.substr(1, name.size() - 2);
    t = lexer.next_significant();
    if (!t.is(Op::dot)) break;
    t = lexer.next_significant();
  }
  return t.kind == TokenKind::end || t.is(Op::semicolon) ? key_of(name) : std::string();
}

std::string drop_key(std::string_view kind, const Node* name) {
  return std::string(kind) + " " + key_of(last_name(name));
}

}  // namespace

/// DROP of what the script makes only later drops what there is; emptying it before changes
/// nothing.
void Folding::ease_early_drops(const std::vector<ScriptPart>& parts) {
  if (to_ == from_ || to_ == Dialect::oracle) return;
  std::map<std::string, std::size_t, std::less<>> made;
  std::map<std::string, std::size_t, std::less<>> dropped;  ///< before it is made
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    const Node* n = definitions_[i].tree;
    if (!n) continue;
    if (n->is(Kind::create_table)) {
      made.try_emplace(drop_key("TABLE", n->kid(table_def_slot::name)), i);
    }
    if (n->is(Kind::create_sequence)) made.try_emplace(drop_key("SEQUENCE", n->kid(0)), i);
  }
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    Definition& d = definitions_[i];
    if (!d.tree || !d.tree->is(Kind::drop) || d.tree->has(flag::if_exists)) continue;
    bool early = true;
    for (const Node* name : *d.tree->kid(0)) {
      const std::string key = drop_key(d.tree->text, name);
      const auto found = made.find(key);
      early = early && found != made.end() && found->second > i;
      if (early) dropped.try_emplace(key, i);
    }
    if (!early) continue;
    d.tree->flags |= flag::if_exists;
    d.changed = true;
  }
  for (std::size_t i = 0; i < parts.size() && !dropped.empty(); ++i) {
    const std::string table = emptied(parts[i].text, from_);
    const auto found = table.empty() ? dropped.end() : dropped.find("TABLE " + table);
    if (found == dropped.end() || found->second < i) continue;
    definitions_[i].folded = true;
    definitions_[i].warnings.push_back(
        {"early-delete", "the emptying of a table that is dropped and made anew was left out"});
  }
}

}  // namespace iacdb::sql
