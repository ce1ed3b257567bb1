#pragma once
// RowsOf: rows made one at a time from the items they come from, as an input range.
//
//   sql().bulk_insert("t(id, doc)", RowsOf(documents, [](const Value& d) { return row_of(d); }));
//
// Lifetime: refers to the items. Threads: one at a time.

#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>

namespace iacdb::doc {

template <class Item, class Make>
class RowsOf {
 public:
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = std::invoke_result_t<const Make&, const Item&>;

    Iterator() = default;  // A sentinel must have it.
    Iterator(const Item* at, const Make* make) : at_(at), make_(make) {}
    value_type operator*() const { return (*make_)(*at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    void operator++(int) { ++at_; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Item* at_ = nullptr;
    const Make* make_ = nullptr;
  };

  RowsOf(std::span<const Item> items, Make make) : items_(items), make_(std::move(make)) {}
  Iterator begin() const { return {items_.data(), &make_}; }
  Iterator end() const { return {items_.data() + items_.size(), &make_}; }

 private:
  std::span<const Item> items_;
  Make make_;
};
template <class Items, class Make>
RowsOf(const Items&, Make) -> RowsOf<typename Items::value_type, Make>;

}  // namespace iacdb::doc
