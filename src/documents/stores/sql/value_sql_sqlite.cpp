// Values as JSON text in SQLite, by what every SQLite has built in: triggers run in programs that
// are not ours.

#include <map>

#include "base/text.hpp"
#include "documents/bson/number.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/comparison.hpp"
#include "documents/stores/sql/pattern_sql.hpp"
#include "documents/stores/sql/value_sql.hpp"

namespace iacdb::doc {
namespace {

/// The keys by which an object is a value of another type.
constexpr const char* wrappers[] = {"$date",   "$oid",       "$double",    "$decimal",
                                    "$binary", "$timestamp", "$regex",     "$text",
                                    "$value",  "$minKey",    "$undefined", "$maxKey"};
/// The keys of an object that are no fields of it.
constexpr const char* own_keys = "('$k', '$w', '$bson')";
/// Doubles of which the integer fits 64 bits for sure.
constexpr const char* surely_int64 = " between -9e18 and 9e18";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}
bool has_zero(const std::string& text) {
  return text.find('\0') != std::string::npos;
}
/// Of an integer SQLite knows all digits.
std::string number_literal(const SqlParameter& number) {
  if (const auto* integer = std::get_if<std::int64_t>(&number)) return std::to_string(*integer);
  return shortest(std::get<double>(number));
}

class SqliteValues : public ValueSql {
 public:
  explicit SqliteValues(bool utf8) : utf8_(utf8) {}

  /// Its parser's stack holds a hundred, of which a trigger takes some before the condition.
  std::size_t nesting_max() const override { return 80; }

  std::optional<std::string> field(const std::string& x, const std::string& name) const override {
    const std::string key = storage_key(name);
    // SQLite compares names as they are written, and what JSON escapes may be written in two ways.
    const bool plain = !key.empty() && std::none_of(key.begin(), key.end(), [](char c) {
      return c == '"' || c == '\\' || (c >= 0 && c < ' ');
    });
    if (!plain) return std::nullopt;
    return step(x, ".\"" + key + "\"");
  }
  std::string element(const std::string& x, std::size_t index) const override {
    return step(x, "[" + std::to_string(index) + "]");
  }

  std::string is_object(const std::string& x) const override {
    std::vector<std::string> none;
    for (const char* key : wrappers) none.push_back(inverse(has(x, key)));
    return both({type_is(x, "= 'object'"), either({"instr(" + x + ", '\"$') = 0", both(none)})});
  }
  std::string is_array(const std::string& x) const override { return type_is(x, "= 'array'"); }
  std::string keys_repeat(const std::string& x) const override { return has(x, "$bson"); }
  std::string is_number(const std::string& x) const override {
    return either({type_is(x, "in ('integer', 'real')"), is_marked_number(x)});
  }

  std::string is_type(const std::string& x, Type type, Bound bound) const override {
    switch (type) {
      case Type::object:
        return is_object(x);
      case Type::array:
        return is_array(x);
      case Type::boolean:
        return type_is(x, "in ('true', 'false')");
      case Type::null:
        return type_is(x, "= 'null'");
      case Type::string:
        return either({type_is(x, "= 'text'"), has(x, "$text")});
      case Type::int32:
        return both({is_integer(x), value(x) + " between -2147483648 and 2147483647"});
      case Type::int64:
        return either({both({is_integer(x), value(x) + " not between -2147483648 and 2147483647"}),
                       both({type_is(x, "= 'real'"), is_long(x),
                             bound == Bound::outer ? "true" : value(x) + surely_int64})});
      case Type::decimal:
        return either({both({type_is(x, "= 'real'"), is_decimal(x)}), has(x, "$decimal")});
      case Type::real:
        return either(
            {both({type_is(x, "= 'real'"), inverse(is_decimal(x)),
                   either({inverse(is_long(x)),
                           bound == Bound::outer ? value(x) + " not" + surely_int64 : "false"})}),
             both({type_is(x, "= 'integer'"), inverse(is_integer(x))}), has(x, "$double")});
      default:
        return is_wrapped(x, type, bound);
    }
  }

  std::string equals(const std::string& x, const Value& v, Bound bound) const override {
    const bool outer = bound == Bound::outer;
    switch (v.type()) {
      case Type::int32:
      case Type::int64:
      case Type::real:
      case Type::decimal:
        return number_equals(x, v, bound);
      case Type::string:
        if (has_zero(v.text())) return unknown(bound);
        return of_text(x, value(x) + " = " + quoted(v.text()), false, bound);
      case Type::null:
        return either({type_is(x, "= 'null'"), outer ? has(x, "$undefined") : "false"});
      case Type::boolean:
        return type_is(x, v.boolean() ? "= 'true'" : "= 'false'");
      case Type::min_key:
      case Type::max_key:
        return is_type(x, v.type(), bound);
      case Type::date:
      case Type::oid:
      case Type::timestamp:
      case Type::binary:
      case Type::regex:
      case Type::object:
      case Type::array: {
        // One value may be written in several ways by others, but what is written alike is one.
        if (outer) return is_type(x, v.type(), bound);
        const std::string text = to_storage(v, KeyOrder::kept);
        return has_zero(text) ? "false" : x + " = " + quoted(text);
      }
      default:
        return unknown(bound);
    }
  }

  std::string within(const std::string& x, const Limit& limit, bool otherwise,
                     Bound bound) const override {
    const bool outer = bound == Bound::outer;
    const auto end = number_end(limit.value, limit.lower, false);
    const auto near = number_end(limit.value, limit.lower == outer, false);
    const auto far = moved_end(limit, outer);
    if (!end || !near || !far) {
      return outer ? "true" : both({inverse(is_number(x)), otherwise ? "true" : "false"});
    }
    const std::string mark = limit.lower ? " >" : " <";
    const bool whole = std::holds_alternative<std::int64_t>(*end);
    const std::string integers =
        whole ? value(x) + mark + (limit.exclusive ? " " : "= ") + number_literal(*end)
              : value(x) + mark + "= " + number_literal(*near);
    return "(case when " + is_integer(x) + " then " + integers + " when " +
           type_is(x, "in ('integer', 'real')") + " then " + value(x) + mark + "= " +
           number_literal(*far) + " else " + marked_or(x, otherwise, bound) + " end)";
  }

  std::string is_ordered(const std::string& x, const std::string& mark, const Value& v,
                         Bound bound) const override {
    if (v.is(Type::date)) {
      const std::string date = step(x, ".\"$date\"");
      return "(case when " + is_integer(date) + " then " + value(date) + " " + mark + " " +
             std::to_string(v.millis()) + " else " +
             (bound == Bound::outer ? has(x, "$date") : "false") + " end)";
    }
    if (!v.is(Type::string) || has_zero(v.text()) || !utf8_) return unknown(bound);
    return of_text(x, value(x) + " " + mark + " " + quoted(v.text()), false, bound);
  }

  std::string is_multiple(const std::string& x, const Value& of, Bound bound) const override {
    const auto divisor = exact_integer(of);
    if (!divisor) return bound == Bound::outer ? "true" : inverse(is_number(x));
    return "(case when " + is_integer(x) + " then " + value(x) + " % " + std::to_string(*divisor) +
           " = 0 when " + type_is(x, "in ('integer', 'real')") + " then " + unknown(bound) +
           " else " + marked_or(x, true, bound) + " end)";
  }

  std::string has_length(const std::string& x, const std::string& mark, std::int64_t n,
                         Bound bound) const override {
    return of_text(x, "length(" + value(x) + ") " + mark + " " + std::to_string(n), true, bound);
  }

  std::string matches(const std::string& x, const std::string& pattern, bool otherwise,
                      Bound bound) const override {
    const auto plain = plain_pattern(pattern);
    if (!plain) return unknown(bound);
    return of_text(x, text_matches(value(x), *plain), otherwise, bound);
  }

  std::string elements(const std::string& x) const override {
    return "(case when " + is_array(x) + " then json_array_length(" + at(x) + ") else 0 end)";
  }

  std::string has_fields(const std::string& x, const std::string& mark, std::int64_t n,
                         Bound bound) const override {
    const std::string counted = "((select count(*) from json_each(" + at(x) +
                                ") as k where k.key not in " + own_keys + ") " + mark + " " +
                                std::to_string(n) + ")";
    const bool outer = bound == Bound::outer;
    return either({inverse(is_object(x)), outer ? keys_repeat(x) : "false",
                   outer ? counted : both({inverse(keys_repeat(x)), counted})});
  }

  std::string is_unique(const std::string& x, Bound bound) const override {
    if (bound == Bound::inner) return "(" + elements(x) + " <= 1)";
    const std::string e = fresh();
    return either({inverse(is_array(x)), "(select count(*) = count(distinct " + e + ".json -> " +
                                             e + ".fullkey) from json_each(" + at(x) + ") as " + e +
                                             ")"});
  }

  std::string all_elements(const std::string& x, std::size_t first,
                           const Inner& inner) const override {
    const std::string e = fresh();
    std::string condition = inner(member(e));
    if (condition == "true") return condition;
    return either({inverse(is_array(x)),
                   "(not exists (select 1 from json_each(" + at(x) + ") as " + e + " where " + e +
                       ".key >= " + std::to_string(first) + " and not " + condition + "))"});
  }
  std::string any_element(const std::string& x, const Inner& inner) const override {
    const std::string e = fresh();
    std::string condition = inner(member(e));
    if (condition == "false") return condition;
    return both({is_array(x), "(exists (select 1 from json_each(" + at(x) + ") as " + e +
                                  " where " + condition + "))"});
  }

  std::optional<std::string> all_fields(const std::string& x, const Names& names,
                                        const Inner& inner, Bound bound) const override {
    const std::string e = fresh();
    const std::string key = e + ".key";
    const std::string name = "(case when substr(" + key + ", 1, 1) = '$' then substr(" + key +
                             ", 2) else " + key + " end)";
    std::vector<std::string> which{key + " not in " + own_keys};
    std::string except;
    for (const std::string& one : names.except) {
      except += (except.empty() ? "" : ", ") + quoted(storage_key(one));
    }
    if (!except.empty()) which.push_back(key + " not in (" + except + ")");
    for (const std::string& pattern : names.patterns) {
      const auto plain = plain_pattern(pattern);
      if (!plain) return std::nullopt;
      which.push_back(inverse(text_matches(name, *plain)));
    }
    if (names.pattern) {
      const auto plain = plain_pattern(*names.pattern);
      if (!plain) return std::nullopt;
      which.push_back(text_matches(name, *plain));
    }
    std::string condition = inner(member(e));
    if (condition == "true") return condition;
    // No path leads to such a name in every version of SQLite.
    const std::string nameless = "(" + key + " = '' or instr(" + key + ", '\"') > 0)";
    which.push_back("case when " + nameless + " then " +
                    (bound == Bound::outer ? "false" : "true") + " else " + inverse(condition) +
                    " end");
    return either({inverse(is_object(x)), "(not exists (select 1 from json_each(" + at(x) +
                                              ") as " + e + " where " + both(which) + "))"});
  }

 private:
  /// Where a value is: a JSON text, and a path there, which may begin with an expression.
  struct Place {
    std::string json;
    std::string from;
    std::string path;

    std::string text() const {
      if (from.empty()) return json + ", " + quoted("$" + path);
      return json + ", " + from + (path.empty() ? "" : " || " + quoted(path));
    }
  };
  Place place(const std::string& x) const {
    const auto known = places_.find(x);
    return known == places_.end() ? Place{x, "", ""} : known->second;
  }
  std::string known(const Place& place) const {
    const std::string path = place.text().substr(place.json.size() + 2);
    std::string x = "(" + place.json + " -> (" + path + "))";
    places_.emplace(x, place);
    return x;
  }
  std::string step(const std::string& x, const std::string& further) const {
    Place there = place(x);
    there.path += further;
    return known(there);
  }
  std::string member(const std::string& rows) const {
    return known({rows + ".json", rows + ".fullkey", ""});
  }
  std::string at(const std::string& x) const { return place(x).text(); }
  std::string value(const std::string& x) const { return "json_extract(" + at(x) + ")"; }
  /// A name for the rows of one more subquery.
  std::string fresh() const { return "e" + std::to_string(subqueries_++); }

  std::string type_is(const std::string& x, const std::string& test) const {
    return "json_type(" + at(x) + ") " + test;
  }
  std::string has(const std::string& x, const std::string& key) const {
    Place there = place(x);
    there.path += ".\"" + key + "\"";
    return "json_type(" + there.text() + ") is not null";
  }
  std::string is_marked_number(const std::string& x) const {
    return either({has(x, "$double"), has(x, "$decimal")});
  }
  std::string marked_or(const std::string& x, bool otherwise, Bound bound) const {
    if (bound == Bound::outer) return otherwise ? "true" : is_marked_number(x);
    return otherwise ? inverse(is_marked_number(x)) : "false";
  }

  // A number's type is in its digits; see number_of_form() in encoding_read.cpp.
  std::string is_integer(const std::string& x) const {
    return both({type_is(x, "= 'integer'"), "typeof(" + value(x) + ") = 'integer'"});
  }
  static std::string ends_in(const std::string& x, const std::string& zeros) {
    const std::string n = std::to_string(zeros.size());
    return both({"substr(" + x + ", -" + n + ") = '" + zeros + "'", "instr(" + x + ", 'e') = 0",
                 "instr(" + x + ", 'E') = 0"});
  }
  static std::string is_long(const std::string& x) { return ends_in(x, ".00"); }
  static std::string is_decimal(const std::string& x) { return ends_in(x, "000"); }

  /// The end of doubles and decimals, of which SQLite may have the last digits a little wrong.
  static std::optional<SqlParameter> moved_end(const Limit& limit, bool outer) {
    const double at = to_double(limit.value);
    if (number_is_nan(limit.value) || !std::isfinite(at)) return std::nullopt;
    constexpr int steps = 4;
    const double toward = limit.lower == outer ? -HUGE_VAL : HUGE_VAL;
    double end = at;
    for (int i = 0; i < steps; ++i) end = std::nextafter(end, toward);
    if (!std::isfinite(end)) return std::nullopt;
    return end;
  }

  std::string number_equals(const std::string& x, const Value& v, Bound bound) const {
    if (bound == Bound::inner) {
      const auto integer = exact_integer(v);
      return integer ? both({is_integer(x), value(x) + " = " + std::to_string(*integer)}) : "false";
    }
    return both({is_number(x), within(x, {v, true, false}, false, bound),
                 within(x, {v, false, false}, false, bound)});
  }

  std::string is_wrapped(const std::string& x, Type type, Bound bound) const {
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
        return bound == Bound::outer ? has(x, "$value") : "false";
    }
  }

  // --- texts ---

  /// There SQLite takes a text for ended.
  static std::string has_escaped_zero(const std::string& x) {
    return "instr(" + x + ", '\\u0000') > 0";
  }
  std::string of_text(const std::string& x, const std::string& condition, bool otherwise,
                      Bound bound) const {
    const bool outer = bound == Bound::outer;
    const std::string rest =
        outer ? (otherwise ? "true" : either({has(x, "$text"), has(x, "$value"), has(x, "$regex")}))
              : (otherwise ? inverse(has(x, "$text")) : "false");
    const std::string known = outer ? either({condition, has_escaped_zero(x)})
                                    : both({condition, inverse(has_escaped_zero(x))});
    return "(case when " + type_is(x, "= 'text'") + " then " + known + " else " + rest + " end)";
  }
  static std::string text_matches(const std::string& text, const PlainPattern& pattern) {
    if (!pattern.ends) {
      return "instr(" + text + ", " + quoted(pattern.text) + (pattern.begins ? ") = 1" : ") > 0");
    }
    // The end, and the place before a newline that ends the text.
    std::vector<std::string> any;
    for (const std::string& end : {pattern.text, pattern.text + "\n"}) {
      const std::string n = std::to_string(base::utf8_length(end));
      any.push_back((pattern.begins ? text : "substr(" + text + ", -" + n + ")") + " = " +
                    quoted(end));
    }
    return either(any);
  }

  bool utf8_;
  mutable std::size_t subqueries_ = 0;
  mutable std::map<std::string, Place> places_;
};

}  // namespace

std::unique_ptr<ValueSql> sqlite_value_sql(bool utf8) {
  return std::make_unique<SqliteValues>(utf8);
}

}  // namespace iacdb::doc
