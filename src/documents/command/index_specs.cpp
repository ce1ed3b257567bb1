#include "documents/command/index_specs.hpp"

#include <algorithm>
#include <cmath>

#include "documents/bson/collation.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/reading.hpp"

namespace iacdb::doc {
namespace {

void check_key(const Object& key) {
  if (key.empty()) fail(Code::cannot_create_index, "Index keys cannot be empty.");
  for (auto field = key.begin(); field != key.end(); ++field) {
    if (std::any_of(key.begin(), field, [&](const Field& f) { return f.name == field->name; })) {
      fail(Code::bad_value, "The field '" + field->name +
                                "' appears multiple times in the index key pattern " +
                                print_json(Value(key)));
    }
  }
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

/// One kind of key that is no number, and of hashes one field.
void check_one_kind(const Object& key) {
  std::string kind;
  std::size_t hashed = 0;
  std::size_t last_text = key.size();
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Field& field = *(key.begin() + static_cast<std::ptrdiff_t>(i));
    if (!field.value.is(Type::string)) continue;
    if (!kind.empty() && kind != field.value.text()) {
      fail(Code::cannot_create_index, "Can't use more than one index plugin for a single index.");
    }
    kind = field.value.text();
    if (kind == "hashed" && ++hashed > 1) {
      fail_at(31303, "A maximum of one index field is allowed to be hashed but found 2");
    }
    if (kind == "text" && last_text != key.size() && last_text + 1 != i) {
      fail(Code::cannot_create_index, "'text' fields in index must all be adjacent");
    }
    last_text = i;
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
    if (index.options.has("weights")) {
      fail(Code::cannot_create_index,
           "the field 'weights' can only be specified with text indexes");
    }
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
  if (projection.missing() && part->name == "$**" && index.key.size() > 1) {
    fail(Code::cannot_create_index,
         "Compound wildcard indexes on all fields must also specify 'wildcardProjection' option");
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

void check_option_types(const Object& spec) {
  static constexpr std::pair<const char*, Type> typed[] = {{"hidden", Type::boolean},
                                                           {"collation", Type::object},
                                                           {"default_language", Type::string},
                                                           {"language_override", Type::string}};
  for (const auto& [name, type] : typed) {
    const Value& v = spec.get(name);
    if (v.missing() || v.is(type)) continue;
    fail(Code::type_mismatch, "The field '" + std::string(name) + "' must be of type " +
                                  std::string(type_name(type)) + ", but got " +
                                  std::string(type_name(v.type())));
  }
  if (spec.get("collation").is(Type::object) && spec.get("collation").object().empty()) {
    fail(Code::bad_value, "The field 'collation' cannot be an empty object.");
  }
  for (const char* name : {"v", "textIndexVersion"}) {
    const Value& v = spec.get(name);
    if (v.missing()) continue;
    if (!v.is_number()) {
      fail(Code::type_mismatch, "The field '" + std::string(name) + "' must be a number, but got " +
                                    std::string(type_name(v.type())));
    }
    const auto n = exact_int64(v);
    if (n && *n >= 1 && *n <= (std::string_view(name) == "v" ? 2 : 3)) continue;
    fail(Code::cannot_create_index, "Invalid index specification " + print_json(Value(spec)) +
                                        "; cannot create an index with " + name + "=" +
                                        print_number(v));
  }
}

}  // namespace

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
  if (!spec.object().has("name")) {
    fail(Code::failed_to_parse, "Error in specification " + print_json(spec) +
                                    " :: caused by :: The 'name' field is a required property of "
                                    "an index specification");
  }
  check_option_types(spec.object());
  IndexInfo index;
  index.key = arguments.object("key");
  check_key(index.key);
  index.name = arguments.text("name");
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
  check_one_kind(index.key);
  set_weights(index);
  check_text(index);
  check_options(index);
  return index;
}

}  // namespace iacdb::doc
