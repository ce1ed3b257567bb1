// ping, hello, buildInfo, listDatabases, explain, and sessions.

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/reading.hpp"

namespace iacdb::doc {
namespace {

constexpr const char* version = "7.0.0";

Object run_ping(Engine& engine, const Object&) {
  const UnitPtr unit =
      engine.transaction() == nullptr ? engine.store().begin(Access::read) : nullptr;
  return succeeded();
}

Object run_hello(Engine&, const Object&) {
  return succeeded({{"isWritablePrimary", Value(true)},
                    {"maxBsonObjectSize", Value(std::int32_t{16'777'216})},
                    {"maxMessageSizeBytes", Value(std::int32_t{48'000'000})},
                    {"maxWriteBatchSize", Value(std::int32_t{100'000})},
                    {"minWireVersion", Value(std::int32_t{0})},
                    {"maxWireVersion", Value(std::int32_t{21})},
                    {"readOnly", Value(false)}});
}

/// The older name, with the older field.
Object run_is_master(Engine& engine, const Object& command) {
  Object out = run_hello(engine, command);
  out.prepend("ismaster", Value(true));
  return out;
}

/// Users are the database's: nobody signs in here.
Object run_connection_status(Engine&, const Object& command) {
  Arguments arguments(command, "connectionStatus");
  arguments.value("connectionStatus");
  const bool privileges = arguments.boolean("showPrivileges");
  arguments.finish();
  Object info{{"authenticatedUsers", Value(Array())}, {"authenticatedUserRoles", Value(Array())}};
  if (privileges) info.add("authenticatedUserPrivileges", Value(Array()));
  return succeeded({{"authInfo", Value(std::move(info))}});
}

Object run_build_info(Engine& engine, const Object&) {
  Array numbers;
  for (const std::int32_t n : {7, 0, 0, 0}) numbers.push_back(Value(n));
  return succeeded({{"version", Value(version)},
                    {"versionArray", Value(std::move(numbers))},
                    {"store", Value(engine.store().product())},
                    {"maxBsonObjectSize", Value(std::int32_t{16'777'216})}});
}

Object run_list_databases(Engine& engine, const Object& command) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "listDatabases");
  arguments.value("listDatabases");
  const FilterPtr filter = parse_filter(arguments.object("filter"));
  const bool name_only = arguments.boolean("nameOnly");
  arguments.allow({"authorizedDatabases"});
  arguments.finish();
  Array out;
  const bool empty = work.unit().collections().empty();
  Object entry{{"name", Value(work.database())}};
  if (!name_only) entry.add("empty", Value(empty));
  const Value listed(std::move(entry));
  if (matches(*filter, listed, {.environment = &work.environment()})) out.push_back(listed);
  return succeeded({{"databases", Value(std::move(out))}});
}

Object run_nothing(Engine&, const Object&) {
  return succeeded();
}

/// The selection that a command to be explained begins with.
struct Explained {
  std::string collection;
  Selection selection;
  Source source;
  std::optional<SetWork> set{};  ///< What a store may do in one statement.
};

/// The first write of an update or a delete.
void explain_write(Explained& out, const std::string& name, const Object& write, Object& filter) {
  if (write.get("q").is(Type::object)) filter = write.get("q").object();
  if (name == "delete") {
    out.set = SetWork{.kind = SetWork::remove};
  } else if (write.has("u")) {
    const Value& filters = write.get("arrayFilters");
    out.set = SetWork{.kind = SetWork::update,
                      .change = parse_update(write.get("u"),
                                             filters.is(Type::array) ? filters.array() : Array())};
  }
}

Explained explained(Work& work, const Object& command) {
  Explained out;
  const std::string& name = command.front().name;
  static constexpr std::string_view known[] = {"find",   "aggregate", "count",        "distinct",
                                               "update", "delete",    "findAndModify"};
  if (std::find(std::begin(known), std::end(known), name) == std::end(known)) {
    fail(Code::command_not_found, "Explain failed due to unknown command: " + name);
  }
  Arguments arguments(command, name);
  out.collection = arguments.collection(name, work.database());
  out.source = find_source(work, out.collection);
  if (out.source.collection) {  // As it is now: a plan does not make sure of what was remembered.
    out.source.collection = work.unit().find_collection(out.source.collection->name);
  }
  work.use_collation(arguments.object("collation"), out.source.collection);
  if (name == "find") {
    out.selection = plan_find(work, arguments, out.collection).selection;
    return out;
  }
  Object filter;
  if (name == "count" || name == "distinct" || name == "findAndModify") {
    filter = arguments.object("query");
    out.selection.sort = parse_sort(arguments.object("sort"));
    if (name == "count") out.set = SetWork{.kind = SetWork::count};
    if (name == "findAndModify") out.selection.limit = 1;
  } else if (name == "update" || name == "delete") {
    const Array& list = arguments.array(name == "update" ? "updates" : "deletes");
    if (!list.empty() && list[0].is(Type::object)) {
      explain_write(out, name, list[0].object(), filter);
    }
  } else if (name == "aggregate") {
    const Array& stages = arguments.array("pipeline");
    out.set = SetWork{.kind = SetWork::aggregate, .stages = parse_pipeline(stages)};
    std::size_t i = 0;
    if (!stages.empty() && stages[0].object().front().name == "$match") {
      filter = stages[i++].object().front().value.object();
    }
    if (i < stages.size() && stages[i].object().front().name == "$sort") {
      out.selection.sort = parse_sort(stages[i++].object().front().value.object());
    }
    choose_fields(out.set->stages, i, out.selection);
  }
  out.selection.filter = parse_filter(with_text_index(filter, out.source.collection));
  if (out.set) {
    out.set->selection = out.selection;
    out.set->selection.collator = work.environment().collator;
  }
  return out;
}

Object winning_plan(const PlanText& plan) {
  Object out;
  out.add("stage", Value(plan.index.empty() ? "COLLSCAN" : "IXSCAN"));
  if (!plan.index.empty()) out.add("indexName", Value(plan.index));
  out.add("sql", Value(plan.sql));
  if (!plan.plan.empty()) out.add("plan", Value(plan.plan));
  out.add("filteredBySql", Value(plan.filtered));
  out.add("sortedBySql", Value(plan.sorted));
  out.add("limitedBySql", Value(plan.limited));
  out.add("projectedBySql", Value(plan.chosen));
  out.add("wholeBySql", Value(plan.whole));
  return out;
}

Object run_explain(Engine& engine, const Object& command) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "explain");
  const Object& inner = arguments.object("explain");
  const std::string verbosity =
      arguments.has("verbosity") ? arguments.text("verbosity") : "allPlansExecution";
  arguments.finish();
  if (verbosity != "queryPlanner" && verbosity != "executionStats" &&
      verbosity != "allPlansExecution") {
    fail(Code::bad_value, "Enumeration value '" + verbosity +
                              "' for field 'explain.verbosity' is not a valid value.");
  }
  if (inner.empty()) fail(Code::bad_value, "explain needs a command");
  const Explained what = explained(work, inner);
  std::optional<std::int64_t> examined;
  Object planner{{"namespace", Value(work.ns(what.collection))}};
  if (!what.source.collection) {
    planner.add("winningPlan", Value(Object{{"stage", Value("EOF")}}));
  } else {
    Unit& unit = work.unit();
    std::optional<PlanText> plan;
    if (what.set && !what.source.view) plan = unit.explain_set(*what.source.collection, *what.set);
    if (!plan) {
      plan = unit.explain(*what.source.collection, what.selection, verbosity != "queryPlanner");
    }
    examined = plan->examined;
    planner.add("winningPlan", Value(winning_plan(*plan)));
  }
  planner.add("rejectedPlans", Value(Array()));
  Object reply{{"explainVersion", Value("1")}, {"queryPlanner", Value(std::move(planner))}};
  if (verbosity != "queryPlanner") {
    std::int64_t n = 0;
    if (what.source.collection) {
      const StreamPtr stream = select(work, *what.source.collection, what.selection);
      while (stream->next()) ++n;
    }
    Object stats{{"executionSuccess", Value(true)}, {"nReturned", narrowest(n)}};
    if (examined) stats.add("totalDocsExamined", narrowest(*examined));
    reply.add("executionStats", Value(std::move(stats)));
  }
  reply.add("command", Value(inner));
  reply.add("serverInfo",
            Value(Object{{"store", Value(engine.store().product())}, {"version", Value(version)}}));
  return succeeded(std::move(reply));
}

constexpr CommandEntry entries[] = {
    {"ping", run_ping},
    {"hello", run_hello},
    {"isMaster", run_is_master},
    {"ismaster", run_is_master},
    {"connectionStatus", run_connection_status},
    {"buildInfo", run_build_info},
    {"buildinfo", run_build_info},
    {"listDatabases", run_list_databases},
    {"explain", run_explain},
    {"endSessions", run_nothing},
    {"refreshSessions", run_nothing},
};

}  // namespace

std::span<const CommandEntry> server_commands() {
  return entries;
}

}  // namespace iacdb::doc
