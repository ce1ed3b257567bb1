#include "database/state.hpp"

#include <atomic>
#include <functional>

#include "driver/option_check.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

[[noreturn]] void raise_no_backend(const std::string& name) {
  for (const driver::MissingBackend& missing : driver::missing_backends()) {
    if (missing.name == name) {
      raise(ErrorKind::unsupported,
            "this build has no backend for \"" + name + "\"; " + std::string(missing.hint));
    }
  }
  std::string known;
  for (const driver::Backend* backend : driver::backends()) {
    if (!known.empty()) known += ", ";
    known += backend->name();
  }
  raise(ErrorKind::unsupported, "no backend is called \"" + name + "\"; this build has " + known);
}

/// What may change without a restart: who logs in and with what. The address and the options stay.
void refresh_secrets(ConnectionSettings& connection, const config::DatabaseSettings& now) {
  connection.username = now.connection.username;
  connection.password = now.connection.password;
  connection.tls = now.connection.tls;
}

/// The dialect to translate from, or nothing where the SQL is the database's own.
std::optional<Dialect> source_of(const config::DatabaseSettings& settings,
                                 const OpenOptions& options, std::string_view backend) {
  std::optional<Dialect> source = options.source_dialect;
  if (!source && settings.source_dialect != config::SourceDialect::own) {
    source = static_cast<Dialect>(static_cast<int>(settings.source_dialect) - 1);
  }
  if (source && *source == dialect_of(backend)) return std::nullopt;
  return source;
}

}  // namespace

std::shared_ptr<DatabaseState> DatabaseState::open(
    const config::DatabaseSettings& settings, const OpenOptions& options,
    const std::function<config::DatabaseSettings()>& source) {
  const driver::Backend* backend = driver::find_backend(settings.connection.backend);
  if (!backend) raise_no_backend(settings.connection.backend);
  driver::check_options(settings.connection, *backend);

  ConnectionSettings connection = settings.connection;
  connection.statement_cache_size = options.statement_cache_size;
  connection.batch_rows = options.batch_rows;
  std::string name = options.name.empty() ? settings.name : options.name;
  if (name.empty()) name = connection.database.empty() ? connection.backend : connection.database;

  auto state = std::make_shared<DatabaseState>();
  state->kept_ = backend->start_pool(connection);
  state->transaction_timeout_ = settings.transaction_timeout;
  state->telemetry_ = std::make_shared<Telemetry>();
  state->telemetry_->database = name;
  state->telemetry_->backend = backend->name();
  state->telemetry_->observer = options.observer;
  state->telemetry_->source_dialect = source_of(settings, options, backend->name());
  const auto connect_timeout = connection.connect_timeout;
  state->pool_ = pool::Pool::make(
      name, options.pool.value_or(settings.pool),
      [backend, connection = std::move(connection), source,
       first = std::make_shared<std::atomic_flag>()](const driver::Call& call) {
        // The first connection comes at once: what was just read need not be read again.
        if (!source || !first->test_and_set()) return backend->connect(connection, call);
        ConnectionSettings current = connection;
        refresh_secrets(current, source());
        return backend->connect(current, call);
      },
      options.observer);

  const driver::Call call{base::Deadline::after_timeout(connect_timeout), {}};
  state->pool_->warm_up(call);
  state->can_ = state->pool_->acquire_to_look(call).connection().can();
  return state;
}

}  // namespace iacdb::database
