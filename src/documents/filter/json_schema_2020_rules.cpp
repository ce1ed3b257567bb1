// What the keywords of draft 2020-12 say of a value, and why it does not fulfil them.

#include <algorithm>
#include <cmath>

#include "documents/bson/compare.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/filter/json_schema_2020.hpp"

namespace iacdb::doc::draft2020 {
namespace {

// --- values ---

/// Numbers by their value, objects in any order of their keys.
bool same(const Value& a, const Value& b) {
  if (a.is(Type::object) && b.is(Type::object)) {
    return a.object().size() == b.object().size() &&
           std::all_of(a.object().begin(), a.object().end(), [&](const Field& field) {
             const Value* other = b.object().find(field.name);
             return other != nullptr && same(field.value, *other);
           });
  }
  if (a.is(Type::array) && b.is(Type::array)) {
    return std::equal(a.array().begin(), a.array().end(), b.array().begin(), b.array().end(), same);
  }
  return a.is_number() == b.is_number() && equal(a, b);
}

bool is_integer(const Value& v) {
  if (v.is(Type::real)) return std::isfinite(v.real()) && v.real() == std::trunc(v.real());
  if (v.is(Type::decimal)) {
    return is_zero(decimal_modulo(v.decimal(), to_decimal(Value(std::int32_t{1}))));
  }
  return v.is_number();
}

const SchemaRule* sibling(const SchemaRule& rule, std::string_view keyword) {
  for (const auto& other : rule.owner->rules) {
    if (other->keyword == keyword) return other.get();
  }
  return nullptr;
}

Value number_of(std::size_t n) {
  return Value(static_cast<std::int32_t>(n));
}

void say(Object& out, const SchemaRule& rule, const char* reason, const Value& considered) {
  out.add("specifiedAs", Value(Object{{rule.keyword, rule.spec}}));
  out.add("reason", Value(reason));
  out.add("consideredValue", considered);
}

}  // namespace

// --- rules ---

namespace {
/// A schema may lead to itself; not without end.
constexpr int nesting_max = 1000;
thread_local int nesting = 0;
}  // namespace

Nested::Nested() {
  if (++nesting <= nesting_max) return;
  --nesting;
  fail(Code::bad_value, "the schema refers to itself without end, or is nested too deeply");
}
Nested::~Nested() {
  --nesting;
}

bool type_holds(const SchemaRule& rule, const Value& v) {
  const auto is_of = [&](const Value& name) {
    if (name.text() == "integer") return is_integer(v);
    return name.text() == "number" && v.is_number();
  };
  const bool by_name = rule.spec.is(Type::array)
                           ? std::any_of(rule.spec.array().begin(), rule.spec.array().end(), is_of)
                           : is_of(rule.spec);
  return by_name || std::find(rule.types.begin(), rule.types.end(), v.type()) != rule.types.end();
}

bool never(const SchemaRule&, const Value&) {
  return false;
}
void explain_never(const SchemaRule&, const Value& v, Object& out) {
  out.add("reason", Value("the schema is false"));
  out.add("consideredValue", v);
}

bool const_holds(const SchemaRule& rule, const Value& v) {
  return same(rule.spec, v);
}
void explain_const(const SchemaRule& rule, const Value& v, Object& out) {
  say(out, rule, "value was not the constant", v);
}

bool enum_holds(const SchemaRule& rule, const Value& v) {
  const Array& values = rule.spec.array();
  return std::any_of(values.begin(), values.end(), [&](const Value& w) { return same(v, w); });
}

bool unique_holds(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::array) || !rule.spec.boolean()) return true;
  const Array& elements = v.array();
  for (auto it = elements.begin(); it != elements.end(); ++it) {
    if (std::any_of(elements.begin(), it, [&](const Value& w) { return same(*it, w); })) {
      return false;
    }
  }
  return true;
}
void explain_unique(const SchemaRule& rule, const Value& v, Object& out) {
  say(out, rule, "found a duplicate item", v);
}

bool limit_holds(const SchemaRule& rule, const Value& v) {
  if (!v.is_number()) return true;
  const auto order = compare_numbers(v, rule.spec);
  if (rule.keyword == "minimum") return order >= 0;
  if (rule.keyword == "maximum") return order <= 0;
  return rule.keyword == "exclusiveMinimum" ? order > 0 : order < 0;
}
void explain_limit(const SchemaRule& rule, const Value& v, Object& out) {
  say(out, rule, "comparison failed", v);
}

// Arrays: prefixItems first, items for the rest.

bool prefix_holds(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::array)) return true;
  const std::size_t n = std::min(v.array().size(), rule.schemas.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (!satisfies(*rule.schemas[i], v.array()[i])) return false;
  }
  return true;
}
void explain_prefix(const SchemaRule& rule, const Value& v, Object& out) {
  Array details;
  const std::size_t n = std::min(v.array().size(), rule.schemas.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (satisfies(*rule.schemas[i], v.array()[i])) continue;
    details.push_back(Value(Object{{"itemIndex", number_of(i)},
                                   {"details", Value(explain(*rule.schemas[i], v.array()[i]))}}));
  }
  out.add("details", Value(std::move(details)));
}

namespace {
std::size_t first_item(const SchemaRule& rule) {
  const SchemaRule* prefix = sibling(rule, "prefixItems");
  return prefix == nullptr ? 0 : prefix->schemas.size();
}
}  // namespace
bool items_hold(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::array)) return true;
  for (std::size_t i = first_item(rule); i < v.array().size(); ++i) {
    if (!satisfies(*rule.schemas[0], v.array()[i])) return false;
  }
  return true;
}
void explain_items(const SchemaRule& rule, const Value& v, Object& out) {
  for (std::size_t i = first_item(rule); i < v.array().size(); ++i) {
    if (satisfies(*rule.schemas[0], v.array()[i])) continue;
    out.add("reason", Value("At least one item did not match the sub-schema"));
    out.add("itemIndex", number_of(i));
    out.add("details", Value(explain(*rule.schemas[0], v.array()[i])));
    return;
  }
}

namespace {
std::int64_t count_of(const SchemaRule* rule, std::int64_t otherwise) {
  return rule == nullptr ? otherwise : *exact_int64(rule->spec);
}
std::int64_t contained(const SchemaRule& rule, const Value& v) {
  return std::count_if(v.array().begin(), v.array().end(),
                       [&](const Value& e) { return satisfies(*rule.schemas[0], e); });
}
}  // namespace
bool contains_holds(const SchemaRule& rule, const Value& v) {
  if (!v.is(Type::array)) return true;
  const std::int64_t n = contained(rule, v);
  return n >= count_of(sibling(rule, "minContains"), 1) &&
         n <= count_of(sibling(rule, "maxContains"), INT64_MAX);
}
void explain_contains(const SchemaRule& rule, const Value& v, Object& out) {
  out.add("reason", Value("the array contains too few or too many matching items"));
  out.add("numberOfItems", narrowest(contained(rule, v)));
}

// Objects.

bool names_hold(const SchemaRule& rule, const Value& v) {
  return !v.is(Type::object) ||
         std::all_of(v.object().begin(), v.object().end(), [&](const Field& field) {
           return satisfies(*rule.schemas[0], Value(field.name));
         });
}
void explain_names(const SchemaRule& rule, const Value& v, Object& out) {
  for (const Field& field : v.object()) {
    if (satisfies(*rule.schemas[0], Value(field.name))) continue;
    out.add("failingProperty", Value(field.name));
    out.add("details", Value(explain(*rule.schemas[0], Value(field.name))));
    return;
  }
}

// In place: the same value, another schema.

namespace {
const Schema* branch(const SchemaRule& rule, const Value& v) {
  const SchemaRule* then = sibling(rule, satisfies(*rule.schemas[0], v) ? "then" : "else");
  return then == nullptr ? nullptr : then->schemas[0].get();
}
}  // namespace
bool if_holds(const SchemaRule& rule, const Value& v) {
  const Schema* schema = branch(rule, v);
  return schema == nullptr || satisfies(*schema, v);
}
void explain_if(const SchemaRule& rule, const Value& v, Object& out) {
  out.add("details", Value(explain(*branch(rule, v), v)));
}

bool reference_holds(const SchemaRule& rule, const Value& v) {
  const Nested nested;
  return satisfies(*rule.target, v);
}
void explain_reference(const SchemaRule& rule, const Value& v, Object& out) {
  out.add("specifiedAs", Value(Object{{rule.keyword, rule.spec}}));
  out.add("details", Value(explain(*rule.target, v)));
}

bool always(const SchemaRule&, const Value&) {
  return true;
}

}  // namespace iacdb::doc::draft2020
