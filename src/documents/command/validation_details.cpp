#include "documents/command/validation_details.hpp"

#include <algorithm>
#include <set>

#include "documents/errors.hpp"
#include "documents/filter/json_schema.hpp"
#include "documents/filter/parser.hpp"
#include "documents/filter/path_walk.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t considered_max = 10;  // As MongoDB's server has it by default.

/// What an operator on a path says of a value that it refuses, or, within $not and $nor, accepts.
struct Leaf {
  std::string_view op;
  const char* refused;
  const char* accepted;
  bool whole_array = false;   ///< It looks at an array as such.
  std::vector<Type> types{};  ///< Empty: of any type.
};

const std::vector<Type>& numbers() {
  static const std::vector<Type> list{Type::real, Type::int32, Type::int64, Type::decimal};
  return list;
}

// tidy: table, one line an operator
const Leaf& leaf_of(std::string_view op) {
  static const std::vector<Type> texts{Type::string, Type::regex, Type::symbol};
  static const std::vector<Type> bits{Type::real, Type::binary, Type::int32, Type::int64,
                                      Type::decimal};
  static const char* const bits_refused = "bitwise operator failed to match";
  static const char* const bits_accepted = "bitwise operator matched successfully";
  static const char* const element_refused = "array did not satisfy the child predicate";
  static const std::vector<Leaf> leaves = {
      {"$exists", "path does not exist", "path does exist", true},
      {"$in", "no matching value found in array", "matching value found in array"},
      {"$nin", "no matching value found in array", "matching value found in array"},
      {"$type", "type did not match", "type did match"},
      {"$regex", "regular expression did not match", "regular expression did match", false, texts},
      {"$mod", "$mod did not evaluate to expected remainder",
       "$mod did evaluate to expected remainder", false, numbers()},
      {"$size",
       "array length was not equal to given size",
       "array length was equal to given size",
       true,
       {Type::array}},
      {"$elemMatch", element_refused, "array did satisfy the child predicate", true, {Type::array}},
      {"$all", "array did not contain all specified values",
       "array did contain all specified values", true},
      {"$bitsAllSet", bits_refused, bits_accepted, false, bits},
      {"$bitsAllClear", bits_refused, bits_accepted, false, bits},
      {"$bitsAnySet", bits_refused, bits_accepted, false, bits},
      {"$bitsAnyClear", bits_refused, bits_accepted, false, bits},
  };
  static const Leaf comparison{"", "comparison failed", "comparison succeeded"};
  const auto it =
      std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.op == op; });
  return it == leaves.end() ? comparison : *it;
}

/// The conditions of a filter, one by one: {a: {$gt: 1, $lt: 5}} is two.
std::vector<Field> clauses_of(const Object& spec) {
  std::vector<Field> out;
  for (const Field& field : spec) {
    if (field.name == "$comment") continue;
    if (field.name.starts_with('$') || !is_operators(field.value)) {
      out.push_back(field);
      continue;
    }
    for (const Field& op : field.value.object()) {
      if (op.name == "$options") continue;
      Object one{op};
      if (op.name == "$regex" && field.value.object().has("$options")) {
        one.add("$options", field.value.object().get("$options"));
      }
      out.push_back({field.name, Value(std::move(one))});
    }
  }
  return out;
}

void add_types(Object& out, const char* one, const char* several,
               const std::set<std::string>& names) {
  if (names.size() == 1) {
    out.add(one, Value(*names.begin()));
  } else {
    out.add(several, Value(Array(names.begin(), names.end())));
  }
}

class Explainer {
 public:
  Explainer(const Value& document, const Environment& environment)
      : document_(document), environment_(environment) {}

  Value spec(const Object& spec, bool accepted) const {
    const std::vector<Field> clauses = clauses_of(spec);
    if (clauses.empty()) return Value(Object());
    if (clauses.size() == 1) return clause(clauses[0], accepted);
    std::vector<Object> parts;
    for (const Field& one : clauses) parts.push_back(Object{one});
    return several("$and", parts, accepted);
  }

 private:
  bool holds(const Object& spec) const {
    return matches(*parse_filter(spec), document_, {.environment = &environment_});
  }

  /// Those clauses that are the reason. A $nor refuses because a clause is fulfilled.
  Value several(const std::string& name, const std::vector<Object>& parts, bool accepted) const {
    const bool inner = name == "$nor" ? !accepted : accepted;
    Array list;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (holds(parts[i]) != inner) continue;
      list.push_back(Value(Object{{"index", Value(static_cast<std::int32_t>(i))},
                                  {"details", spec(parts[i], inner)}}));
    }
    return Value(
        Object{{"operatorName", Value(name)},
               {accepted ? "clausesSatisfied" : "clausesNotSatisfied", Value(std::move(list))}});
  }

  Value clause(const Field& one, bool accepted) const {
    if (one.name == "$and" || one.name == "$or" || one.name == "$nor") {
      std::vector<Object> parts;
      for (const Value& part : one.value.array()) parts.push_back(part.object());
      return several(one.name, parts, accepted);
    }
    if (one.name == "$jsonSchema") return schema(one.value.object(), accepted);
    if (one.name == "$expr") return expression(one, accepted);
    if (one.name.starts_with('$')) {
      return Value(Object{{"operatorName", Value(one.name)},
                          {"specifiedAs", Value(Object{one})},
                          {"reason", Value(accepted ? "expression always evaluates to true"
                                                    : "expression always evaluates to false")}});
    }
    return at_path(one, accepted);
  }

  Value schema(const Object& spec, bool accepted) const {
    Object out{{"operatorName", Value("$jsonSchema")}};
    const SchemaPtr schema = parse_schema(spec);
    if (accepted) {
      out.add("reason", Value("schema matched"));
    } else {
      for (const Field& note : schema->notes) out.add(note.name, note.value);
      out.add("schemaRulesNotSatisfied", Value(explain(*schema, document_)));
    }
    return Value(std::move(out));
  }

  Value expression(const Field& one, bool accepted) const {
    Object out{{"operatorName", Value("$expr")}, {"specifiedAs", Value(Object{one})}};
    try {
      const Value result =
          evaluate(*parse_expression(one.value), Scope::of(document_, environment_, nullptr));
      out.add("reason", Value(accepted ? "expression did match" : "expression did not match"));
      out.add("expressionResult", result);
    } catch (const Failure& failure) {
      out.add("reason", Value("failed to evaluate aggregation expression"));
      out.add("details", Value(Object{{"code", Value(std::int32_t{failure.code()})},
                                      {"codeName", Value(code_name(failure.code()))},
                                      {"errmsg", Value(failure.what())}}));
    }
    return Value(std::move(out));
  }

  Value at_path(const Field& one, bool accepted) const {
    std::string op = one.value.is(Type::regex) ? "$regex" : "$eq";
    if (is_operators(one.value)) {
      const Field& first = one.value.object().front();
      op = first.name;
      if (op == "$not") {
        return Value(Object{{"operatorName", Value(op)},
                            {"details", spec(Object{{one.name, first.value}}, !accepted)}});
      }
      // $ne refuses what $eq accepts.
      if (op == "$ne" || op == "$nin" || (op == "$exists" && !truthy(first.value))) {
        accepted = !accepted;
      }
    }
    const Leaf& leaf = leaf_of(op);
    Object out{{"operatorName", Value(op)}, {"specifiedAs", Value(Object{one})}};
    bool present = false;
    const Array values = considered(one.name, leaf.whole_array, present);
    const auto fits = [&](const Value& v) {
      return std::find(leaf.types.begin(), leaf.types.end(), v.type()) != leaf.types.end();
    };
    const bool of_type = leaf.types.empty() || std::any_of(values.begin(), values.end(), fits);
    if (op == "$exists") {
      out.add("reason", Value(accepted ? leaf.accepted : leaf.refused));
      return Value(std::move(out));
    }
    if (!present) {
      out.add("reason", Value("field was missing"));
      return Value(std::move(out));
    }
    if (!of_type) {
      out.add("reason", Value("type did not match"));
      add_considered_types(out, values);
      std::set<std::string> expected;
      for (const Type type : leaf.types) expected.insert(std::string(type_name(type)));
      add_types(out, "expectedType", "expectedTypes", expected);
    } else {
      out.add("reason", Value(accepted ? leaf.accepted : leaf.refused));
    }
    add_considered(out, values);
    if (op == "$type") add_considered_types(out, values);
    return Value(std::move(out));
  }

  /// What stands at the path; of an array, unless it is looked at as such, its elements.
  Array considered(const std::string& path, bool whole_array, bool& present) const {
    Array out;
    const std::vector<std::string> parts = split_path(path);
    PathWalk{parts, false,
             [&](const Value& v) {
               if (v.missing()) return false;
               present = true;
               if (v.is(Type::array) && !whole_array) {
                 out.insert(out.end(), v.array().begin(), v.array().end());
               } else {
                 out.push_back(v);
               }
               return false;
             }}
        .run(document_);
    return out;
  }

  static void add_considered(Object& out, Array values) {
    if (values.size() == 1) {
      out.add("consideredValue", values[0]);
      return;
    }
    const bool cut = values.size() > considered_max;
    if (cut) values.resize(considered_max);
    out.add("consideredValues", Value(std::move(values)));
    if (cut) out.add("consideredValuesTruncated", Value(true));
  }

  static void add_considered_types(Object& out, const Array& values) {
    std::set<std::string> names;
    for (const Value& v : values) names.insert(std::string(type_name(v.type())));
    if (!names.empty()) add_types(out, "consideredType", "consideredTypes", names);
  }

  const Value& document_;
  const Environment& environment_;
};

// --- one line a rule ---

class RuleNames {
 public:
  void take(const Value& part, const std::string& path) {
    if (part.is(Type::object)) take(part.object(), path);
    if (!part.is(Type::array)) return;
    for (const Value& one : part.array()) take(one, path);
  }
  std::vector<std::string> names{};

 private:
  static std::string below(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  /// A rule, or a part of one: those within it are more exact.
  void take(const Object& part, const std::string& path) {
    std::string at = path;
    for (const char* name : {"propertyName", "failingProperty"}) {
      if (part.has(name)) at = below(path, part.get(name).text());
    }
    const Value& index = part.get("itemIndex");
    if (index.is(Type::int32)) at = below(path, std::to_string(index.int32()));
    const std::size_t before = names.size();
    for (const char* list :
         {"schemaRulesNotSatisfied", "propertiesNotSatisfied", "schemasNotSatisfied",
          "clausesNotSatisfied", "clausesSatisfied", "failingDependencies", "details"}) {
      take(part.get(list), at);
    }
    const Value& missing = part.get("missingProperties");
    if (missing.is(Type::array)) {
      for (const Value& name : missing.array()) {
        names.push_back(below(at, name.text()) + ": required");
      }
    }
    if (names.size() == before && part.has("operatorName")) own(part, at);
  }

  void own(const Object& rule, const std::string& path) {
    std::string at = path;
    const Value& as = rule.get("specifiedAs");
    const std::string& op = rule.get("operatorName").text();
    const bool of_filter = op.starts_with('$') && as.is(Type::object) && !as.object().empty();
    if (of_filter && !as.object().front().name.starts_with('$')) {
      at = below(path, as.object().front().name);
    }
    names.push_back(at.empty() ? op : at + ": " + op);
  }
};

}  // namespace

Value explain_validator(const Object& validator, const Value& document,
                        const Environment& environment) {
  return Explainer(document, environment).spec(validator, false);
}

std::vector<std::string> broken_rules(const Object& err_info) {
  RuleNames rules;
  rules.take(err_info.get("details"), "");
  return std::move(rules.names);
}

}  // namespace iacdb::doc
