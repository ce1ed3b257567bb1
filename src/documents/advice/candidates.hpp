#pragma once
// Candidates: the keys that would serve a statement, each in the order equality, sort, range.
//
// Threads: pure functions.

#include "documents/advice/estimate.hpp"

namespace iacdb::doc {

/// What the key of another statement begins with, so that one index can serve both.
struct Beginning {
  std::vector<std::string> equality;
  Key then;  ///< Its order or its range.
};
Beginning beginning_of(const Measured& measured, std::size_t branch);

/// Indexes that are made together: several only for an $or.
using Move = std::vector<Key>;
/// `total` documents are in the collection.
std::vector<Move> moves_for(const Measured& measured, const std::vector<Beginning>& others,
                            const IndexRules& rules, double total);

}  // namespace iacdb::doc
