#pragma once
// OpenPlan: what connection settings mean for SQLite, checked.
//
//   const OpenPlan plan = plan_open(settings);
//   Database db = open_database(plan, watch, call);
//
// Throws: ConfigError for an option that is unknown or has another form than its description.
// Threads: plain value.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "backends/sqlite/handles.hpp"
#include "backends/sqlite/watch.hpp"
#include "driver/driver.hpp"

namespace iacdb::backends::sqlite {

/// How a read-write transaction begins.
enum class BeginMode : std::uint8_t { immediate, deferred, exclusive };

struct OpenPlan {
  std::string file;  ///< A path as given; empty in memory.
  bool in_memory = false;
  std::string memory_id;  ///< Empty: private to the connection.
  int flags = 0;          ///< SQLITE_OPEN_*
  bool read_only = false;
  std::chrono::milliseconds busy_timeout{5000};
  BeginMode begin = BeginMode::immediate;
  bool journal_mode_given = false;
  std::string journal_mode = "wal";
  std::string synchronous = "normal";
  bool foreign_keys = true;
  std::string cache_size;  ///< Empty: SQLite's default.
  std::string mmap_size;
};

std::span<const driver::BackendOption> known_options() noexcept;
OpenPlan plan_open(const ConnectionSettings& settings);

/// Opens the database and sets it up. `watch` is attached to it.
/// Throws: ConnectError with the path in where() and what to do about it.
Database open_database(const OpenPlan& plan, Watch& watch, const driver::Call& call);
/// The name under which the connections of a process share an in-memory database.
std::string shared_memory_uri(std::string_view memory_id);

}  // namespace iacdb::backends::sqlite
