// $dateAdd, $dateSubtract, $dateDiff, $dateTrunc; $dateToString and $dateFromString.

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/dates.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

/// True when a named argument was given and is null.
bool null_argument(const Expression& call, std::string_view name, const Value& v) {
  return call.named(name) != nullptr && v.nullish();
}

std::int64_t whole_argument(const Expression& call, const Value& v, const char* name, int code) {
  const auto n = v.is_number() ? exact_int64(v) : std::nullopt;
  if (!n) {
    fail_at(code, op_name(call) + " expects integer '" + name + "' of time units");
  }
  return *n;
}

std::int64_t start_date(const Expression& call, const Value& v, const char* name) {
  if (!v.is(Type::date) && !v.is(Type::timestamp) && !v.is(Type::oid)) {
    const std::string_view op = call.op->name;
    fail_at(op == "$dateDiff" ? 5166307 : (op == "$dateTrunc" ? 5439012 : 5166403),
            op_name(call) + " requires '" + name + "' to be a date, but got " + type_of(v));
  }
  return date_millis(v);
}

Value op_date_add(const Expression& call, const Scope& scope) {
  const Value start = named(call, "startDate", scope);
  const Value unit = named(call, "unit", scope);
  const Value amount = named(call, "amount", scope);
  const Value zone = named(call, "timezone", scope);
  if (start.nullish() || unit.nullish() || amount.nullish() ||
      null_argument(call, "timezone", zone)) {
    return Value(nullptr);
  }
  const DateUnit parsed = parse_unit(unit, call.op->name);
  const std::int64_t from = start_date(call, start, "startDate");
  std::int64_t n = whole_argument(call, amount, "amount", 5166405);
  if (call.op->name == "$dateSubtract") {
    if (n == INT64_MIN) fail_at(6045000, "invalid $dateSubtract 'amount' parameter value");
    n = -n;
  }
  return Value(Date{add_units(from, parsed, n, zone_of(zone))});
}

Value op_date_diff(const Expression& call, const Scope& scope) {
  const Value start = named(call, "startDate", scope);
  const Value end = named(call, "endDate", scope);
  const Value unit = named(call, "unit", scope);
  const Value zone = named(call, "timezone", scope);
  const Value week = named(call, "startOfWeek", scope);
  if (start.nullish() || end.nullish() || unit.nullish() || null_argument(call, "timezone", zone) ||
      null_argument(call, "startOfWeek", week)) {
    return Value(nullptr);
  }
  const DateUnit parsed = parse_unit(unit, call.op->name);
  const int week_start = week.missing() ? 6 : parse_week_day(week, call.op->name);
  return Value(difference(start_date(call, start, "startDate"), start_date(call, end, "endDate"),
                          parsed, zone_of(zone), week_start));
}

Value op_date_trunc(const Expression& call, const Scope& scope) {
  const Value date = named(call, "date", scope);
  const Value unit = named(call, "unit", scope);
  const Value bin = named(call, "binSize", scope);
  const Value zone = named(call, "timezone", scope);
  const Value week = named(call, "startOfWeek", scope);
  if (date.nullish() || unit.nullish() || null_argument(call, "binSize", bin) ||
      null_argument(call, "timezone", zone) || null_argument(call, "startOfWeek", week)) {
    return Value(nullptr);
  }
  const DateUnit parsed = parse_unit(unit, call.op->name);
  std::int64_t size = 1;
  if (!bin.missing()) {
    const auto n = bin.is_number() ? exact_int64(bin) : std::nullopt;
    if (!n)
      fail_at(5439017,
              "$dateTrunc requires 'binSize' to be a 64-bit integer, but got " + type_of(bin));
    if (*n <= 0) {
      fail_at(5439018, "$dateTrunc requires 'binSize' to be greater than 0, but got value " +
                           std::to_string(*n));
    }
    size = *n;
  }
  const int week_start = week.missing() ? 6 : parse_week_day(week, call.op->name);
  return Value(
      Date{truncate(start_date(call, date, "date"), parsed, size, zone_of(zone), week_start)});
}

Value op_date_to_string(const Expression& call, const Scope& scope) {
  const Value date = named(call, "date", scope);
  const Value format = named(call, "format", scope);
  const Value zone = named(call, "timezone", scope);
  if (!format.nullish() && !format.is(Type::string)) {
    fail_at(18533, "$dateToString requires that 'format' be a string, found: " + type_of(format));
  }
  if (!format.nullish()) check_date_format(format.text(), false);
  const Zone at = zone.nullish() ? Zone() : zone_of(zone);
  if (date.nullish()) {
    return call.named("onNull") != nullptr ? named(call, "onNull", scope) : Value(nullptr);
  }
  if (null_argument(call, "timezone", zone) || null_argument(call, "format", format)) {
    return Value(nullptr);
  }
  std::string pattern = "%Y-%m-%dT%H:%M:%S.%LZ";
  if (!zone.missing() && !at.is_utc()) pattern.pop_back();
  if (!format.missing()) pattern = format.text();
  return Value(print_date(date_millis(date), pattern, at));
}

Value parsed_date(const Expression& call, const Value& text, const Value& format,
                  const Value& zone) {
  if (!text.is(Type::string)) {
    fail(Code::conversion_failure,
         "$dateFromString requires that 'dateString' be a string, "
         "found: " +
             type_of(text) + " with value " + print_json(text));
  }
  const Zone at = zone_of(zone);
  const Zone* given = call.named("timezone") != nullptr ? &at : nullptr;
  const auto out = format.is(Type::string) ? parse_date_text(text.text(), format.text(), given)
                                           : parse_date_text(text.text(), given);
  if (!out) {
    fail(Code::conversion_failure, "Error parsing date string '" + text.text() + "'");
  }
  return Value(Date{*out});
}

Value op_date_from_string(const Expression& call, const Scope& scope) {
  const Value text = named(call, "dateString", scope);
  const Value format = named(call, "format", scope);
  const Value zone = named(call, "timezone", scope);
  if (!format.nullish() && !format.is(Type::string)) {
    fail_at(40684, "$dateFromString requires that 'format' be a string, found: " + type_of(format));
  }
  if (!format.nullish()) check_date_format(format.text(), true);
  if (!zone.nullish()) zone_of(zone);
  if (text.nullish()) {
    return call.named("onNull") != nullptr ? named(call, "onNull", scope) : Value(nullptr);
  }
  try {
    if (!text.is(Type::string)) return parsed_date(call, text, format, zone);
    if (null_argument(call, "format", format) || null_argument(call, "timezone", zone)) {
      return Value(nullptr);
    }
    return parsed_date(call, text, format, zone);
  } catch (const Failure& failure) {
    const bool parsing = failure.code() == static_cast<int>(Code::conversion_failure);
    if (!parsing || call.named("onError") == nullptr) throw;
    return named(call, "onError", scope);
  }
}

constexpr Operator arithmetic[] = {
    {"$dateAdd", 0, 0, op_date_add, "startDate unit amount timezone?"},
    {"$dateSubtract", 0, 0, op_date_add, "startDate unit amount timezone?"},
    {"$dateDiff", 0, 0, op_date_diff, "startDate endDate unit timezone? startOfWeek?"},
    {"$dateTrunc", 0, 0, op_date_trunc, "date unit binSize? timezone? startOfWeek?"},
};
constexpr Operator text[] = {
    {"$dateToString", 0, 0, op_date_to_string, "date format? timezone? onNull?"},
    {"$dateFromString", 0, 0, op_date_from_string, "dateString format? timezone? onError? onNull?"},
};

}  // namespace

std::span<const Operator> date_operators() {
  return arithmetic;
}
std::span<const Operator> date_text_operators() {
  return text;
}

}  // namespace iacdb::doc
