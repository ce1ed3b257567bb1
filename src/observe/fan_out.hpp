#pragma once
// FanOut: several observers as one; what one of them throws is counted and does not reach the rest.
//
//   auto both = std::make_shared<observe::FanOut>(std::vector{log, groups});
//   auto db = iacdb::open(url, {.observer = both});
//
// Threads: safe to share.

#include <atomic>
#include <cstdint>
#include <iacdb/observer.hpp>
#include <memory>
#include <vector>

namespace iacdb::observe {

class FanOut final : public Observer {
 public:
  /// Null entries are left out.
  explicit FanOut(std::vector<std::shared_ptr<Observer>> observers);

  void on_query(const QueryEvent& event) override;
  void on_pool(const PoolEvent& event) override;
  std::chrono::nanoseconds plan_after(std::string_view database) const override;

  std::uint64_t failures() const noexcept { return failures_; }

 private:
  template <class Call>
  void tell(const Call& call) noexcept;

  std::vector<std::shared_ptr<Observer>> observers_;
  std::atomic<std::uint64_t> failures_ = 0;
};

}  // namespace iacdb::observe
