#pragma once
// The file formats of `iacdb doc import` and `export`: documents one after the other, in constant
// memory.
//
//   auto reader = document_reader(in, {.format = DocFormat::ndjson});
//   while (auto document = reader->next()) use(*document, reader->line());
//
// Throws: DataError for what is malformed; line() then tells where it began.
// Threads: one at a time.

#include <cstdint>
#include <iacdb/document.hpp>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iacdb::cli {

enum class DocFormat : std::uint8_t {
  ndjson,  ///< A document a line; read as `json`.
  json,    ///< An array of documents. Documents one after the other are read, too.
  bson,    ///< As mongodump writes a collection.
  csv,     ///< A header, then a document a line.
};

struct ReadFormat {
  DocFormat format = DocFormat::ndjson;
  bool typed_header = false;   ///< csv: names are followed by a type, "age.int32()".
  bool ignores_empty = false;  ///< csv: an empty cell is no field, instead of an empty string.
};

class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// nullopt at the end. After a DataError of one document the next call goes on behind it, unless
  /// is_lost().
  virtual std::optional<Document> next() = 0;
  /// Where the last document began, from 1; of BSON its number.
  virtual std::uint64_t line() const = 0;
  virtual std::uint64_t bytes() const = 0;  ///< Read so far.
  /// Nothing behind the error can be told apart any more.
  virtual bool is_lost() const { return false; }
};
std::unique_ptr<DocumentReader> document_reader(std::istream& in, const ReadFormat& format);

struct WriteFormat {
  DocFormat format = DocFormat::ndjson;
  JsonForm form = JsonForm::relaxed;
  std::vector<std::string> fields;  ///< csv: the columns, as paths.
};

class DocumentWriter {
 public:
  virtual ~DocumentWriter() = default;
  virtual void write(const Document& document) = 0;
  virtual void finish() = 0;
};
std::unique_ptr<DocumentWriter> document_writer(std::ostream& out, const WriteFormat& format);

/// "people.csv" -> csv. nullopt for other endings.
std::optional<DocFormat> format_of_name(const std::string& path);

}  // namespace iacdb::cli
