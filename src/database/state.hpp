#pragma once
// DatabaseState: what all handles on one open database share.
//
// Threads: safe to share.

#include <functional>
#include <iacdb/capabilities.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/telemetry.hpp"
#include "driver/driver.hpp"
#include "pool/pool.hpp"

namespace iacdb::database {

class DatabaseState {
 public:
  /// Connects once, so that a wrong password or address is known at once.
  /// With a `source`, every connection is opened with the secrets it says then.
  static std::shared_ptr<DatabaseState> open(
      const config::DatabaseSettings& settings, const OpenOptions& options,
      const std::function<config::DatabaseSettings()>& source = {});

  /// Prepares every named statement; one line for each that fails. Throws: errors of connections.
  std::vector<std::string> check_statements(const driver::Call& call);

  const std::string& name() const noexcept { return pool_->name(); }
  pool::Pool& pool() noexcept { return *pool_; }
  const std::shared_ptr<Telemetry>& telemetry() const noexcept { return telemetry_; }
  const Capabilities& can() const noexcept { return can_; }
  /// Of a whole transact(); 0: none.
  std::chrono::milliseconds transaction_timeout() const noexcept { return transaction_timeout_; }

 private:
  std::shared_ptr<void> kept_;  // What the backend keeps as long as the pool: see start_pool.
  std::shared_ptr<pool::Pool> pool_;
  std::shared_ptr<Telemetry> telemetry_;
  Capabilities can_;
  std::chrono::milliseconds transaction_timeout_{0};
};

}  // namespace iacdb::database
