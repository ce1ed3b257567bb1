#include "config/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace iacdb::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array<Unit, 5> duration_units = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

constexpr std::array<Unit, 10> byte_units = {{{"TiB", 1LL << 40},
                                              {"TB", 1'000'000'000'000},
                                              {"GiB", 1LL << 30},
                                              {"GB", 1'000'000'000},
                                              {"MiB", 1LL << 20},
                                              {"MB", 1'000'000},
                                              {"KiB", 1LL << 10},
                                              {"kB", 1000},
                                              {"KB", 1000},
                                              {"B", 1}}};

/// Takes the digits (and one fraction) at the front of `text` away and answers them.
std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && (base::is_digit(text[end]) || text[end] == '.')) ++end;
  const std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && base::to_lower(text[end]) >= 'a' && base::to_lower(text[end]) <= 'z')
    ++end;
  const std::string_view unit = text.substr(0, end);
  text.remove_prefix(end);
  return unit;
}

/// number * factor; nothing when it is no number, no whole result, or too large.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t factor) {
  if (const auto whole = parse_integer(number)) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(*whole, factor, &product)) return std::nullopt;
    return product;
  }
  double value = 0;
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, value, std::chars_format::fixed);
  if (number.empty() || error != std::errc() || stop != end) return std::nullopt;
  const double product = value * static_cast<double>(factor);
  if (!(product < 9e15) || product != std::floor(product)) return std::nullopt;
  return static_cast<std::int64_t>(product);
}

template <std::size_t Size>
std::int64_t factor_of(const std::array<Unit, Size>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return 0;
}

template <std::size_t Size>
std::string print_in(const std::array<Unit, Size>& units, std::int64_t value) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(value);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_duration(std::string_view text, std::int64_t plain_unit_ms) {
  text = base::trim(text);
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::int64_t last_factor = INT64_MAX;
  while (!text.empty()) {
    const std::string_view number = take_number(text);
    const std::string_view unit = take_unit(text);
    const bool plain = unit.empty() && text.empty() && last_factor == INT64_MAX;
    const std::int64_t factor = plain ? plain_unit_ms : factor_of(duration_units, unit);
    if (factor == 0 || factor >= last_factor) return std::nullopt;
    const auto part = scaled(number, factor);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
    last_factor = factor;
  }
  return total;
}

std::string print_duration(std::int64_t milliseconds) {
  return milliseconds == 0 ? "0s" : print_in(duration_units, milliseconds);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  text = base::trim(text);
  const std::string_view number = take_number(text);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const std::int64_t factor = text.empty() ? 1 : factor_of(byte_units, text);
  return factor == 0 ? std::nullopt : scaled(number, factor);
}

std::string print_bytes(std::int64_t bytes) {
  for (const Unit& unit : byte_units) {
    const bool binary = unit.name.find('i') != std::string_view::npos;
    if (binary && bytes != 0 && bytes % unit.factor == 0) {
      return std::to_string(bytes / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(bytes);
}

}  // namespace iacdb::config
