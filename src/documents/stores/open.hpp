#pragma once
// Which store a URL means.

#include <iacdb/database.hpp>

#include "documents/stores/store.hpp"

namespace iacdb::doc {

/// Throws: ConfigError, ConnectError; UnsupportedError for a store that is not built in.
StorePtr open_store(std::string_view url, const OpenOptions& options);
StorePtr open_store(const Database& database);

}  // namespace iacdb::doc
