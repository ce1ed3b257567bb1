#include "documents/stores/sql/validator_sql.hpp"

#include "documents/stores/sql/path_sql.hpp"
#include "documents/stores/sql/schema_sql.hpp"

namespace iacdb::doc {
namespace {

std::string word(const Object& options, const char* name, const char* otherwise) {
  const Value& v = options.get(name);
  return v.is(Type::string) ? v.text() : otherwise;
}

const char* mark_of(Filter::Kind kind) {
  if (kind == Filter::less) return "<";
  if (kind == Filter::less_equal) return "<=";
  return kind == Filter::greater ? ">" : ">=";
}

class FilterSql {
 public:
  FilterSql(const ValueSql& values, bool collated)
      : values_(values), schemas_(values), collated_(collated) {}

  std::string holds(const Filter& filter, const std::string& root, Bound bound,
                    const std::string& where) {
    std::string out = stated(filter, root, bound, where);
    if (nesting_of(out) <= values_.nesting_max()) return out;
    return schemas_.leave_out(where + "(nested too deeply)", bound);
  }
  std::vector<std::string> left_out() const {
    return {schemas_.left_out().begin(), schemas_.left_out().end()};
  }

 private:
  std::string stated(const Filter& filter, const std::string& root, Bound bound,
                     const std::string& where) {
    switch (filter.kind) {
      case Filter::always_true:
        return "true";
      case Filter::always_false:
        return "false";
      case Filter::all_of:
        return both(children(filter, root, bound, where));
      case Filter::any_of:
        return either(children(filter, root, bound, where));
      case Filter::none_of:
      case Filter::not_:
        return inverse(either(children(filter, root, opposite(bound), where)));
      case Filter::schema:
        return schemas_.holds(*filter.json_schema, root, bound, where + "$jsonSchema");
      case Filter::expression:
        return schemas_.leave_out(where + "$expr", bound);
      case Filter::equal:
      case Filter::less:
      case Filter::less_equal:
      case Filter::greater:
      case Filter::greater_equal:
      case Filter::in:
      case Filter::exists:
      case Filter::type:
      case Filter::regex:
      case Filter::array_size_is:
        return at_path(filter, root, bound, where);
      default:
        return schemas_.leave_out(where + filter.path, bound);
    }
  }
  std::vector<std::string> children(const Filter& filter, const std::string& root, Bound bound,
                                    const std::string& where) {
    std::vector<std::string> out;
    for (const FilterPtr& child : filter.children) {
      out.push_back(holds(*child, root, bound, where));
    }
    return out;
  }

  /// The value at the path, or one element of it; an array on the way is not looked into.
  std::string at_path(const Filter& filter, const std::string& root, Bound bound,
                      const std::string& where) {
    if (!is_plain_path(filter.parts)) return schemas_.leave_out(where + filter.path, bound);
    std::string x = root;
    std::vector<std::string> arrays;
    for (std::size_t i = 0; i < filter.parts.size(); ++i) {
      if (i > 0) arrays.push_back(both({x + " is not null", values_.is_array(x)}));
      const auto field = values_.field(x, filter.parts[i]);
      if (!field) return schemas_.leave_out(where + filter.path, bound);
      x = *field;
    }
    std::string there = value_holds(filter, x, bound);
    if (there == unknown(bound)) return schemas_.leave_out(where + filter.path, bound);
    return bound == Bound::outer ? either({there, either(arrays)})
                                 : both({there, inverse(either(arrays))});
  }

  std::string value_holds(const Filter& filter, const std::string& x, Bound bound) {
    if (filter.kind == Filter::exists) return "(" + x + " is not null)";
    if (filter.kind == Filter::array_size_is) {
      return both({x + " is not null", values_.is_array(x),
                   "(" + values_.elements(x) + " = " + std::to_string(filter.array_size) + ")"});
    }
    const auto one = [&](const std::string& v) { return single(filter, v, bound); };
    std::string itself = one(x);
    if (itself == unknown(bound)) return itself;
    const std::string present =
        both({x + " is not null", either({itself, values_.any_element(x, one)})});
    return takes_missing(filter) ? either({x + " is null", present}) : present;
  }

  static bool takes_missing(const Filter& filter) {
    if (filter.kind == Filter::in) {
      for (const Value& value : filter.values) {
        if (value.nullish()) return true;
      }
    }
    return filter.kind == Filter::equal && filter.value.nullish();
  }

  std::string single(const Filter& filter, const std::string& v, Bound bound) {
    switch (filter.kind) {
      case Filter::equal:
        return equals(v, filter.value, bound);
      case Filter::in: {
        if (!filter.patterns.empty()) return unknown(bound);
        std::vector<std::string> any;
        for (const Value& value : filter.values) any.push_back(equals(v, value, bound));
        return either(any);
      }
      case Filter::type: {
        std::vector<std::string> any;
        if (filter.any_number) any.push_back(values_.is_number(v));
        for (const Type type : filter.types) any.push_back(values_.is_type(v, type, bound));
        return either(any);
      }
      case Filter::regex:
        if (!filter.patterns[0].options().empty()) return unknown(bound);
        return values_.matches(v, filter.patterns[0].source(), false, bound);
      default:
        return ordered(filter, v, bound);
    }
  }

  std::string equals(const std::string& v, const Value& value, Bound bound) {
    if (collated_ && (value.is(Type::string) || value.is(Type::object) || value.is(Type::array))) {
      return unknown(bound);
    }
    return values_.equals(v, value, bound);
  }

  std::string ordered(const Filter& filter, const std::string& v, Bound bound) {
    const bool lower = filter.kind == Filter::greater || filter.kind == Filter::greater_equal;
    const bool exclusive = filter.kind == Filter::greater || filter.kind == Filter::less;
    if (filter.value.is_number()) {
      return values_.within(v, {filter.value, lower, exclusive}, false, bound);
    }
    if (collated_ && !filter.value.is(Type::date)) return unknown(bound);
    return values_.is_ordered(v, mark_of(filter.kind), filter.value, bound);
  }

  const ValueSql& values_;
  SchemaSql schemas_;
  bool collated_;
};

}  // namespace

Guard guard_of(const ValueSql& values, const Object& options, const std::string& after,
               const std::string& before) {
  Guard out;
  const Value& validator = options.get("validator");
  const std::string level = word(options, "validationLevel", "strict");
  const bool refuses = validator.is(Type::object) && !validator.object().empty() &&
                       level != "off" && word(options, "validationAction", "error") == "error";
  if (!refuses) return out;
  out.moderate = level == "moderate";
  FilterSql sql(values, options.get("collation").is(Type::object));
  const FilterPtr filter = parse_filter(validator.object());
  out.condition = sql.holds(*filter, after, Bound::outer, "");
  out.left_out = sql.left_out();
  out.surely = sql.holds(*filter, before, Bound::inner, "");
  return out;
}

}  // namespace iacdb::doc
