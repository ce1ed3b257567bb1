#pragma once
// The parser of all dialects: recursive descent for statements, precedence climbing for
// expressions, one grammar with the dialects' additions.
//
//   Arena arena;
//   Node* statement = parse("select a from t where b = 1", Dialect::mysql, arena);
//
// Throws: QueryError(syntax) saying what was expected where; QueryError for nesting beyond
// depth_max.
// Lifetime: the tree holds views into the source and lives in the arena. Cost: linear.
// Limits: depth_max of nesting, chain_max operators in one chain.

#include <algorithm>
#include <string_view>
#include <vector>

#include "sql/ast.hpp"
#include "sql/lexer.hpp"
#include "sql/problem.hpp"

namespace iacdb::sql {

inline constexpr std::size_t depth_max = 250;
inline constexpr std::size_t chain_max = 4000;

/// One statement, a final `;` allowed.
Node* parse(std::string_view source, Dialect dialect, Arena& arena);

/// Binding power of an operator; higher binds tighter. Shared with the printer.
int power_of(BinOp op, Dialect dialect) noexcept;
namespace power {
inline constexpr int or_ = 10, xor_ = 15, and_ = 20, not_ = 25, is = 30, compare = 40, like = 45,
                     bits = 50, other = 52, shift = 58, add = 60, mul = 65, pow = 70, unary = 73,
                     collate = 74, tight = 76, postfix = 90;
}

class Parser {
 public:
  Parser(std::string_view source, Dialect dialect, Arena& arena);
  /// Reads a text of the translator's own, in which functions may have names that begin with "$".
  void allow_own_names() { own_names_ = true; }

  /// Throws Problem. The whole text must be one statement.
  Node* whole_statement();
  /// Throws Problem. The whole text must be one expression; for templates.
  Node* whole_expression();

  /// Throws Problem. The columns of JSON_TABLE and of OPENJSON: a list of Kind::column, each a
  /// name, a type and a path; text ORDINALITY or JSON. `path` is the path of the rows, where it is
  /// said.
  Node* json_columns(Node*& path);

  Node* statement();
  bool has_comments() const noexcept { return has_comments_; }
  bool at_end() const { return cur().kind == TokenKind::end; }

 private:
  // tokens
  /// The end token for ever after the last one: a step too far in broken text stays harmless.
  const Token& cur() const { return at_ < tokens_.size() ? tokens_[at_] : tokens_.back(); }
  const Token& peek(std::size_t n = 1) const {
    return at_ + n < tokens_.size() ? tokens_[at_ + n] : tokens_.back();
  }
  std::string_view text(const Token& t) const { return t.text(source_); }
  bool at(WordId w) const { return cur().word == w && w != 0; }
  bool at(Op o) const { return cur().op == o; }
  bool next_is(WordId w) const { return peek().word == w; }
  bool accept(WordId w) { return at(w) ? (++at_, true) : false; }
  bool accept(Op o) { return at(o) ? (++at_, true) : false; }
  bool accept(WordId a, WordId b);
  bool accept(WordId a, WordId b, WordId c);
  void expect(WordId w, std::string_view what);
  void expect(Op o, std::string_view what);
  [[noreturn]] void expected(std::string_view what) const;
  Node* at_position(Node* n, std::size_t token) const;
  bool is_word() const { return cur().kind == TokenKind::word; }
  bool is(Dialect d) const { return dialect_ == d; }
  std::string_view between(std::size_t from_token, std::size_t to_token) const;
  std::string_view upper_text(std::string_view t);

  // names
  Node* name(std::string_view what = "a name");
  Node* path(std::string_view what = "a name");
  Node* name_list();
  bool name_here() const;
  Node* alias(bool in_from);
  bool can_be_alias(bool in_from) const;
  Node* paren_names();

  // expressions: parse_expression*.cpp
  Node* expression(int power = 0);
  Node* prefix();
  Node* primary();
  Node* word_primary();
  Node* keyword_primary(const Token& t);
  Node* keyword_call(const Token& t);
  void refuse_clause_word(const Token& t) const;
  Node* infix(Node* left, int power, bool& done);
  Node* predicate(Node* left, int power, bool& done);
  Node* word_operator(Node* left, int power);
  Node* is_predicate(Node* left);
  Node* like(Node* left, bool negated);
  Node* between_(Node* left, bool negated);
  Node* in(Node* left, bool negated);
  Node* quantified_or(int power);
  Node* postfix(Node* value);
  Node* subscript(Node* value);
  Node* paren_expression();
  Node* string_literal();
  Node* decoded(const Token& t);
  Node* case_expression();
  Node* cast_call(std::string_view function);
  Node* convert_call();
  Node* extract_call();
  Node* trim_call();
  Node* substring_call();
  Node* position_call();
  Node* overlay_call();
  Node* interval();
  Node* interval_unit(Node* n);
  Node* typed_literal();
  Node* exists();
  Node* array();
  Node* row();
  Node* function_call(Node* function);
  void call_arguments(Node* call);
  void overflow(Node* call);
  void text_of_rows(Node* query);
  void value_of_xml(const Node* query);
  void call_tail(Node* call);
  bool is_json_constructor(const Node* call) const;
  void json_pair(Node* args);
  void json_tail(Node* call);
  void json_arguments(Node* call);
  void json_value_tail(Node* call);
  struct JsonOptions {
    Node* root = nullptr;
    JsonNulls nulls = JsonNulls::absent;
    bool bare = false;
  };
  JsonOptions json_options();
  void rows_as_json(Node* query);
  bool text_of_xml(Node* call);
  Node* argument();
  Node* window_spec();
  Node* window_or_name();
  Node* order_list();
  Node* sort_item();
  Node* expression_list();
  bool binary_operator(BinOp& op) const;

  // types
  Node* type();
  void type_modifiers(Node* type);
  std::string_view type_words();

  // queries: parse_query.cpp, parse_from.cpp
  bool query_here() const;
  bool query_word(std::size_t token) const;
  void match_parentheses();
  Node* query();
  Node* query_body(int power);
  Node* query_primary();
  Node* with_clause();
  Node* cte();
  void query_tail(Node* query);
  void limit_clause(Node* query);
  void offset_fetch(Node* query);
  void lock_clause(Node* query);
  Node* select();
  void select_head(Node* select);
  void select_rest(Node* select);
  void top(Node* select);
  Node* select_item();
  Node* group_list();
  Node* windows();
  void connect_by(Node* select);
  void options(Node* select);
  Node* values();
  Node* subquery();
  Node* from_list();
  Node* join_chain();
  static Node* first_joined(Node* join);
  Node* join_tail(Node* left, bool& done);
  Node* table_primary();
  Node* table_source();
  void table_suffix(Node* table);
  Node* table_hints();
  Node* json_column();
  Node* pivot(Node* source);

  // data changes: parse_dml.cpp
  Node* insert(Node* with);
  void insert_head(Node* insert);
  Node* insert_all(Node* insert);
  Node* insert_set(Node* insert);
  Node* conflict();
  Node* duplicate_key();
  Node* update(Node* with);
  Node* delete_(Node* with);
  Node* merge(Node* with);
  Node* merge_when();
  void merge_action(Node* when);
  Node* assigns();
  Node* assign();
  Node* returning();
  void into_binds(Node* list);
  void output_into(Node* list);
  Node* output();

  // definitions: parse_ddl.cpp, parse_table.cpp, parse_alter.cpp
  Node* create();
  Node* create_table(std::uint32_t flags);
  Node* table_item();
  Node* table_constraint();
  Node* column_definition();
  Node* column_constraint();
  bool key_of_table() const;
  bool named_constraint(Node* c);
  Node* default_value();
  void references(Node* c);
  void identity_options(Node* c);
  void key_columns(Node* c);
  Node* key_part();
  Node* table_options();
  std::string_view raw_until_separator();
  Node* create_index(std::uint32_t flags);
  Node* create_view(std::uint32_t flags);
  Node* create_sequence(std::uint32_t flags);
  Node* drop();
  Node* alter();
  void add_action(Node* actions);
  Node* alter_action();
  Node* alter_added(Node* action);
  Node* alter_dropped(Node* action);
  Node* alter_add(Node* action);
  Node* alter_drop(Node* action);
  Node* alter_rename(Node* action);
  Node* alter_modify(Node* action);
  Node* alter_column_action();
  Node* alter_option(Node* action);
  Node* kept_option(Node* action);
  Node* added_default();
  void view_words();
  bool key_tail();
  void storage_words();
  Node* truncate();
  Node* comment_on();
  Node* transaction();
  Node* command();

  struct Depth {
    explicit Depth(Parser& p);
    ~Depth() { --parser.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    Parser& parser;
  };
  /// A chain that grows to the left: its height is the tree's, with what hangs below its operands.
  class Chain {
   public:
    explicit Chain(Parser& p) : parser_(p), outer_(p.height_) { p.height_ = 0; }
    ~Chain() { parser_.height_ = std::max(outer_, std::max(own_, parser_.height_) + 1); }
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;
    /// Another operand stands in it. `links`: of what; throws Problem "limit".
    void grow(std::string_view links, std::size_t by = 1);

   private:
    Parser& parser_;
    std::size_t outer_;
    std::size_t own_ = 0;
  };

  std::string_view source_;
  Dialect dialect_;
  Arena& arena_;
  Builder build_;
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> match_;  ///< of a "(": the index of its ")"
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t height_ = 0;  ///< Of the highest chain that was read last; see Chain.
  bool has_comments_ = false;
  bool own_names_ = false;
};

}  // namespace iacdb::sql
