#pragma once
// The printer: a tree back to text, in the grammar of a dialect.
//
//   std::string text = print(*statement, Dialect::postgres);
//
// It writes what the tree says; making a tree say the same in another dialect is translate.hpp's
// work. Parentheses that the dialect's precedence needs are added.
// Throws: QueryError(syntax) where the dialect has no form for a node. Cost: linear.

#include <limits>
#include <string>
#include <string_view>

#include "sql/ast.hpp"
#include "sql/comments.hpp"
#include "sql/dialect.hpp"

namespace iacdb::sql {

std::string print(const Node& statement, Dialect dialect);

/// Writes one tree. Throws Problem("unsupported").
class Printer {
 public:
  explicit Printer(Dialect dialect, Comments* comments = nullptr)
      : dialect_(dialect), comments_(comments) {}

  void statement(const Node* n);
  void expression(const Node* n, int power = 0);
  void type(const Node* n);
  std::string take() { return std::move(out_); }
  /// A longer text is too long. Throws then: Problem "limit".
  void limit(std::size_t bytes) { longest_ = bytes; }

 private:
  bool is(Dialect d) const { return dialect_ == d; }
  void put(std::string_view text) { out_ += text; }
  void blank(std::string_view text) {
    if (!out_.empty() && out_.back() != ' ' && out_.back() != '(') out_ += ' ';
    out_ += text;
  }
  [[noreturn]] void unsupported(const Node* n, std::string_view what) const;

  // print_expression.cpp
  int power_of_node(const Node* n) const;
  void expression_open(const Node* n);
  void quantified(const Node* n);
  void distinct_from(const Node* n);
  void names(const Node* list);
  void list(const Node* list, std::string_view separator = ", ");
  void binary(const Node* n);
  void custom_binary(const Node* n, std::string_view op);
  void unary(const Node* n);
  void like(const Node* n);
  void in(const Node* n);
  void between(const Node* n);
  void case_expression(const Node* n);

  // print_operand.cpp
  void value(const Node* n);
  void name(const Node* n);
  void path(const Node* n);
  void literal(const Node* n);
  void cast(const Node* n);
  void cast_of_oracle(const Node* n);
  void interval(const Node* n);
  void array(const Node* n);
  void subscript(const Node* n);

  // print_call.cpp
  void call(const Node* n);
  void call_arguments(const Node* n);
  void json_arguments(const Node* n);
  void window(const Node* n);
  void order(const Node* list);
  void sort(const Node* n);
  void sort_order(const Node* n);
  void trim(const Node* n);
  void extract(const Node* n);
  void next_value(const Node* n);

  // print_query.cpp
  void query(const Node* n);
  void with(const Node* n);
  void select(const Node* n);
  void select_head(const Node* n);
  void select_clauses(const Node* n);
  void set_op(const Node* n);
  void operand(const Node* n, bool right, const Node* parent);
  void values(const Node* n);
  void tail(const Node* n);
  void limit(const Node* n, const Node* query);
  void count_of_rows(const Node* n);
  void fetch(const Node* n, const Node* query);
  void locks(const Node* list);
  void item(const Node* n);
  void items(const Node* list);
  void from(const Node* list);
  void table(const Node* n);
  void join(const Node* n);
  void pivot(const Node* n);
  bool uses_top(const Node* select) const;

  // print_dml.cpp
  void insert(const Node* n);
  void insert_all(const Node* n);
  void conflict(const Node* n);
  void update(const Node* n);
  void delete_(const Node* n);
  void merge(const Node* n);
  void merge_when(const Node* n);
  void assigns(const Node* list);
  void returning(const Node* list, const char* word);
  void limit_of_change(const Node* n);

  // print_ddl.cpp
  void create_table(const Node* n);
  void table_items(const Node* list);
  void column(const Node* n);
  void constraint(const Node* n, bool in_table);
  void constraint_name(const Node* n, bool in_table);
  void key_constraint(const Node* n);
  void index_constraint(const Node* n);
  void references(const Node* n);
  void generated(const Node* n);
  void identity(const Node* n);
  void create_index(const Node* n);
  void create_view(const Node* n);
  void create_sequence(const Node* n);
  void index_columns(const Node* columns);
  void sequence_option(const Node* option);
  void drop(const Node* n);
  void alter_table(const Node* n);
  void alter_action(const Node* n);
  void alter_rename(const Node* n);
  void alter_column(const Node* n);
  void modify_column(const Node* n);
  void comment_on(const Node* n);
  void transaction(const Node* n);

  Dialect dialect_;
  Comments* comments_;
  std::string out_;
  std::size_t longest_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace iacdb::sql
