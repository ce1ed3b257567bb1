#include "iacdb/row.hpp"

#include <algorithm>
#include <cctype>

#include "iacdb/error.hpp"

namespace iacdb {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

[[noreturn]] void raise_unknown_column(std::string_view name, const std::string& known) {
  raise(ErrorKind::usage,
        "the result has no column \"" + std::string(name) + "\"; it has " + known);
}

template <class Range, class Name>
std::string joined_names(const Range& range, Name name) {
  std::string text;
  for (const auto& element : range) {
    if (!text.empty()) text += ", ";
    text += name(element);
    if (text.size() > 200) return text + ", ...";
  }
  return text.empty() ? "no columns" : text;
}

}  // namespace

Record Row::record() const {
  std::vector<std::string> names;
  std::vector<Value> values;
  names.reserve(size());
  values.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    names.push_back(columns_[i].name);
    values.push_back(Value::of(cells_[i], columns_[i].type));
  }
  return Record(std::move(names), std::move(values));
}

const Value& Record::at(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    raise_unknown_column(name, joined_names(names_, [](const std::string& n) { return n; }));
  }
  return values_[static_cast<std::size_t>(found - names_.begin())];
}

namespace detail {

void raise_in_column(std::span<const Column> columns, std::size_t index) {
  try {
    throw;
  } catch (const DataError& error) {
    ErrorFacts facts = error.facts();
    std::string column = "column " + std::to_string(index + 1);
    if (index < columns.size()) column += " \"" + columns[index].name + "\"";
    if (facts.where.empty()) facts.where = column;
    raise(std::move(facts));
  }
}

void raise_column_count(std::size_t expected, std::size_t actual) {
  if (actual == 0) {
    raise(ErrorKind::usage, "the statement returns no rows; use exec()");
  }
  raise(ErrorKind::usage, "the result has " + std::to_string(actual) + " columns, but " +
                              std::to_string(expected) + " are read");
}

std::size_t find_column(std::span<const Column> columns, std::string_view name) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {  // Databases fold the case of names.
    if (same_ignoring_case(columns[i].name, name)) return i;
  }
  raise_unknown_column(name, joined_names(columns, [](const Column& c) { return c.name; }));
}

}  // namespace detail
}  // namespace iacdb
