// Database::health: one question to the server, and what the pool says.

#include "database/inside.hpp"
#include "iacdb/database.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace {

constexpr std::chrono::seconds health_timeout{5};

std::string describe_saturation(const PoolMetrics& pool) {
  return "ok, but all " + std::to_string(pool.open_max) + " connections are in use and " +
         std::to_string(pool.waiting) + " callers wait; raise the pool's open_max or use " +
         "connections for less time";
}

void ask(driver::Connection& connection, const driver::Call& call, Health& health) {
  const auto start = database::Clock::now();
  connection.ping(call);
  health.latency =
      std::chrono::duration_cast<std::chrono::microseconds>(database::Clock::now() - start);
  health.reachable = true;
  driver::Inspection inspection = connection.inspect(call);
  health.version = connection.can().version;
  health.role = inspection.role;
  health.read_only = inspection.read_only;
  health.disk_free_bytes = inspection.disk_free_bytes;
  health.ok = inspection.problem.empty();
  health.message = health.ok ? "ok" : std::move(inspection.problem);
}

}  // namespace

Health Database::health() const {
  database::PoolExecutor& executor = database::Inside::executor(*this);
  database::DatabaseState& state = executor.state();
  Health health;
  health.backend = state.telemetry()->backend;
  health.version = state.can().version;
  health.pool = state.pool().metrics();
  const Options& options = executor.options();
  const auto timeout = options.timeout.count() != 0 ? options.timeout : health_timeout;
  const driver::Call call{base::Deadline::in(timeout), options.stop};
  try {
    if (health.pool.leased < health.pool.open_max) {
      pool::Lease lease = state.pool().acquire(call, "health");
      ask(lease.connection(), call, health);
    } else {
      // Waiting for a busy pool would say nothing about the server.
      ask(*state.pool().connect_apart(call), call, health);
      if (health.ok && health.is_saturated()) health.message = describe_saturation(health.pool);
    }
  } catch (const Error& error) {
    health.ok = false;
    health.message = error.what();
  }
  return health;
}

}  // namespace iacdb
