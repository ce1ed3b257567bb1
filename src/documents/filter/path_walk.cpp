#include "documents/filter/path_walk.hpp"

namespace iacdb::doc {
namespace {

/// A member of an object, or of an array by its index.
const Value& member(const Value& holder, const std::string& name) {
  if (holder.is(Type::object)) return holder.object().get(name);
  const std::size_t index = index_of(name);
  return index < holder.array().size() ? holder.array()[index] : missing_value;
}

}  // namespace

bool PathWalk::note(bool hit, std::size_t index, bool outermost) const {
  if (hit && outermost && position != nullptr) *position = index;
  return hit;
}

bool PathWalk::run(const Value& document) const {
  if (!parts.empty()) return from(document, 0, true);
  if (document.is(Type::array) && into_leaf_arrays) return through(document, 0, true);
  return reached(document);
}

bool PathWalk::from(const Value& holder, std::size_t part, bool outermost) const {
  const Value* at = &holder;
  for (;; ++part) {
    at = &member(*at, parts[part]);
    const bool last = part + 1 == parts.size();
    if (at->is(Type::array)) return through(*at, part + 1, outermost);
    if (last) return reached(*at);
    if (!at->is(Type::object)) return reached(missing_value);
  }
}

bool PathWalk::through(const Value& array, std::size_t part, bool outermost) const {
  const Array& elements = array.array();
  if (part == parts.size()) {
    if (into_leaf_arrays) {
      for (std::size_t i = 0; i < elements.size(); ++i) {
        if (note(reached(elements[i]), i, outermost)) return true;
      }
    }
    return reached(array);
  }
  const std::size_t wanted = index_of(parts[part]);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Value& element = elements[i];
    if (element.is(Type::object) && note(from(element, part, false), i, outermost)) return true;
    if (i != wanted) continue;
    if (part + 1 == parts.size()) {
      if (note(reached(element), i, outermost)) return true;
    } else if (element.is(Type::object) || element.is(Type::array)) {
      if (note(from(element, part + 1, false), i, outermost)) return true;
    }
  }
  return false;
}

}  // namespace iacdb::doc
