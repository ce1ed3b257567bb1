// What an upsert starts from: the equalities of its filter.

#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/update/update.hpp"

namespace iacdb::doc {
namespace {

void set_path(Value& v, const std::vector<std::string>& path, std::size_t i, const Value& leaf,
              const std::string& whole) {
  if (!v.is(Type::object)) {
    fail_at(54, "cannot infer query fields to set, path '" + whole + "' is matched twice");
  }
  Object& object = v.edit_object();
  if (i + 1 == path.size()) {
    if (object.has(path[i])) {
      fail(Code::not_single_value_field,
           "cannot infer query fields to set, path '" + whole + "' is matched twice");
    }
    object.add(path[i], leaf);
    return;
  }
  Value* inner = object.find(path[i]);
  if (inner == nullptr) inner = &object.add(path[i], Value(Object()));
  set_path(*inner, path, i + 1, leaf, whole);
}

void gather(const Filter& filter, Value& out) {
  switch (filter.kind) {
    case Filter::equal:
      if (!filter.parts.empty()) set_path(out, filter.parts, 0, filter.value, filter.path);
      return;
    case Filter::all_of:
      for (const FilterPtr& child : filter.children) gather(*child, out);
      return;
    case Filter::any_of:
      if (filter.children.size() == 1) gather(*filter.children[0], out);
      return;
    case Filter::in:
      if (filter.values.size() == 1 && filter.patterns.empty()) {
        set_path(out, filter.parts, 0, filter.values[0], filter.path);
      }
      return;
    default:
      return;
  }
}

}  // namespace

Object upsert_base(const Filter& filter) {
  Value out{Object()};
  gather(filter, out);
  return out.object();
}

}  // namespace iacdb::doc
