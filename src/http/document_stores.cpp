#include "http/document_stores.hpp"

#include "documents/stores/open.hpp"

namespace iacdb::http {

DocumentStores::DocumentStores(std::map<std::string, Source> sources,
                               std::shared_ptr<Observer> observer)
    : observer_(std::move(observer)) {
  for (auto& [name, source] : sources) entries_[name].source = std::move(source);
}

std::vector<std::string> DocumentStores::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : entries_) names.push_back(name);
  return names;
}

DocumentStore DocumentStores::get(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    raise(ErrorKind::usage, "no document store of that name is configured");
  }
  Entry& entry = found->second;
  return entry.store.get([&] {
    return DocumentStore(
        doc::open_server(entry.source(), {.name = name, .observer = observer_}, entry.source));
  });
}

std::vector<DocumentMetrics> DocumentStores::metrics() const {
  std::vector<DocumentMetrics> out;
  for (const auto& [name, entry] : entries_) {
    if (const auto store = entry.store.opened()) out.push_back(store->metrics());
  }
  return out;
}

}  // namespace iacdb::http
