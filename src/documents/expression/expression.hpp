#pragma once
// Aggregation expressions: a tree parsed once from BSON, and its evaluation.
//
//   ExpressionPtr e = parse_expression(parse_json_value(R"({"$add": ["$price", 1]})"), names);
//   Value v = evaluate(*e, Scope::of(document, environment));
//
// A store that compiles the tree to SQL walks the same nodes: `kind`, `call->name`, `arguments`.
// Threads: a parsed tree is immutable and safe to share.
// See: https://www.mongodb.com/docs/manual/reference/operator/aggregation/

#include <memory>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "documents/bson/compare.hpp"
#include "documents/bson/value.hpp"

namespace iacdb::doc {

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

/// What stays the same during one command.
struct Environment {
  const Collator* collator = nullptr;
  Value now;               ///< $$NOW
  Value cluster_time;      ///< $$CLUSTER_TIME
  std::stop_token stop{};  ///< Asked for when the command's time is up, see check_stop().
};

/// A variable that is in scope; the innermost comes first.
struct Binding {
  std::string_view name;
  const Value* value;
  const Binding* outer;
};

/// What an expression sees: the document, and variables.
struct Scope {
  const Value* root = nullptr;
  const Value* current = nullptr;
  const Binding* bindings = nullptr;
  const Environment* environment = nullptr;

  static Scope of(const Value& document, const Environment& environment,
                  const Binding* bindings = nullptr) {
    return {&document, &document, bindings, &environment};
  }
  const Collator* collator() const { return environment->collator; }
};

struct Operator;
/// The variables a parser knows of: $$ROOT and its like are always there.
using VariableNames = std::set<std::string, std::less<>>;
using Evaluate = Value (*)(const Expression& call, const Scope& scope);
/// For operators that are written in a way of their own, such as $let.
using ParseCall = void (*)(const Value& spec, const VariableNames& variables, Expression& call);

/// One operator of the table: how its arguments are written, and what it does.
struct Operator {
  std::string_view name;  ///< "$add"
  int arguments_min = 0;
  int arguments_max = 0;  ///< -1: any number. A named operator has 0 and lists its names.
  Evaluate evaluate = nullptr;
  /// For operators with a document of named arguments: "input as? in limit?"; `?` is optional.
  std::string_view named{};
  ParseCall parse = nullptr;
};

struct Expression {
  enum Kind : std::uint8_t {
    literal,  ///< value
    field,    ///< path below a variable: "$a.b" is CURRENT a.b; "$$x.a" is x, a
    object,   ///< fields
    array,    ///< arguments
    call,     ///< op with arguments, or with fields where its arguments are named
  };
  struct Named {
    std::string name;
    ExpressionPtr value;
  };

  Kind kind = literal;
  Value value;
  std::string variable;
  std::vector<std::string> path;
  std::vector<Named> fields;
  std::vector<ExpressionPtr> arguments;
  const Operator* op = nullptr;

  /// A named argument, or null.
  const Expression* named(std::string_view name) const noexcept;
};

/// Throws: Failure with MongoDB's code for whatever is wrong.
ExpressionPtr parse_expression(const Value& spec, const VariableNames& variables = {});
/// The operator of that name, or null.
const Operator* find_operator(std::string_view name) noexcept;

Value evaluate(const Expression& expression, const Scope& scope);
/// As $cond and $match take it: null, missing, false and zero are false.
bool truthy(const Value& value) noexcept;
/// The value at a path, through arrays as aggregation does it ("$a.b" over an array is an array).
Value value_at(const Value& from, const std::vector<std::string>& path, std::size_t start = 0);
ExpressionPtr literal_expression(Value value);

}  // namespace iacdb::doc
