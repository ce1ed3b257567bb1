#include "config/connection_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "config/bind.hpp"
#include "config/host_text.hpp"
#include "config/key.hpp"
#include "config/parameter_names.hpp"
#include "config/quantity.hpp"

namespace iacdb::config {

ConnectionParts::ConnectionParts(Mark mark, std::string_view backend, bool references)
    : mark_(std::move(mark)),
      backend_(canonical_backend(backend)),
      references_(references),
      node_(Node::mapping(mark_)) {
  node_.put("type", Node::scalar(backend_, mark_));
}

void ConnectionParts::refuse(std::size_t position, std::string message) const {
  raise_problem(mark_.within(position), std::move(message));
}

void ConnectionParts::put(std::string_view path, std::string_view text, std::size_t position) {
  if (node_.find_path(path) != nullptr) {
    refuse(position, std::string(path) + " is given twice");
  }
  node_.put(path, Node::scalar(references_ ? std::string(text) : escape_references(text),
                               mark_.within(position)));
}

void ConnectionParts::put_option(std::string_view name, std::string_view value,
                                 std::size_t position) {
  if (node_.find("options") == nullptr) node_.put("options", Node::mapping(mark_));
  Node& options = *node_.find("options");
  if (options.find(name) != nullptr) refuse(position, shown(name) + " is given twice");
  Node text = Node::scalar(references_ ? std::string(value) : escape_references(value),
                           mark_.within(position));
  options.entries.push_back({std::string(name), text.mark, std::move(text)});
}

void ConnectionParts::put_host(const HostPort& host, std::size_t position) {
  if (host.host.starts_with('@')) refuse(position, "abstract sockets are not supported");
  const bool refers = references_ && host.host.find("${") != std::string::npos;
  if (!refers && !is_host_name(host.host)) {
    refuse(position, "a host name with a character that no host name has");
  }
  constexpr std::size_t hosts_max = 64;  // As a URL's.
  if (hosts_.size() == hosts_max) refuse(position, "more than 64 hosts");
  if (hosts_.empty()) hosts_position_ = position;
  hosts_.push_back(host);
}

void ConnectionParts::put_host_list(std::string_view text, std::size_t position) {
  if (!hosts_.empty()) refuse(position, "host is given twice");
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    put_host({.host = std::string(text.substr(0, comma))}, position);
    if (comma == text.size()) return;
    text.remove_prefix(comma + 1);
  }
}

void ConnectionParts::put_port_list(std::string_view text, std::size_t position) {
  if (!ports_.empty()) refuse(position, "port is given twice");
  ports_position_ = position;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view one = text.substr(0, comma);
    const auto port = parse_integer(one);
    if (!one.empty() && (!port || *port < 1 || *port > 65'535)) {
      refuse(position, "a port is a number from 1 to 65535");
    }
    ports_.push_back(static_cast<std::uint16_t>(port.value_or(0)));
    if (comma == text.size()) return;
    text.remove_prefix(comma + 1);
  }
}

void ConnectionParts::apply_ports() {
  if (ports_.empty()) return;
  if (hosts_.empty()) hosts_.emplace_back();
  if (ports_.size() != 1 && ports_.size() != hosts_.size()) {
    refuse(ports_position_, "as many ports as hosts, or one for all");
  }
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const std::uint16_t port = ports_[ports_.size() == 1 ? 0 : i];
    if (hosts_[i].port != 0 && port != 0) refuse(ports_position_, "port is given twice");
    if (port != 0) hosts_[i].port = port;
  }
}

Node ConnectionParts::take() {
  apply_ports();
  const Mark mark = mark_.within(hosts_position_);
  const auto text = [&](const std::string& host) {
    return references_ ? host : escape_references(host);
  };
  if (hosts_.size() == 1) {
    if (!hosts_[0].host.empty()) node_.put("host", Node::scalar(text(hosts_[0].host), mark));
    if (hosts_[0].port != 0) {
      node_.put("port", Node::scalar(std::to_string(hosts_[0].port), mark));
    }
  } else if (!hosts_.empty()) {
    Node list = Node::sequence(mark);
    for (const HostPort& host : hosts_) {
      const bool none = host.host.empty();
      if (none) refuse(hosts_position_, "an empty host between commas");
      list.items.push_back(Node::scalar(text(print_host(host)), mark));
    }
    node_.put("hosts", std::move(list));
  }
  return std::move(node_);
}

void ConnectionParts::put_parameter(std::string_view name, std::string_view value,
                                    std::size_t position) {
  const auto [path, text] = translate_parameter(backend_, name, value);
  if (path == "host") return put_host_list(text, position);
  if (path == "port") return put_port_list(text, position);
  if (path == ignored_parameter) return;
  if (path == refused_parameter) refuse(position, shown(name) + " has a value that is unknown");
  if (!path.empty()) return put(path, text, position);
  if (const std::string_view near = near_parameter(name); !near.empty()) {
    refuse(position,
           "unknown parameter " + shown(name) + "; did you mean \"" + std::string(near) + "\"?");
  }
  put_option(name, value, position);
}

std::string_view backend_of_scheme(std::string_view scheme) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> schemes = {{
      {"postgres", "postgres"},
      {"postgresql", "postgres"},
      {"mysql", "mysql"},
      {"mariadb", "mysql"},
      {"sqlite", "sqlite"},
      {"sqlite3", "sqlite"},
      {"sqlserver", "mssql"},
      {"mssql", "mssql"},
      {"oracle", "oracle"},
      {"mongodb", "mongodb"},
      {"mongodb+srv", "mongodb"},
  }};
  for (const auto& [name, backend] : schemes) {
    if (!name.empty() && name == scheme) return backend;
  }
  return {};
}

bool is_secret_name(std::string_view name) {
  const std::string low = base::lower(name);
  for (const std::string_view word : {"password", "passwd", "pwd", "secret", "token"}) {
    if (low.find(word) != std::string::npos) return true;
  }
  return false;
}

std::string_view tls_mode_name(TlsMode mode) noexcept {
  constexpr std::array<std::string_view, 6> names = {"disable", "allow",     "prefer",
                                                     "require", "verify-ca", "verify-full"};
  return names[static_cast<std::size_t>(mode)];
}

void refuse_form(std::string_view form, std::string_view what) {
  raise(ErrorKind::config, std::string(form) + " cannot express " + std::string(what) +
                               "; use the URL form or a configuration file");
}

}  // namespace iacdb::config
