#pragma once
// Opens the document store that a command line names: SQL or MongoDB.

#include <iacdb/documents.hpp>

#include "cli/command.hpp"

namespace iacdb::cli {

DocumentStore open_document_store(Context& context, const Target& target,
                                  const OpenOptions& options);

}  // namespace iacdb::cli
