#pragma once
// The copy command of `iacdb doc`.
//
//   add_doc_copy(group, context);   // group: the subcommand `doc`
//
// Threads: one at a time.

#include "cli/command.hpp"

namespace iacdb::cli {

void add_doc_copy(CLI::App& group, Context& context);

}  // namespace iacdb::cli
