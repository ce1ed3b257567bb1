#include "http/exchange.hpp"

#include "iacdb/error.hpp"

namespace iacdb::http {

void Exchange::header(std::string_view name, std::string_view value) {
  headers_.emplace_back(name, value);
}

void Exchange::send(int status, std::string_view content_type, std::string_view body) {
  status_ = status;
  put({Step::Kind::whole, status, std::string(content_type), std::move(headers_),
       std::string(body)});
}

void Exchange::start(int status, std::string_view content_type) {
  status_ = status;
  put({Step::Kind::start, status, std::string(content_type), std::move(headers_), {}});
}

void Exchange::chunk(std::string_view piece) {
  if (piece.empty()) return;
  put({Step::Kind::chunk, 0, {}, {}, std::string(piece)});
}

void Exchange::finish() {
  put({});
}

void Exchange::put(Step step) {
  {
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [this] { return abandoned_ || waiting_bytes_ < waiting_bytes_max; });
    if (abandoned_) raise(ErrorKind::cancelled, "the client closed the connection");
    waiting_bytes_ += step.bytes.size();
    steps_.push_back(std::move(step));
  }
  wake_();
}

std::optional<Exchange::Step> Exchange::take() {
  std::optional<Step> step;
  {
    const std::lock_guard lock(mutex_);
    if (steps_.empty()) return step;
    step = std::move(steps_.front());
    steps_.pop_front();
    waiting_bytes_ -= step->bytes.size();
  }
  taken_.notify_one();
  return step;
}

void Exchange::abandon() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    steps_.clear();
    waiting_bytes_ = 0;
  }
  stop_.request_stop();
  taken_.notify_all();
}

}  // namespace iacdb::http
