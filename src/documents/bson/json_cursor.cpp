#include "documents/bson/json_cursor.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "documents/bson/codec.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

/// How many bytes at the beginning can stand in a JSON string as they are.
std::size_t plain_length(std::string_view text, bool& high) {
  std::size_t at = json::plain_blocks(text, high);
  if (text.size() - at >= json::block) return at + json::plain_in_block(text.data() + at, high);
  for (; at < text.size() && !json::is_special(text[at]); ++at) {
    high = high || static_cast<signed char>(text[at]) < 0;
  }
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

char JsonCursor::peek_far() {
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return c;
  }
  return '\0';
}

void JsonCursor::expected(char c) const {
  malformed(std::string("'") + c + "' expected");
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

void JsonCursor::check_utf8(std::string_view text, bool ascii) const {
  if (!ascii && !valid_utf8(text)) malformed("a string is no UTF-8");
}

std::string JsonCursor::string() {
  std::string buffer;
  const std::string_view text = string(buffer);
  return text.data() == buffer.data() ? buffer : std::string(text);
}

std::string_view JsonCursor::string_rest(std::string& buffer) {
  bool high = false;
  bool escaped = false;
  for (;;) {
    const std::string_view part = text_.substr(at_, plain_length(text_.substr(at_), high));
    at_ += part.size();
    if (at_ == text_.size()) malformed("a string does not end");
    const char c = text_[at_++];
    if (c == '"' && !escaped) {
      check_utf8(part, !high);
      return part;
    }
    if (!escaped) buffer.clear();
    escaped = true;
    buffer += part;
    if (c == '"') break;
    if (c != '\\') malformed("a control character in a string");
    escape(buffer);
  }
  check_utf8(buffer, !high);
  return buffer;
}

bool JsonCursor::small_integer(std::int32_t& out) {
  constexpr std::ptrdiff_t digits_max = 9;
  const bool negative = peek() == '-';
  const char* const end = text_.data() + text_.size();
  const char* const first = text_.data() + at_ + (negative ? 1 : 0);
  const char* at = first;
  std::uint32_t n = 0;
  for (; at != end && is_digit(*at); ++at) n = n * 10 + static_cast<std::uint32_t>(*at - '0');
  const std::ptrdiff_t digits = at - first;
  if (digits == 0 || digits > digits_max || (*first == '0' && digits > 1)) return false;
  if (at != end && (*at == '.' || *at == 'e' || *at == 'E')) return false;
  out = static_cast<std::int32_t>(negative ? 0U - n : n);
  at_ = static_cast<std::size_t>(at - text_.data());
  return true;
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
    bool high = false;
    const std::size_t plain = plain_length(text, high);
    out += text.substr(0, plain);
    if (plain == text.size()) break;
    put_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

}  // namespace iacdb::doc
