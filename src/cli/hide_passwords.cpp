// Passwords on the command line, out of the process list: what others see is overwritten.

#include <algorithm>
#include <string_view>

#include "cli/command.hpp"

namespace iacdb::cli {
namespace {

void hide(char* argument, std::size_t begin, std::size_t end) {
  std::fill(argument + begin, argument + end, '*');
}

}  // namespace

void hide_passwords(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
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
