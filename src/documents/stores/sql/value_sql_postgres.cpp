// Values as jsonb.

#include "documents/bson/number.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/comparison.hpp"
#include "documents/stores/sql/pattern_sql.hpp"
#include "documents/stores/sql/value_sql.hpp"

namespace iacdb::doc {
namespace {

/// The keys by which an object is a value of another type.
constexpr const char* wrappers =
    "'{$date,$oid,$double,$decimal,$binary,$timestamp,$regex,$text,$undefined,$minKey,$maxKey,"
    "$value}'";
/// The keys of an object that are no fields of it.
constexpr const char* own_keys = "'{$k,$w,$bson}'";

std::string text_array(const std::vector<std::string>& texts) {
  std::string out = "array[";
  for (const std::string& text : texts) out += (out.size() > 6 ? ", " : "") + literal(text);
  return out + "]::text[]";
}

std::string json_literal(const Value& value) {
  return literal(to_storage(value, KeyOrder::listed)) + "::jsonb";
}

class PostgresValues : public ValueSql {
 public:
  explicit PostgresValues(bool utf8) : utf8_(utf8) {}

  std::size_t nesting_max() const override { return 10'000; }

  std::optional<std::string> field(const std::string& x, const std::string& name) const override {
    return "(" + x + " -> " + literal(storage_key(name)) + ")";
  }
  std::string element(const std::string& x, std::size_t index) const override {
    return "(case when " + is_array(x) + " then " + x + " -> " + std::to_string(index) + " end)";
  }

  std::string is_object(const std::string& x) const override {
    return "(" + json_type(x, "object") + " and not jsonb_exists_any(" + x + ", " + wrappers + "))";
  }
  std::string is_array(const std::string& x) const override { return json_type(x, "array"); }
  std::string keys_repeat(const std::string& x) const override { return has(x, "$bson"); }
  std::string is_number(const std::string& x) const override {
    return either({json_type(x, "number"), is_marked_number(x)});
  }

  std::string is_type(const std::string& x, Type type, Bound bound) const override {
    switch (type) {
      case Type::object:
        return is_object(x);
      case Type::array:
        return is_array(x);
      case Type::boolean:
        return json_type(x, "boolean");
      case Type::null:
        return json_type(x, "null");
      case Type::string:
        return either({json_type(x, "string"), has(x, "$text")});
      case Type::int32:
        return of_number(x, int32_form(number(x)), "false");
      case Type::int64:
        return of_number(x, int64_form(number(x)), "false");
      case Type::decimal:
        return either({of_number(x, decimal_form(number(x)), "false"), has(x, "$decimal")});
      case Type::real:
        return either({of_number(x,
                                 "not (" + int32_form(number(x)) + " or " + int64_form(number(x)) +
                                     " or " + decimal_form(number(x)) + ")",
                                 "false"),
                       has(x, "$double")});
      default:
        return is_wrapped(x, type, bound);
    }
  }

  std::string equals(const std::string& x, const Value& value, Bound bound) const override {
    const bool outer = bound == Bound::outer;
    switch (value.type()) {
      case Type::int32:
      case Type::int64:
      case Type::real:
      case Type::decimal:
        return number_equals(x, value, bound);
      case Type::string:
        return either({x + " = " + json_literal(value), outer ? has(x, "$value") : "false"});
      case Type::null:
        return either({json_type(x, "null"), outer ? has(x, "$undefined") : "false"});
      case Type::boolean:
      case Type::date:
      case Type::oid:
      case Type::timestamp:
      case Type::binary:
      case Type::regex:
      case Type::min_key:
      case Type::max_key:
        return x + " = " + json_literal(value);
      case Type::object:
        return outer ? is_object(x) : same_text(x, value);
      case Type::array:
        return outer ? is_array(x) : same_text(x, value);
      default:
        return unknown(bound);
    }
  }

  std::string within(const std::string& x, const Limit& limit, bool otherwise,
                     Bound bound) const override {
    const bool outer = bound == Bound::outer;
    const std::string rest = marked_or(x, otherwise, bound);
    const std::string mark = limit.lower ? " >" : " <";
    std::string end;
    if (const auto integer = exact_integer(limit.value)) {
      end = mark + (limit.exclusive ? " " : "= ") + literal(std::to_string(*integer));
    } else if (const auto far = number_end(limit.value, limit.lower == outer, true)) {
      end = mark + (outer ? "= " : " ") + literal(std::get<std::string>(*far));
    } else {
      return outer ? "true" : both({inverse(is_number(x)), otherwise ? "true" : "false"});
    }
    return of_number(x, number(x) + end + "::numeric", rest);
  }

  std::string is_ordered(const std::string& x, const std::string& mark, const Value& value,
                         Bound bound) const override {
    if (value.is(Type::date)) {
      const std::string date = "(" + x + " -> '$date')";
      return "(case when jsonb_typeof(" + date + ") = 'number' then " + date + "::numeric " + mark +
             " " + literal(std::to_string(value.millis())) + "::numeric else false end)";
    }
    const bool plain = value.is(Type::string) && value.text().find('\0') == std::string::npos;
    if (!plain) return unknown(bound);
    const bool outer = bound == Bound::outer;
    return "(case when " + json_type(x, "string") + " then " + text(x) + " " + mark + " " +
           literal(value.text()) + " else " +
           (outer ? either({has(x, "$text"), has(x, "$value")}) : "false") + " end)";
  }

  std::string is_multiple(const std::string& x, const Value& of, Bound bound) const override {
    const auto divisor = exact_integer(of);
    if (!divisor) return bound == Bound::outer ? "true" : inverse(is_number(x));
    const std::string integer = int32_form(number(x)) + " or " + int64_form(number(x));
    return of_number(x,
                     "case when " + integer + " then mod(" + number(x) + ", " +
                         literal(std::to_string(*divisor)) + "::numeric) = 0 else " +
                         unknown(bound) + " end",
                     marked_or(x, true, bound));
  }

  std::string has_length(const std::string& x, const std::string& mark, std::int64_t n,
                         Bound bound) const override {
    if (!utf8_) return unknown(bound);
    return "(case when " + json_type(x, "string") + " then char_length(" + x + " #>> '{}') " +
           mark + " " + std::to_string(n) + " else " +
           (bound == Bound::outer ? "true" : inverse(has(x, "$text"))) + " end)";
  }

  std::string matches(const std::string& x, const std::string& pattern, bool otherwise,
                      Bound bound) const override {
    const auto re = utf8_ ? postgres_pattern(pattern) : std::nullopt;
    if (!re) return unknown(bound);
    const std::string rest =
        bound == Bound::outer
            ? (otherwise ? "true" : either({has(x, "$text"), has(x, "$value"), has(x, "$regex")}))
            : (otherwise ? inverse(has(x, "$text")) : "false");
    return "(case when " + json_type(x, "string") + " then " + text(x) + " ~ " + literal(*re) +
           " else " + rest + " end)";
  }

  std::string elements(const std::string& x) const override {
    return "jsonb_array_length(" + array_of(x) + ")";
  }

  std::string has_fields(const std::string& x, const std::string& mark, std::int64_t n,
                         Bound bound) const override {
    const std::string counted = "((select count(*) from jsonb_object_keys(" + object_of(x) +
                                ") as k(k) where k <> all(" + own_keys + ")) " + mark + " " +
                                std::to_string(n) + ")";
    const std::string known =
        bound == Bound::outer ? counted : both({inverse(keys_repeat(x)), counted});
    return either({inverse(is_object(x)), bound == Bound::outer ? keys_repeat(x) : "false", known});
  }

  std::string is_unique(const std::string& x, Bound bound) const override {
    if (bound == Bound::inner) return "(" + elements(x) + " <= 1)";
    return "(select count(*) = count(distinct v::text) from jsonb_array_elements(" + array_of(x) +
           ") as v(v))";
  }

  std::string all_elements(const std::string& x, std::size_t first,
                           const Inner& inner) const override {
    const std::string v = fresh();
    std::string condition = inner(v + ".v");
    if (condition == "true") return condition;
    return "(not exists (select from jsonb_array_elements(" + array_of(x) +
           ") with ordinality as " + v + "(v, i) where " + v + ".i > " + std::to_string(first) +
           " and not " + condition + "))";
  }
  std::string any_element(const std::string& x, const Inner& inner) const override {
    const std::string v = fresh();
    std::string condition = inner(v + ".v");
    if (condition == "false") return condition;
    return "(exists (select from jsonb_array_elements(" + array_of(x) + ") as " + v + "(v) where " +
           condition + "))";
  }

  std::optional<std::string> all_fields(const std::string& x, const Names& names,
                                        const Inner& inner, Bound /*bound*/) const override {
    const std::string v = fresh();
    const std::string key = v + ".k";
    const std::string name = "(case when left(" + key + ", 1) = '$' then substr(" + key +
                             ", 2) else " + key + " end collate \"C\")";
    std::vector<std::string> which{key + " <> all(" + own_keys + ")"};
    if (!names.except.empty()) {
      std::vector<std::string> keys;
      for (const std::string& one : names.except) keys.push_back(storage_key(one));
      which.push_back(key + " <> all(" + text_array(keys) + ")");
    }
    for (const std::string& pattern : names.patterns) {
      const auto re = utf8_ ? postgres_pattern(pattern) : std::nullopt;
      if (!re) return std::nullopt;
      which.push_back(name + " !~ " + literal(*re));
    }
    if (names.pattern) {
      const auto re = utf8_ ? postgres_pattern(*names.pattern) : std::nullopt;
      if (!re) return std::nullopt;
      which.push_back(name + " ~ " + literal(*re));
    }
    std::string condition = inner(v + ".v");
    if (condition == "true") return condition;
    which.push_back(inverse(condition));
    return "(not exists (select from jsonb_each(" + object_of(x) + ") as " + v + "(k, v) where " +
           both(which) + "))";
  }

 private:
  static std::string json_type(const std::string& x, const char* type) {
    return "jsonb_typeof(" + x + ") = '" + type + "'";
  }
  /// Only an object has such a member.
  static std::string has(const std::string& x, const std::string& key) {
    return "(" + x + " -> '" + key + "') is not null";
  }
  static std::string has_key(const std::string& x, const std::string& key, bool outer) {
    return outer ? has(x, key) : "false";
  }
  static std::string is_marked_number(const std::string& x) {
    return either({has(x, "$double"), has(x, "$decimal")});
  }
  static std::string number(const std::string& x) { return x + "::numeric"; }
  static std::string text(const std::string& x) { return "(" + x + " #>> '{}') collate \"C\""; }
  static std::string same_text(const std::string& x, const Value& value) {
    return x + "::text = " + json_literal(value) + "::text";
  }
  /// A cast of what is no number would be an error: nothing but CASE decides what is evaluated.
  static std::string of_number(const std::string& x, const std::string& condition,
                               const std::string& otherwise) {
    return "(case when " + json_type(x, "number") + " then " + condition + " else " + otherwise +
           " end)";
  }
  static std::string marked_or(const std::string& x, bool otherwise, Bound bound) {
    if (bound == Bound::outer) return otherwise ? "true" : is_marked_number(x);
    return otherwise ? inverse(is_marked_number(x)) : "false";
  }
  static std::string array_of(const std::string& x) {
    return "case when " + json_type(x, "array") + " then " + x + " else '[]' end";
  }
  std::string object_of(const std::string& x) const {
    return "case when " + is_object(x) + " then " + x + " else '{}' end";
  }
  /// A name for the rows of one more subquery.
  std::string fresh() const { return "e" + std::to_string(subqueries_++); }

  // A number's type is in its digits; see number_of_form() in encoding_read.cpp.
  static std::string int32_form(const std::string& n) {
    return "(scale(" + n + ") = 0 and " + n + " between -2147483648 and 2147483647)";
  }
  static std::string int64_form(const std::string& n) {
    return "(" + n + " between -9223372036854775808 and 9223372036854775807 and (scale(" + n +
           ") = 0 and " + n + " not between -2147483648 and 2147483647 or scale(" + n +
           ") = 2 and " + n + " = trunc(" + n + ")))";
  }
  static std::string decimal_form(const std::string& n) {
    return "(scale(" + n + ") >= 3 and " + n + " = trunc(" + n + ", scale(" + n + ") - 3))";
  }

  static std::string is_wrapped(const std::string& x, Type type, Bound bound) {
    switch (type) {
      case Type::date:
        return has(x, "$date");
      case Type::oid:
        return has(x, "$oid");
      case Type::binary:
        return has(x, "$binary");
      case Type::timestamp:
        return has(x, "$timestamp");
      case Type::regex:
        return has(x, "$regex");
      case Type::undefined:
        return has(x, "$undefined");
      case Type::min_key:
        return has(x, "$minKey");
      case Type::max_key:
        return has(x, "$maxKey");
      default:
        return has_key(x, "$value", bound == Bound::outer);
    }
  }

  static std::string number_equals(const std::string& x, const Value& value, Bound bound) {
    const bool outer = bound == Bound::outer;
    std::vector<std::string> any;
    if (outer) {
      for (const std::string& form : number_forms(value)) {
        any.push_back(x + " = " + literal(form) + "::jsonb");
      }
      any.push_back(is_marked_number(x));
    } else if (const auto integer = exact_integer(value)) {
      any.push_back(x + " = " + literal(std::to_string(*integer)) + "::jsonb");
    }
    return either(any);
  }

  bool utf8_;
  mutable std::size_t subqueries_ = 0;
};

}  // namespace

std::unique_ptr<ValueSql> postgres_value_sql(bool utf8) {
  return std::make_unique<PostgresValues>(utf8);
}

}  // namespace iacdb::doc
