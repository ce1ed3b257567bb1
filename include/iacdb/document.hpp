#pragma once
// Document: one BSON document, as bytes that it owns.
//
//   auto d = iacdb::Document::from_json(R"({"name": "Ada", "born": {"$date":
//   "1815-12-10T00:00:00Z"}})"); std::string name = d.text("name").value_or("");
//
// Threads: plain values.

#include <cstdint>
#include <iacdb/error.hpp>
#include <iacdb/types.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

enum class JsonForm : std::uint8_t { relaxed, canonical };

class Document {
 public:
  Document();  ///< An empty one.
  /// Extended JSON, relaxed or canonical. Throws: DataError.
  static Document from_json(std::string_view json);
  Document(const char* json) : Document(from_json(json)) {}
  /// Throws: DataError when the bytes are no BSON document.
  static Document from_bson(BytesView bytes);
  /// Bytes that are known to be BSON.
  static Document trusted(std::string bytes);

  BytesView bson() const noexcept { return std::as_bytes(std::span(bytes_)); }
  const std::string& bytes() const noexcept { return bytes_; }
  std::string to_json(JsonForm form = JsonForm::relaxed) const;
  bool empty() const noexcept { return bytes_.size() <= 5; }

  // Fields by dotted path; nullopt when missing or of another type.
  bool has(std::string_view path) const;
  std::optional<std::string> text(std::string_view path) const;      ///< string, symbol, code
  std::optional<std::int64_t> integer(std::string_view path) const;  ///< any whole number
  std::optional<double> number(std::string_view path) const;         ///< any number
  std::optional<bool> boolean(std::string_view path) const;
  std::optional<Document> document(std::string_view path) const;
  std::optional<std::vector<Document>> documents(std::string_view path) const;
  std::optional<std::string> oid(std::string_view path) const;  ///< 24 hexadecimal digits
  std::optional<TimestampTz> date(std::string_view path) const;
  /// The value as Extended JSON; "" when missing.
  std::string value_json(std::string_view path, JsonForm form = JsonForm::relaxed) const;

  /// The same bytes: types, order and all.
  bool operator==(const Document&) const = default;

 private:
  std::string bytes_;
};

/// A document, or a list of them where MongoDB takes a pipeline.
class DocumentOrPipeline {
 public:
  DocumentOrPipeline() = default;
  DocumentOrPipeline(Document document) : document_(std::move(document)) {}
  DocumentOrPipeline(const char* json);  ///< An object or an array.
  DocumentOrPipeline(std::vector<Document> stages) : stages_(std::move(stages)) {}

  bool is_pipeline() const noexcept { return stages_.has_value(); }
  const Document& document() const noexcept { return document_; }
  const std::vector<Document>& stages() const { return *stages_; }

 private:
  Document document_;
  std::optional<std::vector<Document>> stages_;
};

/// An error in MongoDB's terms: a code (11000 for a duplicate key), its name, and the whole reply.
class DocumentError : public Error {
 public:
  DocumentError(ErrorFacts facts, std::string code_name, Document reply);

  int code() const noexcept { return static_cast<int>(native_code()); }
  const std::string& code_name() const noexcept { return code_name_; }
  /// {ok: 0, errmsg, code, codeName, ...} or the reply that holds writeErrors.
  const Document& reply() const noexcept { return reply_; }

 private:
  std::string code_name_;
  Document reply_;
};

}  // namespace iacdb
