#include "http/api.hpp"

#include "core/json.hpp"
#include "database/open.hpp"
#include "http/errors.hpp"
#include "http/statement_guard.hpp"
#include "iacdb/error.hpp"
#include "observe/statement_spans.hpp"

namespace iacdb::http {
namespace {

using Clock = std::chrono::steady_clock;

Admission refusal(int status, std::string_view kind, std::string_view message,
                  Headers headers = {}) {
  return {status, error_json(kind, message) + "\n", std::move(headers), false};
}

/// A page in a browser can send what a form can across sites without asking first.
void require_own_site(const Request& request) {
  if (request.method != "POST") return;
  if (!request.has_body) {
    const auto host = request.origin.find("://");
    if (request.origin.empty() ||
        (host != std::string::npos && is_loopback_name(request.origin.substr(host + 3)))) {
      return;
    }
    throw HttpError(403, "permission", "pages of other sites may not send this");
  }
  if (!is_media_type(request.content_type, "application/json")) {
    throw HttpError(415, "usage", "send the body with Content-Type: application/json");
  }
}

/// Keeps the end of an answer back until a session is free for the client's next request.
class HeldReply final : public Reply {
 public:
  explicit HeldReply(Reply& inner) : inner_(inner) {}

  void send(int status, std::string_view content_type, std::string_view body) override {
    status_ = status;
    end_ = [this, status, type = std::string(content_type), text = std::string(body)] {
      inner_.send(status, type, text);
    };
  }
  void start(int status, std::string_view content_type) override {
    status_ = status;
    inner_.start(status, content_type);
  }
  void chunk(std::string_view piece) override { inner_.chunk(piece); }
  void finish() override {
    end_ = [this] { inner_.finish(); };
  }
  void header(std::string_view name, std::string_view value) override {
    inner_.header(name, value);
  }
  void release() { end_(); }

 private:
  Reply& inner_;
  std::function<void()> end_;
};

Dialect dialect_of(std::string_view backend) {
  return parse_dialect(backend).value_or(Dialect::sqlite);
}

/// Databases and document stores have no name in common: the configuration sees to it.
std::map<std::string, Readiness::Question> questions_to(Registry& registry,
                                                        DocumentStores& stores) {
  std::map<std::string, Readiness::Question> out;
  for (const std::string& name : registry.names()) {
    out[name] = [&registry, name] {
      return registry.get(name).with({.timeout = Readiness::patience}).health().ok;
    };
  }
  for (const std::string& name : stores.names()) {
    out[name] = [&stores, name] { return stores.get(name).health().ok; };
  }
  return out;
}

}  // namespace

Api::Api(const config::ServeSettings& settings, Registry& registry, DocumentStores& stores,
         Observation observation)
    : settings_(settings),
      registry_(registry),
      stores_(stores),
      observation_(std::move(observation)),
      access_(settings.tokens),
      sessions_(settings.limits.sessions_max),
      readiness_(questions_to(registry, stores)) {}

Admission Api::judge(const Request& request) {
  const Path path = parse_target(request.target);
  const std::string allowed = allowed_methods(path);
  const Match match = match_route(request.method, path);
  if (match.route && !match.route->needs_token) {
    if (match.route->action == Action::health) return {200, "{\"status\":\"ok\"}\n", {}, false};
    return {.runs_statement = false};
  }
  if (!access_.check(request.authorization)) {
    const bool given = !request.authorization.empty();
    return refusal(401, "authentication", "send a known token: Authorization: Bearer TOKEN",
                   {{"WWW-Authenticate", given ? "Bearer realm=\"iacdb\", error=\"invalid_token\""
                                               : "Bearer realm=\"iacdb\""}});
  }
  if (allowed.empty()) return refusal(404, "usage", "no such address; see GET /openapi.json");
  if (request.method == "OPTIONS") return {204, "", {{"Allow", allowed}}, false};
  if (!match.route) {
    return refusal(405, "usage", "this address takes " + allowed, {{"Allow", allowed}});
  }
  require_own_site(request);
  return {.runs_statement = match.route->runs_statement};
}

Admission Api::admit(const Request& request) {
  try {
    return judge(request);
  } catch (const HttpError& error) {
    return refusal(error.status(), error.kind(), error.what());
  } catch (const Error& error) {
    return refusal(status_of(error), to_string(error.kind()), error.what());
  } catch (const std::exception&) {
    return refusal(500, "internal", "the service failed; see its log");
  }
}

void Api::handle(const Request& request, Reply& reply) {
  const auto start = Clock::now();
  Call call{request, reply, {}, nullptr, {}};
  if (observation_.tracer) {
    call.trace = observation_.tracer->start(observe::parse_traceparent(request.traceparent));
    reply.header("traceparent", observe::print_traceparent(call.trace));
  }
  answer(call);
  finish(call, start);
}

void Api::answer(Call& call) {
  Reply& reply = call.reply;
  try {
    call.match = match_route(call.request.method, parse_target(call.request.target));
    // Asked again: a token may have been withdrawn since.
    call.grant = access_.check(call.request.authorization);
    if (!call.match.route) throw HttpError(404, "usage", "no such address");
    if (call.match.route->needs_token && !call.grant) {
      throw HttpError(401, "authentication", "send a known token");
    }
    route(call);
  } catch (const HttpError& error) {
    if (!reply.is_started()) {
      reply.json(error.status(), error_json(error.kind(), error.what()) + "\n");
    }
  } catch (const Error& error) {
    if (!reply.is_started()) reply.json(status_of(error), error_json(error) + "\n");
  } catch (const std::exception&) {
    if (!reply.is_started()) {
      reply.json(500, error_json("internal", "the service failed; see its log") + "\n");
    }
  }
}

void Api::finish(const Call& call, Clock::time_point start) {
  const auto duration = Clock::now() - start;
  const std::string_view pattern = call.match.route ? call.match.route->pattern : "(none)";
  const int status = call.reply.status();
  traffic_.record(pattern, status, duration);
  if (observation_.tracer && call.trace.sampled) {
    const auto end = std::chrono::system_clock::now();
    observe::Span span;
    span.context = call.trace;
    span.name = call.request.method + " " + std::string(pattern);
    span.kind = observe::SpanKind::server;
    span.start = end - std::chrono::duration_cast<std::chrono::system_clock::duration>(duration);
    span.end = end;
    span.add("http.request.method", call.request.method);
    span.add("http.route", pattern);
    span.add("url.path", call.request.target.substr(0, call.request.target.find('?')));
    span.add("http.response.status_code", std::int64_t{status});
    if (status >= 500) span.fail(std::to_string(status));
    observation_.tracer->record(std::move(span));
  }
  const auto& log = observation_.log;
  if (!log || !log->writes(observe::LogLevel::debug)) return;
  auto line = log->line(observe::LogLevel::debug, "http_request");
  line.add("method", call.request.method).add("route", pattern);
  line.add("status", std::int64_t{status});
  line.add("ms", std::chrono::duration<double, std::milli>(duration).count());
  if (call.grant) line.add_if("token", call.grant->name);
  if (observation_.tracer) line.add("trace_id", observe::print_trace_id(call.trace));
  log->write(line);
}

void Api::route(Call& call) {
  switch (call.match.route->action) {
    case Action::health:
      return call.reply.json(200, "{\"status\":\"ok\"}\n");
    case Action::ready:
      return ready(call);
    case Action::metrics:
      return metrics(call);
    case Action::openapi:
      return call.reply.json(200, openapi_json());
    case Action::list:
      return list_databases(call);
    case Action::describe:
      return describe_database(call);
    case Action::query:
      return run_on_database(call, true);
    case Action::exec:
      return run_on_database(call, false);
    case Action::open_session:
      return open_session(call);
    case Action::session_query:
      return run_in_session(call, true);
    case Action::session_exec:
      return run_in_session(call, false);
    case Action::commit:
      return end_session(call, true);
    case Action::rollback:
      return end_session(call, false);
  }
}

config::Access Api::right_on(const Call& call, const std::string& name) const {
  // Whether a name exists is not told to those who may not use it.
  if (!call.grant->may(name, config::Access::read) || !registry_.contains(name)) {
    throw HttpError(call.grant->everything ? 404 : 403, "permission",
                    "no database of that name, or the token has no right to it");
  }
  return call.grant->may(name, config::Access::write) ? config::Access::write
                                                      : config::Access::read;
}

Options Api::options(const Call& call, const std::string& name,
                     std::chrono::milliseconds timeout) const {
  const auto most = settings_.limits.request_timeout;
  Options options;
  options.timeout = timeout.count() == 0 ? most : std::min(timeout, most);
  options.stop = call.request.stop;
  options.label = "http";
  if (observation_.tracer && call.trace.sampled) {
    options.observer = std::make_shared<observe::StatementSpans>(observation_.tracer, call.trace,
                                                                 registry_.place(name));
  }
  return options;
}

void Api::run_on_database(Call& call, bool rows) {
  const std::string& name = call.match.argument;
  const config::Access right = right_on(call, name);
  const StatementBody body = StatementBody::parse(call.request.body);
  Database database = registry_.get(name).with(options(call, name, body.timeout));
  check_statement(body, dialect_of(database.can().backend), right);
  const auto answer = [&](Queryable& queryable) {
    rows ? answer_query(queryable, body, call.request.accept, settings_.limits, call.reply)
         : answer_exec(queryable, body, call.reply);
  };
  if (right == config::Access::write) return answer(database);
  // The database holds it to reading, whatever functions the statement calls.
  Transaction transaction = database.begin({.read_only = true});
  answer(transaction);
  transaction.rollback();
}

void Api::open_session(Call& call) {
  const std::string& name = call.match.argument;
  const config::Access right = right_on(call, name);
  const SessionBody body = SessionBody::parse(call.request.body);
  sessions_.check_room();
  const TransactionOptions transaction{
      .isolation = body.isolation, .read_only = body.read_only || right == config::Access::read};
  const auto most = settings_.limits.session_timeout;
  const auto timeout = body.timeout.count() == 0 ? most : std::min(body.timeout, most);
  Database database = registry_.get(name).with(options(call, name, {}));
  const std::string id = sessions_.open(call.grant->name, name, database.begin(transaction),
                                        transaction.read_only, timeout);
  call.reply.json(
      201, "{\"session\":\"" + id + "\",\"timeout_ms\":" + std::to_string(timeout.count()) + "}\n");
}

void Api::run_in_session(Call& call, bool rows) {
  HeldReply reply(call.reply);
  run_in_session(call, rows, reply);
  reply.release();
}

void Api::run_in_session(Call& call, bool rows, Reply& reply) {
  Sessions::Use use = sessions_.use(call.match.argument, call.grant->name);
  // The right may have been withdrawn since the session began.
  const config::Access right = right_on(call, use.entry().database);
  const StatementBody body = StatementBody::parse(call.request.body);
  check_statement(body, dialect_of(use.transaction().can().backend),
                  use.entry().read_only ? config::Access::read : right);
  database::set_options(use.transaction(), options(call, use.entry().database, body.timeout));
  try {
    rows ? answer_query(use.transaction(), body, call.request.accept, settings_.limits, reply)
         : answer_exec(use.transaction(), body, reply);
  } catch (const Error& error) {
    if (error.breaks_connection()) use.end();
    throw;
  }
}

void Api::end_session(Call& call, bool commit) {
  {
    Sessions::Use use = sessions_.use(call.match.argument, call.grant->name);
    use.end();
    Options defaults = options(call, use.entry().database, {});
    defaults.stop = {};  // A stopped commit would be in doubt.
    database::set_options(use.transaction(), defaults);
    commit ? use.transaction().commit() : use.transaction().rollback();
  }
  call.reply.json(200, commit ? "{\"committed\":true}\n" : "{\"rolled_back\":true}\n");
}

}  // namespace iacdb::http
