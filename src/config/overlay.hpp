#pragma once
// Overlay: what environment variables and the command line say, as nodes to lay over a file.
//
//   IACDB_DATABASES_SHOP_POOL_OPEN_MAX=20     databases.shop.pool.open_max
//   IACDB_DATABASES_SHOP_OPTIONS_SEARCH_PATH  databases.shop.options.search_path
//   IACDB_LOG_LEVEL=debug                     log.level
//   IACDB_URL=postgres://db1/shop             databases.default.url
//   --setting databases.shop.port=5433
//
// A database's name is matched without case, with _ for every other character. Lists and sections
// are given as JSON: IACDB_SERVE_TOKENS='[{"name": "a", ...}]'. Values of variables are literal;
// those of the command line may hold ${...}.
// Threads: plain functions.

#include <string>
#include <vector>

#include "config/node.hpp"
#include "config/problem.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"

namespace iacdb::config {

void lay_environment(Node& root, const Environment& environment, Problems& problems,
                     std::vector<Warning>& warnings);
void lay_command_line(Node& root, const std::vector<std::string>& assignments, Problems& problems);

}  // namespace iacdb::config
