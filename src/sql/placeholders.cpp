#include "sql/placeholders.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

std::string where(std::string_view sql, std::size_t offset) {
  const Position p = position_of(sql, offset);
  return "line " + std::to_string(p.line) + ", column " + std::to_string(p.column);
}

[[noreturn]] void misuse(std::string_view sql, std::size_t offset, std::string message) {
  raise(ErrorFacts{
      .kind = ErrorKind::usage, .message = std::move(message), .where = where(sql, offset)});
}

std::string_view empty_select(Dialect dialect) {
  switch (dialect) {
    case Dialect::sqlite:
      return "()";
    case Dialect::mysql:
      return "(select 1 from dual where 1=0)";
    case Dialect::oracle:
      return "(select null from dual where 1=0)";
    default:
      return "(select null where 1=0)";
  }
}

class Rewriter {
 public:
  Rewriter(std::string_view sql, Dialect dialect, const PlaceholderOptions& options)
      : sql_(sql), dialect_(dialect), options_(options), lexer_(sql, dialect) {}

  Rewritten run() {
    for (Token t = lexer_.next_significant(); t.kind != TokenKind::end;
         t = lexer_.next_significant()) {
      if (t.kind == TokenKind::question) {
        question(t);
      } else if (t.kind == TokenKind::double_question) {
        if (!options_.portable) put(t.begin, t.end(), "?");
      } else if (t.kind == TokenKind::colon_parameter && options_.named) {
        named(t);
      }
      remember(t);
    }
    out_.text.append(sql_.substr(copied_));
    check_count();
    return std::move(out_);
  }

 private:
  void question(const Token& t) {
    if (!out_.names.empty()) {
      misuse(sql_, t.begin, "`?` and `:name` are mixed in one statement; use one of them");
    }
    seen_question_ = true;
    marker(t, out_.parameters++);
  }

  void named(const Token& t) {
    if (seen_question_) {
      misuse(sql_, t.begin, "`?` and `:name` are mixed in one statement; use one of them");
    }
    const std::string_view name = t.text(sql_).substr(1);
    auto at = std::find(out_.names.begin(), out_.names.end(), name);
    const auto index = static_cast<std::size_t>(at - out_.names.begin());
    if (at == out_.names.end()) {
      out_.names.emplace_back(name);
      first_native_.push_back(0);
      out_.parameters = out_.names.size();
    }
    marker(t, index);
  }

  void marker(const Token& t, std::size_t parameter) {
    if (!options_.counts.empty() && parameter >= options_.counts.size()) {
      misuse(sql_, t.begin,
             "the statement has more parameters than the " +
                 std::to_string(options_.counts.size()) + " values given");
    }
    const std::size_t count = options_.counts.empty() ? 1 : options_.counts[parameter];
    if (count == 0) return empty_list(t);
    std::string text;
    const bool numbered = dialect_ == Dialect::postgres && !options_.portable;
    const bool reuse = options_.named && numbered && !seen_question_;
    const bool known = reuse && first_native_[parameter] != 0;
    std::size_t native = known ? first_native_[parameter] : out_.bindings.size() + 1;
    if (reuse && !known) first_native_[parameter] = native;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) text += ", ";
      text += numbered ? "$" + std::to_string(native++) : "?";
      if (!known) {
        out_.bindings.push_back(
            {static_cast<std::uint32_t>(parameter), static_cast<std::uint32_t>(i)});
      }
    }
    if (numbered) keep_apart(t, text);
    put(t.begin, t.end(), text);
  }

  /// "limit?" must not become the name "limit$1", nor "?2" the parameter "$12".
  void keep_apart(const Token& t, std::string& text) const {
    const auto is_word = [](char c) {
      const char low = base::to_lower(c);
      return base::is_digit(c) || (low >= 'a' && low <= 'z') || c == '_' || c == '$' ||
             static_cast<unsigned char>(c) >= 0x80;
    };
    if (t.begin > 0 && is_word(sql_[t.begin - 1])) text.insert(0, " ");
    if (t.end() < sql_.size() && is_word(sql_[t.end()])) text += ' ';
  }

  /// The marker must be the whole list of IN (..); the list then matches nothing.
  void empty_list(const Token& t) {
    const Token& open = last_[0];
    const Token& in = last_[1];
    const bool negated = last_[2].is("not"_w);
    Lexer ahead = lexer_;
    const Token close = ahead.next_significant();
    if (!open.is(Op::lparen) || !in.is("in"_w) || !close.is(Op::rparen)) {
      misuse(sql_, t.begin,
             "an empty list can only stand alone in `in (?)` or `not in (?)`; leave the condition "
             "out when there is nothing to compare with");
    }
    if (dialect_ != Dialect::postgres) {
      put(open.begin, close.end(), empty_select(dialect_));
    } else {
      put((negated ? last_[2] : in).begin, close.end(), negated ? "<> all('{}')" : "= any('{}')");
    }
    lexer_ = ahead;
  }

  void put(std::size_t begin, std::size_t end, std::string_view text) {
    if (begin < copied_) return;
    out_.text.append(sql_.substr(copied_, begin - copied_));
    out_.moved.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(out_.text.size()),
         static_cast<std::uint32_t>(end - begin), static_cast<std::uint32_t>(text.size())});
    out_.text.append(text);
    copied_ = end;
  }

  void remember(const Token& t) {
    last_[2] = last_[1];
    last_[1] = last_[0];
    last_[0] = t;
  }

  void check_count() const {
    if (!options_.counts.empty() && options_.counts.size() != out_.parameters) {
      misuse(sql_, sql_.size(),
             "the statement has " + std::to_string(out_.parameters) + " parameters and " +
                 std::to_string(options_.counts.size()) + " values were given");
    }
  }

  std::string_view sql_;
  Dialect dialect_;
  const PlaceholderOptions& options_;
  Lexer lexer_;
  Rewritten out_;
  std::vector<std::size_t> first_native_;  // named postgres: the first $n of each name
  std::array<Token, 3> last_{};
  std::size_t copied_ = 0;
  bool seen_question_ = false;
};

}  // namespace

Rewritten rewrite(std::string_view sql, Dialect dialect, const PlaceholderOptions& options) {
  const bool has_marker = sql.find('?') != std::string_view::npos ||
                          (options.named && sql.find(':') != std::string_view::npos) ||
                          !options.counts.empty();
  if (!has_marker) return Rewritten{.text = std::string(sql)};
  return Rewriter(sql, dialect, options).run();
}

std::size_t source_offset(const Rewritten& rewritten, std::size_t target) noexcept {
  auto after = std::upper_bound(rewritten.moved.begin(), rewritten.moved.end(), target,
                                [](std::size_t t, const Moved& m) { return t < m.target; });
  if (after == rewritten.moved.begin()) return target;
  const Moved& m = *std::prev(after);
  const std::size_t into = target - m.target;
  if (into < m.target_size) return m.source;
  return m.source + m.source_size + (into - m.target_size);
}

std::vector<std::string> parameter_names(std::string_view sql, Dialect dialect) {
  std::vector<std::string> names;
  Lexer lexer(sql, dialect);
  for (Token t = lexer.next_significant(); t.kind != TokenKind::end; t = lexer.next_significant()) {
    if (t.kind != TokenKind::colon_parameter) continue;
    const std::string_view name = t.text(sql).substr(1);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  return names;
}

}  // namespace iacdb::sql
