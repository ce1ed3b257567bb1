#pragma once
// The databases that a translation is run on, through their own client libraries and their text
// protocols: what is judged is the statement, not our drivers.
//
//   auto server = connect(Dialect::postgres);
//   server->reset();
//   std::vector<Row> rows = server->run("select 1");

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "iacdb/dialect.hpp"

namespace iacdb::sql_cases {

using Row = std::vector<std::optional<std::string>>;

class Server {
 public:
  virtual ~Server() = default;
  /// An empty database again.
  virtual void reset() = 0;
  /// Throws std::runtime_error with the server's message.
  virtual std::vector<Row> run(const std::string& statement) = 0;
};

/// From IACDB_TEST_*; nullptr for a dialect without a server here. Throws std::runtime_error.
std::unique_ptr<Server> connect(Dialect dialect);

}  // namespace iacdb::sql_cases
