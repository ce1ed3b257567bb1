#include "http/routes.hpp"

#include <array>

namespace iacdb::http {
namespace {

constexpr std::array<Route, 13> table = {{
    {Action::health, "GET", "/healthz", false},
    {Action::ready, "GET", "/readyz", false},
    {Action::openapi, "GET", "/openapi.json", false},
    {Action::metrics, "GET", "/metrics"},
    {Action::list, "GET", "/v1/databases"},
    {Action::describe, "GET", "/v1/databases/{name}", true, true},
    {Action::query, "POST", "/v1/databases/{name}/query", true, true},
    {Action::exec, "POST", "/v1/databases/{name}/exec", true, true},
    {Action::open_session, "POST", "/v1/databases/{name}/sessions", true, true},
    {Action::session_query, "POST", "/v1/sessions/{id}/query", true, true},
    {Action::session_exec, "POST", "/v1/sessions/{id}/exec", true, true},
    {Action::commit, "POST", "/v1/sessions/{id}/commit", true, true},
    {Action::rollback, "POST", "/v1/sessions/{id}/rollback", true, true},
}};

bool fits(std::string_view pattern, const Path& path, std::string& argument) {
  for (const std::string& segment : path) {
    if (!pattern.starts_with('/')) return false;
    pattern.remove_prefix(1);
    const std::string_view expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    if (expected.starts_with('{')) {
      argument = segment;
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty() && !path.empty();
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

std::string allowed_methods(const Path& path) {
  std::string methods;
  std::string unused;
  for (const Route& route : table) {
    if (!fits(route.pattern, path, unused)) continue;
    methods += std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
  }
  return methods.empty() ? methods : methods + "OPTIONS";
}

Match match_route(std::string_view method, const Path& path) {
  Match match;
  for (const Route& route : table) {
    const bool fitting = method == route.method || (method == "HEAD" && route.method == "GET");
    if (fitting && fits(route.pattern, path, match.argument)) {
      match.route = &route;
      return match;
    }
  }
  return {};
}

}  // namespace iacdb::http
