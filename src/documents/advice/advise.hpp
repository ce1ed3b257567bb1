#pragma once
// Advice on the indexes of a store, for a workload.
//
//   const IndexAdvice advice = advise(server, workload, {.prove = true});
//
// It asks by commands alone, so it is the same for every store: listCollections, listIndexes,
// count, find or $sample, explain. Threads: a plain function. Cost: reads documents_max documents
// of each collection. Throws: errors of the store; UnsupportedError where nothing can be proved.

#include <iacdb/index_advice.hpp>

#include "documents/advice/choose.hpp"
#include "documents/command/server.hpp"

namespace iacdb::doc {

IndexAdvice advise(Server& server, const Workload& workload, const AdviceOptions& options);

// Its parts.

/// An index as listIndexes tells it.
struct ListedIndex {
  std::string name;
  Object spec;
  Key key{};              ///< Empty for text, hashed and wildcard indexes.
  bool plain = false;     ///< Nothing but a key: not unique, sparse, partial, ...
  bool usable = false;    ///< Any document with any value is found by it.
  bool enforces = false;  ///< Unique, or documents expire by it.
};
/// Throws: Failure.
std::vector<ListedIndex> listed_indexes(Server& server, const std::string& collection,
                                        const IndexRules& rules);
Object object_of(const Key& key);
std::string default_index_name(const Key& key);

/// The index that a plan names: "" for a scan; nullopt when the store does not tell.
std::optional<std::string> planned_index(const Object& explanation);

/// Indexes whose key another one's begins with.
void find_redundant(const std::string& collection, const std::vector<ListedIndex>& indexes,
                    std::vector<IndexFinding>& out);
/// Indexes that nobody uses, as far as the store counts uses, else as the workload's plans say.
void find_unused(Server& server, const std::string& collection,
                 const std::vector<ListedIndex>& indexes, const std::vector<std::string>& planned,
                 std::int64_t statements, std::vector<IndexFinding>& out);

/// What a proposal is proved with: the first command of each shape that it serves.
struct Provable {
  IndexProposal* proposal = nullptr;
  Object key;
  std::vector<Object> finds;
};
void prove(Server& server, const std::string& collection, std::vector<Provable>& proposals);

/// The documents of a cursor's first batch. Throws: Failure.
std::vector<Object> first_batch(Server& server, const Object& command);

}  // namespace iacdb::doc
