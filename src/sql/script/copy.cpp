#include "sql/script/copy.hpp"

#include "sql/lexer.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

struct CopyHead {
  std::string_view table = {};  ///< as written
  std::string_view name = {};   ///< its last part, without quotes
  std::string_view columns = {};
  std::vector<std::string_view> names = {};
  bool reads_text = false;
};

std::string_view bare(std::string_view name) {
  return name.size() > 1 && name[0] == '"' ? name.substr(1, name.size() - 2) : name;
}

CopyHead read_head(std::string_view text) {
  Lexer lexer(text, Dialect::postgres);
  CopyHead head;
  if (!lexer.next_significant().is("copy"_w)) return head;
  Token t = lexer.next_significant();
  const std::size_t begin = t.begin;
  std::size_t end = t.end();
  for (;;) {
    head.name = bare(t.text(text));
    end = t.end();
    t = lexer.next_significant();
    if (!t.is(Op::dot)) break;
    t = lexer.next_significant();
  }
  head.table = text.substr(begin, end - begin);
  if (t.is(Op::lparen)) {
    const std::size_t open = t.begin;
    while (!t.is(Op::rparen) && t.kind != TokenKind::end) {
      t = lexer.next_significant();
      const bool named = t.kind == TokenKind::word || t.kind == TokenKind::quoted_name;
      if (named) head.names.push_back(bare(t.text(text)));
    }
    head.columns = text.substr(open, t.end() - open);
    t = lexer.next_significant();
  }
  if (!t.is("from"_w) || !lexer.next_significant().is("stdin"_w)) return head;
  // Anything but plain options of the text format means another format.
  t = lexer.next_significant();
  head.reads_text = t.kind == TokenKind::end;
  return head;
}

char unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return c;
  }
}

/// One field as a literal of PostgreSQL.
void append_field(std::string& out, std::string_view field, ValueType type) {
  if (field == "\\N") {
    out += "NULL";
    return;
  }
  std::string value;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool escape = field[i] == '\\' && i + 1 < field.size();
    value += escape ? unescaped(field[++i]) : field[i];
  }
  const bool number =
      (type == ValueType::integer || type == ValueType::decimal || type == ValueType::real) &&
      !value.empty() && value.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (number) {
    out += value;
  } else if (type == ValueType::boolean) {
    out += value == "t" ? "TRUE" : "FALSE";
  } else if (type == ValueType::bytes && value.starts_with("\\x")) {
    out += "CAST('" + value + "' AS BYTEA)";
  } else {
    out += '\'';
    for (const char c : value) out += c == '\'' ? "''" : std::string(1, c);
    out += '\'';
  }
}

ValueType type_at(const CopyHead& head, const TableFacts* table, std::size_t i) {
  if (!table) return ValueType::unknown;
  if (head.names.empty()) {
    return i < table->columns.size() ? table->columns[i].type : ValueType::unknown;
  }
  const ColumnFacts* column = i < head.names.size() ? table->column(head.names[i]) : nullptr;
  return column ? column->type : ValueType::unknown;
}

}  // namespace

std::optional<std::vector<std::string>> inserts_of_copy(std::string_view statement,
                                                        std::string_view data,
                                                        const SchemaFacts& facts) {
  std::vector<std::string> out;
  const CopyHead head = read_head(statement);
  if (!head.reads_text) return std::nullopt;
  const TableFacts* table = facts.table(head.name);
  std::string begin = "INSERT INTO " + std::string(head.table);
  if (!head.columns.empty()) begin += " " + std::string(head.columns);
  begin += " VALUES\n";
  std::size_t rows = 0;
  while (!data.empty()) {
    const std::size_t end = std::min(data.find('\n'), data.size());
    std::string_view line = data.substr(0, end);
    data.remove_prefix(std::min(end + 1, data.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (rows++ % copy_rows_a_statement == 0) {
      out.push_back(begin + "(");
    } else {
      out.back() += ",\n(";
    }
    for (std::size_t i = 0;; ++i) {
      const std::size_t tab = std::min(line.find('\t'), line.size());
      if (i > 0) out.back() += ", ";
      append_field(out.back(), line.substr(0, tab), type_at(head, table, i));
      if (tab == line.size()) break;
      line.remove_prefix(tab + 1);
    }
    out.back() += ")";
  }
  return out;
}

}  // namespace iacdb::sql
