#include <algorithm>
#include <exception>

#include "backends/postgres/connection.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/data_row.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

/// One DataRow of one column, whose value is handed on as it arrives.
class LargeValue {
 public:
  LargeValue(Exchange& exchange, const Prepared& prepared)
      : exchange_(exchange), prepared_(prepared) {
    if (prepared.plan.codecs.size() != 1) {
      raise(own_facts(ErrorKind::usage, "read_large needs a query of exactly one column",
                      prepared.sql));
    }
    switch (codec()) {
      case Codec::text:
      case Codec::json:
      case Codec::jsonb:
      case Codec::bytes:
        break;
      default:
        raise(own_facts(ErrorKind::data, "read_large needs a text or bytes column", prepared.sql));
    }
  }

  /// The message of the row has begun to arrive. Returns the size of the value.
  std::uint64_t read(const std::function<void(BytesView)>& sink, const io::Wait& wait) {
    const std::uint64_t size = take_header(wait);
    left_ = size;
    try {
      while (left_ > 0) hand_on(sink, wait);
    } catch (...) {
      skip_rest();  // Nobody can understand the stream from the middle of a message.
      throw;
    }
    return size;
  }

 private:
  static constexpr std::size_t head_bytes = wp::header_bytes + 2 + 4;

  Codec codec() const noexcept { return prepared_.plan.codecs[0]; }

  std::uint64_t take_header(const io::Wait& wait) {
    Channel& channel = exchange_.channel();
    const std::size_t version_bytes = codec() == Codec::jsonb ? 1 : 0;
    while (channel.input().size() < head_bytes) channel.read_more(head_bytes, wait);
    const std::byte* const at = channel.input().data();
    const auto body_bytes = base::load_be<std::uint32_t>(at + 1) - 4;
    const auto columns = base::load_be<std::uint16_t>(at + wp::header_bytes);
    const auto size = base::load_be<std::int32_t>(at + wp::header_bytes + 2);
    if (columns != 1) wp::raise_malformed("DataRow with another number of columns");
    if (size < 0) {
      channel.consume(head_bytes);
      raise(own_facts(ErrorKind::data, "the large value is NULL", prepared_.sql));
    }
    if (body_bytes != static_cast<std::uint32_t>(size) + 6) wp::raise_malformed("DataRow");
    if (static_cast<std::size_t>(size) < version_bytes) wp::raise_malformed("jsonb");
    channel.consume(head_bytes);
    if (version_bytes != 0) {
      while (channel.input().empty()) channel.read_more(1, wait);
      channel.consume(1);
    }
    return static_cast<std::uint64_t>(size) - version_bytes;
  }

  void hand_on(const std::function<void(BytesView)>& sink, const io::Wait& wait) {
    Channel& channel = exchange_.channel();
    if (channel.input().empty()) channel.read_more(1, wait);
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, channel.input().size()));
    const BytesView piece = channel.input().first(count);
    channel.consume(count);
    left_ -= count;
    sink(piece);
  }

  void skip_rest() noexcept {
    const io::Wait grace{base::Deadline::in(Exchange::cancel_grace), nullptr};
    try {
      while (left_ > 0) hand_on([](BytesView) {}, grace);
    } catch (...) {
      exchange_.set_broken();
    }
  }

  Exchange& exchange_;
  const Prepared& prepared_;
  std::uint64_t left_ = 0;
};

[[noreturn]] void raise_rows(std::string_view sql, std::string message) {
  raise(own_facts(ErrorKind::row_count, std::move(message), sql));
}

}  // namespace

std::uint64_t PostgresConnection::read_large(std::string_view sql, std::span<const Cell> arguments,
                                             const std::function<void(BytesView)>& sink,
                                             const driver::Call& call) {
  require_no_cursor();
  const io::Wait wait = wait_of(call);
  Prepared* prepared = nullptr;
  std::uint64_t size = 0;
  try {
    prepared = statements_.start(sql, arguments, wait);
    if (prepared == nullptr) {
      raise(own_facts(ErrorKind::usage, "read_large needs one query", sql));
    }
    LargeValue value(exchange_, *prepared);
    Channel& channel = exchange_.channel();
    while (channel.input().empty()) channel.read_more(wp::header_bytes, wait);
    while (ServerState::is_asynchronous(static_cast<char>(channel.input()[0]))) {
      exchange_.next(wait);
    }
    if (static_cast<char>(channel.input()[0]) == wp::backend::data_row) {
      size = value.read(sink, wait);
      if (exchange_.next(wait).type == wp::backend::data_row) {
        raise_rows(sql, "the query returned more than one row; one is needed");
      }
      run_to_end(prepared, sql, call);
      return size;
    }
    run_to_end(prepared, sql, call);
  } catch (...) {
    exchange_.recover(std::current_exception(), sql);
  }
  raise_rows(sql, "the query returned no row; one is needed");
}

}  // namespace iacdb::backends::postgres
