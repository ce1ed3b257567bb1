#include "http/json_reader.hpp"

#include <unordered_set>

#include "base/text.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, unsigned c) {
  const auto byte = [&out](unsigned bits) { out += static_cast<char>(bits); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
  }
  byte(0x80 | (c & 0x3F));
}

}  // namespace

void JsonReader::fail(std::string_view problem) const {
  raise(ErrorKind::usage, "the request's body is not valid at byte " + std::to_string(at_) + ": " +
                              std::string(problem));
}

bool JsonReader::take(char c) noexcept {
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void JsonReader::blanks() noexcept {
  while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
}

void JsonReader::word(std::string_view expected) {
  if (text_.substr(at_, expected.size()) != expected) fail("a JSON value is expected");
  at_ += expected.size();
}

void JsonReader::enter() {
  if (++depth_ > depth_max) fail("more than 64 levels of nesting");
}

JsonReader::Kind JsonReader::next() {
  blanks();
  switch (peek()) {
    case 'n':
      return Kind::null;
    case 't':
    case 'f':
      return Kind::boolean;
    case '"':
      return Kind::string;
    case '[':
      return Kind::array;
    case '{':
      return Kind::object;
    default:
      if (is_digit(peek()) || peek() == '-') return Kind::number;
      fail("a JSON value is expected");
  }
}

void JsonReader::null() {
  blanks();
  word("null");
}

bool JsonReader::boolean() {
  const bool yes = next() == Kind::boolean && peek() == 't';
  word(yes ? "true" : "false");
  return yes;
}

std::string_view JsonReader::number() {
  blanks();
  const std::size_t begin = at_;
  const auto digits = [this] {
    if (!is_digit(peek())) fail("a digit is expected");
    while (is_digit(peek())) ++at_;
  };
  take('-');
  if (!take('0')) digits();
  if (take('.')) digits();
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    digits();
  }
  return text_.substr(begin, at_ - begin);
}

unsigned JsonReader::hex_digits() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = peek();
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) fail("four hexadecimal digits are expected");
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return value;
}

void JsonReader::escape(std::string& out) {
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (!take('u')) {
    const std::size_t which = at_ < text_.size() ? letters.find(peek()) : letters.npos;
    if (which == letters.npos) fail("an unknown escape");
    ++at_;
    out += meanings[which];
    return;
  }
  unsigned c = hex_digits();
  if (c >= 0xDC00 && c <= 0xDFFF) fail("half a surrogate pair");
  if (c >= 0xD800 && c <= 0xDBFF) {
    if (!take('\\') || !take('u')) fail("half a surrogate pair");
    const unsigned low = hex_digits();
    if (low < 0xDC00 || low > 0xDFFF) fail("half a surrogate pair");
    c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(out, c);
}

std::string JsonReader::quoted() {
  std::string out;
  if (!take('"')) fail("a string is expected");
  while (peek() != '"') {
    const auto plain = text_.find_first_of("\"\\", at_);
    if (plain == text_.npos) {
      at_ = text_.size();
      fail("the string has no end");
    }
    for (; at_ < plain; ++at_) {
      if (static_cast<unsigned char>(peek()) < 0x20) fail("a control character in a string");
      out += peek();
    }
    if (take('\\')) escape(out);
  }
  ++at_;
  if (!base::is_utf8(out)) fail("a string that is not UTF-8");
  return out;
}

std::string JsonReader::string(std::string_view what) {
  if (next() != Kind::string) fail(std::string(what) + " is a string");
  return quoted();
}

void JsonReader::object(const std::function<void(const std::string&)>& member) {
  if (next() != Kind::object) fail("a JSON object is expected");
  ++at_;
  enter();
  std::unordered_set<std::string> names;
  blanks();
  for (bool more = !take('}'); more;) {
    blanks();
    const std::string name = quoted();
    if (!names.insert(name).second) fail("the member \"" + name + "\" is given twice");
    blanks();
    if (!take(':')) fail("a colon is expected");
    member(name);
    blanks();
    more = take(',');
    if (!more && !take('}')) fail("a comma or } is expected");
  }
  --depth_;
}

void JsonReader::array(const std::function<void()>& element) {
  if (next() != Kind::array) fail("a JSON array is expected");
  ++at_;
  enter();
  blanks();
  for (bool more = !take(']'); more;) {
    element();
    blanks();
    more = take(',');
    if (!more && !take(']')) fail("a comma or ] is expected");
  }
  --depth_;
}

std::string_view JsonReader::skip() {
  const Kind kind = next();
  const std::size_t begin = at_;
  switch (kind) {
    case Kind::null:
      null();
      break;
    case Kind::boolean:
      boolean();
      break;
    case Kind::number:
      number();
      break;
    case Kind::string:
      quoted();
      break;
    case Kind::array:
      array([this] { skip(); });
      break;
    case Kind::object:
      object([this](const std::string&) { skip(); });
      break;
  }
  return text_.substr(begin, at_ - begin);
}

void JsonReader::end() {
  blanks();
  if (at_ != text_.size()) fail("something follows the JSON value");
}

}  // namespace iacdb::http
