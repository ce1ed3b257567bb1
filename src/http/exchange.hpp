#pragma once
// Exchange: one request's answer on its way from a worker thread to the event loop.
//
// The worker writes through Reply and blocks while the client is slow; the event loop takes pieces
// and is woken when there are some. When the client goes, the worker's next write throws.
// Threads: Reply's side: the worker; take() and abandon(): the event loop.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "http/message.hpp"

namespace iacdb::http {

class Exchange final : public Reply {
 public:
  /// What the event loop does next.
  struct Step {
    enum class Kind : std::uint8_t { whole, start, chunk, end };
    Kind kind = Kind::end;
    int status = 0;
    std::string content_type;
    Headers headers;
    std::string bytes;
  };

  /// `wake` is called, from the worker, whenever there is a step to take.
  explicit Exchange(std::function<void()> wake) : wake_(std::move(wake)) {}

  void send(int status, std::string_view content_type, std::string_view body) override;
  void start(int status, std::string_view content_type) override;
  void chunk(std::string_view piece) override;
  void finish() override;
  void header(std::string_view name, std::string_view value) override;

  /// The next step, or nothing yet.
  std::optional<Step> take();
  /// The client has gone: stops the statement, and the worker's next write throws.
  void abandon();
  std::stop_token stop_token() const { return stop_.get_token(); }
  void request_stop() { stop_.request_stop(); }

 private:
  static constexpr std::size_t waiting_bytes_max = 256 * 1024;

  void put(Step step);

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable taken_;
  std::deque<Step> steps_;
  std::size_t waiting_bytes_ = 0;
  bool abandoned_ = false;
  std::stop_source stop_;
  Headers headers_;
};

}  // namespace iacdb::http
