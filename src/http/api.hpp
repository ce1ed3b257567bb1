#pragma once
// Api: what the service answers to each request.
//
//   GET  /healthz /readyz /metrics /openapi.json /v1/databases
//   POST /v1/databases/{name}/query | exec | sessions
//   POST /v1/sessions/{id}/query | exec | commit | rollback
//
// See: docs/guides/service.md and GET /openapi.json.
// Threads: safe to share.

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "http/access.hpp"
#include "http/message.hpp"
#include "http/registry.hpp"
#include "http/sessions.hpp"
#include "http/statement_body.hpp"

namespace iacdb::http {

class Api {
 public:
  Api(const config::ServeSettings& settings, Registry& registry);

  /// Answers one request; never throws.
  void handle(const Request& request, Reply& reply);
  Sessions& sessions() noexcept { return sessions_; }
  /// From now on /readyz says no: the service is about to end.
  void drain() noexcept { draining_ = true; }

 private:
  using Path = std::vector<std::string>;

  void route(const Request& request, Reply& reply);
  void route_database(const Request& request, const Path& path, const Grant& grant, Reply& reply);
  void route_session(const Request& request, const Path& path, const Grant& grant, Reply& reply);
  void ready(Reply& reply);
  void metrics(Reply& reply);
  void list_databases(const Grant& grant, Reply& reply);
  void describe_database(const std::string& name, Reply& reply);
  void run_on_database(const Request& request, const std::string& name, bool rows,
                       const Grant& grant, Reply& reply);
  void open_session(const Request& request, const std::string& name, const Grant& grant,
                    Reply& reply);
  Options options(const Request& request, std::chrono::milliseconds timeout) const;

  const config::ServeSettings& settings_;
  Registry& registry_;
  Access access_;
  Sessions sessions_;
  std::atomic<bool> draining_{false};
};

/// Runs a statement and answers its rows: one JSON document, or NDJSON when `accept` asks for it.
void answer_query(Queryable& queryable, const StatementBody& body, const std::string& accept,
                  const config::ServeLimits& limits, Reply& reply);
/// Runs a statement and answers what it changed.
void answer_exec(Queryable& queryable, const StatementBody& body, Reply& reply);

/// The OpenAPI 3.1 document of the service.
std::string_view openapi_json();

}  // namespace iacdb::http
