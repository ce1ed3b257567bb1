#pragma once
// Reading a collection or a view through the store's seam: what the store left undone is done here.

#include "documents/command/engine.hpp"
#include "documents/pipeline/projection.hpp"
#include "documents/pipeline/stages.hpp"

namespace iacdb::doc {

/// A collection, or the stages of a view over one.
struct Source {
  std::optional<CollectionInfo> collection;  ///< The one that is read; none when it is missing.
  Pipeline stages;                           ///< Of the views on the way.
  bool view = false;
};
/// Throws: Failure when views lead in a circle.
Source find_source(Work& work, const std::string& name);

/// The store's answer with filter, sort, skip and limit applied. `chosen` receives whether the
/// documents have the fields of the selection alone.
StreamPtr select(Work& work, const CollectionInfo& collection, Selection selection,
                 bool* chosen = nullptr);
/// The records that match, sorted and cut; for writes, which need to name them.
std::vector<Record> select_records(Work& work, const CollectionInfo& collection,
                                   const Selection& selection);
/// How many views may rest on each other.
constexpr int view_depth_max = 20;
/// A stream that keeps something alive.
StreamPtr keeping(StreamPtr stream, std::shared_ptr<const void> alive);
/// A filter's $text learns the index's fields and weights. Throws: Failure 27 without such an
/// index.
Object with_text_index(const Object& filter, const std::optional<CollectionInfo>& collection);
bool has_text(const Object& filter);
/// Takes the hidden score out again.
StreamPtr without_text_score(StreamPtr stream);

/// Lets the selection choose the fields of a projection, where one comes next. Whether that is all
/// that the projection does.
bool choose_fields(const Pipeline& stages, std::size_t next, Selection& selection);
/// Runs stages over a source; what can be pushed into the selection is.
StreamPtr run_stages(Work& work, const Source& source, const Pipeline& stages,
                     const Binding* bindings);
/// An index by {hint: "name"} or {hint: {a: 1}}. Throws: Failure 2.
std::string hint_name(const Value& hint, const std::optional<CollectionInfo>& collection);

/// find's own parts, once parsed.
struct FindPlan {
  Source source;
  Selection selection;
  std::optional<Projection> projection;
  bool projects_fields = false;  ///< Those of the selection are all that it shows.
  bool positional = false;
  bool text = false;
};
FindPlan plan_find(Work& work, Arguments& arguments, const std::string& collection);

}  // namespace iacdb::doc
