#include "documents/bson/json_cursor.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "documents/bson/codec.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101;
constexpr std::uint64_t highs = ones * 0x80;

std::uint64_t word_at(std::string_view text, std::size_t at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text.data() + at, sizeof(bytes));
  return bytes;
}
/// Whether one of eight bytes cannot stand in a JSON string as it is.
bool has_special(std::uint64_t bytes) {
  const auto has_zero = [](std::uint64_t v) { return (v - ones) & ~v & highs; };
  const std::uint64_t below_space = (bytes - ones * 0x20) & ~bytes & highs;
  return (has_zero(bytes ^ (ones * '"')) | has_zero(bytes ^ (ones * '\\')) | below_space) != 0;
}
bool is_special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}
/// How many bytes at the beginning can stand in a JSON string as they are.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  while (text.size() - at >= sizeof(std::uint64_t) && !has_special(word_at(text, at))) {
    at += sizeof(std::uint64_t);
  }
  while (at < text.size() && !is_special(text[at])) ++at;
  return at;
}

void put_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

void JsonCursor::malformed(const std::string& what) const {
  fail(Code::failed_to_parse, "invalid JSON: " + what + " at byte " + std::to_string(at_));
}

char JsonCursor::peek() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonCursor::take(char c) {
  if (peek() != c || at_ == text_.size()) return false;
  ++at_;
  return true;
}

void JsonCursor::expect(char c) {
  if (!take(c)) malformed(std::string("'") + c + "' expected");
}

std::uint32_t JsonCursor::hex4() {
  if (text_.size() - at_ < 4) malformed("a \\u escape is cut off");
  std::uint32_t v = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = text_[at_++];
    v <<= 4;
    if (is_digit(c)) {
      v |= static_cast<std::uint32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      v |= static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      malformed("a \\u escape needs four hexadecimal digits");
    }
  }
  return v;
}

void JsonCursor::escape(std::string& out) {
  if (at_ == text_.size()) malformed("an escape is cut off");
  switch (const char c = text_[at_++]) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return;
    case 'b':
      out += '\b';
      return;
    case 'f':
      out += '\f';
      return;
    case 'n':
      out += '\n';
      return;
    case 'r':
      out += '\r';
      return;
    case 't':
      out += '\t';
      return;
    case 'u':
      break;
    default:
      malformed("an unknown escape");
  }
  std::uint32_t code = hex4();
  if (code >= 0xD800 && code < 0xDC00) {
    if (text_.substr(at_, 2) != "\\u") malformed("half of a surrogate pair");
    at_ += 2;
    const std::uint32_t low = hex4();
    if (low < 0xDC00 || low > 0xDFFF) malformed("half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  } else if (code >= 0xDC00 && code <= 0xDFFF) {
    malformed("half of a surrogate pair");
  }
  put_utf8(out, code);
}

/// Steps over eight bytes at a time where none of them ends a string or needs a look, and returns
/// the bits of them all.
unsigned char JsonCursor::skip_plain() {
  std::uint64_t all = 0;
  while (text_.size() - at_ >= sizeof(std::uint64_t)) {
    const std::uint64_t bytes = word_at(text_, at_);
    if (has_special(bytes)) break;
    all |= bytes;
    at_ += sizeof(bytes);
  }
  return (all & highs) != 0 ? 0x80 : 0;
}

/// `all` has the bits of all bytes: most texts are ASCII.
void JsonCursor::check_utf8(std::string_view text, unsigned char all) const {
  if ((all & 0x80) != 0 && !valid_utf8(text)) malformed("a string is no UTF-8");
}

std::string JsonCursor::string() {
  std::string buffer;
  const std::string_view text = string(buffer);
  return text.data() == buffer.data() ? buffer : std::string(text);
}

std::string_view JsonCursor::string(std::string& buffer) {
  expect('"');
  unsigned char all = 0;
  bool escaped = false;
  for (;;) {
    const std::size_t start = at_;
    all |= skip_plain();
    while (at_ < text_.size() && !is_special(text_[at_])) {
      all |= static_cast<unsigned char>(text_[at_++]);
    }
    const std::string_view part = text_.substr(start, at_ - start);
    if (at_ == text_.size()) malformed("a string does not end");
    const char c = text_[at_++];
    if (c == '"' && !escaped) {
      check_utf8(part, all);
      return part;
    }
    if (!escaped) buffer.clear();
    escaped = true;
    buffer += part;
    if (c == '"') break;
    if (c != '\\') malformed("a control character in a string");
    escape(buffer);
  }
  check_utf8(buffer, all);
  return buffer;
}

std::string_view JsonCursor::number() {
  peek();
  const std::size_t start = at_;
  const auto digits = [&] {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    if (at_ == from) malformed("a value expected");
  };
  const auto next_is = [&](char a, char b) {
    return at_ < text_.size() && (text_[at_] == a || text_[at_] == b);
  };
  if (next_is('-', '-')) ++at_;
  if (next_is('0', '0')) {
    ++at_;
  } else {
    digits();
  }
  if (next_is('.', '.')) {
    ++at_;
    digits();
  }
  if (next_is('e', 'E')) {
    ++at_;
    if (next_is('+', '-')) ++at_;
    digits();
  }
  return text_.substr(start, at_ - start);
}

void JsonCursor::literal(std::string_view word) {
  peek();
  if (text_.substr(at_, word.size()) != word) malformed("a value expected");
  at_ += word.size();
}

void JsonCursor::end() {
  peek();
  if (at_ != text_.size()) malformed("text follows the value");
}

namespace {

void put_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    default: {
      std::array<char, 8> buffer{};
      std::snprintf(buffer.data(), buffer.size(), "\\u%04x", static_cast<unsigned>(c));
      out += buffer.data();
    }
  }
}

}  // namespace

void put_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out += text.substr(0, plain);
    if (plain == text.size()) break;
    put_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

}  // namespace iacdb::doc
