#include "cli/shell/variables.hpp"

#include <array>
#include <cstdio>
#include <memory>

#include "base/text.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"

namespace iacdb::cli {
namespace {

bool is_name_char(char c) {
  return base::is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::size_t name_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_name_char(text[size])) ++size;
  return size;
}

std::string output_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* file) const { pclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(popen(command.c_str(), "r"));
  if (!pipe) raise(ErrorKind::resource, "the command in backquotes cannot be started");
  std::string out;
  std::array<char, 4096> part{};
  std::size_t size = 0;
  while ((size = std::fread(part.data(), 1, part.size(), pipe.get())) > 0) {
    out.append(part.data(), size);
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

/// One escape of a quoted argument, `at` standing on its letter.
char escaped(std::string_view text, std::size_t& at) {
  const char c = text[at];
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      break;
  }
  if (c < '0' || c > '7') return c;
  unsigned value = 0;
  for (int digits = 0; digits < 3 && at < text.size(); ++digits, ++at) {
    if (text[at] < '0' || text[at] > '7') break;
    value = value * 8 + static_cast<unsigned>(text[at] - '0');
  }
  --at;
  return static_cast<char>(value);
}

class ArgumentReader {
 public:
  ArgumentReader(std::string_view text, const Variables& variables, bool keep)
      : text_(text), variables_(variables), keep_(keep) {}

  std::vector<std::string> run() {
    std::vector<std::string> words;
    for (;;) {
      while (at_ < text_.size() && base::is_space(text_[at_])) ++at_;
      if (at_ >= text_.size()) return words;
      words.push_back(word());
    }
  }

 private:
  std::string word() {
    std::string out;
    while (at_ < text_.size() && !base::is_space(text_[at_])) {
      const char c = text_[at_];
      if (c == '\'' || c == '"' || c == '`') {
        quoted(c, out);
      } else if (c == ':' && colon(out)) {
        continue;
      } else {
        out += c;
        ++at_;
      }
    }
    return out;
  }

  bool colon(std::string& out) {
    std::size_t size = 0;
    const auto value = variables_.at_colon(text_.substr(at_ + 1), Dialect::postgres, size);
    if (!value) return false;
    out += *value;
    at_ += size + 1;
    return true;
  }

  void quoted(char quote, std::string& out) {
    std::string inside;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == quote) {
        if (at_ + 1 < text_.size() && text_[at_ + 1] == quote && quote != '`') {
          inside += c;
          if (quote == '"' && keep_) inside += c;
          ++at_;
          continue;
        }
        ++at_;
        if (quote == '`') inside = output_of(inside);
        out += quote == '"' && keep_ ? '"' + inside + '"' : inside;
        return;
      }
      if (c == '\\' && quote == '\'' && at_ + 1 < text_.size()) {
        inside += escaped(text_, ++at_);
      } else {
        inside += c;
      }
    }
    raise(ErrorKind::config, std::string("a ") + quote + " of the command's arguments has no end");
  }

  std::string_view text_;
  const Variables& variables_;
  bool keep_;
  std::size_t at_ = 0;
};

}  // namespace

const std::string* Variables::find(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<std::string> Variables::at_colon(std::string_view text, Dialect dialect,
                                               std::size_t& size) const {
  const char quote = text.empty() ? '\0' : text[0];
  if (text.starts_with("{?")) {
    const std::size_t named = name_size(text.substr(2));
    if (named == 0 || text.substr(2 + named, 1) != "}") return std::nullopt;
    size = named + 3;
    return find(std::string(text.substr(2, named))) != nullptr ? "TRUE" : "FALSE";
  }
  const bool quoted = quote == '\'' || quote == '"';
  const std::size_t length = name_size(text.substr(quoted ? 1 : 0));
  if (length == 0) return std::nullopt;
  if (quoted && (length + 1 >= text.size() || text[length + 1] != quote)) return std::nullopt;
  const std::string* value = find(std::string(text.substr(quoted ? 1 : 0, length)));
  if (!value) return std::nullopt;
  size = length + (quoted ? 2 : 0);
  if (quote == '\'') return quote_literal(*value, dialect);
  if (quote == '"') return quote_name(*value, dialect);
  return *value;
}

std::string Variables::expand(std::string_view sql, Dialect dialect) const {
  if (sql.find(':') == sql.npos || (values_.empty() && sql.find(":{?") == sql.npos))
    return std::string(sql);
  std::string out;
  std::size_t copied = 0;
  std::size_t from = 0;  // Where the lexer begins anew after a variable.
  while (from < sql.size()) {
    sql::Lexer lexer(sql, dialect, from);
    bool found = false;
    try {
      for (auto t = lexer.next(); t.kind != sql::TokenKind::end && !found; t = lexer.next()) {
        const bool named = t.kind == sql::TokenKind::colon_parameter;
        if (!named && !t.is(sql::Op::colon)) continue;
        std::size_t size = 0;
        const auto value = at_colon(sql.substr(t.begin + 1), dialect, size);
        if (!value) continue;
        out.append(sql, copied, t.begin - copied);
        out += *value;
        copied = from = t.begin + 1 + size;
        found = true;
        break;
      }
    } catch (const Error&) {
      break;  // The server says what has no end.
    }
    if (!found) break;
  }
  out.append(sql.substr(copied));
  return out;
}

std::vector<std::string> arguments(std::string_view text, const Variables& variables,
                                   bool keep_double_quotes) {
  return ArgumentReader(text, variables, keep_double_quotes).run();
}

std::string quote_literal(std::string_view text, Dialect dialect) {
  const bool backslashes = text.find('\\') != text.npos;
  std::string out = dialect == Dialect::postgres && backslashes ? "E'" : "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    if (c == '\\' && (dialect == Dialect::postgres || dialect == Dialect::mysql)) out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string quote_name(std::string_view name, Dialect dialect) {
  const char quote = dialect == Dialect::mysql ? '`' : '"';
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

}  // namespace iacdb::cli
