#include "database/state.hpp"

#include <atomic>
#include <functional>

#include "database/statement_check.hpp"
#include "driver/option_check.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

[[noreturn]] void raise_no_backend(const std::string& name) {
  if (name == "mongodb") {
    raise(ErrorKind::unsupported,
          "mongodb keeps documents and takes no SQL; use iacdb doc, in a program open_documents()");
  }
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

/// Throws: ConfigError for a policy or a value that there is not.
sql::Policies policies_of(const config::DatabaseSettings& settings) {
  sql::Policies policies;
  try {
    for (const auto& [name, value] : settings.policies) sql::set_policy(policies, name, value);
  } catch (const UsageError& error) {
    ErrorFacts facts = error.facts();
    facts.kind = ErrorKind::config;
    facts.where = "policies of " + settings.name;
    raise(std::move(facts));
  }
  return policies;
}

/// The file of named statements, or null. Throws: ConfigError.
std::shared_ptr<const sql::NamedStatements> statements_of(const config::DatabaseSettings& settings,
                                                          const OpenOptions& options,
                                                          Dialect dialect) {
  const std::string& file =
      options.statements_file.empty() ? settings.statements : options.statements_file;
  if (file.empty()) return nullptr;
  auto read = std::make_shared<sql::NamedStatements>(sql::NamedStatements::read(file, dialect));
  if (read->dialect() == dialect) return read;
  raise(ErrorFacts{.kind = ErrorKind::config,
                   .message = "the file's statements are in " +
                              std::string(to_string(read->dialect())) +
                              ", but the program's are in " + std::string(to_string(dialect)) +
                              "; set source_dialect, or the file's dialect",
                   .where = file});
}

void raise_unless_empty(const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  std::string more;
  if (problems.size() > 1) {
    more = "; and " + std::to_string(problems.size() - 1) +
           " more, listed by `iacdb config check --connect`";
  }
  raise(ErrorKind::config, "a named statement cannot run on this database: " + problems[0] + more);
}

}  // namespace

void check_settings(const config::DatabaseSettings& settings) {
  static_cast<void>(policies_of(settings));
  const Dialect own = dialect_of(settings.connection.backend);
  const auto source = source_of(settings, {}, settings.connection.backend);
  static_cast<void>(statements_of(settings, {}, source.value_or(own)));
}

std::vector<std::string> DatabaseState::check_statements(const driver::Call& call) {
  if (!telemetry_->statements) return {};
  pool::Lease lease = pool_->acquire(call);
  return database::check_statements(lease.connection(), *telemetry_->statements,
                                    telemetry_->policies, call);
}

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
  state->telemetry_->policies = options.policies ? *options.policies : policies_of(settings);
  const Dialect own = dialect_of(backend->name());
  state->telemetry_->statements =
      statements_of(settings, options, state->telemetry_->source_dialect.value_or(own));
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
  if (options.check_statements) raise_unless_empty(state->check_statements(call));
  return state;
}

}  // namespace iacdb::database
