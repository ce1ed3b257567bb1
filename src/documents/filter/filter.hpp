#pragma once
// Query filters: a tree parsed once from BSON, and its evaluation on a document.
//
//   FilterPtr f = parse_filter(parse_json(R"({"age": {"$gte": 18}, "tags": "vip"})"));
//   if (matches(*f, document, MatchContext{.environment = &environment})) ...
//
// A store that compiles the tree to SQL walks the same nodes.
// Threads: a parsed tree is immutable and safe to share.
// See: https://www.mongodb.com/docs/manual/reference/operator/query/

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "documents/expression/expression.hpp"
#include "documents/filter/pattern.hpp"

namespace iacdb::doc {

struct Filter;
using FilterPtr = std::shared_ptr<const Filter>;
struct Schema;     // $jsonSchema; see json_schema.hpp
class TextSearch;  // $text; see text_search.hpp

struct Filter {
  enum Kind : std::uint8_t {
    always_true,
    always_false,
    all_of,   ///< children
    any_of,   ///< children
    none_of,  ///< children
    not_,     ///< children[0]
    equal,    ///< path, value
    less,
    less_equal,
    greater,
    greater_equal,
    in,                 ///< path, values, patterns
    exists,             ///< path
    type,               ///< path, types; `any_number` for "number"
    mod,                ///< path, divisor, remainder
    regex,              ///< path, patterns[0]
    array_size_is,      ///< path, array_size
    elem_match_object,  ///< path, children[0] matches a document of the array
    elem_match_value,   ///< path, children match one element (their path is empty)
    bits,               ///< path, bit_test, positions
    expression,         ///< expression
    schema,             ///< schema
    text,               ///< text_search
    sample,             ///< $sampleRate: value
  };
  enum BitTest : std::uint8_t { all_set, all_clear, any_set, any_clear };

  Kind kind = always_true;
  std::string path;
  std::vector<std::string> parts;  ///< The path, split; empty for an element of elem_match_value.
  Value value;
  std::vector<Value> values;
  std::vector<Pattern> patterns;
  std::vector<Type> types;
  bool any_number = false;
  std::int64_t divisor = 0;
  std::int64_t remainder = 0;
  std::int64_t array_size = 0;
  BitTest bit_test = all_set;
  std::vector<std::uint32_t> positions;
  std::vector<FilterPtr> children;
  ExpressionPtr expr;
  std::shared_ptr<const Schema> json_schema;
  std::shared_ptr<const TextSearch> text_search;
};

/// Throws: Failure with MongoDB's code for whatever is wrong.
FilterPtr parse_filter(const Object& spec, const VariableNames& variables = {});
/// What an array filter or a $pull condition says of one element.
FilterPtr parse_element_filter(const Value& condition);

struct MatchContext {
  const Environment* environment = nullptr;
  const Binding* bindings = nullptr;
  /// Receives the index of the array element that matched, for the positional operators.
  std::optional<std::size_t>* position = nullptr;
  /// Receives the score of the filter's $text, where the document matches.
  double* text_score = nullptr;
};
bool matches(const Filter& filter, const Value& document, const MatchContext& context);
/// Whether one element satisfies the children of elem_match_value, or a $pull condition.
bool matches_element(const Filter& filter, const Value& element, const MatchContext& context);
/// $type's numbers and names. Throws: Failure.
void parse_type_names(const Value& spec, std::vector<Type>& types, bool& any_number);

}  // namespace iacdb::doc
