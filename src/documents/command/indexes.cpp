// createIndexes, listIndexes, dropIndexes.

#include <algorithm>
#include <cmath>

#include "documents/bson/collation.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/expiry.hpp"
#include "documents/command/reading.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t indexes_max = 64;

std::string default_name(const Object& key) {
  std::string out;
  for (const Field& field : key) {
    if (!out.empty()) out += "_";
    out += field.name + "_" +
           (field.value.is(Type::string) ? field.value.text() : print_number(field.value));
  }
  return out;
}

void check_key(const Object& key) {
  if (key.empty()) fail(Code::cannot_create_index, "Index keys cannot be empty.");
  for (const Field& field : key) {
    if (field.name.empty()) {
      fail(Code::cannot_create_index, "Index keys cannot be an empty field.");
    }
    for (const std::string& part : split_path(field.name)) {
      if (part.empty()) {
        fail(Code::cannot_create_index, "Index keys cannot contain an empty field.");
      }
      if (part.starts_with('$') && part != "$**") {
        fail(Code::cannot_create_index,
             "Index key contains an illegal field name: field name starts with '$'.");
      }
    }
    if (field.value.is(Type::string)) {
      const std::string& kind = field.value.text();
      if (kind == "text" || kind == "hashed") continue;
      fail(kind.starts_with("2d") ? Code::not_implemented : Code::cannot_create_index,
           "Unknown index plugin '" + kind + "'");
    }
    if (!field.value.is_number() || compare(field.value, Value(std::int32_t{0})) == 0) {
      fail(Code::cannot_create_index,
           "Values in v:2 index key pattern cannot be of type " +
               std::string(type_name(field.value.type())) +
               ". Only numbers > 0, numbers < 0, and strings are allowed.");
    }
  }
}

bool is_kind(const Field& field, std::string_view kind) {
  return field.value.is(Type::string) && field.value.text() == kind;
}

/// A dollar part stands at the end alone, and beside numbers or, of all fields, "text".
void check_kinds(const Object& key) {
  for (const Field& field : key) {
    const std::size_t dollar = field.name.find("$**");
    if (dollar != std::string::npos &&
        (dollar + 3 != field.name.size() || is_kind(field, "hashed") ||
         (is_kind(field, "text") && field.name != "$**"))) {
      fail(Code::cannot_create_index,
           "Index key contains an illegal field name: '" + field.name + "' as a wildcard");
    }
  }
}

void check_text(const IndexInfo& index) {
  const bool hashed = std::any_of(index.key.begin(), index.key.end(),
                                  [](const Field& field) { return is_kind(field, "hashed"); });
  if (hashed && index.unique) {
    fail_at(16764, "Currently hashed indexes cannot guarantee uniqueness. Use a regular index.");
  }
  if (std::none_of(index.key.begin(), index.key.end(),
                   [](const Field& field) { return is_kind(field, "text"); })) {
    return;
  }
  const Value& collation = index.options.get("collation");
  if (collation.is(Type::object) && !is_kind({"", collation.object().get("locale")}, "simple")) {
    fail(Code::cannot_create_index, "Index type 'text' does not support collation");
  }
  for (const Field& weight : index.options.get("weights").object()) {
    const double w = weight.value.is_number() ? std::trunc(to_double(weight.value)) : 0;
    if (w >= 1 && w < 1e9) continue;
    fail(Code::cannot_create_index,
         "text index weight must be in the exclusive interval (0,1000000000)");
  }
  static constexpr std::string_view languages[] = {
      "none",      "danish",  "dutch",     "english",    "finnish",  "french",  "german",
      "hungarian", "italian", "norwegian", "portuguese", "romanian", "russian", "spanish",
      "swedish",   "turkish", "da",        "nl",         "en",       "fi",      "fr",
      "de",        "hu",      "it",        "nb",         "pt",       "ro",      "ru",
      "es",        "sv",      "tr"};
  const Value& language = index.options.get("default_language");
  if (std::none_of(std::begin(languages), std::end(languages), [&](std::string_view name) {
        return is_kind({"", language}, name);
      })) {
    fail(Code::cannot_create_index, "default_language is not valid");
  }
}

void set_weights(IndexInfo& index) {
  const Value& given = index.options.get("weights");
  if (!given.missing() && !given.is(Type::object)) {
    fail(Code::type_mismatch, "The field 'weights' must be an object");
  }
  Object weights = given.missing() ? Object() : given.object();
  for (const Field& field : index.key) {
    if (!field.value.is(Type::string) || field.value.text() != "text") continue;
    if (!weights.has(field.name)) weights.add(field.name, Value(std::int32_t{1}));
  }
  if (weights.empty()) return;
  index.options.set("weights", Value(std::move(weights)));
  if (!index.options.has("default_language")) {
    index.options.set("default_language", Value("english"));
  }
}

/// What a partial index may ask: other filters say less of the documents that queries look for.
void check_partial(const Filter& filter) {
  switch (filter.kind) {
    case Filter::all_of:
    case Filter::any_of:
      for (const FilterPtr& child : filter.children) check_partial(*child);
      return;
    case Filter::equal:
    case Filter::less:
    case Filter::less_equal:
    case Filter::greater:
    case Filter::greater_equal:
    case Filter::in:
    case Filter::type:
    case Filter::exists:
    case Filter::always_true:
      return;
    default:
      fail(Code::cannot_create_index,
           "unsupported expression in partial index: only $eq, $gt, $gte, $lt, $lte, $in, $type, "
           "$exists: true, $and and $or are");
  }
}

bool is_wildcard(const Field& field) {
  return field.name == "$**" || field.name.ends_with(".$**");
}

void check_wildcard(const IndexInfo& index) {
  const Value& projection = index.options.get("wildcardProjection");
  const auto part = std::find_if(index.key.begin(), index.key.end(), is_wildcard);
  if (part == index.key.end() || part->value.is(Type::string)) {
    if (projection.missing()) return;
    fail(Code::bad_value, "The field 'wildcardProjection' is only allowed in an 'wildcard' index");
  }
  for (const auto& [wrong, what] : {std::pair(index.unique, "unique"),
                                    {index.sparse, "sparse"},
                                    {index.options.has("expireAfterSeconds"), "TTL"}}) {
    if (!wrong) continue;
    fail(Code::cannot_create_index,
         std::string("Index type 'wildcard' does not support the ") + what + " option");
  }
  if (to_double(part->value) < 0) {
    fail(Code::cannot_create_index, "A numeric value in a $** index key pattern must be positive.");
  }
  if (projection.missing()) return;
  if (!projection.is(Type::object)) {
    fail(Code::type_mismatch, "The field 'wildcardProjection' must be a non-empty object");
  }
  if (projection.object().empty()) {
    fail(Code::failed_to_parse, "The 'wildcardProjection' field can't be an empty object");
  }
  if (part->name != "$**") {
    fail(Code::failed_to_parse,
         "The field 'wildcardProjection' is only allowed when the key is \"$**\"");
  }
  Object fields = projection.object();
  fields.remove("_id");  // It may stand beside either form.
  parse_projection(fields, ProjectionUse::find);
}

void check_options(const IndexInfo& index) {
  const Object& options = index.options;
  const Value& partial = options.get("partialFilterExpression");
  if (!partial.missing()) {
    if (!partial.is(Type::object)) {
      fail(Code::type_mismatch, "The field 'partialFilterExpression' must be an object");
    }
    if (index.sparse) {
      fail(Code::cannot_create_index,
           "cannot mix \"partialFilterExpression\" and \"sparse\" options");
    }
    const FilterPtr filter = parse_filter(partial.object());
    if (filter) check_partial(*filter);
  }
  const Value& expiry = options.get("expireAfterSeconds");
  if (!expiry.missing()) {
    if (!expiry.is_number()) {
      fail(Code::cannot_create_index,
           "TTL index 'expireAfterSeconds' option must be numeric, but received a type of " +
               std::string(type_name(expiry.type())));
    }
    if (to_double(expiry) < 0) {
      fail(Code::cannot_create_index,
           "TTL index 'expireAfterSeconds' option cannot be less than 0");
    }
    if (index.key.size() != 1) {
      fail(Code::cannot_create_index,
           "TTL indexes are single-field indexes, compound indexes do not support TTL.");
    }
  }
  if (options.get("collation").is(Type::object)) {
    parse_collation(options.get("collation").object());
  }
  check_wildcard(index);
}

IndexInfo parse_index(const Value& spec) {
  if (!spec.is(Type::object)) {
    fail(Code::type_mismatch, "The elements of the 'indexes' array must be objects");
  }
  Arguments arguments(spec.object(), "createIndexes.indexes");
  if (!spec.object().has("key")) {
    fail(Code::failed_to_parse, "Error in specification " + print_json(spec) +
                                    " :: caused by :: The 'key' field is a required property of an "
                                    "index specification");
  }
  IndexInfo index;
  index.key = arguments.object("key");
  check_key(index.key);
  index.name = arguments.text("name");
  if (!spec.object().has("name")) index.name = default_name(index.key);
  if (index.name.empty()) fail(Code::cannot_create_index, "index names cannot be empty");
  if (index.name == "*") fail(Code::bad_value, "The index name '*' is not valid.");
  if (index.key.size() == 1 && index.key.front().name == "_id" &&
      compare(index.key.front().value, Value(std::int32_t{-1})) == 0) {
    fail(Code::bad_value, "The field 'key' for an _id index must be {_id: 1}, but got {_id: -1}");
  }
  index.unique = arguments.boolean("unique");
  index.sparse = arguments.boolean("sparse");
  for (const char* option :
       {"partialFilterExpression", "expireAfterSeconds", "collation", "weights", "default_language",
        "language_override", "textIndexVersion", "hidden", "wildcardProjection"}) {
    const Value& v = arguments.value(option);
    if (!v.missing()) index.options.add(option, v);
  }
  arguments.allow({"v", "background", "ns", "storageEngine"});
  for (const Field& field : spec.object()) {
    static constexpr std::string_view known[] = {"key",
                                                 "name",
                                                 "unique",
                                                 "sparse",
                                                 "partialFilterExpression",
                                                 "collation",
                                                 "weights",
                                                 "hidden",
                                                 "default_language",
                                                 "language_override",
                                                 "v",
                                                 "background",
                                                 "ns",
                                                 "storageEngine",
                                                 "textIndexVersion",
                                                 "expireAfterSeconds",
                                                 "wildcardProjection"};
    if (std::find(std::begin(known), std::end(known), field.name) == std::end(known)) {
      fail(Code::invalid_index_specification_option,
           "Error in specification " + print_json(spec) + " :: caused by :: The field '" +
               field.name +
               "' is not valid for an index specification. Specification: " + print_json(spec));
    }
  }
  check_kinds(index.key);
  set_weights(index);
  check_text(index);
  check_options(index);
  return index;
}

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
