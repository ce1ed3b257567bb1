#pragma once
// Routes: the addresses of the service and the methods they take.
//
//   const Match match = match_route("POST", parse_target(target));   // throws HttpError 404, 405
//   if (match.route->action == Action::query) ...
//
// Threads: pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/target.hpp"

namespace iacdb::http {

enum class Action : std::uint8_t {
  health,
  ready,
  metrics,
  openapi,
  list,
  describe,
  query,
  exec,
  open_session,
  session_query,
  session_exec,
  commit,
  rollback,
};

struct Route {
  Action action;
  std::string_view method;   ///< GET stands for HEAD too.
  std::string_view pattern;  ///< As in OpenAPI: {name} stands for one segment.
  bool needs_token = true;
  bool runs_statement = false;  ///< Takes one of the workers that concurrency_max counts.
};

std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;
  std::string argument;  ///< What stands for {name} or {id}.
};

/// What a path takes, for Allow: "GET, HEAD, OPTIONS"; empty when it is nobody's.
std::string allowed_methods(const Path& path);
/// Null route when the path or the method is not known.
Match match_route(std::string_view method, const Path& path);

}  // namespace iacdb::http
