#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "iacdb/document_builder.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace {

Document document_of(const doc::Object& object) {
  return Document::trusted(doc::encode(object));
}

/// The parts of a conjunction, so that a && b && c is one list.
void add_parts(std::string_view op, const Filter& filter, doc::Array& out) {
  doc::Object object = doc::decode(filter.document().bytes());
  if (object.size() == 1 && object.front().name == op) {
    for (const doc::Value& part : object.front().value.array()) out.push_back(part);
  } else {
    out.push_back(doc::Value(std::move(object)));
  }
}

Filter combined(const char* op, const Filter& a, const Filter& b) {
  doc::Array parts;
  add_parts(op, a, parts);
  add_parts(op, b, parts);
  return Filter(document_of({{op, doc::Value(std::move(parts))}}));
}

}  // namespace

Operand::Operand(doc::Value value) : value_(std::make_shared<const doc::Value>(std::move(value))) {}
Operand::Operand(std::nullptr_t) : Operand(doc::Value(nullptr)) {}
Operand::Operand(bool v) : Operand(doc::Value(v)) {}
Operand::Operand(int v) : Operand(doc::Value(std::int32_t{v})) {}
Operand::Operand(std::int64_t v) : Operand(doc::Value(v)) {}
Operand::Operand(double v) : Operand(doc::Value(v)) {}
Operand::Operand(std::string_view text) : Operand(doc::Value(text)) {}
Operand::Operand(TimestampTz time) : Operand(doc::Value(doc::Date{time.micros / 1000})) {}
Operand::Operand(const Document& document) : Operand(doc::Value(doc::decode(document.bytes()))) {}

Operand Operand::of_json(std::string_view json) {
  try {
    return Operand(doc::parse_json_value(json));
  } catch (const doc::Failure& failure) {
    raise(ErrorKind::data, failure.what());
  }
}

Filter operator&&(const Filter& a, const Filter& b) {
  if (a.document().empty()) return b;
  if (b.document().empty()) return a;
  return combined("$and", a, b);
}
Filter operator||(const Filter& a, const Filter& b) {
  return combined("$or", a, b);
}
Filter operator!(const Filter& a) {
  doc::Array parts{doc::Value(doc::decode(a.document().bytes()))};
  return Filter(document_of({{"$nor", doc::Value(std::move(parts))}}));
}

Filter FieldName::with(std::string_view op, const Operand& v) const {
  return Filter(Document::trusted(doc::encode_condition(path_, op, v.value())));
}

Filter FieldName::list(std::string_view op, std::initializer_list<Operand> values) const {
  doc::Array list;
  for (const Operand& v : values) list.push_back(v.value());
  doc::Object condition{{std::string(op), doc::Value(std::move(list))}};
  return Filter(document_of({{path_, doc::Value(std::move(condition))}}));
}

Filter FieldName::matches(std::string_view regex, std::string_view options) const {
  doc::Object condition{{"$regex", doc::Value(regex)}, {"$options", doc::Value(options)}};
  return Filter(document_of({{path_, doc::Value(std::move(condition))}}));
}

PipelineSpec::PipelineSpec(const char* json) {
  const DocumentOrPipeline parsed(json);
  if (!parsed.is_pipeline()) {
    raise(ErrorKind::data, "a pipeline is a JSON array of stages");
  }
  stages_ = parsed.stages();
}

PipelineSpec&& PipelineSpec::add(std::string_view name, const Operand& spec) && {
  stages_.push_back(document_of({{std::string(name), spec.value()}}));
  return std::move(*this);
}

PipelineSpec PipelineSpec::group(
    const Operand& id, std::initializer_list<std::pair<std::string, Document>> fields) && {
  doc::Object group{{"_id", id.value()}};
  for (const auto& [name, accumulator] : fields) {
    group.add(name, doc::Value(doc::decode(accumulator.bytes())));
  }
  stages_.push_back(document_of({{"$group", doc::Value(std::move(group))}}));
  return std::move(*this);
}

PipelineSpec PipelineSpec::lookup(std::string_view from, std::string_view local,
                                  std::string_view foreign, std::string_view as) && {
  doc::Object spec{{"from", doc::Value(from)},
                   {"localField", doc::Value(local)},
                   {"foreignField", doc::Value(foreign)},
                   {"as", doc::Value(as)}};
  stages_.push_back(document_of({{"$lookup", doc::Value(std::move(spec))}}));
  return std::move(*this);
}

std::string PipelineSpec::to_json() const {
  std::string out = "[";
  for (const Document& stage : stages_) {
    if (out.size() > 1) out += ',';
    out += stage.to_json();
  }
  return out + "]";
}

}  // namespace iacdb
