#include <array>
#include <atomic>

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/open_plan.hpp"
#include "backends/sqlite/sqlite.hpp"

namespace iacdb::backends {
namespace {

using driver::Call;

class SqliteBackend final : public driver::Backend {
 public:
  std::string_view name() const noexcept override { return "sqlite"; }
  std::span<const std::string_view> schemes() const noexcept override {
    static constexpr std::array<std::string_view, 2> names{"sqlite", "sqlite3"};
    return names;
  }
  std::uint16_t default_port() const noexcept override { return 0; }
  std::span<const driver::BackendOption> options() const noexcept override {
    return sqlite::known_options();
  }
  std::string client_version() const override {
    return "SQLite " + std::string(sqlite3_libversion());
  }

  std::shared_ptr<void> start_pool(ConnectionSettings& settings) const override {
    if (settings.database != ":memory:") return nullptr;
    static std::atomic<std::uint64_t> pools_count = 0;
    std::string& id = settings.options["memory_id"];
    if (id.empty()) id = "pool-" + std::to_string(++pools_count);
    return std::make_shared<sqlite::SqliteConnection>(sqlite::plan_open(settings), 0, Call{});
  }

  std::unique_ptr<driver::Connection> connect(const ConnectionSettings& settings,
                                              const Call& call) const override {
    check_library();
    const auto connect_deadline = base::Deadline::after_timeout(settings.connect_timeout);
    const Call limited{std::min(call.deadline, connect_deadline), call.stop};
    return std::make_unique<sqlite::SqliteConnection>(sqlite::plan_open(settings),
                                                      settings.statement_cache_size, limited);
  }

 private:
  /// The library found at run time may be another than the one compiled against.
  static void check_library() {
    if (sqlite3_libversion_number() < 3037000) {
      sqlite::raise_own(ErrorKind::unsupported, "SQLite " + std::string(sqlite3_libversion()) +
                                                    " is too old: install SQLite 3.37 or newer");
    }
    if (sqlite3_threadsafe() == 0) {
      sqlite::raise_own(ErrorKind::unsupported,
                        "this SQLite is built without threads: install one built with THREADSAFE");
    }
  }
};

}  // namespace

const driver::Backend& backend_sqlite() {
  static const SqliteBackend backend;
  return backend;
}

}  // namespace iacdb::backends
