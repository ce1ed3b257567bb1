#include "documents/storage/key_list.hpp"

#include <algorithm>

#include "documents/bson/json_cursor.hpp"

namespace iacdb::doc {

void put_key_list(std::string& out, std::span<const std::string_view> names) {
  const bool text = std::all_of(names.begin(), names.end(), [](std::string_view name) {
    return !name.empty() && std::find(name.begin(), name.end(), key_list_separator) == name.end();
  });
  if (!text) {
    out += '[';
    for (const std::string_view name : names) {
      put_json_string(out, name);
      out += ',';
    }
    out.back() = ']';
    return;
  }
  std::string joined;
  std::size_t bytes = 0;
  for (const std::string_view name : names) bytes += name.size() + 1;
  joined.reserve(bytes);
  for (const std::string_view name : names) {
    joined += name;
    joined += key_list_separator;
  }
  if (!joined.empty()) joined.pop_back();
  put_json_string(out, joined);
}

}  // namespace iacdb::doc
