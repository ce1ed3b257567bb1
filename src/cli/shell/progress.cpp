#include "cli/shell/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace iacdb::cli {
namespace {

constexpr std::chrono::milliseconds pause{200};

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string size_text(double bytes) {
  static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
  char text[32];
  std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
  return text;
}

std::string time_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

}  // namespace

std::string progress_line(std::uint64_t rows, std::uint64_t bytes, const ProgressTotals& totals,
                          std::chrono::duration<double> elapsed) {
  const double seconds = std::max(elapsed.count(), 1e-3);
  double done = 0;  // 0: unknown
  if (totals.bytes > 0) done = static_cast<double>(bytes) / static_cast<double>(totals.bytes);
  if (totals.rows > 0) done = static_cast<double>(rows) / static_cast<double>(totals.rows);
  done = std::min(done, 1.0);
  std::string line;
  if (done > 0) line = std::to_string(static_cast<int>(done * 100)) + " %, ";
  line += with_commas(rows) + (rows == 1 ? " row, " : " rows, ");
  line += size_text(static_cast<double>(bytes)) + ", ";
  line += with_commas(static_cast<std::uint64_t>(static_cast<double>(rows) / seconds)) + " rows/s";
  if (done > 0) {
    line += ", " + (done >= 1 ? "0 s" : time_text(seconds / done * (1 - done))) + " left";
  }
  return line;
}

Progress::Progress(std::ostream& out, bool show, ProgressTotals totals)
    : out_(out), show_(show), totals_(totals) {}

void Progress::add(std::uint64_t rows, std::uint64_t bytes) {
  rows_ += rows;
  bytes_ += bytes;
  if (!show_) return;
  const auto now = Clock::now();
  if (now - printed_ < pause) return;
  printed_ = now;
  print(false);
}

void Progress::finish() {
  if (!show_) return;
  if (totals_.bytes > 0) bytes_ = totals_.bytes;
  print(true);
}

void Progress::clear() {
  if (shown_) out_ << "\r\x1b[K" << std::flush;
  shown_ = false;
}

void Progress::print(bool last) {
  out_ << '\r' << progress_line(rows_, bytes_, totals_, Clock::now() - start_) << "\x1b[K"
       << (last ? "\n" : "") << std::flush;
  shown_ = !last;
}

}  // namespace iacdb::cli
