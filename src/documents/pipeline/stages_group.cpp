// $group, $count, $sortByCount and $facet.

#include <map>

#include "documents/bson/number.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

template <class S>
std::shared_ptr<S> named_stage(std::string_view name, const Value& spec) {
  auto out = std::make_shared<S>();
  out->name = name;
  out->spec = spec;
  return out;
}

StagePtr parse_group(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<GroupStage>("$group", spec);
  const Object& object =
      object_spec(spec, 15947, "a group's fields must be specified in an object");
  for (const Field& field : object) {
    if (field.name == "_id") {
      out->id = parse_expression(field.value, variables);
    } else {
      out->fields.push_back(parse_accumulator(field.name, field.value, variables));
    }
  }
  if (!out->id) fail_at(15955, "a group specification must include an _id");
  return out;
}

StagePtr parse_count(const Value& spec, const VariableNames&) {
  auto out = named_stage<CountStage>("$count", spec);
  if (!spec.is(Type::string)) {
    fail_at(40156, "the count field must be a non-empty string");
  }
  const std::string& name = spec.text();
  if (name.empty()) fail_at(40157, "the count field must be a non-empty string");
  if (name.starts_with('$')) {
    fail_at(40158, "the count field cannot be a $-prefixed path");
  }
  if (name.find('.') != std::string::npos) fail_at(40160, "the count field cannot contain '.'");
  if (name == "_id") fail_at(40161, "the count field cannot be '_id'");
  out->field = name;
  return out;
}

struct SortByCountStage : Stage {
  Pipeline stages;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return run_pipeline(stages, std::move(input), context);
  }
};

StagePtr parse_sort_by_count(const Value& spec, const VariableNames& variables) {
  const bool expression = spec.is(Type::object) && spec.object().size() == 1 &&
                          spec.object().front().name.starts_with('$');
  if (spec.is(Type::string) && !spec.text().starts_with('$')) {
    fail_at(40148,
            "the sortByCount field must be defined as a $-prefixed path or an expression "
            "inside an object");
  }
  if (!expression && !spec.is(Type::string)) {
    fail_at(spec.is(Type::object) ? 40147 : 40149,
            "the sortByCount field must be defined as a $-prefixed path or an expression inside an "
            "object");
  }
  auto out = named_stage<SortByCountStage>("$sortByCount", spec);
  const Value one(std::int32_t{1});
  const Value group(Object{{"_id", spec}, {"count", Value(Object{{"$sum", one}})}});
  const Value sort(Object{{"count", Value(std::int32_t{-1})}});
  out->stages =
      parse_pipeline({Value(Object{{"$group", group}}), Value(Object{{"$sort", sort}})}, variables);
  return out;
}

struct FacetStage : Stage {
  std::vector<std::pair<std::string, Pipeline>> facets;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return collected(std::move(input), [this, context](const std::vector<Value>& all) {
      Object out;
      for (const auto& [name_of, pipeline] : facets) {
        const StreamPtr stream = run_pipeline(pipeline, stream_of(all), context);
        out.add(name_of, Value(Array(drain(*stream))));
      }
      return std::vector<Value>{Value(std::move(out))};
    });
  }
};

StagePtr parse_facet(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<FacetStage>("$facet", spec);
  if (!spec.is(Type::object) || spec.object().empty()) {
    fail_at(40169, "the $facet specification must be a non-empty object");
  }
  for (const Field& field : spec.object()) {
    if (field.name.starts_with('$') || field.name.find('.') != std::string::npos) {
      fail_at(field.name.starts_with('$') ? 16410 : 16412,
              "Invalid facet name in $facet: '" + field.name + "'");
    }
    if (!field.value.is(Type::array)) {
      fail_at(40170, "arguments to $facet must be arrays, " + field.name + " is type " +
                         std::string(type_name(field.value.type())));
    }
    Pipeline pipeline = parse_pipeline(field.value.array(), variables);
    for (const StagePtr& stage : pipeline) {
      for (const std::string_view refused : {"$facet", "$out", "$merge", "$documents"}) {
        if (stage->name == refused) {
          fail_at(40600, std::string(refused) + " is not allowed to be used within a $facet stage");
        }
      }
    }
    out->facets.emplace_back(field.name, std::move(pipeline));
  }
  return out;
}

constexpr StageEntry entries[] = {
    {"$group", parse_group},
    {"$count", parse_count},
    {"$sortByCount", parse_sort_by_count},
    {"$facet", parse_facet},
};

struct Group {
  Value id;
  std::vector<AccumulatorState> states;
};

class GroupStream : public Stream {
 public:
  GroupStream(StreamPtr input, const GroupStage& stage, PipelineContext context)
      : input_(std::move(input)),
        stage_(stage),
        context_(context),
        index_(ValueLess{context.environment->collator}) {}

  std::optional<Value> next() override {
    if (input_) gather();
    if (at_ == groups_.size()) return std::nullopt;
    Group& group = groups_[at_++];
    Object out;
    out.add("_id", std::move(group.id));
    for (std::size_t i = 0; i < stage_.fields.size(); ++i) {
      out.add(stage_.fields[i].name, group.states[i].result());
    }
    return Value(std::move(out));
  }

 private:
  void gather() {
    while (auto document = input_->next()) {
      const Scope scope = scope_of(*document, context_);
      Value id = evaluate(*stage_.id, scope);
      if (id.missing()) id = Value(nullptr);
      const auto [it, fresh] = index_.try_emplace(id, groups_.size());
      if (fresh) {
        groups_.push_back({std::move(id), {}});
        for (const AccumulatedField& field : stage_.fields) {
          groups_.back().states.emplace_back(field, scope);
        }
      }
      for (AccumulatorState& state : groups_[it->second].states) state.add(scope);
    }
    input_.reset();
    index_.clear();
  }

  StreamPtr input_;
  const GroupStage& stage_;
  PipelineContext context_;
  std::map<Value, std::size_t, ValueLess> index_;
  std::vector<Group> groups_;
  std::size_t at_ = 0;
};

}  // namespace

StreamPtr GroupStage::open(StreamPtr input, const PipelineContext& context) const {
  return std::make_unique<GroupStream>(std::move(input), *this, context);
}

std::span<const StageEntry> group_stages() {
  return entries;
}

}  // namespace iacdb::doc
