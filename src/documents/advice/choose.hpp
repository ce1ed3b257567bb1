#pragma once
// Choosing indexes: as few as serve what was asked, none that is there already.
//
//   Chooser chooser(rules, total, existing);
//   chooser.add(std::move(load));
//   for (const Key& key : chooser.choose(writes, spared_min)) ...
//
// Greedy: of all keys that serve any statement the one that spares most, writes counted against it;
// then again, with that index in place. At the end fields and indexes that spare nothing are left
// out. Threads: one at a time.

#include "documents/advice/candidates.hpp"
#include "documents/advice/workload.hpp"

namespace iacdb::doc {

/// A shape that looks for documents, measured.
struct Load {
  Workload::Entry entry;
  std::vector<Measured> samples;

  /// Of one statement, on average.
  Cost cost(const std::vector<Key>& keys, double total) const;
};

struct WriteLoad {
  Writing writing;
  std::int64_t documents = 0;
};
/// Documents whose writing keeps an index on the key up to date.
std::int64_t writes_kept(const std::vector<WriteLoad>& writes, const Key& key,
                         const IndexRules& rules);

class Chooser {
 public:
  Chooser(IndexRules rules, double total, std::vector<Key> existing)
      : rules_(std::move(rules)), total_(total), existing_(std::move(existing)) {}

  void add(Load load) { loads_.push_back(std::move(load)); }
  const std::vector<Load>& loads() const { return loads_; }
  std::vector<Key> choose(const std::vector<WriteLoad>& writes, double spared_min) const;

 private:
  std::vector<Move> moves() const;
  /// What the statements cost by existing and these keys, and what the writes add.
  double price(const std::vector<Key>& keys, const std::vector<WriteLoad>& writes) const;
  bool is_worth_it(const Move& move, const std::vector<Key>& current, double spared_min) const;
  std::vector<Key> with(const std::vector<Key>& more) const;
  void leave_out(std::vector<Key>& chosen, const std::vector<WriteLoad>& writes) const;

  IndexRules rules_;
  double total_;
  std::vector<Key> existing_;
  std::vector<Load> loads_;
};

}  // namespace iacdb::doc
