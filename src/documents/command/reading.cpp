#include "documents/command/reading.hpp"

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/command/world.hpp"
#include "documents/filter/text_search.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

class RecordStream : public Stream {
 public:
  RecordStream(std::unique_ptr<Records> records, std::stop_token stop)
      : records_(std::move(records)), stop_(std::move(stop)) {}
  std::optional<Value> next() override {
    check_stop(stop_);
    auto record = records_->next();
    if (!record) return std::nullopt;
    return std::move(record->document);
  }
  bool next_bytes(std::string& bson) override {
    check_stop(stop_);
    return records_->next_bytes(bson);
  }

 private:
  std::unique_ptr<Records> records_;
  std::stop_token stop_;
};

class KeepingStream : public Stream {
 public:
  KeepingStream(StreamPtr stream, std::shared_ptr<const void> alive)
      : alive_(std::move(alive)), stream_(std::move(stream)) {}
  std::optional<Value> next() override { return stream_->next(); }
  bool next_bytes(std::string& bson) override { return stream_->next_bytes(bson); }

 private:
  std::shared_ptr<const void> alive_;
  StreamPtr stream_;
};

StreamPtr cut(StreamPtr stream, std::int64_t skip, std::int64_t limit) {
  const auto stage_skip = std::make_shared<SkipStage>();
  const auto stage_limit = std::make_shared<LimitStage>();
  stage_skip->skip = skip;
  stage_limit->limit = limit;
  if (skip > 0) stream = keeping(stage_skip->open(std::move(stream), {}), stage_skip);
  if (limit > 0) stream = keeping(stage_limit->open(std::move(stream), {}), stage_limit);
  return stream;
}

bool touches_world(const Pipeline& stages) {
  return std::any_of(stages.begin(), stages.end(), [](const StagePtr& stage) {
    return stage->name == "$lookup" || stage->name == "$graphLookup" ||
           stage->name == "$unionWith" || stage->name == "$facet" || stage->name == "$out" ||
           stage->name == "$merge";
  });
}

FilterPtr both(const FilterPtr& a, const FilterPtr& b) {
  if (!a) return b;
  Filter out;
  out.kind = Filter::all_of;
  out.children = {a, b};
  return std::make_shared<const Filter>(std::move(out));
}

/// Moves leading stages into a selection; returns how many.
std::size_t absorb(const Pipeline& stages, Selection& selection) {
  std::size_t done = 0;
  for (; done < stages.size(); ++done) {
    const Stage* stage = stages[done].get();
    if (const auto* match = dynamic_cast<const MatchStage*>(stage)) {
      if (!selection.sort.empty() || selection.skip > 0 || selection.limit > 0) return done;
      if (match->spec.is(Type::object) && has_text(match->spec.object())) return done;
      selection.filter = both(selection.filter, match->filter);
    } else if (const auto* sort = dynamic_cast<const SortStage*>(stage)) {
      if (!selection.sort.empty() || selection.skip > 0 || selection.limit > 0) return done;
      selection.sort = sort->sort;
    } else if (const auto* skip = dynamic_cast<const SkipStage*>(stage)) {
      if (selection.skip > 0 || selection.limit > 0) return done;
      selection.skip = skip->skip;
    } else if (const auto* limit = dynamic_cast<const LimitStage*>(stage)) {
      if (selection.limit > 0) return done;
      selection.limit = limit->limit;
    } else {
      return done;
    }
  }
  return done;
}

}  // namespace

StreamPtr keeping(StreamPtr stream, std::shared_ptr<const void> alive) {
  return std::make_unique<KeepingStream>(std::move(stream), std::move(alive));
}

bool choose_fields(const Pipeline& stages, std::size_t next, Selection& selection) {
  if (next == stages.size()) return false;
  const auto* project = dynamic_cast<const ProjectStage*>(stages[next].get());
  auto fields = project != nullptr ? projected_fields(project->projection) : std::nullopt;
  if (!fields) return false;
  selection.fields = std::move(fields->choice);
  return fields->whole;
}

bool has_text(const Object& filter) {
  return std::any_of(filter.begin(), filter.end(), [](const Field& field) {
    if (field.name == "$text") return true;
    if (field.name != "$and" || !field.value.is(Type::array)) return false;
    const Array& parts = field.value.array();
    return std::any_of(parts.begin(), parts.end(), [](const Value& part) {
      return part.is(Type::object) && has_text(part.object());
    });
  });
}

Object with_text_index(const Object& filter, const std::optional<CollectionInfo>& collection) {
  Object out = filter;
  for (Field& field : out) {
    if (field.name == "$and" && field.value.is(Type::array)) {
      for (Value& part : field.value.edit_array()) {
        if (part.is(Type::object)) part = Value(with_text_index(part.object(), collection));
      }
    }
    if (field.name != "$text" || !field.value.is(Type::object)) continue;
    Object& text = field.value.edit_object();
    if (!collection) {
      text.set(std::string(text_weights), Value(Object()));
      continue;
    }
    const auto index =
        std::find_if(collection->indexes.begin(), collection->indexes.end(),
                     [](const IndexInfo& info) { return info.options.has("weights"); });
    if (index == collection->indexes.end()) {
      fail(Code::index_not_found, "text index required for $text query");
    }
    text.set(std::string(text_weights), index->options.get("weights"));
    if (index->options.has("language_override")) {
      text.set(std::string(text_override), index->options.get("language_override"));
    }
    if (!text.has("$language") && index->options.has("default_language")) {
      text.set("$language", index->options.get("default_language"));
    }
  }
  return out;
}

StreamPtr without_text_score(StreamPtr stream) {
  return mapped(std::move(stream), [](Value d) -> std::optional<Value> {
    if (d.object().has("$textScore")) d.edit_object().remove("$textScore");
    return d;
  });
}

Source find_source(Work& work, const std::string& name) {
  Source out;
  std::string at = name;
  for (int depth = 0; depth < view_depth_max; ++depth) {
    out.collection = work.unit().recall_collection(at);
    if (!out.collection || !out.collection->options.has("viewOn")) return out;
    out.view = true;
    const Value& stages = out.collection->options.get("pipeline");
    Pipeline own;
    if (stages.is(Type::array)) own = parse_pipeline(stages.array());
    own.insert(own.end(), out.stages.begin(), out.stages.end());
    out.stages = std::move(own);
    at = out.collection->options.get("viewOn").text();
  }
  fail_at(165, "views lead too deep, or in a circle: " + name);
}

StreamPtr select(Work& work, const CollectionInfo& collection, Selection selection, bool* chosen) {
  selection.collator = work.environment().collator;
  Found found = work.unit().select(collection, selection);
  if (chosen != nullptr) *chosen = found.chosen;
  StreamPtr stream =
      std::make_unique<RecordStream>(std::move(found.records), work.environment().stop);
  if (!found.filtered && selection.filter) {
    auto match = std::make_shared<MatchStage>();
    match->filter = selection.filter;
    const PipelineContext context{.environment = &work.environment(), .bindings = work.bindings()};
    stream = keeping(match->open(std::move(stream), context), match);
  }
  if (!found.sorted && !selection.sort.empty()) {
    auto sort = std::make_shared<SortStage>();
    sort->sort = selection.sort;
    stream = keeping(sort->open(std::move(stream), {.environment = &work.environment()}), sort);
  }
  if (!found.limited) stream = cut(std::move(stream), selection.skip, selection.limit);
  return stream;
}

std::vector<Record> select_records(Work& work, const CollectionInfo& collection,
                                   const Selection& selection) {
  Selection asked = selection;
  asked.collator = work.environment().collator;
  Found found = work.unit().select(collection, asked);
  std::vector<Record> out;
  const MatchContext context{.environment = &work.environment(), .bindings = work.bindings()};
  const bool cuts_at_once = (found.sorted || selection.sort.empty()) && !found.limited;
  while (auto record = found.records->next()) {
    check_stop(work.environment().stop);
    if (!found.filtered && selection.filter &&
        !matches(*selection.filter, record->document, context)) {
      continue;
    }
    out.push_back(std::move(*record));
    if (cuts_at_once && selection.limit > 0 &&
        static_cast<std::int64_t>(out.size()) == selection.limit + selection.skip) {
      break;
    }
  }
  found.records.reset();
  if (!found.sorted && !selection.sort.empty()) {
    const Collator* collator = work.environment().collator;
    std::stable_sort(out.begin(), out.end(), [&](const Record& a, const Record& b) {
      return sort_compare(selection.sort, sort_values(a.document, selection.sort, collator),
                          sort_values(b.document, selection.sort, collator), collator) < 0;
    });
  }
  if (!found.limited) {
    const auto skip = std::min(static_cast<std::size_t>(selection.skip), out.size());
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(skip));
    const auto limit = static_cast<std::size_t>(selection.limit);
    if (limit > 0 && out.size() > limit) out.erase(out.begin() + selection.limit, out.end());
  }
  return out;
}

StreamPtr run_stages(Work& work, const Source& source, const Pipeline& stages,
                     const Binding* bindings) {
  auto all = std::make_shared<Pipeline>(source.stages);
  all->insert(all->end(), stages.begin(), stages.end());
  const auto world = std::make_shared<CommandWorld>(work);
  const PipelineContext context{
      .environment = &work.environment(), .bindings = bindings, .world = world.get()};
  StreamPtr stream;
  std::size_t done = 0;
  if (!all->empty() && (*all)[0]->name == "$documents") {
    stream = stream_of({});
  } else if (!source.collection) {
    stream = stream_of({});
  } else if (auto by_store = work.unit().aggregate(*source.collection, *all, context, done)) {
    stream = std::move(*by_store);
  } else {
    Selection selection;
    const bool own_bindings = bindings == work.bindings();
    if (own_bindings)
      done = absorb(*all, selection);  // Not filters that see a $lookup's variables.
    const bool whole = own_bindings && choose_fields(*all, done, selection);
    bool chosen = false;
    stream = select(work, *source.collection, selection, &chosen);
    if (whole && chosen) ++done;
  }
  const Pipeline rest(all->begin() + static_cast<std::ptrdiff_t>(done), all->end());
  auto kept = std::make_shared<std::pair<std::shared_ptr<CommandWorld>, Pipeline>>(world, rest);
  if (touches_world(rest)) stream = stream_of(drain(*stream));
  stream = run_pipeline(kept->second, std::move(stream), context);
  // What reads other collections does so while the command's work lasts.
  if (touches_world(rest)) return stream_of(drain(*stream));
  return keeping(std::move(stream), kept);
}

std::string hint_name(const Value& hint, const std::optional<CollectionInfo>& collection) {
  if (hint.missing()) return {};
  if (hint.is(Type::object)) {
    if (hint.object().empty() || hint.object().has("$natural")) return {};
    if (hint.object().size() == 1 && hint.object().front().name == "_id") return "_id_";
  }
  if (hint.is(Type::string) && hint.text() == "_id_") return "_id_";
  if (!hint.is(Type::object) && !hint.is(Type::string)) {
    fail(Code::failed_to_parse, "Hint must be a string or an object");
  }
  if (!collection) return {};
  for (const IndexInfo& index : collection->indexes) {
    if (hint.is(Type::string) ? index.name == hint.text()
                              : compare(index.key, hint.object()) == 0) {
      return index.name;
    }
  }
  fail(Code::bad_value, "error processing query: ns=" + collection->name +
                            ": hint provided does not correspond to an existing index");
}

namespace {

bool has_positional(const ProjectionNode& node) {
  return node.kind == ProjectionNode::positional ||
         std::any_of(node.children.begin(), node.children.end(),
                     [](const auto& child) { return has_positional(*child.second); });
}

}  // namespace

FindPlan plan_find(Work& work, Arguments& arguments, const std::string& collection) {
  FindPlan plan;
  plan.source = find_source(work, collection);
  work.use_collation(arguments.object("collation"), plan.source.collection);
  const VariableNames names = work.use_let(arguments.object("let"));
  const Object filter = with_text_index(arguments.object("filter"), plan.source.collection);
  plan.text = has_text(filter);
  plan.selection.filter = parse_filter(filter, names);
  const Object& sort = arguments.object("sort");
  if (!sort.has("$natural")) {
    plan.selection.sort = parse_sort(sort);
  } else if (compare(sort.get("$natural"), Value(std::int32_t{0})) < 0) {
    SortKey newest;
    newest.path = "$natural";
    newest.parts = {"$natural"};
    newest.descending = true;
    plan.selection.sort = {newest};
  }
  plan.selection.skip = arguments.count("skip");
  plan.selection.limit = arguments.count("limit");
  plan.selection.hint = hint_name(arguments.value("hint"), plan.source.collection);
  if (plan.text && !plan.selection.hint.empty()) {
    fail(Code::bad_value, "text and hint not allowed in same query");
  }
  const Object& projection = arguments.object("projection");
  if (!projection.empty()) {
    plan.projection = parse_projection(projection, ProjectionUse::find, names);
    plan.positional = has_positional(plan.projection->root);
    if (auto fields = projected_fields(*plan.projection)) {
      plan.selection.fields = std::move(fields->choice);
      plan.projects_fields = fields->whole;
    }
  }
  return plan;
}

}  // namespace iacdb::doc
