// Types that a script names: enumerations, domains, SQL Server's alias types.
//
// Sources: "CREATE TYPE" and "CREATE DOMAIN" of PostgreSQL 15, "CREATE TYPE" of Transact-SQL 2019.

#include "sql/lexer.hpp"
#include "sql/schema_facts.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

std::string_view bare(std::string_view name) {
  const bool quotes = name.size() > 1 && (name[0] == '"' || name[0] == '[');
  return quotes ? name.substr(1, name.size() - 2) : name;
}

std::vector<std::string> enumeration(Lexer& lexer, std::string_view text) {
  std::vector<std::string> values;
  for (Token t = lexer.next_significant(); t.kind != TokenKind::end; t = lexer.next_significant()) {
    if (t.kind != TokenKind::string) continue;
    const std::string_view quoted = t.text(text);
    std::string value;
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
      value += quoted[i];
      if (quoted[i] == '\'') ++i;
    }
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

const NamedType* SchemaFacts::named_type(std::string_view wanted) const noexcept {
  for (const NamedType& t : types) {
    if (same_word(t.name, wanted)) return &t;
  }
  return nullptr;
}

std::optional<NamedType> read_named_type(std::string_view text, Dialect dialect) {
  Lexer lexer(text, dialect);
  if (!lexer.next_significant().is("create"_w)) return std::nullopt;
  const Token kind = lexer.next_significant();
  if (!kind.is("type"_w) && !kind.is("domain"_w)) return std::nullopt;
  NamedType made;
  Token t = lexer.next_significant();
  for (;;) {
    made.name = bare(t.text(text));
    t = lexer.next_significant();
    if (!t.is(Op::dot)) break;
    t = lexer.next_significant();
  }
  const bool domain = kind.is("domain"_w);
  if (!domain && t.is("from"_w)) {  // SQL Server
    made.definition = text.substr(t.end());
    return made;
  }
  if (domain && !t.is("as"_w)) {
    made.definition = text.substr(t.begin);
    return made;
  }
  if (!t.is("as"_w)) return std::nullopt;
  if (domain) {
    made.definition = text.substr(t.end());
    return made;
  }
  if (!lexer.next_significant().is("enum"_w)) return std::nullopt;
  made.values = enumeration(lexer, text);
  return made;
}

}  // namespace iacdb::sql
