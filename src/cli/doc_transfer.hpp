#pragma once
// The import and export commands of `iacdb doc`.
//
//   add_doc_import(group, context);   // group: the subcommand `doc`
//
// Threads: one at a time.

#include "cli/command.hpp"

namespace iacdb::cli {

void add_doc_import(CLI::App& group, Context& context);
void add_doc_export(CLI::App& group, Context& context);

}  // namespace iacdb::cli
