#pragma once
// The list of an object's keys that its stored form has where jsonb does not keep their order:
// the names with a comma after each but the last, or a JSON array where that would not tell them
// apart.
//
//   put_key_list(out, names);        // "b,a", or ["b,c","a"]
//
// A text costs the database much less than an array: one value, not one a name.
// Threads: pure functions.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace iacdb::doc {

inline constexpr char key_list_separator = ',';

/// Appends the value of "$k", as JSON.
void put_key_list(std::string& out, std::span<const std::string_view> names);

/// Calls `f` with each name of the list in its text form. An empty one lists nothing.
template <class F>
void for_each_key(std::string_view list, const F& f) {
  while (!list.empty()) {
    std::size_t end = 0;  // Names are short: a search by memchr() costs more.
    while (end < list.size() && list[end] != key_list_separator) ++end;
    f(list.substr(0, end));
    list.remove_prefix(std::min(list.size(), end + 1));
  }
}

}  // namespace iacdb::doc
