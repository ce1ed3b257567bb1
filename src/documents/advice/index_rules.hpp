#pragma once
// IndexRules: what indexes of a store can do, as far as advice on them rests on it.
//
// Threads: safe to share.

#include <functional>

#include "documents/filter/filter.hpp"

namespace iacdb::doc {

struct IndexRules {
  /// How an index finds a document that has an array at one of its paths.
  enum class Arrays : std::uint8_t {
    by_element,  ///< As any other.
    by_value,    ///< For equality by that path alone; for ranges each of them is looked at.
    scanned,     ///< Each of them is looked at.
  };
  Arrays arrays = Arrays::by_element;
  std::size_t fields_max = 4;  ///< That narrow; beyond these, more fields are of no use here.
  /// Fields beyond those that bound a search still spare documents.
  bool filters_by_keys = true;
  /// Without an order of its own a find has that of insertion: what an index finds is read to its
  /// end even where there is a limit.
  bool orders_by_insertion = false;
  /// A partial or sparse index holds all documents nevertheless.
  bool partial_is_whole = false;
  /// An index is kept up to date with every write of a document, whichever fields it changes: both
  /// databases make entries anew when the column that an expression reads is written.
  bool kept_by_every_write = false;
  /// Whether an index on the path of a comparison narrows to what it matches. A comparison is a
  /// leaf of a filter, or an elem_match_object with one.
  std::function<bool(const Filter&)> serves;
  /// Whether an index can order by the path.
  std::function<bool(const std::vector<std::string>& parts)> orders;
};

/// MongoDB's own.
IndexRules mongo_index_rules();

/// What a store knows of one of its indexes.
struct IndexUse {
  std::string name;
  std::optional<std::int64_t> uses{};  ///< By reads, since the moment below.
  std::string since{};
  std::optional<std::int64_t> bytes{};
};

}  // namespace iacdb::doc
