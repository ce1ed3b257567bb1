#include "database/coordinator.hpp"

#include <algorithm>
#include <charconv>

#include "database/inside.hpp"
#include "iacdb/error.hpp"

namespace iacdb {

using database::BranchExecutor;
using database::Inside;
using database::Told;

// --- Coordinator::State ---

std::string Coordinator::State::start() {
  const std::lock_guard guard(mutex_);
  std::string name = log.new_transaction();
  run_ = name.substr(0, name.rfind('-') + 1);
  ++started_;
  running_.insert(name);
  return name;
}

void Coordinator::State::finish(const std::string& transaction) noexcept {
  const std::lock_guard guard(mutex_);
  running_.erase(transaction);
}

Coordinator::State::Running Coordinator::State::running() const {
  const std::lock_guard guard(mutex_);
  Running running;
  running.names_ = running_;
  running.run_ = run_;
  running.started_ = started_;
  return running;
}

bool Coordinator::State::Running::contains(const std::string& transaction) const {
  if (names_.contains(transaction)) return true;
  if (run_.empty() || !transaction.starts_with(run_)) return false;
  std::uint64_t number = 0;
  std::from_chars(transaction.data() + run_.size(), transaction.data() + transaction.size(),
                  number);
  return number > started_;
}

Decision Coordinator::State::decision(const std::string& transaction,
                                      const Running& running) const {
  if (!transaction.starts_with(log.prefix())) return Decision::unknown;
  if (running.contains(transaction)) return Decision::undecided;
  return log.is_committed(transaction) ? Decision::commit : Decision::rollback;
}

// --- DistributedTransaction::State ---

DistributedTransaction::State::~State() {
  constexpr std::chrono::seconds destructor_timeout{5};
  if (phase != Phase::ended) {
    roll_back(
        std::min<std::chrono::milliseconds>(coordinator->options.timeout, destructor_timeout));
  }
  coordinator->finish(id);
}

void DistributedTransaction::State::begin(const Database& database,
                                          const TransactionOptions& options) {
  database::PoolExecutor& executor = Inside::executor(database);
  const auto number = static_cast<std::uint32_t>(parts.size());
  auto branch = executor.branch({id, number}, options);
  parts.push_back({branch, Branch(branch)});
}

void DistributedTransaction::State::require_active() const {
  if (phase == Phase::active) return;
  raise(ErrorKind::usage, phase == Phase::prepared
                              ? "the transaction is prepared already: commit or roll it back"
                              : "the distributed transaction has ended; begin another one");
}

void DistributedTransaction::State::prepare() {
  require_active();
  const auto deadline = base::Deadline::after_timeout(coordinator->options.timeout);
  try {
    for (const Part& part : parts) part.executor->prepare(deadline);
  } catch (const Error&) {
    roll_back(coordinator->options.timeout);
    throw;
  }
  phase = Phase::prepared;
}

std::vector<std::string> DistributedTransaction::State::commit() {
  if (phase != Phase::prepared) prepare();
  try {
    coordinator->log.commit(id, static_cast<std::uint32_t>(parts.size()));
  } catch (const InDoubtError&) {
    phase = Phase::ended;  // The log has the last word, once it can be read again.
    for (const Part& part : parts) part.executor->let_go();
    throw;
  } catch (const Error&) {
    roll_back(coordinator->options.timeout);
    throw;
  }
  phase = Phase::ended;
  const auto deadline = base::Deadline::after_timeout(coordinator->options.timeout);
  std::vector<std::string> left;
  for (const Part& part : parts) {
    const Told told = part.executor->end(true, deadline);
    if (told == Told::confirmed) coordinator->log.acknowledge(id, part.executor->id().number);
    if (told == Told::not_reached) left.push_back(part.executor->state().name());
  }
  return left;
}

std::vector<std::string> DistributedTransaction::State::roll_back(
    std::chrono::milliseconds timeout) noexcept {
  phase = Phase::ended;
  const auto deadline = base::Deadline::after_timeout(timeout);
  std::vector<std::string> left;
  for (const Part& part : parts) {
    if (part.executor->end(false, deadline) == Told::not_reached) {
      left.push_back(part.executor->state().name());
    }
  }
  return left;
}

// --- the public handles ---

DistributedTransaction::DistributedTransaction(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
DistributedTransaction::DistributedTransaction(DistributedTransaction&&) noexcept = default;
DistributedTransaction::~DistributedTransaction() = default;

Branch& DistributedTransaction::operator[](std::size_t place) {
  if (place >= state_->parts.size()) {
    raise(ErrorKind::usage, "the distributed transaction has only " +
                                std::to_string(state_->parts.size()) + " branches");
  }
  return state_->parts[place].branch;
}

Branch& DistributedTransaction::on(const Database& database) {
  for (auto& part : state_->parts) {
    if (&part.executor->state() == &Inside::state(database)) return part.branch;
  }
  raise(ErrorKind::usage,
        "database '" + database.name() + "' takes no part in this distributed transaction");
}

const std::string& DistributedTransaction::id() const noexcept {
  return state_->id;
}
void DistributedTransaction::prepare() {
  state_->prepare();
}
std::vector<std::string> DistributedTransaction::commit() {
  if (state_->phase != State::Phase::prepared) state_->require_active();
  return state_->commit();
}
std::vector<std::string> DistributedTransaction::rollback() {
  if (state_->phase != State::Phase::prepared) state_->require_active();
  return state_->roll_back(state_->coordinator->options.timeout);
}

namespace {

void require_two_phase_commit(const Database& database) {
  const Capabilities can = Inside::executor(database).can();
  if (can.has(Capability::two_phase_commit)) return;
  ErrorFacts facts{.kind = ErrorKind::unsupported, .backend = can.backend};
  facts.message = "database '" + database.name() + "' (" + can.product + " " + can.version +
                  ") cannot take part in a transaction over several databases: it has no two-phase "
                  "commit";
  if (can.backend == "postgres") {
    facts.message +=
        "; set its max_prepared_transactions above 0, use its primary, and open it "
        "again";
  }
  raise(std::move(facts));
}

}  // namespace

Coordinator::Coordinator(const std::string& log_path, const CoordinatorOptions& options)
    : state_(std::make_shared<State>(log_path, options)) {}

DistributedTransaction Coordinator::begin(const std::vector<Database>& databases,
                                          const TransactionOptions& options) {
  if (databases.empty()) raise(ErrorKind::usage, "a distributed transaction needs a database");
  std::set<const database::DatabaseState*> seen;
  for (const Database& database : databases) {
    require_two_phase_commit(database);
    if (seen.insert(&Inside::state(database)).second) continue;
    raise(ErrorKind::usage, "database '" + database.name() + "' is named twice; once is enough");
  }
  auto state = std::make_unique<DistributedTransaction::State>(state_);
  state->parts.reserve(databases.size());
  for (const Database& database : databases) state->begin(database, options);
  return DistributedTransaction(std::move(state));
}

std::string_view to_string(Decision decision) noexcept {
  switch (decision) {
    case Decision::commit:
      return "commit";
    case Decision::rollback:
      return "rollback";
    case Decision::undecided:
      return "undecided";
    case Decision::unknown:
      return "unknown";
  }
  return "";
}

}  // namespace iacdb
