// $year and its like: one part of a date in a time zone; $dateToParts and $dateFromParts.

#include <array>

#include "documents/bson/number.hpp"
#include "documents/expression/dates.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

constexpr std::int64_t part_max = 32767;

/// {$year: <date>} and {$year: {date: ..., timezone: ...}}.
void parse_part(const Value& spec, const VariableNames& variables, Expression& call) {
  const bool full = spec.is(Type::object) && !spec.object().empty() &&
                    !spec.object().front().name.starts_with('$');
  if (!full) {
    if (spec.is(Type::array) && spec.array().size() != 1) {
      fail_at(40536, op_name(call) +
                         " accepts exactly one argument if given an array, but was given " +
                         std::to_string(spec.array().size()));
    }
    parse_arguments(spec, variables, call);
    call.fields.push_back({"date", call.arguments[0]});
    call.arguments.clear();
    return;
  }
  for (const Field& field : spec.object()) {
    if (field.name != "date" && field.name != "timezone") {
      fail_at(40535, "unrecognized option to " + op_name(call) + ": \"" + field.name + "\"");
    }
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  if (call.named("date") == nullptr) {
    fail_at(40539, "missing 'date' argument to " + op_name(call) + ", provided: object");
  }
}

std::int64_t part(std::string_view op, const DateParts& p) {
  const std::int64_t days = days_from_civil(p.year, p.month, p.day);
  if (op == "$year") return p.year;
  if (op == "$month") return p.month;
  if (op == "$dayOfMonth") return p.day;
  if (op == "$hour") return p.hour;
  if (op == "$minute") return p.minute;
  if (op == "$second") return p.second;
  if (op == "$millisecond") return p.millisecond;
  if (op == "$dayOfYear") return day_of_year(p);
  if (op == "$dayOfWeek") return day_of_week(days);
  if (op == "$week") return week_of_year(p);
  if (op == "$isoWeek") return iso_week(p).week;
  if (op == "$isoDayOfWeek") return iso_week(p).day;
  return iso_week(p).year;
}

Value op_part(const Expression& call, const Scope& scope) {
  const Value date = named(call, "date", scope);
  const Value zone = named(call, "timezone", scope);
  if (date.nullish() || (call.named("timezone") != nullptr && zone.nullish())) {
    return Value(nullptr);
  }
  const DateParts p = parts_of(date_millis(date), zone_of(zone));
  const std::int64_t n = part(call.op->name, p);
  return call.op->name == "$isoWeekYear" ? Value(n) : Value(static_cast<std::int32_t>(n));
}

Value op_to_parts(const Expression& call, const Scope& scope) {
  const Value date = named(call, "date", scope);
  const Value zone = named(call, "timezone", scope);
  const Value iso = named(call, "iso8601", scope);
  if (call.named("timezone") != nullptr && zone.nullish()) return Value(nullptr);
  if (call.named("iso8601") != nullptr) {
    if (iso.nullish()) return Value(nullptr);
    if (!iso.is(Type::boolean)) {
      fail_at(40521, "iso8601 must evaluate to a bool, found " + type_of(iso));
    }
  }
  if (date.nullish()) return Value(nullptr);
  const DateParts p = parts_of(date_millis(date), zone_of(zone));
  Object out;
  const auto put = [&](const char* name, std::int64_t n) {
    out.add(name, Value(static_cast<std::int32_t>(n)));
  };
  if (iso.is(Type::boolean) && iso.boolean()) {
    const IsoWeek week = iso_week(p);
    put("isoWeekYear", week.year);
    put("isoWeek", week.week);
    put("isoDayOfWeek", week.day);
  } else {
    put("year", p.year);
    put("month", p.month);
    put("day", p.day);
  }
  put("hour", p.hour);
  put("minute", p.minute);
  put("second", p.second);
  put("millisecond", p.millisecond);
  return Value(std::move(out));
}

constexpr std::string_view from_names =
    "year? month? day? hour? minute? second? millisecond? isoWeekYear? isoWeek? isoDayOfWeek? "
    "timezone?";

void parse_from_parts(const Value& spec, const VariableNames& variables, Expression& call) {
  if (!spec.is(Type::object)) {
    fail_at(40519, "$dateFromParts only supports an object as its argument");
  }
  for (const Field& field : spec.object()) {
    const std::string known = " " + std::string(from_names) + " ";
    if (known.find(" " + field.name + "? ") == std::string::npos) {
      fail_at(40518, "Unrecognized argument to $dateFromParts: " + field.name);
    }
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  const bool plain = call.named("year") != nullptr;
  const bool iso = call.named("isoWeekYear") != nullptr;
  if (!plain && !iso) {
    fail_at(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
  }
  const auto mixes = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (call.named(name) != nullptr) {
        fail_at(plain ? 40489 : 40525,
                "$dateFromParts does not allow mixing natural dates with ISO dates");
      }
    }
  };
  if (plain) mixes({"isoWeekYear", "isoWeek", "isoDayOfWeek"});
  if (iso) mixes({"year", "month", "day"});
}

/// A part's number; nullopt when it is null.
std::optional<std::int64_t> part_value(const Expression& call, const Scope& scope, const char* name,
                                       std::int64_t otherwise) {
  if (call.named(name) == nullptr) return otherwise;
  const Value v = named(call, name, scope);
  if (v.nullish()) return std::nullopt;
  const auto n = v.is_number() ? exact_int64(v) : std::nullopt;
  if (!n) {
    fail_at(40515, "'" + std::string(name) + "' must evaluate to an integer, found " + type_of(v));
  }
  const std::string_view which = name;
  const bool is_year = which == "year" || which == "isoWeekYear";
  if (is_year && (*n < 1 || *n > 9999)) {
    fail_at(which == "year" ? 40523 : 31095, "'" + std::string(name) +
                                                 "' must evaluate to an integer in the range 1 to "
                                                 "9999, found " +
                                                 std::to_string(*n));
  }
  if (!is_year && which != "second" && which != "millisecond" &&
      (*n < -part_max - 1 || *n > part_max)) {
    fail_at(31034, "'" + std::string(name) +
                       "' must evaluate to a value in the range [-32768, "
                       "32767]; value " +
                       std::to_string(*n) + " is not in range");
  }
  return n;
}

Value op_from_parts(const Expression& call, const Scope& scope) {
  const bool iso = call.named("isoWeekYear") != nullptr;
  const auto year = part_value(call, scope, iso ? "isoWeekYear" : "year", 1970);
  const auto month = part_value(call, scope, iso ? "isoWeek" : "month", 1);
  const auto day = part_value(call, scope, iso ? "isoDayOfWeek" : "day", 1);
  const auto hour = part_value(call, scope, "hour", 0);
  const auto minute = part_value(call, scope, "minute", 0);
  const auto second = part_value(call, scope, "second", 0);
  const auto millisecond = part_value(call, scope, "millisecond", 0);
  const Value zone = named(call, "timezone", scope);
  if (call.named("timezone") != nullptr && zone.nullish()) return Value(nullptr);
  for (const auto& p : {year, month, day, hour, minute, second, millisecond}) {
    if (!p) return Value(nullptr);
  }
  DateParts parts{*year, *month, *day, *hour, *minute, *second, *millisecond};
  if (iso) {
    const std::int64_t fourth = days_from_civil(*year, 1, 4);
    const std::int64_t monday = fourth - (day_of_week(fourth) + 5) % 7;
    parts.year = 1970;
    parts.month = 1;
    parts.day = 1 + monday + (*month - 1) * 7 + *day - 1;
  }
  return Value(Date{zone_of(zone).to_utc(local_millis_of(parts))});
}

constexpr Operator operators[] = {
    {"$year", 1, 1, op_part, {}, parse_part},
    {"$month", 1, 1, op_part, {}, parse_part},
    {"$dayOfMonth", 1, 1, op_part, {}, parse_part},
    {"$dayOfWeek", 1, 1, op_part, {}, parse_part},
    {"$dayOfYear", 1, 1, op_part, {}, parse_part},
    {"$hour", 1, 1, op_part, {}, parse_part},
    {"$minute", 1, 1, op_part, {}, parse_part},
    {"$second", 1, 1, op_part, {}, parse_part},
    {"$millisecond", 1, 1, op_part, {}, parse_part},
    {"$week", 1, 1, op_part, {}, parse_part},
    {"$isoWeek", 1, 1, op_part, {}, parse_part},
    {"$isoDayOfWeek", 1, 1, op_part, {}, parse_part},
    {"$isoWeekYear", 1, 1, op_part, {}, parse_part},
    {"$dateToParts", 0, 0, op_to_parts, "date timezone? iso8601?"},
    {"$dateFromParts", 0, 0, op_from_parts, {}, parse_from_parts},
};

}  // namespace

Zone zone_of(const Value& v) {
  if (v.nullish()) return {};
  if (!v.is(Type::string)) {
    fail_at(40517, "timezone must evaluate to a string, found " + std::string(type_name(v.type())));
  }
  return Zone::parse(v.text());
}

std::span<const Operator> date_part_operators() {
  return operators;
}

}  // namespace iacdb::doc
