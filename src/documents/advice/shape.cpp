#include "documents/advice/shape.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <span>

#include "base/text.hpp"
#include "core/json.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/command/arguments.hpp"

namespace iacdb::doc {
namespace {

constexpr const char* mask = "?";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// {$gt: 1}
bool has_operators(const Value& v) {
  return v.is(Type::object) && !v.object().empty() && v.object().front().name.starts_with('$');
}

std::string quoted(std::string_view text) {
  std::string out;
  core::append_json_string(out, text);
  return out;
}

using Print = std::function<std::string(const Field&)>;

std::string fields(const Object& object, const Print& value) {
  std::string out = "{";
  for (const Field& field : object) {
    if (out.size() > 1) out += ",";
    out += quoted(field.name) + ":" + value(field);
    if (out.size() > shape_bytes_max) break;  // It will be cut.
  }
  return out + "}";
}

/// Of a longer list the rest is not looked at.
constexpr std::size_t elements_max = 1000;

/// Each shape once.
std::string elements(const Array& array, const std::function<std::string(const Value&)>& value) {
  std::vector<std::string> seen;
  std::size_t bytes = 0;
  for (const Value& v : std::span(array).first(std::min(array.size(), elements_max))) {
    std::string one = value(v);
    if (std::find(seen.begin(), seen.end(), one) != seen.end()) continue;
    bytes += one.size();
    seen.push_back(std::move(one));
    if (bytes > shape_bytes_max) break;
  }
  std::string out = "[";
  for (const std::string& one : seen) out += (out.size() > 1 ? "," : "") + one;
  return out + "]";
}

/// Directions, and the kinds of an index's fields.
std::string order(const Value& v) {
  if (!v.is(Type::object)) return mask;
  return fields(v.object(), [](const Field& field) -> std::string {
    const Value& kind = field.value;
    if (kind.is_number()) return print_json(kind);
    const bool known = kind.is(Type::string) && is_one_of(kind.text(), {"text", "hashed"});
    if (known) return quoted(kind.text());
    const bool score = kind.is(Type::object) && kind.object().has("$meta");
    return score ? R"({"$meta":"textScore"})" : mask;
  });
}

std::string pipeline(const Value& stages);

/// Strings that name a field's path are no values.
std::string expression(const Value& v) {
  if (v.is(Type::string) && v.text().starts_with('$')) return quoted(v.text());
  if (v.is(Type::array)) return elements(v.array(), expression);
  if (!v.is(Type::object)) return mask;
  return fields(v.object(), [](const Field& field) {
    return is_one_of(field.name, {"$literal", "$const"}) ? mask : expression(field.value);
  });
}

std::string filter(const Value& v);

std::string condition(const Field& field) {
  const Value& v = field.value;
  if (is_one_of(field.name, {"$and", "$or", "$nor"}) && v.is(Type::array)) {
    return elements(v.array(), filter);
  }
  if (field.name == "$expr") return expression(v);
  if (is_one_of(field.name, {"$in", "$nin", "$all"})) return "[?]";
  if (is_one_of(field.name, {"$elemMatch", "$not"}) && v.is(Type::object)) return filter(v);
  return !field.name.starts_with('$') && has_operators(v) ? filter(v) : mask;
}

std::string filter(const Value& v) {
  return v.is(Type::object) ? fields(v.object(), condition) : mask;
}

/// What says where documents come from and go to.
std::string named(const Field& field) {
  const Value& v = field.value;
  if (field.name == "pipeline") return pipeline(v);
  if (field.name == "restrictSearchWithMatch") return filter(v);
  if (is_one_of(field.name, {"from", "localField", "foreignField", "as", "coll", "db", "into",
                             "connectFromField", "connectToField", "depthField", "on", "path",
                             "includeArrayIndex", "whenMatched", "whenNotMatched"})) {
    if (v.is(Type::string)) return quoted(v.text());
    if (v.is(Type::object)) return fields(v.object(), named);
  }
  return v.is(Type::array) && field.name == "whenMatched" ? pipeline(v) : expression(v);
}

std::string stage_spec(const Field& stage) {
  const Value& v = stage.value;
  if (stage.name == "$match") return filter(v);
  if (stage.name == "$sort") return order(v);
  if (stage.name == "$facet" && v.is(Type::object)) {
    return fields(v.object(), [](const Field& one) { return pipeline(one.value); });
  }
  if (is_one_of(stage.name,
                {"$lookup", "$graphLookup", "$unionWith", "$out", "$merge", "$unwind", "$count"})) {
    if (v.is(Type::string)) return quoted(v.text());
    if (v.is(Type::object)) return fields(v.object(), named);
  }
  return expression(v);
}

std::string pipeline(const Value& stages) {
  if (!stages.is(Type::array)) return mask;
  std::string out = "[";
  for (const Value& stage : stages.array()) {
    if (out.size() > 1) out += ",";
    out += stage.is(Type::object) ? fields(stage.object(), stage_spec) : mask;
  }
  return out + "]";
}

std::string change(const Value& v) {
  if (v.is(Type::array)) return pipeline(v);
  if (!has_operators(v)) return mask;
  return fields(v.object(), [](const Field& op) -> std::string {
    if (!op.value.is(Type::object)) return mask;
    return fields(op.value.object(), [](const Field&) { return mask; });
  });
}

/// One of an update's or a delete's.
std::string write(const Value& v) {
  if (!v.is(Type::object)) return mask;
  std::string out = filter(v.object().get("q"));
  if (v.object().has("u")) out += " set " + change(v.object().get("u"));
  if (v.object().get("multi").is(Type::boolean) && v.object().get("multi").boolean()) {
    out += " multi";
  }
  return out;
}

/// The key of an index, and what it is besides.
std::string index(const Value& v) {
  return v.is(Type::object) ? order(v.object().get("key")) : mask;
}

/// What one argument of a command adds; "" for one that changes no shape.
std::string argument(std::string_view command, const Field& field) {
  const Value& v = field.value;
  const std::string_view name = field.name;
  if (is_one_of(name, {"filter", "query"})) {
    const bool everything = v.is(Type::object) && v.object().empty();
    return everything ? "" : " " + filter(v);
  }
  if (name == "sort" && v.is(Type::object)) {
    return v.object().empty() ? "" : " sort " + order(v);
  }
  if (is_one_of(name, {"projection", "fields"})) return " project " + expression(v);
  if (is_one_of(name, {"skip", "limit"})) return " " + field.name + " ?";
  if (name == "key" && command == "distinct" && v.is(Type::string))
    return " of " + quoted(v.text());
  if (name == "pipeline") return " " + pipeline(v);
  if (is_one_of(name, {"updates", "deletes"}) && v.is(Type::array)) {
    const std::string all = elements(v.array(), write);
    return " " + all.substr(1, all.size() - 2);
  }
  if (name == "update" && command.starts_with("find")) return " set " + change(v);
  if (is_one_of(name, {"remove", "upsert"}) && v.is(Type::boolean) && v.boolean()) {
    return " " + field.name;
  }
  if (name == "indexes" && v.is(Type::array)) return " " + elements(v.array(), index);
  if (name == "explain" && v.is(Type::object)) return " " + shape_of(v.object());
  return "";
}

}  // namespace

std::string collection_of(const Object& command) {
  if (command.empty()) return "";
  const Value& first = command.front().value;
  if (first.is(Type::object)) return collection_of(first.object());  // explain
  if (command.front().name == "getMore") {
    const Value& name = command.get("collection");
    return name.is(Type::string) ? name.text() : "";
  }
  if (command.front().name == "renameCollection" || !first.is(Type::string)) return "";
  return first.text();
}

std::string shape_of(const Object& command) {
  if (command.empty()) return "";
  const std::string& name = command.front().name;
  std::string out = name;
  if (name == "explain") {
    if (command.front().value.is(Type::object)) out += argument(name, command.front());
  } else {
    const std::string collection = collection_of(command);
    if (!collection.empty()) out += " " + collection;
    for (const Field& field : command) {
      if (&field != &command.front()) out += argument(name, field);
      if (out.size() > shape_bytes_max) break;
    }
  }
  if (out.size() <= shape_bytes_max) return out;
  return std::string(base::utf8_prefix(out, shape_bytes_max)) + "...";
}

}  // namespace iacdb::doc
