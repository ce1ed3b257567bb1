// The public handles: thin covers of the executors.

#include "iacdb/database.hpp"

#include <thread>

#include "config/connection_string.hpp"
#include "database/executors.hpp"
#include "database/inside.hpp"
#include "database/open.hpp"
#include "iacdb/config.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace {

database::PoolExecutor& pool_executor(const std::shared_ptr<detail::Executor>& executor) {
  return static_cast<database::PoolExecutor&>(*executor);  // A Database has no other.
}

}  // namespace

namespace database {

Database open(const config::DatabaseSettings& settings, const OpenOptions& options,
              const SettingsSource& source) {
  return Database(std::make_shared<PoolExecutor>(DatabaseState::open(settings, options, source),
                                                 Options{.timeout = settings.query_timeout}));
}

std::vector<std::string> check_statements(const Database& database) {
  return Inside::state(database).check_statements({});
}

std::shared_ptr<Observer> observer_of(const Database& database) {
  return Inside::state(database).telemetry()->observer;
}

void set_options(Transaction& transaction, const Options& options) {
  /// Its executor is nobody else's business.
  struct Peek : Queryable {
    static std::shared_ptr<detail::Executor>& of(Queryable& queryable) {
      return queryable.*(&Peek::executor_);
    }
  };
  static_cast<PinnedExecutor&>(*Peek::of(transaction)).set_options(options);
}

}  // namespace database

Database open(std::string_view url, const OpenOptions& options) {
  return database::open(config::parse_url(url), options);
}

Database open(const Config& config, std::string_view name, const OpenOptions& options) {
  const database::SettingsSource source = [config, key = std::string(name)] {
    return config.settings().database(key);
  };
  return database::open(source(), options, source);
}

Transaction Queryable::begin(const TransactionOptions& options) {
  return Transaction(executor_->begin(options));
}

Transaction::~Transaction() {
  if (executor_) static_cast<database::PinnedExecutor&>(*executor_).abandon();
}
void Transaction::commit() {
  executor_->commit();
}
void Transaction::rollback() {
  executor_->rollback();
}

Database Database::with(const Options& options) const {
  return Database(executor_->with(options));
}
Session Database::session() {
  return Session(pool_executor(executor_).session());
}
const std::string& Database::name() const {
  return pool_executor(executor_).state().name();
}
std::string_view Database::statement(std::string_view name) const {
  const auto& statements = pool_executor(executor_).state().telemetry()->statements;
  if (!statements) {
    raise(ErrorKind::usage,
          "this database was opened without named statements; give `statements` in its "
          "configuration or OpenOptions::statements_file");
  }
  return statements->named(name).text;
}
void Database::close(std::chrono::milliseconds drain) {
  pool_executor(executor_).state().pool().close(drain);
}

Metrics Database::metrics() const {
  database::DatabaseState& state = pool_executor(executor_).state();
  Metrics metrics;
  metrics.database = state.name();
  metrics.backend = state.telemetry()->backend;
  metrics.pool = state.pool().metrics();
  metrics.statements = state.telemetry()->counters.snapshot();
  return metrics;
}

namespace detail {

void raise_row_count(std::uint64_t expected, bool more) {
  raise(ErrorKind::row_count, more ? "the statement returned more than one row; at most " +
                                         std::to_string(expected) + " was expected"
                                   : "the statement returned no row; exactly one was expected");
}

}  // namespace detail
}  // namespace iacdb
