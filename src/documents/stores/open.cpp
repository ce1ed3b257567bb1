#include "documents/stores/open.hpp"

#include "documents/stores/sql/sql_store.hpp"

namespace iacdb::doc {

StorePtr open_store(std::string_view url, const OpenOptions& options) {
  if (url.starts_with("mongodb://") || url.starts_with("mongodb+srv://")) {
    raise(ErrorKind::unsupported,
          "this build has no mongodb:// store; documents are kept in sqlite: and postgres://");
  }
  return open_store(open(url, options));
}

StorePtr open_store(const Database& database) {
  return std::make_shared<SqlStore>(database);
}

}  // namespace iacdb::doc
