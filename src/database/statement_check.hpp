#pragma once
// Named statements are tried on a database before anybody needs them: prepared, never run.
//
//   for (const std::string& line : check_statements(connection, statements, {}, call)) ...
//
// A line is "orders.sql:12: orders_of for postgres: column \"x\" does not exist". PostgreSQL
// prepares queries and changes of data; of other statements it is only known that they translate.
// Throws: what breaks the connection. Cost: two to three round trips a statement.

#include <string>
#include <vector>

#include "driver/driver.hpp"
#include "sql/named_statements.hpp"

namespace iacdb::database {

/// Empty: all can run.
std::vector<std::string> check_statements(driver::Connection& connection,
                                          const sql::NamedStatements& statements,
                                          const sql::Policies& policies, const driver::Call& call);

}  // namespace iacdb::database
