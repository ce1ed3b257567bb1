#pragma once
// SqlForm: how names and documents are written for the database at hand.
//
//   sql += " from " + form.table(collection.table);
//
// Threads: plain values.

#include <string>
#include <string_view>

#include "documents/storage/encoding.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

/// The names and forms in which the two databases differ.
struct SqlForm {
  bool postgres = false;
  bool ordered_ids = false;  ///< Of one collection; see id_key.hpp.

  SqlForm of(const CollectionInfo& collection) const { return {postgres, collection.ordered_ids}; }
  KeyOrder key_order() const { return postgres ? KeyOrder::listed : KeyOrder::kept; }
  /// A table's name as SQL has it: documents."people" or "documents.people".
  std::string table(std::string_view bare) const;
  std::string registry() const { return table("$collections"); }
  static std::string quoted(std::string_view identifier);
};

}  // namespace iacdb::doc
