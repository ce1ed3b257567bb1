#pragma once
// Url: an address taken apart and put together, knowing no database.
//
//   UrlProblem problem;
//   auto url = parse_url("postgres://app:p%40ss@h1:5432,[::1]/db?sslmode=require", problem);
//   if (!url) complain(problem.position, problem.message);   // the text may hold a password: not
//   shown std::string same = print_url(*url);
//
// What RFC 3986 lacks and connection strings need: several hosts, separated by commas; a host that
// is a percent-encoded path; no authority at all (sqlite:file.db).
// Threads: plain values.
// Limits: 64 KiB, 64 hosts, 256 parameters.
// See: RFC 3986; PostgreSQL 15 manual, 34.1.1.2 "Connection URIs".

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::base {

struct UrlHost {
  std::string host;        ///< Decoded; an IPv6 address without its brackets. May be empty.
  std::uint16_t port = 0;  ///< 0: none given.
  std::size_t position = 0;
  bool operator==(const UrlHost& other) const { return host == other.host && port == other.port; }
};

struct UrlParameter {
  std::string name;
  std::string value;
  std::size_t position = 0;
  bool operator==(const UrlParameter& o) const { return name == o.name && value == o.value; }
};

struct Url {
  std::string scheme;  ///< Lower case.
  bool has_authority = false;
  std::optional<std::string> user;
  std::optional<std::string> password;
  std::vector<UrlHost> hosts;
  /// Decoded. With an authority it keeps its leading '/': "/shop"; without, it is all of the rest.
  std::string path;
  std::vector<UrlParameter> parameters;
  std::size_t user_position = 0;
  std::size_t password_position = 0;
  std::size_t path_position = 0;

  const UrlParameter* find(std::string_view name) const noexcept;
};

/// Where and why a text is no URL; the message never quotes the text.
struct UrlProblem {
  std::size_t position = 0;  ///< 0-based byte.
  std::string message;
};

/// With `references`, ${...} stands for itself: nothing inside it ends a part or is decoded.
std::optional<Url> parse_url(std::string_view text, UrlProblem& problem, bool references = false);
std::string print_url(const Url& url);

/// %XX for everything but letters, digits, -._~ and the bytes of `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = "");
/// Nothing when a % is not followed by two hexadecimal digits, or a zero byte would appear.
std::optional<std::string> percent_decode(std::string_view text);

/// The end of the ${...} that begins at `at` (after its closing brace), or `at` when there is none.
std::size_t skip_reference(std::string_view text, std::size_t at) noexcept;

}  // namespace iacdb::base
