#pragma once
// OpenOnce: something that is opened on its first use, by one thread, for all.
//
//   OpenOnce<Database> shop;
//   Database db = shop.get([] { return open("sqlite:shop.db"); });   // again, where that failed
//
// Whoever comes while it is being opened shares the attempt and its outcome. Threads: safe to
// share.

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>

namespace iacdb::http {

template <class Opened>
class OpenOnce {
 public:
  /// Throws: what `open` throws.
  Opened get(const std::function<Opened()>& open) {
    std::unique_lock lock(mutex_);
    if (opened_) return *opened_;
    if (opening_) {
      changed_.wait(lock, [&] { return !opening_; });
    } else {
      opening_ = true;
      lock.unlock();
      std::optional<Opened> fresh;
      std::exception_ptr failure;
      try {
        fresh.emplace(open());
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      opening_ = false;
      opened_ = std::move(fresh);
      failure_ = failure;
      changed_.notify_all();
    }
    if (!opened_) std::rethrow_exception(failure_);
    return *opened_;
  }
  /// What is open already.
  std::optional<Opened> opened() const {
    const std::lock_guard lock(mutex_);
    return opened_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool opening_ = false;
  std::optional<Opened> opened_;
  std::exception_ptr failure_;  ///< Of the latest attempt.
};

}  // namespace iacdb::http
