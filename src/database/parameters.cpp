#include "database/parameters.hpp"

#include <algorithm>

#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

constexpr std::int64_t scalar = -1;

bool has_lists(const Arguments& arguments) {
  return std::any_of(arguments.list_sizes.begin(), arguments.list_sizes.end(),
                     [](std::int64_t size) { return size != scalar; });
}

/// For each name the statement uses, the argument that carries it.
std::vector<std::size_t> match_names(const std::vector<std::string>& used,
                                     std::span<const std::string_view> given) {
  std::vector<std::size_t> order;
  for (const std::string& name : used) {
    const auto found = std::find(given.begin(), given.end(), name);
    if (found == given.end()) {
      raise(ErrorKind::usage, "no argument for :" + name + "; pass arg(\"" + name + "\", value)");
    }
    if (std::find(found + 1, given.end(), name) != given.end()) {
      raise(ErrorKind::usage, "argument \"" + name + "\" is given twice");
    }
    order.push_back(static_cast<std::size_t>(found - given.begin()));
  }
  for (const std::string_view name : given) {
    if (std::find(used.begin(), used.end(), name) == used.end()) {
      raise(ErrorKind::usage,
            "the statement has no :" + std::string(name) + " for the argument of that name");
    }
  }
  return order;
}

std::size_t values_of(const Arguments& arguments, std::size_t parameter) {
  const std::int64_t size = arguments.list_sizes[parameter];
  return size == scalar ? 1 : static_cast<std::size_t>(size);
}

}  // namespace

void Positions::resolve(RewriteCache& cache, std::string_view sql, const Arguments& arguments,
                        Dialect dialect) {
  if (!arguments.names.empty()) return resolve_named(cache, sql, arguments, dialect);
  std::vector<std::size_t> counts;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < arguments.list_sizes.size(); ++i) {
    counts.push_back(values_of(arguments, i));
    order.push_back(i);
  }
  const auto rewritten = sql::rewrite(sql, dialect, {.portable = true, .counts = counts});
  place(rewritten, arguments, order);
}

void Positions::resolve_named(RewriteCache& cache, std::string_view sql, const Arguments& arguments,
                              Dialect dialect) {
  if (!has_lists(arguments)) {
    sql::Rewritten* known = cache.find(sql);
    if (!known) {
      known = &cache.insert(sql, sql::rewrite(sql, dialect, {.named = true, .portable = true}));
    }
    return place(*known, arguments, match_names(known->names, arguments.names));
  }
  const auto order = match_names(sql::parameter_names(sql, dialect), arguments.names);
  std::vector<std::size_t> counts;
  counts.reserve(order.size());
  for (const std::size_t argument : order) counts.push_back(values_of(arguments, argument));
  const auto rewritten =
      sql::rewrite(sql, dialect, {.named = true, .portable = true, .counts = counts});
  place(rewritten, arguments, order);
}

void Positions::place(const sql::Rewritten& rewritten, const Arguments& arguments,
                      const std::vector<std::size_t>& order) {
  std::vector<std::size_t> first;  // The first cell of each argument.
  std::size_t at = 0;
  for (std::size_t i = 0; i < arguments.list_sizes.size(); ++i) {
    first.push_back(at);
    at += values_of(arguments, i);
  }
  cells_.clear();
  for (const sql::Binding& binding : rewritten.bindings) {
    cells_.push_back(arguments.cells[first[order[binding.parameter]] + binding.element]);
  }
  text_ = rewritten.text;
}

}  // namespace iacdb::database
