#pragma once
// Sort orders: parsing, and the key by which a document stands among others.
//
//   Sort sort = parse_sort(parse_json(R"({"age": -1, "name": 1})"));
//   std::stable_sort(..., [&](auto& a, auto& b) { return sort_compare(sort, a, b, nullptr) < 0; });

#include <string>
#include <vector>

#include "documents/bson/compare.hpp"

namespace iacdb::doc {

struct SortKey {
  std::string path;
  std::vector<std::string> parts;
  bool descending = false;
  bool text_score = false;  ///< {$meta: "textScore"}
};
using Sort = std::vector<SortKey>;

/// Throws: Failure.
Sort parse_sort(const Object& spec);
/// The least (ascending) or greatest value at the path: arrays count by their elements.
Value sort_value(const Value& document, const SortKey& key, const Collator* collator);
std::vector<Value> sort_values(const Value& document, const Sort& sort, const Collator* collator);
int sort_compare(const Sort& sort, const std::vector<Value>& a, const std::vector<Value>& b,
                 const Collator* collator);
/// Sorts stably by keys taken once.
void sort_documents(const Sort& sort, std::vector<Value>& documents, const Collator* collator);

}  // namespace iacdb::doc
