#include <algorithm>
#include <random>

#include "documents/bson/number.hpp"
#include "documents/filter/filter.hpp"
#include "documents/filter/json_schema.hpp"
#include "documents/filter/path_walk.hpp"
#include "documents/filter/text_search.hpp"

namespace iacdb::doc {
namespace {

bool holds(Filter::Kind kind, int order) {
  switch (kind) {
    case Filter::equal:
      return order == 0;
    case Filter::less:
      return order < 0;
    case Filter::less_equal:
      return order <= 0;
    case Filter::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool null_like(const Value& v) {
  return v.nullish();
}

/// One value against the operand: only types that compare with each other do.
bool compares(Filter::Kind kind, const Value& value, const Value& operand,
              const Collator* collator) {
  const bool same_rank = type_rank(value.type()) == type_rank(operand.type());
  if (!same_rank || (null_like(value) && null_like(operand))) {
    if (null_like(value) && null_like(operand))
      return kind != Filter::less && kind != Filter::greater;
    if (kind == Filter::less || kind == Filter::less_equal) return operand.is(Type::max_key);
    if (kind == Filter::greater || kind == Filter::greater_equal) return operand.is(Type::min_key);
    return false;
  }
  if (value.is_number() && (number_is_nan(value) || number_is_nan(operand))) {
    const bool both = number_is_nan(value) && number_is_nan(operand);
    return both && kind != Filter::less && kind != Filter::greater;
  }
  return holds(kind, compare(value, operand, collator));
}

bool pattern_hits(const Pattern& pattern, const Value& value) {
  if (value.is(Type::string) || value.is(Type::symbol)) return pattern.matches(value.text());
  return value.is(Type::regex) && value.regex().pattern == pattern.source() &&
         value.regex().options == pattern.options();
}

bool is_in(const Filter& filter, const Value& value, const Collator* collator) {
  for (const Value& wanted : filter.values) {
    if (compares(Filter::equal, value, wanted, collator)) return true;
  }
  return std::any_of(filter.patterns.begin(), filter.patterns.end(),
                     [&](const Pattern& p) { return pattern_hits(p, value); });
}

bool has_type(const Filter& filter, const Value& value) {
  if (value.missing()) return false;
  if (filter.any_number && value.is_number()) return true;
  return std::find(filter.types.begin(), filter.types.end(), value.type()) != filter.types.end();
}

bool mod_holds(const Filter& filter, const Value& value) {
  if (!value.is_number()) return false;
  const auto number = truncated_int64(value);
  if (!number) return false;
  if (filter.divisor == -1) return filter.remainder == 0;
  return *number % filter.divisor == filter.remainder;
}

bool bit_of(const Value& value, std::int64_t number, std::uint32_t at) {
  if (value.is(Type::binary)) {
    const std::string& bytes = value.binary().bytes;
    if (at / 8 >= bytes.size()) return false;
    return ((static_cast<std::uint8_t>(bytes[at / 8]) >> (at % 8)) & 1) != 0;
  }
  if (at >= 64) return number < 0;
  return ((static_cast<std::uint64_t>(number) >> at) & 1) != 0;
}

bool bits_hold(const Filter& filter, const Value& value) {
  std::int64_t number = 0;
  if (value.is_number()) {
    const auto exact = exact_int64(value);
    if (!exact) return false;
    number = *exact;
  } else if (!value.is(Type::binary)) {
    return false;
  }
  const auto set = [&](std::uint32_t at) { return bit_of(value, number, at); };
  const auto& p = filter.positions;
  switch (filter.bit_test) {
    case Filter::all_set:
      return std::all_of(p.begin(), p.end(), set);
    case Filter::all_clear:
      return std::none_of(p.begin(), p.end(), set);
    case Filter::any_set:
      return std::any_of(p.begin(), p.end(), set);
    case Filter::any_clear:
      return !std::all_of(p.begin(), p.end(), set);
  }
  return false;
}

/// One value at the path against a filter that looks at single values.
bool value_holds(const Filter& filter, const Value& value, const Collator* collator) {
  switch (filter.kind) {
    case Filter::in:
      return is_in(filter, value, collator);
    case Filter::exists:
      return !value.missing();
    case Filter::type:
      return has_type(filter, value);
    case Filter::mod:
      return mod_holds(filter, value);
    case Filter::regex:
      return pattern_hits(filter.patterns[0], value);
    case Filter::bits:
      return bits_hold(filter, value);
    default:
      return compares(filter.kind, value, filter.value, collator);
  }
}

class Matcher {
 public:
  explicit Matcher(const MatchContext& context) : context_(context) {}

  bool run(const Filter& filter, const Value& document) const {
    const auto holds_here = [&](const FilterPtr& child) { return run(*child, document); };
    const auto& children = filter.children;
    switch (filter.kind) {
      case Filter::always_true:
        return true;
      case Filter::always_false:
        return false;
      case Filter::all_of:
        return std::all_of(children.begin(), children.end(), holds_here);
      case Filter::any_of:
        return any(children, document);
      case Filter::none_of:
        return without_position(filter, document);
      case Filter::not_:
        return without_position(filter, document);
      case Filter::expression:
        return expression(filter, document);
      case Filter::schema:
        return satisfies(*filter.json_schema, document);
      case Filter::text:
        return scores(*filter.text_search, document);
      case Filter::sample:
        return sampled(filter.value.real());
      case Filter::array_size_is:
      case Filter::elem_match_object:
      case Filter::elem_match_value:
        return array_itself(filter, document);
      default:
        return at_path(filter, document);
    }
  }

  bool element(const Filter& filter, const Value& element) const {
    if (filter.kind == Filter::elem_match_object) {
      return (element.is(Type::object) || element.is(Type::array)) &&
             run(*filter.children[0], element);
    }
    return std::all_of(filter.children.begin(), filter.children.end(),
                       [&](const FilterPtr& child) { return on_value(*child, element); });
  }

 private:
  bool scores(const TextSearch& search, const Value& document) const {
    const double score = search.score(document);
    if (context_.text_score != nullptr) *context_.text_score = score;
    return score > 0;
  }
  const Collator* collator() const { return context_.environment->collator; }

  bool at_path(const Filter& filter, const Value& document) const {
    const PathWalk walk{filter.parts, true,
                        [&](const Value& v) { return value_holds(filter, v, collator()); },
                        context_.position};
    return walk.run(document);
  }

  bool array_itself(const Filter& filter, const Value& document) const {
    const auto hit = [&](const Value& v) {
      if (!v.is(Type::array)) return false;
      const Array& elements = v.array();
      if (filter.kind == Filter::array_size_is) {
        return static_cast<std::int64_t>(elements.size()) == filter.array_size;
      }
      const Matcher inner(MatchContext{context_.environment, context_.bindings, nullptr});
      const auto it = std::find_if(elements.begin(), elements.end(),
                                   [&](const Value& e) { return inner.element(filter, e); });
      if (it == elements.end()) return false;
      if (context_.position != nullptr) {
        *context_.position = static_cast<std::size_t>(it - elements.begin());
      }
      return true;
    };
    return PathWalk{filter.parts, false, hit, context_.position}.run(document);
  }

  /// One element itself: arrays in it are compared as a whole, and looked into for $elemMatch.
  bool on_value(const Filter& filter, const Value& value) const {
    switch (filter.kind) {
      case Filter::all_of:
        return std::all_of(filter.children.begin(), filter.children.end(),
                           [&](const FilterPtr& c) { return on_value(*c, value); });
      case Filter::any_of:
        return std::any_of(filter.children.begin(), filter.children.end(),
                           [&](const FilterPtr& c) { return on_value(*c, value); });
      case Filter::none_of:
        return std::none_of(filter.children.begin(), filter.children.end(),
                            [&](const FilterPtr& c) { return on_value(*c, value); });
      case Filter::not_:
        return !on_value(*filter.children[0], value);
      case Filter::always_true:
        return true;
      case Filter::always_false:
        return false;
      case Filter::array_size_is:
      case Filter::elem_match_object:
      case Filter::elem_match_value:
        return array_itself(filter, value);
      default:
        return value_holds(filter, value, collator());
    }
  }

  /// Where alternatives differ, none of them tells a position. Those that ask one path for equality
  /// are as $in: the first element that any of them finds.
  bool any(const std::vector<FilterPtr>& children, const Value& document) const {
    if (children.size() == 1) return run(*children[0], document);
    const bool alike = std::all_of(children.begin(), children.end(), [&](const FilterPtr& child) {
      return child->kind == Filter::equal && child->path == children[0]->path;
    });
    MatchContext context = context_;
    if (context_.position == nullptr || !alike) {
      context.position = nullptr;
      const Matcher inner(context);
      return std::any_of(children.begin(), children.end(),
                         [&](const FilterPtr& child) { return inner.run(*child, document); });
    }
    std::optional<std::size_t> first;
    bool hit = false;
    for (const FilterPtr& child : children) {
      std::optional<std::size_t> at;
      context.position = &at;
      if (!Matcher(context).run(*child, document)) continue;
      hit = true;
      if (at && (!first || *at < *first)) first = at;
    }
    if (first) *context_.position = first;
    return hit;
  }

  bool without_position(const Filter& filter, const Value& document) const {
    const Matcher inner(MatchContext{context_.environment, context_.bindings, nullptr});
    return std::none_of(filter.children.begin(), filter.children.end(),
                        [&](const FilterPtr& child) { return inner.run(*child, document); });
  }

  bool expression(const Filter& filter, const Value& document) const {
    return truthy(
        evaluate(*filter.expr, Scope::of(document, *context_.environment, context_.bindings)));
  }

  static bool sampled(double rate) {
    thread_local std::mt19937_64 dice{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(dice) < rate;
  }

  MatchContext context_;
};

}  // namespace

bool matches(const Filter& filter, const Value& document, const MatchContext& context) {
  return Matcher(context).run(filter, document);
}

bool matches_element(const Filter& filter, const Value& element, const MatchContext& context) {
  return Matcher(context).element(filter, element);
}

}  // namespace iacdb::doc
