// JSON Schema, draft 2020-12, parsed.
// See: https://json-schema.org/draft/2020-12/json-schema-core

#include "documents/filter/json_schema_2020.hpp"

#include <algorithm>
#include <map>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/filter/filter.hpp"
#include "documents/filter/pattern.hpp"

namespace iacdb::doc {
namespace {

using namespace draft2020;

[[noreturn]] void malformed(const std::string& keyword, const std::string& what) {
  fail(Code::failed_to_parse, "the keyword '" + keyword + "' of a JSON Schema " + what);
}

class Parser;
using Parse = void (Parser::*)(SchemaRule&, const std::string&);
struct Keyword {
  std::string_view name;
  Parse parse;
  bool (*holds)(const SchemaRule&, const Value&) = nullptr;
  void (*explains)(const SchemaRule&, const Value&, Object&) = nullptr;
};

/// Schemas by their place, a JSON pointer, so that references find them.
class Parser {
 public:
  SchemaPtr run(const Value& spec) {
    SchemaPtr root = schema(spec, "");
    for (const auto& [rule, target] : references_) {
      const auto it = places_.find(target);
      if (it == places_.end()) malformed(rule->keyword, "refers to no schema: " + target);
      rule->target = it->second;
    }
    return root;
  }

 private:
  SchemaPtr schema(const Value& spec, const std::string& place) {
    const Nested nested;
    auto out = std::make_shared<Schema>();
    places_[place] = out.get();
    if (spec.is(Type::boolean)) {
      if (!spec.boolean()) add(*out, {"false", Value(false)}, never, explain_never);
      return out;
    }
    if (!spec.is(Type::object)) malformed(place, "must be a schema: an object or a boolean");
    for (const Field& field : spec.object()) keyword(*out, field, place);
    for (const char* note : {"title", "description"}) {
      if (spec.object().has(note)) out->notes.add(note, spec.object().get(note));
    }
    return out;
  }

  static SchemaRule& add(Schema& schema, const Field& field, decltype(SchemaRule::holds) holds,
                         decltype(SchemaRule::explains) explains) {
    auto rule = std::make_shared<SchemaRule>();
    rule->keyword = field.name;
    rule->spec = field.value;
    rule->owner = &schema;
    rule->holds = holds;
    rule->explains = explains;
    SchemaRule& out = *rule;
    schema.rules.push_back(std::move(rule));
    return out;
  }

  void keyword(Schema& schema, const Field& field, const std::string& place);

  std::string below(const std::string& place, const std::string& name) const {
    std::string out = place + "/";
    for (const char c : name) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
    return out;
  }

  // One for each form of a keyword's value.

  void one(SchemaRule& rule, const std::string& place) {
    rule.schemas.push_back(schema(rule.spec, place));
  }
  void one_or_bool(SchemaRule& rule, const std::string& place) {
    if (!rule.spec.is(Type::boolean)) one(rule, place);
  }
  void list(SchemaRule& rule, const std::string& place) {
    if (!rule.spec.is(Type::array) || rule.spec.array().empty()) {
      malformed(rule.keyword, "must be a non-empty array");
    }
    for (std::size_t i = 0; i < rule.spec.array().size(); ++i) {
      rule.schemas.push_back(schema(rule.spec.array()[i], below(place, std::to_string(i))));
    }
  }
  void named(SchemaRule& rule, const std::string& place) {
    if (!rule.spec.is(Type::object)) malformed(rule.keyword, "must be an object");
    for (const Field& field : rule.spec.object()) {
      if (rule.keyword == "patternProperties") Pattern check(field.name, "");
      rule.named.emplace_back(field.name, schema(field.value, below(place, field.name)));
    }
  }
  void needed(SchemaRule& rule, const std::string&) {
    if (!rule.spec.is(Type::object)) malformed(rule.keyword, "must be an object");
    for (const Field& field : rule.spec.object()) {
      check_strings(rule.keyword, field.value);
      rule.named.emplace_back(field.name, nullptr);
    }
  }
  void types(SchemaRule& rule, const std::string&) {
    static const std::map<std::string_view, Type> names = {{"object", Type::object},
                                                           {"array", Type::array},
                                                           {"boolean", Type::boolean},
                                                           {"string", Type::string},
                                                           {"null", Type::null}};
    check_strings(rule.keyword, rule.spec.is(Type::array) ? rule.spec : Value(Array{rule.spec}));
    const auto one_name = [&](const Value& name) {
      if (const auto it = names.find(name.text()); it != names.end()) {
        rule.types.push_back(it->second);
      } else if (name.text() != "integer" && name.text() != "number") {
        malformed(rule.keyword, "names no type: " + name.text());
      }
    };
    if (rule.spec.is(Type::array)) {
      std::for_each(rule.spec.array().begin(), rule.spec.array().end(), one_name);
    } else {
      one_name(rule.spec);
    }
  }
  void bson_types(SchemaRule& rule, const std::string&) {
    const Value all = rule.spec.is(Type::array) ? rule.spec : Value(Array{rule.spec});
    check_strings(rule.keyword, all);
    for (const Value& name : all.array()) parse_type_names(name, rule.types, rule.any_number);
  }
  void strings(SchemaRule& rule, const std::string&) { check_strings(rule.keyword, rule.spec); }
  void values(SchemaRule& rule, const std::string&) {
    if (!rule.spec.is(Type::array)) malformed(rule.keyword, "must be an array");
  }
  void any(SchemaRule&, const std::string&) {}
  void flag(SchemaRule& rule, const std::string&) {
    if (!rule.spec.is(Type::boolean)) malformed(rule.keyword, "must be a boolean");
  }
  void text(SchemaRule& rule, const std::string&) {
    if (!rule.spec.is(Type::string)) malformed(rule.keyword, "must be a string");
    if (rule.keyword == "pattern") Pattern check(rule.spec.text(), "");
  }
  void count(SchemaRule& rule, const std::string&) {
    const auto n = rule.spec.is_number() ? exact_int64(rule.spec) : std::nullopt;
    if (!n || *n < 0) malformed(rule.keyword, "must be a non-negative integer");
  }
  void number(SchemaRule& rule, const std::string&) {
    if (!rule.spec.is_number()) malformed(rule.keyword, "must be a number");
    if (rule.keyword == "multipleOf" && to_double(rule.spec) <= 0) {
      malformed(rule.keyword, "must be above 0");
    }
  }
  /// "#", "#/$defs/a" or "#anchor".
  void reference(SchemaRule& rule, const std::string&) {
    if (!rule.spec.is(Type::string)) malformed(rule.keyword, "must be a string");
    if (!rule.spec.text().starts_with('#')) {
      malformed(rule.keyword, "may refer within the schema alone, by #: " + rule.spec.text());
    }
    references_.emplace_back(&rule, decoded(rule.spec.text().substr(1)));
  }
  void anchor(SchemaRule& rule, const std::string& place) {
    text(rule, place);
    places_[rule.spec.text()] = rule.owner;
  }
  void draft(SchemaRule& rule, const std::string&) {
    const std::string known = "https://json-schema.org/draft/2020-12/schema";
    if (!rule.spec.is(Type::string) ||
        (rule.spec.text() != known && rule.spec.text() != known + "#")) {
      malformed(rule.keyword, "must be " + known);
    }
  }
  void name(SchemaRule& rule, const std::string& place) {
    if (place != "/$id") malformed(rule.keyword, "is supported at the root alone");
    text(rule, place);
  }

  static void check_strings(const std::string& keyword, const Value& list) {
    const bool right =
        list.is(Type::array) && std::all_of(list.array().begin(), list.array().end(),
                                            [](const Value& v) { return v.is(Type::string); });
    if (!right) malformed(keyword, "must be an array of strings");
  }
  /// %25 and the like, as in a URI.
  static std::string decoded(const std::string& fragment) {
    std::string out;
    for (std::size_t i = 0; i < fragment.size(); ++i) {
      const auto byte = fragment[i] == '%' && i + 2 < fragment.size()
                            ? from_hex(fragment.substr(i + 1, 2))
                            : std::nullopt;
      out += byte ? *byte : fragment.substr(i, 1);
      if (byte) i += 2;
    }
    return out;
  }

  static const std::vector<Keyword>& keywords();

  std::map<std::string, const Schema*> places_;
  std::vector<std::pair<SchemaRule*, std::string>> references_;
};

// tidy: table, one line a keyword
const std::vector<Keyword>& Parser::keywords() {
  static const std::vector<Keyword> table = {
      {"type", &Parser::types, type_holds},
      {"bsonType", &Parser::bson_types},
      {"enum", &Parser::values, enum_holds},
      {"const", &Parser::any, const_holds, explain_const},
      {"multipleOf", &Parser::number},
      {"minimum", &Parser::number, limit_holds, explain_limit},
      {"maximum", &Parser::number, limit_holds, explain_limit},
      {"exclusiveMinimum", &Parser::number, limit_holds, explain_limit},
      {"exclusiveMaximum", &Parser::number, limit_holds, explain_limit},
      {"minLength", &Parser::count},
      {"maxLength", &Parser::count},
      {"pattern", &Parser::text},
      {"minItems", &Parser::count},
      {"maxItems", &Parser::count},
      {"uniqueItems", &Parser::flag, unique_holds, explain_unique},
      {"prefixItems", &Parser::list, prefix_holds, explain_prefix},
      {"items", &Parser::one, items_hold, explain_items},
      {"contains", &Parser::one, contains_holds, explain_contains},
      {"minContains", &Parser::count, always},
      {"maxContains", &Parser::count, always},
      {"required", &Parser::strings},
      {"minProperties", &Parser::count},
      {"maxProperties", &Parser::count},
      {"properties", &Parser::named},
      {"patternProperties", &Parser::named},
      {"additionalProperties", &Parser::one_or_bool},
      {"propertyNames", &Parser::one, names_hold, explain_names},
      {"dependentRequired", &Parser::needed, dependencies_hold, explain_dependencies},
      {"dependentSchemas", &Parser::named, dependencies_hold, explain_dependencies},
      {"allOf", &Parser::list},
      {"anyOf", &Parser::list},
      {"oneOf", &Parser::list},
      {"not", &Parser::one},
      {"if", &Parser::one, if_holds, explain_if},
      {"then", &Parser::one, always},
      {"else", &Parser::one, always},
      {"$ref", &Parser::reference, reference_holds, explain_reference},
      {"$defs", &Parser::named, always},
      {"definitions", &Parser::named, always},
      {"$anchor", &Parser::anchor, always},
      {"$schema", &Parser::draft, always},
      {"$id", &Parser::name, always},
      {"$comment", &Parser::text, always},
      {"title", &Parser::text, always},
      {"description", &Parser::text, always},
      {"default", &Parser::any, always},
      {"examples", &Parser::values, always},
      {"deprecated", &Parser::flag, always},
      {"readOnly", &Parser::flag, always},
      {"writeOnly", &Parser::flag, always},
  };
  return table;
}

void Parser::keyword(Schema& schema, const Field& field, const std::string& place) {
  const auto it = std::find_if(keywords().begin(), keywords().end(),
                               [&](const Keyword& k) { return k.name == field.name; });
  if (it == keywords().end()) {
    malformed(field.name, "is not supported; see docs/guides/validation-of-documents.md");
  }
  SchemaRule& rule = add(schema, field, it->holds, it->explains);
  (this->*it->parse)(rule, below(place, field.name));
}

}  // namespace

SchemaPtr parse_schema_2020(const Value& spec) {
  return Parser().run(spec);
}

}  // namespace iacdb::doc
