#pragma once
// One output field of $setWindowFields: its function and its window.

#include <functional>

#include "documents/expression/dates.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {

/// A bound of a window: an offset, or one of the words.
struct WindowBound {
  enum Kind : std::uint8_t { unbounded, current, offset };
  Kind kind = unbounded;
  Value amount;
};

struct WindowField {
  std::vector<std::string> path;
  std::string op;
  AccumulatedField accumulated;  ///< For accumulators.
  ExpressionPtr input;           ///< For the functions of windows alone.
  ExpressionPtr second;          ///< The other input of a covariance.
  Value options;                 ///< The operator's own arguments, as written.
  Value otherwise;               ///< What $shift gives beyond the ends.
  bool ranged = false;           ///< A window of values of the sort field.
  bool has_window = false;
  std::optional<DateUnit> unit{};        ///< Of a range over dates.
  std::optional<DateUnit> value_unit{};  ///< Of $derivative and $integral.
  WindowBound low;
  WindowBound high;
};

/// Throws: Failure.
WindowField parse_window_field(const std::string& name, const Value& spec, const Sort& sort,
                               const VariableNames& variables);

/// A partition, sorted: what functions look at.
struct Partition {
  const std::vector<Value>& documents;
  const Sort& sort;
  const PipelineContext& context;
};
/// The function's value for each document of the partition.
std::vector<Value> window_values(const WindowField& field, const Partition& partition);

}  // namespace iacdb::doc
