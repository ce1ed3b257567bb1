// A JSON array of objects, one a line.

#include "core/json.hpp"

#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

/// JSON escapes what is below U+0020; a terminal also obeys DEL and the C1 controls.
std::string without_controls(std::string_view json) {
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto c = static_cast<unsigned char>(json[i]);
    const auto next = i + 1 < json.size() ? static_cast<unsigned char>(json[i + 1]) : 0U;
    if (c == 0x7F) {
      out += "\\u007f";
    } else if (c == 0xC2 && next >= 0x80 && next < 0xA0) {
      out += next < 0x90 ? "\\u008" : "\\u009";
      out += "0123456789abcdef"[next & 15];
      ++i;
    } else {
      out += json[i];
    }
  }
  return out;
}

class JsonWriter final : public ResultWriter {
 public:
  JsonWriter(const Look& look, std::ostream& out) : out_(out), terminal_(look.terminal) {}

  void begin(std::span<const Column> columns) override {
    for (const Column& column : columns) {
      keys_.emplace_back();
      core::append_json_string(keys_.back(), column.name);
    }
    out_ << '[';
  }
  void row(const Row& row) override {
    line_.clear();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line_ += i == 0 ? "{" : ",";
      line_ += keys_[i];
      line_ += ':';
      core::append_json(line_, row[i]);
    }
    if (terminal_) line_ = without_controls(line_);
    out_ << (first_ ? "\n" : ",\n") << line_ << '}';
    first_ = false;
  }
  void end() override { out_ << (first_ ? "]\n" : "\n]\n"); }

 private:
  std::ostream& out_;
  std::vector<std::string> keys_;
  std::string line_;
  bool first_ = true;
  bool terminal_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_json_writer(const Look& look, std::ostream& out) {
  return std::make_unique<JsonWriter>(look, out);
}

}  // namespace iacdb::cli
