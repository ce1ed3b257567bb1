#include "backends/sqlite/watch.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace iacdb::backends::sqlite {

namespace {
/// Virtual machine instructions between two looks at the clock: some ten microseconds.
constexpr int progress_instructions = 1000;
}  // namespace

void Watch::attach(sqlite3* db, std::chrono::milliseconds busy_timeout) {
  db_ = db;
  busy_timeout_ = busy_timeout;
  sqlite3_busy_handler(db, &Watch::on_busy, this);
}

void Watch::install(const driver::Call* call) {
  call_ = call;
  if (call == nullptr) {
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
    installed_ = false;
    return;
  }
  if (!installed_) sqlite3_progress_handler(db_, progress_instructions, &Watch::on_progress, this);
  installed_ = true;
  if (must_stop()) raise_error(nullptr, SQLITE_INTERRUPT, {.stopped = reason_});
}

StopReason Watch::reason() const noexcept {
  if (reason_ != StopReason::none) return reason_;
  return cancelled_.load(std::memory_order_relaxed) ? StopReason::cancel : StopReason::none;
}

void Watch::cancel() noexcept {
  cancelled_.store(true, std::memory_order_relaxed);
  sqlite3_interrupt(db_);
}

bool Watch::must_stop() noexcept {
  if (call_ == nullptr) return false;
  if (call_->stop.stop_requested()) {
    reason_ = StopReason::stop_token;
  } else if (call_->deadline.passed()) {
    reason_ = StopReason::deadline;
  }
  return reason_ != StopReason::none;
}

int Watch::on_progress(void* self) {
  return static_cast<Watch*>(self)->must_stop() ? 1 : 0;
}

int Watch::on_busy(void* self, int waits) {
  return static_cast<Watch*>(self)->wait_for_lock(waits) ? 1 : 0;
}

bool Watch::wait_for_lock(int waits) noexcept {
  // Short first, as a lock is mostly held for less than a millisecond; never long, so that a stop
  // is seen soon.
  static constexpr std::array<int, 7> pauses_ms{1, 1, 2, 3, 5, 8, 10};
  if (waits == 0) busy_deadline_ = base::Deadline::in(busy_timeout_);
  if (must_stop() || cancelled_.load(std::memory_order_relaxed)) return false;
  if (busy_deadline_.passed()) return false;
  const auto step = std::min<std::size_t>(static_cast<std::size_t>(waits), pauses_ms.size() - 1);
  std::chrono::nanoseconds pause = std::chrono::milliseconds(pauses_ms[step]);
  pause = std::min(pause, busy_deadline_.left());
  if (call_ != nullptr) pause = std::min(pause, call_->deadline.left());
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace iacdb::backends::sqlite
