#pragma once
// Spread: a database's `url` becomes the keys it stands for.
//
//   spread_urls(root, problems, warnings);    // databases.shop: {url: postgres://db1/shop}
//                                             // -> {type: postgres, host: db1, database: shop}
//
// What the URL and another key both say: the command line wins, then the URL; said twice in one
// source it is a problem. A `url` that is one whole ${...} stays, until it is resolved.
// Threads: plain functions.

#include <vector>

#include "config/node.hpp"
#include "config/problem.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"

namespace iacdb::config {

void spread_urls(Node& root, Problems& problems, std::vector<Warning>& warnings);

/// One database with its replicas; a `url` that is a reference is resolved and spread as well.
void spread_resolved(Node& database, const Environment& environment, Problems& problems);

}  // namespace iacdb::config
