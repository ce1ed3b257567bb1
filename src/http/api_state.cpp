// What the service tells about itself and its databases.

#include "core/json.hpp"
#include "http/api.hpp"
#include "observe/exporters/prometheus/prometheus.hpp"

namespace iacdb::http {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"" + std::string(name) + "\":";
  core::append_json_string(out, value);
}

}  // namespace

void Api::ready(Call& call) {
  bool all = !draining_;
  std::string out = "\"databases\":{";
  // Why one is not ready is in the log; strangers may ask for readiness.
  for (const auto& [name, ok] : readiness_.ask()) {
    if (out.back() != '{') out += ',';
    core::append_json_string(out, name);
    out += ok ? ":true" : ":false";
    all = all && ok;
  }
  if (!all) call.reply.header("Retry-After", "1");
  call.reply.json(all ? 200 : 503, (all ? "{\"ready\":true," : "{\"ready\":false,") + out + "}}\n");
}

void Api::metrics(Call& call) {
  const auto may_see = [&](std::string_view name) {
    return call.grant->may(name, config::Access::read);
  };
  std::vector<Metrics> all;
  for (const Database& database : registry_.opened()) {
    if (may_see(database.name())) all.push_back(database.metrics());
  }
  std::vector<observe::StatementGroup> groups;
  if (observation_.groups) {
    groups = observation_.groups->slowest();
    std::erase_if(groups, [&](const observe::StatementGroup& group) {
      return !group.database.empty() && !may_see(group.database);
    });
  }
  std::vector<DocumentMetrics> documents = stores_.metrics();
  std::erase_if(documents, [&](const DocumentMetrics& store) { return !may_see(store.database); });
  std::string text = observe::prometheus_text(all, groups, documents);
  traffic_.append_to(text);
  append_gauge(text, "iacdb_http_sessions", "Sessions that are open.", sessions_.size());
  append_up(text, readiness_.latest(), may_see);
  call.reply.send(200, "text/plain; version=0.0.4; charset=utf-8", text);
}

void Api::list_databases(Call& call) {
  std::string out = "{\"databases\":[";
  for (const std::string& name : registry_.names()) {
    if (!call.grant->may(name, config::Access::read)) continue;
    if (out.back() != '[') out += ',';
    out += "{\"name\":";
    core::append_json_string(out, name);
    out += call.grant->may(name, config::Access::write) ? ",\"access\":\"write\"}"
                                                        : ",\"access\":\"read\"}";
  }
  call.reply.json(200, out + "]}\n");
}

void Api::describe_database(Call& call) {
  const std::string& name = call.match.argument;
  right_on(call, name);
  const Capabilities can = registry_.get(name).can();
  std::string out = "{\"name\":";
  core::append_json_string(out, name);
  append_member(out, "backend", can.backend);
  append_member(out, "product", can.product);
  append_member(out, "version", can.version);
  out += ",\"capabilities\":[";
  for (std::size_t i = 0; i < capabilities_count; ++i) {
    if (!can.has(static_cast<Capability>(i))) continue;
    if (out.back() != '[') out += ',';
    core::append_json_string(out, to_string(static_cast<Capability>(i)));
  }
  call.reply.json(200, out + "]}\n");
}

}  // namespace iacdb::http
