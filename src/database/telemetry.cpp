#include "database/telemetry.hpp"

#include <algorithm>

namespace iacdb::database {

Dialect dialect_of(std::string_view backend) noexcept {
  return parse_dialect(backend).value_or(Dialect::sqlite);
}

std::chrono::nanoseconds Telemetry::plan_after(const Options& options) const noexcept {
  auto least = std::chrono::nanoseconds::max();
  for (const Observer* one : {observer.get(), options.observer.get()}) {
    if (!one) continue;
    try {
      least = std::min(least, one->plan_after(database));
    } catch (...) {
      // As in tell().
    }
  }
  return least;
}

void Telemetry::tell(QueryEvent event, const Options& options) const noexcept {
  event.database = database;
  event.backend = backend;
  event.label = options.label;
  for (Observer* one : {observer.get(), options.observer.get()}) {
    if (!one) continue;
    try {
      one->on_query(event);
    } catch (...) {
      // An observer must not change what a statement does: see observer.hpp.
    }
  }
}

}  // namespace iacdb::database
