// The words of \copy, as psql reads them.

#include "base/text.hpp"
#include "cli/shell/copy.hpp"
#include "cli/shell/variables.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"

namespace iacdb::cli {
namespace {

using sql::operator""_w;
using sql::Token;
using sql::TokenKind;

[[noreturn]] void raise_usage(const std::string& what) {
  raise(ErrorKind::config,
        "\\copy: " + what +
            "; use \\copy TABLE[(COLUMN, ...)] from FILE [with (format csv, header)], or "
            "\\copy TABLE|(QUERY) to FILE ...");
}

class CopyReader {
 public:
  explicit CopyReader(std::string_view text) : text_(text), lexer_(text, Dialect::postgres) {}

  CopyCommand run() {
    step();
    source();
    command_.from = token_.is("from"_w);
    target();
    options();
    return std::move(command_);
  }

 private:
  void step() { token_ = lexer_.next_significant(); }

  void source() {
    int depth = 0;
    const std::size_t begin = token_.begin;
    std::size_t end = begin;
    for (; token_.kind != TokenKind::end; step()) {
      if (depth == 0 && (token_.is("from"_w) || token_.is("to"_w))) break;
      depth += token_.is(sql::Op::lparen) ? 1 : token_.is(sql::Op::rparen) ? -1 : 0;
      end = token_.end();
    }
    if (token_.kind == TokenKind::end) raise_usage("neither FROM nor TO was found");
    if (begin == end) raise_usage("the table is missing");
    command_.source = text_.substr(begin, end - begin);
  }

  /// The file's name is not SQL: it ends at a blank, or at its closing quote.
  void target() {
    std::size_t at = text_.find_first_not_of(" \t\n", token_.end());
    if (at == text_.npos) raise_usage("the file is missing");
    std::string_view rest = text_.substr(at);
    if (rest.size() > 8 && base::starts_with_ignoring_case(rest, "program ")) {
      command_.program = true;
      at = text_.find_first_not_of(" \t\n", at + 8);
      if (at == text_.npos) raise_usage("the command is missing");
      rest = text_.substr(at);
    }
    std::size_t end = 0;
    if (rest[0] == '\'') {
      end = 1;
      while (end < rest.size() && (rest[end] != '\'' || rest.substr(end, 2) == "''")) {
        if (rest[end] == '\'') ++end;
        command_.file += rest[end++];
      }
      if (end == rest.size()) raise_usage("the file's name has no closing quote");
      ++end;
    } else {
      end = std::min(rest.find_first_of(" \t\n;"), rest.size());
      command_.file = rest.substr(0, end);
      const std::string word = base::lower(command_.file);
      if (word == "stdin" || word == "stdout" || word == "pstdin" || word == "pstdout") {
        command_.file.clear();
      }
    }
    std::string_view left = base::trim(rest.substr(end));
    if (left.ends_with(';')) left = base::trim(left.substr(0, left.size() - 1));
    command_.options = left;
  }

  void options() {
    text_ = command_.options;
    lexer_ = sql::Lexer(text_, Dialect::postgres);
    bool null_given = false;
    bool delimiter_given = false;
    bool escape_given = false;
    for (step(); token_.kind != TokenKind::end;) {
      const Token name = token_;
      step();
      if (name.is("with"_w) || name.is(sql::Op::lparen) || name.is(sql::Op::rparen) ||
          name.is(sql::Op::comma)) {
        continue;
      }
      if (name.is("format"_w)) {
        command_.format.csv = token_.is("csv"_w);
        step();
      } else if (name.is("csv"_w)) {
        command_.format.csv = true;
      } else if (name.is("header"_w)) {
        command_.format.header = !token_.is("false"_w) && !token_.is("off"_w);
        if (token_.kind == TokenKind::word && !is_option(token_)) step();
      } else if (name.is("delimiter"_w) || name.is("delimiters"_w)) {
        command_.format.delimiter = one_character("delimiter");
        delimiter_given = true;
      } else if (name.is("null"_w)) {
        command_.format.null = string_value("null");
        null_given = true;
      } else if (name.is("quote"_w)) {
        command_.format.quote = one_character("quote");
      } else if (name.is("escape"_w)) {
        command_.format.escape = one_character("escape");
        escape_given = true;
      } else if (name.is("encoding"_w)) {
        string_value("encoding");
      } else {
        unknown_ = name.text(text_);
      }
    }
    if (command_.format.csv) {
      if (!null_given) command_.format.null = "";
      if (!delimiter_given) command_.format.delimiter = ',';
    }
    if (!escape_given) command_.format.escape = command_.format.quote;
  }

  static bool is_option(const Token& token) {
    return token.is("delimiter"_w) || token.is("null"_w) || token.is("quote"_w) ||
           token.is("escape"_w) || token.is("encoding"_w) || token.is("csv"_w) ||
           token.is("format"_w);
  }

  std::string string_value(const std::string& option) {
    if (token_.is("as"_w)) step();
    if (token_.kind != TokenKind::string) raise_usage(option + " needs a 'quoted' value");
    std::string_view text = token_.text(text_);
    std::string value = arguments(text.substr(text.find('\'')), Variables()).at(0);
    step();
    return value;
  }

  char one_character(const std::string& option) {
    const std::string value = string_value(option);
    if (value == "\\t") return '\t';
    if (value.size() != 1) raise_usage(option + " needs one character");
    return value[0];
  }

  std::string_view text_;
  sql::Lexer lexer_;
  Token token_;
  CopyCommand command_;
  std::string_view unknown_;
};

}  // namespace

CopyCommand CopyCommand::parse(std::string_view text) {
  return CopyReader(text).run();
}

}  // namespace iacdb::cli
