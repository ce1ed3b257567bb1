#include <array>
#include <iacdb/health.hpp>
#include <iacdb/observer.hpp>

namespace iacdb {

std::string_view to_string(PoolEvent::What what) noexcept {
  constexpr std::array<std::string_view, 8> names = {
      "opened", "closed",        "open_failed",    "acquire_timeout",
      "leak",   "reset_dropped", "breaker_opened", "breaker_closed",
  };
  return names[static_cast<std::size_t>(what)];
}

std::string_view to_string(BreakerState state) noexcept {
  constexpr std::array<std::string_view, 3> names = {"closed", "open", "half_open"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace iacdb
