#pragma once
// Channel: messages over a stream. Sending collects in a buffer and is one write; receiving gives
// views into the receive buffer.
//
//   encode_sync(channel.out());
//   channel.send(wait);
//   Message message = channel.next(wait);      // async messages went to the ServerState already
//   channel.consume(message);
//
// While a send cannot go on because the server is busy sending itself, the channel reads, so that
// the two never wait for each other.
// Lifetime: a message's body is valid until the next call that reads.
// Throws: ConnectError(connection_lost), TimeoutError, what wire/postgres throws.
// Threads: one at a time. Cost: no allocation once the buffers have grown; 64 KiB are kept.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

#include "backends/postgres/server_state.hpp"
#include "base/bytes.hpp"
#include "io/stream.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::backends::postgres {

class Channel {
 public:
  Channel() = default;
  explicit Channel(io::Stream stream) : stream_(std::move(stream)) {}

  base::Buffer& out() noexcept { return out_; }
  ServerState& server() noexcept { return server_; }
  const ServerState& server() const noexcept { return server_; }
  io::Stream& stream() noexcept { return stream_; }

  /// Writes out() and empties it.
  void send(const io::Wait& wait);
  /// Writes bytes that are not in out(); out() must have been sent.
  void send_bytes(base::Bytes bytes, const io::Wait& wait);
  /// True after a send that did not finish: the server then waits for the rest for ever.
  bool is_send_torn() const noexcept { return send_torn_; }

  /// The next message that is not asynchronous; it stays in the buffer until consume().
  wire::postgres::Message next(const io::Wait& wait) {
    for (;;) {
      const auto message = wire::postgres::next_message(input());
      if (message.type == 0) [[unlikely]] {
        read_more(message.size_bytes, wait);
      } else if (ServerState::is_asynchronous(message.type)) [[unlikely]] {
        server_.take(message);
        consume(message.size_bytes);
      } else {
        return message;
      }
    }
  }
  void consume(const wire::postgres::Message& message) noexcept { consume(message.size_bytes); }
  void consume(std::size_t size_bytes) noexcept { begin_ += size_bytes; }

  /// Everything received and not consumed.
  base::Bytes input() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
  /// Reads once, so that at least one byte more is there, making room for `message_bytes` in all.
  /// Ends every view into the buffer.
  void read_more(std::size_t message_bytes, const io::Wait& wait);
  /// Deals with asynchronous messages that are there already, reading what the socket holds.
  void poll_asynchronous();

 private:
  struct Free {
    void operator()(std::byte* bytes) const noexcept { std::free(bytes); }
  };
  static constexpr std::size_t keep_bytes = 64 * 1024;

  void make_room(std::size_t message_bytes);
  void resize(std::size_t capacity);
  [[noreturn]] void raise_ended() const;
  bool try_receive();

  io::Stream stream_;
  ServerState server_;
  base::Buffer out_;
  std::unique_ptr<std::byte, Free> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool awaits_reply_ = false;
  bool send_torn_ = false;
};

}  // namespace iacdb::backends::postgres
