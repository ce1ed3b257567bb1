#include "cli/doc_open.hpp"

#include "documents/stores/open.hpp"

namespace iacdb::cli {

DocumentStore open_document_store(Context& context, const Target& target,
                                  const OpenOptions& options) {
  return DocumentStore(doc::open_server(context.document_settings(target), options));
}

}  // namespace iacdb::cli
