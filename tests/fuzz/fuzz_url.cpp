// Fuzz: connection strings. Whatever parses must build to a URL that parses to the same settings.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/connection_string.hpp"
#include "config/problem.hpp"

namespace {

using namespace iacdb::config;
using iacdb::ConnectionSettings;

void check_round_trip(const ConnectionSettings& settings, ConnectionForm form) {
  std::string text;
  try {
    text = build_connection_string(settings, form);
  } catch (const iacdb::ConfigError&) {
    // The form cannot say it, and says so; PostgreSQL's URLs can say everything.
    if (form == ConnectionForm::url && settings.backend == "postgres") std::abort();
    return;
  }
  try {
    if (parse_connection_string(text, settings.backend).connection != settings) std::abort();
  } catch (const iacdb::ConfigError&) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<const char*, 7> backends = {"",       "postgres", "mysql", "mssql",
                                                   "oracle", "mongodb",  "sqlite"};
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  ConnectionSettings settings;
  try {
    settings = parse_connection_string(text, backends[data[0] % backends.size()]).connection;
  } catch (const iacdb::ConfigError&) {
    return 0;
  }
  for (const ConnectionForm form :
       {ConnectionForm::url, ConnectionForm::go_mysql, ConnectionForm::keywords,
        ConnectionForm::ado, ConnectionForm::ez_connect, ConnectionForm::jdbc}) {
    check_round_trip(settings, form);
  }
  (void)masked_url(settings);
  return 0;
}
