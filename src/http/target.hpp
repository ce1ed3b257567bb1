#pragma once
// What a request line and a Host header say, decoded and checked.
//
//   Path path = parse_target("/v1/databases/caf%C3%A9?x=1");   // {"v1", "databases", "café"}
//   if (!is_loopback_name(host)) refuse();
//
// Threads: pure functions.

#include <string>
#include <string_view>
#include <vector>

namespace iacdb::http {

using Path = std::vector<std::string>;

/// The path's segments, each decoded by itself, so that %2F stands within one. Also takes the
/// absolute form ("http://host/path"). Throws: UsageError for a malformed escape, a NUL, or text
/// that is not UTF-8.
Path parse_target(std::string_view target);

/// True for localhost, ::1 and 127.0.0.0/8 written as addresses, with or without a port. A name
/// such as 127.example.com is somebody else's.
bool is_loopback_name(std::string_view host);

/// True when a header such as "application/json; charset=utf-8" names the media type.
bool is_media_type(std::string_view header, std::string_view type);
/// True when an Accept header names the media type, other than with q=0.
bool accepts(std::string_view header, std::string_view type);

}  // namespace iacdb::http
