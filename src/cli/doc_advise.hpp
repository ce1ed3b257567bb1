#pragma once
// The advise command of `iacdb doc`.
//
//   add_doc_advise(group, context);   // group: the subcommand `doc`
//
// Threads: one at a time.

#include "cli/command.hpp"

namespace iacdb::cli {

void add_doc_advise(CLI::App& group, Context& context);

}  // namespace iacdb::cli
