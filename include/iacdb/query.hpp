#pragma once
// Statements built from parts instead of text: one statement, said once, comes out in each dialect.
//
//   using namespace iacdb::sql;
//   Select q = select({column("id"), column("name")}).from("users").where(column("age") > 18)
//                  .order_by({column("name")}).limit(10);
//   BuiltQuery b = q.build({.dialect = Dialect::tsql, .version = 2008});
//   db.query(b.text(), b.arguments());
//
// Values are always parameters, never text; names are quoted where the dialect needs it. Names in
// small letters fold as the database folds them; others keep their case. What a statement means is
// what PostgreSQL would do with it (NULL sorts last, / of integers is an integer), translated as
// translate() does it. run_query.hpp runs a statement on a Database, Session or Transaction.
// Threads: one at a time; a copy is independent. Limits: expressions nest 100 deep.
// Throws: UsageError for misuse, when the part is made or the statement is built.

#include <concepts>
#include <functional>
#include <iacdb/argument.hpp>
#include <iacdb/sql.hpp>
#include <iacdb/value.hpp>
#include <initializer_list>
#include <utility>

namespace iacdb::sql {

struct Node;
class Making;
class Order;
class Select;
class Window;

/// What a statement is built for.
struct BuildOptions {
  Dialect dialect = Dialect::postgres;
  int version = 0;                      ///< as TranslateOptions::target_version
  const SchemaFacts* schema = nullptr;  ///< what is known of the tables, or nothing
  Policies policies = {};
};

/// A text and its parameters in the order of its `?`. Threads: immutable and safe to share.
class BuiltStatement {
 public:
  BuiltStatement(std::string text, std::vector<Value> parameters);
  const std::string& text() const noexcept;
  std::span<const Value> parameters() const noexcept;
  /// For exec and query. Lifetime: while this or a copy lives.
  Arguments arguments() const noexcept;

 private:
  struct Held;
  std::shared_ptr<const Held> held_;
};

/// One statement, or several that run in one transaction where the dialect needs them.
struct BuiltQuery {
  std::vector<BuiltStatement> statements = {};
  std::size_t answer = 0;  ///< which of them gives the statement's answer
  std::vector<TranslationWarning> warnings = {};

  /// Of the only statement. Throws: UsageError when there are several.
  const std::string& text() const { return only().text(); }
  Arguments arguments() const { return only().arguments(); }

 private:
  const BuiltStatement& only() const;
};

/// Something that has a value. Plain values become parameters.
class Expression {
 public:
  using Make = std::function<Node*(Making&)>;

  template <class T>
  requires(!std::derived_from<T, Expression> && !std::derived_from<T, Select> &&
           !std::same_as<T, Order>) Expression(const T& value)
      : Expression(bound(owned(value))) {}
  /// A query of one column and at most one row.
  Expression(const Select& query);
  /// For the parts of this header. Throws: UsageError beyond the limit of depth.
  Expression(Make make, std::initializer_list<const Expression*> parts);

  Node* make(Making& making) const { return (*make_)(making); }
  int depth() const noexcept { return depth_; }

  friend Expression operator==(const Expression& a, const Expression& b);
  friend Expression operator!=(const Expression& a, const Expression& b);
  friend Expression operator<(const Expression& a, const Expression& b);
  friend Expression operator<=(const Expression& a, const Expression& b);
  friend Expression operator>(const Expression& a, const Expression& b);
  friend Expression operator>=(const Expression& a, const Expression& b);
  friend Expression operator&&(const Expression& a, const Expression& b);
  friend Expression operator||(const Expression& a, const Expression& b);
  friend Expression operator!(const Expression& a);
  friend Expression operator+(const Expression& a, const Expression& b);
  friend Expression operator-(const Expression& a, const Expression& b);
  friend Expression operator*(const Expression& a, const Expression& b);
  friend Expression operator/(const Expression& a, const Expression& b);
  friend Expression operator%(const Expression& a, const Expression& b);

  Expression is_null() const;
  Expression is_not_null() const;
  Expression like(const Expression& pattern) const;
  Expression not_like(const Expression& pattern) const;
  Expression between(const Expression& low, const Expression& high) const;
  /// An empty list matches nothing.
  Expression in(const std::vector<Expression>& values) const;
  Expression in(const Select& query) const;
  Expression not_in(const std::vector<Expression>& values) const;
  Expression not_in(const Select& query) const;
  /// A type by its name in PostgreSQL: "integer", "text", "numeric(10, 2)".
  Expression cast(std::string_view type) const;
  /// A name in the list of a select.
  Expression as(std::string_view name) const;
  /// Of an aggregate: only the rows that match.
  Expression filter(const Expression& condition) const;
  Expression over(const Window& window) const;
  Order asc() const;
  Order desc() const;

 private:
  template <class T>
  static Value owned(const T& value) {
    iacdb::detail::Scratch scratch;
    const Cell cell = iacdb::detail::to_cell<T>(value, scratch);
    return Value::of(cell, cell.is_null() ? Type::null : cell.type());
  }
  static Expression bound(Value value);

  std::shared_ptr<const Make> make_;
  int depth_ = 1;
};

Expression column(std::string_view name);
Expression column(std::string_view table, std::string_view name);
/// Every column: of a select's list, or of one table.
Expression star();
Expression star(std::string_view table);
/// A value, always a parameter, where the conversion does not happen by itself.
template <class T>
Expression value(const T& plain) {
  return Expression(plain);
}
Expression null();
/// All, or any, of many conditions; none is true of all and false of any.
Expression all_of(const std::vector<Expression>& conditions);
Expression any_of(const std::vector<Expression>& conditions);
/// A function by its name in PostgreSQL.
Expression call(std::string_view function, const std::vector<Expression>& arguments = {});
Expression count();
Expression count_distinct(const Expression& value);
Expression sum(const Expression& value);
Expression avg(const Expression& value);
Expression min(const Expression& value);
Expression max(const Expression& value);
Expression coalesce(const std::vector<Expression>& values);
/// NULL when one of them is.
Expression concat(const std::vector<Expression>& values);
Expression exists(const Select& query);
Expression not_exists(const Select& query);
/// The first value whose condition holds; otherwise the last one, or NULL.
Expression case_when(const std::vector<std::pair<Expression, Expression>>& branches,
                     const std::optional<Expression>& otherwise = {});
enum class Unit : std::uint8_t { year, month, day, hour, minute, second };
/// A date or a moment, so much later; a negative amount is earlier.
Expression add(const Expression& moment, int amount, Unit unit);
Expression extract(Unit unit, const Expression& moment);
Expression current_timestamp();
Expression current_date();
/// In an upsert: the value that the insert brought.
Expression excluded(std::string_view column);

/// An expression to sort by. NULL sorts last, and first when descending, unless told otherwise.
class Order {
 public:
  Order(const Expression& value, bool descending = false)
      : value_(value), descending_(descending) {}
  int depth() const noexcept { return value_.depth(); }
  Order nulls_first() const { return with_nulls(1); }
  Order nulls_last() const { return with_nulls(2); }
  Node* make(Making& making) const;

 private:
  Order with_nulls(int nulls) const;

  Expression value_;
  bool descending_;
  int nulls_ = 0;
};

/// Where the frame of a window ends.
class Bound {
 public:
  static Bound unbounded_preceding() { return Bound("UNBOUNDED PRECEDING", 0); }
  static Bound preceding(std::uint32_t rows);
  static Bound current_row() { return Bound("CURRENT ROW", 2); }
  static Bound following(std::uint32_t rows);
  static Bound unbounded_following() { return Bound("UNBOUNDED FOLLOWING", 4); }

 private:
  friend class Window;
  Bound(std::string text, int place) : text_(std::move(text)), place_(place) {}

  std::string text_;
  int place_;
};

class Window {
 public:
  Window& partition_by(std::vector<Expression> values);
  Window& order_by(std::vector<Order> orders);
  Window& rows(const Bound& from, const Bound& to) { return frame("ROWS", from, to); }
  Window& range(const Bound& from, const Bound& to) { return frame("RANGE", from, to); }
  Node* make(Making& making) const;

 private:
  Window& frame(std::string_view unit, const Bound& from, const Bound& to);

  std::vector<Expression> partition_;
  std::vector<Order> order_;
  std::string frame_;
};
inline Window window() {
  return {};
}

/// A table or a query in FROM.
class Table {
 public:
  Table(std::string_view name);
  Table(const char* name) : Table(std::string_view(name)) {}
  Table(const std::string& name) : Table(std::string_view(name)) {}
  Table(std::string_view schema, std::string_view name);
  Table(const Select& query, std::string_view alias);
  Table as(std::string_view alias) const;
  Node* make(Making& making) const { return (*make_)(making); }
  int depth() const noexcept { return depth_; }

 private:
  std::shared_ptr<const Expression::Make> make_;
  int depth_ = 1;
};

/// What the five kinds of statements share.
class Buildable {
 public:
  BuiltQuery build(const BuildOptions& options = {}) const;
  /// For a dialect by its name, with a version or without: "oracle:11". Throws: UsageError.
  BuiltQuery build_for(std::string_view target) const;

 protected:
  Buildable() = default;
  Buildable(const Buildable&) = default;
  Buildable& operator=(const Buildable&) = default;
  virtual ~Buildable() = default;

 private:
  virtual Node* make_statement(Making& making) const = 0;
};

class Select : public Buildable {
 public:
  explicit Select(std::vector<Expression> items) : items_(std::move(items)) {}
  Select& distinct();
  Select& from(const Table& table);
  Select& join(const Table& table, const Expression& on);
  Select& left_join(const Table& table, const Expression& on);
  Select& right_join(const Table& table, const Expression& on);
  Select& full_join(const Table& table, const Expression& on);
  Select& cross_join(const Table& table);
  /// Conditions of several calls must all hold; the same for having.
  Select& where(const Expression& condition);
  Select& group_by(std::vector<Expression> values);
  Select& having(const Expression& condition);
  /// With several selects set together: of the whole.
  Select& order_by(std::vector<Order> orders);
  Select& limit(std::uint64_t rows);
  Select& offset(std::uint64_t rows);
  Select& union_with(const Select& other);
  Select& union_all(const Select& other);
  Select& intersect(const Select& other);
  Select& except(const Select& other);
  Select& with(std::string_view name, const Select& query, std::vector<std::string> columns = {});
  Select& with_recursive(std::string_view name, const Select& query,
                         std::vector<std::string> columns);
  /// Locks the rows until the transaction ends. SQLite has one writer and no lock of a row: there a
  /// change fails where another came first.
  Select& for_update();

  Node* make(Making& making) const;
  int depth() const noexcept;

 private:
  struct Joined {
    int kind;
    Table table;
    std::optional<Expression> on;
  };
  struct Set {
    int kind;
    bool all;
    std::shared_ptr<const Select> query;
  };
  struct Cte {
    std::string name;
    std::shared_ptr<const Select> query;
    std::vector<std::string> columns;
    bool recursive;
  };
  Select& add_join(int kind, const Table& table, const std::optional<Expression>& on);
  Select& add_set(int kind, bool all, const Select& other);
  Node* make_statement(Making& making) const override { return make(making); }
  Node* make_own(Making& making) const;
  Node* make_from(Making& making) const;
  Node* make_with(Making& making) const;
  void check() const;

  std::vector<Expression> items_;
  bool distinct_ = false;
  bool locks_ = false;
  std::optional<Table> from_;
  std::vector<Joined> joins_;
  std::vector<Expression> where_;
  std::vector<Expression> group_;
  std::vector<Expression> having_;
  std::vector<Order> order_;
  std::optional<std::uint64_t> limit_;
  std::optional<std::uint64_t> offset_;
  std::vector<Set> sets_;
  std::vector<Cte> ctes_;
};
inline Select select(std::vector<Expression> items) {
  return Select(std::move(items));
}

class Insert : public Buildable {
 public:
  Insert(const Table& table, std::vector<std::string> columns)
      : table_(table), columns_(std::move(columns)) {}
  /// One row; called again, one more.
  Insert& values(std::vector<Expression> row);
  Insert& from(const Select& query);
  /// An upsert: what happens where a row with the same key is there. Needs one of the next two.
  Insert& on_conflict(std::vector<std::string> key);
  Insert& do_nothing();
  /// Sets the columns to the values that the insert brought.
  Insert& do_update(const std::vector<std::string>& columns);
  Insert& do_update(std::string_view column, const Expression& value);
  Insert& returning(std::vector<Expression> items);

 private:
  Node* make_statement(Making& making) const override;
  void check() const;

  Table table_;
  std::vector<std::string> columns_;
  std::vector<std::vector<Expression>> rows_;
  std::optional<Select> query_;
  std::vector<std::string> key_;
  bool nothing_ = false;
  std::vector<std::pair<std::string, Expression>> updates_;
  std::vector<Expression> returning_;
};
inline Insert insert_into(const Table& table, std::vector<std::string> columns) {
  return {table, std::move(columns)};
}

class Update : public Buildable {
 public:
  explicit Update(const Table& table) : table_(table) {}
  Update& set(std::string_view column, const Expression& value);
  Update& where(const Expression& condition);
  /// Without a condition an update is refused, unless this says that every row is meant.
  Update& all_rows();
  Update& returning(std::vector<Expression> items);

 private:
  Node* make_statement(Making& making) const override;

  Table table_;
  std::vector<std::pair<std::string, Expression>> sets_;
  std::vector<Expression> where_;
  bool all_ = false;
  std::vector<Expression> returning_;
};
inline Update update(const Table& table) {
  return Update(table);
}

class Delete : public Buildable {
 public:
  explicit Delete(const Table& table) : table_(table) {}
  Delete& where(const Expression& condition);
  /// As Update::all_rows.
  Delete& all_rows();
  Delete& returning(std::vector<Expression> items);

 private:
  Node* make_statement(Making& making) const override;

  Table table_;
  std::vector<Expression> where_;
  bool all_ = false;
  std::vector<Expression> returning_;
};
inline Delete delete_from(const Table& table) {
  return Delete(table);
}

}  // namespace iacdb::sql
