// WITH .. SEARCH DEPTH FIRST BY key SET column: a column of its own, in whose order the rows stand.
// Source: "SEARCH" of PostgreSQL 15, "search_clause" of Oracle 19c.

#include <array>
#include <string>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

struct Search {
  bool depth = false;
  std::string_view key = {};
  std::string_view column = {};
};

bool read_search(std::string_view tail, Dialect dialect, Search& s) {
  std::vector<std::string_view> words;
  Lexer lexer(tail, dialect);
  for (Token t = lexer.next_significant(); t.kind != TokenKind::end; t = lexer.next_significant()) {
    words.push_back(t.text(tail));
  }
  if (words.size() != 7 || !same_word(words[0], "search") || !same_word(words[2], "first") ||
      !same_word(words[3], "by") || !same_word(words[5], "set")) {
    return false;
  }
  s = {same_word(words[1], "depth"), words[4], words[6]};
  return s.depth || same_word(words[1], "breadth");
}

const Node* own_table(const Node* from, std::string_view name) {
  if (!from) return nullptr;
  if (from->is(Kind::table)) {
    return same_word(last_name(from->kid(table_slot::source)), name) ? from : nullptr;
  }
  if (!from->is(Kind::list) && !from->is(Kind::join)) return nullptr;
  const std::uint32_t tables = from->is(Kind::join) ? 2 : from->size;
  for (std::uint32_t i = 0; i < tables; ++i) {
    if (const Node* found = own_table(from->kids[i], name)) return found;
  }
  return nullptr;
}

/// Forms of a place, by sqlite, postgres, mysql and tsql; :2 is the place of the row before.
using Forms = std::array<std::string_view, 4>;
/// Digits in the number's order: a mark of its sign, and what is missing to the largest for one
/// below zero. NULL is the last, as in PostgreSQL.
constexpr Forms number_digits = {
    "CASE WHEN :1 < 0 THEN PRINTF('0%019d', :1 + 9223372036854775807) WHEN :1 >= 0 THEN "
    "PRINTF('1%019d', :1) ELSE '2' END",
    "",
    "CASE WHEN :1 < 0 THEN CONCAT('0', LPAD(:1 + 9223372036854775807, 19, '0')) WHEN :1 >= 0 THEN "
    "CONCAT('1', LPAD(:1, 19, '0')) ELSE '2' END",
    "CASE WHEN :1 < 0 THEN '0' + RIGHT(REPLICATE('0', 19) + CAST(:1 + 9223372036854775807 AS "
    "VARCHAR(19)), 19) WHEN :1 >= 0 THEN '1' + RIGHT(REPLICATE('0', 19) + CAST(:1 AS "
    "VARCHAR(19)), 19) ELSE '2' END"};
/// A text and a mark of its end, which stands below all others.
constexpr Forms text_digits = {":1 || CHAR(1)", "", "CONCAT(:1, CHAR(1))", ":1 + CHAR(1)"};
constexpr Forms first_place = {":1", "", "CAST(:1 AS CHAR(4000))", "CAST(:1 AS VARCHAR(4000))"};
constexpr Forms next_place = {":2 || :1", "", "CAST(CONCAT(:2, :1) AS CHAR(4000))",
                              "CAST(:2 + :1 AS VARCHAR(4000))"};
/// The level stands before the key.
constexpr Forms level_first = {"'0000000000' || :1", "",
                               "CAST(CONCAT('0000000000', :1) AS CHAR(4000))",
                               "CAST('0000000000' + :1 AS VARCHAR(4000))"};
constexpr Forms level_next = {
    "PRINTF('%010d', CAST(SUBSTR(:2, 1, 10) AS INTEGER) + 1) || :1", "",
    "CAST(CONCAT(LPAD(CAST(LEFT(:2, 10) AS SIGNED) + 1, 10, '0'), :1) AS CHAR(4000))",
    "CAST(RIGHT('000000000' + CAST(CAST(LEFT(:2, 10) AS INT) + 1 AS VARCHAR(10)), 10) + :1 AS "
    "VARCHAR(4000))"};

Node* written(const Forms& forms, Node* key, Node* before, Context& c) {
  Node* const holes[] = {key, before};
  return fill(forms[static_cast<std::size_t>(c.to)], c.to, holes, c.build);
}

Node* place(Node* key, Node* before, bool depth, Context& c) {
  const ValueType t = type_of(key, c);
  const bool text = t == ValueType::text;
  if (!text && t != ValueType::integer) {
    c.refuse(key, "SEARCH by what is neither an integer nor a text has no equal");
  }
  Node* own = written(text ? text_digits : number_digits, c.build.clone(key), nullptr, c);
  if (depth) return written(before ? next_place : first_place, own, before, c);
  return written(before ? level_next : level_first, own, before, c);
}

/// True where a name stands elsewhere than in ORDER BY.
bool shows(Node* n, std::string_view name, bool sorted = false) {
  if (!n) return false;
  if (n->is(Kind::name)) return !sorted && same_word(n->text, name);
  for (Node* k : *n) {
    if (shows(k, name, sorted || n->is(Kind::sort))) return true;
  }
  return false;
}

}  // namespace

void search_in_order(Node* cte, Context& c) {
  Node* tail = cte->kid(cte_slot::tail);
  Search s;
  if (!tail || !read_search(tail->text, c.from, s)) {
    c.refuse(cte, "this SEARCH or CYCLE of WITH has no equal");
  }
  if (shows(c.statement, s.column)) {
    c.refuse(cte, "the column of SEARCH as anything but an order has no equal");
  }
  if (c.to_is(Dialect::postgres)) return;
  Node* body = cte->kid(cte_slot::body);
  const std::string_view name = cte->kid(cte_slot::name)->text;
  Node* first = body->is(Kind::set_op) ? body->kid(set_slot::left) : nullptr;
  Node* next = first ? body->kid(set_slot::right) : nullptr;
  const bool plain = first && first->is(Kind::select) && next->is(Kind::select);
  const Node* self = plain ? own_table(next->kid(select_slot::from), name) : nullptr;
  if (!self || c.to_is(Dialect::oracle)) c.refuse(cte, "SEARCH of this query has no equal");
  Node* items = first->kid(select_slot::items);
  Node*& columns = cte->kids[cte_slot::columns];
  if (!columns) {
    columns = c.build.list();
    for (const Node* item : *items) {
      const std::string_view own = item->kid(1) ? item->kid(1)->text : last_name(item->kid(0));
      if (own.empty()) c.refuse(item, "SEARCH needs names of the columns");
      c.build.add(columns, c.build.name(own));
    }
  }
  std::uint32_t at = 0;
  while (at < columns->size && !same_word(last_name(columns->kid(at)), s.key)) ++at;
  Node* others = next->kid(select_slot::items);
  if (at >= items->size || at >= others->size || items->kid(at)->kid(0)->is(Kind::star)) {
    c.refuse(cte, "the key of SEARCH is not among the columns");
  }
  Node* before = c.build.column(known_as(self), s.column);
  Node* own = place(items->kid(at)->kid(0), nullptr, s.depth, c);
  Node* below = place(others->kid(at)->kid(0), before, s.depth, c);
  c.build.add(items, c.build.item(own, c.build.name(s.column)));
  c.build.add(others, c.build.item(below));
  c.build.add(columns, c.build.name(s.column));
  cte->kids[cte_slot::tail] = nullptr;
}

}  // namespace iacdb::sql
