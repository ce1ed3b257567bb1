#include <exception>
#include <iterator>

#include "backends/postgres/connection.hpp"

namespace iacdb::backends::postgres {

void PostgresConnection::listen(std::string_view channel, const driver::Call& call) {
  require_no_cursor();
  try {
    statements_.set_touched(true);
    exchange_.run_command("LISTEN " + quote_name(channel), wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

void PostgresConnection::unlisten(std::string_view channel, const driver::Call& call) {
  require_no_cursor();
  try {
    exchange_.run_command(channel == "*" ? "UNLISTEN *" : "UNLISTEN " + quote_name(channel),
                          wait_of(call));
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

/// All that are there; when there are none, waits for the first until the deadline. Nothing arrived
/// is no error: the answer is empty then.
std::vector<Notification> PostgresConnection::notifications(const driver::Call& call) {
  require_no_cursor();
  Channel& channel = exchange_.channel();
  ServerState& server = channel.server();
  try {
    channel.poll_asynchronous();
    while (server.notifications().empty() && channel.input().empty()) {
      const auto outcome = channel.stream().wait_for(io::Readiness::readable, wait_of(call));
      if (outcome == io::Outcome::timeout) return {};
      io::require_ready(outcome, "waiting for a notification");
      channel.poll_asynchronous();
    }
    if (!channel.input().empty()) take_unexpected(call);
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
  if (server.notifications_lost() != 0) {
    const auto lost = server.notifications_lost();
    server.forget_notifications();
    raise(own_facts(ErrorKind::resource, std::to_string(lost) +
                                             " notifications were lost, because nobody took the " +
                                             std::to_string(ServerState::notifications_max) +
                                             " before them; take them more often"));
  }
  auto& queue = server.notifications();
  std::vector<Notification> taken(std::make_move_iterator(queue.begin()),
                                  std::make_move_iterator(queue.end()));
  queue.clear();
  return taken;
}

std::vector<Notice> PostgresConnection::notices(const driver::Call&) {
  auto& queue = exchange_.channel().server().notices();
  std::vector<Notice> taken(std::make_move_iterator(queue.begin()),
                            std::make_move_iterator(queue.end()));
  queue.clear();
  return taken;
}

/// Between statements a server says nothing else but that it ends the connection.
void PostgresConnection::take_unexpected(const driver::Call& call) {
  const auto message = exchange_.next(wait_of(call));
  if (message.type == wire::postgres::backend::error_response) {
    exchange_.set_broken();
    exchange_.fail(message, {}, wait_of(call));
  }
  wire::postgres::raise_malformed("message between two statements");
}

}  // namespace iacdb::backends::postgres
