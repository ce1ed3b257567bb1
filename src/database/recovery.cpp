#include "database/recovery.hpp"

#include <set>

#include "database/coordinator.hpp"
#include "database/inside.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace database {
namespace {

std::vector<driver::BranchId> branches_of(const Database& database, std::string_view prefix,
                                          std::chrono::milliseconds timeout) {
  DatabaseState& state = Inside::state(database);
  const driver::Call call{base::Deadline::after_timeout(timeout), {}};
  pool::Lease lease = state.pool().acquire(call, "two-phase commit");
  // What the server's settings allow now does not matter: branches may be left from before.
  if (!lease.connection().can().has(Capability::two_phase_commit)) return {};
  return lease.connection().prepared_branches(prefix, call);
}

}  // namespace

std::vector<PreparedBranch> find_prepared(const std::vector<Database>& databases,
                                          std::chrono::milliseconds timeout) {
  std::vector<PreparedBranch> found;
  // MariaDB shows the branches of the whole server.
  std::set<std::pair<std::string, std::uint32_t>> seen;
  for (const Database& database : databases) {
    for (const driver::BranchId& id : branches_of(database, branch_prefix, timeout)) {
      if (!seen.emplace(id.transaction, id.number).second) continue;
      found.push_back({database.name(), id.transaction, id.number, Decision::unknown});
    }
  }
  return found;
}

}  // namespace database

std::vector<PreparedBranch> Coordinator::list(const std::vector<Database>& databases) const {
  const State::Running running = state_->running();
  auto found = database::find_prepared(databases, state_->options.timeout);
  for (PreparedBranch& branch : found) {
    branch.decision = state_->decision(branch.transaction, running);
  }
  return found;
}

Recovery Coordinator::recover(const std::vector<Database>& databases) {
  const State::Running running = state_->running();
  const auto deadline = base::Deadline::after_timeout(state_->options.timeout);
  Recovery recovery;
  const auto recover_branch = [&](const Database& database, PreparedBranch branch) {
    branch.decision = state_->decision(branch.transaction, running);
    const bool commit = branch.decision == Decision::commit;
    if (!commit && branch.decision != Decision::rollback) {
      recovery.left.push_back(std::move(branch));
      return;
    }
    std::string problem;
    const database::Told told =
        database::end_anywhere(database::Inside::state(database),
                               {branch.transaction, branch.number}, commit, deadline, problem);
    if (told == database::Told::not_reached) {
      recovery.problems.push_back(branch.transaction + " on '" + branch.database + "': " + problem);
      recovery.left.push_back(std::move(branch));
    } else if (told == database::Told::confirmed) {
      if (commit) state_->log.acknowledge(branch.transaction, branch.number);
      (commit ? recovery.committed : recovery.rolled_back).push_back(std::move(branch));
    }
  };
  for (const Database& database : databases) {
    try {
      for (PreparedBranch& branch : database::find_prepared({database}, state_->options.timeout)) {
        recover_branch(database, std::move(branch));
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::usage) throw;
      recovery.problems.push_back("'" + database.name() + "': " + error.what());
    }
  }
  return recovery;
}

}  // namespace iacdb
