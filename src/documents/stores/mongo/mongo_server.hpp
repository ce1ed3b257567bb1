#pragma once
// MongoServer: hands MongoDB's commands to a MongoDB deployment as they are, and its replies back.
//
// What is not handed on as it is: a transaction of a command's own session becomes one of
// libmongoc; writes larger than a message become several.

#include <functional>

#include "documents/command/server.hpp"
#include "iacdb/options.hpp"

namespace iacdb {
namespace config {
struct DatabaseSettings;
}

namespace doc {

/// Throws: ConfigError, ConnectError.
ServerPtr open_mongo(const config::DatabaseSettings& settings, const OpenOptions& options);

/// Runs an insert, update or delete in as many commands as its size needs; one reply. As one
/// command, it ends at the first error when it is ordered.
Object run_in_parts(const Object& command, const std::function<Object(const Object&)>& run);

}  // namespace doc
}  // namespace iacdb
