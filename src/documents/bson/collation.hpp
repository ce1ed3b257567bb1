#pragma once
// Collations as MongoDB names them, over ICU; and folding of case and accents.
//
//   auto collator = parse_collation(parse_json(R"({"locale": "en", "strength": 2})"));
//
// Threads: a Collator is safe to share.

#include <memory>
#include <string>
#include <string_view>

#include "documents/bson/compare.hpp"

namespace iacdb::doc {

/// Null for {locale: "simple"}. Throws: Failure for what is malformed or unknown to ICU.
std::shared_ptr<const Collator> parse_collation(const Object& spec);
/// Without case, without accents.
std::string fold_text(std::string_view text, bool case_off, bool accents_off);
std::string upper_ascii(std::string_view text);
std::string lower_ascii(std::string_view text);

}  // namespace iacdb::doc
