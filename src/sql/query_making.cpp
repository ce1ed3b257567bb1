#include "sql/query_making.hpp"

#include <algorithm>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/parser.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

void misuse(std::string message) {
  raise(ErrorKind::usage, std::move(message));
}

void check_name(std::string_view name) {
  if (name.empty()) misuse("a name is empty");
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20) misuse("a name has a control character");
  }
}

void check_type(std::string_view type) {
  const std::size_t open = type.find('(');
  const std::string_view words = type.substr(0, open);
  const auto letter = [](char c) { return is_name_part(c) || c == ' '; };
  bool right =
      !type.empty() && is_name_start(type[0]) && std::all_of(words.begin(), words.end(), letter);
  if (open != type.npos) {
    const std::size_t close = type.find(')', open);
    right = right && close != type.npos;
    const std::string_view sizes = right ? type.substr(open + 1, close - open - 1) : "";
    const std::string_view rest = right ? type.substr(close + 1) : "";
    right = right && !sizes.empty() && sizes.find_first_not_of("0123456789, ") == sizes.npos &&
            std::all_of(rest.begin(), rest.end(), letter);
  }
  if (!right) misuse("a cast needs the name of a type, such as numeric(10, 2)");
  Arena arena;
  Making(arena).type(type);
}

bool Making::keeps_case(std::string_view text) {
  if (!is_name_start(text[0])) return true;
  for (const char c : text) {
    if (!is_name_part(c) || c == '$' || lower(c) != c || static_cast<unsigned char>(c) >= 0x80) {
      return true;
    }
  }
  return false;
}

Node* Making::parameter(const Value& value) {
  const std::string mark = "\x01" + std::to_string(values.size()) + "\x02";
  values.push_back(value);
  return build.node(Kind::parameter, build.text(mark));
}

Node* Making::names(const std::vector<std::string>& texts) {
  Node* list = build.list();
  for (const std::string& text : texts) build.add(list, name(text));
  return list;
}

Node* Making::items(const std::vector<Expression>& expressions) {
  if (expressions.empty()) return nullptr;
  Node* list = build.list();
  for (const Expression& e : expressions) {
    Node* n = e.make(*this);
    build.add(list, n->is(Kind::item) ? n : build.item(n));
  }
  return list;
}

Node* Making::list(const std::vector<Expression>& expressions) {
  Node* list = build.list();
  for (const Expression& e : expressions) build.add(list, operand(e));
  return list;
}

Node* Making::orders(const std::vector<Order>& orders) {
  if (orders.empty()) return nullptr;
  Node* list = build.list();
  for (const Order& o : orders) build.add(list, o.make(*this));
  return list;
}

Node* Making::all(const std::vector<Expression>& conditions) {
  Node* all = nullptr;
  for (const Expression& c : conditions) all = build.both(all, operand(c));
  return all;
}

Node* Making::assigns(const std::vector<std::pair<std::string, Expression>>& sets) {
  Node* list = build.list();
  for (const auto& [column, value] : sets) {
    build.add(list, build.with(Kind::assign, {}, name(column), operand(value)));
  }
  return list;
}

Node* Making::operand(const Expression& value) {
  Node* n = value.make(*this);
  if (n->is(Kind::item)) misuse("a name made with as() stands in a list of columns only");
  return n;
}

Node* Making::type(std::string_view text) {
  const std::string_view whole = build.text("SELECT CAST(NULL AS " + std::string(text) + ")");
  const Node* select = parse(whole, Dialect::postgres, build.arena());
  const Node* item = select->kid(select_slot::items)->kid(0);
  const bool one = item->kid(0)->is(Kind::cast) && !item->kid(1);
  if (!one) misuse("a cast needs the name of a type, such as numeric(10, 2)");
  return item->kid(0)->kid(1);
}

}  // namespace iacdb::sql
