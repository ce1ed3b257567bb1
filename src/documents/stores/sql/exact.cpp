#include "documents/stores/sql/exact.hpp"

#include <algorithm>

#include "documents/stores/sql/comparison.hpp"
#include "documents/stores/sql/index_keys.hpp"
#include "documents/stores/sql/narrow.hpp"

namespace iacdb::doc {
namespace {

Condition negated(const Condition& c) {
  return {"not " + c.sql, c.parameters};
}
Condition sure(const Condition& c) {
  return {"coalesce(" + c.sql + ", false)", c.parameters};
}
Condition never() {
  return {"false", {}};
}
/// As any_of(), where an empty condition is one that never holds.
Condition either(const std::vector<Condition>& conditions) {
  std::vector<Condition> known;
  for (const Condition& c : conditions) {
    if (!c.empty()) known.push_back(c);
  }
  return any_of(known);
}

class Decider {
 public:
  Decider(const SqlForm& form, bool collated) : form_(form), collated_(collated) {}

  std::optional<ExactFilter> run(const Filter& filter) {
    switch (filter.kind) {
      case Filter::always_true:
        return ExactFilter{};
      case Filter::always_false:
        return ExactFilter{never(), {}};
      case Filter::all_of:
        return all(filter.children);
      case Filter::any_of:
        return any(filter.children);
      case Filter::none_of:
        return inverse(any(filter.children));
      case Filter::not_:
        return inverse(run(*filter.children[0]));
      case Filter::equal:
        return equal(filter, filter.value);
      case Filter::in:
        return in(filter);
      case Filter::less:
      case Filter::less_equal:
      case Filter::greater:
      case Filter::greater_equal:
        return range(filter);
      case Filter::exists:
        return exists(filter);
      default:
        return std::nullopt;
    }
  }

 private:
  /// What is decided of several, side by side.
  struct Parts {
    std::vector<Condition> matches;
    std::vector<Condition> doubts;

    ExactFilter all() const { return {all_of(matches), either(doubts)}; }
    ExactFilter any() const {
      return {matches.empty() ? never() : any_of(matches), either(doubts)};
    }
  };
  /// `decide` of each; nullopt where one is not decided, or there are too many.
  template <class List, class Decide>
  static std::optional<Parts> parts_of(const List& list, Decide decide) {
    if (list.size() > alternatives_max) return std::nullopt;
    Parts out;
    for (const auto& item : list) {
      std::optional<ExactFilter> one = decide(item);
      if (!one) return std::nullopt;
      out.matches.push_back(std::move(one->match));
      out.doubts.push_back(std::move(one->doubt));
    }
    return out;
  }
  std::optional<ExactFilter> all(const std::vector<FilterPtr>& children) {
    const auto parts = parts_of(children, [&](const FilterPtr& child) { return run(*child); });
    return parts ? std::optional(parts->all()) : std::nullopt;
  }
  std::optional<ExactFilter> any(const std::vector<FilterPtr>& children) {
    const auto parts = parts_of(children, [&](const FilterPtr& child) { return run(*child); });
    return parts ? std::optional(parts->any()) : std::nullopt;
  }

  static std::optional<ExactFilter> inverse(std::optional<ExactFilter> of) {
    if (!of) return of;
    of->match = of->match.empty() ? never() : negated(of->match);
    return of;
  }

  std::optional<ExactFilter> equal(const Filter& filter, const Value& value) {
    if (filter.path == "_id") {
      if (!is_plain_id(value, collated_)) return std::nullopt;
      return ExactFilter{{"id = ?", {equality_key(value)}}, {}};
    }
    if (!is_plain_path(filter.parts)) return std::nullopt;
    if (value.is(Type::null) && filter.parts.size() == 1) return equal_to_null(filter.parts);
    if (collated_ && value.is(Type::string)) return std::nullopt;
    auto decided = equals_exactly(filter.parts, value);
    if (!decided) return std::nullopt;
    return ExactFilter{sure(any_of(decided->match)),
                       decided->doubt.empty() ? Condition{} : sure(any_of(decided->doubt))};
  }

  static ExactFilter equal_to_null(PathParts parts) {
    const std::string root = root_sql(parts);
    return {{"(" + root + " is null or " + root + " @> 'null')", {}},
            {"coalesce(" + root + R"( @> '{"$undefined":true}' or )" + root +
                 R"( @> '[{"$undefined":true}]', false))",
             {}}};
  }

  std::optional<ExactFilter> in(const Filter& filter) {
    if (!filter.patterns.empty()) return std::nullopt;
    const auto parts =
        parts_of(filter.values, [&](const Value& value) { return equal(filter, value); });
    return parts ? std::optional(parts->any()) : std::nullopt;
  }

  std::optional<ExactFilter> range(const Filter& filter) {
    if (filter.path == "_id" || !is_plain_path(filter.parts)) return std::nullopt;
    const auto operand = ordered_as(filter.value, filter.parts);
    if (!operand) return std::nullopt;
    Condition match = sure({operand->sql + mark(filter.kind) + operand->mark, {operand->value}});
    const std::string leaf = leaf_sql(form_, filter.parts);
    Condition doubt =
        either({arrays_on_the_way(form_, filter.parts),
                {"coalesce(jsonb_typeof(" + leaf + ") = 'array' or " + leaf +
                     R"( @> '{"$w":1}' or jsonb_exists()" + leaf + ", '$text'), false)",
                 {}}});
    return ExactFilter{std::move(match), std::move(doubt)};
  }

  struct Ordered {
    std::string sql;
    std::string mark;
    SqlParameter value;
  };
  std::optional<Ordered> ordered_as(const Value& value, PathParts parts) {
    const std::string leaf = leaf_sql(form_, parts);
    if (value.is_number()) {
      const auto integer = exact_integer(value);
      if (!integer) return std::nullopt;
      return Ordered{
          "case when jsonb_typeof(" + leaf + ") = 'number' then " + leaf + "::numeric end",
          "?::text::numeric", std::to_string(*integer)};
    }
    if (value.is(Type::date)) {
      const std::string date = "(" + leaf + " -> '$date')";
      return Ordered{
          "case when jsonb_typeof(" + date + ") = 'number' then " + date + "::numeric end",
          "?::text::numeric", std::to_string(value.millis())};
    }
    if (value.is(Type::string) && !collated_ && value.text().find('\0') == std::string::npos) {
      return Ordered{"case when jsonb_typeof(" + leaf + ") = 'string' then (" + leaf +
                         " #>> '{}') collate \"C\" end",
                     "?::text", value.text()};
    }
    return std::nullopt;
  }

  static const char* mark(Filter::Kind kind) {
    if (kind == Filter::less) return " < ";
    if (kind == Filter::less_equal) return " <= ";
    return kind == Filter::greater ? " > " : " >= ";
  }

  std::optional<ExactFilter> exists(const Filter& filter) {
    if (!is_plain_path(filter.parts)) return std::nullopt;
    return ExactFilter{{"(" + leaf_sql(form_, filter.parts) + " is not null)", {}},
                       arrays_on_the_way(form_, filter.parts)};
  }

  const SqlForm& form_;
  bool collated_;
};

}  // namespace

std::optional<ExactFilter> exact_filter(const SqlForm& form, const Filter& filter, bool collated) {
  if (!form.postgres) return std::nullopt;
  return Decider(form, collated).run(filter);
}

Condition arrays_on_the_way(const SqlForm& form, PathParts parts) {
  Condition out;
  for (std::size_t n = 1; n < parts.size(); ++n) {
    if (!out.empty()) out.sql += " or ";
    out.sql += array_sql(form, parts.first(n));
  }
  if (!out.empty()) out.sql = "coalesce(" + out.sql + ", false)";
  return out;
}

}  // namespace iacdb::doc
