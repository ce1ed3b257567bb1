#include "core/json.hpp"

#include <cctype>
#include <cmath>

#include "iacdb/value.hpp"

namespace iacdb::core {
namespace {

constexpr int depth_max = 512;

/// The length of the valid UTF-8 sequence at `text`, 0 when there is none.
/// Source: Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// A checker of the JSON grammar (RFC 8259), recursive with a depth limit.
class Grammar {
 public:
  explicit Grammar(std::string_view text) : text_(text) {}
  bool matches() {
    skip();
    if (!value(0)) return false;
    skip();
    return at_ == text_.size();
  }

 private:
  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) noexcept {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip() noexcept {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool word(std::string_view expected) noexcept {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  bool digits() noexcept {
    const std::size_t start = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > start;
  }
  bool number() noexcept {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool escape() noexcept {
    if (take('u')) {
      for (int i = 0; i < 4; ++i) {
        if (!std::isxdigit(static_cast<unsigned char>(peek()))) return false;
        ++at_;
      }
      return true;
    }
    const char c = peek();
    ++at_;
    return c != '\0' && std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
  }
  bool string() noexcept {
    if (!take('"')) return false;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return false;
      if (take('\\')) {
        if (!escape()) return false;
        continue;
      }
      const std::size_t length = utf8_length(text_.substr(at_));
      if (length == 0) return false;
      at_ += length;
    }
    return take('"');
  }
  /// What stands between brackets: members or elements, separated by commas.
  template <class Item>
  bool items(char close, Item item) {
    skip();
    if (take(close)) return true;
    do {
      skip();
      if (!item()) return false;
      skip();
    } while (take(','));
    return take(close);
  }
  bool value(int depth) {
    if (depth > depth_max) return false;
    if (take('{')) {
      return items('}', [&] {
        if (!string()) return false;
        skip();
        if (!take(':')) return false;
        skip();
        return value(depth + 1);
      });
    }
    if (take('[')) return items(']', [&] { return value(depth + 1); });
    if (peek() == '"') return string();
    return word("true") || word("false") || word("null") || number();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::uint32_t append_json_array(std::string& out, const ArrayView& array, std::uint16_t dimension,
                                std::uint32_t first) {
  const bool innermost = dimension + 1 >= array.dimensions_count;
  const std::uint32_t count = array.dimensions_count == 0 ? 0 : array.dimensions[dimension];
  std::uint32_t at = first;
  out += '[';
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    if (innermost) {
      append_json(out, array.cells[at++]);
    } else {
      at += append_json_array(out, array, static_cast<std::uint16_t>(dimension + 1), at);
    }
  }
  out += ']';
  return at - first;
}

}  // namespace

bool is_json(std::string_view text) noexcept {
  return Grammar(text).matches();
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const std::size_t length = utf8_length(text.substr(at));
      if (length == 0) {
        out += "\xEF\xBF\xBD";
        ++at;
      } else {
        out += text.substr(at, length);
        at += length;
      }
      continue;
    }
    ++at;
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
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += "\\u00";
          out += hex[static_cast<unsigned char>(c) >> 4];
          out += hex[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_json(std::string& out, const Cell& cell) {
  switch (cell.type()) {
    case Type::null:
      out += "null";
      return;
    case Type::boolean:
      out += cell.boolean() ? "true" : "false";
      return;
    case Type::int64:
      out += std::to_string(cell.integer());
      return;
    case Type::float64:
      if (std::isfinite(cell.real())) {
        out += print(cell);
      } else {
        append_json_string(out, print(cell));
      }
      return;
    case Type::json:
      if (is_json(cell.text())) {
        out += cell.text();
      } else {
        append_json_string(out, cell.text());
      }
      return;
    case Type::text:
      append_json_string(out, cell.text());
      return;
    case Type::array:
      append_json_array(out, cell.array(), 0, 0);
      return;
    default:
      append_json_string(out, print(cell));
      return;
  }
}

}  // namespace iacdb::core
