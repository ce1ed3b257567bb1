#pragma once
// From a filter to SQL that narrows: a condition which every document fulfils that the filter
// matches, and mostly few others.
//
//   const Condition where = narrow(form, *filter, collated);   // empty: any document may match
//
// What it keeps of MongoDB's semantics: paths lead through arrays, an array matches by its
// elements, numbers are equal across their types. What SQL cannot tell apart stays for the
// evaluator. `collated`: strings compare by a collation, and are left to the evaluator. Threads:
// pure functions.

#include "documents/filter/filter.hpp"
#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/sql_form.hpp"
#include "documents/stores/store.hpp"

namespace iacdb::doc {

/// Longer lists are left to the evaluator: their SQL would cost more than it saves.
inline constexpr std::size_t alternatives_max = 200;

struct Narrowed {
  Condition where;
  /// The condition is the filter itself, of documents for which `look` does not hold.
  bool exact = false;
  Condition look;  ///< Empty: holds for none. Never null.
  /// Where the condition is one comparison by keys or some that one index holds: its two
  /// alternatives, of which no document fulfils both; `look` is the second. Otherwise both empty.
  Condition by_key{};
  Condition by_containment{};
};
Narrowed narrowed(const SqlForm& form, const Filter& filter, bool collated,
                  const std::vector<IndexInfo>& indexes);
/// The condition alone.
Condition narrow(const SqlForm& form, const Filter& filter, bool collated,
                 const std::vector<IndexInfo>& indexes);
/// Whether the condition that narrow() makes of the filter is the filter itself.
bool is_exact(const Filter& filter, bool collated);
/// Values whose equality as _id is the same in SQL as in MongoDB.
/// A comparison of _id with a value by less or greater, of documents whose id is not odd.
std::optional<Condition> id_range(const SqlForm& form, const Filter& filter, bool collated);
bool is_plain_id(const Value& value, bool collated);

}  // namespace iacdb::doc
