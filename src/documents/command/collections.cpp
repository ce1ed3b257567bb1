// create, collMod, drop, renameCollection, listCollections, dropDatabase.

#include <algorithm>

#include "documents/bson/collation.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/reading.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

void check_word(const Object& options, const char* name,
                std::initializer_list<std::string_view> words) {
  const Value& v = options.get(name);
  if (v.missing()) return;
  if (!v.is(Type::string)) {
    fail(Code::type_mismatch, "BSON field 'create." + std::string(name) + "' is the wrong type '" +
                                  std::string(type_name(v.type())) + "', expected type 'string'");
  }
  if (std::find(words.begin(), words.end(), v.text()) == words.end()) {
    fail(Code::bad_value,
         "Enumeration value '" + v.text() + "' for field '" + name + "' is not a valid value.");
  }
}

/// Parses what will be parsed at each write, to refuse it now.
void check_validation(const Object& options) {
  const Value& validator = options.get("validator");
  if (!validator.missing()) {
    if (!validator.is(Type::object)) {
      fail(Code::type_mismatch, "BSON field 'create.validator' is the wrong type '" +
                                    std::string(type_name(validator.type())) +
                                    "', expected type 'object'");
    }
    if (has_text(validator.object())) {
      fail(Code::query_feature_not_allowed, "$text is not allowed in this context");
    }
    parse_filter(validator.object());
  }
  check_word(options, "validationLevel", {"off", "moderate", "strict"});
  check_word(options, "validationAction", {"error", "warn"});
}

/// Whether a view may be defined so: its stages write nothing, and it does not rest on itself.
void check_view(Work& work, const std::string& name, const Object& options) {
  const Value& stages = options.get("pipeline");
  for (const Value& stage : stages.is(Type::array) ? stages.array() : Array()) {
    const std::string& op = stage.object().front().name;
    if (op == "$out" || op == "$merge") {
      fail_at(167, "The aggregation stage " + op + " cannot be used in the view definition of " +
                       work.ns(name));
    }
  }
  std::string at = options.get("viewOn").text();
  for (int depth = 0; depth < view_depth_max; ++depth) {
    if (at == name) {
      fail_at(5, "View cycle detected: " + work.ns(name) + " rests on itself");
    }
    const auto below = work.unit().find_collection(at);
    if (!below || !below->options.has("viewOn")) return;
    at = below->options.get("viewOn").text();
  }
  fail_at(165, "View depth limit exceeded at " + work.ns(name));
}

/// What a view rests on, and by which stages.
void check_definition(const std::string& command, const Object& options) {
  if (!options.get("viewOn").is(Type::string)) {
    fail(Code::type_mismatch, "BSON field '" + command + ".viewOn' must be a string");
  }
  const Value& pipeline = options.get("pipeline");
  if (!pipeline.missing() && !pipeline.is(Type::array)) {
    fail(Code::type_mismatch, "BSON field '" + command + ".pipeline' is the wrong type '" +
                                  std::string(type_name(pipeline.type())) +
                                  "', expected type 'array'");
  }
  parse_pipeline(pipeline.missing() ? Array() : pipeline.array());
}

Object create_options(Arguments& arguments) {
  Object options;
  for (const char* name : {"capped", "size", "max", "validator", "validationLevel",
                           "validationAction", "collation", "viewOn", "pipeline"}) {
    const Value& v = arguments.value(name);
    if (!v.missing()) options.add(name, v);
  }
  check_validation(options);
  if (options.get("collation").is(Type::object)) {
    parse_collation(options.get("collation").object());
  }
  if (options.has("viewOn")) {
    check_definition("create", options);
  } else if (options.has("pipeline")) {
    fail(Code::invalid_options, "'pipeline' requires 'viewOn' to also be specified");
  }
  if (truthy(options.get("capped"))) {
    fail(Code::not_implemented, "capped collections are not supported by this store");
  }
  if (options.has("size") || options.has("max")) {
    fail(Code::invalid_options, "the 'size' and 'max' options need 'capped: true'");
  }
  options.remove("capped");
  return options;
}

Object run_create(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "create");
  const std::string name = arguments.collection("create", work.database());
  check_writable_name(name, work.database());
  const Object options = create_options(arguments);
  arguments.refuse({"timeseries", "clusteredIndex", "expireAfterSeconds", "encryptedFields",
                    "changeStreamPreAndPostImages"});
  arguments.allow({"autoIndexId", "idIndex", "storageEngine", "indexOptionDefaults"});
  arguments.finish();
  if (work.unit().find_collection(name)) {
    fail(Code::namespace_exists, "Collection " + work.ns(name) + " already exists.");
  }
  if (options.has("viewOn")) check_view(work, name, options);
  work.unit().create_collection(name, options);
  work.commit();
  return succeeded();
}

/// As createIndexes has it, for collMod.
void check_expiry(const IndexInfo& index, const Value& seconds) {
  if (seconds.missing()) return;
  if (!seconds.is_number()) {
    fail(Code::type_mismatch, "collMod.index.expireAfterSeconds must be a number");
  }
  if (to_double(seconds) < 0 || index.key.size() != 1) {
    fail(Code::invalid_options,
         "'expireAfterSeconds' cannot be less than 0, nor of an index of several fields");
  }
}

/// The index that collMod names, by its name or by its key.
const IndexInfo& named_index(Work& work, const CollectionInfo& collection, Arguments& arguments) {
  const bool by_name = arguments.has("name");
  if (by_name == arguments.has("keyPattern")) {
    fail(Code::invalid_options, by_name ? "Cannot specify both key pattern and name."
                                        : "Must specify either index name or key pattern.");
  }
  const std::string name = by_name ? arguments.text("name") : "";
  const Object& key = arguments.object("keyPattern");
  const auto it = std::find_if(collection.indexes.begin(), collection.indexes.end(),
                               [&](const IndexInfo& index) {
                                 return by_name ? index.name == name : compare(index.key, key) == 0;
                               });
  if (it == collection.indexes.end()) {
    fail(Code::index_not_found, "cannot find index for ns " + work.ns(collection.name));
  }
  return *it;
}

void modify_index(Work& work, const CollectionInfo& collection, const Value& spec, Object& reply) {
  if (!spec.is(Type::object)) fail(Code::type_mismatch, "collMod.index must be an object");
  const Object& object = spec.object();
  Arguments arguments(object, "collMod.index");
  const IndexInfo& index = named_index(work, collection, arguments);
  arguments.refuse({"unique", "prepareUnique"});
  arguments.value("expireAfterSeconds");
  arguments.boolean("hidden");
  arguments.finish();
  if (!object.has("expireAfterSeconds") && !object.has("hidden")) {
    fail(Code::invalid_options, "no expireAfterSeconds, hidden, unique, or prepareUnique field");
  }
  check_expiry(index, object.get("expireAfterSeconds"));
  IndexInfo changed = index;
  for (const char* name : {"expireAfterSeconds", "hidden"}) {
    if (!object.has(name)) continue;
    const bool shown = std::string_view(name) == "hidden" && !changed.options.has(name);
    const Value before = shown ? Value(false) : changed.options.get(name);
    if (!before.missing()) reply.add(std::string(name) + "_old", before);
    reply.add(std::string(name) + "_new", object.get(name));
    changed.options.set(name, object.get(name));
  }
  work.unit().drop_index(collection, index.name);
  work.unit().create_index(*work.unit().find_collection(collection.name), changed);
}

Object run_coll_mod(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "collMod");
  const std::string name = arguments.collection("collMod", work.database());
  const auto collection = work.unit().find_collection(name);
  if (!collection) fail(Code::namespace_not_found, "ns does not exist: " + work.ns(name));
  Object options = collection->options;
  bool changes = false;
  for (const char* field :
       {"validator", "validationLevel", "validationAction", "viewOn", "pipeline"}) {
    const Value& v = arguments.value(field);
    if (v.missing()) continue;
    options.set(field, v);
    changes = true;
  }
  check_validation(options);
  if (changes && collection->options.has("viewOn")) {
    check_definition("collMod", options);
    check_view(work, name, options);
  } else if (changes && (options.has("viewOn") || options.has("pipeline"))) {
    fail(Code::invalid_options,
         "'viewOn' and 'pipeline' are of views, and " + work.ns(name) + " is a collection");
  }
  if (options.get("validator").is(Type::object) && options.get("validator").object().empty()) {
    options.remove("validator");
  }
  Object reply;
  const Value& index = arguments.value("index");
  arguments.refuse({"expireAfterSeconds", "timeseries", "cappedSize", "cappedMax",
                    "changeStreamPreAndPostImages"});
  arguments.finish();
  if (changes) work.unit().set_options(*collection, options);
  if (!index.missing()) modify_index(work, *collection, index, reply);
  work.commit();
  return succeeded(std::move(reply));
}

Object run_drop(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "drop");
  const std::string name = arguments.collection("drop", work.database());
  arguments.finish();
  const auto collection = work.unit().find_collection(name);
  Object reply;
  if (collection) {
    if (!collection->options.has("viewOn")) {
      reply.add("nIndexesWas", Value(static_cast<std::int32_t>(collection->indexes.size() + 1)));
    }
    reply.add("ns", Value(work.ns(name)));
    work.unit().drop_collection(*collection);
  }
  work.commit();
  return succeeded(std::move(reply));
}

std::string bare_name(const std::string& database, const Value& v, const char* field) {
  if (!v.is(Type::string)) {
    fail(Code::type_mismatch, "BSON field 'renameCollection." + std::string(field) +
                                  "' is the wrong type, expected type 'string'");
  }
  const std::size_t dot = v.text().find('.');
  if (dot == std::string::npos || dot + 1 == v.text().size()) {
    fail(Code::invalid_namespace, "Invalid namespace specified '" + v.text() + "'");
  }
  const std::string of = v.text().substr(0, dot);
  std::string name = checked_collection(v.text().substr(dot + 1), of);
  if (of != database) {
    fail(Code::not_implemented, "renameCollection between databases is not supported here");
  }
  return name;
}

Object run_rename(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "renameCollection");
  const std::string from =
      bare_name(work.database(), arguments.value("renameCollection"), "renameCollection");
  const std::string to = bare_name(work.database(), arguments.value("to"), "to");
  const bool drops = arguments.boolean("dropTarget");
  arguments.finish();
  check_writable_name(to, work.database());
  if (from == to) fail(Code::illegal_operation, "Can't rename a collection to itself");
  const auto source = work.unit().find_collection(from);
  if (!source) {
    fail(Code::namespace_not_found, "Source collection " + work.ns(from) + " does not exist");
  }
  if (const auto target = work.unit().find_collection(to)) {
    if (!drops) fail(Code::namespace_exists, "target namespace exists");
    work.unit().drop_collection(*target);
  }
  work.unit().rename_collection(*source, to);
  work.commit();
  return succeeded();
}

Value listed(const CollectionInfo& info, bool name_only) {
  const bool view = info.options.has("viewOn");
  Object out{{"name", Value(info.name)}, {"type", Value(view ? "view" : "collection")}};
  if (!name_only) {
    out.add("options", Value(info.options));
    out.add("info", Value(Object{{"readOnly", Value(view)}}));
    if (!view) {
      out.add("idIndex", Value(Object{{"v", Value(std::int32_t{2})},
                                      {"key", Value(Object{{"_id", Value(std::int32_t{1})}})},
                                      {"name", Value("_id_")}}));
    }
  }
  return Value(std::move(out));
}

/// How far the store itself keeps a validator, in the entry's info.
void add_guard(Work& work, const CollectionInfo& collection, Value& entry) {
  if (!collection.options.has("validator")) return;
  if (auto guard = work.unit().describe_guard(collection)) {
    Value info = entry.object().get("info");
    info.edit_object().add("validator", Value(*std::move(guard)));
    entry.edit_object().set("info", std::move(info));
  }
}

Object run_list_collections(Engine& engine, const Object& command) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "listCollections");
  arguments.value("listCollections");
  const FilterPtr filter = parse_filter(arguments.object("filter"));
  const bool name_only = arguments.boolean("nameOnly");
  const Object& cursor = arguments.object("cursor");
  arguments.allow({"authorizedCollections"});
  arguments.finish();
  std::optional<std::int64_t> batch;
  if (cursor.has("batchSize")) batch = Arguments(cursor, "cursor").count("batchSize");
  std::vector<Value> out;
  for (const CollectionInfo& info : work.unit().collections()) {
    if (!matches(*filter, listed(info, false), {.environment = &work.environment()})) continue;
    out.push_back(listed(info, name_only));
    if (!name_only) add_guard(work, info, out.back());
  }
  return engine.cursor_reply(work, stream_of(std::move(out)),
                             work.database() + ".$cmd.listCollections", batch, false);
}

Object run_drop_database(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "dropDatabase");
  arguments.value("dropDatabase");
  arguments.finish();
  const auto all = work.unit().collections();
  for (const CollectionInfo& info : all) work.unit().drop_collection(info);
  work.commit();
  Object reply;
  if (!all.empty()) reply.add("dropped", Value(work.database()));
  return succeeded(std::move(reply));
}

constexpr CommandEntry entries[] = {
    {"create", run_create},
    {"collMod", run_coll_mod},
    {"drop", run_drop},
    {"renameCollection", run_rename},
    {"listCollections", run_list_collections},
    {"dropDatabase", run_drop_database},
};

}  // namespace

std::span<const CommandEntry> collection_commands() {
  return entries;
}

}  // namespace iacdb::doc
