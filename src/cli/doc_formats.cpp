#include "cli/doc_formats.hpp"

#include <array>
#include <cstring>
#include <deque>
#include <iacdb/error.hpp>
#include <istream>
#include <ostream>

#include "cli/doc_csv.hpp"
#include "cli/shell/copy_format.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;
/// The text of a document may be longer than its BSON, whose limit is 16 MiB.
constexpr std::size_t text_bytes_max = std::size_t{256} * 1024 * 1024;
constexpr std::int32_t bson_bytes_min = 5;
constexpr std::int32_t bson_bytes_max = 16 * 1024 * 1024 + 16 * 1024;

/// Bytes of a stream, counted.
class Input {
 public:
  explicit Input(std::istream& in) : in_(in) {}

  int get() {
    if (at_ == size_ && !fill()) return EOF;
    return static_cast<unsigned char>(chunk_[at_++]);
  }
  std::size_t read(char* out, std::size_t n) {
    std::size_t done = 0;
    while (done < n && (at_ < size_ || fill())) {
      const std::size_t part = std::min(n - done, size_ - at_);
      std::memcpy(out + done, chunk_.data() + at_, part);
      at_ += part;
      done += part;
    }
    return done;
  }
  std::uint64_t bytes() const { return before_ + at_; }

 private:
  bool fill() {
    before_ += size_;
    in_.read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
    size_ = static_cast<std::size_t>(in_.gcount());
    at_ = 0;
    if (in_.bad()) raise(ErrorKind::resource, "the input cannot be read");
    return size_ > 0;
  }

  std::istream& in_;
  std::vector<char> chunk_ = std::vector<char>(chunk_bytes);
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  std::uint64_t before_ = 0;
};

/// Documents of an array, or one after the other; told apart by their braces.
class JsonReader : public DocumentReader {
 public:
  explicit JsonReader(std::istream& in) : in_(in) {}

  std::optional<Document> next() override {
    int c = get();
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '[' || c == ']' ||
           c == 0xEF || c == 0xBB || c == 0xBF) {
      c = get();
    }
    if (c == EOF) return std::nullopt;
    begin_ = line_;
    if (c != '{') {
      while (c != '\n' && c != EOF) c = get();
      raise(ErrorKind::data, "a document begins with {");
    }
    take(c);
    return Document::from_json(text_);
  }
  std::uint64_t line() const override { return begin_; }
  std::uint64_t bytes() const override { return in_.bytes(); }
  bool is_lost() const override { return lost_; }

 private:
  int get() {
    const int c = in_.get();
    if (c == '\n') ++line_;
    return c;
  }
  /// Up to the brace that closes the first one.
  void take(int c) {
    text_.clear();
    int depth = 0;
    bool quoted = false;
    bool escaped = false;
    for (;; c = get()) {
      if (c == EOF || text_.size() >= text_bytes_max) {
        lost_ = true;
        raise(ErrorKind::data, c == EOF ? "the document does not end" : "the document is too long");
      }
      text_ += static_cast<char>(c);
      if (quoted) {
        quoted = escaped || c != '"';
        escaped = !escaped && c == '\\';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}' && --depth == 0) {
        return;
      }
    }
  }

  Input in_;
  std::string text_;
  std::uint64_t line_ = 1;
  std::uint64_t begin_ = 1;
  bool lost_ = false;
};

class BsonReader : public DocumentReader {
 public:
  explicit BsonReader(std::istream& in) : in_(in) {}

  std::optional<Document> next() override {
    std::array<char, 4> head{};
    const std::size_t got = in_.read(head.data(), head.size());
    if (got == 0) return std::nullopt;
    ++number_;
    std::int32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= static_cast<unsigned char>(head[i]) << (8 * i);
    if (got < 4 || size < bson_bytes_min || size > bson_bytes_max) lose();
    std::string bytes(static_cast<std::size_t>(size), '\0');
    std::memcpy(bytes.data(), head.data(), head.size());
    const std::size_t rest = bytes.size() - head.size();
    if (in_.read(bytes.data() + head.size(), rest) != rest) lose();
    return Document::from_bson(std::as_bytes(std::span(bytes)));
  }
  std::uint64_t line() const override { return number_; }
  std::uint64_t bytes() const override { return in_.bytes(); }
  bool is_lost() const override { return lost_; }

 private:
  [[noreturn]] void lose() {
    lost_ = true;
    raise(ErrorKind::data, "this is no BSON document, or the file is cut off");
  }
  Input in_;
  std::uint64_t number_ = 0;
  bool lost_ = false;
};

class CsvReader : public DocumentReader {
 public:
  CsvReader(std::istream& in, const ReadFormat& format)
      : in_(in),
        format_(format),
        parser_({.csv = true, .delimiter = ',', .null = "", .ends_at_mark = false}) {}

  std::optional<Document> next() override {
    while (rows_.empty() && !over_) more();
    if (rows_.empty()) return std::nullopt;
    const CopyFields fields = std::move(rows_.front());
    rows_.pop_front();
    ++row_;
    if (!columns_) {
      columns_ = csv_columns(fields, format_.typed_header);
      return next();
    }
    return csv_document(*columns_, fields, format_.ignores_empty);
  }
  std::uint64_t line() const override { return row_; }
  std::uint64_t bytes() const override { return in_.bytes(); }
  bool is_lost() const override { return !columns_; }

 private:
  void more() {
    std::string chunk(chunk_bytes, '\0');
    chunk.resize(in_.read(chunk.data(), chunk.size()));
    const auto take = [this](const CopyFields& fields) { rows_.push_back(fields); };
    if (chunk.empty()) {
      over_ = true;
      parser_.finish(take);
    } else {
      parser_.feed(chunk, take);
    }
  }

  Input in_;
  ReadFormat format_;
  CopyParser parser_;
  std::deque<CopyFields> rows_;
  std::optional<std::vector<CsvColumn>> columns_;
  std::uint64_t row_ = 0;
  bool over_ = false;
};

class LineWriter : public DocumentWriter {
 public:
  LineWriter(std::ostream& out, JsonForm form) : out_(out), form_(form) {}
  void write(const Document& document) override { out_ << document.to_json(form_) << '\n'; }
  void finish() override {}

 private:
  std::ostream& out_;
  JsonForm form_;
};

class ArrayWriter : public DocumentWriter {
 public:
  ArrayWriter(std::ostream& out, JsonForm form) : out_(out), form_(form) {}
  void write(const Document& document) override {
    out_ << (any_ ? ",\n" : "[\n") << document.to_json(form_);
    any_ = true;
  }
  void finish() override { out_ << (any_ ? "\n]\n" : "[]\n"); }

 private:
  std::ostream& out_;
  JsonForm form_;
  bool any_ = false;
};

class BsonWriter : public DocumentWriter {
 public:
  explicit BsonWriter(std::ostream& out) : out_(out) {}
  void write(const Document& document) override { out_ << document.bytes(); }
  void finish() override {}

 private:
  std::ostream& out_;
};

class CsvWriter : public DocumentWriter {
 public:
  CsvWriter(std::ostream& out, std::vector<std::string> fields)
      : out_(out), fields_(std::move(fields)) {
    CopyFields header(fields_.begin(), fields_.end());
    line(header);
  }
  void write(const Document& document) override {
    CopyFields cells;
    for (const std::string& field : fields_) cells.push_back(csv_cell(document, field));
    line(cells);
  }
  void finish() override {}

 private:
  void line(const CopyFields& cells) {
    static const CopyFormat format{.csv = true, .delimiter = ',', .null = ""};
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += ',';
      append_copy_field(text, cells[i], format);
    }
    out_ << text << '\n';
  }
  std::ostream& out_;
  std::vector<std::string> fields_;
};

}  // namespace

std::unique_ptr<DocumentReader> document_reader(std::istream& in, const ReadFormat& format) {
  if (format.format == DocFormat::bson) return std::make_unique<BsonReader>(in);
  if (format.format == DocFormat::csv) return std::make_unique<CsvReader>(in, format);
  return std::make_unique<JsonReader>(in);
}

std::unique_ptr<DocumentWriter> document_writer(std::ostream& out, const WriteFormat& format) {
  switch (format.format) {
    case DocFormat::ndjson:
      return std::make_unique<LineWriter>(out, format.form);
    case DocFormat::json:
      return std::make_unique<ArrayWriter>(out, format.form);
    case DocFormat::bson:
      return std::make_unique<BsonWriter>(out);
    case DocFormat::csv:
      break;
  }
  return std::make_unique<CsvWriter>(out, format.fields);
}

std::optional<DocFormat> format_of_name(const std::string& path) {
  if (path.ends_with(".ndjson") || path.ends_with(".jsonl")) return DocFormat::ndjson;
  if (path.ends_with(".json")) return DocFormat::json;
  if (path.ends_with(".bson")) return DocFormat::bson;
  if (path.ends_with(".csv")) return DocFormat::csv;
  return std::nullopt;
}

}  // namespace iacdb::cli
