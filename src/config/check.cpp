#include "config/check.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"

namespace iacdb::config {
namespace {

/// A key's place, or its section's when it was not written.
const Mark& mark_of(const Node& node, std::string_view path) {
  const Node* found = node.find_path(path);
  return found != nullptr ? found->mark : node.mark;
}

bool is_host(std::string_view host) {
  if (host.starts_with('/')) return true;
  if (host.find(':') != std::string_view::npos) {  // An IPv6 address, perhaps with its zone.
    const std::string_view address = host.substr(0, host.find('%'));
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
      return false;
  }
  for (const char c : host) {
    const char low = base::to_lower(c);
    const bool fits = (low >= 'a' && low <= 'z') || base::is_digit(c) || (c & 0x80) != 0 ||
                      std::string_view(".-_:%").find(c) != std::string_view::npos;
    if (!fits) return false;
  }
  return true;
}

void check_host_names(const Node& node, const ConnectionSettings& settings, BindContext& context) {
  for (const HostPort& host : settings.hosts) {
    if (is_host(host.host) || has_reference(host.host)) continue;
    const bool listed = node.find("hosts") != nullptr;
    context.problems.add(mark_of(node, listed ? "hosts" : "host"),
                         "host holds what no name or address has; a socket's path begins with /");
  }
}

void check_hosts(const Node& node, BindContext& context) {
  if (node.find("hosts") == nullptr) return;
  for (const std::string_view key : {"host", "port"}) {
    const Node* other = node.find(key);
    if (other == nullptr) continue;
    context.problems.add(other->mark, std::string(key) +
                                          " and hosts are both given; keep hosts, as "
                                          "in hosts: [db1:5432, db2]");
  }
}

void check_pool(const Node& node, PoolOptions& pool, BindContext& context) {
  const bool idle_given = node.find_path("pool.idle_max") != nullptr;
  if (pool.idle_max > pool.open_max) {
    if (idle_given) {
      context.problems.add(mark_of(node, "pool.idle_max"), "idle_max is greater than open_max");
    } else {
      pool.idle_max = pool.open_max;
    }
  }
  if (pool.warm > pool.open_max) {
    context.problems.add(mark_of(node, "pool.warm"), "warm is greater than open_max");
  }
}

void check_tls(const Node& node, const ConnectionSettings& settings, BindContext& context) {
  const TlsSettings& tls = settings.tls;
  const bool has_key = !tls.key_file.empty() || node.find_path("tls.key_file") != nullptr;
  const bool has_cert = !tls.cert_file.empty() || node.find_path("tls.cert_file") != nullptr;
  if (has_key && !has_cert) {
    context.problems.add(mark_of(node, "tls.key_file"),
                         "key_file without cert_file; a key belongs to a certificate");
  }
  if (has_cert && !has_key) {
    context.problems.add(mark_of(node, "tls.cert_file"),
                         "cert_file without key_file; a certificate needs its key");
  }
  const bool files = has_cert || has_key || !tls.root_file.empty() || !tls.crl_file.empty();
  if (tls.mode_given && tls.mode == TlsMode::disable && files) {
    context.problems.add(
        mark_of(node, "tls.mode"),
        "mode disable contradicts the files of tls; drop them or choose verify-full");
  }
  const bool hosts_unknown =
      node.find("host") != nullptr || node.find("hosts") != nullptr || node.find("url") != nullptr;
  if (tls.mode == TlsMode::verify_full && settings.hosts.empty() && !hosts_unknown) {
    context.problems.add(mark_of(node, "tls.mode"),
                         "mode verify-full checks the host's name, but no host is given");
  }
}

void check_sqlite(const Node& node, const ConnectionSettings& settings, BindContext& context) {
  for (const std::string_view key : {"host", "port", "hosts", "username", "password", "tls"}) {
    if (const Node* given = node.find(key)) {
      context.problems.add(given->mark,
                           std::string(key) + " contradicts type sqlite, which is a file; drop it");
    }
  }
  if (settings.database.empty() && node.find("database") == nullptr) {
    context.problems.add(node.mark, "database is missing; for sqlite it names the file");
  }
}

/// What a database and a replica share.
void check_endpoint(const Node& node, ConnectionSettings& settings, PoolOptions& pool,
                    BindContext& context) {
  if (settings.backend == "sqlite") {
    check_sqlite(node, settings, context);
  } else {
    check_hosts(node, context);
    check_host_names(node, settings, context);
    check_tls(node, settings, context);
  }
  check_pool(node, pool, context);
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_loopback(std::string_view address) {
  return address == "localhost" || address == "::1" || address == "[::1]" ||
         address.starts_with("127.") || address.starts_with('/');
}

void check_token_rights(const Node& node, const Settings& settings, BindContext& context) {
  const Node* tokens = node.find_path("serve.tokens");
  if (tokens == nullptr) return;
  std::vector<std::string_view> names;
  for (const auto& [name, database] : settings.databases) names.push_back(name);
  for (const auto& [name, store] : settings.documents) names.push_back(name);
  for (std::size_t i = 0; i < std::min(tokens->items.size(), settings.serve.tokens.size()); ++i) {
    for (const auto& [name, access] : settings.serve.tokens[i].databases) {
      const bool known = settings.databases.contains(name) || settings.documents.contains(name);
      if (name == "*" || known) continue;
      context.problems.add(mark_of(tokens->items[i], "databases"),
                           "there is no database " + shown(name) + suggestion(name, names));
    }
  }
}

/// Which kinds stand under databases:, and which under documents:.
void check_kinds(const Node& node, const Settings& settings, BindContext& context) {
  for (const auto& [name, database] : settings.databases) {
    if (database.connection.backend != "mongodb") continue;
    context.problems.add(node.find("databases")->find(name)->mark,
                         "mongodb is a document store; write it under documents:");
  }
  for (const auto& [name, store] : settings.documents) {
    const Node& written = *node.find("documents")->find(name);
    if (settings.databases.contains(name)) {
      context.problems.add(written.mark, "a database is called " + shown(name) +
                                             " already; give the document store another name");
    }
    for (const char* key : {"replicas", "source_dialect", "statements", "policies"}) {
      if (written.find(key) == nullptr) continue;
      context.problems.add(mark_of(written, key),
                           std::string(key) + " means nothing to a document store; leave it out");
    }
    const std::string& backend = store.connection.backend;
    if (backend.empty() || backend == "mongodb" || backend == "postgres" || backend == "sqlite") {
      continue;
    }
    context.problems.add(written.mark,
                         "documents are kept in postgres, sqlite or mongodb, not in " + backend);
  }
}

}  // namespace

void check_database(const Node& node, void* object, BindContext& context) {
  auto& database = *static_cast<DatabaseSettings*>(object);
  if (node.find("type") == nullptr && node.find("url") == nullptr) {
    context.problems.add(node.mark, "type is missing; write type: postgres or url: postgres://...");
  }
  const bool unknown = database.connection.backend.empty();  // A reference, or a problem above.
  if (!unknown || node.find("url") != nullptr) {
    check_endpoint(node, database.connection, database.pool, context);
  }
  const Node* replicas = node.find("replicas");
  if (replicas != nullptr && !replicas->items.empty() && database.connection.backend == "sqlite") {
    context.problems.add(replicas->mark, "replicas contradict type sqlite, which is a file");
  }
}

void check_replica(const Node& node, void* object, BindContext& context) {
  auto& replica = *static_cast<ReplicaSettings*>(object);
  const bool names_server =
      node.find("host") != nullptr || node.find("hosts") != nullptr || node.find("url") != nullptr;
  if (!names_server) {
    context.problems.add(node.mark, "a replica needs its own host, hosts or url");
  }
  check_endpoint(node, replica.connection, replica.pool, context);
}

void check_token(const Node& node, void* object, BindContext& context) {
  constexpr std::size_t token_bytes_min = 16;
  auto& token = *static_cast<TokenSettings*>(object);
  const Node* text = node.find("token");
  const Node* hash = node.find("sha256");
  if ((text == nullptr) == (hash == nullptr)) {
    context.problems.add(node.mark, text == nullptr ? "token or sha256 is missing"
                                                    : "token and sha256 are both given; keep one");
  }
  token.sha256 = base::lower(token.sha256);
  if (hash != nullptr && !has_reference(token.sha256) && !is_hash(token.sha256)) {
    context.problems.add(hash->mark, "sha256 is no SHA-256: 64 hexadecimal digits");
  }
  const bool literal = text != nullptr && (context.resolve || !has_reference(text->text));
  if (literal && token.token.reveal().size() < token_bytes_min) {
    context.problems.add(text->mark, "token is shorter than 16 characters");
  }
}

void check_serve(const Node& node, void* object, BindContext& context) {
  const auto& serve = static_cast<Settings*>(object)->serve;
  const bool has_cert = node.find_path("tls.cert_file") != nullptr;
  const bool has_key = node.find_path("tls.key_file") != nullptr;
  if (has_key != has_cert) {
    context.problems.add(mark_of(node, "tls"),
                         has_key ? "key_file without cert_file" : "cert_file without key_file");
  }
  const bool open = !is_loopback(serve.address) && !has_reference(serve.address);
  if (open && !(has_cert && !serve.tokens.empty())) {
    context.problems.add(mark_of(node, "address"),
                         "an address other than loopback needs tls and a token");
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < serve.tokens.size(); ++i) {
    const std::string& name = serve.tokens[i].name;
    if (name.empty() || names.insert(name).second) continue;
    context.problems.add(mark_of(node.find("tokens")->items[i], "name"),
                         "two tokens have the name " + shown(name));
  }
}

void check_root(const Node& node, void* object, BindContext& context) {
  auto& settings = *static_cast<Settings*>(object);
  check_token_rights(node, settings, context);
  check_kinds(node, settings, context);
  if (!settings.cache.adapter.empty() && context.warnings != nullptr) {
    context.warnings->push_back({mark_of(node, "cache").text(),
                                 "cache is read but not used: this version keeps no result cache"});
  }
}

}  // namespace iacdb::config
