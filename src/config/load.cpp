#include "config/load.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "config/bind.hpp"
#include "config/document.hpp"
#include "config/legacy.hpp"
#include "config/overlay.hpp"
#include "config/reader.hpp"
#include "config/secret_places.hpp"
#include "config/spread.hpp"

namespace iacdb::config {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;

std::string read_file(const std::string& path) {
  const Mark mark = Mark::of(path);
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    raise_problem(mark, std::string("the configuration cannot be read: ") + std::strerror(errno));
  }
  if (S_ISDIR(facts.st_mode)) raise_problem(mark, "a folder; name the file in it");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) raise_problem(mark, "the configuration cannot be read; check its permissions");
  std::string text(file_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;  // One byte too many tells the reader that the limit is exceeded.
}

bool is_file(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

bool is_legacy_file(const std::string& path) {
  if (!is_file(path)) return false;
  try {
    return is_legacy(read_document(read_file(path), path));
  } catch (const ConfigError&) {
    return false;
  }
}

/// Collects the sources of one load into one tree.
class Loading {
 public:
  explicit Loading(const LoadRequest& request) : request_(request) {}

  std::shared_ptr<const Settings> load() {
    read_file_or_text();
    if (request_.use_environment) {
      lay_environment(root_, request_.environment, problems_, settings_->warnings);
    }
    lay_command_line(root_, request_.assignments, problems_);
    spread_urls(root_, problems_, settings_->warnings);
    BindContext context{.problems = problems_,
                        .environment = request_.environment,
                        .warnings = &settings_->warnings};
    bind_section(root_, root_section(), settings_.get(), context);
    problems_.raise_if_any();
    bind_resolved({"log", "metrics", "health"});
    warn_of_plain_secrets(root_, path_, settings_->warnings);
    settings_->document = std::make_shared<const Document>(
        Document{.root = std::move(root_), .environment = request_.environment});
    return settings_;
  }

 private:
  void read_file_or_text() {
    root_ = Node::mapping({});
    bool is_modern = false;
    if (request_.text) {
      is_modern = take(read_document(*request_.text, request_.path));
    } else {
      path_ = request_.path.empty() ? find_configuration(request_.environment) : request_.path;
      if (!path_.empty()) is_modern = take(read_document(read_file(path_), path_));
    }
    if (is_modern || !request_.use_environment) return;
    lay_legacy_environment(root_, request_.environment, problems_);
  }

  /// True when the document is in today's form and says something.
  bool take(Node document) {
    if (document.kind == Node::Kind::null) return false;
    if (!document.is_mapping()) {
      raise_problem(document.mark, "a configuration is a section of keys, such as databases:");
    }
    const bool legacy = is_legacy(document);
    root_ = legacy ? convert_legacy(document, problems_) : std::move(document);
    return !legacy;
  }

  void bind_resolved(std::initializer_list<std::string_view> names) {
    BindContext context{
        .problems = problems_, .environment = request_.environment, .resolve = true};
    for (const std::string_view name : names) {
      const Node* node = root_.find(name);
      if (node == nullptr) continue;
      bind_section(*node, *root_section().find(name)->section, settings_.get(), context);
    }
    problems_.raise_if_any();
  }

  const LoadRequest& request_;
  std::shared_ptr<Settings> settings_ = std::make_shared<Settings>();
  Problems problems_;
  Node root_;
  std::string path_;
};

}  // namespace

std::shared_ptr<const Settings> load_settings(const LoadRequest& request) {
  return Loading(request).load();
}

std::string find_configuration(const Environment& environment) {
  if (auto path = environment.get("IACDB_CONFIG"); path && !path->empty()) return *path;
  for (const char* path : {"iacdb.yaml", "iacdb.json"}) {
    if (is_file(path)) return path;
  }
  if (is_legacy_file("configuration.json")) return "configuration.json";
  std::string folder = environment.get("XDG_CONFIG_HOME").value_or("");
  if (folder.empty()) {
    if (const auto home = environment.get("HOME"); home && !home->empty())
      folder = *home + "/.config";
  }
  if (!folder.empty() && is_file(folder + "/iacdb/iacdb.yaml")) return folder + "/iacdb/iacdb.yaml";
  if (is_file("/etc/iacdb/iacdb.yaml")) return "/etc/iacdb/iacdb.yaml";
  return "";
}

}  // namespace iacdb::config
