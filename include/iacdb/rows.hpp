#pragma once
// Rows<T>: the results of one running statement, a lazy, move-only input range in constant memory.
//
//   for (auto [id, name] : db.query<std::tuple<std::int64_t, std::string_view>>("select ..."))
//     use(id, name);
//   std::vector<User> users = db.query<User>("select id, name from users").all();
//
// Lifetime: owns its lease of a connection and gives it back at its end. Leaving early drains at
// most one batch, then cancels, within the deadline, and never throws.
// Threads: one at a time.

#include <iacdb/row.hpp>
#include <iterator>
#include <vector>

namespace iacdb {

namespace detail {

/// A running statement behind Rows; implemented by the database room.
class Stream {
 public:
  /// Moves to the next row; false at the end, and then it stays false.
  /// Throws: UsageError when its transaction or session has ended; errors of the database.
  bool advance() {
    if (left_ > 1) [[likely]] {
      --left_;
      cells_ += stride_;
      return true;
    }
    return refill();
  }
  const Cell* cells() const noexcept { return cells_; }
  std::span<const Column> columns() const noexcept { return columns_; }
  virtual bool next_result() = 0;
  virtual std::uint64_t rows_affected() const = 0;
  /// Ends the statement and gives the connection back. Called exactly once.
  virtual void finish() noexcept = 0;

 protected:
  ~Stream() = default;
  /// Fetches the next batch and stands on its first row.
  virtual bool refill() = 0;

  const Cell* cells_ = nullptr;
  std::uint32_t left_ = 0;    // Rows of the batch from the current one on.
  std::uint32_t stride_ = 0;  // Cells a row.
  std::span<const Column> columns_;
};

}  // namespace detail

template <class T = Row>
class Rows {
 public:
  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = std::conditional_t<std::same_as<T, Row>, Record, T>;

    iterator() = default;
    explicit iterator(Rows* rows) : rows_(rows) {}
    decltype(auto) operator*() const { return rows_->current(); }
    iterator& operator++() {
      if (!rows_->next()) rows_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return rows_ == nullptr; }

   private:
    Rows* rows_ = nullptr;
  };

  explicit Rows(detail::Stream* stream) : stream_(stream) {
    try {
      reader_.start(stream_->columns());
    } catch (...) {
      stream_->finish();
      throw;
    }
  }
  Rows(Rows&& other) noexcept
      : stream_(std::exchange(other.stream_, nullptr)), reader_(std::move(other.reader_)) {}
  Rows& operator=(Rows&& other) noexcept {
    if (this != &other) {
      if (stream_) stream_->finish();
      stream_ = std::exchange(other.stream_, nullptr);
      reader_ = std::move(other.reader_);
    }
    return *this;
  }
  ~Rows() {
    if (stream_) stream_->finish();
  }

  /// Moves to the next row and says whether there is one.
  bool next() { return stream_ && stream_->advance(); }
  /// The current row: `const Row&`, or a T made from it. Limits: only after next() returned true.
  decltype(auto) current() {
    if constexpr (std::same_as<T, Row>) {
      reader_.row.reset(stream_->cells(), stream_->columns());
      return static_cast<const Row&>(reader_.row);
    } else {
      return reader_.read(stream_->cells());
    }
  }
  iterator begin() {
    if (!next()) return iterator();
    return iterator(this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  std::span<const Column> columns() const noexcept { return stream_->columns(); }
  /// Moves to the statement's next result; false when there is none.
  bool next_result() {
    if (!stream_ || !stream_->next_result()) return false;
    reader_.start(stream_->columns());
    return true;
  }
  /// The next result, read as another type: `auto b = std::move(rows).next_as<B>()`.
  template <class U>
  std::optional<Rows<U>> next_as() && {
    if (!stream_ || !stream_->next_result()) return std::nullopt;
    return std::optional<Rows<U>>(std::in_place, std::exchange(stream_, nullptr));
  }
  /// Rows the statement changed; known after the last row.
  std::uint64_t rows_affected() const { return stream_ ? stream_->rows_affected() : 0; }

  /// The rows that are left, collected: owned types only; Row collects as Record.
  auto all() {
    using Owned = std::conditional_t<std::same_as<T, Row>, Record, T>;
    static_assert(detail::owns_its_data<Owned>(),
                  "iacdb: all() needs types that own their data: std::string, not string_view");
    std::vector<Owned> result;
    while (next()) {
      if constexpr (std::same_as<T, Row>) {
        result.push_back(current().record());
      } else {
        result.push_back(current());
      }
    }
    return result;
  }

 private:
  struct RowHolder {  // Stands in for a RowReader when T is Row.
    RowHolder() = default;
    RowHolder(RowHolder&&) noexcept {}
    RowHolder& operator=(RowHolder&&) noexcept { return *this; }
    void start(std::span<const Column>) {}
    Row row;
  };

  detail::Stream* stream_;
  std::conditional_t<std::same_as<T, Row>, RowHolder, detail::RowReader<T>> reader_;
};

}  // namespace iacdb
