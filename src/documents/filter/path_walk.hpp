#pragma once
// How a query path walks a document: through arrays, and what each end is.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// Called with each value that the path reaches; a missing one where it reaches nothing. True
/// ends the walk.
using Reached = std::function<bool(const Value&)>;

struct PathWalk {
  const std::vector<std::string>& parts;
  bool into_leaf_arrays = true;  ///< An array at the end counts by its elements, then as itself.
  Reached reached;
  std::optional<std::size_t>* position = nullptr;  ///< Index in the outermost array.

  /// Whether `reached` said true somewhere. An empty path is the value itself.
  bool run(const Value& document) const;

 private:
  bool from(const Value& holder, std::size_t part, bool outermost) const;
  bool through(const Value& array, std::size_t part, bool outermost) const;
  bool note(bool hit, std::size_t index, bool outermost) const;
};

}  // namespace iacdb::doc
