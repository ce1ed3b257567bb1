// find, getMore, killCursors, aggregate, count, distinct, explain.

#include <set>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/reading.hpp"
#include "documents/filter/path_walk.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

std::optional<std::int64_t> batch_size(Arguments& arguments) {
  if (!arguments.has("batchSize")) return std::nullopt;
  return arguments.count("batchSize");
}

/// The stream of a find: selection, score, sort by score, projection.
StreamPtr find_stream(Work& work, const std::shared_ptr<FindPlan>& plan) {
  if (!plan->source.collection) return stream_of({});
  StreamPtr stream;
  bool chosen = false;
  if (plan->source.view || plan->text) {
    Selection& s = plan->selection;
    Pipeline stages;
    auto match = std::make_shared<MatchStage>();
    match->name = "$match";
    match->spec = Value(Object{{"$text", Value(std::int32_t{1})}});  // Never absorbed.
    match->filter = s.filter;
    stages.push_back(match);
    if (!s.sort.empty()) {
      auto sort = std::make_shared<SortStage>();
      sort->name = "$sort";
      sort->sort = s.sort;
      stages.push_back(sort);
    }
    if (s.skip > 0) {
      auto skip = std::make_shared<SkipStage>();
      skip->name = "$skip";
      skip->skip = s.skip;
      stages.push_back(skip);
    }
    if (s.limit > 0) {
      auto limit = std::make_shared<LimitStage>();
      limit->name = "$limit";
      limit->limit = s.limit;
      stages.push_back(limit);
    }
    stream = run_stages(work, plan->source, stages, work.bindings());
  } else {
    stream = select(work, *plan->source.collection, plan->selection, &chosen);
  }
  if (plan->projection && !(chosen && plan->projects_fields)) {
    Environment* environment = &work.environment();
    const Binding* bindings = work.bindings();
    stream = mapped(
        std::move(stream), [plan, environment, bindings](const Value& d) -> std::optional<Value> {
          std::optional<std::size_t> position;
          if (plan->positional) {
            matches(*plan->selection.filter, d,
                    {.environment = environment, .bindings = bindings, .position = &position});
          }
          return project(*plan->projection, d, Scope::of(d, *environment, bindings), position);
        });
  }
  if (plan->text) stream = without_text_score(std::move(stream));
  return keeping(std::move(stream), plan);
}

Object run_find(Engine& engine, const Object& command, RawBatch* raw) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "find");
  const std::string collection = arguments.collection("find", work.database());
  for (const char* name :
       {"allowDiskUse", "noCursorTimeout", "allowPartialResults", "oplogReplay"}) {
    arguments.boolean(name);
  }
  arguments.refuse({"tailable", "awaitData", "returnKey", "showRecordId", "min", "max"});
  auto plan = std::make_shared<FindPlan>(plan_find(work, arguments, collection));
  const auto batch = batch_size(arguments);
  const bool single = arguments.boolean("singleBatch");
  arguments.finish();
  return engine.cursor_reply(work, find_stream(work, plan), work.ns(collection), batch, single,
                             raw);
}

Object run_get_more(Engine& engine, const Object& command, RawBatch* raw) {
  Arguments arguments(command, "getMore");
  const Value& id = arguments.value("getMore");
  if (!id.is(Type::int64)) {
    fail(Code::type_mismatch, "BSON field 'getMore.getMore' is the wrong type '" +
                                  std::string(type_name(id.type())) + "', expected type 'long'");
  }
  arguments.need("collection");
  // Cursors of commands without a collection have a name of their own.
  const Value& given = arguments.value("collection");
  const bool of_command = given.is(Type::string) && given.text().starts_with("$cmd.");
  const std::string collection =
      of_command ? given.text() : arguments.collection("collection", engine.store().name());
  const auto batch = batch_size(arguments);
  if (const Value& most = command.get("maxTimeMS"); most.is_number() && to_double(most) != 0) {
    fail(Code::bad_value, "cannot set maxTimeMS on getMore command for a non-awaitData cursor");
  }
  arguments.finish();
  return engine.get_more(*exact_int64(id), collection, batch && *batch == 0 ? std::nullopt : batch,
                         raw);
}

Object run_kill_cursors(Engine& engine, const Object& command) {
  Arguments arguments(command, "killCursors");
  arguments.collection("killCursors", engine.store().name());
  arguments.need("cursors");
  const Array& ids = arguments.array("cursors");
  arguments.finish();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].is(Type::int64)) continue;
    fail(Code::type_mismatch, "BSON field 'killCursors.cursors." + std::to_string(i) +
                                  "' is the wrong type '" + std::string(type_name(ids[i].type())) +
                                  "', expected type 'long'");
  }
  Array killed;
  Array unknown;
  for (const Value& id : ids) {
    (engine.kill_cursor(id.int64()) ? killed : unknown).push_back(id);
  }
  return succeeded({{"cursorsKilled", Value(std::move(killed))},
                    {"cursorsNotFound", Value(std::move(unknown))},
                    {"cursorsAlive", Value(Array())},
                    {"cursorsUnknown", Value(Array())}});
}

struct AggregatePlan {
  Source source;
  Pipeline stages;
  bool writes = false;
  bool text = false;
};

/// The first $match may search by text.
Array prepared_stages(const Array& stages, const std::optional<CollectionInfo>& collection,
                      bool& text) {
  Array out = stages;
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (!out[i].is(Type::object) || !out[i].object().get("$match").is(Type::object)) continue;
    if (has_text(out[i].object().get("$match").object())) {
      fail_at(17313, "$match with $text is only allowed as the first pipeline stage");
    }
  }
  if (out.empty() || !out[0].is(Type::object) || out[0].object().empty()) return out;
  const Field& first = out[0].object().front();
  if (first.name != "$match" || !first.value.is(Type::object) || !has_text(first.value.object())) {
    return out;
  }
  text = true;
  out[0] = Value(Object{{"$match", Value(with_text_index(first.value.object(), collection))}});
  return out;
}

bool writes(const Array& stages) {
  if (stages.empty() || !stages.back().is(Type::object) || stages.back().object().empty()) {
    return false;
  }
  const std::string& last = stages.back().object().front().name;
  return last == "$out" || last == "$merge";
}

AggregatePlan plan_aggregate(Work& work, Arguments& arguments, std::string& collection) {
  AggregatePlan plan;
  const Value& target = arguments.value("aggregate");
  if (target.is_number()) {
    if (exact_int64(target) != 1) {
      fail(Code::failed_to_parse,
           "Invalid command format: the 'aggregate' field must specify a collection name or 1");
    }
    collection = "$cmd.aggregate";
  } else {
    collection = arguments.collection("aggregate", work.database());
    plan.source = find_source(work, collection);
  }
  arguments.need("pipeline");
  work.use_collation(arguments.object("collation"), plan.source.collection);
  const VariableNames names = work.use_let(arguments.object("let"));
  const Array stages =
      prepared_stages(arguments.array("pipeline"), plan.source.collection, plan.text);
  plan.stages = parse_pipeline(stages, names);
  plan.writes = writes(stages);
  if (target.is_number() && (plan.stages.empty() || plan.stages[0]->name != "$documents")) {
    fail(Code::invalid_namespace,
         "{aggregate: 1} is not valid for a pipeline that does not begin with $documents");
  }
  if (!target.is_number() && !plan.stages.empty() && plan.stages[0]->name == "$documents") {
    fail(Code::invalid_namespace,
         "$documents is only valid as {aggregate: 1}, without a collection");
  }
  work.bypass_validation(arguments.boolean("bypassDocumentValidation"));
  arguments.boolean("allowDiskUse");
  arguments.allow({"fromMongos"});
  const Value& level = arguments.object("readConcern").get("level");
  if (plan.writes && level.is(Type::string) && level.text() == "linearizable") {
    fail(Code::invalid_options, stages.back().object().front().name +
                                    " cannot be used with a 'linearizable' read concern level");
  }
  hint_name(arguments.value("hint"), plan.source.collection);
  return plan;
}

Object run_aggregate(Engine& engine, const Object& command, RawBatch* raw) {
  const Value& stages = command.get("pipeline");
  const bool writing = stages.is(Type::array) && writes(stages.array());
  Work work(engine, writing ? Access::write : Access::read, command);
  Arguments arguments(command, "aggregate");
  std::string collection;
  const AggregatePlan plan = plan_aggregate(work, arguments, collection);
  const bool explains = arguments.boolean("explain");
  const Value& cursor = arguments.value("cursor");
  if (cursor.missing() && !explains) {
    fail(Code::failed_to_parse,
         "The 'cursor' option is required, except for aggregate with the explain argument");
  }
  std::optional<std::int64_t> batch;
  if (!cursor.missing()) {
    if (!cursor.is(Type::object)) {
      fail(Code::type_mismatch, "cursor field must be missing or an object");
    }
    Arguments options(cursor.object(), "aggregate.cursor");
    batch = batch_size(options);
    options.finish();
  }
  arguments.finish();
  if (explains) {
    return engine.run(Object{{"explain", Value(command)}});
  }
  StreamPtr stream = run_stages(work, plan.source, plan.stages, work.bindings());
  if (plan.text) stream = without_text_score(std::move(stream));
  if (plan.writes) {
    stream = stream_of(drain(*stream));
    work.commit();
  }
  Object reply =
      engine.cursor_reply(work, std::move(stream), work.ns(collection), batch, false, raw);
  work.add_warnings(reply);
  return reply;
}

Object run_count(Engine& engine, const Object& command) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "count");
  const std::string collection = arguments.collection("count", work.database());
  const Source source = find_source(work, collection);
  work.use_collation(arguments.object("collation"), source.collection);
  Selection selection;
  const Object filter = with_text_index(arguments.object("query"), source.collection);
  selection.filter = parse_filter(filter);
  selection.skip = arguments.count("skip");
  selection.limit = std::abs(arguments.integer("limit"));
  selection.hint = hint_name(arguments.value("hint"), source.collection);
  selection.collator = work.environment().collator;
  arguments.allow({"fields"});
  arguments.finish();
  std::int64_t n = 0;
  if (source.collection && !source.view) {
    if (const auto counted = work.unit().count(*source.collection, selection)) {
      n = *counted;
    } else {
      const StreamPtr stream = select(work, *source.collection, selection);
      while (stream->next()) ++n;
    }
  } else if (source.collection) {
    auto match = std::make_shared<MatchStage>();
    match->filter = selection.filter;
    const StreamPtr stream = run_stages(work, source, {match}, work.bindings());
    while (stream->next()) ++n;
    n = std::max<std::int64_t>(0, n - selection.skip);
    if (selection.limit > 0) n = std::min(n, selection.limit);
  }
  return succeeded({{"n", narrowest(n)}});
}

Object run_distinct(Engine& engine, const Object& command) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "distinct");
  const std::string collection = arguments.collection("distinct", work.database());
  arguments.need("key");
  const std::string key = arguments.text("key");
  const Source source = find_source(work, collection);
  work.use_collation(arguments.object("collation"), source.collection);
  const auto match = std::make_shared<MatchStage>();
  match->name = "$match";
  match->filter = parse_filter(arguments.object("query"));
  match->spec = Value(arguments.object("query"));
  hint_name(arguments.value("hint"), source.collection);
  arguments.finish();
  std::set<Value, ValueLess> seen(ValueLess{work.environment().collator});
  const std::vector<std::string> parts = split_path(key);
  const auto take = [&](const Value& v) {
    if (!v.missing()) seen.insert(v);
    return false;
  };
  if (source.collection) {
    const StreamPtr stream = run_stages(work, source, {match}, work.bindings());
    while (auto document = stream->next()) {
      // An array counts by its elements, and not as itself.
      const PathWalk walk{parts, false, [&](const Value& v) {
                            if (!v.is(Type::array)) return take(v);
                            for (const Value& element : v.array()) take(element);
                            return false;
                          }};
      walk.run(*document);
    }
  }
  return succeeded({{"values", Value(Array(seen.begin(), seen.end()))}});
}

template <RawCommand command>
Object with_batch(Engine& engine, const Object& text) {
  return command(engine, text, nullptr);
}

constexpr CommandEntry entries[] = {
    {"find", with_batch<run_find>},
    {"getMore", with_batch<run_get_more>},
    {"killCursors", run_kill_cursors},
    {"aggregate", with_batch<run_aggregate>},
    {"count", run_count},
    {"distinct", run_distinct},
};

}  // namespace

RawCommand raw_command(std::string_view name) {
  if (name == "find") return run_find;
  if (name == "getMore") return run_get_more;
  return name == "aggregate" ? run_aggregate : nullptr;
}

std::span<const CommandEntry> read_commands() {
  return entries;
}

}  // namespace iacdb::doc
