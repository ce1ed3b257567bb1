#include "documents/storage/key_list.hpp"

#include <algorithm>

#include "documents/bson/json_cursor.hpp"

namespace iacdb::doc {

void put_key_list(std::string& out, std::span<const std::string_view> names) {
  const bool text = std::all_of(names.begin(), names.end(), [](std::string_view name) {
    return !name.empty() && name.find(key_list_separator) == std::string_view::npos;
  });
  if (!text) out += '[';
  std::string joined;
  for (const std::string_view name : names) {
    if (text) {
      joined += name;
      joined += key_list_separator;
    } else {
      put_json_string(out, name);
      out += ',';
    }
  }
  if (text) {
    if (!joined.empty()) joined.pop_back();
    put_json_string(out, joined);
  } else {
    out.back() = ']';
  }
}

}  // namespace iacdb::doc
