#pragma once
// Words as integers: an unquoted word packed without loss, so that keywords compare and switch.
//
//   switch (token.word) { case "select"_w: ... case "insert"_w: ... }
//
// Twelve characters of [a-z0-9_$#], case folded, fit 64 bits in base 40. Longer keywords have
// numbers of their own from `long_words`; every other word is 0 and compares by its text.

#include <array>
#include <cstdint>
#include <string_view>

namespace iacdb::sql {

using WordId = std::uint64_t;

/// Keywords longer than twelve characters, in any order.
inline constexpr std::array<std::string_view, 52> long_words{
    "current_timestamp", "auto_increment",      "autoincrement",     "localtimestamp",
    "connect_by_root",   "unique_rowid",        "straight_join",     "sql_calc_found_rows",
    "sql_small_result",  "sql_big_result",      "sql_buffer_result", "nonclustered",
    "character_set",     "duplicate_key",       "row_format",        "system_versioning",
    "high_priority",     "cardinality",         "timestamp_ntz",     "current_catalog",
    "current_schema",    "session_user",        "transactions",      "isolation_level",
    "connect_by_isleaf", "connect_by_iscycle",  "percentile_cont",   "percentile_disc",
    "day_microsecond",   "minute_microsecond",  "hour_microsecond",  "second_microsecond",
    "uniqueidentifier",  "smalldatetime",       "datetimeoffset",    "hierarchyid",
    "utc_timestamp",     "sys_connect_by_path", "current_user_id",   "statistics",
    "authorization",     "characteristics",     "nocycle_detect",    "transaction_id",
    "group_replication", "stats_persistent",    "key_block_size",    "insert_method",
    "avg_row_length",    "table_checksum",      "delay_key_write",   "validate_conversion"};

/// 1..39 for a character of a packed word, 0 for any other.
constexpr std::uint8_t word_digit(char c) noexcept {
  if (c >= 'a' && c <= 'z') return static_cast<std::uint8_t>(c - 'a' + 1);
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint8_t>(c - 'A' + 1);
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0' + 27);
  if (c == '_') return 37;
  if (c == '$') return 38;
  if (c == '#') return 39;
  return 0;
}

inline constexpr std::array<std::uint8_t, 256> word_digits = [] {
  std::array<std::uint8_t, 256> table{};
  for (int i = 0; i < 256; ++i) {
    table[static_cast<std::size_t>(i)] = word_digit(static_cast<char>(i));
  }
  return table;
}();

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

/// Equality without ASCII case.
constexpr bool same_word(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// The number of a word; 0 when it is neither short nor a known long keyword.
constexpr WordId word_id(std::string_view text) noexcept {
  if (text.size() <= 12) {
    WordId id = 0;
    for (char c : text) {
      const std::uint8_t digit = word_digits[static_cast<unsigned char>(c)];
      if (digit == 0) return 0;
      id = id * 40 + digit;
    }
    return id;
  }
  for (std::size_t i = 0; i < long_words.size(); ++i) {
    if (same_word(long_words[i], text)) return ~WordId{0} - i;
  }
  return 0;
}

/// A keyword known at compile time.
consteval WordId operator""_w(const char* text, std::size_t size) {
  const WordId id = word_id(std::string_view(text, size));
  if (id == 0) throw "add the keyword to long_words";
  return id;
}

}  // namespace iacdb::sql
