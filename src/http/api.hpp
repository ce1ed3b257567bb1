#pragma once
// Api: what the service answers to each request.
//
//   GET  /healthz /readyz /metrics /openapi.json /v1/databases /v1/databases/{name}
//   POST /v1/databases/{name}/query | exec | sessions
//   POST /v1/sessions/{id}/query | exec | commit | rollback
//
// See: docs/guides/operations.md and GET /openapi.json.
// Threads: safe to share.

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "http/access.hpp"
#include "http/document_stores.hpp"
#include "http/message.hpp"
#include "http/readiness.hpp"
#include "http/registry.hpp"
#include "http/routes.hpp"
#include "http/sessions.hpp"
#include "http/statement_body.hpp"
#include "http/traffic.hpp"
#include "observe/exporters/log/log.hpp"
#include "observe/statement_groups.hpp"
#include "observe/trace.hpp"

namespace iacdb::http {

/// Where the service tells what it does; any of them may be null.
struct Observation {
  std::shared_ptr<observe::Log> log;
  std::shared_ptr<observe::StatementGroups> groups;
  std::shared_ptr<observe::Tracer> tracer;
};

class Api {
 public:
  Api(const config::ServeSettings& settings, Registry& registry, DocumentStores& stores,
      Observation observation = {});

  /// Judges a request by its header. Never blocks, never throws.
  Admission admit(const Request& request);
  /// Answers one admitted request; never throws, unless the client has gone.
  void handle(const Request& request, Reply& reply);

  Sessions& sessions() noexcept { return sessions_; }
  Access& access() noexcept { return access_; }
  Readiness& readiness() noexcept { return readiness_; }
  Traffic& traffic() noexcept { return traffic_; }
  /// From now on /readyz says no: the service is about to end.
  void drain() noexcept { draining_ = true; }

 private:
  /// One request on its way.
  struct Call {
    const Request& request;
    Reply& reply;
    Match match;
    std::shared_ptr<const Grant> grant;
    observe::TraceContext trace;
  };

  Admission judge(const Request& request);
  void answer(Call& call);
  void route(Call& call);
  void finish(const Call& call, std::chrono::steady_clock::time_point start);
  config::Access right_on(const Call& call, const std::string& name) const;
  void ready(Call& call);
  void metrics(Call& call);
  void list_databases(Call& call);
  void describe_database(Call& call);
  void run_on_database(Call& call, bool rows);
  void open_session(Call& call);
  void run_in_session(Call& call, bool rows);
  void run_in_session(Call& call, bool rows, Reply& reply);
  void end_session(Call& call, bool commit);
  Options options(const Call& call, const std::string& name,
                  std::chrono::milliseconds timeout) const;

  const config::ServeSettings& settings_;
  Registry& registry_;
  DocumentStores& stores_;
  const Observation observation_;
  Access access_;
  Sessions sessions_;
  Readiness readiness_;
  Traffic traffic_;
  std::atomic<bool> draining_{false};
};

/// Runs a statement and answers its rows: one JSON document, or NDJSON when `accept` asks for it.
void answer_query(Queryable& queryable, const StatementBody& body, std::string_view accept,
                  const config::ServeLimits& limits, Reply& reply);
/// Runs a statement and answers what it changed.
void answer_exec(Queryable& queryable, const StatementBody& body, Reply& reply);

/// The OpenAPI 3.1 document of the service.
std::string_view openapi_json();

}  // namespace iacdb::http
