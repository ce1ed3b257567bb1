#pragma once
// DocumentStores: the service's document stores, each opened on its first use, as Registry's
// databases are.
//
//   DocumentStores stores(sources, observer);
//   bool well = stores.get("people").health().ok;
//
// Threads: safe to share.

#include <iacdb/documents.hpp>
#include <map>

#include "config/settings.hpp"
#include "http/open_once.hpp"

namespace iacdb::http {

class DocumentStores {
 public:
  /// Where a store's settings come from, asked when it is opened.
  using Source = std::function<config::DatabaseSettings()>;

  DocumentStores(std::map<std::string, Source> sources, std::shared_ptr<Observer> observer);

  std::vector<std::string> names() const;
  /// Throws: what opening throws; UsageError for an unknown name.
  DocumentStore get(const std::string& name);
  /// Of those that are open already.
  std::vector<DocumentMetrics> metrics() const;

 private:
  struct Entry {
    Source source;
    OpenOnce<DocumentStore> store;
  };
  std::shared_ptr<Observer> observer_;
  std::map<std::string, Entry> entries_;
};

}  // namespace iacdb::http
