#pragma once
// Exchange: the bookkeeping between requests and answers on one connection.
//
//   exchange.open_group();                       // what waits to be sent goes in front
//   encode_parse(exchange.out(), ...); ...
//   exchange.sync();
//   exchange.send(wait);
//   exchange.skip_prefix(wait);                  // answers to what went in front
//   Message m = exchange.next(wait); ...         // until take_ready(m)
//
// It knows what the server still owes (a ReadyForQuery for each Sync or Query), so that after any
// exception recover() can bring both sides back in step, or call the connection broken.
// Threads: one at a time.

#include <chrono>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/postgres/channel.hpp"
#include "backends/postgres/login.hpp"
#include "backends/postgres/parameters.hpp"
#include "backends/postgres/server_error.hpp"
#include "driver/driver.hpp"

namespace iacdb::backends::postgres {

inline io::Wait wait_of(const driver::Call& call) noexcept {
  return {call.deadline, &call.stop};
}

class Exchange {
 public:
  using TransactionStatus = wire::postgres::TransactionStatus;
  /// How long the server may take to confirm that it has cancelled.
  static constexpr std::chrono::seconds cancel_grace{1};

  explicit Exchange(LoggedIn in) : channel_(std::move(in.channel)), cancel_(std::move(in.cancel)) {}

  Channel& channel() noexcept { return channel_; }
  const CancelTarget& cancel_target() const noexcept { return cancel_; }
  base::Buffer& out() noexcept { return channel_.out(); }
  TransactionStatus status() const noexcept { return status_; }
  bool is_broken() const noexcept { return broken_; }
  void set_broken() noexcept { broken_ = true; }
  bool is_idle() const noexcept { return ready_due_ == 0 && !flush_open_; }

  // What waits to go in front of the next group: BEGIN and savepoints, one answer each, and the
  // names of prepared statements to close.
  void defer_begin();
  void defer_command(std::string_view sql);
  bool has_deferred() const noexcept { return deferred_commands_ != 0; }
  void drop_deferred() noexcept;
  std::vector<std::string>& closing() noexcept { return closing_; }
  /// The commands sent in front of the failed group wait again: after the caller rolled back.
  void restore_deferred();
  bool sent_begin() const noexcept { return sent_begin_; }

  /// Begins a group of messages. Throws: connection_lost when broken.
  void open_group() {
    if (broken_) [[unlikely]]
      raise_broken();
    out().clear();
    sent_begin_ = false;
    if (deferred_commands_ != 0 || !closing_.empty()) [[unlikely]]
      put_prefix();
  }
  void sync();
  /// A Sync that was appended to out() already.
  void count_sync() noexcept { ++syncs_in_group_; }
  void flush();
  void send(const io::Wait& wait) {
    group_sent();
    channel_.send(wait);
  }
  void send(const std::vector<StreamSlot>& streams, const io::Wait& wait);
  /// A Query message alone; deferred commands are run before it.
  void send_query(std::string_view sql, const io::Wait& wait);

  wire::postgres::Message next(const io::Wait& wait) { return channel_.next(wait); }
  void consume(const wire::postgres::Message& message) noexcept { channel_.consume(message); }
  /// Reads the answers to what open_group() put in front.
  void skip_prefix(const io::Wait& wait) {
    if (prefix_commands_ != 0 || prefix_closes_ != 0) [[unlikely]]
      read_prefix(wait);
  }
  /// True when BindComplete is what has come; it is consumed then.
  bool take_bound() noexcept {
    constexpr std::string_view bound("2\0\0\0\4", 5);
    const base::Bytes input = channel_.input();
    if (input.size() < bound.size() || std::memcmp(input.data(), bound.data(), bound.size()) != 0) {
      return false;
    }
    channel_.consume(bound.size());
    return true;
  }
  /// The usual end of a statement, a CommandComplete with the ReadyForQuery behind it, when both
  /// have come: consumes them and answers the tag, which is empty otherwise.
  std::string_view take_completion() noexcept;
  /// Consumes a ReadyForQuery.
  void take_ready(const wire::postgres::Message& message);

  /// Consumes an ErrorResponse, brings the server back to ready, and answers the facts.
  ErrorFacts take_error(const wire::postgres::Message& message, const StatementOrigin& origin,
                        const io::Wait& wait);
  [[noreturn]] void fail(const wire::postgres::Message& message, const StatementOrigin& origin,
                         const io::Wait& wait) {
    raise(take_error(message, origin, wait));
  }
  /// The last error means: this prepared statement must be prepared again.
  bool last_error_was_stale() const noexcept { return stale_; }
  /// Reads until the server owes nothing. Skips everything on the way.
  void settle(const io::Wait& wait);
  /// Runs a command of ours to its end; its tag.
  std::string run_command(std::string_view sql, const io::Wait& wait) {
    send_command(sql, wait);
    return read_command(sql, wait);
  }
  /// A COMMIT alone; nothing is deferred.
  void send_commit(const io::Wait& wait);
  std::string read_commit(const io::Wait& wait);
  void send_command(std::string_view sql, const io::Wait& wait);
  std::string read_command(std::string_view sql, const io::Wait& wait);

  /// For a catch block: throws what `sql` failed with, once both sides are in step again or the
  /// connection is known to be broken.
  [[noreturn]] void recover(const std::exception_ptr& failure, std::string_view sql);
  /// While a COPY FROM STDIN is open, giving up means telling the server so.
  void set_copy_in(bool open) noexcept { copy_in_ = open; }
  /// Cancels what runs and reads to its end within the grace. False: broken now.
  bool cancel_and_settle() noexcept;

 private:
  void put_prefix();
  void read_prefix(const io::Wait& wait);
  /// Consumes `answer` when that is what has come.
  bool skip_exactly(std::string_view answer, const io::Wait& wait);
  [[noreturn]] void raise_broken() const;
  void note_late_end(ErrorFacts& facts, std::string_view sql) const;
  void send_stream(const StreamSlot& slot, const io::Wait& wait);
  /// From here on the server has, or may have, what the group says.
  void group_sent() noexcept {
    ready_due_ += std::exchange(syncs_in_group_, 0);
    flush_open_ = std::exchange(flush_in_group_, false);
    if (deferred_commands_ != 0 || closes_in_group_ != 0) [[unlikely]]
      prefix_sent();
  }
  void prefix_sent() noexcept;

  Channel channel_;
  CancelTarget cancel_;
  TransactionStatus status_ = TransactionStatus::idle;
  std::uint32_t ready_due_ = 0;
  bool flush_open_ = false;
  bool broken_ = false;
  bool stale_ = false;
  bool sent_begin_ = false;
  bool copy_in_ = false;
  bool settled_an_error_ = false;  ///< settle() skipped an ErrorResponse.

  base::Buffer deferred_{512};
  std::uint32_t deferred_commands_ = 0;
  base::Buffer sent_deferred_{512};
  std::uint32_t sent_commands_ = 0;
  std::vector<std::string> closing_;
  std::uint32_t prefix_commands_ = 0;  ///< Answers to come before the group's own.
  std::uint32_t prefix_closes_ = 0;
  std::uint32_t syncs_in_group_ = 0;
  bool flush_in_group_ = false;
  std::uint32_t closes_in_group_ = 0;
};

}  // namespace iacdb::backends::postgres
