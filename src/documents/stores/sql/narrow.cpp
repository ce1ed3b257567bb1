#include "documents/stores/sql/narrow.hpp"

#include <algorithm>

#include "documents/stores/sql/comparison.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/key_range.hpp"

namespace iacdb::doc {
namespace {

/// More values of _id are left to the evaluator.
constexpr std::size_t ids_max = 1000;

bool is_lower(Filter::Kind kind) {
  return kind == Filter::greater || kind == Filter::greater_equal;
}
bool is_range(Filter::Kind kind) {
  return is_lower(kind) || kind == Filter::less || kind == Filter::less_equal;
}

bool same_kind(const Value& a, const Value& b) {
  return (a.is_number() && b.is_number()) || a.type() == b.type();
}

KeyEnd end_of(const Filter* filter) {
  if (filter == nullptr) return {};
  return {&filter->value,
          filter->kind == Filter::less_equal || filter->kind == Filter::greater_equal};
}

std::optional<Condition> ids_between(const SqlForm& form, const Filter* lower, const Filter* upper,
                                     bool collated) {
  const Value& sample = lower != nullptr ? lower->value : upper->value;
  if (!form.ordered_ids || (collated && sample.is(Type::string))) return std::nullopt;
  return id_between(end_of(lower), end_of(upper));
}

/// A comparison of the value at a path, in two parts.
struct Keyed {
  std::string path;
  Condition key;    ///< Of documents whose value there is not odd.
  Condition loose;  ///< Of the others; empty: nothing is known.
  Condition odd;
};

class Narrower {
 public:
  Narrower(const SqlForm& form, bool collated, const std::vector<IndexInfo>& indexes)
      : form_(form), collated_(collated), indexes_(indexes) {}

  Narrowed take(const Filter& filter) {
    Narrowed out;
    out.where = run(filter);
    out.exact = exact_;
    out.look = any_of(odd_);
    if (exact_ && alternatives_.size() == 1 && alternatives_[0].whole == out.where) {
      out.by_key = std::move(alternatives_[0].by_key);
      out.by_containment = std::move(alternatives_[0].by_containment);
    }
    return out;
  }

 private:
  Condition run(const Filter& filter) {
    switch (filter.kind) {
      case Filter::all_of:
        return all(filter.children);
      case Filter::any_of:
        return any(filter.children);
      case Filter::elem_match_object:
      case Filter::elem_match_value:
        return element(filter);
      default:
        return one(filter, nullptr);
    }
  }

  std::vector<std::string> path(const Filter& filter) const {
    std::vector<std::string> parts = prefix_;
    parts.insert(parts.end(), filter.parts.begin(), filter.parts.end());
    return parts;
  }
  bool is_id(const Filter& filter) const { return prefix_.empty() && filter.path == "_id"; }

  Condition all(const std::vector<FilterPtr>& children) {
    std::vector<Condition> conditions;
    std::vector<Keyed> keyed;
    std::vector<bool> done(children.size());
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (done[i]) continue;
      const Filter& child = *children[i];
      const Filter* other = nullptr;
      if (is_range(child.kind)) {
        // The other end, so that both are one range of an index.
        const auto found = std::find_if(children.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                        children.end(), [&](const FilterPtr& f) {
                                          return is_range(f->kind) && f->path == child.path &&
                                                 is_lower(f->kind) != is_lower(child.kind) &&
                                                 same_kind(f->value, child.value);
                                        });
        if (found != children.end()) {
          done[static_cast<std::size_t>(found - children.begin())] = true;
          other = found->get();
        }
      }
      auto by_key = form_.postgres ? key_of(child, other) : std::nullopt;
      if (by_key) {
        keyed.push_back(std::move(*by_key));
      } else if (is_range(child.kind)) {
        conditions.push_back(one(child, other));
      } else {
        conditions.push_back(run(child));
      }
    }
    add_keyed(std::move(keyed), conditions);
    return all_of(conditions);
  }

  Condition any(const std::vector<FilterPtr>& children) {
    if (children.size() > alternatives_max) return unknown();
    std::vector<Condition> conditions;
    for (const FilterPtr& child : children) conditions.push_back(run(*child));
    return any_of(conditions);
  }

  // --- PostgreSQL: by keys ---

  std::optional<Keyed> key_of(const Filter& filter, const Filter* other) {
    if (is_id(filter)) return std::nullopt;
    const std::vector<std::string> parts = path(filter);
    const auto key = key_condition(filter, other, parts);
    if (!key) return std::nullopt;
    exact_ = exact_ && key->exact;
    odd_.push_back({odd_sql(form_, parts), {}});
    return Keyed{filter.path, key->condition, loose(filter, parts), odd_.back()};
  }

  std::optional<KeyCondition> key_condition(const Filter& filter, const Filter* other,
                                            PathParts parts) {
    const bool text = collated_ && filter.value.is(Type::string);
    switch (filter.kind) {
      case Filter::equal:
        return text ? std::nullopt : key_equals(parts, {&filter.value, 1});
      case Filter::in:
        return is_list_of_values(filter) ? key_equals(parts, filter.values) : std::nullopt;
      case Filter::regex:
        return collated_ ? std::nullopt : key_matches(parts, filter.patterns[0]);
      case Filter::less:
      case Filter::less_equal:
      case Filter::greater:
      case Filter::greater_equal: {
        if (text) return std::nullopt;
        const Filter* const lower = is_lower(filter.kind) ? &filter : other;
        const Filter* const upper = is_lower(filter.kind) ? other : &filter;
        return key_between(parts, end_of(lower), end_of(upper));
      }
      default:
        return std::nullopt;
    }
  }
  bool is_list_of_values(const Filter& filter) const {
    return filter.patterns.empty() && !filter.values.empty() &&
           filter.values.size() <= alternatives_max &&
           (!collated_ || std::none_of(filter.values.begin(), filter.values.end(),
                                       [](const Value& v) { return v.is(Type::string); }));
  }

  /// What containment says of a document with an odd value.
  Condition loose(const Filter& filter, PathParts parts) {
    if (filter.kind == Filter::equal) return any_of(equals(form_, parts, filter.value));
    if (filter.kind != Filter::in) return {};
    std::vector<Condition> conditions;
    for (const Value& value : filter.values) {
      const std::vector<Condition> found = equals(form_, parts, value);
      if (found.empty()) return {};
      conditions.insert(conditions.end(), found.begin(), found.end());
    }
    return any_of(conditions);
  }

  /// Those that one index holds are one condition, so that it finds them all at once.
  void add_keyed(std::vector<Keyed> keyed, std::vector<Condition>& out) {
    if (!prefix_.empty()) {
      for (const Keyed& one : keyed) out.push_back(of_element(one));
      return;
    }
    while (!keyed.empty()) {
      std::vector<Keyed> group;
      for (const std::string& path : best_index(keyed)) {
        const auto at = std::stable_partition(keyed.begin(), keyed.end(),
                                              [&](const Keyed& k) { return k.path != path; });
        group.insert(group.end(), at, keyed.end());
        keyed.erase(at, keyed.end());
      }
      if (group.empty()) {
        group.push_back(keyed.back());
        keyed.pop_back();
      }
      out.push_back(alternatives_of(group));
    }
  }

  Condition alternatives_of(const std::vector<Keyed>& group) {
    std::vector<Condition> keys;
    std::vector<Condition> any;
    for (const Keyed& one : group) {
      keys.push_back(one.key);
      any.push_back(all_of({one.odd, one.loose}));
    }
    Alternatives both{{}, all_of(keys), any_of(any)};
    both.whole = any_of({both.by_key, both.by_containment});
    alternatives_.push_back(both);
    return both.whole;
  }

  /// The longest beginning of an index's paths of which each is compared.
  std::vector<std::string> best_index(const std::vector<Keyed>& keyed) const {
    std::vector<std::string> best;
    if (!prefix_.empty()) return best;
    for (const IndexInfo& index : indexes_) {
      std::vector<std::string> found;
      for (const Field& field : index.key) {
        const bool has = std::any_of(keyed.begin(), keyed.end(),
                                     [&](const Keyed& k) { return k.path == field.name; });
        if (!has || !field.value.is_number()) break;
        found.push_back(field.name);
      }
      if (found.size() > best.size()) best = std::move(found);
    }
    return best;
  }

  /// With an array on its path a document is odd.
  static Condition of_element(const Keyed& keyed) { return all_of({keyed.odd, keyed.loose}); }

  // --- one comparison ---

  /// No condition, though the filter has one.
  Condition unknown() {
    exact_ = false;
    return {};
  }

  Condition one(const Filter& filter, const Filter* other) {
    if (filter.kind == Filter::always_true) return {};
    if (is_id(filter)) return is_range(filter.kind) ? of_ids(filter, other) : of_id(filter);
    if (form_.postgres) {
      auto keyed = key_of(filter, other);
      if (!keyed) return unknown();
      return prefix_.empty() ? alternatives_of({*keyed}) : of_element(*keyed);
    }
    exact_ = false;
    if (collated_ && filter.value.is(Type::string)) return {};
    if (filter.kind == Filter::equal) return any_of(equals(form_, path(filter), filter.value));
    if (filter.kind == Filter::in) {
      return is_list_of_values(filter) ? loose(filter, path(filter)) : Condition{};
    }
    if (!is_range(filter.kind)) return {};
    const Filter* const lower = is_lower(filter.kind) ? &filter : other;
    const Filter* const upper = is_lower(filter.kind) ? other : &filter;
    return between(form_, path(filter), lower != nullptr ? &lower->value : nullptr,
                   upper != nullptr ? &upper->value : nullptr);
  }

  Condition of_id(const Filter& filter) {
    if (filter.kind == Filter::equal && is_plain_id(filter.value, collated_)) {
      return {"id = ?", {id_key(form_.ordered_ids, filter.value)}};
    }
    const bool list = filter.kind == Filter::in && filter.patterns.empty() &&
                      !filter.values.empty() && filter.values.size() <= ids_max;
    if (!list) return unknown();
    Condition out;
    for (const Value& value : filter.values) {
      if (!is_plain_id(value, collated_)) return unknown();
      out.sql += out.empty() ? "id in (?" : ", ?";
      out.parameters.emplace_back(id_key(form_.ordered_ids, value));
    }
    out.sql += ")";
    return out;
  }

  Condition of_ids(const Filter& filter, const Filter* other) {
    const Filter* const lower = is_lower(filter.kind) ? &filter : other;
    const Filter* const upper = is_lower(filter.kind) ? other : &filter;
    const auto between = ids_between(form_, lower, upper, collated_);
    if (!between) return unknown();
    odd_.push_back(odd_id());
    return any_of({*between, odd_.back()});
  }

  /// An element that fulfils the conditions fulfils each of them seen through the array.
  Condition element(const Filter& filter) {
    exact_ = false;
    if (in_values_) return {};  // Arrays in arrays: no path leads there.
    const std::vector<std::string> before = prefix_;
    prefix_ = path(filter);
    in_values_ = filter.kind == Filter::elem_match_value;
    std::vector<Condition> conditions;
    for (const FilterPtr& child : filter.children) conditions.push_back(run(*child));
    in_values_ = false;
    prefix_ = before;
    return all_of(conditions);
  }

  const SqlForm& form_;
  bool collated_;
  const std::vector<IndexInfo>& indexes_;
  bool exact_ = true;
  std::vector<Condition> odd_;
  struct Alternatives {
    Condition whole;
    Condition by_key;
    Condition by_containment;
  };
  std::vector<Alternatives> alternatives_;
  bool in_values_ = false;
  std::vector<std::string> prefix_;
};

}  // namespace

std::optional<Condition> id_range(const SqlForm& form, const Filter& filter, bool collated) {
  if (filter.path != "_id" || !is_range(filter.kind)) return std::nullopt;
  const bool lower = is_lower(filter.kind);
  return ids_between(form, lower ? &filter : nullptr, lower ? nullptr : &filter, collated);
}

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
    case Type::real:
      return exact_integer(value).has_value();
    default:
      return false;
  }
}

Narrowed narrowed(const SqlForm& form, const Filter& filter, bool collated,
                  const std::vector<IndexInfo>& indexes) {
  return Narrower(form, collated, indexes).take(filter);
}

Condition narrow(const SqlForm& form, const Filter& filter, bool collated,
                 const std::vector<IndexInfo>& indexes) {
  return narrowed(form, filter, collated, indexes).where;
}

bool is_exact(const Filter& filter, bool collated) {
  return filter.kind == Filter::always_true ||
         (filter.kind == Filter::equal && filter.path == "_id" &&
          is_plain_id(filter.value, collated));
}

}  // namespace iacdb::doc
