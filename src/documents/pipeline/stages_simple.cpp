// Stages that look at one document after the other, and $sort, $sample, $redact, $documents.

#include <algorithm>
#include <random>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/filter/text_search.hpp"
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

StagePtr parse_match(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<MatchStage>("$match", spec);
  out->filter = parse_filter(
      object_spec(spec, 15959, "the match filter must be an expression in an object"), variables);
  return out;
}

StagePtr parse_sort_stage(const Value& spec, const VariableNames&) {
  auto out = named_stage<SortStage>("$sort", spec);
  out->sort = parse_sort(object_spec(spec, 15973, "the $sort key specification must be an object"));
  if (out->sort.empty()) fail_at(15976, "$sort stage must have at least one sort key");
  return out;
}

std::int64_t count_of(const Value& spec, int code, std::string_view stage, bool zero_allowed) {
  const auto n = spec.is_number() ? exact_int64(spec) : std::nullopt;
  if (!n) {
    fail_at(code, "invalid argument to " + std::string(stage) + " stage: Expected a number in: " +
                      std::string(stage) + ": " + print_json(spec));
  }
  if (*n < 0) {
    fail_at(code, "invalid argument to " + std::string(stage) +
                      " stage: Expected a non-negative number in: " + std::string(stage) + ": " +
                      print_json(spec));
  }
  if (*n == 0 && !zero_allowed) fail_at(15958, "the limit must be positive");
  return *n;
}

StagePtr parse_limit(const Value& spec, const VariableNames&) {
  auto out = named_stage<LimitStage>("$limit", spec);
  out->limit = count_of(spec, 5107201, "$limit", false);
  return out;
}
StagePtr parse_skip(const Value& spec, const VariableNames&) {
  auto out = named_stage<SkipStage>("$skip", spec);
  out->skip = count_of(spec, 5107200, "$skip", true);
  return out;
}

StagePtr parse_project(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<ProjectStage>("$project", spec);
  out->projection =
      parse_projection(object_spec(spec, 15969, "$project specification must be an object"),
                       ProjectionUse::project, variables);
  return out;
}

StagePtr parse_unset(const Value& spec, const VariableNames& variables) {
  Array names;
  if (spec.is(Type::string)) {
    names.push_back(spec);
  } else if (spec.is(Type::array)) {
    names = spec.array();
    if (names.empty()) {
      fail_at(31119, "$unset specification must be a string or an array with at least one field");
    }
  } else {
    fail_at(31002, "$unset specification must be a string or an array");
  }
  Object exclusion;
  for (const Value& name : names) {
    if (!name.is(Type::string)) {
      fail_at(31120,
              "$unset specification must be a string or an array containing only string "
              "values");
    }
    exclusion.add(name.text(), Value(std::int32_t{0}));
  }
  auto out = named_stage<ProjectStage>("$unset", spec);
  out->projection = parse_projection(exclusion, ProjectionUse::project, variables);
  return out;
}

StagePtr parse_add_fields_as(std::string_view name, const Value& spec,
                             const VariableNames& variables) {
  auto out = named_stage<AddFieldsStage>(name, spec);
  out->added = parse_added_fields(
      object_spec(spec, 40272,
                  std::string(name) + " specification stage must be an object, got " +
                      std::string(type_name(spec.type()))),
      name, variables);
  return out;
}
StagePtr parse_add_fields(const Value& spec, const VariableNames& variables) {
  return parse_add_fields_as("$addFields", spec, variables);
}
StagePtr parse_set(const Value& spec, const VariableNames& variables) {
  return parse_add_fields_as("$set", spec, variables);
}

StagePtr parse_replace_root(const Value& spec, const VariableNames& variables) {
  const Object& object =
      object_spec(spec, 40229,
                  "expected an object as specification for $replaceRoot stage, got " +
                      std::string(type_name(spec.type())));
  for (const Field& field : object) {
    if (field.name != "newRoot") {
      fail_at(40415, "BSON field '$replaceRoot." + field.name + "' is an unknown field.");
    }
  }
  if (!object.has("newRoot")) {
    fail_at(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field");
  }
  auto out = named_stage<ReplaceRootStage>("$replaceRoot", spec);
  out->root = parse_expression(object.get("newRoot"), variables);
  return out;
}
StagePtr parse_replace_with(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<ReplaceRootStage>("$replaceWith", spec);
  out->root = parse_expression(spec, variables);
  return out;
}

StagePtr parse_unwind(const Value& spec, const VariableNames&) {
  auto out = named_stage<UnwindStage>("$unwind", spec);
  std::string path;
  if (spec.is(Type::string)) {
    path = spec.text();
  } else if (spec.is(Type::object)) {
    for (const Field& field : spec.object()) {
      if (field.name == "path") {
        if (!field.value.is(Type::string)) {
          fail_at(28808, "expected a string as the path for $unwind stage, got " +
                             std::string(type_name(field.value.type())));
        }
        path = field.value.text();
      } else if (field.name == "preserveNullAndEmptyArrays") {
        if (!field.value.is(Type::boolean)) {
          fail_at(28809,
                  "expected a boolean for the preserveNullAndEmptyArrays option to $unwind "
                  "stage, got " +
                      std::string(type_name(field.value.type())));
        }
        out->keeps_empty = field.value.boolean();
      } else if (field.name == "includeArrayIndex") {
        if (!field.value.is(Type::string) || field.value.text().empty()) {
          fail_at(28810,
                  "expected a non-empty string for the includeArrayIndex  option to $unwind "
                  "stage");
        }
        out->index_name = field.value.text();
        if (out->index_name.starts_with('$')) {
          fail_at(28822,
                  "includeArrayIndex option to $unwind stage should not be prefixed with a "
                  "'$': " +
                      out->index_name);
        }
      } else {
        fail_at(28811, "unrecognized option to $unwind stage: " + field.name);
      }
    }
  } else {
    fail_at(15981,
            "expected either a string or an object as specification for $unwind stage, got " +
                std::string(type_name(spec.type())));
  }
  if (path.empty()) fail_at(28812, "no path specified to $unwind stage");
  if (!path.starts_with('$')) {
    fail_at(28818, "path option to $unwind stage should be prefixed with a '$': " + path);
  }
  check_field_path(path.substr(1));
  out->path = split_path(path.substr(1));
  return out;
}

/// Each document is as likely as any other, and no more are held than are asked for.
class SampleStream : public Stream {
 public:
  SampleStream(StreamPtr input, std::size_t size) : input_(std::move(input)), size_(size) {}

  std::optional<Value> next() override {
    if (input_) take();
    if (taken_.empty()) return std::nullopt;
    Value out = std::move(taken_.back());
    taken_.pop_back();
    return out;
  }

 private:
  void take() {
    std::mt19937_64 dice{std::random_device{}()};
    std::size_t seen = 0;
    while (auto document = input_->next()) {
      ++seen;
      if (taken_.size() < size_) {
        taken_.push_back(std::move(*document));
        continue;
      }
      const std::size_t at = std::uniform_int_distribution<std::size_t>(0, seen - 1)(dice);
      if (at < size_) taken_[at] = std::move(*document);
    }
    std::shuffle(taken_.begin(), taken_.end(), dice);
    input_.reset();
  }

  StreamPtr input_;
  std::size_t size_;
  std::vector<Value> taken_;
};

struct SampleStage : Stage {
  std::size_t size = 0;
  StreamPtr open(StreamPtr input, const PipelineContext&) const override {
    return std::make_unique<SampleStream>(std::move(input), size);
  }
};

StagePtr parse_sample(const Value& spec, const VariableNames&) {
  auto out = named_stage<SampleStage>("$sample", spec);
  const Object& object =
      object_spec(spec, 28745, "the $sample stage specification must be an object");
  for (const Field& field : object) {
    if (field.name != "size") fail_at(28748, "unrecognized option to $sample: " + field.name);
  }
  const Value& size = object.get("size");
  if (size.missing()) fail_at(28749, "$sample stage must specify a size");
  if (!size.is_number()) fail_at(28746, "size argument to $sample must be a number");
  const auto n = truncated_int64(size);
  if (!n || *n <= 0) fail_at(28747, "size argument to $sample must be a positive integer");
  out->size = static_cast<std::size_t>(*n);
  return out;
}

struct RedactStage : Stage {
  ExpressionPtr expression;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return mapped(std::move(input), [this, context](const Value& document) -> std::optional<Value> {
      Value out = redacted(document, document, context);
      if (out.missing()) return std::nullopt;
      return out;
    });
  }

 private:
  Value redacted(const Value& level, const Value& root, const PipelineContext& context) const {
    Scope scope = scope_of(root, context);
    scope.current = &level;
    const Value verdict = evaluate(*expression, scope);
    const std::string word = verdict.is(Type::string) ? verdict.text() : "";
    if (word == "KEEP") return level;
    if (word == "PRUNE") return Value();
    if (word != "DESCEND") {
      fail_at(17053,
              "$redact's expression should not return anything aside from the variables "
              "$$KEEP, $$DESCEND, and $$PRUNE, but returned " +
                  print_json(verdict));
    }
    Object out;
    for (const Field& field : level.object()) {
      Value inner = inside(field.value, root, context);
      if (!inner.missing()) out.add(field.name, std::move(inner));
    }
    return Value(std::move(out));
  }
  Value inside(const Value& v, const Value& root, const PipelineContext& context) const {
    if (v.is(Type::object)) return redacted(v, root, context);
    if (!v.is(Type::array)) return v;
    Array out;
    for (const Value& element : v.array()) {
      Value inner = inside(element, root, context);
      if (!inner.missing()) out.push_back(std::move(inner));
    }
    return Value(std::move(out));
  }
};

StagePtr parse_redact(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<RedactStage>("$redact", spec);
  out->expression = parse_expression(spec, variables);
  return out;
}

struct DocumentsStage : Stage {
  ExpressionPtr expression;
  StreamPtr open(StreamPtr, const PipelineContext& context) const override {
    static const Value nothing{Object()};
    const Value list = evaluate(*expression, scope_of(nothing, context));
    if (!list.is(Type::array)) {
      fail_at(5858203, "an array is expected as the argument of $documents");
    }
    for (const Value& v : list.array()) {
      if (!v.is(Type::object)) fail_at(40228, "'newRoot' expression must evaluate to an object");
    }
    return stream_of(list.array());
  }
};

StagePtr parse_documents(const Value& spec, const VariableNames& variables) {
  auto out = named_stage<DocumentsStage>("$documents", spec);
  out->expression = parse_expression(spec, variables);
  return out;
}

constexpr StageEntry entries[] = {
    {"$match", parse_match},
    {"$sort", parse_sort_stage},
    {"$limit", parse_limit},
    {"$skip", parse_skip},
    {"$project", parse_project, true},
    {"$unset", parse_unset, true},
    {"$addFields", parse_add_fields, true},
    {"$set", parse_set, true},
    {"$replaceRoot", parse_replace_root, true},
    {"$replaceWith", parse_replace_with, true},
    {"$unwind", parse_unwind},
    {"$sample", parse_sample},
    {"$redact", parse_redact},
    {"$documents", parse_documents},
};

}  // namespace

std::span<const StageEntry> simple_stages() {
  return entries;
}

}  // namespace iacdb::doc
