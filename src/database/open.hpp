#pragma once
// Opening a database from settings that somebody checked already: the command and the service do.
//
// Threads: safe to share.

#include <functional>
#include <iacdb/database.hpp>

#include "config/settings.hpp"

namespace iacdb::database {

/// Settings as they are now: secrets read anew.
using SettingsSource = std::function<config::DatabaseSettings()>;

/// Changes the options of the statements of a transaction from now on.
void set_options(Transaction& transaction, const Options& options);
/// What can be told without connecting: policies, the file of named statements. Throws:
/// ConfigError.
void check_settings(const config::DatabaseSettings& settings);
/// What the database was opened with; may be null.
std::shared_ptr<Observer> observer_of(const Database& database);
/// Prepares every named statement of a database; one line for each that cannot run.
std::vector<std::string> check_statements(const Database& database);
/// With a `source`, each new connection takes its user, password and TLS files from it, so that a
/// password that was changed needs no restart.
/// Throws: UnsupportedError for a backend this build lacks; ConnectError when nobody answers.
Database open(const config::DatabaseSettings& settings, const OpenOptions& options = {},
              const SettingsSource& source = {});

}  // namespace iacdb::database
