#include "moving_name.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <map>
#include <mutex>

namespace iacdb::chaos {
namespace {

struct Names {
  std::mutex mutex;
  std::map<std::string, std::string, std::less<>> addresses;
};

Names& names() {
  static Names& instance = *new Names();  // Look-ups may still run when the process ends.
  return instance;
}

}  // namespace

void MovingNames::set(const std::string& name, const std::string& address) {
  const std::lock_guard guard(names().mutex);
  names().addresses[name] = address;
}

}  // namespace iacdb::chaos

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto system_function = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  std::string address;
  if (node != nullptr) {
    const std::lock_guard guard(iacdb::chaos::names().mutex);
    const auto found = iacdb::chaos::names().addresses.find(std::string_view(node));
    if (found != iacdb::chaos::names().addresses.end()) address = found->second;
  }
  // As a name server would: a name is no number.
  if (!address.empty() && hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0) {
    return EAI_NONAME;
  }
  return system_function(address.empty() ? node : address.c_str(), service, hints, result);
}
