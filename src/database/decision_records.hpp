#pragma once
// The records of a decision log as text. See decision_log.hpp for the format.
//
// Threads: plain functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "database/decision_log.hpp"

namespace iacdb::database {

/// A record with its checksum and its end of line.
std::string print_record(std::string_view record);

struct ReadLog {
  Decisions decisions;
  std::uint64_t good_bytes = 0;  ///< What follows was cut while it was written.
};

/// Throws: UsageError when the text is no decision log; DataError when it is damaged.
/// An empty text, or the beginning of a first line, gives no coordinator.
ReadLog read_log(std::string_view text, const std::string& path);

/// What a new file says: the same decisions without what is done.
std::string print_log(const Decisions& decisions);

}  // namespace iacdb::database
