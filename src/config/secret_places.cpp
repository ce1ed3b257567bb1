#include "config/secret_places.hpp"

#include <sys/stat.h>

#include "config/connection_parts.hpp"
#include "config/reference.hpp"

namespace iacdb::config {
namespace {

using Visit = std::function<void(const Node&)>;

void visit_section(const Node& node, const Section& section, const Visit& visit);

void visit_key(const Node& node, const Key& key, const Visit& visit) {
  switch (key.type) {
    case KeyType::secret:
      if (node.is_scalar()) visit(node);
      return;
    case KeyType::text_map:
      for (const Entry& entry : node.entries) {
        if (is_secret_name(entry.key) && entry.value.is_scalar()) visit(entry.value);
      }
      return;
    case KeyType::section:
      return visit_section(node, *key.section, visit);
    case KeyType::section_map:
      for (const Entry& entry : node.entries) visit_section(entry.value, *key.section, visit);
      return;
    case KeyType::section_list:
      for (const Node& item : node.items) visit_section(item, *key.section, visit);
      return;
    default:
      return;
  }
}

void visit_section(const Node& node, const Section& section, const Visit& visit) {
  for (const Entry& entry : node.entries) {
    const Key* key = section.find(entry.key);
    if (key != nullptr) visit_key(entry.value, *key, visit);
  }
}

bool is_world_readable(const std::string& path) {
  struct stat facts {};
  return !path.empty() && ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0;
}

}  // namespace

void for_each_secret(const Node& root, const Visit& visit) {
  visit_section(root, root_section(), visit);
}

void warn_of_plain_secrets(const Node& root, const std::string& path,
                           std::vector<Warning>& warnings) {
  const bool readable = is_world_readable(path);
  for_each_secret(root, [&](const Node& secret) {
    if (secret.text.empty() || has_reference(secret.text)) return;
    if (secret.mark.kind() == Source::Kind::command_line) {
      warnings.push_back({secret.mark.text(),
                          "a secret on the command line, where every process can read it; use "
                          "${env:NAME} or ${file:/path}"});
    } else if (readable && secret.mark.kind() == Source::Kind::file) {
      warnings.push_back({secret.mark.text(),
                          "a plain secret in a file that everybody may read; use "
                          "${file:/path}, or chmod 600"});
    }
  });
}

std::string masked(const Node& secret) {
  if (secret.text.empty()) return "";
  const bool shown = is_one_reference(secret.text) && secret.text.find(":-") == std::string::npos;
  return shown ? secret.text : "***";
}

}  // namespace iacdb::config
