#include "documents/bson/number.hpp"
#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

Value variable(const Expression& e, const Scope& scope) {
  if (e.variable == "CURRENT") return *scope.current;
  if (e.variable == "ROOT") return *scope.root;
  for (const Binding* b = scope.bindings; b != nullptr; b = b->outer) {
    if (b->name == e.variable) return *b->value;
  }
  if (e.variable == "NOW") return scope.environment->now;
  if (e.variable == "CLUSTER_TIME") return scope.environment->cluster_time;
  if (e.variable == "DESCEND" || e.variable == "PRUNE" || e.variable == "KEEP") {
    return Value(e.variable);
  }
  return Value();  // $$REMOVE
}

}  // namespace

const Expression* Expression::named(std::string_view wanted) const noexcept {
  for (const Named& field_of : fields) {
    if (field_of.name == wanted) return field_of.value.get();
  }
  return nullptr;
}

bool truthy(const Value& value) noexcept {
  switch (value.type()) {
    case Type::missing:
    case Type::null:
    case Type::undefined:
      return false;
    case Type::boolean:
      return value.boolean();
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      return number_is_nan(value) || compare_numbers(value, Value(std::int32_t{0})) != 0;
    default:
      return true;
  }
}

Value value_at(const Value& from, const std::vector<std::string>& path, std::size_t start) {
  if (start == path.size()) return from;
  if (from.is(Type::object)) {
    const Value* found = from.object().find(path[start]);
    return found != nullptr ? value_at(*found, path, start + 1) : Value();
  }
  if (from.is(Type::array)) {
    Array out;
    for (const Value& element : from.array()) {
      if (!element.is(Type::object)) continue;  // Nor are arrays inside arrays looked into.
      Value inner = value_at(element, path, start);
      if (!inner.missing()) out.push_back(std::move(inner));
    }
    return Value(std::move(out));
  }
  return Value();
}

Value evaluate(const Expression& e, const Scope& scope) {
  switch (e.kind) {
    case Expression::literal:
      return e.value;
    case Expression::field:
      return value_at(variable(e, scope), e.path);
    case Expression::object: {
      Object out;
      for (const auto& field : e.fields) {
        Value v = evaluate(*field.value, scope);
        if (!v.missing()) out.add(field.name, std::move(v));
      }
      return Value(std::move(out));
    }
    case Expression::array: {
      Array out;
      for (const auto& element : e.arguments) {
        Value v = evaluate(*element, scope);
        out.push_back(v.missing() ? Value(nullptr) : std::move(v));
      }
      return Value(std::move(out));
    }
    case Expression::call:
      return e.op->evaluate(e, scope);
  }
  return Value();
}

}  // namespace iacdb::doc
