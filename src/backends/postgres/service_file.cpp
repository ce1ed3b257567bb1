#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "backends/postgres/plan.hpp"
#include "backends/postgres/server_error.hpp"

namespace iacdb::backends::postgres {
namespace {

using Section = std::vector<std::pair<std::string, std::string>>;

// libpq's keywords, PostgreSQL 15 documentation, 34.1.2; what is not listed is a mistake.
constexpr auto keywords = std::to_array<std::string_view>({
    "allow_cleartext_password",
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "passfile",
    "password",
    "port",
    "prepare",
    "search_path",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
});

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

[[noreturn]] void raise_at(std::string message, const std::string& file, std::size_t line) {
  ErrorFacts facts = own_facts(ErrorKind::config, std::move(message));
  facts.where = line == 0 ? file : file + ":" + std::to_string(line);
  raise(std::move(facts));
}

std::pair<std::string, std::string> parse_setting(std::string_view text, const std::string& file,
                                                  std::size_t line) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) raise_at("expected keyword=value", file, line);
  std::string key(trimmed(text.substr(0, equals)));
  if (std::find(keywords.begin(), keywords.end(), key) == keywords.end()) {
    raise_at("unknown keyword '" + key + "' in a service file", file, line);
  }
  return {std::move(key), std::string(trimmed(text.substr(equals + 1)))};
}

/// Nothing when the file has no such section, or does not exist.
std::optional<Section> read_section(const std::string& file, const std::string& service) {
  std::ifstream in(file);
  if (!in) return std::nullopt;
  std::optional<Section> section;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == '[') {
      if (section) break;
      if (text == "[" + service + "]") section.emplace();
    } else if (section) {
      section->push_back(parse_setting(text, file, number));
    }
  }
  return section;
}

}  // namespace

Section read_service(const std::string& service, const Environment& environment) {
  std::vector<std::string> files;
  if (auto file = environment("PGSERVICEFILE")) {
    files.push_back(*file);
  } else if (auto home = environment("HOME")) {
    files.push_back(*home + "/.pg_service.conf");
  }
  files.push_back(environment("PGSYSCONFDIR").value_or("/etc/postgresql-common") +
                  "/pg_service.conf");
  for (const auto& file : files) {
    if (auto section = read_section(file, service)) return *section;
  }
  raise_at("no service file defines the service '" + service + "'; add [" + service + "] to it",
           files.front(), 0);
}

}  // namespace iacdb::backends::postgres
