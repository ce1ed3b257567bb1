// Fuzz: configuration files of every form. Whatever loads must be shown and load again to the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "config/load.hpp"
#include "config/problem.hpp"
#include "config/show.hpp"

namespace {

using namespace iacdb::config;

std::shared_ptr<const Settings> load(std::string text, const char* name) {
  return load_settings({.path = name,
                        .text = std::move(text),
                        .environment = Environment(std::map<std::string, std::string>()),
                        .use_environment = false});
}

void check(const std::string& text, const char* name) {
  std::shared_ptr<const Settings> settings;
  try {
    settings = load(text, name);
  } catch (const iacdb::ConfigError&) {
    return;
  }
  const ShowOptions plain{.origins = false, .secrets = true};
  const std::string shown = show_settings(*settings, plain);
  try {
    if (show_settings(*load(shown, "shown.yaml"), plain) != shown) std::abort();
  } catch (const iacdb::ConfigError&) {
    std::abort();  // What is shown must load.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(text, data[0] % 2 == 0 ? "f.yaml" : "f.json");
  return 0;
}
