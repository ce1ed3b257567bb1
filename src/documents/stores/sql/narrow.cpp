#include "documents/stores/sql/narrow.hpp"

#include <algorithm>

#include "documents/stores/sql/comparison.hpp"
#include "documents/stores/sql/index_keys.hpp"

namespace iacdb::doc {
namespace {

bool is_lower(Filter::Kind kind) {
  return kind == Filter::greater || kind == Filter::greater_equal;
}
bool is_range(Filter::Kind kind) {
  return is_lower(kind) || kind == Filter::less || kind == Filter::less_equal;
}

class Narrower {
 public:
  Narrower(const SqlForm& form, bool collated, const std::vector<IndexInfo>& indexes)
      : form_(form), collated_(collated), indexes_(indexes) {}

  Condition run(const Filter& filter) {
    switch (filter.kind) {
      case Filter::all_of:
        return all(filter.children);
      case Filter::any_of:
        return any(filter.children);
      case Filter::equal:
        return any_of(equal(filter, filter.value));
      case Filter::in:
        return in(filter);
      case Filter::less:
      case Filter::less_equal:
      case Filter::greater:
      case Filter::greater_equal:
        return range(filter, nullptr);
      case Filter::elem_match_object:
      case Filter::elem_match_value:
        return element(filter);
      default:
        return {};
    }
  }

 private:
  std::vector<std::string> path(const Filter& filter) const {
    std::vector<std::string> parts = prefix_;
    parts.insert(parts.end(), filter.parts.begin(), filter.parts.end());
    return parts;
  }
  bool is_id(const Filter& filter) const { return prefix_.empty() && filter.path == "_id"; }

  Condition all(const std::vector<FilterPtr>& children) {
    std::vector<Condition> conditions;
    std::vector<bool> done(children.size());
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (done[i]) continue;
      const Filter& child = *children[i];
      if (is_range(child.kind)) {
        // The other end, so that both are one range of an index.
        const auto other = std::find_if(children.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                        children.end(), [&](const FilterPtr& f) {
                                          return is_range(f->kind) && f->path == child.path &&
                                                 is_lower(f->kind) != is_lower(child.kind);
                                        });
        const bool found = other != children.end();
        if (found) done[static_cast<std::size_t>(other - children.begin())] = true;
        conditions.push_back(range(child, found ? other->get() : nullptr));
      } else {
        conditions.push_back(run(child));
      }
    }
    return all_of(conditions);
  }

  Condition any(const std::vector<FilterPtr>& children) {
    if (children.size() > alternatives_max) return {};
    std::vector<Condition> conditions;
    for (const FilterPtr& child : children) conditions.push_back(run(*child));
    return any_of(conditions);
  }

  /// Whether an index begins with the numbers at the path.
  bool has_numbers(const Filter& filter) const {
    return prefix_.empty() &&
           std::any_of(indexes_.begin(), indexes_.end(), [&](const IndexInfo& index) {
             const Field& first = index.key.front();
             return first.name == filter.path && first.value.is_number();
           });
  }

  std::vector<Condition> equal(const Filter& filter, const Value& value) {
    if (is_id(filter)) {
      if (!is_plain_id(value, collated_)) return {};
      return {{"id = ?", {equality_key(value)}}};
    }
    if (collated_ && value.is(Type::string)) return {};
    return equals(form_, path(filter), value, has_numbers(filter));
  }

  Condition in(const Filter& filter) {
    if (!filter.patterns.empty() || filter.values.empty()) return {};
    if (filter.values.size() > alternatives_max) return {};
    std::vector<Condition> conditions;
    for (const Value& value : filter.values) {
      const std::vector<Condition> one = equal(filter, value);
      if (one.empty()) return {};
      conditions.insert(conditions.end(), one.begin(), one.end());
    }
    return any_of(conditions);
  }

  Condition range(const Filter& one, const Filter* other) {
    if (is_id(one)) return {};
    const Filter* const lower = is_lower(one.kind) ? &one : other;
    const Filter* const upper = is_lower(one.kind) ? other : &one;
    const bool both = lower != nullptr && upper != nullptr;
    if (both && lower->value.is(Type::date) != upper->value.is(Type::date)) {
      return all_of({range(one, nullptr), range(*other, nullptr)});
    }
    return between(form_, path(one), lower != nullptr ? &lower->value : nullptr,
                   upper != nullptr ? &upper->value : nullptr);
  }

  /// An element that fulfils the conditions fulfils each of them seen through the array.
  Condition element(const Filter& filter) {
    if (in_values_) return {};  // Arrays in arrays: no path leads there.
    const std::vector<std::string> before = prefix_;
    prefix_ = path(filter);
    in_values_ = filter.kind == Filter::elem_match_value;
    Condition out = all(filter.children);
    in_values_ = false;
    prefix_ = before;
    return out;
  }

  const SqlForm& form_;
  bool collated_;
  const std::vector<IndexInfo>& indexes_;
  bool in_values_ = false;
  std::vector<std::string> prefix_;
};

}  // namespace

bool is_plain_id(const Value& value, bool collated) {
  switch (value.type()) {
    case Type::string:
      return !collated;
    case Type::oid:
    case Type::int32:
    case Type::int64:
    case Type::boolean:
    case Type::date:
    case Type::binary:
      return true;
    default:
      return false;
  }
}

Condition narrow(const SqlForm& form, const Filter& filter, bool collated,
                 const std::vector<IndexInfo>& indexes) {
  return Narrower(form, collated, indexes).run(filter);
}

bool is_exact(const Filter& filter, bool collated) {
  return filter.kind == Filter::always_true ||
         (filter.kind == Filter::equal && filter.path == "_id" &&
          is_plain_id(filter.value, collated));
}

}  // namespace iacdb::doc
