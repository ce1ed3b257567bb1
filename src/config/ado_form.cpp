// ADO's form: server=db1,1433;user id=app;password='se;cret';database=shop;encrypt=true
// Sources: Microsoft.Data.SqlClient "Connection String Syntax" (quotes, doubled inside) and
// go-mssqldb README "ADO" and "ODBC" ({braces}, a closing brace doubled).
#include <array>

#include "base/text.hpp"
#include "config/connection_parts.hpp"
#include "config/mssql_tls.hpp"
#include "config/problem.hpp"
#include "config/quantity.hpp"

namespace iacdb::config {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> ado_names = {{
    {"server", "host"},
    {"data source", "host"},
    {"datasource", "host"},
    {"address", "host"},
    {"addr", "host"},
    {"network address", "host"},
    {"servername", "host"},
    {"user id", "username"},
    {"uid", "username"},
    {"username", "username"},
    {"user", "username"},
    {"password", "password"},
    {"pwd", "password"},
    {"database", "database"},
    {"initial catalog", "database"},
    {"databasename", "database"},
    {"port", "port"},
    {"portnumber", "port"},
}};

std::string_view path_of(std::string_view name) {
  for (const auto& [known, path] : ado_names) {
    if (base::equals_ignoring_case(known, name)) return path;
  }
  return {};
}

class AdoParser {
 public:
  AdoParser(std::string_view text, std::size_t offset, ConnectionParts& parts)
      : text_(text), offset_(offset), parts_(parts) {}

  void parse() {
    while (at_ < text_.size()) {
      skip_spaces();
      if (at_ < text_.size() && text_[at_] == ';') {
        ++at_;
        continue;
      }
      if (at_ == text_.size()) break;
      const std::size_t start = at_;
      const std::size_t equals = text_.find('=', at_);
      if (equals == std::string_view::npos || text_.find(';', at_) < equals) {
        refuse(start,
               "a = is missing; write name=value; and so on, with '...' around a value that "
               "holds a ;");
      }
      const std::string_view name = base::trim(text_.substr(at_, equals - at_));
      at_ = equals + 1;
      skip_spaces();
      put(name, value(), start);
    }
    tls_.put(parts_);
  }

 private:
  [[noreturn]] void refuse(std::size_t at, std::string message) const {
    parts_.refuse(offset_ + at, std::move(message));
  }

  void skip_spaces() {
    while (at_ < text_.size() && base::is_space(text_[at_])) ++at_;
  }

  std::string value() {
    if (at_ < text_.size()) {
      const char open = text_[at_];
      if (open == '\'' || open == '"') return quoted(open);
      if (open == '{') return quoted('}');
    }
    const std::size_t end = std::min(text_.find(';', at_), text_.size());
    const std::string_view plain = base::trim(text_.substr(at_, end - at_));
    at_ = end;
    return std::string(plain);
  }

  std::string quoted(char close) {
    const std::size_t start = at_++;
    std::string result;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] != close) {
        result += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == close) {
        result += close;
        ++at_;
      } else {
        ++at_;
        skip_spaces();
        if (at_ < text_.size() && text_[at_] != ';') {
          refuse(at_, "a ; is missing behind a quoted value; a quote inside it is doubled");
        }
        return result;
      }
    }
    refuse(start, "a quoted value is not closed");
  }

  void put(std::string_view name, const std::string& value, std::size_t start) {
    const std::size_t position = offset_ + start;
    if (tls_.take(name, value, position) || value.empty()) return;
    const std::string_view path = path_of(name);
    if (path == "host") return put_server(value, position);
    if (path == "port") return parts_.put_port_list(value, position);
    if (!path.empty()) return parts_.put(path, value, position);
    if (base::equals_ignoring_case(name, "app name")) {
      return parts_.put_option("application_name", value, position);
    }
    parts_.put_parameter(base::lower(name), value, position);
  }

  /// tcp:host\instance,port
  void put_server(std::string_view server, std::size_t position) {
    if (base::starts_with_ignoring_case(server, "tcp:")) server.remove_prefix(4);
    HostPort host;
    if (const std::size_t comma = server.rfind(','); comma != std::string_view::npos) {
      const auto port = parse_integer(base::trim(server.substr(comma + 1)));
      if (!port || *port < 1 || *port > 65'535) {
        parts_.refuse(position, "a port is a number from 1 to 65535");
      }
      host.port = static_cast<std::uint16_t>(*port);
      server = base::trim(server.substr(0, comma));
    }
    if (const std::size_t slash = server.find('\\'); slash != std::string_view::npos) {
      parts_.put_option("instance", server.substr(slash + 1), position);
      server = server.substr(0, slash);
    }
    const bool here = server == "." || base::equals_ignoring_case(server, "(local)");
    host.host = here ? "localhost" : std::string(server);
    parts_.put_host(host, position);
  }

  std::string_view text_;
  std::size_t offset_;
  ConnectionParts& parts_;
  std::size_t at_ = 0;
  MssqlTls tls_;
};

std::string print_ado_value(std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(";'\"{}") == std::string_view::npos &&
                     base::trim(value) == value;
  if (plain) return std::string(value);
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'') text += '\'';
    text += c;
  }
  return text + "'";
}

std::string print_server(const ConnectionSettings& settings) {
  constexpr std::string_view form = "ADO's form";
  if (settings.hosts.size() > 1) refuse_form(form, "several hosts");
  if (settings.hosts.empty()) return "";
  const HostPort& host = settings.hosts.front();
  if (host.host.find_first_of("\\,") != std::string::npos) refuse_form(form, "this host");
  std::string server = host.host;
  const auto instance = settings.options.find("instance");
  if (instance != settings.options.end()) {
    if (instance->second.find(',') != std::string::npos) refuse_form(form, "this instance");
    server += "\\" + instance->second;
  }
  if (host.port != 0) server += "," + std::to_string(host.port);
  return server;
}

}  // namespace

void parse_ado(std::string_view text, std::size_t offset, ConnectionParts& parts) {
  AdoParser(text, offset, parts).parse();
}

std::string build_ado(const ConnectionSettings& settings) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += std::string(name) + "=" + print_ado_value(value) + ";";
  };
  add("server", print_server(settings));
  add("user id", settings.username);
  add("password", settings.password.reveal());
  add("database", settings.database);
  for (const auto& [name, value] : MssqlTls::parameters(settings.tls)) add(name, value);
  for (const auto& [name, value] : parameters_of(settings)) {
    if (name == "sslmode" || (name == "instance" && !settings.hosts.empty())) continue;
    const bool odd = name.find_first_of("=;") != std::string::npos || base::lower(name) != name ||
                     base::trim(name) != name || value.empty() || !path_of(name).empty();
    if (odd) refuse_form("ADO's form", "this option");
    add(name, value);
  }
  if (text.ends_with(';')) text.pop_back();
  return text;
}

}  // namespace iacdb::config
