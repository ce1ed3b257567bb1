#pragma once
// Settings in libmongoc's terms: a URI without the password, and how TLS checks certificates.

#include <mongoc/mongoc.h>

#include <iacdb/options.hpp>
#include <memory>

#include "config/settings.hpp"

namespace iacdb::doc {

struct MongoUriDeleter {
  void operator()(mongoc_uri_t* uri) const noexcept { mongoc_uri_destroy(uri); }
};
using MongoUri = std::unique_ptr<mongoc_uri_t, MongoUriDeleter>;

/// Throws: ConfigError for what MongoDB's URIs do not have.
MongoUri mongo_uri(const config::DatabaseSettings& settings, const PoolOptions& pool);
/// Points into `tls`.
mongoc_ssl_opt_t mongo_tls(const TlsSettings& tls);
bool uses_tls(const ConnectionSettings& settings);

}  // namespace iacdb::doc
