#pragma once
// Registry: the service's databases, each opened on its first use.
//
// A database that is down when the service starts does not keep it from starting: its requests are
// answered 503 until it is there. Threads: safe to share.

#include <functional>
#include <iacdb/database.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "http/open_once.hpp"
#include "observe/statement_spans.hpp"

namespace iacdb::http {

class Registry {
 public:
  /// Where a database's settings come from, asked when it is opened: secrets are read anew.
  using Source = std::function<config::DatabaseSettings()>;

  Registry(std::map<std::string, Source> sources, std::shared_ptr<Observer> observer);

  bool contains(std::string_view name) const { return entries_.contains(std::string(name)); }
  std::vector<std::string> names() const;
  /// Throws: what opening throws; UsageError for an unknown name.
  Database get(std::string_view name);
  /// Where it is, for traces; empty for one that was never opened.
  observe::DatabasePlace place(std::string_view name) const;
  /// Those that are open already.
  std::vector<Database> opened();
  void close(std::chrono::milliseconds drain);

 private:
  struct Open {
    Database database;
    observe::DatabasePlace place;
  };
  struct Entry {
    Source source;
    OpenOnce<Open> open;
  };
  std::shared_ptr<Observer> observer_;
  std::map<std::string, Entry> entries_;
};

}  // namespace iacdb::http
