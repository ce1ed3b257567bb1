#include "documents/stores/sql/condition.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

Condition joined(const std::vector<Condition>& conditions, const char* word) {
  Condition out;
  int count = 0;
  for (auto at = conditions.begin(); at != conditions.end(); ++at) {
    const Condition& one = *at;
    if (one.empty() || std::find(conditions.begin(), at, one) != at) continue;
    append(out, count++ > 0 ? word : "", one);
  }
  if (count > 1) out.sql = "(" + out.sql + ")";
  return out;
}

}  // namespace

void append(Condition& out, const std::string& text, const Condition& then) {
  out.sql += text + then.sql;
  out.parameters.insert(out.parameters.end(), then.parameters.begin(), then.parameters.end());
}

Condition all_of(const std::vector<Condition>& conditions) {
  return joined(conditions, " and ");
}

Condition any_of(const std::vector<Condition>& conditions) {
  const bool unknown = std::any_of(conditions.begin(), conditions.end(),
                                   [](const Condition& one) { return one.empty(); });
  return unknown ? Condition{} : joined(conditions, " or ");
}

std::vector<Cell> cells_of(const std::vector<SqlParameter>& parameters) {
  std::vector<Cell> out;
  for (const SqlParameter& parameter : parameters) {
    if (const auto* text = std::get_if<std::string>(&parameter)) {
      out.push_back(Cell::of_text(*text));
    } else if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
      out.push_back(Cell::of_int64(*integer));
    } else {
      out.push_back(Cell::of_float64(std::get<double>(parameter)));
    }
  }
  return out;
}

}  // namespace iacdb::doc
