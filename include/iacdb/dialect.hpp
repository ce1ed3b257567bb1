#pragma once
// The SQL dialects iacdb reads and writes, and their names.
//
//   Dialect d = parse_dialect("mariadb").value();   // Dialect::mysql
//
// Threads: safe to share.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace iacdb {

/// A SQL dialect. MariaDB is a version of mysql; see Capabilities for what a server really has.
enum class Dialect : std::uint8_t { sqlite, postgres, mysql, tsql, oracle };

inline constexpr std::array<Dialect, 5> all_dialects{
    Dialect::sqlite, Dialect::postgres, Dialect::mysql, Dialect::tsql, Dialect::oracle};

/// The canonical name: "sqlite", "postgres", "mysql", "tsql", "oracle".
constexpr std::string_view to_string(Dialect dialect) noexcept {
  constexpr std::array<std::string_view, 5> names{"sqlite", "postgres", "mysql", "tsql", "oracle"};
  return names[static_cast<std::size_t>(dialect)];
}

/// Reads a canonical name or one of the usual other names; nothing when unknown.
constexpr std::optional<Dialect> parse_dialect(std::string_view name) noexcept {
  constexpr std::array<std::pair<std::string_view, Dialect>, 10> names{{
      {"sqlite", Dialect::sqlite},
      {"sqlite3", Dialect::sqlite},
      {"postgres", Dialect::postgres},
      {"postgresql", Dialect::postgres},
      {"mysql", Dialect::mysql},
      {"mariadb", Dialect::mysql},
      {"tsql", Dialect::tsql},
      {"mssql", Dialect::tsql},
      {"sqlserver", Dialect::tsql},
      {"oracle", Dialect::oracle},
  }};
  for (const auto& [text, dialect] : names) {
    if (text == name) return dialect;
  }
  return std::nullopt;
}

}  // namespace iacdb
