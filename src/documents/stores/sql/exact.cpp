#include "documents/stores/sql/exact.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "documents/stores/sql/comparison.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/narrow.hpp"
#include "documents/stores/sql/path_value.hpp"
#include "documents/stores/sql/pattern_sql.hpp"

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
      case Filter::array_size_is:
      case Filter::type:
      case Filter::mod:
      case Filter::bits:
      case Filter::regex:
        return of_value(filter);
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
      return ExactFilter{{"id = ?", {id_key(form_.ordered_ids, value)}}, {}};
    }
    if (!is_plain_path(filter.parts)) return std::nullopt;
    if (collated_ && value.is(Type::string)) return std::nullopt;
    if (value.is(Type::null)) {
      if (!form_.postgres) return equal_to_null(filter.parts);
      if (filter.parts.size() == 1) return equal_to_null_at_root(filter.parts);
    }
    if (value.is_number() && !exact_integer(value)) return near(filter.parts, value, {});
    if (!form_.postgres) return equal_in_sqlite(filter.parts, value);
    auto decided = equals_exactly(filter.parts, value);
    if (!decided) return std::nullopt;
    return ExactFilter{sure(any_of(decided->match)),
                       decided->doubt.empty() ? Condition{} : sure(any_of(decided->doubt))};
  }

  static ExactFilter equal_to_null_at_root(PathParts parts) {
    const std::string root = root_sql(parts);
    return {{"(" + root + " is null or " + root + " @> 'null')", {}},
            {"coalesce(" + root + R"( @> '{"$undefined":true}' or )" + root +
                 R"( @> '[{"$undefined":true}]', false))",
             {}}};
  }

  ExactFilter equal_to_null(PathParts parts) const {
    const PathValue v(form_, parts);
    return {{v.is_null_or_missing(), {}}, doubtful(parts, {v.is_array(), v.has("$undefined")})};
  }

  std::optional<ExactFilter> equal_in_sqlite(PathParts parts, const Value& value) const {
    const PathValue v(form_, parts);
    if (value.is(Type::boolean)) {
      return ExactFilter{{v.is_true(value.boolean()), {}}, doubtful(parts, {v.is_array()})};
    }
    if (value.is(Type::oid)) {
      return ExactFilter{sure({v.text_member("$oid") + " = ?", {value.oid().hex()}}),
                         doubtful(parts, {v.is_array()})};
    }
    const auto operand = ordered_as(value, parts);
    if (!operand) return std::nullopt;
    return ExactFilter{sure({operand->sql + " = " + operand->mark, {operand->value}}),
                       doubts_of_order(parts, v, value)};
  }

  std::optional<ExactFilter> in(const Filter& filter) {
    if (!filter.patterns.empty()) return std::nullopt;
    const auto parts =
        parts_of(filter.values, [&](const Value& value) { return equal(filter, value); });
    return parts ? std::optional(parts->any()) : std::nullopt;
  }

  std::optional<ExactFilter> range(const Filter& filter) {
    if (filter.path == "_id") {
      auto range = id_range(form_, filter, collated_);
      return range ? std::optional(ExactFilter{std::move(*range), odd_id()}) : std::nullopt;
    }
    if (!is_plain_path(filter.parts)) return std::nullopt;
    const std::string mark = mark_of(filter.kind);
    if (filter.value.is_number() && !exact_integer(filter.value)) {
      return near(filter.parts, filter.value, mark);
    }
    const auto operand = ordered_as(filter.value, filter.parts);
    if (!operand) return std::nullopt;
    return ExactFilter{sure({operand->sql + mark + operand->mark, {operand->value}}),
                       doubts_of_order(filter.parts, PathValue(form_, filter.parts), filter.value)};
  }

  /// A comparison with a number whose digits SQL may have a little wrong: those near are in doubt.
  std::optional<ExactFilter> near(PathParts parts, const Value& value,
                                  const std::string& mark) const {
    const auto lower = number_end(value, true, form_.postgres);
    const auto upper = number_end(value, false, form_.postgres);
    if (!lower || !upper) return std::nullopt;
    const PathValue v(form_, parts);
    const std::string operand = form_.postgres ? "?::text::numeric" : "?";
    ExactFilter out{never(), doubts_of_order(parts, v, value)};
    if (!mark.empty()) out.match = sure({v.number() + mark + operand, {*lower}});
    out.doubt =
        either({out.doubt,
                sure({v.number() + " between " + operand + " and " + operand, {*lower, *upper}})});
    return out;
  }

  struct Ordered {
    std::string sql;
    std::string mark;
    SqlParameter value;
  };
  std::optional<Ordered> ordered_as(const Value& value, PathParts parts) const {
    const PathValue v(form_, parts);
    const auto integer = value.is_number()      ? exact_integer(value)
                         : value.is(Type::date) ? std::optional(value.millis())
                                                : std::nullopt;
    if (integer) {
      Ordered out{value.is_number() ? v.number() : v.number_member("$date"), "?", *integer};
      if (form_.postgres) {
        out.mark = "?::text::numeric";
        out.value = std::to_string(*integer);
      }
      return out;
    }
    if (value.is(Type::string) && !collated_ && value.text().find('\0') == std::string::npos) {
      return Ordered{v.text(), form_.postgres ? "?::text" : "?", value.text()};
    }
    return std::nullopt;
  }

  Condition doubtful(PathParts parts, const std::vector<std::string>& leaf) const {
    std::vector<Condition> any{arrays_on_the_way(form_, parts)};
    for (const std::string& sql : leaf) any.push_back({sql, {}});
    return either(any);
  }
  /// What may be on either side of a value in MongoDB's order, though SQL sees it on one.
  Condition doubts_of_order(PathParts parts, const PathValue& v, const Value& value) const {
    std::vector<std::string> leaf{v.is_array(), v.is_marked()};
    if (value.is(Type::string)) leaf.push_back(v.has("$text"));
    if (value.is_number() && !form_.postgres) leaf.push_back(v.is_inexact_number());
    return doubtful(parts, leaf);
  }

  static const char* mark_of(Filter::Kind kind) {
    if (kind == Filter::less) return " < ";
    if (kind == Filter::less_equal) return " <= ";
    return kind == Filter::greater ? " > " : " >= ";
  }

  // --- what the value is ---

  std::optional<ExactFilter> of_value(const Filter& filter) const {
    if (!is_plain_path(filter.parts)) return std::nullopt;
    const PathParts parts = filter.parts;
    const PathValue v(form_, parts);
    switch (filter.kind) {
      case Filter::exists:
        return ExactFilter{{v.is_present(), {}}, arrays_on_the_way(form_, parts)};
      case Filter::array_size_is:
        return ExactFilter{sure({v.array_length() + " = " + std::to_string(filter.array_size), {}}),
                           arrays_on_the_way(form_, parts)};
      case Filter::type:
        return of_type(filter, v);
      case Filter::mod: {
        const std::string divisor = std::to_string(filter.divisor);
        const std::string number = "(" + v.whole_number() + ")";
        return ExactFilter{sure({number + " % " + divisor + " = ?", {filter.remainder}}),
                           doubts_of_order(parts, v, Value(std::int64_t{0}))};
      }
      case Filter::bits:
        return bits(filter, v);
      default:
        return regex(filter, v);
    }
  }

  std::optional<ExactFilter> of_type(const Filter& filter, const PathValue& v) const {
    std::vector<Condition> any;
    bool arrays = false;
    if (filter.any_number) {
      for (const std::string& sql : {v.is_number(), v.has("$double"), v.has("$decimal")}) {
        any.push_back({sql, {}});
      }
    }
    for (const Type type : filter.types) {
      arrays = arrays || type == Type::array;
      any.push_back({v.is_type(type), {}});
      if (any.back().empty()) return std::nullopt;
    }
    if (any.empty()) return std::nullopt;
    return ExactFilter{any_of(any), arrays ? arrays_on_the_way(form_, filter.parts)
                                           : doubtful(filter.parts, {v.is_array()})};
  }

  std::optional<ExactFilter> bits(const Filter& filter, const PathValue& v) const {
    std::uint64_t mask = 0;
    for (const std::uint32_t position : filter.positions) {
      if (position >= 64) return std::nullopt;
      mask |= std::uint64_t{1} << position;
    }
    const auto bits = static_cast<std::int64_t>(mask);
    const std::string operand = form_.postgres ? "?::bigint" : "?";
    Condition test{"(" + v.integer() + ") & " + operand, {bits}};
    switch (filter.bit_test) {
      case Filter::all_set:
        test = {"(" + test.sql + ") = " + operand, {bits, bits}};
        break;
      case Filter::all_clear:
        test.sql = "(" + test.sql + ") = 0";
        break;
      case Filter::any_set:
        test.sql = "(" + test.sql + ") <> 0";
        break;
      case Filter::any_clear:
        test = {"(" + test.sql + ") <> " + operand, {bits, bits}};
        break;
    }
    std::vector<std::string> leaf{v.is_array(), v.is_marked(), v.has("$binary")};
    if (!form_.postgres) leaf.push_back(v.is_inexact_number());
    return ExactFilter{sure(test), doubtful(filter.parts, leaf)};
  }

  std::optional<ExactFilter> regex(const Filter& filter, const PathValue& v) const {
    const Pattern& pattern = filter.patterns[0];
    const auto plain = pattern.options().empty() ? plain_pattern(pattern.source()) : std::nullopt;
    if (!plain) return std::nullopt;
    const Condition test = plain->ends ? ends_with(plain->text, plain->begins, v)
                                       : holds(plain->text, plain->begins, v);
    return ExactFilter{sure(test), doubtful(filter.parts, {v.is_array(), v.is_marked(),
                                                           v.has("$text"), v.has("$regex")})};
  }
  Condition holds(const std::string& text, bool begins, const PathValue& v) const {
    const std::string place =
        form_.postgres ? "strpos(" + v.text() + ", ?::text)" : "instr(" + v.text() + ", ?)";
    return {place + (begins ? " = 1" : " > 0"), {text}};
  }
  /// "$" is the end, and the place before a newline that ends the text.
  Condition ends_with(const std::string& text, bool begins, const PathValue& v) const {
    const std::string operand = form_.postgres ? " = ?::text" : " = ?";
    std::vector<Condition> any;
    for (const std::string& end : {text, text + "\n"}) {
      const std::string n = std::to_string(base::utf8_length(end));
      const std::string tail = form_.postgres ? "right(" + v.text() + ", " + n + ")"
                                              : "substr(" + v.text() + ", -" + n + ")";
      any.push_back({(begins ? v.text() : tail) + operand, {end}});
    }
    return any_of(any);
  }

  const SqlForm& form_;
  bool collated_;
};

}  // namespace

std::optional<ExactFilter> exact_filter(const SqlForm& form, const Filter& filter, bool collated) {
  return Decider(form, collated).run(filter);
}

Condition decided_part(const SqlForm& form, const Filter& filter, bool collated) {
  if (filter.kind == Filter::all_of) {
    std::vector<Condition> all;
    for (const FilterPtr& child : filter.children) {
      all.push_back(decided_part(form, *child, collated));
    }
    return all_of(all);
  }
  const auto exact = exact_filter(form, filter, collated);
  if (!exact || exact->match.empty()) return {};
  return exact->doubt.empty() ? exact->match : any_of({exact->match, exact->doubt});
}

Condition arrays_on_the_way(const SqlForm& form, PathParts parts) {
  std::vector<Condition> any;
  for (std::size_t n = 1; n < parts.size(); ++n) {
    any.push_back({PathValue(form, parts.first(n)).is_array(), {}});
  }
  return any_of(any);
}

}  // namespace iacdb::doc
