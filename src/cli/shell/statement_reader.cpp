#include "cli/shell/statement_reader.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/split.hpp"

namespace iacdb::cli {
namespace {

using sql::operator""_w;

/// Commands that run, or throw away, the statement typed before them.
constexpr std::array<std::string_view, 12> statement_takers{
    "g", "G", "gx", "gexec", "gset", "gdesc", "watch", "r", "reset", "e", "edit", "ego"};
/// Commands whose arguments are the rest of the line, backslashes and all.
constexpr std::array<std::string_view, 5> line_takers{"!", "copy", "h", "help", "prompt"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Where the arguments of a command end: at a backslash outside quotes, or the line's end.
std::size_t end_of_arguments(std::string_view text, std::size_t at) {
  char quote = 0;
  for (; at < text.size() && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (quote == 0) {
      if (c == '\\') return at;
      if (c == '\'' || c == '"' || c == '`') quote = c;
    } else if (c == '\\' && quote == '\'' && at + 1 < text.size() && text[at + 1] != '\n') {
      ++at;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return at;
}

bool reads_stdin(std::string_view statement) {
  sql::Lexer lexer(statement, Dialect::postgres);
  try {
    if (!lexer.next_significant().is("copy"_w)) return false;
    sql::Token before;
    for (auto t = lexer.next_significant(); t.kind != sql::TokenKind::end;
         before = t, t = lexer.next_significant()) {
      if (t.is("stdin"_w) && before.is("from"_w)) return true;
    }
  } catch (const Error&) {
    // The server says what is wrong with it.
  }
  return false;
}

}  // namespace

std::size_t find_backslash(std::string_view text, Dialect dialect) {
  if (text.find('\\') == text.npos) return text.npos;
  try {
    sql::Lexer lexer(text, dialect);
    for (auto t = lexer.next(); t.kind != sql::TokenKind::end; t = lexer.next()) {
      if (!t.is(sql::Op::backslash)) continue;
      const bool mysql_null = dialect == Dialect::mysql && t.end() < text.size() &&
                              text[t.end()] == 'N' &&
                              (t.end() + 1 == text.size() || !sql::is_name_part(text[t.end() + 1]));
      if (!mysql_null) return t.begin;
    }
  } catch (const Error&) {
    // What follows stands in a string or comment that is still open.
  }
  return text.npos;
}

std::optional<Piece> StatementReader::next() {
  if (in_data_) skip_data();
  for (;;) {
    if (!queue_.empty()) {
      Piece piece = std::move(queue_.front());
      queue_.pop_front();
      in_data_ = piece.has_data;
      return piece;
    }
    if (!scanned_ && scan()) continue;
    if (ended_) return last_piece();
    switch (source_(text_, state())) {
      case More::text:
        scanned_ = false;
        break;
      case More::interrupted:
        text_.clear();
        break;
      case More::end:
        ended_ = true;
        break;
    }
  }
}

/// Moves what is complete from the text to the queue; false when nothing is.
bool StatementReader::scan() {
  const std::size_t backslash = find_backslash(text_, dialect_);
  const std::size_t limit = std::min(backslash, text_.size());
  const auto found =
      sql::split_beginning(std::string_view(text_).substr(0, limit), dialect_, delimiter_);
  std::size_t rest = found.rest;
  bool data = false;
  for (const sql::ScriptStatement& statement : found.statements) {
    Piece piece{.text = std::string(statement.text),
                .line = line_ + statement.line - 1,
                .times = statement.times};
    data = dialect_ == Dialect::postgres && reads_stdin(statement.text);
    piece.has_data = data;
    queue_.push_back(std::move(piece));
    if (!data) continue;
    rest = std::min(text_.find('\n', statement.end), text_.size() - 1) + 1;
    break;
  }
  line_ += count_lines(0, rest);
  text_.erase(0, rest);
  if (data) return true;  // What follows is data, until read_data() has seen its end.
  if (backslash != text_.npos) {
    take_command(backslash - rest);
    return true;
  }
  scanned_ = true;
  return !queue_.empty();
}

void StatementReader::take_command(std::size_t at) {
  std::size_t end = at + 1;
  while (end < text_.size() && !base::is_space(text_[end]) && text_[end] != '\\') ++end;
  Piece piece{.line = line_ + count_lines(0, at), .is_command = true};
  piece.name = text_.substr(at + 1, end - at - 1);
  if (piece.name.starts_with('!')) {  // \!ls
    end = at + 2;
    piece.name = "!";
  }
  const std::size_t from = end;
  if (is_one_of(piece.name, line_takers)) {
    end = std::min(text_.find('\n', from), text_.size());
  } else {
    end = end_of_arguments(text_, from);
  }
  piece.text = base::trim(std::string_view(text_).substr(from, end - from));
  if (text_.compare(end, 2, "\\\\") == 0) end += 2;  // The separator.
  piece.buffer = base::trim(std::string_view(text_).substr(0, at));
  const std::string copied = base::lower(piece.text);
  piece.has_data = piece.name == "copy" && (copied.find(" from stdin") != copied.npos ||
                                            copied.find(" from pstdin") != copied.npos);
  const bool takes = is_one_of(piece.name, statement_takers);
  if (piece.buffer.empty() || takes) {
    if (end < text_.size() && text_[end] == '\n') ++end;
    line_ += count_lines(0, end);
    text_.erase(0, end);
  } else {
    text_.erase(at, end - at);
    piece.at = at;
  }
  queue_.push_back(std::move(piece));
}

std::optional<Piece> StatementReader::last_piece() {
  const std::string_view left = base::trim(text_);
  if (left.empty() || !keep_last_) return std::nullopt;
  Piece piece{.text = std::string(left), .line = line_};
  text_.clear();
  return piece;
}

/// Moves the data lines that are there to data_; false at the end of the data.
bool StatementReader::fill_data() {
  while (!ended_ && text_.find('\n') == text_.npos) {
    const More more = source_(text_, 'd');
    if (more == More::interrupted) {
      text_.clear();
      in_data_ = false;
      raise(ErrorKind::cancelled, "cancelled by Ctrl-C; nothing was copied");
    }
    if (more == More::end && !keep_last_) text_ += "\\.\n";  // Ctrl-D ends the data alone.
    ended_ = more == More::end && keep_last_;
  }
  std::size_t end = 0;
  std::size_t next = 0;
  bool over = text_.empty();
  while (end < text_.size() && !over) {
    next = std::min(text_.find('\n', end), text_.size() - 1) + 1;
    if (next == text_.size() && text_.back() != '\n' && !ended_) break;
    const std::string_view line = base::trim(std::string_view(text_).substr(end, next - end));
    over = line == "\\.";
    if (!over) end = next;
  }
  data_.assign(text_, 0, end);
  data_at_ = 0;
  line_ += count_lines(0, over && end == 0 ? next : end);
  text_.erase(0, over && end == 0 ? next : end);
  scanned_ = false;
  if (end == 0) in_data_ = false;
  return end > 0;
}

std::size_t StatementReader::read_data(std::span<std::byte> into) {
  if (!in_data_ || (data_at_ >= data_.size() && !fill_data())) return 0;
  const std::size_t size = std::min(into.size(), data_.size() - data_at_);
  std::copy_n(reinterpret_cast<const std::byte*>(data_.data()) + data_at_, size, into.begin());
  data_at_ += size;
  return size;
}

std::optional<std::string> StatementReader::take_line() {
  while (!ended_ && text_.find('\n') == text_.npos) ended_ = source_(text_, 'd') == More::end;
  if (text_.empty()) return std::nullopt;
  const std::size_t end = text_.find('\n');
  std::string line = text_.substr(0, end);
  text_.erase(0, end == text_.npos ? end : end + 1);
  ++line_;
  return line;
}

void StatementReader::replace_front(std::size_t bytes, const std::string& text) {
  line_ += count_lines(0, bytes);
  text_.replace(0, bytes, text);
  line_ -= count_lines(0, text.size());
  scanned_ = false;
}

void StatementReader::skip_data() {
  while (in_data_ && fill_data()) {
  }
}

std::size_t StatementReader::count_lines(std::size_t from, std::size_t to) const {
  return static_cast<std::size_t>(
      std::count(text_.begin() + static_cast<std::ptrdiff_t>(from),
                 text_.begin() + static_cast<std::ptrdiff_t>(std::min(to, text_.size())), '\n'));
}

char StatementReader::state() const {
  std::size_t good = 0;
  int parentheses = 0;
  bool words = false;
  try {
    sql::Lexer lexer(text_, dialect_);
    for (auto t = lexer.next(); t.kind != sql::TokenKind::end; t = lexer.next()) {
      good = lexer.offset();
      if (t.kind == sql::TokenKind::comment) continue;
      words = true;
      parentheses += t.is(sql::Op::lparen) ? 1 : t.is(sql::Op::rparen) ? -1 : 0;
    }
  } catch (const Error&) {
    const std::size_t open = text_.find_first_of("'\"`$/[", good);
    if (open == text_.npos) return '-';
    return text_[open] == '/' ? '*' : text_[open];
  }
  if (!words) return '=';
  return parentheses > 0 ? '(' : '-';
}

}  // namespace iacdb::cli
