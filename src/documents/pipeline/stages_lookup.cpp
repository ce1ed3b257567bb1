// $lookup, $graphLookup and $unionWith: stages that read other collections.

#include <set>

#include "documents/bson/number.hpp"
#include "documents/expression/variable_names.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

std::string text_option(const Object& spec, std::string_view stage, const char* name, int code) {
  const Value& v = spec.get(name);
  if (v.missing()) return {};
  if (!v.is(Type::string)) {
    fail_at(code, "argument '" + std::string(name) + "' to " + std::string(stage) +
                      " must be a string, found type " + std::string(type_name(v.type())));
  }
  return v.text();
}

PipelineWorld& world_of(const PipelineContext& context, std::string_view stage) {
  if (context.world == nullptr) {
    fail(Code::invalid_options, std::string(stage) + " is not allowed to be used within an update");
  }
  return *context.world;
}

StagePtr stage_of(std::string_view name, const Value& spec, const VariableNames& variables) {
  return parse_pipeline({Value(Object{{std::string(name), spec}})}, variables)[0];
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

/// A filter that the foreign field is one of the local values, as $lookup has it.
Object equality_filter(const std::string& foreign, const Value& local) {
  Array wanted;
  if (local.is(Type::array)) {
    wanted = local.array();
  } else {
    wanted.push_back(local.missing() ? Value(nullptr) : local);
  }
  for (Value& v : wanted) {
    if (v.is(Type::undefined)) v = Value(nullptr);
  }
  // Regular expressions are compared as values, not matched.
  Array alternatives;
  for (const Value& v : wanted) {
    alternatives.push_back(Value(Object{{foreign, Value(Object{{"$eq", v}})}}));
  }
  if (alternatives.empty()) return Object{{"$alwaysFalse", Value(std::int32_t{1})}};
  return Object{{"$or", Value(std::move(alternatives))}};
}

struct LookupStage : Stage {
  std::string from;
  std::vector<std::string> local;
  std::string foreign;
  std::vector<std::string> as;
  std::vector<std::pair<std::string, ExpressionPtr>> let;
  Pipeline pipeline;
  VariableNames names;

  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    PipelineWorld& world = world_of(context, "$lookup");
    return mapped(std::move(input), [this, context, &world](Value d) -> std::optional<Value> {
      Value found = joined(d, context, world);
      set_path(d, as, 0, std::move(found));
      return d;
    });
  }

 private:
  Value joined(const Value& d, const PipelineContext& context, PipelineWorld& world) const {
    std::vector<Value> values;
    const Scope scope = scope_of(d, context);
    for (const auto& variable : let) values.push_back(evaluate(*variable.second, scope));
    std::vector<Binding> bindings(let.size());
    const Binding* outer = context.bindings;
    for (std::size_t i = 0; i < let.size(); ++i) {
      bindings[i] = {let[i].first, &values[i], outer};
      outer = &bindings[i];
    }
    Pipeline stages;
    if (!foreign.empty()) {
      const Value key = local_value(d);
      stages.push_back(stage_of("$match", Value(equality_filter(foreign, key)), names));
    }
    stages.insert(stages.end(), pipeline.begin(), pipeline.end());
    const StreamPtr out = world.read(from, stages, outer);
    return Value(Array(drain(*out)));
  }
  Value local_value(const Value& d) const { return value_at(d, local); }
};

void parse_lookup_let(LookupStage& out, const Value& let, const VariableNames& variables) {
  out.names = variables;
  if (let.missing()) return;
  if (!let.is(Type::object)) {
    fail(Code::failed_to_parse,
         "$lookup argument 'let: " + std::string(type_name(let.type())) + "' must be an object");
  }
  for (const Field& field : let.object()) {
    check_variable(field.name);
    out.let.emplace_back(field.name, parse_expression(field.value, variables));
    out.names.insert(field.name);
  }
}

StagePtr parse_lookup(const Value& spec, const VariableNames& variables) {
  const Object& object = object_spec(spec, 9, "the $lookup specification must be an Object");
  for (const Field& field : object) {
    constexpr std::string_view known[] = {"from", "localField", "foreignField",
                                          "as",   "let",        "pipeline"};
    if (std::find(std::begin(known), std::end(known), field.name) == std::end(known)) {
      fail(Code::failed_to_parse, "unknown argument to $lookup: " + field.name);
    }
  }
  auto out = std::make_shared<LookupStage>();
  out->name = "$lookup";
  out->spec = spec;
  out->from = text_option(object, "$lookup", "from", 9);
  const std::string local = text_option(object, "$lookup", "localField", 9);
  out->foreign = text_option(object, "$lookup", "foreignField", 9);
  const std::string as = text_option(object, "$lookup", "as", 9);
  const Value& pipeline = object.get("pipeline");
  if (as.empty()) fail(Code::failed_to_parse, "must specify 'as' field for a $lookup");
  check_field_path(as);
  out->as = split_path(as);
  if (local.empty() != out->foreign.empty()) {
    fail(Code::failed_to_parse,
         "$lookup requires both or neither of 'localField' and "
         "'foreignField' to be specified");
  }
  if (local.empty() && pipeline.missing()) {
    fail(Code::failed_to_parse,
         "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be "
         "specified");
  }
  if (!local.empty()) {
    check_field_path(local);
    check_field_path(out->foreign);
    out->local = split_path(local);
  }
  if (pipeline.missing() && object.has("let")) {
    fail(Code::failed_to_parse, "$lookup with a 'let' argument must also specify 'pipeline'");
  }
  parse_lookup_let(*out, object.get("let"), variables);
  if (!pipeline.missing()) {
    if (!pipeline.is(Type::array)) {
      fail(Code::type_mismatch, "'pipeline' option must be specified as an array");
    }
    out->pipeline = parse_pipeline(pipeline.array(), out->names);
    for (const StagePtr& stage : out->pipeline) {
      if (stage->name == "$out" || stage->name == "$merge") {
        fail_at(51047, std::string(stage->name) + " is not allowed within a $lookup stage");
      }
    }
  }
  const bool documents = !out->pipeline.empty() && out->pipeline[0]->name == "$documents";
  if (out->from.empty() && !documents) {
    fail(Code::failed_to_parse, "must specify 'from' field for a $lookup");
  }
  return out;
}

struct GraphLookupStage : Stage {
  std::string from;
  std::vector<std::string> as;
  std::string connect_from;
  std::string connect_to;
  ExpressionPtr start;
  std::string depth_field;
  std::optional<std::int64_t> depth_max{};
  Value restriction;

  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    PipelineWorld& world = world_of(context, "$graphLookup");
    return mapped(std::move(input), [this, context, &world](Value d) -> std::optional<Value> {
      Value found = walk(d, context, world);
      set_path(d, as, 0, std::move(found));
      return d;
    });
  }

 private:
  using Frontier = std::set<Value, ValueLess>;

  static void add_all(Frontier& frontier, const Value& v) {
    if (v.is(Type::array)) {
      for (const Value& element : v.array()) frontier.insert(element);
    } else if (!v.missing()) {
      frontier.insert(v);
    }
  }

  Value walk(const Value& d, const PipelineContext& context, PipelineWorld& world) const {
    const Collator* collator = context.environment->collator;
    Frontier frontier(ValueLess{collator});
    Frontier asked(ValueLess{collator});
    Frontier seen(ValueLess{collator});
    add_all(frontier, evaluate(*start, scope_of(d, context)));
    Array out;
    const std::vector<std::string> from_path = split_path(connect_from);
    for (std::int64_t depth = 0; !frontier.empty(); ++depth) {
      if (depth_max && depth > *depth_max) break;
      Array wanted(frontier.begin(), frontier.end());
      asked.insert(frontier.begin(), frontier.end());
      frontier.clear();
      const StreamPtr found = world.read(from, stages(std::move(wanted)), context.bindings);
      while (auto document = found->next()) {
        if (!seen.insert(document->object().get("_id")).second) continue;
        Frontier next(ValueLess{collator});
        add_all(next, value_at(*document, from_path));
        for (const Value& v : next) {
          if (asked.find(v) == asked.end()) frontier.insert(v);
        }
        if (!depth_field.empty()) {
          set_path(*document, split_path(depth_field), 0, Value(std::int64_t{depth}));
        }
        out.push_back(std::move(*document));
      }
    }
    return Value(std::move(out));
  }

  Pipeline stages(Array wanted) const {
    const Value is_in(Object{{"$in", Value(std::move(wanted))}});
    Value match(Object{{connect_to, is_in}});
    if (!restriction.missing()) match = Value(Object{{"$and", Value(Array{match, restriction})}});
    return {stage_of("$match", match, {})};
  }
};

StagePtr parse_graph_lookup(const Value& spec, const VariableNames& variables) {
  const Object& object =
      object_spec(spec, 40327, "the $graphLookup stage specification must be an object");
  auto out = std::make_shared<GraphLookupStage>();
  out->name = "$graphLookup";
  out->spec = spec;
  for (const Field& field : object) {
    if (field.name == "startWith") {
      out->start = parse_expression(field.value, variables);
    } else if (field.name == "maxDepth") {
      if (!field.value.is_number()) {
        fail_at(40100, "maxDepth must be numeric, found type: " +
                           std::string(type_name(field.value.type())));
      }
      const auto n = exact_int64(field.value);
      if (!n) fail_at(40102, "maxDepth could not be represented as a long long");
      if (*n < 0)
        fail_at(40101, "maxDepth requires a nonnegative argument, found: " + std::to_string(*n));
      out->depth_max = *n;
    } else if (field.name == "restrictSearchWithMatch") {
      if (!field.value.is(Type::object)) {
        fail_at(40185, "restrictSearchWithMatch must be an object, found " +
                           std::string(type_name(field.value.type())));
      }
      parse_filter(field.value.object());
      out->restriction = field.value;
    } else if (field.name != "from" && field.name != "as" && field.name != "connectFromField" &&
               field.name != "connectToField" && field.name != "depthField") {
      fail_at(40104, "Unknown argument to $graphLookup: " + field.name);
    }
  }
  out->from = text_option(object, "$graphLookup", "from", 40103);
  const std::string as = text_option(object, "$graphLookup", "as", 40103);
  out->connect_from = text_option(object, "$graphLookup", "connectFromField", 40103);
  out->connect_to = text_option(object, "$graphLookup", "connectToField", 40103);
  out->depth_field = text_option(object, "$graphLookup", "depthField", 40103);
  if (out->from.empty() || as.empty() || out->connect_from.empty() || out->connect_to.empty() ||
      !out->start) {
    fail_at(40105,
            "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and "
            "'connectToField' to be specified.");
  }
  for (const std::string& path : {as, out->connect_from, out->connect_to}) check_field_path(path);
  out->as = split_path(as);
  return out;
}

class ChainStream : public Stream {
 public:
  ChainStream(StreamPtr first, std::function<StreamPtr()> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  std::optional<Value> next() override {
    if (first_) {
      if (auto document = first_->next()) return document;
      first_.reset();
      rest_ = second_();
    }
    return rest_->next();
  }

 private:
  StreamPtr first_;
  std::function<StreamPtr()> second_;
  StreamPtr rest_;
};

struct UnionStage : Stage {
  std::string collection;
  Pipeline pipeline;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    PipelineWorld& world = world_of(context, "$unionWith");
    return std::make_unique<ChainStream>(std::move(input), [this, context, &world] {
      return world.read(collection, pipeline, context.bindings);
    });
  }
};

StagePtr parse_union(const Value& spec, const VariableNames& variables) {
  auto out = std::make_shared<UnionStage>();
  out->name = "$unionWith";
  out->spec = spec;
  if (spec.is(Type::string)) {
    out->collection = spec.text();
    return out;
  }
  const Object& object =
      object_spec(spec, 9,
                  "the $unionWith stage specification must be an object or string, but found " +
                      std::string(type_name(spec.type())));
  for (const Field& field : object) {
    if (field.name != "coll" && field.name != "pipeline") {
      fail_at(40415, "BSON field '$unionWith." + field.name + "' is an unknown field.");
    }
  }
  out->collection = text_option(object, "$unionWith", "coll", 14);
  const Value& pipeline = object.get("pipeline");
  if (!pipeline.missing()) {
    if (!pipeline.is(Type::array)) {
      fail(Code::type_mismatch, "'pipeline' option must be specified as an array");
    }
    out->pipeline = parse_pipeline(pipeline.array(), variables);
    for (const StagePtr& stage : out->pipeline) {
      if (stage->name == "$out" || stage->name == "$merge") {
        fail_at(31441, std::string(stage->name) +
                           " is not allowed within a $unionWith's "
                           "sub-pipeline");
      }
    }
  }
  const bool documents = !out->pipeline.empty() && out->pipeline[0]->name == "$documents";
  if (out->collection.empty() && !documents) {
    fail_at(40414, "BSON field '$unionWith.coll' is missing but a required field");
  }
  return out;
}

constexpr StageEntry entries[] = {
    {"$lookup", parse_lookup},
    {"$graphLookup", parse_graph_lookup},
    {"$unionWith", parse_union},
};

}  // namespace

std::span<const StageEntry> lookup_stages() {
  return entries;
}

}  // namespace iacdb::doc
