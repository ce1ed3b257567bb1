#pragma once
// Logging in: from a Plan to a connection that is ready for queries.
//
//   LoggedIn in = log_in(plan, wait);       // the first host that fits target_session_attrs
//
// Each host gets plan.connect_timeout. A host that refuses the user ends the search, as in libpq.
// A clear-text password is sent only under TLS, over loopback or a Unix socket, unless the option
// allow_cleartext_password says otherwise.
// Throws: ConnectError, TimeoutError, UnsupportedError for servers before version 10.
// See: PostgreSQL 15 documentation, 34.1.2 target_session_attrs; 55.2.1, 55.2.10.

#include <memory>
#include <string>

#include "backends/postgres/channel.hpp"
#include "backends/postgres/plan.hpp"
#include "io/address.hpp"
#include "io/tls.hpp"

namespace iacdb::backends::postgres {

/// What cancelling needs: another connection to the same server. Threads: safe to share.
struct CancelTarget {
  io::Address address;
  std::string host;
  std::shared_ptr<const io::TlsContext> tls;  ///< null: plain.
  std::int32_t process_id = 0;
  std::vector<std::byte> secret_key;
};

struct LoggedIn {
  Channel channel;
  CancelTarget cancel;
  std::string method;  ///< "trust", "md5", "scram-sha-256" ...
};

LoggedIn log_in(const Plan& plan, const io::Wait& wait);
/// One host, whatever its role.
LoggedIn log_in_to(const Plan& plan, const HostPort& host, const io::Wait& wait);

/// Asks the server to end what runs; returns once the server has passed it on. False: could not.
bool send_cancel(const CancelTarget& target, const io::Wait& wait) noexcept;

/// "15.8 (Debian ...)" as 150800; 0 when it is no version.
std::uint32_t parse_version(std::string_view text) noexcept;

/// Runs a statement without parameters; the first column of its first row as text.
std::string ask(Channel& channel, std::string_view sql, const io::Wait& wait);

}  // namespace iacdb::backends::postgres
