#include <sys/stat.h>

#include <fstream>

#include "backends/postgres/plan.hpp"

namespace iacdb::backends::postgres {
namespace {

/// Takes one field up to an unescaped colon; \: and \\ stand for themselves.
std::string take_field(std::string_view& rest) {
  std::string field;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == ':') break;
    if (c == '\\' && !rest.empty()) {
      field += rest.front();
      rest.remove_prefix(1);
    } else {
      field += c;
    }
  }
  return field;
}

/// True when the next field is * or `wanted`.
bool matches(std::string_view& rest, const std::string& wanted) {
  if (rest.substr(0, 2) == "*:") {
    rest.remove_prefix(2);
    return true;
  }
  return take_field(rest) == wanted;
}

/// What a file calls a host: libpq says localhost for a socket in the standard folder.
std::string name_in_file(const HostPort& host) {
  if (host.host.empty() || host.host.front() != '/') return host.host;
  const std::string folder = host.host.substr(0, host.host.rfind('/'));
  return folder == "/var/run/postgresql" || folder == "/tmp" ? "localhost" : folder;
}

std::string problem_with(const std::string& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return {};
  if (!S_ISREG(info.st_mode)) return "the password file is not a plain file: " + file;
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return "the password file was not used, because others may read it; run: chmod 600 " + file;
  }
  return {};
}

}  // namespace

PasswordFound find_password(const std::string& file, const HostPort& host,
                            const std::string& database, const std::string& username) {
  PasswordFound found;
  if (file.empty()) return found;
  found.problem = problem_with(file);
  if (!found.problem.empty()) return found;
  std::ifstream in(file);
  const std::string name = name_in_file(host);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    std::string_view rest = line;
    if (matches(rest, name) && matches(rest, std::to_string(host.port)) &&
        matches(rest, database) && matches(rest, username)) {
      found.password = base::Secret(take_field(rest));
      return found;
    }
  }
  return found;
}

}  // namespace iacdb::backends::postgres
