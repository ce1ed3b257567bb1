#include <vector>

#include "base/checksum.hpp"
#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

bool is_value(TokenKind kind) {
  switch (kind) {
    case TokenKind::string:
    case TokenKind::number:
    case TokenKind::question:
    case TokenKind::dollar_parameter:
    case TokenKind::colon_parameter:
      return true;
    default:
      return false;
  }
}

class Shape {
 public:
  Shape(std::string_view sql, Dialect dialect) : sql_(sql), lexer_(sql, dialect) {}

  std::string run() {
    try {
      for (Token t = lexer_.next_significant(); t.kind != TokenKind::end;
           t = lexer_.next_significant()) {
        add(t);
      }
      while (!out_.empty() && (out_.back() == ';' || out_.back() == ' ')) out_.pop_back();
    } catch (const Error&) {
      write("...", true);
    }
    return std::move(out_);
  }

 private:
  struct Paren {
    bool list = false;  // IN ( .. ): values collapse
    bool row = false;   // a row of VALUES
    std::size_t begin = 0;
    std::size_t commas = 0;
  };

  void add(const Token& t) {
    if (is_value(t.kind)) {
      value();
    } else if (t.kind == TokenKind::word) {
      word(t);
    } else if (t.is(Op::lparen)) {
      open();
    } else if (t.is(Op::rparen)) {
      close();
    } else {
      other(t);
    }
    after_in_ = t.is("in"_w);
  }

  void value() {
    in_values_ = in_values_ && !parens_.empty();
    const bool adjacent = last_value_;  // 'a' 'b' is one string
    const bool list = !parens_.empty() && parens_.back().list;
    if (list && pending_comma_) {
      pending_comma_ = false;
    } else if (!adjacent) {
      flush_comma();
      write("?", true);
    }
    last_value_ = true;
  }

  void word(const Token& t) {
    flush_comma();
    std::string text(t.text(sql_));
    for (char& c : text) c = lower(c);
    write(text, true);
    last_value_ = false;
    if (parens_.empty()) {
      in_values_ = t.is("values"_w) || t.is("value"_w);
      first_row_.clear();
    }
  }

  void open() {
    const bool row = parens_.empty() && in_values_;
    const bool list = after_in_ || (!parens_.empty() && parens_.back().list);
    const std::size_t begin = out_.size();
    flush_comma();
    write("(", after_in_ || needs_blank_);
    parens_.push_back({list, row, begin, 0});
    needs_blank_ = false;
    last_value_ = false;
  }

  void close() {
    flush_comma();
    write(")", false);
    last_value_ = false;
    if (parens_.empty()) return;
    const Paren p = parens_.back();
    parens_.pop_back();
    if (!p.row) return;
    // A row shaped like the first one adds nothing; drop it with its comma.
    std::string row = out_.substr(p.begin);
    while (!row.empty() && (row.front() == ',' || row.front() == ' ')) row.erase(0, 1);
    if (first_row_.empty()) {
      first_row_ = row;
    } else if (row == first_row_) {
      out_.resize(p.begin);
    }
  }

  void other(const Token& t) {
    if (t.is(Op::comma)) {
      flush_comma();
      pending_comma_ = true;
      last_value_ = false;
      return;
    }
    flush_comma();
    if (parens_.empty()) in_values_ = false;
    const bool tight = t.is(Op::dot) || t.is(Op::semicolon) || t.is(Op::lbracket) ||
                       t.is(Op::rbracket) || t.is(Op::cast);
    write(t.text(sql_), !tight);
    if (tight) needs_blank_ = false;
    last_value_ = false;
  }

  void flush_comma() {
    if (!pending_comma_) return;
    pending_comma_ = false;
    write(",", false);
  }

  void write(std::string_view text, bool blank) {
    if (blank && needs_blank_ && !out_.empty()) out_ += ' ';
    out_ += text;
    needs_blank_ = true;
  }

  std::string_view sql_;
  Lexer lexer_;
  std::string out_;
  std::vector<Paren> parens_;
  std::string first_row_;
  bool pending_comma_ = false;
  bool needs_blank_ = false;
  bool last_value_ = false;
  bool in_values_ = false;
  bool after_in_ = false;
};

}  // namespace

Fingerprint fingerprint(std::string_view sql, Dialect dialect, std::size_t bytes_max) {
  Fingerprint result;
  if (sql.size() >= 0xffffffffU) {
    result.text = "...";
    return result;
  }
  result.text = Shape(sql, dialect).run();
  result.hash = base::fnv1a(result.text);
  if (result.text.size() > bytes_max) {
    std::size_t cut = bytes_max < 3 ? 0 : bytes_max - 3;
    while (cut > 0 && (static_cast<unsigned char>(result.text[cut]) & 0xc0) == 0x80) --cut;
    result.text.resize(cut);
    result.text += "...";
  }
  return result;
}

}  // namespace iacdb::sql
