#pragma once
// The interactive prompt of `iacdb sql`: the keys and backslash commands that psql's users know.
//
// Threads: one at a time.

#include <iacdb/database.hpp>
#include <string>

#include "cli/command.hpp"
#include "iacdb/dialect.hpp"

namespace iacdb::cli {

struct ShellOptions {
  std::string format = "table";
  bool read_only = false;
};

/// Runs until \q or the end of input; returns the exit code.
int run_shell(Database& db, const ShellOptions& options, Context& context);

/// Makes the database refuse changes for the rest of the session.
void make_read_only(Session& session, Dialect dialect);

}  // namespace iacdb::cli
