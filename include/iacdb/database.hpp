#pragma once
// Database, Session and Transaction: open a database and run statements on it.
//
//   auto db = iacdb::open("sqlite:shop.db");
//   auto n = db.one<std::int64_t>("select count(*) from items where price > ?", 100);
//   db.transact([&](iacdb::Transaction& tx) { tx.exec("delete from items where id = ?", 7); });
//
// Placeholders are `?` on every backend, or `:name` when arg("name", x) is given. PostgreSQL's own
// operators with a question mark are written `??`.

#include <functional>
#include <iacdb/argument.hpp>
#include <iacdb/health.hpp>
#include <iacdb/options.hpp>
#include <iacdb/result.hpp>
#include <iacdb/rows.hpp>
#include <memory>
#include <vector>

namespace iacdb {

class Config;
class Database;
class Session;
class Transaction;

namespace database {
struct Inside;  // Lets the database room's other parts reach behind a Database.
}

namespace detail {

/// What stands behind Database, Session and Transaction; implemented by the database room.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual ExecResult exec(std::string_view sql, const Arguments& arguments) = 0;
  /// `arguments_outlive`: they stay valid until the stream finishes, so need not be copied.
  virtual Stream* query(std::string_view sql, const Arguments& arguments,
                        bool arguments_outlive) = 0;
  virtual std::unique_ptr<BulkSink> bulk(std::string_view target) = 0;
  /// A transaction, or a savepoint when this is one.
  virtual std::shared_ptr<Executor> begin(const TransactionOptions& options) = 0;
  virtual void commit() = 0;
  virtual void rollback() = 0;
  /// Throws what a nested transaction may not ask for.
  virtual void check_transact(const TransactionOptions& options) = 0;
  virtual Capabilities can() = 0;
  /// Same connections, other defaults.
  virtual std::shared_ptr<Executor> with(const Options& options) = 0;
};

[[noreturn]] void raise_row_count(std::uint64_t expected, bool more);
/// Sleeps with exponential backoff and full jitter after try number `attempt`.
void back_off(const TransactionOptions& options, std::uint32_t attempt);

template <class T>
inline constexpr bool is_rows = false;
template <class T>
inline constexpr bool is_rows<Rows<T>> = true;

/// The cells of one record of a bulk insert after the other.
template <class T>
class RecordCells {
 public:
  std::span<const Cell> of(const T& record) {
    scratch_.clear();
    if constexpr (std::same_as<T, Record>) {
      cells_.clear();
      for (const Value& value : record.values()) cells_.push_back(cell_of_value(value, scratch_));
      return cells_;
    } else if constexpr (std::convertible_to<const T&, std::span<const Cell>>) {
      return record;
    } else if constexpr (is_tuple<T>) {
      return std::apply([&](const auto&... field) { return fill(field...); }, record);
    } else if constexpr (Struct<T>) {
      return fill_struct(record, std::make_index_sequence<boost::pfr::tuple_size_v<T>>());
    } else {
      return fill(record);
    }
  }

 private:
  static consteval std::size_t width() {
    if constexpr (is_tuple<T>) {
      return std::tuple_size_v<T>;
    } else if constexpr (Struct<T> && !std::same_as<T, Record>) {
      return boost::pfr::tuple_size_v<T>;
    } else {
      return 1;
    }
  }
  template <class... Fields>
  std::span<const Cell> fill(const Fields&... field) {
    std::size_t i = 0;
    ((fixed_[i++] = to_cell<Fields>(field, scratch_)), ...);
    return fixed_;
  }
  template <std::size_t... I>
  std::span<const Cell> fill_struct(const T& record, std::index_sequence<I...>) {
    return fill(boost::pfr::get<I>(record)...);
  }

  Scratch scratch_;
  std::array<Cell, width()> fixed_;
  std::vector<Cell> cells_;
};

}  // namespace detail

/// The verbs that Database, Session and Transaction share: write functions that take Queryable&.
/// Threads: as the class it is used through.
class Queryable {
 public:
  /// Runs a statement and discards rows it may return.
  template <class... Args>
  ExecResult exec(std::string_view sql, const Args&... args) {
    const auto packed = detail::pack(args...);
    return executor_->exec(sql, packed.view());
  }

  /// Sends the statement and returns its rows, fetched as they are read.
  template <class T = Row, int = 0, class... Args>
  Rows<T> query(std::string_view sql, const Args&... args) {
    const auto packed = detail::pack(args...);
    return Rows<T>(executor_->query(sql, packed.view(), false));
  }

  /// Exactly one row. Throws: RowCountError.
  template <class T = Record, int = 0, class... Args>
  T one(std::string_view sql, const Args&... args) {
    std::optional<T> row = maybe<T>(sql, args...);
    if (!row) detail::raise_row_count(1, false);
    return *std::move(row);
  }

  /// None or one row. Throws: RowCountError when there are more.
  template <class T = Record, int = 0, class... Args>
  std::optional<T> maybe(std::string_view sql, const Args&... args) {
    static_assert(detail::owns_its_data<T>(),
                  "iacdb: one() and maybe() need types that own their data");
    const auto packed = detail::pack(args...);
    Rows<T> rows(executor_->query(sql, packed.view(), true));
    if (!rows.next()) return std::nullopt;
    std::optional<T> row(rows.current());
    if (rows.next()) detail::raise_row_count(1, true);
    return row;
  }

  /// Inserts a range of tuples, structs, Records or single values into "table(column, ...)" by the
  /// fastest way the database has; all rows or none. Returns the number of rows.
  template <std::ranges::input_range Range>
  std::uint64_t bulk_insert(std::string_view target, Range&& records) {
    using T = std::ranges::range_value_t<Range>;
    auto sink = executor_->bulk(target);
    detail::RecordCells<T> cells;
    for (auto it = std::ranges::begin(records); it != std::ranges::end(records);) {
      const T record = *it;  // Copied first: advancing may reuse what the reference points to.
      ++it;
      sink->write(cells.of(record));
    }
    return sink->finish();
  }

  /// A transaction; on a Transaction a savepoint.
  Transaction begin(const TransactionOptions& options = {});

  /// Runs f(Transaction&): commits when it returns, rolls back when it throws. With attempts_max
  /// the whole unit runs again after a ConflictError, never after an InDoubtError.
  template <class F>
  auto transact(F&& f, const TransactionOptions& options = {});

  Capabilities can() const { return executor_->can(); }

 protected:
  explicit Queryable(std::shared_ptr<detail::Executor> executor) : executor_(std::move(executor)) {}
  Queryable(const Queryable&) = default;
  Queryable(Queryable&&) noexcept = default;
  Queryable& operator=(const Queryable&) = default;
  Queryable& operator=(Queryable&&) noexcept = default;
  ~Queryable() = default;

  std::shared_ptr<detail::Executor> executor_;
};

/// A unit of work. The destructor rolls back what was not committed.
/// Threads: one at a time.
class Transaction : public Queryable {
 public:
  explicit Transaction(std::shared_ptr<detail::Executor> executor)
      : Queryable(std::move(executor)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Throws: InDoubtError when the connection broke between sending and the answer; UsageError
  /// when it has ended already.
  void commit();
  void rollback();
};

/// One connection, pinned until the Session ends.
/// Threads: one at a time.
class Session : public Queryable {
 public:
  explicit Session(std::shared_ptr<detail::Executor> executor) : Queryable(std::move(executor)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) noexcept = default;
  Session& operator=(Session&&) noexcept = default;

  /// The same pinned connection with other defaults: a timeout or stop token for one statement.
  Session with(const Options& options) { return Session(executor_->with(options)); }

  /// Starts listening; notifications arrive through notifications() or the callback of wait.
  void listen(std::string_view channel);
  void unlisten(std::string_view channel);
  /// Blocks until one arrives or `wait` passes; returns all that are there.
  std::vector<Notification> notifications(std::chrono::milliseconds wait);
  /// Hands each notification to `sink` until the stop token asks to end.
  void notifications(const std::function<void(const Notification&)>& sink, std::stop_token stop);

  /// What the server said beside its answers since this was last asked: PostgreSQL's notices (at
  /// most the last 256), the warnings of the last statement on MySQL and MariaDB, nothing on
  /// SQLite. Cost: a round trip on MySQL and MariaDB, when there are warnings.
  std::vector<Notice> notices();

  /// COPY ... FROM STDIN: pulls bytes in the statement's format until `source` returns 0.
  std::uint64_t copy_in(std::string_view sql,
                        const std::function<std::size_t(std::span<std::byte>)>& source);
  /// COPY ... TO STDOUT: hands the bytes to `sink` as they arrive.
  std::uint64_t copy_out(std::string_view sql, const std::function<void(BytesView)>& sink);

  /// Calls a stored procedure or function.
  CallResult call(std::string_view procedure, std::vector<ProcedureParameter> parameters = {});

  /// The one text or bytes value of the one row of a query, handed to `sink` in pieces.
  /// Returns its size. Throws: RowCountError; DataError for NULL or another type.
  template <class... Args>
  std::uint64_t read_large(const std::function<void(BytesView)>& sink, std::string_view sql,
                           const Args&... args) {
    const auto packed = detail::pack(args...);
    return read_large_with(sink, sql, packed.view());
  }

  /// Runs several statements in as few round trips as the protocol allows (one on PostgreSQL), in
  /// order; the first failure stops the rest, and is thrown.
  std::vector<ExecResult> pipeline(std::span<const PipelinedStatement> statements);

 private:
  std::uint64_t read_large_with(const std::function<void(BytesView)>& sink, std::string_view sql,
                                const Arguments& arguments);
};

/// A handle on the pools of one database; cheap to copy.
/// Threads: safe to share.
class Database : public Queryable {
 public:
  explicit Database(std::shared_ptr<detail::Executor> executor) : Queryable(std::move(executor)) {}
  Database(const Database&) = default;
  Database(Database&&) noexcept = default;
  Database& operator=(const Database&) = default;
  Database& operator=(Database&&) noexcept = default;

  /// The same pools with other defaults.
  Database with(const Options& options) const;
  /// Pins one connection.
  Session session();
  Health health() const;
  Metrics metrics() const;
  const std::string& name() const;
  /// The text of a named statement, to be run as any other: where the file has a text for this
  /// database, that one runs. Throws: UsageError. Lifetime: while the Database or a copy lives.
  std::string_view statement(std::string_view name) const;
  /// Waits up to `drain` for leases to return, then closes every connection. Later calls are
  /// UsageErrors. Idempotent.
  void close(std::chrono::milliseconds drain = std::chrono::seconds(10));

 private:
  friend struct database::Inside;
};

/// Opens a database by URL: sqlite:file.db, sqlite::memory:, postgres://..., mysql://...,
/// mariadb://... The first connection is made at once.
/// Throws: ConfigError for a URL that is wrong, ConnectError when nobody answers.
Database open(std::string_view url, const OpenOptions& options = {});
/// Opens databases.<name> of a configuration.
Database open(const Config& config, std::string_view name, const OpenOptions& options = {});

template <class F>
auto Queryable::transact(F&& f, const TransactionOptions& options) {
  using Result = std::invoke_result_t<F&, Transaction&>;
  using Plain = std::remove_cvref_t<Result>;
  if constexpr (!std::is_void_v<Result>) {
    static_assert(!detail::is_rows<Plain>, "iacdb: Rows cannot leave the transaction they run in");
    static_assert(!is_view<Plain> && !std::is_reference_v<Result>,
                  "iacdb: a view cannot leave the transaction its text belongs to");
  }
  executor_->check_transact(options);
  for (std::uint32_t attempt = 1;; ++attempt) {
    try {
      Transaction transaction = begin(options);
      if constexpr (std::is_void_v<Result>) {
        f(transaction);
        transaction.commit();
        return;
      } else {
        Result result = f(transaction);
        transaction.commit();
        return result;
      }
    } catch (const ConflictError& error) {
      if (!error.retryable() || attempt >= options.attempts_max) throw;
    }
    detail::back_off(options, attempt);
  }
}

}  // namespace iacdb
