#pragma once
// Estimates: how many documents a statement looks at, without an index and by one of a given key,
// counted on the documents themselves.
//
//   Measured m(statement, rules);
//   for (const Value& document : documents) m.look_at(document, environment);
//   const Cost scan = m.scan(total);
//   const Cost by_index = m.by({{"team", false}, {"born", true}}, total);
//
// Threads: one at a time.

#include <map>

#include "documents/advice/statement.hpp"

namespace iacdb::doc {

struct KeyField {
  std::string path;
  bool descending = false;
  bool operator==(const KeyField&) const = default;
  auto operator<=>(const KeyField&) const = default;
};
using Key = std::vector<KeyField>;

struct Cost {
  double documents = 0;  ///< Looked at.
  double entries = 0;    ///< Of the index, walked along.
  double sorted = 0;     ///< Documents put into order.

  /// In documents looked at: an entry is a tenth of one, sorting one a fifth.
  double total() const { return documents + entries / 10 + sorted / 5; }
};

class Measured {
 public:
  Measured(Statement statement, IndexRules rules);
  Measured(const Measured&) = delete;
  Measured& operator=(const Measured&) = delete;
  Measured(Measured&&) = default;
  Measured& operator=(Measured&&) = default;
  ~Measured() = default;

  const Statement& statement() const { return statement_; }
  void look_at(const Value& document, const Environment& environment);

  /// Of `total` documents in the collection.
  double matching(double total) const;
  double returned(double total) const;
  Cost scan(double total) const;
  /// What one branch costs by the key; nullopt: such an index does not serve it.
  std::optional<Cost> by(const Key& key, std::size_t branch, double total) const;
  /// The best that these keys make of the whole statement.
  Cost best(const std::vector<Key>& keys, double total) const;
  /// Of the comparisons' paths those at which documents have arrays.
  std::vector<std::string> paths_of_arrays() const;
  /// Documents that fulfil the comparisons of a branch on these paths.
  double fulfilling(std::size_t branch, const std::vector<std::string>& paths, double total) const;

 private:
  using Bits = std::uint64_t;
  struct Part {
    const Comparison* comparison;
    Bits fulfilled;
    Bits array;
    std::vector<std::string> parts;
  };
  /// How far a key leads into a branch.
  struct Walk {
    Bits bound = 0;     ///< Comparisons that bound the entries that are walked along.
    Bits ranges = 0;    ///< Of these, ranges.
    Bits filtered = 0;  ///< And those that are looked at in the entries.
    bool ordered = false;
  };
  Walk walk(const Key& key, std::size_t branch) const;
  bool gives_order(const Key& key, std::size_t& at, const std::vector<std::string>& fixed) const;
  double count(Bits all, Bits ranges) const;
  double scale(double total) const;
  double share_read(double total) const;
  double sorted(double total) const;

  Statement statement_;
  IndexRules rules_;
  std::vector<std::vector<Part>> branches_;
  std::map<Bits, double> documents_;  ///< How many have which bits.
  double seen_ = 0;
};

}  // namespace iacdb::doc
