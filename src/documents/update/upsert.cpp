// What an upsert starts from: the equalities of its filter.

#include <map>

#include "documents/errors.hpp"
#include "documents/update/update.hpp"

namespace iacdb::doc {
namespace {

/// Values by path, in the order of the paths: that of the new document's fields.
using Equalities = std::map<std::string, std::pair<std::vector<std::string>, Value>>;

bool is_within(const std::string& path, const std::string& around) {
  return path.size() > around.size() && path.starts_with(around) && path[around.size()] == '.';
}

void put(Equalities& out, const std::vector<std::string>& parts, const std::string& path,
         const Value& value) {
  if (parts.empty()) return;
  for (const auto& [other, held] : out) {
    if (other != path && !is_within(path, other) && !is_within(other, path)) continue;
    fail(Code::not_single_value_field,
         "cannot infer query fields to set, path '" + path + "' is matched twice");
  }
  out.emplace(path, std::pair(parts, value));
}

void gather(const Filter& filter, bool only_id, Equalities& out) {
  const bool wanted = !only_id || filter.path == "_id" || is_within(filter.path, "_id");
  switch (filter.kind) {
    case Filter::equal:
      if (wanted) put(out, filter.parts, filter.path, filter.value);
      return;
    case Filter::all_of:
      for (const FilterPtr& child : filter.children) gather(*child, only_id, out);
      return;
    case Filter::any_of:
      if (filter.children.size() == 1) gather(*filter.children[0], only_id, out);
      return;
    case Filter::in:
      if (wanted && filter.values.size() == 1 && filter.patterns.empty()) {
        put(out, filter.parts, filter.path, filter.values[0]);
      }
      return;
    default:
      return;
  }
}

void set_path(Object& object, const std::vector<std::string>& path, std::size_t i,
              const Value& leaf) {
  if (i + 1 == path.size()) {
    object.add(path[i], leaf);
    return;
  }
  Value* inner = object.find(path[i]);
  if (inner == nullptr) inner = &object.add(path[i], Value(Object()));
  set_path(inner->edit_object(), path, i + 1, leaf);
}

}  // namespace

void check_upsert_filter(const Filter& filter) {
  if (filter.kind == Filter::expression) {
    fail(Code::query_feature_not_allowed,
         "$expr is not allowed in the query predicate for an upsert");
  }
  for (const FilterPtr& child : filter.children) check_upsert_filter(*child);
}

Object upsert_base(const Filter& filter, bool only_id) {
  Equalities equalities;
  gather(filter, only_id, equalities);
  Object out;
  for (const auto& [path, held] : equalities) {
    if (is_within(path, "_id")) {
      fail(Code::not_exact_value_field,
           "field at '_id' must be exactly specified, field at sub-path '" + path + "' found");
    }
    set_path(out, held.first, 0, held.second);
  }
  return out;
}

}  // namespace iacdb::doc
