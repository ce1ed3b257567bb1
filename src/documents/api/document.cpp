#include "iacdb/document.hpp"

#include "documents/bson/codec.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"

namespace iacdb {
namespace {

/// What is malformed about a document is a DataError of the caller's.
template <class F>
auto as_data(F f) {
  try {
    return f();
  } catch (const doc::Failure& failure) {
    raise(ErrorKind::data, failure.what());
  }
}

doc::Value find(const std::string& bytes, std::string_view path) {
  doc::Value at(doc::decode(bytes));
  for (const std::string& part : doc::split_path(path)) {
    doc::Value next;
    if (at.is(doc::Type::object)) {
      next = at.object().get(part);
    } else if (at.is(doc::Type::array) && doc::index_of(part) < at.array().size()) {
      next = at.array()[doc::index_of(part)];
    }
    at = std::move(next);
  }
  return at;
}

doc::JsonForm form_of(JsonForm form) {
  return form == JsonForm::canonical ? doc::JsonForm::canonical : doc::JsonForm::relaxed;
}

}  // namespace

Document::Document() : bytes_("\5\0\0\0\0", 5) {}

Document Document::from_json(std::string_view json) {
  return as_data([&] { return trusted(doc::encode(doc::parse_json(json))); });
}

Document Document::from_bson(BytesView bytes) {
  std::string copy(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  as_data([&] { return doc::decode(copy); });
  return trusted(std::move(copy));
}

Document Document::trusted(std::string bytes) {
  Document out;
  out.bytes_ = std::move(bytes);
  return out;
}

std::string Document::to_json(JsonForm form) const {
  return doc::print_json(doc::decode(bytes_), form_of(form));
}

bool Document::has(std::string_view path) const {
  return !find(bytes_, path).missing();
}

std::optional<std::string> Document::text(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  if (v.is(doc::Type::string) || v.is(doc::Type::symbol) || v.is(doc::Type::code)) return v.text();
  return std::nullopt;
}

std::optional<std::int64_t> Document::integer(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  return v.is_number() ? doc::exact_int64(v) : std::nullopt;
}

std::optional<double> Document::number(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  return v.is_number() ? std::optional<double>(doc::to_double(v)) : std::nullopt;
}

std::optional<bool> Document::boolean(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  return v.is(doc::Type::boolean) ? std::optional<bool>(v.boolean()) : std::nullopt;
}

std::optional<Document> Document::document(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  if (!v.is(doc::Type::object)) return std::nullopt;
  return trusted(doc::encode(v.object()));
}

std::optional<std::vector<Document>> Document::documents(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  if (!v.is(doc::Type::array)) return std::nullopt;
  std::vector<Document> out;
  for (const doc::Value& element : v.array()) {
    if (element.is(doc::Type::object)) out.push_back(trusted(doc::encode(element.object())));
  }
  return out;
}

std::optional<std::string> Document::oid(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  return v.is(doc::Type::oid) ? std::optional<std::string>(v.oid().hex()) : std::nullopt;
}

std::optional<TimestampTz> Document::date(std::string_view path) const {
  const doc::Value v = find(bytes_, path);
  if (!v.is(doc::Type::date)) return std::nullopt;
  return TimestampTz{v.millis() * 1000};
}

std::string Document::value_json(std::string_view path, JsonForm form) const {
  const doc::Value v = find(bytes_, path);
  return v.missing() ? std::string() : doc::print_json(v, form_of(form));
}

DocumentOrPipeline::DocumentOrPipeline(const char* json) {
  as_data([&] {
    const doc::Value v = doc::parse_json_value(json);
    if (v.is(doc::Type::array)) {
      stages_.emplace();
      for (const doc::Value& stage : v.array()) {
        if (!stage.is(doc::Type::object)) {
          doc::fail(doc::Code::failed_to_parse, "each stage of a pipeline is an object");
        }
        stages_->push_back(Document::trusted(doc::encode(stage.object())));
      }
    } else if (v.is(doc::Type::object)) {
      document_ = Document::trusted(doc::encode(v.object()));
    } else {
      doc::fail(doc::Code::failed_to_parse, "a document or a list of stages expected");
    }
  });
}

DocumentError::DocumentError(ErrorFacts facts, std::string code_name, Document reply)
    : Error(std::move(facts)), code_name_(std::move(code_name)), reply_(std::move(reply)) {}

}  // namespace iacdb
