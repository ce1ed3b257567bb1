// Go's MySQL form: [user[:password]@][protocol[(address)]]/database[?name=value&...]
// Source: go-sql-driver/mysql README, "DSN (Data Source Name)". The last / and the last @ before it
// decide, so passwords may hold both.
#include "base/url.hpp"
#include "config/connection_parts.hpp"
#include "config/host_text.hpp"
#include "config/problem.hpp"

namespace iacdb::config {
namespace {

void parse_address(std::string_view text, std::size_t at, ConnectionParts& parts) {
  if (text.empty()) return;
  const std::size_t open = text.find('(');
  const std::string_view protocol = text.substr(0, open);
  std::string_view address;
  if (open != std::string_view::npos) {
    if (!text.ends_with(')')) parts.refuse(at, "a ) is missing behind the address");
    address = text.substr(open + 1, text.size() - open - 2);
  }
  if (protocol == "unix") {
    if (!address.starts_with('/')) parts.refuse(at, "unix(...) takes an absolute path");
    parts.put_host({.host = std::string(address)}, at + 5);
  } else if (protocol == "tcp") {
    if (address.empty()) return;
    const auto host = parse_host(address);
    if (!host) parts.refuse(at + 4, "no host and port between the brackets; write tcp(host:3306)");
    parts.put_host(*host, at + 4);
  } else {
    parts.refuse(at, "an unknown protocol; write tcp(host:3306) or unix(/path)");
  }
}

void parse_parameters(std::string_view text, std::size_t at, ConnectionParts& parts) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view one = text.substr(0, end);
    const std::size_t equals = one.find('=');
    if (!one.empty()) {
      if (equals == std::string_view::npos) {
        parts.refuse(at, "a parameter without a value; write name=value");
      }
      const auto value = base::percent_decode(one.substr(equals + 1));
      if (!value) parts.refuse(at, "a % must be followed by two hexadecimal digits");
      parts.put_parameter(one.substr(0, equals), *value, at);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
    at += end + 1;
  }
}

}  // namespace

void parse_go_mysql(std::string_view text, ConnectionParts& parts) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    parts.refuse(text.size(),
                 "no / before the database; write user:password@tcp(host:3306)/database");
  }
  const std::string_view left = text.substr(0, slash);
  const std::size_t sign = left.rfind('@');
  std::size_t address_at = 0;
  if (sign != std::string_view::npos) {
    const std::string_view login = left.substr(0, sign);
    const std::size_t colon = login.find(':');
    if (colon != 0) parts.put("username", login.substr(0, colon), 0);
    if (colon != std::string_view::npos) {
      parts.put("password", login.substr(colon + 1), colon + 1);
    }
    address_at = sign + 1;
  }
  parse_address(left.substr(address_at), address_at, parts);
  const std::string_view right = text.substr(slash + 1);
  const std::size_t question = std::min(right.find('?'), right.size());
  const auto database = base::percent_decode(right.substr(0, question));
  if (!database) parts.refuse(slash + 1, "a % must be followed by two hexadecimal digits");
  if (!database->empty()) parts.put("database", *database, slash + 1);
  if (question < right.size()) {
    parse_parameters(right.substr(question + 1), slash + question + 2, parts);
  }
}

std::string build_go_mysql(const ConnectionSettings& settings) {
  constexpr std::string_view form = "Go's MySQL form";
  if (settings.hosts.size() > 1) refuse_form(form, "several hosts");
  if (settings.username.find(':') != std::string::npos) refuse_form(form, "a user with a colon");
  std::string text = settings.username;
  if (!settings.password.empty()) text += ":" + std::string(settings.password.reveal());
  if (!text.empty()) text += "@";
  if (!settings.hosts.empty()) {
    const HostPort& host = settings.hosts.front();
    if (host.host.find_first_of("@()") != std::string::npos) refuse_form(form, "this host");
    const bool is_socket = host.host.starts_with('/');
    text += is_socket ? "unix(" + host.host + ")" : "tcp(" + print_host(host) + ")";
  } else if (text.find('/') != std::string::npos) {
    text += "tcp()";
  }
  text += "/" + base::percent_encode(settings.database);
  char separator = '?';
  for (const auto& [name, value] : parameters_of(settings)) {
    if (name.find_first_of("&=/?") != std::string::npos) refuse_form(form, "this option's name");
    text += separator + name + "=" + base::percent_encode(value);
    separator = '&';
  }
  return text;
}

}  // namespace iacdb::config
