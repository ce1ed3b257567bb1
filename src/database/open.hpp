#pragma once
// Opening a database from settings that somebody checked already: the command and the service do.
//
// Threads: safe to share.

#include <iacdb/database.hpp>

#include "config/settings.hpp"

namespace iacdb::database {

/// Throws: UnsupportedError for a backend this build lacks; ConnectError when nobody answers.
Database open(const config::DatabaseSettings& settings, const OpenOptions& options = {});

}  // namespace iacdb::database
