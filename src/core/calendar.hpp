#pragma once
// Dates and times as text: ISO 8601 as the databases print it, parsed and printed without locale.
//
// Source: PostgreSQL 15 documentation 8.5.1 and 8.5.2 (ISO output), ISO 8601-1:2019.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iacdb::core {

/// A cursor over text; each take_ function either consumes and succeeds or leaves it as it was.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}
  bool at_end() const noexcept { return at_ == text_.size(); }
  char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) noexcept {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) noexcept;  ///< Case-insensitive.
  /// Between digits_min and digits_max decimal digits.
  std::optional<std::int64_t> take_digits(int digits_min, int digits_max) noexcept;
  /// The digits after a point as microseconds; more than six must be zeros, or nothing is taken.
  std::optional<std::int64_t> take_fraction() noexcept;
  void skip_spaces() noexcept {
    while (peek() == ' ') ++at_;
  }
  std::string_view rest() const noexcept { return text_.substr(at_); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<std::int32_t> take_date(TextReader& reader);    ///< Days since 1970-01-01.
std::optional<std::int64_t> take_time(TextReader& reader);    ///< Microseconds since midnight.
std::optional<std::int32_t> take_offset(TextReader& reader);  ///< Seconds east of UTC.

void append_date(std::string& out, std::int64_t days);
void append_time(std::string& out, std::int64_t micros);

}  // namespace iacdb::core
