#include "documents/advice/estimate.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

constexpr std::uint64_t matched_bit = std::uint64_t{1} << 63;

/// Whether an array stands on the path or at its end.
bool has_array(const Value& document, const std::vector<std::string>& parts) {
  const Value* at = &document;
  for (const std::string& part : parts) {
    if (at->is(Type::array)) return true;
    if (!at->is(Type::object)) return false;
    at = &at->object().get(part);
  }
  return at->is(Type::array);
}

}  // namespace

Measured::Measured(Statement statement, IndexRules rules)
    : statement_(std::move(statement)), rules_(std::move(rules)) {
  std::size_t bit = 0;
  for (const Comparisons& branch : statement_.branches) {
    std::vector<Part>& parts = branches_.emplace_back();
    for (const Comparison& one : branch) {
      parts.push_back(
          {&one, Bits{1} << bit, Bits{1} << (bit + comparisons_max), split_path(one.path)});
      ++bit;
    }
  }
}

void Measured::look_at(const Value& document, const Environment& environment) {
  const MatchContext context{.environment = &environment};
  Bits bits = matches(*statement_.filter, document, context) ? matched_bit : 0;
  for (const std::vector<Part>& branch : branches_) {
    for (const Part& part : branch) {
      if (matches(*part.comparison->filter, document, context)) bits |= part.fulfilled;
      if (has_array(document, part.parts)) bits |= part.array;
    }
  }
  ++documents_[bits];
  ++seen_;
}

double Measured::scale(double total) const {
  return seen_ > 0 ? total / seen_ : 0;
}

double Measured::matching(double total) const {
  return count(matched_bit, 0) * scale(total);
}

double Measured::returned(double total) const {
  const double left = std::max(0.0, matching(total) - static_cast<double>(statement_.skip));
  if (statement_.limit == 0) return left;
  return std::min(left, static_cast<double>(statement_.limit));
}

/// Of what is read in the right order, the part that is read before the limit is reached.
double Measured::share_read(double total) const {
  if (statement_.limit == 0) return 1;
  const double wanted = static_cast<double>(statement_.limit + statement_.skip);
  const double there = matching(total);
  return there > wanted ? wanted / there : 1;
}

double Measured::sorted(double total) const {
  return statement_.sort.empty() ? 0 : matching(total);
}

Cost Measured::scan(double total) const {
  const double share = statement_.sort.empty() ? share_read(total) : 1;
  return {.documents = total * share, .sorted = sorted(total)};
}

/// Documents with all these bits, and those that the store's indexes find beside them.
double Measured::count(Bits all, Bits ranges) const {
  double out = 0;
  for (const auto& [bits, n] : documents_) {
    const Bits arrays = rules_.arrays == IndexRules::Arrays::by_element
                            ? 0
                            : (bits >> comparisons_max) & (all & ~matched_bit);
    const bool scans = rules_.arrays == IndexRules::Arrays::scanned;
    const bool beside = scans ? arrays != 0 : (arrays & (bits | ranges)) != 0;
    if ((bits & all) == all || beside) out += n;
  }
  return out;
}

double Measured::fulfilling(std::size_t branch, const std::vector<std::string>& paths,
                            double total) const {
  Bits all = 0;
  for (const Part& part : branches_[branch]) {
    const auto found = std::find(paths.begin(), paths.end(), part.comparison->path);
    if (found != paths.end()) all |= part.fulfilled;
  }
  return count(all, 0) * scale(total);
}

std::vector<std::string> Measured::paths_of_arrays() const {
  std::vector<std::string> out;
  for (const std::vector<Part>& branch : branches_) {
    for (const Part& part : branch) {
      const bool any = std::any_of(documents_.begin(), documents_.end(),
                                   [&](const auto& one) { return (one.first & part.array) != 0; });
      if (any) out.push_back(part.comparison->path);
    }
  }
  return out;
}

/// Whether the key goes on with the order, forwards or backwards; then `at` is behind it.
bool Measured::gives_order(const Key& key, std::size_t& at,
                           const std::vector<std::string>& fixed) const {
  std::size_t next = at;
  std::optional<bool> backwards;
  for (const SortKey& wanted : statement_.sort) {
    if (std::find(fixed.begin(), fixed.end(), wanted.path) != fixed.end()) continue;
    if (next == key.size() || key[next].path != wanted.path) return false;
    const bool turned = key[next].descending != wanted.descending;
    if (backwards && *backwards != turned) return false;
    backwards = turned;
    ++next;
  }
  at = next;
  return true;
}

Measured::Walk Measured::walk(const Key& key, std::size_t branch) const {
  Walk out;
  std::vector<std::string> fixed;
  bool lists = false;
  const auto take = [&](const std::string& path, auto wanted) {
    Bits bits = 0;
    for (const Part& part : branches_[branch]) {
      const Comparison& one = *part.comparison;
      if (one.path == path && wanted(one.role)) bits |= part.fulfilled;
    }
    return bits;
  };
  const auto is_equality = [](Comparison::Role role) { return role != Comparison::range; };
  const auto is_list = [](Comparison::Role role) { return role == Comparison::list; };
  const auto is_range = [](Comparison::Role role) { return role == Comparison::range; };
  const auto any = [](Comparison::Role) { return true; };
  const std::size_t usable = std::min(key.size(), rules_.fields_max);
  std::size_t at = 0;
  for (; at < usable; ++at) {
    const Bits found = take(key[at].path, is_equality);
    if (found == 0) break;
    lists = lists || take(key[at].path, is_list) == found;
    out.bound |= found;
    fixed.push_back(key[at].path);
  }
  if (at < usable) {
    const Bits found = take(key[at].path, is_range);
    out.bound |= found;
    out.ranges = found;
  }
  std::size_t behind = at;
  out.ordered = statement_.orders && !lists && gives_order(key, behind, fixed);
  for (; at < usable && rules_.filters_by_keys; ++at) out.filtered |= take(key[at].path, any);
  return out;
}

std::optional<Cost> Measured::by(const Key& key, std::size_t branch, double total) const {
  const Walk way = walk(key, branch);
  const bool cuts = way.ordered && statement_.limit > 0;
  if (way.bound == 0 && !cuts) return std::nullopt;
  Cost out;
  out.entries = count(way.bound, way.ranges) * scale(total);
  out.documents = count(way.bound | way.filtered, way.ranges) * scale(total);
  const bool in_order =
      statement_.sort.empty() ? !rules_.orders_by_insertion && branches_.size() == 1 : way.ordered;
  if (in_order) {
    out.entries *= share_read(total);
    out.documents *= share_read(total);
  }
  if (!way.ordered) out.sorted = sorted(total);
  return out;
}

Cost Measured::best(const std::vector<Key>& keys, double total) const {
  const Cost scanned = scan(total);
  Cost sum;
  for (std::size_t branch = 0; branch < branches_.size(); ++branch) {
    std::optional<Cost> best;
    for (const Key& key : keys) {
      const auto cost = by(key, branch, total);
      if (cost && (!best || cost->total() < best->total())) best = cost;
    }
    if (!best) return scanned;
    sum.documents += best->documents;
    sum.entries += best->entries;
    sum.sorted = best->sorted;
  }
  return sum.total() < scanned.total() ? sum : scanned;
}

}  // namespace iacdb::doc
