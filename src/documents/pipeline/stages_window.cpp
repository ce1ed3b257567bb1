// $setWindowFields.

#include <map>

#include "documents/pipeline/window.hpp"

namespace iacdb::doc {
namespace {

/// As $addFields sets it: in each element of an array on the way.
void set_path(Value& v, const std::vector<std::string>& path, std::size_t i, Value leaf) {
  if (v.is(Type::array)) {
    for (Value& element : v.edit_array()) set_path(element, path, i, leaf);
    return;
  }
  if (!v.is(Type::object)) v = Value(Object());
  Object& object = v.edit_object();
  if (i + 1 == path.size()) {
    if (!leaf.missing()) object.set(path[i], std::move(leaf));
    return;
  }
  Value* inner = object.find(path[i]);
  if (inner == nullptr) inner = &object.add(path[i], Value(Object()));
  set_path(*inner, path, i + 1, std::move(leaf));
}

struct WindowStage : Stage {
  ExpressionPtr partition;
  Sort sort;
  std::vector<WindowField> fields;

  StreamPtr open(StreamPtr input, const PipelineContext& context) const override {
    return collected(std::move(input), [this, context](std::vector<Value> all) {
      return run(std::move(all), context);
    });
  }

 private:
  std::vector<Value> run(std::vector<Value> all, const PipelineContext& context) const {
    std::map<Value, std::vector<Value>, ValueLess> partitions(
        ValueLess{context.environment->collator});
    for (Value& document : all) {
      Value key = partition ? evaluate(*partition, scope_of(document, context)) : Value(nullptr);
      if (key.is(Type::array)) {
        fail(Code::type_mismatch,
             "An expression used to partition cannot evaluate to value of type array");
      }
      if (key.missing()) key = Value(nullptr);
      partitions[key].push_back(std::move(document));
    }
    std::vector<Value> out;
    for (auto& entry : partitions) {
      std::vector<Value>& documents = entry.second;
      if (!sort.empty()) sort_documents(sort, documents, context.environment->collator);
      const Partition whole{documents, sort, context};
      std::vector<std::vector<Value>> columns;
      for (const WindowField& field : fields) columns.push_back(window_values(field, whole));
      for (std::size_t i = 0; i < documents.size(); ++i) {
        Value document = documents[i];
        for (std::size_t k = 0; k < fields.size(); ++k) {
          set_path(document, fields[k].path, 0, std::move(columns[k][i]));
        }
        out.push_back(std::move(document));
      }
    }
    return out;
  }
};

StagePtr parse_window_stage(const Value& spec, const VariableNames& variables) {
  const Object& object =
      object_spec(spec, 9,
                  "the $setWindowFields stage specification must be an object, found " +
                      std::string(type_name(spec.type())));
  auto out = std::make_shared<WindowStage>();
  out->name = "$setWindowFields";
  out->spec = spec;
  for (const Field& field : object) {
    if (field.name == "partitionBy") {
      out->partition = parse_expression(field.value, variables);
    } else if (field.name == "sortBy") {
      if (!field.value.is(Type::object)) {
        fail(Code::type_mismatch, "BSON field '$setWindowFields.sortBy' is the wrong type");
      }
      out->sort = parse_sort(field.value.object());
    } else if (field.name != "output") {
      fail_at(40415, "BSON field '$setWindowFields." + field.name + "' is an unknown field.");
    }
  }
  const Value& output = object.get("output");
  if (output.missing()) {
    fail_at(40414, "BSON field '$setWindowFields.output' is missing but a required field");
  }
  if (!output.is(Type::object)) {
    fail(Code::type_mismatch, "BSON field '$setWindowFields.output' is the wrong type");
  }
  for (const Field& field : output.object()) {
    out->fields.push_back(parse_window_field(field.name, field.value, out->sort, variables));
  }
  return out;
}

constexpr StageEntry entries[] = {{"$setWindowFields", parse_window_stage}};

}  // namespace

std::span<const StageEntry> window_stages() {
  return entries;
}

}  // namespace iacdb::doc
