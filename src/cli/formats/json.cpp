// A JSON array of objects, one a line.

#include "core/json.hpp"

#include <ostream>

#include "cli/formats/result_writer.hpp"

namespace iacdb::cli {
namespace {

class JsonWriter final : public ResultWriter {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}

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
    out_ << (first_ ? "\n" : ",\n") << line_ << '}';
    first_ = false;
  }
  void end() override { out_ << (first_ ? "]\n" : "\n]\n"); }

 private:
  std::ostream& out_;
  std::vector<std::string> keys_;
  std::string line_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<ResultWriter> make_json_writer(std::ostream& out) {
  return std::make_unique<JsonWriter>(out);
}

}  // namespace iacdb::cli
