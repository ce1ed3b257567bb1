#include "backends/postgres/copy.hpp"

#include <exception>

#include "backends/postgres/connection.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/message_writer.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {
constexpr std::size_t piece_bytes = 64 * 1024;
}

void await_copy(Exchange& exchange, char wanted, std::string_view sql, const io::Wait& wait) {
  for (;;) {
    const auto message = exchange.next(wait);
    if (message.type == wanted) {
      exchange.set_copy_in(wanted == wp::backend::copy_in_response);
      return exchange.consume(message);
    }
    if (message.type == wp::backend::error_response) exchange.fail(message, {.sql = sql}, wait);
    if (message.type == wp::backend::ready_for_query || message.type == wp::backend::data_row ||
        message.type == wp::backend::copy_in_response ||
        message.type == wp::backend::copy_out_response) {
      if (message.type == wp::backend::ready_for_query) exchange.take_ready(message);
      raise(own_facts(ErrorKind::usage,
                      wanted == wp::backend::copy_in_response
                          ? "copy_in needs one statement COPY ... FROM STDIN"
                          : "copy_out needs one statement COPY ... TO STDOUT",
                      sql));
    }
    exchange.consume(message);
  }
}

void check_refusal(Exchange& exchange, std::string_view sql, const io::Wait& wait) {
  Channel& channel = exchange.channel();
  if (channel.input().empty()) return;
  const auto message = wp::next_message(channel.input());
  if (message.type == wp::backend::error_response) exchange.fail(message, {.sql = sql}, wait);
}

std::uint64_t finish_copy(Exchange& exchange, std::string_view sql, const io::Wait& wait) {
  std::uint64_t rows = 0;
  while (!exchange.is_idle()) {
    const auto message = exchange.next(wait);
    if (message.type == wp::backend::ready_for_query) {
      exchange.take_ready(message);
      continue;
    }
    if (message.type == wp::backend::error_response) exchange.fail(message, {.sql = sql}, wait);
    if (message.type == wp::backend::command_complete) {
      rows = wp::rows_of_tag(wp::decode_command_complete(message.body)).value_or(0);
    }
    exchange.consume(message);
  }
  return rows;
}

std::uint64_t PostgresConnection::copy_in(
    std::string_view sql, const std::function<std::size_t(std::span<std::byte>)>& source,
    const driver::Call& call) {
  require_no_cursor();
  const io::Wait wait = wait_of(call);
  try {
    exchange_.send_query(sql, wait);
    await_copy(exchange_, wp::backend::copy_in_response, sql, wait);
    base::Buffer& out = exchange_.out();
    for (;;) {
      out.clear();
      wp::MessageWriter message(out, wp::frontend::copy_data, piece_bytes);
      const std::size_t got = source({out.prepare(piece_bytes), piece_bytes});
      if (got == 0) break;
      out.commit(got);
      message.finish();
      exchange_.channel().send(wait);
      check_refusal(exchange_, sql, wait);
    }
    out.clear();
    wp::encode_copy_done(out);
    exchange_.channel().send(wait);
    exchange_.set_copy_in(false);
    return finish_copy(exchange_, sql, wait);
  } catch (...) {
    exchange_.recover(std::current_exception(), sql);
  }
}

std::uint64_t PostgresConnection::copy_out(std::string_view sql,
                                           const std::function<void(BytesView)>& sink,
                                           const driver::Call& call) {
  require_no_cursor();
  const io::Wait wait = wait_of(call);
  try {
    exchange_.send_query(sql, wait);
    await_copy(exchange_, wp::backend::copy_out_response, sql, wait);
    for (;;) {
      const auto message = exchange_.next(wait);
      if (message.type != wp::backend::copy_data) break;
      sink(message.body);
      exchange_.consume(message);
    }
    return finish_copy(exchange_, sql, wait);
  } catch (...) {
    exchange_.recover(std::current_exception(), sql);
  }
}

}  // namespace iacdb::backends::postgres
