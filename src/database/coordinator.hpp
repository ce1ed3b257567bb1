#pragma once
// What stands behind Coordinator and DistributedTransaction.
//
// Threads: Coordinator::State: safe to share; DistributedTransaction::State: one at a time.

#include <iacdb/two_phase.hpp>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "database/branch.hpp"
#include "database/decision_log.hpp"

namespace iacdb {

class Coordinator::State {
 public:
  State(const std::string& path, const CoordinatorOptions& with) : log(path), options(with) {}

  /// Names a transaction and counts it as running, until finish().
  std::string start();
  void finish(const std::string& transaction) noexcept;

  /// The transactions that may be at work now: their branches are not to be touched.
  class Running {
   public:
    bool contains(const std::string& transaction) const;

   private:
    friend class State;
    std::set<std::string> names_;
    std::string run_;            ///< What the names of this run begin with.
    std::uint64_t started_ = 0;  ///< Later ones started since.
  };
  Running running() const;
  Decision decision(const std::string& transaction, const Running& running) const;

  database::DecisionLog log;
  const CoordinatorOptions options;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> running_;
  std::string run_;
  std::uint64_t started_ = 0;
};

struct DistributedTransaction::State {
  struct Part {
    std::shared_ptr<database::BranchExecutor> executor;
    Branch branch;
  };
  enum class Phase : std::uint8_t { active, prepared, ended };

  explicit State(std::shared_ptr<Coordinator::State> with)
      : coordinator(std::move(with)), id(coordinator->start()) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void begin(const Database& database, const TransactionOptions& options);
  void prepare();
  std::vector<std::string> commit();
  std::vector<std::string> roll_back(std::chrono::milliseconds timeout) noexcept;
  void require_active() const;

  std::shared_ptr<Coordinator::State> coordinator;
  const std::string id;
  std::vector<Part> parts;
  Phase phase = Phase::active;
};

}  // namespace iacdb
