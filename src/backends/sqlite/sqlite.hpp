#pragma once
// The SQLite backend: an embedded database in one file, or in memory.
//
//   auto connection = backend_sqlite().connect({.backend = "sqlite", .database = "shop.db"}, {});
//
// What is set on every connection: WAL, synchronous=NORMAL (in WAL a power cut may undo the last
// commits, but never damages the file; `synchronous=full` keeps them), foreign keys on, a busy
// timeout of 5 s, and double quotes mean names only (a misspelt "column" is an error, not a text).
//
// In memory: ":memory:" is private to its connection, unless the option memory_id names it. Then it
// lives in SQLite's memdb VFS as file:/iacdb-<memory_id>?vfs=memdb, and all connections of the
// process that give the same name share it, with whole-database locks that honour the busy timeout.
// (Shared cache, the older way, answers SQLITE_LOCKED per table at once, and may read uncommitted
// rows.) start_pool() gives a pool's :memory: such a name and keeps it while the pool lives.
//
// Transactions are serializable, whatever weaker level was asked for. They begin IMMEDIATE: a
// deferred one that turns to writing after another wrote must fail without waiting. A read-only one
// begins DEFERRED, so that it hinders nobody, and every writing statement in it is refused as
// read_only before it starts.
//
// Values: a column's declared type only says what text is meant to be; SQLite stores any value in
// any column. Dates, times, decimals, UUIDs and intervals are kept as ISO text, booleans as 0 and
// 1. A decimal keeps its digits only in a column declared TEXT (or of no type): columns declared
// DECIMAL or NUMERIC turn '1.10' into the double 1.1, and keep 15 digits at most. That is SQLite's
// rule, therefore Capability::native_decimal is not set. Text that is no UTF-8 is a DataError.
//
// Threads: safe to share.
// See: https://sqlite.org/lang_transaction.html, https://sqlite.org/datatype3.html

#include "driver/driver.hpp"

namespace iacdb::backends {

const driver::Backend& backend_sqlite();

}  // namespace iacdb::backends
