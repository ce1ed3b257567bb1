#pragma once
// Aggregation pipelines: stages parsed once, each a struct that a store may look into, and the
// streams of documents that they make of one another.
//
//   Pipeline p = parse_pipeline(stages, variables);
//   auto out = run_pipeline(p, std::move(input), context);
//   while (auto document = out->next()) ...
//
// Threads: a parsed pipeline is immutable; a stream is used by one at a time.
// See: https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "documents/filter/filter.hpp"

namespace iacdb::doc {

/// Documents one after the other; nullopt at the end, and then always.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual std::optional<Value> next() = 0;
  /// The next document as BSON instead; false at the end.
  virtual bool next_bytes(std::string& bson);
};
using StreamPtr = std::unique_ptr<Stream>;
/// A stream of documents that are at hand.
StreamPtr stream_of(std::vector<Value> documents);

struct Stage;
using StagePtr = std::shared_ptr<const Stage>;
using Pipeline = std::vector<StagePtr>;

/// What stages need of the world around them.
class PipelineWorld {
 public:
  virtual ~PipelineWorld() = default;
  /// Reads another collection through stages; `bindings` are the variables of a $lookup's let.
  virtual StreamPtr read(const std::string& collection, const Pipeline& stages,
                         const Binding* bindings) = 0;
  /// $out: the collection becomes these documents, in one step.
  virtual void replace_collection(const std::string& database, const std::string& collection,
                                  StreamPtr documents) = 0;
  /// $merge. The stage's spec says the rest.
  virtual void merge(const Object& spec, StreamPtr documents) = 0;
};

struct PipelineContext {
  const Environment* environment = nullptr;
  const Binding* bindings = nullptr;
  PipelineWorld* world = nullptr;  ///< Null in an update: stages that need it are refused there.
};

struct Stage {
  std::string_view name;  ///< "$match"
  Value spec;             ///< As it was written.
  virtual ~Stage() = default;
  virtual StreamPtr open(StreamPtr input, const PipelineContext& context) const = 0;
};

/// Throws: Failure with MongoDB's code for whatever is wrong.
Pipeline parse_pipeline(const Array& stages, const VariableNames& variables = {});
/// Stages that an update may hold: $set, $addFields, $unset, $project, $replaceRoot, $replaceWith.
Pipeline parse_update_pipeline(const Array& stages, const VariableNames& variables = {});
StreamPtr run_pipeline(const Pipeline& pipeline, StreamPtr input, const PipelineContext& context);

}  // namespace iacdb::doc
