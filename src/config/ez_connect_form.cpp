// Oracle's EZConnect: user/password@[//]host[:port][/service], a password in quotes where it must
// be. Source: Oracle Database Net Services Administrator's Guide, "Easy Connect Naming Method".
#include "base/text.hpp"
#include "base/url.hpp"
#include "config/connection_parts.hpp"
#include "config/host_text.hpp"
#include "config/problem.hpp"

namespace iacdb::config {
namespace {

/// user/password or user/"password"; the text behind it begins at the result.
std::size_t parse_login(std::string_view text, std::size_t offset, ConnectionParts& parts) {
  const std::size_t slash = text.find('/');
  const bool quoted = slash != std::string_view::npos && text.substr(slash + 1).starts_with('"');
  const std::size_t sign = quoted ? text.rfind("\"@") : text.rfind('@');
  if (sign == std::string_view::npos) {
    parts.refuse(offset, "no @ before the host; write user/password@host:1521/service");
  }
  if (slash == std::string_view::npos || slash > sign) {
    if (sign > 0) parts.put("username", text.substr(0, sign), offset);
    return sign + 1;
  }
  if (quoted && sign < slash + 2) parts.refuse(offset, "a quote of the password is not closed");
  if (slash > 0) parts.put("username", text.substr(0, slash), offset);
  const std::size_t start = slash + (quoted ? 2 : 1);
  if (sign > start) parts.put("password", text.substr(start, sign - start), offset + start);
  return sign + (quoted ? 2 : 1);
}

void parse_service(std::string_view text, std::size_t at, ConnectionParts& parts) {
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos) {
    parts.refuse(at + question, "parameters are not possible in this form; use oracle://...?...");
  }
  if (!text.empty()) parts.put("database", text, at);
}

bool must_quote(std::string_view password) {
  return password.find_first_of("@/\" ") != std::string_view::npos;
}

}  // namespace

void parse_ez_connect(std::string_view text, std::size_t offset, ConnectionParts& parts) {
  std::size_t at = parse_login(text, offset, parts);
  if (text.substr(at).starts_with("//")) at += 2;
  const std::size_t slash = std::min(text.find('/', at), text.size());
  const std::string_view address = text.substr(at, slash - at);
  if (address.empty()) parts.refuse(offset + at, "no host behind the @");
  const auto host = parse_host(address);
  if (!host) parts.refuse(offset + at, "no host and port; write host:1521/service");
  parts.put_host(*host, offset + at);
  if (slash < text.size()) parse_service(text.substr(slash + 1), offset + slash + 1, parts);
}

std::string build_ez_connect(const ConnectionSettings& settings) {
  constexpr std::string_view form = "EZConnect";
  if (settings.hosts.size() != 1) refuse_form(form, "other than one host");
  if (!parameters_of(settings).empty()) refuse_form(form, "TLS, options and timeouts");
  if (settings.username.find_first_of("/@\"") != std::string::npos) {
    refuse_form(form, "this user");
  }
  const HostPort& host = settings.hosts.front();
  if (host.host.find_first_of("/@\"") != std::string::npos) refuse_form(form, "this host");
  if (settings.database.find_first_of("?@\"") != std::string::npos) {
    refuse_form(form, "this service");
  }
  const std::string_view password = settings.password.reveal();
  std::string text = settings.username;
  if (!password.empty()) {
    text +=
        must_quote(password) ? "/\"" + std::string(password) + "\"" : "/" + std::string(password);
  }
  text += "@" + print_host(host);
  if (!settings.database.empty()) text += "/" + settings.database;
  return text;
}

}  // namespace iacdb::config
