#include <algorithm>
#include <array>
#include <set>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/update/update.hpp"

namespace iacdb::doc {
namespace {

struct Entry {
  std::string_view name;
  UpdateOperator op;
};
constexpr std::array entries = {
    Entry{"$set", UpdateOperator::set},
    Entry{"$setOnInsert", UpdateOperator::set_on_insert},
    Entry{"$unset", UpdateOperator::unset},
    Entry{"$inc", UpdateOperator::inc},
    Entry{"$mul", UpdateOperator::mul},
    Entry{"$min", UpdateOperator::min},
    Entry{"$max", UpdateOperator::max},
    Entry{"$rename", UpdateOperator::rename},
    Entry{"$currentDate", UpdateOperator::current_date},
    Entry{"$bit", UpdateOperator::bit},
    Entry{"$push", UpdateOperator::push},
    Entry{"$addToSet", UpdateOperator::add_to_set},
    Entry{"$pop", UpdateOperator::pop},
    Entry{"$pull", UpdateOperator::pull},
    Entry{"$pullAll", UpdateOperator::pull_all},
};

std::string shown(const std::string& path, const Value& v) {
  return "{" + path + ": " + print_json(v) + "}";
}

void need_number(const UpdateOperation& op, std::string_view verb) {
  if (op.value.is_number()) return;
  fail(Code::type_mismatch,
       "Cannot " + std::string(verb) + " with non-numeric argument: " + shown(op.path, op.value));
}

void parse_rename(UpdateOperation& op) {
  if (!op.value.is(Type::string)) {
    fail(Code::bad_value,
         "The 'to' field for $rename must be a string: " + op.path + ": " + print_json(op.value));
  }
  const std::string& to = op.value.text();
  if (to == op.path) {
    fail(Code::bad_value,
         "The source and target field for $rename must differ: " + op.path + ": \"" + to + "\"");
  }
  if (to.starts_with(op.path + ".") || op.path.starts_with(to + ".")) {
    fail(Code::bad_value, "The source and target field for $rename must not be on the same path: " +
                              op.path + ": \"" + to + "\"");
  }
  for (const std::string& part : split_path(op.path)) {
    if (part.starts_with('$')) {
      fail(Code::bad_value, "The source field for $rename may not be dynamic: " + op.path);
    }
  }
  for (const std::string& part : split_path(to)) {
    if (part.starts_with('$')) {
      fail(Code::bad_value, "The destination field for $rename may not be dynamic: " + to);
    }
    if (part.empty()) {
      fail(Code::empty_field_name, "The update path '" + to +
                                       "' contains an empty field name, "
                                       "which is not allowed.");
    }
  }
}

void parse_current_date(const UpdateOperation& op) {
  const Value& v = op.value;
  if (v.is(Type::boolean)) return;
  if (v.is(Type::object) && v.object().size() == 1 && v.object().front().name == "$type" &&
      v.object().front().value.is(Type::string)) {
    const std::string& type = v.object().front().value.text();
    if (type == "date" || type == "timestamp") return;
    fail(Code::bad_value,
         "The '$type' string field is required to be 'date' or 'timestamp': "
         "{$currentDate: {field : {$type: 'date'}}}");
  }
  if (v.is(Type::object)) {
    for (const Field& field : v.object()) {
      if (field.name != "$type") {
        fail(Code::bad_value, "Unrecognized $currentDate option: " + field.name);
      }
    }
  }
  fail(Code::bad_value, std::string(type_name(v.type())) +
                            " is not valid type for $currentDate. Please use a boolean ('true') "
                            "or a $type expression ({$type: 'timestamp/date'}).");
}

void parse_bit(UpdateOperation& op) {
  if (!op.value.is(Type::object)) {
    fail(Code::bad_value,
         "The $bit modifier is not compatible with a " + std::string(type_name(op.value.type())) +
             ". You must pass in an embedded document: {$bit: {field: {and/or/xor: "
             "#}}");
  }
  if (op.value.object().empty()) {
    fail(Code::bad_value,
         "You must pass in at least one bitwise operation. The format is: {$bit: "
         "{field: {and/or/xor: #}}");
  }
  for (const Field& field : op.value.object()) {
    if (field.name != "and" && field.name != "or" && field.name != "xor") {
      fail(Code::bad_value, "The $bit modifier only supports 'and', 'or', and 'xor', not '" +
                                field.name + "' which is an unknown operator: {" + field.name +
                                ": " + print_json(field.value) + "}");
    }
    if (!field.value.is(Type::int32) && !field.value.is(Type::int64)) {
      fail(Code::bad_value, "The $bit modifier field must be an Integer(32/64 bit); a '" +
                                std::string(type_name(field.value.type())) +
                                "' is not supported here: {" + field.name + ": " +
                                print_json(field.value) + "}");
    }
  }
}

const Array& each_of(const Object& spec, std::string_view op) {
  const Value& each = spec.get("$each");
  if (!each.is(Type::array)) {
    fail(op == "$push" ? Code::bad_value : Code::type_mismatch,
         "The argument to $each in " + std::string(op) +
             " must be an array but it was of type: " + std::string(type_name(each.type())));
  }
  return each.array();
}

void parse_push_sort(UpdateOperation& op, const Value& v) {
  op.sorts = true;
  if (v.is_number()) {
    const auto direction = exact_int64(v);
    if (direction != 1 && direction != -1) {
      fail(Code::bad_value, "The $sort element value must be either 1 or -1");
    }
    op.element_direction = static_cast<int>(*direction);
    return;
  }
  if (!v.is(Type::object)) {
    fail(Code::bad_value,
         "The $sort is invalid: use 1/-1 to sort the whole element, or "
         "{field:1/-1} to sort embedded fields");
  }
  if (v.object().empty()) {
    fail(Code::bad_value, "The $sort pattern is empty when it should be a set of fields.");
  }
  for (const Field& field : v.object()) {
    const auto direction = field.value.is_number() ? exact_int64(field.value) : std::nullopt;
    if (direction != 1 && direction != -1) {
      fail(Code::bad_value, "The $sort element value must be either 1 or -1");
    }
    for (const std::string& part : split_path(field.name)) {
      if (part.empty()) {
        fail(Code::bad_value,
             "The $sort field is a dotted field but has an empty part: " + field.name);
      }
    }
  }
  op.sort = parse_sort(v.object());
}

void parse_push(UpdateOperation& op) {
  const bool modified = op.value.is(Type::object) && op.value.object().has("$each");
  if (!modified) {
    op.elements.push_back(op.value);
    return;
  }
  op.elements = each_of(op.value.object(), "$push");
  for (const Field& field : op.value.object()) {
    if (field.name == "$each") continue;
    if (field.name == "$sort") {
      parse_push_sort(op, field.value);
      continue;
    }
    if (field.name != "$position" && field.name != "$slice") {
      fail(Code::bad_value, "Unrecognized clause in $push: " + field.name);
    }
    const auto n = field.value.is_number() ? exact_int64(field.value) : std::nullopt;
    if (!n) {
      fail(Code::bad_value, "The value for " + field.name +
                                " must be an integer value but was given type: " +
                                std::string(type_name(field.value.type())));
    }
    (field.name == "$position" ? op.position : op.slice) = *n;
  }
}

void parse_add_to_set(UpdateOperation& op) {
  const bool modified = op.value.is(Type::object) && !op.value.object().empty() &&
                        op.value.object().front().name == "$each";
  if (!modified) {
    op.elements.push_back(op.value);
    return;
  }
  op.elements = each_of(op.value.object(), "$addToSet");
  if (op.value.object().size() > 1) {
    fail(Code::bad_value,
         "Found unexpected fields after $each in $addToSet: " + print_json(op.value));
  }
}

void parse_pop(const UpdateOperation& op) {
  if (!op.value.is_number()) {
    fail(Code::failed_to_parse, "Expected a number in: " + op.path + ": " + print_json(op.value));
  }
  const auto n = exact_int64(op.value);
  if (n != 1 && n != -1) {
    fail(Code::failed_to_parse, "$pop expects 1 or -1, found: " + print_number(op.value));
  }
}

void parse_pull_all(UpdateOperation& op) {
  if (!op.value.is(Type::array)) {
    fail(Code::bad_value, "$pullAll requires an array argument but was given a " +
                              std::string(type_name(op.value.type())));
  }
  op.elements = op.value.array();
}

void parse_operand(UpdateOperation& op) {
  switch (op.op) {
    case UpdateOperator::inc:
      return need_number(op, "increment");
    case UpdateOperator::mul:
      return need_number(op, "multiply");
    case UpdateOperator::rename:
      return parse_rename(op);
    case UpdateOperator::current_date:
      return parse_current_date(op);
    case UpdateOperator::bit:
      return parse_bit(op);
    case UpdateOperator::push:
      return parse_push(op);
    case UpdateOperator::add_to_set:
      return parse_add_to_set(op);
    case UpdateOperator::pop:
      return parse_pop(op);
    case UpdateOperator::pull:
      op.condition = parse_element_filter(op.value);
      return;
    case UpdateOperator::pull_all:
      return parse_pull_all(op);
    default:
      return;
  }
}

void check_path(const UpdateOperation& op) {
  if (op.path.empty()) {
    fail(Code::empty_field_name, "An empty update path is not valid.");
  }
  for (std::size_t i = 0; i < op.parts.size(); ++i) {
    const std::string& part = op.parts[i];
    if (part.empty()) {
      fail(Code::empty_field_name,
           "The update path '" + op.path + "' contains an empty field name, which is not allowed.");
    }
    if (i == 0 && is_positional(part)) {
      fail(Code::bad_value,
           "Cannot have positional (i.e. '$') element in the first position in "
           "path '" +
               op.path + "'");
    }
  }
}

/// Two operators may not touch one path, nor one inside the other.
class Conflicts {
 public:
  void add(const std::string& path) {
    for (const std::string& other : paths_) {
      if (other == path || other.starts_with(path + ".") || path.starts_with(other + ".")) {
        const std::string& shorter = other.size() < path.size() ? other : path;
        fail(Code::conflicting_update_operators,
             "Updating the path '" + path + "' would create a conflict at '" + shorter + "'");
      }
    }
    paths_.push_back(path);
  }

 private:
  std::vector<std::string> paths_;
};

bool numeric_name(const std::string& part) {
  return is_index(part);
}

/// The order in which MongoDB applies operators, and so adds fields: by name, numbers by value.
bool applied_before(const UpdateOperation& a, const UpdateOperation& b) {
  const auto target = [](const UpdateOperation& op) {
    return op.op == UpdateOperator::rename ? split_path(op.value.text()) : op.parts;
  };
  const auto x = target(a);
  const auto y = target(b);
  return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(),
                                      [](const std::string& p, const std::string& q) {
                                        if (numeric_name(p) && numeric_name(q))
                                          return index_of(p) < index_of(q);
                                        return p < q;
                                      });
}

void parse_operators(const Object& spec, Update& out) {
  Conflicts conflicts;
  for (const Field& group : spec) {
    const auto* entry = std::find_if(entries.begin(), entries.end(),
                                     [&](const Entry& e) { return e.name == group.name; });
    if (entry == entries.end()) {
      fail(Code::failed_to_parse, "Unknown modifier: " + group.name +
                                      ". Expected a valid update modifier or pipeline-style update "
                                      "specified as an array");
    }
    if (!group.value.is(Type::object)) {
      fail(Code::failed_to_parse, "Modifiers operate on fields but we found type " +
                                      std::string(type_name(group.value.type())) +
                                      " instead. For example: {$mod: {<field>: ...}} not {" +
                                      group.name + ": " + print_json(group.value) + "}");
    }
    for (const Field& field : group.value.object()) {
      UpdateOperation op;
      op.op = entry->op;
      op.path = field.name;
      op.parts = split_path(field.name);
      op.value = field.value;
      check_path(op);
      parse_operand(op);
      conflicts.add(op.path);
      if (op.op == UpdateOperator::rename) conflicts.add(op.value.text());
      out.operations.push_back(std::move(op));
    }
  }
  std::stable_sort(out.operations.begin(), out.operations.end(), applied_before);
}

/// The identifier that an array filter is about: the first part of all its paths.
void filter_name(const Object& spec, std::string& name, const Object& whole) {
  for (const Field& field : spec) {
    if (field.name == "$and" || field.name == "$or" || field.name == "$nor") {
      if (!field.value.is(Type::array)) continue;
      for (const Value& v : field.value.array()) {
        if (v.is(Type::object)) filter_name(v.object(), name, whole);
      }
      continue;
    }
    const std::string first = split_path(field.name)[0];
    if (name.empty()) name = first;
    if (name != first) {
      fail(Code::failed_to_parse,
           "Error parsing array filter :: caused by :: Expected a single "
           "top-level field name, found '" +
               name + "' and '" + first + "'");
    }
  }
}

void parse_array_filters(const Array& filters, Update& out) {
  for (const Value& v : filters) {
    if (!v.is(Type::object)) fail(Code::type_mismatch, "arrayFilters must be objects");
    std::string name;
    filter_name(v.object(), name, v.object());
    if (name.empty()) {
      fail(Code::failed_to_parse,
           "Cannot use an expression without a top-level field name in "
           "arrayFilters");
    }
    const bool valid = std::islower(static_cast<unsigned char>(name[0])) != 0 &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) != 0;
                       });
    if (!valid) {
      fail(Code::bad_value,
           "Error parsing array filter :: caused by :: The top-level field name "
           "must be an alphanumeric string beginning with a lowercase letter, "
           "found '" +
               name + "'");
    }
    if (!out.array_filters.emplace(name, parse_filter(v.object())).second) {
      fail(Code::failed_to_parse,
           "Found multiple array filters with the same top-level field name " + name);
    }
  }
}

void check_array_filters(const Update& update) {
  std::set<std::string> used;
  for (const UpdateOperation& op : update.operations) {
    for (const std::string& part : op.parts) {
      if (!is_positional(part) || part == "$" || part == "$[]") continue;
      const std::string name = part.substr(2, part.size() - 3);
      if (update.array_filters.find(name) == update.array_filters.end()) {
        fail(Code::bad_value,
             "No array filter found for identifier '" + name + "' in path '" + op.path + "'");
      }
      used.insert(name);
    }
  }
  for (const auto& entry : update.array_filters) {
    if (used.count(entry.first) == 0) {
      fail(Code::failed_to_parse,
           "The array filter for identifier '" + entry.first + "' was not used in the update");
    }
  }
}

}  // namespace

bool is_positional(std::string_view part) {
  return part == "$" || (part.starts_with("$[") && part.ends_with(']'));
}

Update parse_update(const Value& spec, const Array& array_filters, const VariableNames& variables) {
  Update out;
  parse_array_filters(array_filters, out);
  if (spec.is(Type::array)) {
    out.kind = Update::pipeline;
    if (!array_filters.empty()) {
      fail(Code::failed_to_parse, "arrayFilters may not be specified for pipeline-syle updates");
    }
    out.stages = parse_update_pipeline(spec.array(), variables);
    return out;
  }
  if (!spec.is(Type::object)) {
    fail(Code::failed_to_parse, "Update argument must be either an object or an array");
  }
  const Object& object = spec.object();
  if (!object.empty() && object.front().name.starts_with('$')) {
    parse_operators(object, out);
    check_array_filters(out);
    return out;
  }
  out.kind = Update::replacement;
  for (const Field& field : object) {
    if (field.name.starts_with('$')) {
      fail(Code::dollar_prefixed_field_name,
           "The dollar ($) prefixed field '" + field.name + "' in '" + field.name +
               "' is not allowed in the context of an update's replacement document. Consider "
               "using an aggregation pipeline with $replaceWith.");
    }
  }
  if (!array_filters.empty()) {
    fail(Code::failed_to_parse, "arrayFilters may not be specified for replacement updates");
  }
  out.document = object;
  return out;
}

}  // namespace iacdb::doc
