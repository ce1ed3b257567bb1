// PERCENTILE_CONT, PERCENTILE_DISC, MEDIAN and MODE where a database has none, or not as this one
// is written: the rows are numbered first, then their numbers choose.

#include "sql/translate/percentiles.hpp"

#include <string>
#include <vector>

#include "sql/translate/derive.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

enum class Ordered : std::uint8_t { none, continuous, discrete, mode };

Ordered kind_of(const Node* n) {
  if (is_call(n, "PERCENTILE_CONT") || is_call(n, "$MEDIAN")) return Ordered::continuous;
  if (is_call(n, "PERCENTILE_DISC")) return Ordered::discrete;
  if (is_call(n, "MODE") || is_call(n, "$MODE")) return Ordered::mode;
  return Ordered::none;
}

/// PostgreSQL has them as aggregates only, SQL Server as windows only, Oracle as both.
bool is_native(const Node* n, Ordered kind, const Context& c) {
  if (c.to_is(Dialect::oracle)) return kind != Ordered::mode || c.from == c.to;
  if (c.to_is(Dialect::postgres)) return !n->kid(call_slot::over);
  return c.to_is(Dialect::tsql) && n->kid(call_slot::over) && kind != Ordered::mode;
}

class Numbered {
 public:
  Numbered(Node* select, Context& c) : s_(select), c_(c) {}

  void rewrite(const std::vector<Node*>& calls) {
    if (const Node* group = s_->kid(select_slot::group)) check_group(group);
    for (Node* call : calls) read(call);
    choose_percentiles();
    choose_modes();
  }

 private:
  struct Part {
    Node* call;
    Ordered kind;
    Node* percent;
    Node* value;
    std::uint32_t direction;
    std::string_view number = {};
    std::string_view count = {};
  };

  void check_group(const Node* group) {
    walk(const_cast<Node*>(group), [&](const Node* n) {
      if (is_call(n, "ROLLUP") || is_call(n, "CUBE") || is_call(n, "GROUPING SETS")) {
        c_.refuse(n, "a percentile beside ROLLUP has no equal");
      }
      return true;
    });
    if (group->has(flag::with_as)) c_.refuse(group, "a percentile beside ROLLUP has no equal");
  }

  void read(Node* call) {
    Part p{call, kind_of(call), nullptr, nullptr, 0};
    const Node* within = call->kid(call_slot::within);
    if (within && within->size != 1) c_.refuse(call, "an order by several keys has no equal here");
    const std::size_t arguments = argument_count(call);
    if (!within && arguments != 1) c_.refuse(call, "this form has no equal");
    p.value = within ? within->kid(0)->kid(0) : argument(call, 0);
    p.direction = within ? within->kid(0)->flags & flag::desc : 0;
    p.percent = within && arguments == 1 ? argument(call, 0) : c_.build.number("0.5");
    if (!p.percent->is(Kind::number) && !p.percent->is(Kind::parameter)) {
      c_.refuse(p.percent, "only a number as the percentile has an equal here");
    }
    if (p.kind == Ordered::continuous && is_moment(type_of(p.value, c_))) {
      c_.refuse(call, "a percentile between moments has no equal here");
    }
    if (Node* filter = call->kid(call_slot::filter)) p.value = case_when(c_, filter, p.value);
    const Node* over = call->kid(call_slot::over);
    if (over && (!over->is(Kind::window) || over->kid(window_slot::base))) {
      c_.refuse(call, "a percentile over a named window has no equal here");
    }
    if (over && s_->kid(select_slot::group)) {
      c_.refuse(call, "a percentile over grouped rows has no equal here");
    }
    parts_.push_back(p);
  }

  /// The rows that one percentile is of.
  Node* partition_of(const Part& p) {
    const Node* over = p.call->kid(call_slot::over);
    const Node* keys = over ? over->kid(window_slot::partition) : plain_keys(s_, c_);
    return keys ? c_.build.clone(keys) : nullptr;
  }

  Node* sorted(Node* key, std::uint32_t direction) {
    Node* sort = c_.build.sort(key);
    sort->flags |= direction | flag::done;
    return sort;
  }

  /// Numbers from 1 in the order of the values, those without one last.
  Node* numbers(const Part& p) {
    Node* none = c_.build.binary(BinOp::is, c_.build.clone(p.value), c_.build.null());
    Node* order = c_.build.list_of(
        sorted(case_when(c_, none, c_.build.number("1"), c_.build.number("0")), 0));
    c_.build.add(order, sorted(c_.build.clone(p.value), p.direction));
    return window_of(c_, c_.build.call("ROW_NUMBER"), partition_of(p), order);
  }

  /// The call becomes an aggregate over the chosen values, of its group or its window.
  void put_aggregate(Part& p, std::string_view name) {
    Node* made = c_.build.call(name, p.value);
    if (p.call->kid(call_slot::over)) window_of(c_, made, partition_of(p), nullptr);
    *p.call = *made;
  }

  void choose_percentiles() {
    std::vector<Node*> windows;
    for (Part& p : parts_) {
      if (p.kind == Ordered::mode) continue;
      windows.push_back(numbers(p));
      windows.push_back(
          window_of(c_, c_.build.call("COUNT", c_.build.clone(p.value)), partition_of(p), nullptr));
    }
    if (windows.empty()) return;
    for (Part& p : parts_) {
      if (p.kind != Ordered::mode) put_aggregate(p, p.kind == Ordered::discrete ? "MAX" : "SUM");
    }
    Node* items = derive_from(s_, c_)->kid(select_slot::items);
    std::size_t at = 0;
    for (Part& p : parts_) {
      if (p.kind == Ordered::mode) continue;
      p.number = c_.fresh("iacdb_row_");
      p.count = c_.fresh("iacdb_count_");
      c_.build.add(items, c_.build.item(windows[at++], c_.build.name(p.number)));
      c_.build.add(items, c_.build.item(windows[at++], c_.build.name(p.count)));
      Node*& value = p.call->kid(call_slot::args)->kids[0];
      value = p.kind == Ordered::discrete ? discrete(p, value) : continuous(p, value);
    }
  }

  /// The two rows beside the place weigh what the place is nearer to them.
  Node* continuous(const Part& p, Node* value) {
    Builder& b = c_.build;
    Node* last = b.paren(b.binary(BinOp::sub, b.name(p.count), b.number("1")));
    Node* place = b.binary(BinOp::mul, p.percent, last);
    Node* row = b.binary(BinOp::sub, b.name(p.number), b.number("1"));
    Node* away = b.call("ABS", b.binary(BinOp::sub, row, place));
    Node* near = b.binary(BinOp::lt, away, b.number("1"));
    Node* weight = b.paren(b.binary(BinOp::sub, b.number("1"), b.clone(away)));
    return case_when(c_, near, b.binary(BinOp::mul, b.paren(value), weight));
  }

  /// The first row that has this part of the rows up to it.
  Node* discrete(const Part& p, Node* value) {
    Builder& b = c_.build;
    bool zero = p.percent->is(Kind::number);
    for (char digit : p.percent->text) zero = zero && (digit == '0' || digit == '.');
    if (zero) {
      return case_when(c_, b.binary(BinOp::eq, b.name(p.number), b.number("1")), value);
    }
    Node* place = nullptr;
    if (c_.from_is(Dialect::postgres)) {  // It counts in binary fractions.
      const bool decimal = p.percent->text.find_first_of("eE") == std::string_view::npos;
      const bool plain = p.percent->is(Kind::number) && decimal && !c_.to_is(Dialect::sqlite);
      Node* percent = plain ? b.number(b.text(std::string(p.percent->text) + "e0")) : p.percent;
      place = b.binary(BinOp::mul, percent, b.name(p.count));
    } else {
      place = b.call("ROUND", b.binary(BinOp::mul, p.percent, b.name(p.count)), b.number("9"));
    }
    Node* reached = b.binary(BinOp::ge, b.name(p.number), place);
    Node* before = b.binary(BinOp::sub, b.name(p.number), b.number("1"));
    Node* first = b.binary(BinOp::lt, before, b.clone(place));
    return case_when(c_, b.binary(BinOp::and_, reached, first), value);
  }

  /// The value that most rows have, of several the first.
  void choose_modes() {
    std::vector<Node*> counts;
    for (Part& p : parts_) {
      if (p.kind != Ordered::mode) continue;
      if (p.call->kid(call_slot::over)) c_.refuse(p.call, "MODE with OVER has no equal");
      // Percentiles beside it have moved the columns.
      if (!p.number.empty() || counts_moved()) c_.refuse(p.call, "MODE beside a percentile");
      Node* same = partition_of(p);
      if (!same) same = c_.build.list();
      c_.build.add(same, c_.build.clone(p.value));
      counts.push_back(
          window_of(c_, c_.build.call("COUNT", c_.build.clone(p.value)), same, nullptr));
    }
    if (counts.empty()) return;
    for (Part& p : parts_) put_aggregate(p, "MAX");
    Node* items = derive_from(s_, c_)->kid(select_slot::items);
    std::vector<Node*> firsts;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      Part& p = parts_[i];
      p.count = c_.fresh("iacdb_count_");
      c_.build.add(items, c_.build.item(counts[i], c_.build.name(p.count)));
      Node* order = c_.build.list_of(sorted(c_.build.name(p.count), flag::desc));
      c_.build.add(order, sorted(c_.build.clone(argument(p.call, 0)), p.direction));
      firsts.push_back(window_of(c_, c_.build.call("ROW_NUMBER"), partition_of(p), order));
    }
    items = derive_from(s_, c_)->kid(select_slot::items);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::string_view number = c_.fresh("iacdb_row_");
      c_.build.add(items, c_.build.item(firsts[i], c_.build.name(number)));
      Node*& value = parts_[i].call->kid(call_slot::args)->kids[0];
      Node* first = c_.build.binary(BinOp::eq, c_.build.name(number), c_.build.number("1"));
      value = case_when(c_, first, value);
    }
  }

  bool counts_moved() const {
    for (const Part& p : parts_) {
      if (p.kind != Ordered::mode) return true;
    }
    return false;
  }

  Node* s_;
  Context& c_;
  std::vector<Part> parts_ = {};
};

}  // namespace

bool is_percentile(const Node* call) {
  return kind_of(call) != Ordered::none &&
         (call->kid(call_slot::within) || call->text.starts_with('$'));
}

void number_percentiles(Node* select, Context& c) {
  std::vector<Node*> calls;
  walk(select, [&](Node* n) {
    if (n == select) return true;
    if (n->is(Kind::call) && is_percentile(n) && !is_native(n, kind_of(n), c)) calls.push_back(n);
    return !n->is(Kind::subquery) && !n->is(Kind::select) && !n->is(Kind::exists);
  });
  if (!calls.empty()) Numbered(select, c).rewrite(calls);
}

}  // namespace iacdb::sql
