// Passwords on the command line, out of the process list: what others see is overwritten.

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "cli/command.hpp"

namespace iacdb::cli {
namespace {

void hide(char* argument, std::size_t begin, std::size_t end) {
  std::fill(argument + begin, argument + end, '*');
}

/// KEY=VALUE of --setting, where the key is one of a secret.
void hide_setting(char* argument, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return;
  const std::string key = base::lower(text.substr(0, equals));
  for (const std::string_view word : {"password", "token", "secret"}) {
    if (key.find(word) != key.npos) return hide(argument, equals + 1, text.size());
  }
}

}  // namespace

void hide_passwords(int argc, char** argv) {
  constexpr std::string_view setting = "--setting";
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    if (i > 1 && argv[i - 1] == setting) hide_setting(argv[i], text);
    if (text.starts_with("--setting=")) {
      hide_setting(argv[i] + setting.size() + 1, text.substr(setting.size() + 1));
    }
    const std::size_t scheme = text.find("://");
    if (scheme == text.npos) continue;
    const std::size_t query = std::min(text.find('?', scheme), text.size());
    const std::size_t at = text.substr(0, query).rfind('@');
    const std::size_t colon = text.find(':', scheme + 3);
    if (at != text.npos && colon < at) hide(argv[i], colon + 1, at);
    for (const std::string_view name : {"password=", "sslpassword="}) {
      for (std::size_t found = text.find(name, query); found != text.npos;
           found = text.find(name, found + 1)) {
        hide(argv[i], found + name.size(), std::min(text.find('&', found), text.size()));
      }
    }
  }
}

}  // namespace iacdb::cli
