#pragma once
// JsonCursor: steps through JSON text, strictly as RFC 8259 has it; whoever reads decides what the
// values become. Numbers are handed out as text, so that no digit is lost.
//
// Throws: Failure FailedToParse with the position.

#include <string>
#include <string_view>

namespace iacdb::doc {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : text_(text) {}

  /// Skips white space; the next character, or 0 at the end.
  char peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  /// Takes `c` if it is next.
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void expect(char c);
  std::string string();
  /// A view of the text itself, or of `buffer` where escapes had to be taken out.
  std::string_view string(std::string& buffer);
  std::string_view number();
  /// "true", "false" or "null".
  void literal(std::string_view word);
  void end();
  std::size_t offset() const noexcept { return at_; }
  /// Goes on at an offset of before.
  void go_to(std::size_t offset) noexcept { at_ = offset; }
  [[noreturn]] void malformed(const std::string& what) const;

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  void escape(std::string& out);
  void check_utf8(std::string_view text, bool ascii) const;
  std::uint32_t hex4();

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A quoted JSON string; control characters are escaped.
void put_json_string(std::string& out, std::string_view text);

}  // namespace iacdb::doc
