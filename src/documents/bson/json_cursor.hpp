#pragma once
// JsonCursor: steps through JSON text, strictly as RFC 8259 has it; whoever reads decides what the
// values become. Numbers are handed out as text, so that no digit is lost.
//
// Throws: Failure FailedToParse with the position.

#include <cstdint>
#include <string>
#include <string_view>

#include "documents/bson/json_blocks.hpp"

namespace iacdb::doc {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : text_(text) {}

  /// Skips white space; the next character, or 0 at the end.
  char peek() {
    if (at_ + 1 < text_.size()) {  // What databases print has one space, or none.
      if (text_[at_] > ' ') return text_[at_];
      if (text_[at_] == ' ' && text_[at_ + 1] > ' ') return text_[++at_];
    }
    return peek_far();
  }
  /// Takes `c`, which is no zero, if it is next.
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) expected(c);
  }
  std::string string();
  /// A view of the text itself, or of `buffer` where escapes had to be taken out.
  std::string_view string(std::string& buffer) {
    expect('"');
    if (text_.size() - at_ >= json::block) {
      bool high = false;
      const std::size_t plain = json::plain_in_block(text_.data() + at_, high);
      if (plain < json::block && text_[at_ + plain] == '"' && !high) {  // Most names are short.
        at_ += plain + 1;
        return text_.substr(at_ - plain - 1, plain);
      }
    }
    return string_rest(buffer);
  }
  std::string_view number();
  /// A number of no more than nine digits, without a fraction; nothing is taken where it is
  /// another.
  bool small_integer(std::int32_t& out);
  /// "true", "false" or "null".
  void literal(std::string_view word);
  void end();
  std::size_t offset() const noexcept { return at_; }
  /// Goes on at an offset of before.
  void go_to(std::size_t offset) noexcept { at_ = offset; }
  [[noreturn]] void malformed(const std::string& what) const;

 private:
  char peek_far();
  std::string_view string_rest(std::string& buffer);
  [[noreturn]] void expected(char c) const;
  void escape(std::string& out);
  void check_utf8(std::string_view text, bool ascii) const;
  std::uint32_t hex4();

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A quoted JSON string; control characters are escaped.
void put_json_string(std::string& out, std::string_view text);

}  // namespace iacdb::doc
