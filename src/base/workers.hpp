#pragma once
// Workers: a bounded number of threads and a bounded queue of work for them.
//
//   Workers workers(8, 64);
//   if (!workers.submit([=] { answer(request); })) refuse(request);   // full: say so at once
//
// Lifetime: the destructor finishes what was submitted. Threads: safe to share.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace iacdb::base {

class Workers {
 public:
  Workers(std::size_t threads_count, std::size_t queue_max);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False when the queue is full or stop() was called. Work must not throw.
  bool submit(std::function<void()> work);
  /// Takes no more work, finishes what was submitted, ends the threads. Idempotent.
  void stop();

 private:
  void run();

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace iacdb::base
