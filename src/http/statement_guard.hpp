#pragma once
// The guard: which statements a right allows, decided from the text before the database sees it.
//
//   check_statement(body, Dialect::postgres, Access::read);   // throws HttpError 403
//
// It is the first of two lines: a read right also runs in a read-only transaction, so that what a
// statement calls is held by the database. The guard stops what that transaction does not: text
// that ends it, that another reading of quotes would split in two, and functions that write past
// it (large objects, other connections, server administration). Doubt is refused.
// Threads: pure functions.

#include "config/settings.hpp"
#include "http/statement_body.hpp"
#include "iacdb/dialect.hpp"

namespace iacdb::http {

void check_statement(const StatementBody& body, Dialect dialect, config::Access right);

}  // namespace iacdb::http
