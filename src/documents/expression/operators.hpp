#pragma once
// What the files of operators share: their tables, their arguments, and common checks.

#include <span>

#include "documents/errors.hpp"
#include "documents/expression/expression.hpp"

namespace iacdb::doc {

std::span<const Operator> arithmetic_operators();
std::span<const Operator> math_operators();
std::span<const Operator> array_operators();
std::span<const Operator> array_shape_operators();
std::span<const Operator> logic_operators();
std::span<const Operator> variable_operators();
std::span<const Operator> string_operators();
std::span<const Operator> string_search_operators();
std::span<const Operator> set_operators();
std::span<const Operator> object_operators();
std::span<const Operator> date_operators();
std::span<const Operator> date_part_operators();
std::span<const Operator> date_text_operators();
std::span<const Operator> type_operators();
std::span<const Operator> accumulating_operators();

/// The i-th argument's value.
inline Value argument(const Expression& call, std::size_t i, const Scope& scope) {
  return evaluate(*call.arguments[i], scope);
}
/// A named argument's value; missing when it was not given.
inline Value named(const Expression& call, std::string_view name, const Scope& scope) {
  const Expression* e = call.named(name);
  return e != nullptr ? evaluate(*e, scope) : Value();
}
/// The type's name as error messages have it.
inline std::string type_of(const Value& v) {
  return std::string(type_name(v.type()));
}
inline std::string op_name(const Expression& call) {
  return std::string(call.op->name);
}
/// A call of arguments, parsed as written: a list, or a single one.
void parse_arguments(const Value& spec, const VariableNames& variables, Expression& call);
/// A call whose arguments are named.
void parse_named(const Value& spec, const VariableNames& variables, Expression& call);
/// An int32 of an argument. Throws: Failure with that code.
std::int64_t int_argument(const Value& v, int code, const std::string& message);

}  // namespace iacdb::doc
