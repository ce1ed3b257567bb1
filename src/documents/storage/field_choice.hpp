#pragma once
// FieldChoice: the fields at the top of a document that its reader wants; the others are left out.
//
//   FieldChoice some{.inclusive = true, .names = {"_id", "name"}};
//   storage_to_bson(text, bson, &some);
//
// Threads: plain values.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

struct FieldChoice {
  bool inclusive = true;  ///< These alone; otherwise all but these.
  std::vector<std::string> names;

  bool wants(std::string_view name) const {
    return (std::find(names.begin(), names.end(), name) != names.end()) == inclusive;
  }
  Object of(Object document) const {
    Object out;
    for (Field& field : document) {
      if (wants(field.name)) out.add(std::move(field.name), std::move(field.value));
    }
    return out;
  }
};

}  // namespace iacdb::doc
