#include "config/host_text.hpp"

#include "config/quantity.hpp"

namespace iacdb::config {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > 65'535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

}  // namespace

std::optional<HostPort> parse_host(std::string_view text) {
  HostPort result;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    result.host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (text.empty()) return result;
    if (!text.starts_with(':')) return std::nullopt;
    port = text.substr(1);
  } else {
    const std::size_t colon = text.rfind(':');
    const bool bare_ipv6 =
        colon != std::string_view::npos && text.find(':') != colon && !text.starts_with('/');
    result.host = bare_ipv6 ? text : text.substr(0, colon);
    if (bare_ipv6 || colon == std::string_view::npos) return result;
    port = text.substr(colon + 1);
  }
  const auto number = parse_port(port);
  if (!number) return std::nullopt;
  result.port = *number;
  return result;
}

bool is_host_name(std::string_view host) {
  if (host.starts_with('/')) return true;  // A socket of this machine.
  constexpr std::string_view marks = "/@?#\\\"'<>^`{|}$&=;! \t\r\n[]%";
  if (host.find(':') == std::string_view::npos) {
    return host.find_first_of(marks) == std::string_view::npos;
  }
  // An IPv6 address, perhaps with its zone: fe80::1%eth0.
  const std::string_view address = host.substr(0, host.find('%'));
  const std::string_view zone = host.substr(address.size());
  return address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
         (zone.empty() || (zone.size() > 1 && zone.find_first_of(marks, 1) == zone.npos &&
                           zone.find(':') == zone.npos));
}

std::string print_host(const HostPort& host) {
  const bool brackets = host.host.find(':') != std::string::npos;
  std::string text = brackets ? "[" + host.host + "]" : host.host;
  if (host.port != 0) text += ":" + std::to_string(host.port);
  return text;
}

}  // namespace iacdb::config
