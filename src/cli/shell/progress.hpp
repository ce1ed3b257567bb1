#pragma once
// Progress: a line on the terminal that says how far a copy is, how fast, and how long it takes.
//
//   Progress progress(std::cerr, show, {.bytes_total = 1'000'000});
//   progress.add(rows, bytes);      // rewrites the line now and then
//   progress.finish();
//
//   42 %, 84,000 rows, 4.2 MB, 120,000 rows/s, 1 s left
//
// Threads: one at a time.

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace iacdb::cli {

struct ProgressTotals {
  std::uint64_t bytes = 0;  ///< 0: not known, so that no time left can be told.
  std::uint64_t rows = 0;
};

class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  Progress(std::ostream& out, bool show, ProgressTotals totals);

  void add(std::uint64_t rows, std::uint64_t bytes);
  /// Leaves the last state standing and ends the line.
  void finish();
  /// Takes the line away, before an error is told.
  void clear();

 private:
  void print(bool last);

  std::ostream& out_;
  bool show_;
  ProgressTotals totals_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point printed_{};
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
  bool shown_ = false;
};

/// One state as text; a pure function of its numbers.
std::string progress_line(std::uint64_t rows, std::uint64_t bytes, const ProgressTotals& totals,
                          std::chrono::duration<double> elapsed);

}  // namespace iacdb::cli
