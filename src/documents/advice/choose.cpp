#include "documents/advice/choose.hpp"

#include <algorithm>

namespace iacdb::doc {
namespace {

/// To keep an index up to date costs what looking at so many documents does.
constexpr double write_price = 5;
constexpr std::size_t proposals_max = 20;
/// Differences below this share of the whole are none.
constexpr double same = 0.01;
/// Nor is so many documents a statement more: a shorter key is worth them.
constexpr double same_documents = 2;

}  // namespace

Cost Load::cost(const std::vector<Key>& keys, double total) const {
  Cost sum;
  for (const Measured& one : samples) {
    const Cost cost = one.best(keys, total);
    sum.documents += cost.documents;
    sum.entries += cost.entries;
    sum.sorted += cost.sorted;
  }
  const double n = samples.empty() ? 1 : static_cast<double>(samples.size());
  return {sum.documents / n, sum.entries / n, sum.sorted / n};
}

std::int64_t writes_kept(const std::vector<WriteLoad>& writes, const Key& key,
                         const IndexRules& rules) {
  std::int64_t out = 0;
  for (const WriteLoad& one : writes) {
    const bool touched = std::any_of(key.begin(), key.end(), [&](const KeyField& field) {
      return one.writing.touches(field.path);
    });
    if (touched || rules.kept_by_every_write) out += one.documents;
  }
  return out;
}

std::vector<Move> Chooser::moves() const {
  std::vector<Beginning> beginnings;
  for (const Load& load : loads_) {
    for (const Measured& sample : load.samples) {
      for (std::size_t i = 0; i < sample.statement().branches.size(); ++i) {
        beginnings.push_back(beginning_of(sample, i));
      }
    }
  }
  std::vector<Move> out;
  for (const Load& load : loads_) {
    for (const Measured& sample : load.samples) {
      for (Move& move : moves_for(sample, beginnings, rules_, total_)) {
        if (std::find(out.begin(), out.end(), move) == out.end()) out.push_back(std::move(move));
      }
    }
  }
  return out;
}

std::vector<Key> Chooser::with(const std::vector<Key>& more) const {
  std::vector<Key> out = existing_;
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

double Chooser::price(const std::vector<Key>& keys, const std::vector<WriteLoad>& writes) const {
  const std::vector<Key> all = with(keys);
  double out = 0;
  for (const Load& load : loads_) {
    out += static_cast<double>(load.entry.count) * load.cost(all, total_).total();
  }
  for (const Key& key : keys)
    out += write_price * static_cast<double>(writes_kept(writes, key, rules_));
  return out;
}

bool Chooser::is_worth_it(const Move& move, const std::vector<Key>& current,
                          double spared_min) const {
  std::vector<Key> after = current;
  after.insert(after.end(), move.begin(), move.end());
  return std::any_of(loads_.begin(), loads_.end(), [&](const Load& load) {
    const double now = load.cost(with(current), total_).total();
    const double then = load.cost(with(after), total_).total();
    return now - then >= spared_min && then <= now / 2;
  });
}

std::vector<Key> Chooser::choose(const std::vector<WriteLoad>& writes, double spared_min) const {
  const std::vector<Move> all = moves();
  std::vector<Key> chosen;
  double now = price(chosen, writes);
  while (chosen.size() < proposals_max) {
    const Move* best = nullptr;
    double least = now;
    for (const Move& move : all) {
      std::vector<Key> after = chosen;
      after.insert(after.end(), move.begin(), move.end());
      const double then = price(after, writes);
      if (then >= least || !is_worth_it(move, chosen, spared_min)) continue;
      best = &move;
      least = then;
    }
    if (best == nullptr) break;
    chosen.insert(chosen.end(), best->begin(), best->end());
    now = least;
  }
  leave_out(chosen, writes);
  return chosen;
}

void Chooser::leave_out(std::vector<Key>& chosen, const std::vector<WriteLoad>& writes) const {
  double statements = 0;
  for (const Load& load : loads_) statements += static_cast<double>(load.entry.count);
  const double bound = price(chosen, writes) * (1 + same) + same_documents * statements;
  for (std::size_t i = chosen.size(); i-- > 0;) {
    std::vector<Key> without = chosen;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (price(without, writes) <= bound) {
      chosen = std::move(without);
      continue;
    }
    while (chosen[i].size() > 1) {
      std::vector<Key> shorter = chosen;
      shorter[i].pop_back();
      const bool there =
          std::find(existing_.begin(), existing_.end(), shorter[i]) != existing_.end();
      if (there || price(shorter, writes) > bound) break;
      chosen = std::move(shorter);
    }
  }
}

}  // namespace iacdb::doc
