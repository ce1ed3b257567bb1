#pragma once
// The stages that a store may compile, as parsed structs. Stages that only the evaluator runs are
// known to their own files alone.

#include "documents/pipeline/accumulator.hpp"
#include "documents/pipeline/pipeline.hpp"
#include "documents/pipeline/projection.hpp"
#include "documents/pipeline/sort.hpp"

namespace iacdb::doc {

struct MatchStage : Stage {
  FilterPtr filter;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct SortStage : Stage {
  Sort sort;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct LimitStage : Stage {
  std::int64_t limit = 0;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct SkipStage : Stage {
  std::int64_t skip = 0;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct ProjectStage : Stage {
  Projection projection;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct AddFieldsStage : Stage {
  std::shared_ptr<ProjectionNode> added;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct ReplaceRootStage : Stage {
  ExpressionPtr root;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct UnwindStage : Stage {
  std::vector<std::string> path;
  std::string index_name;
  bool keeps_empty = false;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct GroupStage : Stage {
  ExpressionPtr id;
  std::vector<AccumulatedField> fields;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};
struct CountStage : Stage {
  std::string field;
  StreamPtr open(StreamPtr input, const PipelineContext& context) const override;
};

}  // namespace iacdb::doc
