#include "documents/advice/candidates.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

using Paths = std::vector<std::string>;

bool has(const Paths& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}
bool has_all(const Paths& paths, const Paths& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& w) { return has(paths, w); });
}
void add_once(Paths& paths, const std::string& path) {
  if (!has(paths, path)) paths.push_back(path);
}

/// The paths of a branch by what they are compared with.
struct Roles {
  Paths equality;
  Paths lists;
  Paths ranges;
};
Roles roles_of(const Comparisons& branch) {
  Roles out;
  for (const Comparison& one : branch) {
    if (one.role == Comparison::equality) add_once(out.equality, one.path);
  }
  for (const Comparison& one : branch) {
    if (one.role == Comparison::list && !has(out.equality, one.path)) {
      add_once(out.lists, one.path);
    }
    if (one.role == Comparison::range && !has(out.equality, one.path)) {
      add_once(out.ranges, one.path);
    }
  }
  return out;
}

class Maker {
 public:
  Maker(const Measured& measured, std::size_t branch, const std::vector<Beginning>& others,
        const IndexRules& rules, double total)
      : measured_(measured),
        branch_(branch),
        others_(others),
        rules_(rules),
        total_(total),
        roles_(roles_of(measured.statement().branches[branch])) {}

  std::vector<Key> make() {
    if (has(roles_.equality, "_id") || has(roles_.lists, "_id")) return {};
    with_lists_as(roles_.equality, roles_.lists, roles_.ranges);
    return std::move(out_);
  }

 private:
  /// A list is as good as equality, but for an order behind it.
  void with_lists_as(const Paths& equality, const Paths& lists, const Paths& ranges) {
    Paths fixed = equality;
    fixed.insert(fixed.end(), lists.begin(), lists.end());
    keys_of(fixed, ranges);
    if (lists.empty() || !measured_.statement().orders) return;
    Paths behind = ranges;
    behind.insert(behind.end(), lists.begin(), lists.end());
    keys_of(equality, behind);
  }

  void keys_of(Paths equality, Paths ranges) {
    by_selectivity(equality);
    by_selectivity(ranges);
    const Key order = order_behind(equality);
    const std::size_t behind = order.empty() && ranges.empty() ? 0 : 1;
    if (equality.size() + behind > rules_.fields_max) equality.resize(rules_.fields_max - behind);
    for (const Key& first : {in_order(equality), chained(equality)}) {
      put(first);
      if (!ranges.empty()) put(with(first, {{ranges[0], false}}));
      if (order.empty()) continue;
      const Key ordered = with(first, order);
      if (!first.empty() || measured_.statement().limit > 0) put(ordered);
      for (const std::string& range : ranges) {
        const bool in = std::any_of(ordered.begin(), ordered.end(),
                                    [&](const KeyField& f) { return f.path == range; });
        if (!in) return put(with(ordered, {{range, false}}));
      }
    }
  }

  Key order_behind(const Paths& equality) const {
    Key out;
    if (!measured_.statement().orders) return out;
    for (const SortKey& key : measured_.statement().sort) {
      if (!has(equality, key.path)) out.push_back({key.path, key.descending});
    }
    return out;
  }

  /// The fewest documents first.
  void by_selectivity(Paths& paths) const {
    std::stable_sort(paths.begin(), paths.end(), [&](const auto& a, const auto& b) {
      return measured_.fulfilling(branch_, {a}, total_) <
             measured_.fulfilling(branch_, {b}, total_);
    });
  }

  static Key in_order(const Paths& paths) {
    Key out;
    for (const std::string& path : paths) out.push_back({path, false});
    return out;
  }

  /// Beginning as other statements' keys do, the shortest first.
  Key chained(const Paths& equality) const {
    Key out;
    Paths taken;
    for (;;) {
      const Beginning* next = nullptr;
      std::size_t shortest = equality.size() + 1;
      for (const Beginning& one : others_) {
        Paths all = one.equality;
        for (const KeyField& field : one.then) all.push_back(field.path);
        const bool fits = all.size() > taken.size() && all.size() < shortest &&
                          has_all(equality, all) && has_all(one.equality, taken);
        if (!fits) continue;
        next = &one;
        shortest = all.size();
      }
      if (next == nullptr) break;
      const auto append = [&](const KeyField& field) {
        if (has(taken, field.path)) return;
        taken.push_back(field.path);
        out.push_back(field);
      };
      for (const std::string& path : equality) {
        if (has(next->equality, path)) append({path, false});
      }
      for (const KeyField& field : next->then) append(field);
    }
    for (const std::string& path : equality) {
      if (!has(taken, path)) out.push_back({path, false});
    }
    return out;
  }

  static Key with(Key first, const Key& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
  }

  void put(const Key& key) {
    if (key.empty() || key.size() > rules_.fields_max) return;
    if (std::find(out_.begin(), out_.end(), key) == out_.end()) out_.push_back(key);
  }

  const Measured& measured_;
  std::size_t branch_;
  const std::vector<Beginning>& others_;
  const IndexRules& rules_;
  double total_;
  Roles roles_;
  std::vector<Key> out_;
};

}  // namespace

Beginning beginning_of(const Measured& measured, std::size_t branch) {
  const Statement& statement = measured.statement();
  const Roles roles = roles_of(statement.branches[branch]);
  Beginning out{roles.equality, {}};
  if (statement.orders) {
    for (const SortKey& key : statement.sort) {
      if (!has(out.equality, key.path)) out.then.push_back({key.path, key.descending});
    }
  }
  if (out.then.empty()) {
    for (const std::string& path : roles.lists) out.equality.push_back(path);
    if (!roles.ranges.empty()) out.then.push_back({roles.ranges[0], false});
  }
  return out;
}

std::vector<Move> moves_for(const Measured& measured, const std::vector<Beginning>& others,
                            const IndexRules& rules, double total) {
  const std::size_t branches = measured.statement().branches.size();
  std::vector<Move> out;
  Move together;
  for (std::size_t branch = 0; branch < branches; ++branch) {
    const std::vector<Key> keys = Maker(measured, branch, others, rules, total).make();
    if (branches == 1) {
      for (const Key& key : keys) out.push_back({key});
      return out;
    }
    const Key* best = nullptr;
    double least = 0;
    for (const Key& key : keys) {
      const auto cost = measured.by(key, branch, total);
      if (!cost || (best != nullptr && cost->total() >= least)) continue;
      best = &key;
      least = cost->total();
    }
    if (best != nullptr && std::find(together.begin(), together.end(), *best) == together.end()) {
      together.push_back(*best);
    }
  }
  if (!together.empty()) out.push_back(together);
  return out;
}

}  // namespace iacdb::doc
