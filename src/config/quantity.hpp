#pragma once
// Quantities: durations and sizes as people write them.
//
//   parse_duration("30s", 1)        // 30,000 ms; a plain "30" counts in the unit given: ms = 1000
//   parse_bytes("64KiB")            // 65,536; "1MB" is 1,000,000; a plain number is bytes
//   print_duration(300'000)         // "5m"
//
// Threads: plain functions. Nothing is returned for malformed text or an overflow.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iacdb::config {

/// Milliseconds. Units: ms, s, m, h, d, and sums such as 1h30m. Fractions: 1.5s.
/// `plain_unit_ms`: what a number without a unit counts.
std::optional<std::int64_t> parse_duration(std::string_view text, std::int64_t plain_unit_ms);
std::string print_duration(std::int64_t milliseconds);

/// Units: B, kB/KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (powers of 1024).
std::optional<std::int64_t> parse_bytes(std::string_view text);
std::string print_bytes(std::int64_t bytes);

/// A whole decimal number, with a sign and without anything else.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace iacdb::config
