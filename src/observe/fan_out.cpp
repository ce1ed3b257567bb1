#include "observe/fan_out.hpp"

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

}  // namespace iacdb::observe
