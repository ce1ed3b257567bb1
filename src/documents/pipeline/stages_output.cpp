// $out and $merge: the documents go into a collection, and nothing comes out.

#include <algorithm>

#include "documents/expression/variable_names.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

struct OutStage : Stage {
  std::string database;
  std::string collection;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    if (context.world == nullptr) {
      fail(Code::invalid_options, "$out is not allowed to be used within an update");
    }
    context.world->replace_collection(database, collection, std::move(input));
    return stream_of({});
  }
};

/// What no collection may be named, and what belongs to the server.
void check_target(const std::string& name, int system, const std::string& stage) {
  if (name.find('$') != std::string::npos || name.starts_with('.')) {
    fail(Code::invalid_namespace, "Invalid " + stage + " target namespace, " + name);
  }
  if (name.starts_with("system.")) {
    fail_at(system, "Can't " + stage + " to special collection: " + name);
  }
}

StagePtr parse_out(const Value& spec, const VariableNames&) {
  auto out = std::make_shared<OutStage>();
  out->name = "$out";
  out->spec = spec;
  if (spec.is(Type::string)) {
    out->collection = spec.text();
  } else if (spec.is(Type::object)) {
    for (const Field& field : spec.object()) {
      if (!field.value.is(Type::string)) {
        fail_at(16994,
                "If an object is passed to $out it must have exactly 2 fields: 'db' and "
                "'coll'");
      }
      if (field.name == "db") {
        out->database = field.value.text();
      } else if (field.name == "coll") {
        out->collection = field.value.text();
      } else {
        fail_at(40415, "BSON field '$out." + field.name + "' is an unknown field.");
      }
    }
  } else {
    fail_at(16990, "$out only supports a string or object argument, but found " +
                       std::string(type_name(spec.type())));
  }
  if (out->collection.empty()) {
    fail(Code::invalid_namespace, "$out needs the name of a collection");
  }
  check_target(out->collection, 17385, "$out");
  return out;
}

struct MergeStage : Stage {
  Pipeline updates;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    if (context.world == nullptr) {
      fail(Code::invalid_options, "$merge is not allowed to be used within an update");
    }
    context.world->merge(spec.object(), std::move(input));
    return stream_of({});
  }
};

void check_word(const Object& spec, const char* name,
                std::initializer_list<std::string_view> words) {
  const Value& v = spec.get(name);
  if (v.missing() || v.is(Type::array)) return;
  if (!v.is(Type::string) || std::find(words.begin(), words.end(), v.text()) == words.end()) {
    fail(Code::bad_value, "Enumeration value '" + (v.is(Type::string) ? v.text() : "") +
                              "' for field '$merge." + name + "' is not a valid value.");
  }
}

StagePtr parse_merge(const Value& spec, const VariableNames& variables) {
  auto out = std::make_shared<MergeStage>();
  out->name = "$merge";
  if (spec.is(Type::string)) {
    check_target(spec.text(), 31319, "$merge");
    out->spec = Value(Object{{"into", spec}});
    return out;
  }
  const Object& object = object_spec(spec, 51182,
                                     "$merge requires a string or object argument, but found " +
                                         std::string(type_name(spec.type())));
  for (const Field& field : object) {
    constexpr std::string_view known[] = {"into", "on", "let", "whenMatched", "whenNotMatched"};
    if (std::find(std::begin(known), std::end(known), field.name) == std::end(known)) {
      fail_at(40415, "BSON field '$merge." + field.name + "' is an unknown field.");
    }
  }
  if (!object.has("into")) {
    fail_at(40414, "BSON field '$merge.into' is missing but a required field");
  }
  if (object.get("into").is(Type::string)) {
    check_target(object.get("into").text(), 31319, "$merge");
  }
  check_word(object, "whenMatched", {"replace", "keepExisting", "merge", "fail"});
  check_word(object, "whenNotMatched", {"insert", "discard", "fail"});
  const Value& on = object.get("on");
  if (!on.missing() && !on.is(Type::string) && !on.is(Type::array)) {
    fail_at(51186, "$merge 'on' field must be either a string or an array of strings, but found " +
                       std::string(type_name(on.type())));
  }
  if (on.is(Type::array) && std::any_of(on.array().begin(), on.array().end(),
                                        [](const Value& v) { return !v.is(Type::string); })) {
    fail_at(51134, "$merge 'on' array elements must be strings");
  }
  const Value& matched = object.get("whenMatched");
  if (matched.is(Type::array)) {
    VariableNames names = variables;
    names.insert("new");
    const Value& let = object.get("let");
    if (let.is(Type::object)) {
      for (const Field& field : let.object()) {
        check_variable(field.name);
        names.insert(field.name);
      }
    }
    out->updates = parse_update_pipeline(matched.array(), names);
  }
  out->spec = spec;
  return out;
}

constexpr StageEntry entries[] = {
    {"$out", parse_out},
    {"$merge", parse_merge},
};

}  // namespace

std::span<const StageEntry> output_stages() {
  return entries;
}

}  // namespace iacdb::doc
