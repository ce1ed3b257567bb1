#pragma once
// Projections: what $project, $addFields, $unset and find's projection do to a document.
//
//   Projection p = parse_projection(parse_json(R"({"name": 1, "tags": {"$slice": 2}})"), options);
//   Value shown = project(p, document, scope, position);

#include <memory>
#include <optional>

#include "documents/filter/filter.hpp"
#include "documents/storage/field_choice.hpp"

namespace iacdb::doc {

/// One level of a projection's tree.
struct ProjectionNode {
  enum Kind : std::uint8_t {
    branch,
    include,
    exclude,
    compute,     ///< expression
    slice,       ///< skip, limit
    elem_match,  ///< filter
    positional,  ///< "a.$"
    text_score,  ///< {$meta: "textScore"}
  };
  Kind kind = branch;
  std::vector<std::pair<std::string, std::shared_ptr<ProjectionNode>>> children;
  ExpressionPtr expression;
  std::optional<std::int64_t> skip{};
  std::int64_t limit = 0;
  FilterPtr filter;

  ProjectionNode* child(std::string_view name);
  const ProjectionNode* child(std::string_view name) const;
};

struct Projection {
  bool inclusive = false;  ///< Names what stays; otherwise what goes.
  bool id_included = true;
  bool id_named = false;
  ProjectionNode root;
};

enum class ProjectionUse : std::uint8_t { find, project };
/// Throws: Failure, with 31253 and 31254 for a mixture of inclusion and exclusion.
Projection parse_projection(const Object& spec, ProjectionUse use,
                            const VariableNames& variables = {});
Value project(const Projection& projection, const Value& document, const Scope& scope,
              std::optional<std::size_t> position = std::nullopt);
/// The top-level fields without which the projection does the same; where it is `whole`, to leave
/// out the others is all that it does.
struct ProjectedFields {
  FieldChoice choice;
  bool whole = false;
};
/// nullopt: it may look at any field.
std::optional<ProjectedFields> projected_fields(const Projection& projection);
/// $addFields and $set.
std::shared_ptr<ProjectionNode> parse_added_fields(const Object& spec, std::string_view stage,
                                                   const VariableNames& variables);
Value add_fields(const ProjectionNode& added, const Value& document, const Scope& scope);

}  // namespace iacdb::doc
