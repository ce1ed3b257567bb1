#include "sql/strings.hpp"

#include <charconv>

#include "sql/problem.hpp"

namespace iacdb::sql {

namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

/// Reads up to `digits` hexadecimal or octal digits at `at`.
std::uint32_t number_at(std::string_view text, std::size_t& at, std::size_t digits, int base) {
  std::uint32_t value = 0;
  const char* end = text.data() + std::min(text.size(), at + digits);
  const auto r = std::from_chars(text.data() + at, end, value, base);
  at += static_cast<std::size_t>(r.ptr - (text.data() + at));
  return value;
}

/// MySQL, "String Literals": \% and \_ keep their backslash.
void mysql_escape(std::string& out, char c) {
  switch (c) {
    case '0':
      out += '\0';
      break;
    case 'b':
      out += '\b';
      break;
    case 'n':
      out += '\n';
      break;
    case 'r':
      out += '\r';
      break;
    case 't':
      out += '\t';
      break;
    case 'Z':
      out += '\x1a';
      break;
    case '%':
    case '_':
      out += '\\';
      out += c;
      break;
    default:
      out += c;
  }
}

/// PostgreSQL, 4.1.2.2 "String Constants with C-Style Escapes"; `at` is after the backslash.
void postgres_escape(std::string& out, std::string_view body, std::size_t& at) {
  const char c = body[at];
  if (c >= '0' && c <= '7') {
    out += static_cast<char>(number_at(body, at, 3, 8));
    return;
  }
  ++at;
  switch (c) {
    case 'b':
      out += '\b';
      break;
    case 'f':
      out += '\f';
      break;
    case 'n':
      out += '\n';
      break;
    case 'r':
      out += '\r';
      break;
    case 't':
      out += '\t';
      break;
    case 'x':
      out += static_cast<char>(number_at(body, at, 2, 16));
      break;
    case 'u':
      append_utf8(out, number_at(body, at, 4, 16));
      break;
    case 'U':
      append_utf8(out, number_at(body, at, 8, 16));
      break;
    default:
      out += c;
  }
}

void unicode_escape(std::string& out, std::string_view body, std::size_t& at) {
  if (at < body.size() && body[at] == '\\') {
    out += '\\';
    ++at;
  } else if (at < body.size() && body[at] == '+') {
    ++at;
    append_utf8(out, number_at(body, at, 6, 16));
  } else {
    append_utf8(out, number_at(body, at, 4, 16));
  }
}

std::string_view unescape(std::string_view body, char quote, StringForm form, bool backslashes,
                          Arena& arena) {
  if (body.find(quote) == std::string_view::npos &&
      (!backslashes || body.find('\\') == std::string_view::npos)) {
    return body;
  }
  std::string out;
  out.reserve(body.size());
  for (std::size_t i = 0; i < body.size();) {
    const char c = body[i++];
    if (c == quote) {
      out += c;
      if (i < body.size()) ++i;
    } else if (c == '\\' && backslashes && i < body.size()) {
      if (form == StringForm::escape) {
        postgres_escape(out, body, i);
      } else if (form == StringForm::unicode) {
        unicode_escape(out, body, i);
      } else {
        mysql_escape(out, body[i++]);
      }
    } else {
      out += c;
    }
  }
  return arena.copy(out);
}

}  // namespace

std::string_view decode_string(std::string_view written, StringForm form, Dialect dialect,
                               Arena& arena) {
  switch (form) {
    case StringForm::dollar: {
      const std::size_t tag = written.find('$', 1) + 1;
      return written.substr(tag, written.size() - 2 * tag);
    }
    case StringForm::quote_literal: {
      const std::size_t quote = written.find('\'');
      return written.substr(quote + 2, written.size() - quote - 4);
    }
    default:
      break;
  }
  const std::size_t quote = written.find_first_of("'\"");
  const std::string_view body = written.substr(quote + 1, written.size() - quote - 2);
  const bool backslashes = form == StringForm::escape || form == StringForm::unicode ||
                           lexing(dialect).backslash_escapes;
  return unescape(body, written[quote], form, backslashes, arena);
}

void append_string(std::string& out, std::string_view value, Dialect dialect) {
  out += '\'';
  for (char c : value) {
    if (c == '\'') out += '\'';
    if (c == '\\' && dialect == Dialect::mysql) out += '\\';
    if (c == '\0') fail("unsupported", "a text with a zero byte cannot be written as a literal", 0);
    out += c;
  }
  out += '\'';
}

void append_name(std::string& out, std::string_view name, Dialect dialect) {
  const char open = dialect == Dialect::mysql ? '`' : dialect == Dialect::tsql ? '[' : '"';
  const char close = open == '[' ? ']' : open;
  out += open;
  for (char c : name) {
    out += c;
    if (c == close) out += c;
  }
  out += close;
}

}  // namespace iacdb::sql
