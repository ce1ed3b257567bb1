#pragma once
// What the files of stages share: the parser of each, and streams that pull from another.

#include <functional>
#include <span>

#include "documents/errors.hpp"
#include "documents/pipeline/stages.hpp"

namespace iacdb::doc {

using ParseStage = StagePtr (*)(const Value& spec, const VariableNames& variables);
struct StageEntry {
  std::string_view name;
  ParseStage parse;
  bool in_update = false;  ///< Allowed in an update's pipeline.
};
std::span<const StageEntry> simple_stages();
std::span<const StageEntry> group_stages();
std::span<const StageEntry> bucket_stages();
std::span<const StageEntry> lookup_stages();
std::span<const StageEntry> window_stages();
std::span<const StageEntry> output_stages();
std::span<const StageEntry> gap_stages();

/// Turns each document into another, or none.
StreamPtr mapped(StreamPtr input, std::function<std::optional<Value>(Value)> f);
/// Makes its documents when the first is asked for, from all of the input.
StreamPtr collected(StreamPtr input, std::function<std::vector<Value>(std::vector<Value>)> f);
std::vector<Value> drain(Stream& input);
/// {a: 1} or fails with that code.
const Object& object_spec(const Value& spec, int code, const std::string& message);
Scope scope_of(const Value& document, const PipelineContext& context);
/// What a constant expression says: a value, a list or document of such, or $literal.
/// nullopt: it is no constant.
std::optional<Value> constant_value(const Value& spec, const VariableNames& variables);
/// A path as $unwind and $lookup take it, without "$".
void check_field_path(const std::string& path);
/// Keeps a field's name or fails: no empty name, no "$".
std::string output_name(const Value& v, std::string_view stage);

}  // namespace iacdb::doc
