// Pools: limits, deadlines, statistics and health. Every Database is a handle on one; copies and
// with() share it.

#include <iacdb/iacdb.hpp>
#include <iostream>

using namespace std::chrono_literals;

struct Watch : iacdb::Observer {
  void on_query(const iacdb::QueryEvent& event) override {
    std::cout << event.label << ": " << event.fingerprint() << (event.error ? " failed" : "")
              << "\n";
  }
};

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(
      argc > 1 ? argv[1] : "sqlite::memory:",
      {.pool = iacdb::PoolOptions{.open_max = 2, .idle_max = 2, .warm = 2, .acquire_timeout = 50ms},
       .name = "orders"});

  iacdb::Database reports =
      db.with({.timeout = 10s, .label = "reports", .observer = std::make_shared<Watch>()});
  reports.one<int>("select 40 + ?", 2);

  {
    iacdb::Session first = db.session();
    iacdb::Session second = db.session();
    std::cout << "leased " << db.metrics().pool.leased << " of " << db.metrics().pool.open_max
              << "\n";
    try {
      db.exec("select 1");  // A third: nobody gives one back in time.
    } catch (const iacdb::TimeoutError& error) {
      std::cout << to_string(error.kind()) << "\n";
    }
  }
  const iacdb::Health health = db.health();
  std::cout << "health: " << health.message << "\n";
  db.close();  // Waits for what runs, then closes.
  std::cout << "closed: " << (db.health().ok ? "no" : "yes") << "\n";
}

// Prints:
//   reports: select ? + ?
//   leased 2 of 2
//   timeout
//   health: ok
//   closed: yes
