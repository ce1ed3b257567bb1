#include "backends/postgres/channel.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "backends/postgres/server_error.hpp"

namespace iacdb::backends::postgres {

void Channel::send(const io::Wait& wait) {
  send_bytes(out_.view(), wait);
  out_.clear();
}

void Channel::send_bytes(base::Bytes bytes, const io::Wait& wait) {
  awaits_reply_ = true;
  const auto first = stream_.try_write(bytes);
  if (first == static_cast<std::ptrdiff_t>(bytes.size())) return;
  send_torn_ = true;  // Until the rest has gone, or for ever when a wait below throws.
  if (first != io::Stream::would_block) bytes = bytes.subspan(static_cast<std::size_t>(first));
  while (!bytes.empty()) {
    const auto sent = stream_.try_write(bytes);
    if (sent != io::Stream::would_block) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
      continue;
    }
    io::require_ready(stream_.wait_for(io::Readiness::either, wait), "sending to the server");
    while (try_receive()) {
    }
  }
  send_torn_ = false;
}

bool Channel::try_receive() {
  make_room(end_ - begin_ + 1);
  const auto got = stream_.try_read({buffer_.get() + end_, capacity_ - end_});
  if (got == 0) raise_ended();
  if (got == io::Stream::would_block) return false;
  end_ += static_cast<std::size_t>(got);
  awaits_reply_ = false;
  return true;
}

void Channel::resize(std::size_t capacity) {
  auto* const bytes = static_cast<std::byte*>(std::malloc(capacity));
  if (bytes == nullptr) throw std::bad_alloc();
  if (end_ > begin_) std::memcpy(bytes, buffer_.get() + begin_, end_ - begin_);
  buffer_.reset(bytes);
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
}

void Channel::make_room(std::size_t message_bytes) {
  const std::size_t held = end_ - begin_;
  const std::size_t wanted = std::max(message_bytes, held + 1);
  if (wanted <= keep_bytes && capacity_ != keep_bytes) return resize(keep_bytes);
  if (wanted > capacity_) return resize(std::max(wanted, std::min(capacity_ * 2, wanted * 2)));
  if (held == 0) {
    begin_ = end_ = 0;
  } else if (capacity_ - begin_ < wanted || end_ == capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
}

void Channel::read_more(std::size_t message_bytes, const io::Wait& wait) {
  if (begin_ == end_ && capacity_ == keep_bytes && message_bytes <= keep_bytes) [[likely]] {
    begin_ = end_ = 0;
  } else {
    make_room(message_bytes);
  }
  const auto expect = awaits_reply_ ? io::Stream::Expect::reply : io::Stream::Expect::data;
  const std::size_t got = stream_.read({buffer_.get() + end_, capacity_ - end_}, wait, expect);
  if (got == 0) raise_ended();
  end_ += got;
  awaits_reply_ = false;
}

void Channel::poll_asynchronous() {
  while (try_receive()) {
  }
  for (;;) {
    const auto message = wire::postgres::next_message(input());
    if (message.type == 0 || !ServerState::is_asynchronous(message.type)) return;
    server_.take(message);
    consume(message);
  }
}

void Channel::raise_ended() const {
  ErrorFacts facts = own_facts(ErrorKind::connection_lost,
                               "the server closed the connection; look into its log, then connect "
                               "again");
  facts.breaks_connection = facts.breaks_transaction = true;
  raise(std::move(facts));
}

}  // namespace iacdb::backends::postgres
