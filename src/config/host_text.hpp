#pragma once
// Hosts as text: "db1", "db1:5432", "[::1]:5432", "/run/postgresql", "/run/postgresql:5433".
//
// Threads: plain functions.

#include <optional>
#include <string>
#include <string_view>

#include "core/connection_settings.hpp"

namespace iacdb::config {

/// Nothing when it is malformed.
std::optional<HostPort> parse_host(std::string_view text);
std::string print_host(const HostPort& host);

}  // namespace iacdb::config
