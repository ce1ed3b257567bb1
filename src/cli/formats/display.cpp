// How wide text is on a terminal, and how cells look to people.

#include <clocale>
#include <cwchar>

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

}  // namespace

std::string display_text(const Cell& cell) {
  static constexpr std::string_view hex = "0123456789abcdef";
  if (cell.is_null()) return "";
  const std::string text = print(cell);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += "\\x";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
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

std::unique_ptr<ResultWriter> make_writer(std::string_view format, std::ostream& out) {
  if (format == "csv") return make_csv_writer(out);
  if (format == "json") return make_json_writer(out);
  if (format == "vertical") return make_vertical_writer(out);
  return make_table_writer(out, format == "md");
}

}  // namespace iacdb::cli
