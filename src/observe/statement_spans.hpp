#pragma once
// StatementSpans: an observer that makes a span of each statement, below a request's span.
//
//   options.observer = std::make_shared<observe::StatementSpans>(tracer, request_context, place);
//
// Attributes follow OpenTelemetry's semantic conventions for databases; the text is the
// fingerprint, never a value. See: https://opentelemetry.io/docs/specs/semconv/database/
// Threads: safe to share.

#include <cstdint>
#include <iacdb/observer.hpp>
#include <memory>
#include <string>

#include "observe/trace.hpp"

namespace iacdb::observe {

/// Where a database is, for spans.
struct DatabasePlace {
  std::string system;      ///< "postgresql", "mysql", "mariadb", "sqlite": see system_name().
  std::string namespace_;  ///< The database's own name.
  std::string address;     ///< Empty for a file.
  std::uint16_t port = 0;
};

/// What the conventions call a backend's kind of database.
std::string system_name(std::string_view backend);
/// "SELECT orders" out of a fingerprint: the operation and the first table, where one is seen.
std::string summary_of(std::string_view fingerprint);

class StatementSpans final : public Observer {
 public:
  StatementSpans(std::shared_ptr<Tracer> tracer, TraceContext parent, DatabasePlace place);
  void on_query(const QueryEvent& event) override;

 private:
  std::shared_ptr<Tracer> tracer_;
  TraceContext parent_;
  DatabasePlace place_;
};

}  // namespace iacdb::observe
