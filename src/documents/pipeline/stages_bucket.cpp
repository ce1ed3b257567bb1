// $bucket and $bucketAuto.

#include <algorithm>
#include <cmath>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/pipeline/preferred_numbers.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

bool is_constant(const Expression& e) {
  if (e.kind == Expression::field) return false;
  if (e.kind == Expression::call && e.op->name == "$rand") return false;
  return std::all_of(e.arguments.begin(), e.arguments.end(),
                     [](const ExpressionPtr& a) { return is_constant(*a); }) &&
         std::all_of(e.fields.begin(), e.fields.end(),
                     [](const Expression::Named& f) { return is_constant(*f.value); });
}

std::vector<AccumulatedField> parse_output(const Object& spec, const std::string& stage, int code,
                                           const VariableNames& variables) {
  const Value& output = spec.get("output");
  std::vector<AccumulatedField> out;
  if (output.missing()) {
    out.push_back(
        parse_accumulator("count", Value(Object{{"$sum", Value(std::int32_t{1})}}), variables));
    return out;
  }
  if (!output.is(Type::object)) {
    fail_at(code, "The " + stage + " 'output' field must be an object, but found type: " +
                      std::string(type_name(output.type())));
  }
  for (const Field& field : output.object()) {
    out.push_back(parse_accumulator(field.name, field.value, variables));
  }
  return out;
}

ExpressionPtr parse_group_by(const Object& spec, const std::string& stage, int code,
                             const VariableNames& variables) {
  const Value& by = spec.get("groupBy");
  const bool path = by.is(Type::string) && by.text().starts_with('$');
  if (!path && !by.is(Type::object)) {
    fail_at(code, "The " + stage +
                      " 'groupBy' field must be defined as a $-prefixed path or an expression");
  }
  return parse_expression(by, variables);
}

struct Bucket {
  Value id;
  std::vector<AccumulatorState> states;
  bool used = false;

  void add(const std::vector<AccumulatedField>& fields, const Scope& scope) {
    if (!used) {
      for (const AccumulatedField& field : fields) states.emplace_back(field, scope);
    }
    used = true;
    for (AccumulatorState& state : states) state.add(scope);
  }
  Value result(const std::vector<AccumulatedField>& fields) const {
    Object out;
    out.add("_id", id);
    for (std::size_t i = 0; i < fields.size(); ++i) out.add(fields[i].name, states[i].result());
    return Value(std::move(out));
  }
};

struct BucketStage : Stage {
  ExpressionPtr by;
  Array boundaries;
  Value otherwise;
  std::vector<AccumulatedField> fields;

  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return collected(std::move(input),
                     [this, context](const std::vector<Value>& all) { return run(all, context); });
  }

 private:
  std::vector<Value> run(const std::vector<Value>& all, const PipelineContext& context) const {
    const Collator* collator = context.environment->collator;
    std::vector<Bucket> buckets(boundaries.size());
    for (std::size_t i = 0; i + 1 < boundaries.size(); ++i) buckets[i].id = boundaries[i];
    buckets.back().id = otherwise;
    for (const Value& document : all) {
      const Scope scope = scope_of(document, context);
      const Value v = evaluate(*by, scope);
      const auto above = std::upper_bound(
          boundaries.begin(), boundaries.end(), v,
          [&](const Value& a, const Value& b) { return compare(a, b, collator) < 0; });
      std::size_t at = boundaries.size() - 1;
      if (above != boundaries.begin() && above != boundaries.end()) {
        at = static_cast<std::size_t>(above - boundaries.begin()) - 1;
      } else if (otherwise.missing()) {
        fail_at(40066,
                "$switch could not find a matching branch for an input, and no default was "
                "specified.");
      }
      buckets[at].add(fields, scope);
    }
    std::stable_sort(buckets.begin(), buckets.end(), [&](const Bucket& a, const Bucket& b) {
      return compare(a.id, b.id, collator) < 0;
    });
    std::vector<Value> out;
    for (const Bucket& bucket : buckets) {
      if (bucket.used) out.push_back(bucket.result(fields));
    }
    return out;
  }
};

Array checked_boundaries(const Value& boundaries, const VariableNames& variables) {
  if (!boundaries.is(Type::array)) {
    fail_at(40200, "The $bucket 'boundaries' field must be an array of values, but found type: " +
                       std::string(type_name(boundaries.type())));
  }
  Array list;
  for (const Value& spec : boundaries.array()) {
    auto value = constant_value(spec, variables);
    if (!value) {
      fail_at(40191,
              "The $bucket 'boundaries' field must be an array of constant values, but found " +
                  print_json(spec) + ".");
    }
    list.push_back(std::move(*value));
  }
  if (list.size() < 2) {
    fail_at(40192, "The $bucket 'boundaries' field must have at least 2 values, but found " +
                       std::to_string(list.size()) + " value(s).");
  }
  for (std::size_t i = 1; i < list.size(); ++i) {
    if (type_rank(list[i].type()) != type_rank(list[i - 1].type())) {
      fail_at(40193,
              "All values in the 'boundaries' option to $bucket must have the same type. "
              "Found conflicting types " +
                  std::string(type_name(list[i - 1].type())) + " and " +
                  std::string(type_name(list[i].type())) + ".");
    }
    if (compare(list[i - 1], list[i]) >= 0) {
      fail_at(40194, "The 'boundaries' option to $bucket must be sorted, but elements " +
                         std::to_string(i - 1) + " and " + std::to_string(i) +
                         " are not in ascending order");
    }
  }
  return list;
}

Value checked_default(const Value& spec, const VariableNames& variables) {
  if (spec.missing()) return {};
  auto value = constant_value(spec, variables);
  if (!value) {
    fail_at(40195, "The $bucket 'default' field must be a constant expression, but found: " +
                       print_json(spec) + ".");
  }
  return std::move(*value);
}

StagePtr parse_bucket(const Value& spec, const VariableNames& variables) {
  const Object& object =
      object_spec(spec, 40201,
                  "Argument to $bucket stage must be an object, but found type: " +
                      std::string(type_name(spec.type())));
  for (const Field& field : object) {
    if (field.name != "groupBy" && field.name != "boundaries" && field.name != "default" &&
        field.name != "output") {
      fail_at(40197, "Unrecognized option to $bucket: " + field.name + ".");
    }
  }
  if (!object.has("groupBy") || !object.has("boundaries")) {
    fail_at(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  auto out = std::make_shared<BucketStage>();
  out->name = "$bucket";
  out->spec = spec;
  out->by = parse_group_by(object, "$bucket", 40202, variables);
  out->boundaries = checked_boundaries(object.get("boundaries"), variables);
  out->otherwise = checked_default(object.get("default"), variables);
  const Array& list = out->boundaries;
  if (!out->otherwise.missing() && type_rank(out->otherwise.type()) == type_rank(list[0].type()) &&
      compare(out->otherwise, list.front()) >= 0 && compare(out->otherwise, list.back()) < 0) {
    fail_at(40199,
            "The $bucket 'default' field must be less than the lowest boundary or greater "
            "than or equal to the highest boundary.");
  }
  out->fields = parse_output(object, "$bucket", 40196, variables);
  return out;
}

struct BucketAutoStage : Stage {
  ExpressionPtr by;
  std::size_t count = 1;
  std::string granularity;
  std::vector<AccumulatedField> fields;

  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return collected(std::move(input),
                     [this, context](const std::vector<Value>& all) { return run(all, context); });
  }

 private:
  using Keyed = std::pair<Value, const Value*>;

  std::vector<Value> run(const std::vector<Value>& all, const PipelineContext& context) const {
    const Collator* collator = context.environment->collator;
    std::vector<Keyed> keyed;
    for (const Value& document : all) {
      Value v = evaluate(*by, scope_of(document, context));
      if (v.missing()) v = Value(nullptr);
      check_granular(v);
      keyed.emplace_back(std::move(v), &document);
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed& a, const Keyed& b) {
      return compare(a.first, b.first, collator) < 0;
    });
    const std::size_t size = std::max<std::size_t>(
        1, static_cast<std::size_t>(
               std::llround(static_cast<double>(keyed.size()) / static_cast<double>(count))));
    std::vector<Value> out;
    std::size_t at = 0;
    Value least = keyed.empty() ? Value() : keyed[0].first;
    if (!granularity.empty() && !keyed.empty()) least = granular_below(granularity, least);
    while (at < keyed.size()) {
      std::size_t end = out.size() + 1 == count ? keyed.size() : std::min(at + size, keyed.size());
      Value most;
      if (granularity.empty()) {
        while (end < keyed.size() && equal(keyed[end].first, keyed[end - 1].first, collator)) {
          ++end;
        }
        most = end < keyed.size() ? keyed[end].first : keyed[end - 1].first;
      } else {
        most = granular_above(granularity, keyed[end - 1].first);
        while (end < keyed.size() && compare(keyed[end].first, most) < 0) ++end;
      }
      out.push_back(bucket(keyed, at, end, least, most, context));
      least = most;
      at = end;
    }
    return out;
  }

  Value bucket(const std::vector<Keyed>& keyed, std::size_t from, std::size_t to,
               const Value& least, const Value& most, const PipelineContext& context) const {
    Bucket out;
    out.id = Value(Object{{"min", least}, {"max", most}});
    for (std::size_t i = from; i < to; ++i) out.add(fields, scope_of(*keyed[i].second, context));
    return out.result(fields);
  }

  void check_granular(const Value& v) const {
    if (granularity.empty()) return;
    if (!v.is_number()) {
      fail_at(40258,
              "$bucketAuto can specify a 'granularity' with numeric boundaries only, but "
              "found a value with type: " +
                  std::string(type_name(v.type())));
    }
    if (number_is_nan(v)) {
      fail_at(40259,
              "$bucketAuto can specify a 'granularity' with numeric boundaries only, but "
              "found a NaN");
    }
    if (to_double(v) < 0) {
      fail_at(40260,
              "$bucketAuto can specify a 'granularity' with non-negative numbers only, but "
              "found a negative number");
    }
  }
};

StagePtr parse_bucket_auto(const Value& spec, const VariableNames& variables) {
  const Object& object =
      object_spec(spec, 40240,
                  "The argument to $bucketAuto must be an object, but found type: " +
                      std::string(type_name(spec.type())));
  for (const Field& field : object) {
    if (field.name != "groupBy" && field.name != "buckets" && field.name != "granularity" &&
        field.name != "output") {
      fail_at(40245, "Unrecognized option to $bucketAuto: " + field.name + ".");
    }
  }
  if (!object.has("groupBy") || !object.has("buckets")) {
    fail_at(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified");
  }
  auto out = std::make_shared<BucketAutoStage>();
  out->name = "$bucketAuto";
  out->spec = spec;
  out->by = parse_group_by(object, "$bucketAuto", 40239, variables);
  const Value& buckets = object.get("buckets");
  if (!buckets.is_number()) {
    fail_at(40241, "The $bucketAuto 'buckets' field must be a numeric value, but found type: " +
                       std::string(type_name(buckets.type())));
  }
  const auto n = exact_int64(buckets);
  if (!n)
    fail_at(40242, "The $bucketAuto 'buckets' field must be representable as a 32-bit integer");
  if (*n <= 0) {
    fail_at(40243, "The $bucketAuto 'buckets' field must be greater than 0, but found: " +
                       std::to_string(*n));
  }
  out->count = static_cast<std::size_t>(*n);
  out->fields = parse_output(object, "$bucketAuto", 40244, variables);
  const Value& granularity = object.get("granularity");
  if (!granularity.missing()) {
    if (!granularity.is(Type::string)) {
      fail_at(40261, "The $bucketAuto 'granularity' field must be a string, but found type: " +
                         std::string(type_name(granularity.type())));
    }
    out->granularity = granularity.text();
    const bool known = is_granularity(out->granularity);
    if (!known) fail_at(40257, "Unknown rounding granularity '" + out->granularity + "'");
  }
  return out;
}

constexpr StageEntry entries[] = {
    {"$bucket", parse_bucket},
    {"$bucketAuto", parse_bucket_auto},
};

}  // namespace

std::optional<Value> constant_value(const Value& spec, const VariableNames& variables) {
  const ExpressionPtr parsed = parse_expression(spec, variables);
  if (!is_constant(*parsed)) return std::nullopt;
  const Value nothing{Object()};
  const Environment environment;
  return evaluate(*parsed, Scope::of(nothing, environment));
}

std::span<const StageEntry> bucket_stages() {
  return entries;
}

}  // namespace iacdb::doc
