// createIndexes, listIndexes, dropIndexes.

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/command/expiry.hpp"
#include "documents/command/index_specs.hpp"
#include "documents/command/reading.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t indexes_max = 64;

bool same_options(const IndexInfo& a, const IndexInfo& b) {
  return a.unique == b.unique && a.sparse == b.sparse &&
         compare(Value(a.options), Value(b.options)) == 0;
}

/// True: it is there already. Throws: Failure for one that contradicts it.
bool exists_already(const CollectionInfo& collection, const IndexInfo& wanted) {
  if (wanted.key.size() == 1 && wanted.key.front().name == "_id" &&
      compare(wanted.key.front().value, Value(std::int32_t{1})) == 0) {
    if (wanted.unique || wanted.sparse || !wanted.options.empty()) {
      fail(Code::invalid_index_specification_option,
           "an _id index takes none of the options unique, sparse, partialFilterExpression and "
           "expireAfterSeconds");
    }
    return true;
  }
  for (const IndexInfo& index : collection.indexes) {
    const bool same_key = compare(index.key, wanted.key) == 0;
    if (index.name == wanted.name) {
      if (same_key && same_options(index, wanted)) return true;
      fail(Code::index_key_specs_conflict,
           "An existing index has the same name as the requested index. When index names are not "
           "specified, they are auto generated and can cause conflicts. Please refer to our "
           "documentation. Requested index: " +
               wanted.name);
    }
    const Value& partial = index.options.get("partialFilterExpression");
    const Value& collation = index.options.get("collation");
    if (same_key && compare(partial, wanted.options.get("partialFilterExpression")) == 0 &&
        compare(collation, wanted.options.get("collation")) == 0) {
      fail(Code::index_options_conflict,
           same_options(index, wanted)
               ? "Index already exists with a different name: " + index.name
               : "An equivalent index already exists with the same name but different options. "
                 "Requested index: " +
                     wanted.name + ", existing index: " + index.name);
    }
  }
  return false;
}

bool is_text_index(const IndexInfo& index) {
  return std::any_of(index.key.begin(), index.key.end(), [](const Field& field) {
    return field.value.is(Type::string) && field.value.text() == "text";
  });
}

void check_one_text_index(const CollectionInfo& collection, const IndexInfo& wanted) {
  if (!is_text_index(wanted)) return;
  for (const IndexInfo& index : collection.indexes) {
    if (is_text_index(index)) {
      fail(Code::cannot_create_index,
           "only one text index per collection allowed, found existing text index \"" + index.name +
               "\"");
    }
  }
}

Object run_create_indexes(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "createIndexes");
  const std::string name = arguments.collection("createIndexes", work.database());
  arguments.need("indexes");
  std::vector<IndexInfo> wanted;
  for (const Value& spec : arguments.array("indexes")) wanted.push_back(parse_index(spec));
  arguments.allow({"commitQuorum", "ignoreUnknownIndexOptions"});
  arguments.finish();
  if (wanted.empty()) fail(Code::bad_value, "Must specify at least one index to create");
  const bool fresh = !work.unit().find_collection(name);
  CollectionInfo collection = ensure_collection(work, name);
  const std::size_t before = collection.indexes.size() + 1;
  for (const IndexInfo& index : wanted) {
    if (exists_already(collection, index)) continue;
    check_one_text_index(collection, index);
    if (collection.indexes.size() + 1 >= indexes_max) {
      fail(Code::cannot_create_index, "add index fails, too many indexes for " + work.ns(name));
    }
    work.unit().create_index(collection, index);
    collection = *work.unit().find_collection(name);
  }
  work.commit();
  const std::size_t after = collection.indexes.size() + 1;
  Object reply{{"numIndexesBefore", Value(static_cast<std::int32_t>(before))},
               {"numIndexesAfter", Value(static_cast<std::int32_t>(after))}};
  if (fresh) reply.add("createdCollectionAutomatically", Value(true));
  if (before == after) reply.add("note", Value("all indexes already exist"));
  return succeeded(std::move(reply));
}

Value listed(const IndexInfo& index) {
  Object out{{"v", Value(std::int32_t{2})}, {"key", Value(index.key)}, {"name", Value(index.name)}};
  if (index.unique) out.add("unique", Value(true));
  if (index.sparse) out.add("sparse", Value(true));
  for (const Field& field : index.options) out.add(field.name, field.value);
  return Value(std::move(out));
}

Object run_list_indexes(Engine& engine, const Object& command) {
  Work work(engine, Access::read, command);
  Arguments arguments(command, "listIndexes");
  const std::string name = arguments.collection("listIndexes", work.database());
  const Object& cursor = arguments.object("cursor");
  arguments.finish();
  std::optional<std::int64_t> batch;
  if (cursor.has("batchSize")) batch = Arguments(cursor, "cursor").count("batchSize");
  const auto collection = find_writable(work, name);
  if (!collection) {
    fail(Code::namespace_not_found, "ns does not exist: " + work.ns(name));
  }
  IndexInfo id;
  id.name = "_id_";
  id.key.add("_id", Value(std::int32_t{1}));
  std::vector<Value> out{listed(id)};
  for (const IndexInfo& index : collection->indexes) out.push_back(listed(index));
  return engine.cursor_reply(work, stream_of(std::move(out)), work.ns(name), batch, false);
}

/// The names that one element of dropIndexes means.
std::vector<std::string> named_by(const CollectionInfo& collection, const Value& v) {
  if (v.is(Type::string)) {
    if (v.text() == "_id_") fail(Code::invalid_options, "cannot drop _id index");
    for (const IndexInfo& index : collection.indexes) {
      if (index.name == v.text()) return {index.name};
    }
    fail(Code::index_not_found, "index not found with name [" + v.text() + "]");
  }
  if (!v.is(Type::object)) {
    fail(Code::type_mismatch, "BSON field 'dropIndexes.index' is the wrong type '" +
                                  std::string(type_name(v.type())) +
                                  "', expected types '[string, object]'");
  }
  if (v.object().size() == 1 && v.object().front().name == "_id") {
    fail(Code::invalid_options, "cannot drop _id index");
  }
  for (const IndexInfo& index : collection.indexes) {
    if (compare(index.key, v.object()) == 0) return {index.name};
  }
  fail(Code::index_not_found, "can't find index with key: " + print_json(v));
}

Object run_drop_indexes(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  const std::string& called = command.front().name;
  Arguments arguments(command, "dropIndexes");
  const std::string name = arguments.collection(called, work.database());
  arguments.need("index");
  const Value& which = arguments.value("index");
  arguments.finish();
  const auto collection = find_writable(work, name);
  if (!collection) fail(Code::namespace_not_found, "ns not found " + work.ns(name));
  std::vector<std::string> names;
  if (which.is(Type::string) && which.text() == "*") {
    for (const IndexInfo& index : collection->indexes) names.push_back(index.name);
  } else if (which.is(Type::array)) {
    for (const Value& v : which.array()) {
      for (std::string& n : named_by(*collection, v)) names.push_back(std::move(n));
    }
  } else {
    names = named_by(*collection, which);
  }
  for (const std::string& index : names) {
    work.unit().drop_index(*work.unit().find_collection(name), index);
  }
  work.commit();
  Object reply{{"nIndexesWas", Value(static_cast<std::int32_t>(collection->indexes.size() + 1))}};
  if (which.is(Type::string) && which.text() == "*") {
    reply.add("msg", Value("non-_id indexes dropped for collection"));
  }
  return succeeded(std::move(reply));
}

constexpr CommandEntry entries[] = {
    {"createIndexes", run_create_indexes}, {"listIndexes", run_list_indexes},
    {"dropIndexes", run_drop_indexes},     {"deleteIndexes", run_drop_indexes},
    {"expireDocuments", run_expire},
};

}  // namespace

std::span<const CommandEntry> index_commands() {
  return entries;
}

}  // namespace iacdb::doc
