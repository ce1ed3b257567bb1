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
  Value next(const Value& v, std::int64_t n) const {
    if (unit) return Value(Date{add_units(v.millis(), *unit, n * *exact_int64(step), Zone())});
    return add(v, multiply(step, narrowest(n)));
  }

  std::vector<Value> run(std::vector<Value> all) const {
    const std::vector<std::string> path = split_path(field);
    std::map<Value, std::vector<Value>, ValueLess> parts;
    std::vector<Value> out;
    Value least;
    Value most;
    for (Value& d : all) {
      const Value v = at_path(d, path, 0);
      if (v.nullish()) {
        out.push_back(std::move(d));
        continue;
      }
      if (unit ? !v.is(Type::date) : !v.is_number()) {
        fail_at(5733201, "Densify field type must be numeric or a date, and dates need a 'unit'");
      }
      if (least.missing() || compare(v, least) < 0) least = v;
      if (most.missing() || compare(v, most) > 0) most = v;
      Array key;
      for (const std::string& name_of : partition) {
        const Value& k = at_path(d, split_path(name_of), 0);
        key.push_back(k.missing() ? Value(nullptr) : k);
      }
      parts[Value(std::move(key))].push_back(std::move(d));
    }
    if (parts.empty() && partition.empty() && bounds.empty()) parts[Value(Array())];
    for (auto& [key, documents] : parts) densify(key, documents, least, most, out);
    return out;
  }

  void densify(const Value& key, std::vector<Value>& documents, const Value& least,
               const Value& most, std::vector<Value>& out) const {
    const std::vector<std::string> path = split_path(field);
    std::stable_sort(documents.begin(), documents.end(), [&](const Value& a, const Value& b) {
      return compare(at_path(a, path, 0), at_path(b, path, 0)) < 0;
    });
    Value from = low;
    Value to = high;
    bool inclusive = false;
    if (bounds == "full") {
      from = least;
      to = most;
      inclusive = true;
    } else if (bounds == "partition") {
      from = at_path(documents.front(), path, 0);
      to = at_path(documents.back(), path, 0);
    }
    std::int64_t n = 0;
    const auto make_until = [&](const Value& limit, bool with_limit) {
      for (;; ++n) {
        const Value v = next(from, n);
        const int order = compare(v, limit);
        if (order > 0 || (order == 0 && !with_limit)) return;
        if (out.size() > made_documents_max) {
          fail_at(5897900, "Generated too many documents in $densify");
        }
        out.push_back(made(key, v));
      }
    };
    for (Value& d : documents) {
      const Value v = at_path(d, path, 0);
      if (compare(v, from) >= 0) {
        make_until(compare(v, to) < 0 ? v : to, false);
        if (compare(next(from, n), v) == 0) ++n;
      }
      out.push_back(std::move(d));
    }
    make_until(to, inclusive && (documents.empty() || compare(next(from, n), to) <= 0));
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

StagePtr parse_densify(const Value& spec, const VariableNames&) {
  const Object& object = object_spec(spec, 9, "The $densify specification must be an object");
  auto out = std::make_shared<DensifyStage>();
  out->name = "$densify";
  out->spec = spec;
  const Value& field = object.get("field");
  const Value& range = object.get("range");
  if (!field.is(Type::string) || !range.is(Type::object)) {
    fail_at(40414, "$densify needs 'field' and 'range'");
  }
  check_field_path(field.text());
  out->field = field.text();
  out->partition = path_list(object.get("partitionByFields"), "$densify 'partitionByFields'");
  out->step = range.object().get("step");
  if (!out->step.is_number() || to_double(out->step) <= 0) {
    fail_at(5733401,
            "the step parameter in a range statement must be a strictly positive numeric "
            "value");
  }
  if (range.object().has("unit")) {
    out->unit = parse_unit(range.object().get("unit"), "$densify");
    if (!exact_int64(out->step)) {
      fail_at(6586400,
              "The step parameter in a range statement must be a whole number when "
              "densifying a date range");
    }
  }
  const Value& bounds = range.object().get("bounds");
  if (bounds.is(Type::string) && (bounds.text() == "full" || bounds.text() == "partition")) {
    out->bounds = bounds.text();
  } else if (bounds.is(Type::array) && bounds.array().size() == 2) {
    out->low = bounds.array()[0];
    out->high = bounds.array()[1];
    if (compare(out->low, out->high) > 0 ||
        type_rank(out->low.type()) != type_rank(out->high.type())) {
      fail_at(5733402, "the bounds in a range statement must be ascending and of one type");
    }
  } else {
    fail_at(5946802, "Bounds must be 'full', 'partition', or an ascending array of two values");
  }
  if (out->bounds == "partition" && out->partition.empty()) {
    fail_at(5733408,
            "one may not specify the bounds as 'partition' without specifying a "
            "non-empty array of partitionByFields.");
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

StagePtr parse_fill(const Value& spec, const VariableNames& variables) {
  const Object& object = object_spec(spec, 9, "The $fill stage specification must be an object");
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
  const Value& output = object.get("output");
  if (!output.is(Type::object)) fail_at(40414, "$fill needs 'output'");
  for (const Field& field : output.object()) {
    const Value& rule = field.value;
    if (!rule.is(Type::object) || rule.object().size() != 1) {
      fail_at(40415, "each output of $fill has one of 'value' and 'method'");
    }
    const Field& how = rule.object().front();
    if (how.name == "value") {
      values.add(field.name,
                 Value(Object{{"$ifNull", Value(Array{Value("$" + field.name), how.value})}}));
    } else if (how.name == "method" && how.value.is(Type::string) &&
               (how.value.text() == "linear" || how.value.text() == "locf")) {
      const std::string op = how.value.text() == "linear" ? "$linearFill" : "$locf";
      windowed.add(field.name, Value(Object{{op, Value("$" + field.name)}}));
    } else {
      fail_at(6050202, "Method must be either locf or linear");
    }
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
