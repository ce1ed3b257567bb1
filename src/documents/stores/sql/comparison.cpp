#include "documents/stores/sql/comparison.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

constexpr double two_53 = 9007199254740992.0;
/// Integers up to here are read back exactly by every parser of numbers with a point.
constexpr std::int64_t small_integer_max = 1'000'000'000'000'000;

bool has_zero(const std::string& text) {
  return text.find('\0') != std::string::npos;
}
bool is_object_form(const std::string& json) {
  return json.starts_with('{');
}

// --- numbers ---

/// A little below (or above) a number: a double is stored by its shortest digits, which may lie on
/// either side of its exact value; a parser may be off by a unit in the last place.
std::optional<double> moved(const Value& number, double toward) {
  constexpr int steps = 4;
  double at = to_double(number);
  for (int i = 0; i < steps; ++i) at = std::nextafter(at, toward);
  if (!std::isfinite(at)) return std::nullopt;
  return at;
}

/// The integer that the number is, where digits tell it exactly on both databases.
std::optional<std::int64_t> plain_integer(const Value& number, bool postgres) {
  if (number.is(Type::real) && std::abs(number.real()) > two_53) return std::nullopt;
  if (number.is(Type::decimal)) return std::nullopt;
  const auto exact = exact_int64(number);
  if (!exact || postgres) return exact;
  return std::abs(static_cast<double>(*exact)) < static_cast<double>(small_integer_max)
             ? exact
             : std::nullopt;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

std::optional<SqlParameter> number_end(const Value& number, bool lower, bool postgres) {
  if (number_is_nan(number) || !std::isfinite(to_double(number))) return std::nullopt;
  if (const auto integer = plain_integer(number, postgres)) {
    if (postgres) return std::to_string(*integer);
    return *integer;
  }
  const auto at = moved(number, lower ? -infinity : infinity);
  if (!at) return std::nullopt;
  if (postgres) return shortest(*at);
  return *at;
}

std::vector<std::string> number_forms(const Value& number) {
  std::vector<std::string> out;
  const auto put = [&](const Value& v) {
    std::string json = to_storage(v, KeyOrder::listed);
    if (!is_object_form(json)) out.push_back(std::move(json));
  };
  put(number);
  if (to_double(number) == 0) {
    put(Value(std::int32_t{0}));  // What is zero with a sign, too.
  } else if (number.is(Type::real) && std::isfinite(number.real())) {
    put(Value(decimal_of_exactly(number.real())));
  } else if (number.is(Type::decimal)) {
    put(Value(decimal_to_double(number.decimal())));
  }
  return out;
}

namespace {

// --- ranges ---

Condition range_of(const std::string& operand, const char* mark,
                   const std::optional<SqlParameter>& lower,
                   const std::optional<SqlParameter>& upper) {
  std::vector<Condition> ends;
  if (lower) ends.push_back({operand + " >= " + mark, {*lower}});
  if (upper) ends.push_back({operand + " <= " + mark, {*upper}});
  return all_of(ends);
}

// --- PostgreSQL ---

/// What the value of the path's first name contains when a value of this form is at the path.
std::vector<std::string> patterns(PathParts parts, const std::string& json) {
  std::vector<std::string> out{json};
  // An array that is itself at the first name contains its plain elements.
  if (parts.size() > 1 || is_object_form(json)) out.push_back("[" + json + "]");
  for (std::size_t i = parts.size() - 1; i > 0; --i) {
    std::vector<std::string> around;
    for (const std::string& inner : out) {
      const std::string object = "{\"" + parts[i] + "\":" + inner + "}";
      around.push_back(object);
      around.push_back("[" + object + "]");
    }
    out = std::move(around);
  }
  return out;
}

void add_containments(std::vector<Condition>& out, PathParts parts, const std::string& json) {
  for (std::string& pattern : patterns(parts, json)) {
    out.push_back({root_sql(parts) + " @> ?::text::jsonb", {std::move(pattern)}});
  }
}

constexpr const char* marked_form = R"({"$w":1})";

/// Values marked "$w": of them SQL knows no more. Their text is the same always, and stands in the
/// statement, so that the planner knows how few they are.
void add_marked(std::vector<Condition>& out, PathParts parts) {
  for (const std::string& pattern : patterns(parts, marked_form)) {
    out.push_back({root_sql(parts) + " @> '" + pattern + "'::jsonb", {}});
  }
}

std::vector<Condition> postgres_equals(PathParts parts, const Value& value) {
  std::vector<Condition> any;
  switch (value.type()) {
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      for (const std::string& form : number_forms(value)) add_containments(any, parts, form);
      add_marked(any, parts);
      break;
    case Type::string:
      add_containments(any, parts, to_storage(value, KeyOrder::listed));
      add_marked(any, parts);  // A symbol.
      break;
    case Type::boolean:
    case Type::date:
    case Type::oid:
    case Type::timestamp:
    case Type::binary:
      add_containments(any, parts, to_storage(value, KeyOrder::listed));
      break;
    default:
      return {};
  }
  return any;
}

// --- SQLite ---

/// JSON text that begins like this, up to what would follow it.
Condition sqlite_text_range(const std::string& leaf, const char* from, const char* to) {
  return {"(" + leaf + " >= '" + from + "' and " + leaf + " < '" + to + "')", {}};
}
Condition sqlite_marked_numbers(const std::string& leaf) {
  return sqlite_text_range(leaf, R"({"$de)", R"({"$dp)");  // $decimal, $double; not $date
}

Condition sqlite_number(const std::string& leaf, const Value& value) {
  if (const auto integer = plain_integer(value, false)) return {leaf + " = ?", {*integer}};
  const auto lower = number_end(value, true, false);
  const auto upper = number_end(value, false, false);
  if (!lower || !upper) return {};
  return {"(" + leaf + " >= ? and " + leaf + " <= ?)", {*lower, *upper}};
}

void add_sqlite_numbers(std::vector<Condition>& any, const std::string& leaf, const Value& value) {
  const bool finite = !number_is_nan(value) && std::isfinite(to_double(value));
  if (finite) any.push_back(sqlite_number(leaf, value));
  any.push_back(sqlite_marked_numbers(leaf));
}

std::vector<Condition> sqlite_equals(const SqlForm& form, PathParts parts, const Value& value) {
  const std::string leaf = leaf_sql(form, parts);
  std::vector<Condition> any;
  switch (value.type()) {
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      add_sqlite_numbers(any, leaf, value);
      break;
    case Type::string:
      any.push_back({leaf + " = ?",
                     {has_zero(value.text()) ? to_storage(value, KeyOrder::kept) : value.text()}});
      any.push_back(sqlite_text_range(leaf, R"({"$v)", R"({"$w)"));  // A symbol.
      break;
    case Type::boolean:
      any.push_back({leaf + " = ?", {std::int64_t{value.boolean()}}});
      break;
    case Type::date:
    case Type::oid:
    case Type::timestamp:
    case Type::binary:
      any.push_back({leaf + " = ?", {to_storage(value, KeyOrder::kept)}});
      break;
    default:
      return {};
  }
  for (std::size_t n = 1; n <= parts.size(); ++n) {
    any.push_back({array_sql(form, parts.first(n)), {}});
  }
  return any;
}

}  // namespace

std::optional<std::int64_t> exact_integer(const Value& number) {
  return plain_integer(number, true);
}

std::optional<Equality> equals_exactly(PathParts parts, const Value& value) {
  Equality out;
  switch (value.type()) {
    case Type::int32:
    case Type::int64:
    case Type::real:
      if (!plain_integer(value, true)) return std::nullopt;
      add_containments(out.match, parts, std::to_string(*plain_integer(value, true)));
      add_marked(out.doubt, parts);
      return out;
    case Type::string:
      if (has_zero(value.text())) return std::nullopt;
      add_containments(out.match, parts, to_storage(value, KeyOrder::listed));
      add_marked(out.doubt, parts);  // A symbol.
      return out;
    case Type::boolean:
    case Type::date:
    case Type::oid:
      add_containments(out.match, parts, to_storage(value, KeyOrder::listed));
      return out;
    default:
      return std::nullopt;
  }
}

std::vector<Condition> equals(const SqlForm& form, PathParts parts, const Value& value) {
  if (!is_plain_path(parts)) return {};
  return form.postgres ? postgres_equals(parts, value) : sqlite_equals(form, parts, value);
}

Condition between(const SqlForm& form, PathParts parts, const Value* lower, const Value* upper) {
  if (!is_plain_path(parts)) return {};
  const Value& sample = lower != nullptr ? *lower : *upper;
  if (!sample.is_number()) return {};
  const auto from = lower != nullptr ? number_end(*lower, true, false) : std::nullopt;
  const auto to = upper != nullptr ? number_end(*upper, false, false) : std::nullopt;
  if (!from && !to) return {};
  const std::string operand = number_key_sql(form, parts);
  std::vector<Condition> any{range_of(operand, "?", from, to)};
  // Every text is above every number: without an upper end they are in already.
  const bool texts_are_in = !to;
  if (!texts_are_in) any.push_back(sqlite_marked_numbers(operand));
  for (std::size_t n = 1; n <= parts.size(); ++n) {
    if (n == parts.size() && texts_are_in) break;
    any.push_back({array_sql(form, parts.first(n)), {}});
  }
  return any_of(any);
}

}  // namespace iacdb::doc
