#pragma once
// What the files that parse filters share.

#include "documents/errors.hpp"
#include "documents/filter/filter.hpp"

namespace iacdb::doc {

class FilterParser {
 public:
  explicit FilterParser(const VariableNames& variables) : variables_(variables) {}

  FilterPtr top(const Object& spec) const;
  /// `value` is what stands at the path: operators, or a value to equal.
  FilterPtr at_path(const std::string& path, const Value& value) const;
  /// The operators of one path, each a filter.
  void operators(const std::string& path, const Object& spec, std::vector<FilterPtr>& out) const;
  const VariableNames& variables() const { return variables_; }

 private:
  std::vector<FilterPtr> list_of(std::string_view op, const Value& value) const;
  FilterPtr top_operator(const std::string& name, const Value& value) const;

  const VariableNames& variables_;
};

Filter filter_at(Filter::Kind kind, const std::string& path);
FilterPtr make(Filter filter);
/// No child is always true, one child is itself.
FilterPtr all_of(std::vector<FilterPtr> children);
FilterPtr negate(FilterPtr filter);
FilterPtr equality(const std::string& path, const Value& value);
/// True for {$gt: 1}: a document whose first key is an operator and no part of a DBRef.
bool is_operators(const Value& value);
/// The filter of one operator, or null when the name is unknown.
FilterPtr path_operator(const FilterParser& parser, const std::string& path,
                        const std::string& name, const Value& value, const Object& around);
/// A whole number, as MongoDB takes it from any number type. Throws: Failure.
std::int64_t whole_number(const Value& value, std::string_view what, Code code = Code::bad_value);

}  // namespace iacdb::doc
