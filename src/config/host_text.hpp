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
/// False for what no name, address or socket path can be: a URL's marks, quotes, blanks.
bool is_host_name(std::string_view host);
std::string print_host(const HostPort& host);

}  // namespace iacdb::config
