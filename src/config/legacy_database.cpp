// One database of an existing installation: its values, whatever they were called, as today's keys.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "config/bind.hpp"
#include "config/connection_parts.hpp"
#include "config/legacy.hpp"
#include "config/quantity.hpp"

namespace iacdb::config {
namespace {

constexpr std::int64_t open_default = 10;
constexpr std::int64_t open_limit = 10'000;  // Go's 0 means no limit; ours has this one.

std::uint16_t own_port(std::string_view backend) {
  if (backend == "mysql") return 3306;
  if (backend == "postgres") return 5432;
  if (backend == "mssql") return 1433;
  if (backend == "oracle") return 1521;
  return backend == "mongodb" ? 27017 : 0;
}

/// The words of libpq, MySQL and Go drivers for how TLS is used.
std::string tls_mode_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> words = {{
      {"disabled", "disable"},
      {"false", "disable"},
      {"off", "disable"},
      {"none", "disable"},
      {"preferred", "prefer"},
      {"required", "require"},
      {"skip-verify", "require"},
      {"true", "verify-full"},
      {"on", "require"},
      {"enable", "require"},
      {"verify_ca", "verify-ca"},
      {"verify_full", "verify-full"},
      {"verify_identity", "verify-full"},
      {"verify-identity", "verify-full"},
  }};
  std::string low = base::lower(text);
  for (const auto& [from, to] : words) {
    if (low == from) return std::string(to);
  }
  return low;
}

class LegacyDatabase {
 public:
  LegacyDatabase(const LegacyValues& values, LegacyRole role, const Mark& mark, Problems& problems)
      : values_(values), role_(role), problems_(problems), node_(Node::mapping(mark)) {}

  Node convert() {
    backend_ = canonical_backend(
        base::lower(text_of("type", role_ == LegacyRole::document ? "mongodb" : "mysql")));
    const Node* connection = find("connection");
    if (connection != nullptr) {
      take_connection(*connection);
    } else {
      take_parts();
    }
    take_pool();
    if (const Node* timeout = first({"conntimeout", "timeout"})) put("connect_timeout", *timeout);
    return std::move(node_);
  }

 private:
  const Node* find(const std::string& name) const {
    const auto found = values_.find(name);
    const bool set =
        found != values_.end() && found->second.is_scalar() && !found->second.text.empty();
    return set ? &found->second : nullptr;
  }
  const Node* first(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (const Node* node = find(name)) return node;
    }
    return nullptr;
  }
  std::string text_of(const std::string& name, std::string_view otherwise) const {
    const Node* node = find(name);
    return node != nullptr ? node->text : std::string(otherwise);
  }

  void put(std::string_view path, const Node& value) {
    node_.put(path, Node::scalar(escape_references(value.text), value.mark));
  }
  void put_text(std::string_view path, std::string_view text, const Mark& mark) {
    node_.put(path, Node::scalar(text, mark));
  }

  void take_connection(const Node& connection) {
    try {
      node_ = connection_node(connection.text, backend_, connection.mark, false);
    } catch (const SettingsError& error) {
      problems_.add(error);
      put_text("type", backend_, connection.mark);
      return;
    }
    const Node* database = find("database");
    if (database == nullptr) return;
    // MongoDB's path names where the user is known; the database in use stands beside it.
    const Node* path = node_.find("database");
    const bool is_mongodb = backend_ == "mongodb";
    if (is_mongodb && path != nullptr && node_.find_path("options.authSource") == nullptr) {
      node_.put("options.authSource", Node(*path));
    }
    put("database", *database);
  }

  void take_parts() {
    const Node* type = find("type");
    const Mark mark = type != nullptr ? type->mark : node_.mark;
    const bool inherits = role_ == LegacyRole::replica || role_ == LegacyRole::overlay;
    if (type != nullptr || !inherits) put_text("type", backend_, mark);
    if (const Node* name = first({"database", "name", "dbname"})) put("database", *name);
    if (backend_ == "sqlite") return;
    if (const Node* host = find("host")) {
      put("host", *host);
    } else if (!inherits) {
      put_text("host", "localhost", mark);
    }
    if (const Node* port = find("port")) {
      put("port", *port);
    } else if (role_ != LegacyRole::overlay && own_port(backend_) != 0) {
      put_text("port", std::to_string(own_port(backend_)), mark);
    }
    if (const Node* user = first({"username", "user"})) put("username", *user);
    if (const Node* password = find("password")) put("password", *password);
    take_tls();
    take_options();
  }

  void take_tls() {
    std::string mode;
    if (const Node* node = find("sslmode")) {
      mode = tls_mode_of(node->text);
      put_text("tls.mode", mode, node->mark);
    }
    if (mode == "disable") return;  // Files that stand beside it were never read.
    if (const Node* file = find("sslcert")) put("tls.cert_file", *file);
    if (const Node* file = find("sslkey")) put("tls.key_file", *file);
    if (const Node* file = find("sslrootcert")) put("tls.root_file", *file);
  }

  void take_options() {
    if (const Node* schema = find("schema")) {
      if (backend_ == "postgres") put("options.search_path", *schema);
      if (backend_ == "mssql" || backend_ == "oracle") put("options.schema", *schema);
      if (backend_ == "mysql" && node_.find("database") == nullptr) put("database", *schema);
    }
    if (const Node* source = find("authsource")) put("options.authSource", *source);
    if (const Node* set = find("replicaset")) put("options.replicaSet", *set);
  }

  std::optional<std::int64_t> number(const Node* node) const {
    return node == nullptr ? std::nullopt : parse_integer(node->text);
  }

  void take_pool() {
    const Node* open = first({"maxopenconns", "maxpoolsize"});
    const Node* idle = find("maxidleconns");
    const Node* warm = find("minpoolsize");
    std::int64_t limit = open_default;
    if (open != nullptr) {
      put("pool.open_max", *open);
      if (const auto wanted = number(open)) {
        limit = *wanted <= 0 ? open_limit : *wanted;
        put_text("pool.open_max", std::to_string(limit), open->mark);
      }
    }
    put_fitted("pool.idle_max", idle, limit);
    put_fitted("pool.warm", warm, limit);
    if (const Node* life = find("connmaxlifetime")) put("pool.lifetime", *life);
    if (const Node* time = find("connmaxidletime")) put("pool.idle_timeout", *time);
  }

  void put_fitted(std::string_view path, const Node* node, std::int64_t limit) {
    if (node == nullptr) return;
    put(path, *node);  // What is no number is complained of by the checks.
    const auto wanted = number(node);
    if (!wanted) return;
    put_text(path, std::to_string(std::clamp<std::int64_t>(*wanted, 0, limit)), node->mark);
  }

  const LegacyValues& values_;
  LegacyRole role_;
  Problems& problems_;
  Node node_;
  std::string backend_;
};

}  // namespace

std::string legacy_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '_' && c != '-') result += base::to_lower(c);
  }
  for (const std::string_view prefix : {"docdb", "db"}) {
    if (result.starts_with(prefix) && result != "dbname" && result.size() > prefix.size()) {
      return result.substr(prefix.size());
    }
  }
  return result;
}

LegacyValues legacy_values(const Node& section) {
  LegacyValues values;
  for (const Entry& entry : section.entries) {
    Node value = entry.value;
    value.style = Node::Style::untyped;
    values.emplace(legacy_name(entry.key), std::move(value));
  }
  return values;
}

Node legacy_database(const LegacyValues& values, LegacyRole role, const Mark& mark,
                     Problems& problems) {
  return LegacyDatabase(values, role, mark, problems).convert();
}

void put_legacy_observation(const LegacyValues& values, Node& root) {
  const auto put = [&](const std::string& name, std::string_view path, bool is_boolean) {
    const auto found = values.find(name);
    if (found == values.end() || found->second.text.empty()) return;
    std::string text = base::lower(found->second.text);
    if (is_boolean && (text == "1" || text == "yes" || text == "on")) text = "true";
    if (is_boolean && (text == "0" || text == "no" || text == "off")) text = "false";
    root.put(path, Node::scalar(text, found->second.mark));
  };
  put("enablemetrics", "metrics.enabled", true);
  put("slowquerythreshold", "log.slow_query_threshold", false);
  put("enablehealthchecks", "health.enabled", true);
  put("healthcheckinterval", "health.interval", false);
}

}  // namespace iacdb::config
