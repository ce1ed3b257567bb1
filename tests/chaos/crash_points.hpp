#pragma once
// CrashPoints: kills this process at the nth thing it says to a server or to its disk.
//
//   CrashPoints::arm(2 * 7 + 1);     // right after the seventh call
//
// The program's own send(), write() and their company stand in front of the system's, also for the
// client libraries it uses. An even number kills before the call, an odd one after it; a write to a
// file is killed half written where the number is even. Point 0 never comes.
// Threads: one at a time.

#include <cstdint>

namespace iacdb::chaos {

struct CrashPoints {
  static void arm(std::uint64_t point);
  /// Calls passed since arm().
  static std::uint64_t passed();
};

}  // namespace iacdb::chaos
