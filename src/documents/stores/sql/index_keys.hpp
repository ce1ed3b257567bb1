#pragma once
// The keys of a document in an index, as MongoDB makes them: one for each element of an array.
//
//   for (const Array& key : index_keys(index, document)) ...   // one value a field of the index
//
// Threads: pure functions.

#include "documents/stores/store.hpp"

namespace iacdb::doc {

/// Empty when the index leaves the document out (sparse, partial).
/// Throws: Failure 171 for two arrays in one compound key.
std::vector<Array> index_keys(const IndexInfo& index, const Value& document);
/// A text that two values have in common exactly when MongoDB calls them equal.
std::string equality_key(const Value& value, const Collator* collator = nullptr);
std::string equality_key(const Array& values, const Collator* collator = nullptr);
/// E11000 with keyPattern and keyValue.
[[noreturn]] void raise_duplicate(const std::string& ns, const IndexInfo& index, const Array& key);
IndexInfo id_index();

}  // namespace iacdb::doc
