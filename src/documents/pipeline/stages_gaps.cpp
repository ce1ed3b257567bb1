// $densify and $fill: documents and values that a series lacks.

#include <map>

#include "documents/bson/number.hpp"
#include "documents/expression/dates.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t made_documents_max = 500'000;

const Value& at_path(const Value& v, const std::vector<std::string>& path, std::size_t i) {
  if (i == path.size()) return v;
  if (!v.is(Type::object)) return missing_value;
  return at_path(v.object().get(path[i]), path, i + 1);
}

void set_path(Value& v, const std::vector<std::string>& path, std::size_t i, Value leaf) {
  if (!v.is(Type::object)) v = Value(Object());
  Object& object = v.edit_object();
  if (i + 1 == path.size()) {
    object.set(path[i], std::move(leaf));
    return;
  }
  Value* inner = object.find(path[i]);
  if (inner == nullptr) inner = &object.add(path[i], Value(Object()));
  set_path(*inner, path, i + 1, std::move(leaf));
}

std::vector<std::string> path_list(const Value& v, const std::string& what) {
  std::vector<std::string> out;
  if (v.missing()) return out;
  if (!v.is(Type::array)) fail(Code::type_mismatch, what + " must be an array of strings");
  for (const Value& name : v.array()) {
    if (!name.is(Type::string)) fail(Code::type_mismatch, what + " must be an array of strings");
    check_field_path(name.text());
    out.push_back(name.text());
  }
  return out;
}

struct DensifyStage : Stage {
  std::string field;
  std::vector<std::string> partition;
  Value step;
  std::optional<DateUnit> unit{};
  std::string bounds;  ///< "full", "partition", or empty for explicit ones
  Value low;
  Value high;

  StreamPtr open(StreamPtr input, const PipelineContext&) const override {
    return collected(std::move(input),
                     [this](std::vector<Value> all) { return run(std::move(all)); });
  }

 private:
  Value after(const Value& v) const {
    if (unit) return Value(Date{add_units(v.millis(), *unit, *exact_int64(step), Zone())});
    return add(v, step);
  }
  Value before(const Value& v) const {
    if (unit) return Value(Date{add_units(v.millis(), *unit, -*exact_int64(step), Zone())});
    return subtract(v, step);
  }
  Value at(const Value& d) const { return at_path(d, split_path(field), 0); }

  void check(const Value& v) const {
    if (!v.is_number() && !v.is(Type::date)) {
      fail_at(5733201, "Densify field type must be numeric or a date, but found " +
                           std::string(type_name(v.type())));
    }
    if (v.is(Type::date) && !unit) {
      fail_at(6053600, "$densify met a date while its step has no 'unit'");
    }
    if (!v.is(Type::date) && unit) {
      fail_at(6053601, "$densify met a number while its step has a date 'unit'");
    }
  }

  /// A series of one partition: its last value on a step.
  struct Series {
    Value key;
    Value last;
  };

  Value key_of(const Value& d) const {
    Array key;
    for (const std::string& path : partition) {
      const Value& k = at_path(d, split_path(path), 0);
      key.push_back(k.missing() ? Value(nullptr) : k);
    }
    return Value(std::move(key));
  }

  /// Documents stay in the order of the field, those of partitions within each partition unless the
  /// range is that of all of them; what is made stands before the document that follows it.
  std::vector<Value> run(std::vector<Value> all) const {
    std::stable_sort(all.begin(), all.end(), [&](const Value& a, const Value& b) {
      if (bounds != "full" && !partition.empty()) {
        const int order = compare(key_of(a), key_of(b));
        if (order != 0) return order < 0;
      }
      return compare(at(a), at(b)) < 0;
    });
    std::map<Value, Series, ValueLess> series;
    std::vector<Value> out;
    Value least;
    Value most;
    for (Value& d : all) {
      const Value v = at(d);
      if (v.nullish()) {
        out.push_back(std::move(d));
        continue;
      }
      check(v);
      if (least.missing()) least = v;
      most = v;
      Value key = key_of(d);
      auto it = series.find(key);
      if (it == series.end()) {
        const bool from_least = bounds == "full" && !series.empty();
        const Value from = from_least ? before(least) : (bounds.empty() ? before(low) : v);
        it = series.emplace(key, Series{key, from}).first;
      }
      fill_until(it->second, v, out);
      if (compare(after(it->second.last), v) == 0) it->second.last = v;
      out.push_back(std::move(d));
    }
    finish(series, most, out);
    return out;
  }

  /// What is missing before `v`, within the bounds.
  void fill_until(Series& series, const Value& v, std::vector<Value>& out) const {
    const Value& end = bounds.empty() && compare(high, v) < 0 ? high : v;
    for (Value next = after(series.last); compare(next, end) < 0; next = after(series.last)) {
      make(series, std::move(next), out);
    }
  }

  void finish(std::map<Value, Series, ValueLess>& series, const Value& most,
              std::vector<Value>& out) const {
    if (bounds == "partition" || (bounds == "full" && partition.empty())) return;
    if (bounds.empty() && partition.empty() && series.empty()) {
      Series& only = series.emplace(Value(Array()), Series{Value(Array()), low}).first->second;
      if (compare(low, high) < 0) make(only, low, out);
    }
    for (auto& [key, one] : series) {
      fill_until(one, bounds.empty() ? high : most, out);
      // All partitions reach the greatest value, where it is on a step.
      if (bounds == "full" && compare(after(one.last), most) == 0) make(one, most, out);
    }
  }

  void make(Series& series, Value v, std::vector<Value>& out) const {
    if (out.size() > made_documents_max) {
      fail_at(5897900, "Generated too many documents in $densify");
    }
    out.push_back(made(series.key, v));
    series.last = std::move(v);
  }

  Value made(const Value& key, const Value& v) const {
    Value out{Object()};
    for (std::size_t i = 0; i < partition.size(); ++i) {
      set_path(out, split_path(partition[i]), 0, key.array()[i]);
    }
    set_path(out, split_path(field), 0, v);
    return out;
  }
};

/// As commands have their arguments: what is missing, unknown or of another type.
void check_fields(const Object& object, const std::string& name,
                  std::initializer_list<std::pair<std::string_view, bool>> known) {
  for (const Field& field : object) {
    if (std::none_of(known.begin(), known.end(),
                     [&](const auto& one) { return one.first == field.name; })) {
      fail_at(40415, "BSON field '" + name + "." + field.name + "' is an unknown field.");
    }
  }
  for (const auto& [field, needed] : known) {
    if (needed && !object.has(field)) {
      fail_at(40414, "BSON field '" + name + "." + std::string(field) +
                         "' is missing but a required field");
    }
  }
}

void check_type(const Object& object, const std::string& name, std::string_view field, Type type) {
  const Value& v = object.get(field);
  if (v.missing() || v.is(type)) return;
  fail(Code::type_mismatch, "BSON field '" + name + "." + std::string(field) +
                                "' is the wrong type '" + std::string(type_name(v.type())) +
                                "', expected type '" + std::string(type_name(type)) + "'");
}

void parse_explicit_bounds(DensifyStage& out, const Array& bounds) {
  if (bounds.size() != 2) {
    fail_at(5733403, "A bounding array in a range statement must have exactly two elements");
  }
  out.low = bounds[0];
  out.high = bounds[1];
  if (compare(out.low, out.high) > 0) {
    fail_at(5733402, "A bounding array must be an ascending array of two dates or two numbers");
  }
  if (out.low.is_number()) {
    if (out.unit) fail_at(5733409, "Numeric bounds may not have unit parameter");
    if (!out.high.is_number()) fail_at(5733406, "A bounding array must hold two of one kind");
    if (out.low.type() != out.high.type() || out.low.type() != out.step.type()) {
      fail_at(5876900, "Upper bound, lower bound, and step must all have the same type");
    }
  } else if (out.low.is(Type::date)) {
    if (!out.high.is(Type::date)) fail_at(5733405, "A bounding array must hold two of one kind");
    if (!out.unit) fail_at(5733410, "A bounding array of dates must specify a unit");
  } else {
    fail_at(5946800, "Explicit bounds must be numeric or dates");
  }
}

void parse_range(DensifyStage& out, const Object& range) {
  check_fields(range, "$densify.range", {{"step", true}, {"bounds", true}, {"unit", false}});
  out.step = range.get("step");
  if (!out.step.is_number() || to_double(out.step) <= 0) {
    fail_at(5733401,
            "The step parameter in a range statement must be a strictly positive numeric value");
  }
  if (range.has("unit")) {
    check_type(range, "$densify.range", "unit", Type::string);
    if (!exact_int64(out.step)) {
      fail_at(6586400,
              "The step parameter in a range statement must be a whole number when "
              "densifying a date range");
    }
    out.unit = parse_unit(range.get("unit"), "$densify");
  }
  const Value& bounds = range.get("bounds");
  if (bounds.is(Type::array)) return parse_explicit_bounds(out, bounds.array());
  if (!bounds.is(Type::string)) {
    fail_at(5733404, "The bounds must be 'full', 'partition', or an ascending array of two");
  }
  out.bounds = bounds.text();
  if (out.bounds != "full" && out.bounds != "partition") {
    fail_at(5946802, "Bounds string must either be 'full' or 'partition'");
  }
}

StagePtr parse_densify(const Value& spec, const VariableNames&) {
  const Object& object = object_spec(spec, 9, "The $densify specification must be an object");
  auto out = std::make_shared<DensifyStage>();
  out->name = "$densify";
  out->spec = spec;
  check_fields(object, "$densify",
               {{"field", true}, {"range", true}, {"partitionByFields", false}});
  check_type(object, "$densify", "field", Type::string);
  check_type(object, "$densify", "range", Type::object);
  parse_range(*out, object.get("range").object());
  out->partition = path_list(object.get("partitionByFields"), "$densify 'partitionByFields'");
  check_field_path(object.get("field").text());
  out->field = object.get("field").text();
  if (out->bounds == "partition" && out->partition.empty()) {
    fail_at(5733408,
            "One cannot specify the bounds as 'partition' without specifying a non-empty array of "
            "partitionByFields. You may have meant to specify 'full' bounds.");
  }
  return out;
}

/// $fill is written in terms of $setWindowFields and $addFields.
struct FillStage : Stage {
  Pipeline stages;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return run_pipeline(stages, std::move(input), context);
  }
};

/// One field of the output: a value of its own, or a method.
void parse_filled(const Field& field, Object& values, Object& windowed) {
  if (!field.value.is(Type::object)) {
    fail_at(6050200, "Each fill output specification must be an object with exactly one field");
  }
  const Object& rule = field.value.object();
  check_fields(rule, "$fill.output", {{"value", false}, {"method", false}});
  check_type(rule, "$fill.output", "method", Type::string);
  if (rule.size() != 1) {
    fail_at(6050201,
            "Each fill output specification must have exactly one of 'method' or 'value' fields");
  }
  const Field& how = rule.front();
  if (how.name == "value") {
    values.add(field.name,
               Value(Object{{"$ifNull", Value(Array{Value("$" + field.name), how.value})}}));
    return;
  }
  if (how.value.text() != "linear" && how.value.text() != "locf") {
    fail_at(6050202, "Method must be either locf or linear");
  }
  const std::string op = how.value.text() == "linear" ? "$linearFill" : "$locf";
  windowed.add(field.name, Value(Object{{op, Value("$" + field.name)}}));
}

StagePtr parse_fill(const Value& spec, const VariableNames& variables) {
  const Object& object = object_spec(spec, 9, "The $fill stage specification must be an object");
  check_fields(
      object, "$fill",
      {{"output", true}, {"sortBy", false}, {"partitionBy", false}, {"partitionByFields", false}});
  check_type(object, "$fill", "output", Type::object);
  check_type(object, "$fill", "sortBy", Type::object);
  if (object.get("output").object().empty()) {
    fail_at(6050203,
            "The output field in '$fill' must contain an object with at least one element");
  }
  Object window;
  Object values;
  Object windowed;
  if (object.has("partitionBy") && object.has("partitionByFields")) {
    fail_at(6050204,
            "Maximum one of 'partitionBy' and 'partitionByFields can be specified in "
            "'$fill'");
  }
  if (object.has("partitionBy")) window.add("partitionBy", object.get("partitionBy"));
  if (object.has("partitionByFields")) {
    Object by;
    for (const std::string& path : path_list(object.get("partitionByFields"), "$fill")) {
      by.add(path, Value("$" + path));
    }
    window.add("partitionBy", Value(std::move(by)));
  }
  if (object.has("sortBy")) window.add("sortBy", object.get("sortBy"));
  for (const Field& field : object.get("output").object()) {
    parse_filled(field, values, windowed);
  }
  Array stages;
  if (!windowed.empty()) {
    window.add("output", Value(std::move(windowed)));
    stages.push_back(Value(Object{{"$setWindowFields", Value(std::move(window))}}));
  }
  if (!values.empty()) stages.push_back(Value(Object{{"$addFields", Value(std::move(values))}}));
  auto out = std::make_shared<FillStage>();
  out->name = "$fill";
  out->spec = spec;
  out->stages = parse_pipeline(stages, variables);
  return out;
}

constexpr StageEntry entries[] = {
    {"$densify", parse_densify},
    {"$fill", parse_fill},
};

}  // namespace

std::span<const StageEntry> gap_stages() {
  return entries;
}

}  // namespace iacdb::doc
