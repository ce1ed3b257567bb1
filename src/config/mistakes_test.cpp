// Every kind of mistake in a file, with the exact line that tells of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/load.hpp"
#include "config/problem.hpp"

namespace iacdb::config {
namespace {

std::vector<std::string> refusals(const std::string& text) {
  try {
    load_settings({.path = "f.yaml", .text = text, .use_environment = false});
    return {};
  } catch (const SettingsError& error) {
    return error.lines();
  }
}

struct Mistake {
  const char* text;
  const char* line;
};

// tidy: table, one row for each mistake and what is said of it
TEST(Mistakes, AreToldWithTheirLine) {
  const std::vector<Mistake> mistakes = {
      {"[1]", "f.yaml:1:1: a configuration is a section of keys, such as databases:"},
      {"databses: {}", "f.yaml:1:1: unknown key \"databses\"; did you mean \"databases\"?"},
      {"databases: [a]", "f.yaml:1:12: databases holds sections by name, not a list"},
      {"databases: {a b: {}}",
       "f.yaml:1:13: the name \"a b\" is not usable; letters, digits, _ and - are, up to 63"},
      {"databases: {a: 5}", "f.yaml:1:16: expected a section with keys, found a number"},
      {"databases:\n  a:\n    host: h\n",
       "f.yaml:3:5: type is missing; write type: postgres or url: postgres://..."},
      {"databases:\n  a:\n    type: postgrs\n",
       "f.yaml:3:11: type is none that is known; did you mean \"postgres\"?"},
      {"databases:\n  a:\n    type: [x]\n", "f.yaml:3:11: type is text, not a list"},
      {"databases:\n  a:\n    type: mysql\n    pasword: x\n",
       "f.yaml:4:5: unknown key \"pasword\"; did you mean \"password\"?"},
      {"databases:\n  a:\n    type: mysql\n    password: 12345\n",
       "f.yaml:4:15: password is text; write it in quotes"},
      {"databases:\n  a:\n    type: mysql\n    password: '***'\n",
       "f.yaml:4:15: password is the mask that `config show` prints; put the secret itself, or a "
       "reference"},
      {"databases:\n  a:\n    type: mysql\n    username: true\n",
       "f.yaml:4:15: username is text; write it in quotes"},
      {"databases:\n  a:\n    type: mysql\n    username:\n",
       "f.yaml:4:5: username has no value; give one or drop the key"},
      {"databases:\n  a:\n    type: mysql\n    port: '3306'\n",
       "f.yaml:4:11: port is a number; write it without quotes"},
      {"databases:\n  a:\n    type: mysql\n    port: 70000\n",
       "f.yaml:4:11: port must be from 1 to 65535"},
      {"databases:\n  a:\n    type: mysql\n    port: 1.5\n", "f.yaml:4:11: port is a whole number"},
      {"databases:\n  a:\n    type: mysql\n    connect_timeout: soon\n",
       "f.yaml:4:22: connect_timeout is a duration such as 30s or 5m"},
      {"databases:\n  a:\n    type: mysql\n    connect_timeout: '5'\n",
       "f.yaml:4:22: connect_timeout is a duration such as 30s or 5m; write a unit, or a number "
       "without quotes"},
      {"databases:\n  a:\n    type: mysql\n    connect_timeout: 366d\n",
       "f.yaml:4:22: connect_timeout must be from 0s to 365d"},
      {"databases:\n  a:\n    type: mysql\n    host: h\n    hosts: [x]\n",
       "f.yaml:4:11: host and hosts are both given; keep hosts, as in hosts: [db1:5432, db2]"},
      {"databases:\n  a:\n    type: mysql\n    hosts: [x:y]\n",
       "f.yaml:4:13: hosts holds what is no host; write db1, db1:5432 or [::1]:5432"},
      {"databases:\n  a:\n    type: mysql\n    hosts: []\n", "f.yaml:4:12: hosts is an empty list"},
      {"databases:\n  a:\n    type: mysql\n    options: 5\n",
       "f.yaml:4:14: options is a section of names and values"},
      {"databases:\n  a:\n    type: mysql\n    tls: {mode: verify_full, }\n",
       "f.yaml:4:17: mode is none of its names; did you mean \"verify-full\"?"},
      {"databases:\n  a:\n    type: mysql\n    tls: {mode: verify-full}\n",
       "f.yaml:4:17: mode verify-full checks the host's name, but no host is given"},
      {"databases:\n  a:\n    type: mysql\n    tls: {key_file: k}\n",
       "f.yaml:4:21: key_file without cert_file; a key belongs to a certificate"},
      {"databases:\n  a:\n    type: mysql\n    tls: {cert_file: k}\n",
       "f.yaml:4:22: cert_file without key_file; a certificate needs its key"},
      {"databases:\n  a:\n    type: mysql\n    tls: {mode: disable, root_file: r}\n",
       "f.yaml:4:17: mode disable contradicts the files of tls; drop them or choose verify-full"},
      {"databases:\n  a:\n    type: mysql\n    pool: {open_max: 2, idle_max: 3}\n",
       "f.yaml:4:35: idle_max is greater than open_max"},
      {"databases:\n  a:\n    type: mysql\n    pool: {warm: 30}\n",
       "f.yaml:4:18: warm is greater than open_max"},
      {"databases:\n  a:\n    type: mysql\n    pool: {open_max: 0}\n",
       "f.yaml:4:22: open_max must be from 1 to 10000"},
      {"databases:\n  a:\n    type: sqlite\n",
       "f.yaml:3:5: database is missing; for sqlite it names the file"},
      {"databases:\n  a:\n    type: sqlite\n    database: f\n    host: h\n",
       "f.yaml:5:11: host contradicts type sqlite, which is a file; drop it"},
      {"databases:\n  a:\n    type: sqlite\n    database: f\n    replicas: [{host: h}]\n",
       "f.yaml:5:15: replicas contradict type sqlite, which is a file"},
      {"databases:\n  a:\n    type: mysql\n    replicas: [{port: 5}]\n",
       "f.yaml:4:16: a replica needs its own host, hosts or url"},
      {"databases:\n  a:\n    url: postgres://u:hunter2@h/d\n    host: x\n",
       "f.yaml:4:11: url and host both say it; keep one of them"},
      {"databases:\n  a:\n    url: postgres://h/d?pool_max=5\n    pool: {open_max: 3}\n",
       "f.yaml:4:22: url and pool.open_max both say it; keep one of them"},
      {"databases:\n  a:\n    url: postgres://u:hunter2@h:x/d\n",
       "f.yaml:3:10, position 24: the URL is malformed: a port is a number from 1 to 65535"},
      {"databases:\n  a:\n    url: mysql://h/d\n    type: postgres\n",
       "f.yaml:3:10: type says postgres, the connection string says mysql"},
      {"databases:\n  a:\n    type: mysql\n    password: ${vault:x}\n",
       "f.yaml:4:15: password holds an unknown reference; write ${env:NAME}, ${file:/path} or "
       "${cmd:program}, and $${ for a literal ${"},
      {"databases:\n  a:\n    type: mysql\n    password: ${env:x\n",
       "f.yaml:4:15: password holds a ${ without its }; write $${ for a literal ${"},
      {"serve: {address: 0.0.0.0}",
       "f.yaml:1:18: an address other than loopback needs tls and a token"},
      {"serve:\n  tls: {key_file: k}\n", "f.yaml:2:8: key_file without cert_file"},
      {"serve:\n  tokens: [{name: a, token: short, databases: '*'}]\n",
       "f.yaml:2:29: token is shorter than 16 characters"},
      {"serve:\n  tokens: [{name: a, databases: '*'}]\n",
       "f.yaml:2:12: token or sha256 is missing"},
      {"serve:\n  tokens: [{name: a, sha256: abc, databases: '*'}]\n",
       "f.yaml:2:30: sha256 is no SHA-256: 64 hexadecimal digits"},
      {"serve:\n  tokens: [{token: 0123456789abcdefg, databases: '*'}]\n",
       "f.yaml:2:12: name is missing"},
      {"serve:\n  tokens: [{name: a, token: 0123456789abcdefg, databases: shop}]\n",
       "f.yaml:2:59: there is no database \"shop\""},
      {"serve:\n  tokens: [{name: a, token: 0123456789abcdefg, databases: {'*': admin}}]\n",
       "f.yaml:2:65: databases gives a right that is unknown; possible: read, write"},
      {"serve:\n  limits: {request_bytes_max: 10}\n",
       "f.yaml:2:31: request_bytes_max must be from 1KiB to 1TiB"},
      {"serve:\n  limits: {request_bytes_max: big}\n",
       "f.yaml:2:31: request_bytes_max is a size such as 64KiB or 1MB"},
      {"log: {level: verbose}",
       "f.yaml:1:14: level is none of its names; possible: error, warn, info, debug, trace, off"},
      {"metrics: {enabled: yes}", "f.yaml:1:20: enabled is true or false"},
      {"metrics: {enabled: 'true'}",
       "f.yaml:1:20: enabled is true or false; write it without quotes"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto lines = refusals(mistake.text);
    ASSERT_FALSE(lines.empty()) << mistake.text;
    const bool found = std::find(lines.begin(), lines.end(), mistake.line) != lines.end();
    EXPECT_TRUE(found) << mistake.text << "\n -> " << lines.front() << "\n != " << mistake.line;
    for (const std::string& line : lines) EXPECT_EQ(line.find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace iacdb::config
