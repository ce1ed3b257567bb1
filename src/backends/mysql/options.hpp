#pragma once
// The options of a mysql or mariadb URL, read and checked.
//
//   const SessionOptions options = read_options(settings);   // ConfigError names what is wrong
//
// Threads: plain value.

#include <span>
#include <string>

#include "core/connection_settings.hpp"
#include "driver/driver.hpp"

namespace iacdb::mysql {

/// What becomes of '0000-00-00' and dates with a zero month or day, which no calendar has.
enum class ZeroDates : std::uint8_t { error, null, text };
enum class BulkWay : std::uint8_t { automatic, load_data, arrays, rows };

struct SessionOptions {
  ZeroDates zero_dates = ZeroDates::error;
  bool tinyint1_is_boolean = true;
  bool matched_rows = true;  ///< UPDATE counts matched rows, as other databases do.
  bool multi_statements = true;
  bool sql_mode_given = false;
  BulkWay bulk = BulkWay::automatic;
  std::string sql_mode;
  std::string auth_plugins;
  std::string program_name;
};

std::span<const driver::BackendOption> known_options() noexcept;
/// Throws: ConfigError for a value that is not one of an option's choices.
SessionOptions read_options(const ConnectionSettings& settings);

}  // namespace iacdb::mysql
