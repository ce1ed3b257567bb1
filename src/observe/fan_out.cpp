#include "observe/fan_out.hpp"

#include <algorithm>

namespace iacdb::observe {

FanOut::FanOut(std::vector<std::shared_ptr<Observer>> observers)
    : observers_(std::move(observers)) {
  std::erase(observers_, nullptr);
}

template <class Call>
void FanOut::tell(const Call& call) noexcept {
  for (const auto& observer : observers_) {
    try {
      call(*observer);
    } catch (...) {
      ++failures_;
    }
  }
}

void FanOut::on_query(const QueryEvent& event) {
  tell([&](Observer& observer) { observer.on_query(event); });
}

void FanOut::on_pool(const PoolEvent& event) {
  tell([&](Observer& observer) { observer.on_pool(event); });
}

std::chrono::nanoseconds FanOut::plan_after(std::string_view database) const {
  auto least = std::chrono::nanoseconds::max();
  for (const auto& observer : observers_) least = std::min(least, observer->plan_after(database));
  return least;
}

}  // namespace iacdb::observe
