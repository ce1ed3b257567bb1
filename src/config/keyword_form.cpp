// libpq's form: host=db1 port=5432 user=app password='it\'s' dbname=shop
// Source: PostgreSQL 15 manual, 34.1.1.1 "Keyword/Value Connection Strings". A doubled quote is
// taken for one quote too, as many people write it.
#include "base/text.hpp"
#include "config/connection_parts.hpp"
#include "config/problem.hpp"

namespace iacdb::config {
namespace {

class KeywordParser {
 public:
  KeywordParser(std::string_view text, ConnectionParts& parts) : text_(text), parts_(parts) {}

  void parse() {
    for (skip_spaces(); at_ < text_.size(); skip_spaces()) {
      const std::size_t start = at_;
      const std::string_view name = keyword();
      skip_spaces();
      if (at_ == text_.size() || text_[at_] != '=') {
        parts_.refuse(at_, "a = is missing; write keyword=value, and quote values with spaces");
      }
      ++at_;
      skip_spaces();
      put(name, value(), start);
    }
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && base::is_space(text_[at_])) ++at_;
  }

  std::string_view keyword() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '=' && !base::is_space(text_[at_])) ++at_;
    if (at_ == start) parts_.refuse(at_, "a keyword is missing before the =");
    return text_.substr(start, at_ - start);
  }

  std::string value() {
    std::string result;
    const bool quoted = at_ < text_.size() && text_[at_] == '\'';
    const std::size_t start = at_;
    if (quoted) ++at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        result += text_[++at_];
      } else if (quoted && c == '\'') {
        const bool doubled = at_ + 1 < text_.size() && text_[at_ + 1] == '\'';
        ++at_;
        if (!doubled) return result;
        result += '\'';
      } else if (!quoted && base::is_space(c)) {
        return result;
      } else {
        result += c;
      }
    }
    if (quoted) parts_.refuse(start, "a quote is not closed; write \\' for a quote in a value");
    return result;
  }

  void put(std::string_view name, const std::string& value, std::size_t position) {
    if (value.empty()) return;  // As libpq: the default.
    if (name == "user") return parts_.put("username", value, position);
    if (name == "dbname") return parts_.put("database", value, position);
    parts_.put_parameter(name, value, position);
  }

  std::string_view text_;
  ConnectionParts& parts_;
  std::size_t at_ = 0;
};

std::string quoted(std::string_view value) {
  const bool plain =
      !value.empty() && value.find_first_of(" \t\n\r\v\f'\\") == std::string_view::npos;
  if (plain) return std::string(value);
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

void add_hosts(const ConnectionSettings& settings, std::string& text) {
  if (settings.hosts.empty()) return;
  std::string hosts, ports;
  bool any_host = false;
  bool any_port = false;
  for (const HostPort& host : settings.hosts) {
    if (host.host.find(',') != std::string::npos) refuse_form("libpq's form", "this host");
    if (&host != &settings.hosts.front()) {
      hosts += ",";
      ports += ",";
    }
    hosts += host.host;
    if (host.port != 0) ports += std::to_string(host.port);
    any_host = any_host || !host.host.empty();
    any_port = any_port || host.port != 0;
  }
  if (any_host) text += " host=" + quoted(hosts);
  if (any_port) text += " port=" + quoted(ports);
}

}  // namespace

void parse_keywords(std::string_view text, ConnectionParts& parts) {
  KeywordParser(text, parts).parse();
}

std::string build_keywords(const ConnectionSettings& settings) {
  std::string text;
  add_hosts(settings, text);
  if (!settings.username.empty()) text += " user=" + quoted(settings.username);
  if (!settings.password.empty()) text += " password=" + quoted(settings.password.reveal());
  if (!settings.database.empty()) text += " dbname=" + quoted(settings.database);
  for (const auto& [name, value] : parameters_of(settings)) {
    const bool odd = name.empty() || name.find_first_of("= \t\n\r\v\f") != std::string::npos;
    if (odd || value.empty()) refuse_form("libpq's form", "this option");
    text += " " + name + "=" + quoted(value);
  }
  return text.empty() ? text : text.substr(1);
}

}  // namespace iacdb::config
