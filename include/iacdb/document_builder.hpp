#pragma once
// Filters and pipelines built in C++; they print as MongoDB's own documents.
//
//   auto adults = field("age") >= 18 && field("tags").has("vip");
//   auto top = pipeline().match(adults).group("$city", {{"n", R"({"$sum": 1})"}}).sort("{\"n\":
//   -1}");
//
// Threads: plain values.

#include <iacdb/document.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iacdb {
namespace doc {
class Value;
}

/// One value of a filter: a number, text, boolean, null, date, document, or Extended JSON by
/// of_json().
class Operand {
 public:
  Operand(std::nullptr_t);
  Operand(bool v);
  Operand(int v);
  Operand(std::int64_t v);
  Operand(double v);
  Operand(const char* text) : Operand(std::string_view(text)) {}
  Operand(const std::string& text) : Operand(std::string_view(text)) {}
  Operand(std::string_view text);
  Operand(TimestampTz time);
  Operand(const Document& document);
  /// Extended JSON. Throws: DocumentError.
  static Operand of_json(std::string_view json);

  const doc::Value& value() const noexcept { return *value_; }

 private:
  Operand(doc::Value value);
  std::shared_ptr<const doc::Value> value_;
};

/// A condition on documents: MongoDB's filter.
class Filter {
 public:
  Filter() = default;  ///< Every document.
  Filter(Document document) : document_(std::move(document)) {}
  Filter(const char* json) : document_(Document::from_json(json)) {}

  const Document& document() const noexcept { return document_; }
  std::string to_json() const { return document_.to_json(); }

  friend Filter operator&&(const Filter& a, const Filter& b);
  friend Filter operator||(const Filter& a, const Filter& b);
  friend Filter operator!(const Filter& a);

 private:
  Document document_;
};

/// A field by its dotted path; comparing it makes a Filter.
class FieldName {
 public:
  explicit FieldName(std::string path) : path_(std::move(path)) {}

  Filter operator==(const Operand& v) const { return with("$eq", v); }
  Filter operator!=(const Operand& v) const { return with("$ne", v); }
  Filter operator<(const Operand& v) const { return with("$lt", v); }
  Filter operator<=(const Operand& v) const { return with("$lte", v); }
  Filter operator>(const Operand& v) const { return with("$gt", v); }
  Filter operator>=(const Operand& v) const { return with("$gte", v); }
  Filter in(std::initializer_list<Operand> values) const { return list("$in", values); }
  Filter not_in(std::initializer_list<Operand> values) const { return list("$nin", values); }
  /// The array holds this value (or the field is it).
  Filter has(const Operand& v) const { return with("$eq", v); }
  Filter has_all(std::initializer_list<Operand> values) const { return list("$all", values); }
  Filter exists(bool wanted = true) const { return with("$exists", Operand(wanted)); }
  Filter type(std::string_view name) const { return with("$type", Operand(name)); }
  Filter size(int n) const { return with("$size", Operand(n)); }
  Filter matches(std::string_view regex, std::string_view options = "") const;
  /// One element of the array satisfies the whole filter.
  Filter any(const Filter& element) const {
    return with("$elemMatch", Operand(element.document()));
  }

 private:
  Filter with(std::string_view op, const Operand& v) const;
  Filter list(std::string_view op, std::initializer_list<Operand> values) const;
  std::string path_;
};
inline FieldName field(std::string path) {
  return FieldName(std::move(path));
}

/// A pipeline as its stages.
class PipelineSpec {
 public:
  PipelineSpec() = default;
  PipelineSpec(std::vector<Document> stages) : stages_(std::move(stages)) {}
  /// A JSON array of stages.
  PipelineSpec(const char* json);

  PipelineSpec match(const Filter& filter) && {
    return std::move(*this).add("$match", filter.document());
  }
  PipelineSpec project(const Document& spec) && { return std::move(*this).add("$project", spec); }
  PipelineSpec set(const Document& spec) && { return std::move(*this).add("$set", spec); }
  PipelineSpec sort(const Document& spec) && { return std::move(*this).add("$sort", spec); }
  PipelineSpec group(const Operand& id,
                     std::initializer_list<std::pair<std::string, Document>> fields) &&;
  PipelineSpec unwind(std::string_view path) && { return std::move(*this).add("$unwind", path); }
  PipelineSpec skip(std::int64_t n) && { return std::move(*this).add("$skip", n); }
  PipelineSpec limit(std::int64_t n) && { return std::move(*this).add("$limit", n); }
  PipelineSpec count(std::string_view name) && { return std::move(*this).add("$count", name); }
  PipelineSpec lookup(std::string_view from, std::string_view local, std::string_view foreign,
                      std::string_view as) &&;
  /// Any other stage: stage("$facet", spec).
  PipelineSpec stage(std::string_view name, const Document& spec) && {
    return std::move(*this).add(name, spec);
  }

  const std::vector<Document>& stages() const noexcept { return stages_; }
  std::string to_json() const;

 private:
  PipelineSpec&& add(std::string_view name, const Operand& spec) &&;
  std::vector<Document> stages_;
};
inline PipelineSpec pipeline() {
  return {};
}

}  // namespace iacdb
