// How wide text is on a terminal, and how cells look to people.

#include <algorithm>
#include <clocale>
#include <cwchar>

#include "base/text.hpp"
#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

/// wcwidth() needs a UTF-8 locale; C.UTF-8 exists on every Debian.
locale_t utf8_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

class UseUtf8 {
 public:
  UseUtf8() : before_(uselocale(utf8_locale())) {}
  ~UseUtf8() { uselocale(before_); }
  UseUtf8(const UseUtf8&) = delete;
  UseUtf8& operator=(const UseUtf8&) = delete;

 private:
  locale_t before_;
};

/// Bytes of the UTF-8 character that begins the text; 0 when none does.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xC2 ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  return size <= text.size() && base::is_utf8(text.substr(0, size)) ? size : 0;
}

void append_hex(std::string& out, unsigned char c) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += "\\x";
  out += digits[c >> 4];
  out += digits[c & 15];
}

}  // namespace

std::string display_text(const Cell& cell, std::string_view null) {
  return cell.is_null() ? std::string(null) : printable(print(cell));
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text.substr(at));
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (size == 0 || c < 0x20 || c == 0x7F) {
      append_hex(out, c);
    } else if (size == 2 && c == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0) {
      append_hex(out, static_cast<unsigned char>(text[at + 1]));  // C1: a terminal obeys them too.
    } else {
      out.append(text, at, size);
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  const UseUtf8 use;
  std::mbstate_t state{};
  std::size_t width = 0;
  while (!text.empty()) {
    wchar_t wide = 0;
    const std::size_t bytes = std::mbrtowc(&wide, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size()) {  // Not UTF-8: a terminal shows one box a byte.
      state = {};
      ++width;
      text.remove_prefix(1);
      continue;
    }
    const int columns = wcwidth(wide);
    width += columns > 0 ? static_cast<std::size_t>(columns) : 0;
    text.remove_prefix(bytes);
  }
  return width;
}

std::unique_ptr<ResultWriter> make_writer(const Look& look, std::ostream& out) {
  if (look.format == "csv") return make_csv_writer(look, out);
  if (look.format == "json") return make_json_writer(look, out);
  if (look.format == "vertical") return make_vertical_writer(look, out);
  return make_table_writer(look, out);
}

}  // namespace iacdb::cli
