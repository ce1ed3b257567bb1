#pragma once
// Secret places: where secrets stand as plain text, and who could read them there.
//
// Threads: plain functions.

#include <functional>
#include <string>
#include <vector>

#include "config/key.hpp"
#include "config/node.hpp"

namespace iacdb::config {

/// Calls `visit` for every value of a secret key, and for options whose name says secret.
void for_each_secret(const Node& root, const std::function<void(const Node&)>& visit);

/// Warns of plain secrets in a file that everybody may read, and on the command line.
void warn_of_plain_secrets(const Node& root, const std::string& path,
                           std::vector<Warning>& warnings);

/// What may be shown instead of a secret: a reference without its default, or ***.
std::string masked(const Node& secret);

}  // namespace iacdb::config
