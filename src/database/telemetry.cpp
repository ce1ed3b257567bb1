#include "database/telemetry.hpp"

namespace iacdb::database {

Dialect dialect_of(std::string_view backend) noexcept {
  return parse_dialect(backend).value_or(Dialect::sqlite);
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
