// Expressions of the query builder.

#include <algorithm>

#include "iacdb/error.hpp"
#include "iacdb/query.hpp"
#include "sql/lexer.hpp"
#include "sql/query_making.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

constexpr int depth_max = 100;
constexpr std::size_t list_max = 4000;

/// An expression over a list: as deep as the deepest of them and one more.
Expression over_list(const std::vector<Expression>& values, Expression::Make make) {
  const auto top = std::max_element(values.begin(), values.end(), [](const auto& a, const auto& b) {
    return a.depth() < b.depth();
  });
  if (top == values.end()) return {std::move(make), {}};
  return {std::move(make), {&*top}};
}

Expression binary(BinOp op, const Expression& a, const Expression& b) {
  return {[op, a, b](Making& m) { return m.build.binary(op, m.operand(a), m.operand(b)); },
          {&a, &b}};
}

Expression truth(bool holds) {
  return {[holds](Making& m) {
            return m.build.binary(BinOp::eq, m.build.number("1"),
                                  m.build.number(holds ? "1" : "0"));
          },
          {}};
}

Expression chain(BinOp op, const std::vector<Expression>& values) {
  if (values.size() > list_max) {
    misuse("more than " + std::to_string(list_max) + " expressions in one chain");
  }
  return over_list(values, [op, values](Making& m) {
    Node* all = m.operand(values[0]);
    for (std::size_t i = 1; i < values.size(); ++i) {
      all = m.build.binary(op, all, m.operand(values[i]));
    }
    return all;
  });
}

Expression like_of(const Expression& a, const Expression& pattern, std::uint32_t flags) {
  return {[a, pattern, flags](Making& m) {
            Node* n = m.build.with(Kind::like, "LIKE", m.operand(a), m.operand(pattern),
                                   static_cast<Node*>(nullptr));
            n->flags |= flags;
            return n;
          },
          {&a, &pattern}};
}

Expression in_list(const Expression& a, const std::vector<Expression>& values, bool negated) {
  if (values.empty()) return truth(negated);
  std::vector<Expression> all = values;
  all.push_back(a);
  return over_list(all, [a, values, negated](Making& m) {
    Node* subject = m.operand(a);
    Node* n = m.build.with(Kind::in, {}, subject, m.list(values));
    if (negated) n->flags |= flag::negated;
    return n;
  });
}

Node* query_in_parentheses(const Select& query, Making& m) {
  return m.build.with(Kind::subquery, {}, query.make(m));
}

Expression in_query(const Expression& a, const Select& query, bool negated) {
  const Expression inner(query);
  return {[a, query, negated](Making& m) {
            Node* subject = m.operand(a);
            Node* n = m.build.with(Kind::in, {}, subject, query_in_parentheses(query, m));
            if (negated) n->flags |= flag::negated;
            return n;
          },
          {&a, &inner}};
}

Expression exists_query(const Select& query, bool negated) {
  const Expression inner(query);
  return {[query, negated](Making& m) {
            Node* n = m.build.with(Kind::exists, {}, query.make(m));
            return negated ? m.build.unary("NOT", n) : n;
          },
          {&inner}};
}

Node* the_call(Node* n, std::string_view what) {
  if (!n->is(Kind::call)) misuse(std::string(what) + " stands behind a function only");
  return n;
}

std::string_view word_of(Unit unit) {
  static constexpr std::string_view words[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
  return words[static_cast<std::size_t>(unit)];
}

Expression word(std::string_view text) {
  return {[text](Making& m) { return m.build.name(text); }, {}};
}

}  // namespace

Expression::Expression(Make make, std::initializer_list<const Expression*> parts)
    : make_(std::make_shared<const Make>(std::move(make))) {
  for (const Expression* part : parts) depth_ = std::max(depth_, part->depth_ + 1);
  if (depth_ > depth_max) {
    misuse("the expression nests deeper than " + std::to_string(depth_max) +
           " levels; all_of and any_of take many conditions in one");
  }
}

Expression::Expression(const Select& query)
    : make_(std::make_shared<const Make>(
          [query](Making& m) { return query_in_parentheses(query, m); })),
      depth_(query.depth() + 1) {
  if (depth_ > depth_max) {
    misuse("the query nests deeper than " + std::to_string(depth_max) + " levels");
  }
}

Expression Expression::bound(Value value) {
  if (value.is_null()) return null();
  return {[value = std::move(value)](Making& m) { return m.parameter(value); }, {}};
}

Expression operator==(const Expression& a, const Expression& b) {
  return binary(BinOp::eq, a, b);
}
Expression operator!=(const Expression& a, const Expression& b) {
  return binary(BinOp::neq, a, b);
}
Expression operator<(const Expression& a, const Expression& b) {
  return binary(BinOp::lt, a, b);
}
Expression operator<=(const Expression& a, const Expression& b) {
  return binary(BinOp::le, a, b);
}
Expression operator>(const Expression& a, const Expression& b) {
  return binary(BinOp::gt, a, b);
}
Expression operator>=(const Expression& a, const Expression& b) {
  return binary(BinOp::ge, a, b);
}
Expression operator&&(const Expression& a, const Expression& b) {
  return binary(BinOp::and_, a, b);
}
Expression operator||(const Expression& a, const Expression& b) {
  return binary(BinOp::or_, a, b);
}
Expression operator!(const Expression& a) {
  return {[a](Making& m) { return m.build.unary("NOT", m.build.paren(a.make(m))); }, {&a}};
}
Expression operator+(const Expression& a, const Expression& b) {
  return binary(BinOp::add, a, b);
}
Expression operator-(const Expression& a, const Expression& b) {
  return binary(BinOp::sub, a, b);
}
Expression operator*(const Expression& a, const Expression& b) {
  return binary(BinOp::mul, a, b);
}
Expression operator/(const Expression& a, const Expression& b) {
  return binary(BinOp::div, a, b);
}
Expression operator%(const Expression& a, const Expression& b) {
  return binary(BinOp::mod, a, b);
}

Expression Expression::is_null() const {
  return binary(BinOp::is, *this, null());
}
Expression Expression::is_not_null() const {
  return binary(BinOp::is_not, *this, null());
}
Expression Expression::like(const Expression& pattern) const {
  return like_of(*this, pattern, 0);
}
Expression Expression::not_like(const Expression& pattern) const {
  return like_of(*this, pattern, flag::negated);
}
Expression Expression::between(const Expression& low, const Expression& high) const {
  return {[a = *this, low, high](Making& m) {
            Node* subject = m.operand(a);
            Node* from = m.operand(low);
            return m.build.with(Kind::between, {}, subject, from, m.operand(high));
          },
          {this, &low, &high}};
}
Expression Expression::in(const std::vector<Expression>& values) const {
  return in_list(*this, values, false);
}
Expression Expression::in(const Select& query) const {
  return in_query(*this, query, false);
}
Expression Expression::not_in(const std::vector<Expression>& values) const {
  return in_list(*this, values, true);
}
Expression Expression::not_in(const Select& query) const {
  return in_query(*this, query, true);
}

Expression Expression::cast(std::string_view type) const {
  check_type(type);
  return {[a = *this, type = std::string(type)](Making& m) {
            Node* value = a.make(m);
            return m.build.with(Kind::cast, "CAST", value, m.type(type));
          },
          {this}};
}

Expression Expression::as(std::string_view name) const {
  check_name(name);
  return {[a = *this, name = std::string(name)](Making& m) {
            Node* value = a.make(m);
            if (value->is(Kind::item)) misuse("an expression has two names");
            return m.build.item(value, m.name(name));
          },
          {this}};
}

Expression Expression::filter(const Expression& condition) const {
  return {[a = *this, condition](Making& m) {
            Node* n = the_call(a.make(m), "filter");
            n->kids[call_slot::filter] = condition.make(m);
            return n;
          },
          {this, &condition}};
}

Expression Expression::over(const Window& window) const {
  return {[a = *this, window](Making& m) {
            Node* n = the_call(a.make(m), "over");
            n->kids[call_slot::over] = window.make(m);
            return n;
          },
          {this}};
}

Order Expression::asc() const {
  return {*this, false};
}
Order Expression::desc() const {
  return {*this, true};
}

Expression column(std::string_view name) {
  check_name(name);
  return {[name = std::string(name)](Making& m) { return m.name(name); }, {}};
}
Expression column(std::string_view table, std::string_view name) {
  check_name(table);
  check_name(name);
  return {[table = std::string(table), name = std::string(name)](Making& m) {
            return m.build.with(Kind::path, {}, m.name(table), m.name(name));
          },
          {}};
}
Expression star() {
  return {[](Making& m) { return m.build.node(Kind::star); }, {}};
}
Expression star(std::string_view table) {
  check_name(table);
  return {[table = std::string(table)](Making& m) {
            return m.build.with(Kind::star, {}, m.name(table));
          },
          {}};
}
Expression null() {
  return {[](Making& m) { return m.build.null(); }, {}};
}
Expression all_of(const std::vector<Expression>& conditions) {
  return conditions.empty() ? truth(true) : chain(BinOp::and_, conditions);
}
Expression any_of(const std::vector<Expression>& conditions) {
  return conditions.empty() ? truth(false) : chain(BinOp::or_, conditions);
}
Expression concat(const std::vector<Expression>& values) {
  if (values.empty()) misuse("concat needs a value");
  return chain(BinOp::concat, values);
}

Expression call(std::string_view function, const std::vector<Expression>& arguments) {
  const bool plain = !function.empty() && is_name_start(function[0]) &&
                     std::all_of(function.begin(), function.end(), is_name_part);
  if (!plain) misuse("a function has a plain name");
  return over_list(arguments, [function = std::string(function), arguments](Making& m) {
    std::string name = function;
    for (char& c : name) c = upper(c);
    Node* n = m.build.slots(Kind::call, call_slot::count, m.build.text(name));
    n->kids[call_slot::args] = m.list(arguments);
    return n;
  });
}
Expression count() {
  return call("count", {star()});
}
Expression count_distinct(const Expression& value) {
  return {[value](Making& m) {
            Node* n = call("count", {value}).make(m);
            n->flags |= flag::distinct;
            return n;
          },
          {&value}};
}
Expression sum(const Expression& value) {
  return call("sum", {value});
}
Expression avg(const Expression& value) {
  return call("avg", {value});
}
Expression min(const Expression& value) {
  return call("min", {value});
}
Expression max(const Expression& value) {
  return call("max", {value});
}
Expression coalesce(const std::vector<Expression>& values) {
  if (values.empty()) misuse("coalesce needs a value");
  return call("coalesce", values);
}
Expression exists(const Select& query) {
  return exists_query(query, false);
}
Expression not_exists(const Select& query) {
  return exists_query(query, true);
}

Expression case_when(const std::vector<std::pair<Expression, Expression>>& branches,
                     const std::optional<Expression>& otherwise) {
  if (branches.empty()) misuse("case_when needs a branch");
  std::vector<Expression> all;
  for (const auto& [condition, result] : branches) {
    all.push_back(condition);
    all.push_back(result);
  }
  if (otherwise) all.push_back(*otherwise);
  return over_list(all, [branches, otherwise](Making& m) {
    Node* n = m.build.slots(Kind::case_, 2);
    for (const auto& [condition, result] : branches) {
      Node* when = condition.make(m);
      m.build.add(n, m.build.with(Kind::when, {}, when, result.make(m)));
    }
    if (otherwise) n->kids[1] = otherwise->make(m);
    return n;
  });
}

Expression add(const Expression& moment, int amount, Unit unit) {
  return {[moment, amount, unit](Making& m) {
            const std::string span = std::to_string(amount) + " " + std::string(word_of(unit));
            Node* from = m.operand(moment);
            Node* interval = m.build.slots(Kind::interval, 2);
            interval->kids[0] = m.build.string(m.build.text(span));
            return m.build.binary(BinOp::add, from, interval);
          },
          {&moment}};
}
Expression extract(Unit unit, const Expression& moment) {
  return {[unit, moment](Making& m) {
            return m.build.with(Kind::extract, word_of(unit), moment.make(m));
          },
          {&moment}};
}
Expression current_timestamp() {
  return word("CURRENT_TIMESTAMP");
}
Expression current_date() {
  return word("CURRENT_DATE");
}
Expression excluded(std::string_view column) {
  check_name(column);
  return {[column = std::string(column)](Making& m) {
            return m.build.with(Kind::path, {}, m.build.name("excluded"), m.name(column));
          },
          {}};
}

Order Order::with_nulls(int nulls) const {
  Order other = *this;
  other.nulls_ = nulls;
  return other;
}

Node* Order::make(Making& m) const {
  Node* n = m.build.sort(value_.make(m));
  if (descending_) n->flags |= flag::desc;
  if (nulls_ == 1) n->flags |= flag::nulls_first;
  if (nulls_ == 2) n->flags |= flag::nulls_last;
  return n;
}

}  // namespace iacdb::sql
