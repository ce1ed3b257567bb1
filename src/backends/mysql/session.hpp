#pragma once
// Opening a session: hosts in order, TLS, authentication, and the settings every session gets.
//
//   Session session = open_session(plan, call);
//
// Every session has: utf8mb4; time_zone '+00:00', so that TIMESTAMP columns are instants in UTC and
// NOW() is UTC; the server's sql_mode with STRICT_TRANS_TABLES added, so that a value that does not
// fit is an error and never silently another value; CLIENT_FOUND_ROWS, so that an UPDATE counts the
// rows it matched. Everything but the character set can be changed by options.
// TLS: where no mode is given, loopback addresses and Unix sockets use none, other hosts `prefer`.
// Threads: safe to share.

#include <atomic>
#include <memory>
#include <string>

#include "backends/mysql/library.hpp"
#include "backends/mysql/limits.hpp"
#include "backends/mysql/options.hpp"
#include "iacdb/capabilities.hpp"

namespace iacdb::mysql {

/// What a connection was asked for; shared with those who must connect again to cancel it.
struct Plan {
  ConnectionSettings settings;
  SessionOptions options;
};

/// What the server said of itself, in one round trip with the session's settings.
struct ServerFacts {
  std::string version;
  bool is_mariadb = false;
  std::uint32_t version_number = 0;
  bool local_infile = false;
  bool has_tls = false;
  std::uint64_t max_packet_bytes = 0;
  Isolation isolation = Isolation::repeatable_read;
};

struct Session {
  Handle handle;
  HostPort host;  ///< The one that answered.
  TlsMode tls{};  ///< The mode that worked: disable or what was asked for.
  ServerFacts server;
};

/// "db1:3306" or the path of a socket, for errors.
std::string label_of(const HostPort& host);

/// Throws: ConnectError, UnsupportedError for a server of a version that is too old.
Session open_session(const Plan& plan, const driver::Call& call);

/// Gives the session its settings again after mysql_reset_connection.
/// Throws: as a statement.
void apply_settings(MYSQL* handle, const Plan& plan, ServerFacts* facts);

/// Ends the statement that runs in a session, over a short-lived session of its own.
class StatementCanceller final : public Canceller {
 public:
  StatementCanceller(std::shared_ptr<const Plan> plan, const Session& session);
  bool cancel_statement(base::Deadline deadline) noexcept override;
  void watch(bool on) noexcept override;
  /// True when a KILL was sent that may hit a later statement. Threads: any.
  bool is_pending() const noexcept { return pending_.load(std::memory_order_relaxed); }
  void forget_pending() noexcept { pending_.store(false, std::memory_order_relaxed); }

 private:
  std::shared_ptr<const Plan> plan_;
  HostPort host_;
  TlsMode tls_;
  unsigned long thread_id_;
  MYSQL* handle_;
  std::atomic<bool> pending_{false};
};

}  // namespace iacdb::mysql
