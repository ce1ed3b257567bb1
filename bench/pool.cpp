// What leasing a connection costs when nobody else wants it.

#include "pool/pool.hpp"

#include <iacdb/iacdb.hpp>

#include "driver/fake.hpp"
#include "frame.hpp"

namespace {

using bench::Run;

/// Pool::acquire and the return at the end of the scope, with the deadline that callers have.
void lease(Run& run) {
  iacdb::driver::FakeServer server;
  const auto pool = iacdb::pool::Pool::make(
      "bench", {.warm = 1}, [&](const iacdb::driver::Call& call) { return server.connect(call); });
  const iacdb::driver::Call call;
  pool->warm_up(call);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) {
      const iacdb::pool::Lease leased = pool->acquire(call);
      run.add(leased ? 1 : 0);
    }
  });
}

/// Database::session() and its end: a lease with the handle that programs hold it by.
void session(Run& run) {
  const iacdb::Database opened = iacdb::open("sqlite::memory:");
  iacdb::Database db = opened;
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) {
      const iacdb::Session leased = db.session();
      run.add(1);
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, {{"lease", lease}, {"session", session}});
}
