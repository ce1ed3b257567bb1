#pragma once
// The tree of a statement: one kind of node for all dialects.
//
//   Node* where = select->kid(select_slot::where);
//   if (where && where->kind == Kind::binary && where->op == BinOp::and_) ...
//
// A node is a kind, a text, flags and children in slots; an absent child is nullptr. The slots of a
// kind are named below. Texts are views into the source or the arena.
// Lifetime: as long as the arena and the source. Threads: one at a time.

#include <cstdint>
#include <limits>
#include <string_view>

#include "sql/arena.hpp"

namespace iacdb::sql {

enum class Kind : std::uint8_t {
  raw,   ///< text printed as it stands; only where it means the same everywhere
  name,  ///< identifier without its quotes; flag quoted
  path,  ///< a.b.c: kids are names
  star,  ///< *, or kid 0 . *
  number,
  string,
  bit_string,
  hex_string,
  boolean,
  null,
  default_value,
  typed_literal,  ///< DATE '..': text is the type, kid 0 the string
  interval,   ///< kid 0 the amount, text the unit (empty: the unit is in the string), kid 1 unit 2
  parameter,  ///< ?, $1, :name
  variable,   ///< @x, @@x
  unary,      ///< text is the operator
  binary,     ///< op; text for a custom operator
  like,       ///< text LIKE, ILIKE, REGEXP ..: kids subject, pattern, escape; flag negated
  between,    ///< kids subject, low, high
  in,         ///< kids subject, list or subquery
  exists,
  row,
  paren,
  case_,  ///< kids operand, else, when...
  when,   ///< kids condition, result
  cast,   ///< kids value, type, style; text CAST, TRY_CAST, CONVERT, ::
  type,   ///< text the name in upper case, kids its parameters
  call,   ///< text the name; slots of call_slot
  list,
  window,
  sort,
  collate,
  at_time_zone,
  array,
  subscript,
  slice,
  outer_mark,
  named_argument,
  next_value,  ///< kid 0 the sequence; text NEXT or CURRENT
  extract,     ///< text the field, kid 0 the value
  trim,        ///< text BOTH, LEADING, TRAILING; kids value, characters
  quantified,  ///< text ANY or ALL, kid 0 subquery or array
  assignment,  ///< @x := value
  subquery,    ///< ( query )
  select,
  set_op,
  values,
  with,
  cte,
  item,   ///< of a select list: kids expression, alias
  table,  ///< slots of table_slot
  join,   ///< slots of join_slot
  pivot,  ///< kids source, aggregates, column, in-list, alias; op 1 unpivot
  limit,  ///< kids count, offset; flags with_ties, percent
  lock,   ///< text UPDATE or SHARE ..; kid 0 tables, kid 1 wait
  insert,
  conflict,
  update,
  delete_,
  merge,
  merge_when,
  assign,
  create_table,
  column,
  constraint,
  create_index,
  create_view,
  create_sequence,
  drop,
  alter_table,
  alter_action,
  truncate,
  comment_on,
  transaction,
  command,  ///< a statement kept as text: text from its first word to its end
};

enum class BinOp : std::uint8_t {
  or_,
  xor_,
  and_,
  eq,
  neq,
  lt,
  gt,
  le,
  ge,
  null_safe_eq,
  is,
  is_not,
  is_distinct,
  is_not_distinct,
  add,
  sub,
  mul,
  div,
  int_div,
  mod,
  concat,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right,
  power,
  arrow,
  arrow_text,
  hash_arrow,
  hash_arrow_text,
  contains,
  contained,
  regex,
  regex_i,
  not_regex,
  not_regex_i,
  custom,
  star_eq,
  eq_star,
  overlaps,
  collate_like,
};

enum class JoinKind : std::uint8_t {
  inner,
  left,
  right,
  full,
  cross,
  comma,
  cross_apply,
  outer_apply,
  straight,
};

enum class SetKind : std::uint8_t { union_, intersect, except };

namespace flag {
inline constexpr std::uint32_t quoted = 1U << 0;
inline constexpr std::uint32_t negated = 1U << 1;
inline constexpr std::uint32_t distinct = 1U << 2;
inline constexpr std::uint32_t all = 1U << 3;
inline constexpr std::uint32_t desc = 1U << 4;
inline constexpr std::uint32_t asc = 1U << 5;
inline constexpr std::uint32_t nulls_first = 1U << 6;
inline constexpr std::uint32_t nulls_last = 1U << 7;
inline constexpr std::uint32_t recursive = 1U << 8;
inline constexpr std::uint32_t lateral = 1U << 9;
inline constexpr std::uint32_t ordinality = 1U << 10;
inline constexpr std::uint32_t natural = 1U << 11;
inline constexpr std::uint32_t with_ties = 1U << 12;
inline constexpr std::uint32_t percent = 1U << 13;
inline constexpr std::uint32_t national = 1U << 14;
inline constexpr std::uint32_t symmetric = 1U << 15;
inline constexpr std::uint32_t ignore = 1U << 16;   ///< INSERT IGNORE, IGNORE NULLS
inline constexpr std::uint32_t replace = 1U << 17;  ///< REPLACE INTO, CREATE OR REPLACE
inline constexpr std::uint32_t temporary = 1U << 18;
inline constexpr std::uint32_t if_not_exists = 1U << 19;
inline constexpr std::uint32_t if_exists = 1U << 20;
inline constexpr std::uint32_t unique = 1U << 21;
inline constexpr std::uint32_t cascade = 1U << 22;
inline constexpr std::uint32_t unsigned_ = 1U << 23;
inline constexpr std::uint32_t time_zone = 1U << 24;  ///< WITH TIME ZONE
inline constexpr std::uint32_t array = 1U << 25;      ///< type[]
inline constexpr std::uint32_t parens = 1U << 26;     ///< written with () or in parentheses
inline constexpr std::uint32_t only = 1U << 27;
inline constexpr std::uint32_t with_as = 1U << 28;  ///< WITH ROLLUP as MySQL writes it
inline constexpr std::uint32_t materialized = 1U << 29;
inline constexpr std::uint32_t not_materialized = 1U << 30;
inline constexpr std::uint32_t done = 1U << 31;  ///< a pass has finished with this node
}  // namespace flag

struct Node {
  Kind kind = Kind::raw;
  std::uint8_t op = 0;  ///< BinOp, JoinKind, SetKind or ConstraintKind
  std::uint32_t flags = 0;
  std::uint32_t position = 0;  ///< byte offset in the source
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;
  Node** kids = nullptr;
  std::string_view text = {};

  Node* kid(std::size_t i) const noexcept { return i < size ? kids[i] : nullptr; }
  bool has(std::uint32_t f) const noexcept { return (flags & f) != 0; }
  bool is(Kind k) const noexcept { return kind == k; }
  bool is(BinOp o) const noexcept {
    return kind == Kind::binary && op == static_cast<std::uint8_t>(o);
  }
  BinOp bin() const noexcept { return static_cast<BinOp>(op); }
  JoinKind join() const noexcept { return static_cast<JoinKind>(op); }
  SetKind set() const noexcept { return static_cast<SetKind>(op); }
  Node** begin() const noexcept { return kids; }
  Node** end() const noexcept { return kids + size; }
};

/// The clauses that every query (select, set_op, values) has.
namespace query_slot {
enum : std::uint8_t { with, order, limit, locks, count };
}
namespace select_slot {
enum : std::uint8_t {
  with,
  order,
  limit,
  locks,
  distinct_on,
  items,
  into,
  from,
  where,
  start_with,
  connect_by,
  group,
  having,
  windows,
  qualify,
  hints,
  options,
  count
};
}
namespace set_slot {
enum : std::uint8_t { with, order, limit, locks, left, right, count };
}
namespace values_slot {
enum : std::uint8_t { with, order, limit, locks, rows, count };
}
namespace cte_slot {
enum : std::uint8_t { name, columns, body, tail, count };
}
namespace call_slot {
enum : std::uint8_t { args, order, separator, filter, over, within, path, keep, count };
}
namespace window_slot {
enum : std::uint8_t { base, partition, order, frame, count };
}
namespace table_slot {
enum : std::uint8_t { source, alias, columns, hints, sample, count };
}
namespace join_slot {
enum : std::uint8_t { left, right, on, using_, count };
}
namespace insert_slot {
enum : std::uint8_t { with, target, columns, source, conflict, returning, count };
}
namespace conflict_slot {
enum : std::uint8_t { target, where, updates, update_where, constraint, alias, count };
}
namespace update_slot {
enum : std::uint8_t { with, target, assigns, from, where, order, limit, returning, top, count };
}
namespace delete_slot {
enum : std::uint8_t { with, targets, from, where, order, limit, returning, using_, top, count };
}
namespace merge_slot {
enum : std::uint8_t { with, target, source, on, whens, returning, count };
}
/// op: 0 matched, 1 not matched, 2 not matched by source. text: UPDATE, DELETE, INSERT, NOTHING.
namespace when_slot {
enum : std::uint8_t { condition, assigns, columns, values, where, delete_where, count };
}
namespace table_def_slot {
enum : std::uint8_t { name, items, options, query, like, count };
}
namespace column_slot {
enum : std::uint8_t { name, type, constraints, count };
}
enum class ConstraintKind : std::uint8_t {
  not_null,
  null,
  default_,
  primary,
  unique,
  check,
  references,
  foreign,
  identity,
  generated,
  collate,
  comment,
  on_update,
  auto_increment,
  charset,
  index,
  invisible,
  like,
  raw,
};
/// columns: of the key; table, foreign_columns: what it references; text: the actions.
namespace constraint_slot {
enum : std::uint8_t { name, expression, columns, table, foreign_columns, options, count };
}
namespace index_slot {
enum : std::uint8_t { name, table, columns, where, include, method, options, count };
}
namespace view_slot {
enum : std::uint8_t { name, columns, query, options, count };
}
namespace alter_slot {
enum : std::uint8_t { name, actions, count };
}
/// text: ADD COLUMN, DROP COLUMN, MODIFY, CHANGE, RENAME TO, RENAME COLUMN, SET TYPE, SET DEFAULT
/// ..
namespace action_slot {
enum : std::uint8_t { name, definition, expression, type, count };
}

/// op of a call of JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG or JSON_ARRAYAGG as the standard writes
/// them, k VALUE v: what becomes of NULL. Without it: MySQL's and SQLite's, k, v.
enum class JsonNulls : std::uint8_t { none, unsaid, absent, kept };

/// Makes nodes in an arena.
class Builder {
 public:
  explicit Builder(Arena& arena) : arena_(arena) {}

  Node* node(Kind kind, std::string_view text = {}, std::uint32_t flags = 0) {
    Node* n = arena_.make<Node>();
    arena_.note(static_cast<std::uint8_t>(kind));
    n->kind = kind;
    n->text = text;
    n->flags = flags;
    return n;
  }
  /// False when the tree cannot have a node of the kind: none was made in its arena.
  bool made(Kind kind) const noexcept { return arena_.noted(static_cast<std::uint8_t>(kind)); }
  bool made_one(const std::array<std::uint64_t, 2>& kinds) const noexcept {
    return arena_.noted_one(kinds);
  }
  Node* slots(Kind kind, std::size_t count, std::string_view text = {}) {
    Node* n = node(kind, text);
    reserve(n, count);
    for (std::size_t i = 0; i < count; ++i) n->kids[i] = nullptr;
    n->size = static_cast<std::uint32_t>(count);
    return n;
  }
  template <typename... Kids>
  Node* with(Kind kind, std::string_view text, Kids... kids) {
    Node* n = slots(kind, sizeof...(kids), text);
    std::size_t i = 0;
    ((n->kids[i++] = kids), ...);
    return n;
  }
  void add(Node* parent, Node* kid) {
    if (parent->size == parent->capacity)
      reserve(parent, parent->capacity ? 2 * parent->capacity : 4);
    parent->kids[parent->size++] = kid;
  }
  void insert(Node* parent, std::size_t at, Node* kid) {
    add(parent, kid);
    for (std::size_t i = parent->size - 1; i > at; --i) parent->kids[i] = parent->kids[i - 1];
    parent->kids[at] = kid;
  }
  static void erase(Node* parent, std::size_t at) {
    for (std::size_t i = at; i + 1 < parent->size; ++i) parent->kids[i] = parent->kids[i + 1];
    --parent->size;
  }

  Node* name(std::string_view text, bool quoted = false) {
    return node(Kind::name, text, quoted ? flag::quoted : 0);
  }
  Node* number(std::string_view text) { return node(Kind::number, text); }
  Node* string(std::string_view text) { return node(Kind::string, text); }
  Node* null() { return node(Kind::null); }
  Node* binary(BinOp op, Node* left, Node* right) {
    Node* n = with(Kind::binary, {}, left, right);
    n->op = static_cast<std::uint8_t>(op);
    if (left) n->position = left->position;
    return n;
  }
  Node* both(Node* a, Node* b) { return !a ? b : !b ? a : binary(BinOp::and_, a, b); }
  Node* unary(std::string_view op, Node* value) { return with(Kind::unary, op, value); }
  Node* paren(Node* value) { return with(Kind::paren, {}, value); }
  Node* column(std::string_view table, std::string_view column) {
    return with(Kind::path, {}, name(table), name(column));
  }
  template <typename... Args>
  Node* call(std::string_view function, Args... args) {
    Node* n = slots(Kind::call, call_slot::count, function);
    n->kids[call_slot::args] = with(Kind::list, {}, args...);
    return n;
  }
  Node* cast(Node* value, std::string_view type) {
    return with(Kind::cast, "CAST", value, node(Kind::type, type));
  }
  Node* sort(Node* value) { return with(Kind::sort, {}, value); }
  Node* list() { return node(Kind::list); }
  Node* list_of(Node* only) { return with(Kind::list, {}, only); }
  Node* item(Node* value, Node* alias = nullptr) { return with(Kind::item, {}, value, alias); }
  Node* select() { return slots(Kind::select, select_slot::count); }

  /// A deep copy; texts stay shared.
  Node* clone(const Node* n);

  Arena& arena() { return arena_; }
  std::string_view text(std::string_view t) { return arena_.copy(t); }

 private:
  void reserve(Node* n, std::size_t count) {
    auto** kids = static_cast<Node**>(arena_.allocate(count * sizeof(Node*)));
    for (std::size_t i = 0; i < n->size; ++i) kids[i] = n->kids[i];
    n->kids = kids;
    n->capacity = static_cast<std::uint32_t>(count);
  }

  Arena& arena_;
};

/// INSERT ALL and INSERT FIRST, whose branches stand where the columns of others do.
inline bool is_insert_all(const Node* n) noexcept {
  return n->is(Kind::insert) && (n->text == "ALL" || n->text == "FIRST");
}

/// Equality of trees, positions apart; names without quotes compare without case.
bool same_tree(const Node* a, const Node* b) noexcept;

/// The last name of a name or path; empty for anything else.
std::string_view last_name(const Node* n) noexcept;

/// The first name of a path of two or more; empty otherwise.
std::string_view qualifier(const Node* n) noexcept;

/// What a translation may still do on this thread, in nodes looked at by walk() and rewrite_tree().
/// A form that holds an argument twice doubles with each level that it nests in; this ends it.
class WorkLimit {
 public:
  explicit WorkLimit(std::uint64_t nodes) : before_(left_) { left_ = nodes; }
  ~WorkLimit() { left_ = before_; }
  WorkLimit(const WorkLimit&) = delete;
  WorkLimit& operator=(const WorkLimit&) = delete;

  /// Throws: Problem "limit".
  static void take() {
    if (--left_ == 0) exceeded();
  }

 private:
  [[noreturn]] static void exceeded();

  static inline thread_local std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t before_;
};

/// Calls visit(node) for a node and everything below it; visit returns false to stay out of a node.
template <typename Visit>
void walk(Node* n, Visit&& visit) {
  if (!n) return;
  WorkLimit::take();
  if (!visit(n)) return;
  for (std::uint32_t i = 0; i < n->size; ++i) {
    Node* kid = n->kids[i];
    if (!kid) continue;
    if (kid->size == 0) {
      visit(kid);
    } else {
      walk(kid, visit);
    }
  }
}

/// Calls change(Node*&) for everything below, children first, so that a node can be replaced.
template <typename Change>
void rewrite_tree(Node*& n, Change&& change) {
  if (!n) return;
  WorkLimit::take();
  for (std::uint32_t i = 0; i < n->size; ++i) {
    Node*& kid = n->kids[i];
    if (!kid) continue;
    if (kid->size == 0) {
      change(kid);
    } else {
      rewrite_tree(kid, change);
    }
  }
  change(n);
}

}  // namespace iacdb::sql
