#include "http/api.hpp"

#include "core/json.hpp"
#include "http/errors.hpp"
#include "iacdb/error.hpp"
#include "observe/exporters/prometheus/prometheus.hpp"
#include "sql/classify.hpp"

namespace iacdb::http {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // The slash.
    const auto end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

void refuse(Reply& reply, int status, std::string_view kind, std::string_view message) {
  reply.json(status, error_json(kind, message) + "\n");
}

void require_post(const Request& request) {
  if (request.method != "POST") raise(ErrorKind::usage, "this address takes POST");
  // A page in a browser can send other types across sites without asking first.
  if (!request.content_type.starts_with("application/json")) {
    raise(ErrorKind::usage, "send the body with Content-Type: application/json");
  }
}

bool only_reads(const std::string& sql, std::string_view backend) {
  const auto dialect = parse_dialect(backend).value_or(Dialect::sqlite);
  const sql::StatementFacts facts = sql::classify(sql, dialect);
  return facts.read_only && !facts.several;
}

void list_json(std::string& out, const Database& database) {
  const Capabilities can = database.can();
  out += ",\"backend\":";
  core::append_json_string(out, can.backend);
  out += ",\"product\":";
  core::append_json_string(out, can.product);
  out += ",\"version\":";
  core::append_json_string(out, can.version);
}

}  // namespace

Api::Api(const config::ServeSettings& settings, Registry& registry)
    : settings_(settings),
      registry_(registry),
      access_(settings.tokens),
      sessions_(settings.limits.sessions_max) {}

void Api::handle(const Request& request, Reply& reply) {
  try {
    route(request, reply);
  } catch (const Error& error) {
    if (!reply.is_started()) reply.json(status_of(error), error_json(error) + "\n");
  } catch (const std::exception&) {
    if (!reply.is_started()) refuse(reply, 500, "internal", "the service failed; see its log");
  }
}

void Api::route(const Request& request, Reply& reply) {
  const Path path = split_path(request.path);
  if (request.path == "/healthz") return reply.json(200, "{\"status\":\"ok\"}\n");
  if (request.path == "/readyz") return ready(reply);
  if (request.path == "/openapi.json") return reply.json(200, openapi_json());
  const Grant* grant = access_.check(request.authorization);
  if (!grant) {
    reply.header("WWW-Authenticate", "Bearer");
    return refuse(reply, 401, "authentication", "send a known token: Authorization: Bearer TOKEN");
  }
  if (request.path == "/metrics") return metrics(reply);
  if (path.size() >= 2 && path[0] == "v1" && path[1] == "databases") {
    return route_database(request, path, *grant, reply);
  }
  if (path.size() == 4 && path[0] == "v1" && path[1] == "sessions") {
    return route_session(request, path, *grant, reply);
  }
  refuse(reply, 404, "usage", "no such address; see GET /openapi.json");
}

void Api::route_database(const Request& request, const Path& path, const Grant& grant,
                         Reply& reply) {
  if (path.size() == 2) return list_databases(grant, reply);
  const std::string& name = path[2];
  // Whether a name exists is not told to those who may not use it.
  if (!grant.may(name, config::Access::read) || !registry_.contains(name)) {
    return refuse(reply, grant.everything ? 404 : 403, "permission",
                  "no database of that name, or the token has no right to it");
  }
  if (path.size() == 3 && request.method == "GET") return describe_database(name, reply);
  if (path.size() == 4) {
    require_post(request);
    if (path[3] == "query") return run_on_database(request, name, true, grant, reply);
    if (path[3] == "exec") return run_on_database(request, name, false, grant, reply);
    if (path[3] == "sessions") return open_session(request, name, grant, reply);
  }
  refuse(reply, 404, "usage", "no such address; see GET /openapi.json");
}

Options Api::options(const Request& request, std::chrono::milliseconds timeout) const {
  const auto most = settings_.limits.request_timeout;
  Options options;
  options.timeout = timeout.count() == 0 ? most : std::min(timeout, most);
  options.stop = request.stop;
  options.label = "http";
  return options;
}

void Api::run_on_database(const Request& request, const std::string& name, bool rows,
                          const Grant& grant, Reply& reply) {
  const StatementBody body = StatementBody::parse(request.body);
  Database database = registry_.get(name).with(options(request, body.timeout));
  const auto answer = [&](Queryable& queryable) {
    rows ? answer_query(queryable, body, request.accept, settings_.limits, reply)
         : answer_exec(queryable, body, reply);
  };
  if (grant.may(name, config::Access::write)) return answer(database);
  if (!only_reads(body.sql, database.can().backend)) {
    return refuse(reply, 403, "permission", "the token may only read this database");
  }
  // The database holds it to reading, whatever functions the statement calls.
  Transaction transaction = database.begin({.read_only = true});
  answer(transaction);
  transaction.rollback();
}

void Api::open_session(const Request& request, const std::string& name, const Grant& grant,
                       Reply& reply) {
  const SessionBody body = SessionBody::parse(request.body);
  const bool may_write = grant.may(name, config::Access::write);
  const TransactionOptions transaction{.isolation = body.isolation,
                                       .read_only = body.read_only || !may_write};
  Options defaults = options(request, {});
  defaults.stop = {};  // The session outlives this request.
  const auto most = settings_.limits.session_timeout;
  const auto timeout = body.timeout.count() == 0 ? most : std::min(body.timeout, most);
  Database database = registry_.get(name).with(defaults);
  const std::string id =
      sessions_.open(grant.name, name, database.begin(transaction), transaction.read_only, timeout);
  reply.json(
      201, "{\"session\":\"" + id + "\",\"timeout_ms\":" + std::to_string(timeout.count()) + "}\n");
}

void Api::route_session(const Request& request, const Path& path, const Grant& grant,
                        Reply& reply) {
  require_post(request);
  Sessions::Use use = sessions_.use(path[2], grant.name);
  if (path[3] == "commit" || path[3] == "rollback") {
    use.end();
    path[3] == "commit" ? use.transaction().commit() : use.transaction().rollback();
    return reply.json(200,
                      path[3] == "commit" ? "{\"committed\":true}\n" : "{\"rolled_back\":true}\n");
  }
  if (path[3] != "query" && path[3] != "exec") {
    return refuse(reply, 404, "usage", "a session takes query, exec, commit and rollback");
  }
  const StatementBody body = StatementBody::parse(request.body);
  if (use.entry().read_only && !only_reads(body.sql, use.transaction().can().backend)) {
    return refuse(reply, 403, "permission", "this session may only read");
  }
  try {
    path[3] == "query"
        ? answer_query(use.transaction(), body, request.accept, settings_.limits, reply)
        : answer_exec(use.transaction(), body, reply);
  } catch (const Error& error) {
    if (error.breaks_connection()) use.end();
    throw;
  }
}

void Api::ready(Reply& reply) {
  bool all = !draining_;
  std::string out = "\"databases\":{";
  for (const std::string& name : registry_.names()) {
    bool ok = false;
    try {
      ok = registry_.get(name).health().ok;
    } catch (const Error&) {
      // Why is in the log; strangers may ask for readiness.
    }
    if (out.back() != '{') out += ',';
    core::append_json_string(out, name);
    out += ok ? ":true" : ":false";
    all = all && ok;
  }
  reply.json(all ? 200 : 503, (all ? "{\"ready\":true," : "{\"ready\":false,") + out + "}}\n");
}

void Api::metrics(Reply& reply) {
  std::vector<Metrics> all;
  for (const Database& database : registry_.opened()) all.push_back(database.metrics());
  reply.send(200, "text/plain; version=0.0.4; charset=utf-8", observe::prometheus_text(all));
}

void Api::list_databases(const Grant& grant, Reply& reply) {
  std::string out = "{\"databases\":[";
  for (const std::string& name : registry_.names()) {
    if (!grant.may(name, config::Access::read)) continue;
    if (out.back() != '[') out += ',';
    out += "{\"name\":";
    core::append_json_string(out, name);
    out +=
        grant.may(name, config::Access::write) ? ",\"access\":\"write\"}" : ",\"access\":\"read\"}";
  }
  reply.json(200, out + "]}\n");
}

void Api::describe_database(const std::string& name, Reply& reply) {
  const Database database = registry_.get(name);
  const Capabilities can = database.can();
  std::string out = "{\"name\":";
  core::append_json_string(out, name);
  list_json(out, database);
  out += ",\"capabilities\":[";
  for (std::size_t i = 0; i < capabilities_count; ++i) {
    if (!can.has(static_cast<Capability>(i))) continue;
    if (out.back() != '[') out += ',';
    core::append_json_string(out, to_string(static_cast<Capability>(i)));
  }
  reply.json(200, out + "]}\n");
}

}  // namespace iacdb::http
