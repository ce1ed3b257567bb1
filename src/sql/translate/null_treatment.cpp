// IGNORE NULLS of window functions, where a database has it not: the rows with a value are counted,
// and the counts tell which of them is meant.

#include "sql/translate/null_treatment.hpp"

#include <string>
#include <utility>
#include <vector>

#include "sql/translate/derive.hpp"
#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

constexpr std::string_view up_to_here = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
constexpr std::string_view from_here = "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING";
constexpr std::string_view all_rows = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";

/// A frame in capitals with single blanks, its ends said.
std::string frame_of(const Node* spec) {
  const Node* frame = spec->kid(window_slot::frame);
  if (!frame) {
    return std::string(spec->kid(window_slot::order) ? "RANGE BETWEEN UNBOUNDED PRECEDING AND "
                                                       "CURRENT ROW"
                                                     : all_rows);
  }
  std::string text;
  for (char ch : frame->text) {
    const bool blank = ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r';
    if (!blank) text += upper(ch);
    if (blank && !text.empty() && text.back() != ' ') text += ' ';
  }
  const std::size_t gap = text.find(' ');
  if (gap != std::string::npos && !text.substr(gap).starts_with(" BETWEEN ")) {
    text = text.substr(0, gap) + " BETWEEN" + text.substr(gap) + " AND CURRENT ROW";
  }
  return text;
}

class Treatment {
 public:
  Treatment(Node* select, Context& c) : s_(select), c_(c) {}

  void rewrite(const std::vector<Node*>& calls) {
    for (Node* call : calls) rewrite(call);
    if (later_.empty()) return;
    if (s_->kid(select_slot::group)) {
      c_.refuse(s_, "IGNORE NULLS over grouped rows has no equal here");
    }
    Node* items = derive_from(s_, c_)->kid(select_slot::items);
    for (Later& l : later_) {
      const std::string_view count = c_.fresh("iacdb_count_");
      c_.build.add(items, c_.build.item(l.count, c_.build.name(count)));
      Node*& partition = l.chosen->kid(call_slot::over)->kids[window_slot::partition];
      if (!partition) partition = c_.build.list();
      c_.build.add(partition, c_.build.name(count));
      for (auto& [place, window] : l.windows) {
        const std::string_view name = c_.fresh("iacdb_value_");
        c_.build.add(items, c_.build.item(window, c_.build.name(name)));
        *place = *c_.build.name(name);
      }
    }
  }

 private:
  /// What the derived rows show, and where the outer list says it.
  struct Later {
    Node* count;
    Node* chosen;
    std::vector<std::pair<Node*, Node*>> windows = {};
  };

  Node* partition() {
    const Node* p = spec_->kid(window_slot::partition);
    return p ? c_.build.clone(p) : nullptr;
  }
  Node* order() {
    const Node* o = spec_->kid(window_slot::order);
    return o ? c_.build.clone(o) : nullptr;
  }
  Node* value() { return c_.build.clone(argument(call_, 0)); }
  Node* no_value() { return c_.build.binary(BinOp::is, value(), c_.build.null()); }
  Node* with_frame(Node* call, std::string_view frame) {
    call->kid(call_slot::over)->kids[window_slot::frame] = c_.build.node(Kind::raw, frame);
    return call;
  }
  Node* counted(std::string_view frame) {
    Node* call = window_of(c_, c_.build.call("COUNT", value()), partition(), order());
    return frame == all_rows ? call : with_frame(call, frame);
  }

  void rewrite(Node* call) {
    call_ = call;
    spec_ = call->kid(call_slot::over);
    if (!spec_->is(Kind::window) || spec_->kid(window_slot::base)) {
      c_.refuse(call, "IGNORE NULLS over a named window has no equal here");
    }
    if (is_call(call, "LAG")) return neighbour(true);
    if (is_call(call, "LEAD")) return neighbour(false);
    const std::string frame = frame_of(spec_);
    const bool from_start = frame.find("BETWEEN UNBOUNDED PRECEDING AND ") != std::string::npos;
    const bool to_end = frame.ends_with(" AND UNBOUNDED FOLLOWING");
    const bool last = is_call(call, "LAST_VALUE");
    if (last ? to_end : from_start) return outermost(last, frame);
    if (last && frame.ends_with("BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")) {
      return nearest(frame);
    }
    const bool first = is_call(call, "FIRST_VALUE");
    if (first && frame.ends_with("BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING")) {
      return nearest(frame);
    }
    if (last && frame == "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING") return neighbour(true);
    if (first && frame == "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING") {
      return neighbour(false);
    }
    c_.refuse(call, "IGNORE NULLS in this frame has no equal here");
  }

  /// From an end of the partition: the values are sorted before the rows without one.
  void outermost(bool last, std::string_view frame) {
    Node* by = c_.build.list();
    Node* none = case_when(c_, no_value(), c_.build.number("1"), c_.build.number("0"));
    c_.build.add(by, c_.build.sort(none));
    by->kid(0)->flags |= flag::done;
    if (const Node* order = spec_->kid(window_slot::order)) {
      const Node* own = last ? turned_order(order, c_) : c_.build.clone(order);
      for (Node* sort : *own) c_.build.add(by, sort);
    }
    Node* nth = is_call(call_, "NTH_VALUE") ? argument(call_, 1) : nullptr;
    Node* made =
        nth ? c_.build.call("NTH_VALUE", value(), nth) : c_.build.call("FIRST_VALUE", value());
    window_of(c_, made, partition(), by);
    if (nth) with_frame(made, all_rows);
    if (frame != all_rows) {
      Node* least = nth ? c_.build.clone(nth) : c_.build.number("1");
      Node* enough = c_.build.binary(BinOp::ge, counted(c_.build.text(frame)), least);
      made = case_when(c_, enough, made);
    }
    *call_ = *made;
  }

  /// The last value up to here, or the next from here: rows that follow one value share its count.
  void nearest(std::string_view frame) {
    Node* count = counted(c_.build.text(frame));
    Node* made = window_of(c_, c_.build.call("MAX", value()), partition(), nullptr);
    *call_ = *made;
    later_.push_back({count, call_});
  }

  /// LAG and LEAD: among the rows with a value, or seen from the nearest of them.
  void neighbour(bool back) {
    const std::string_view function = back ? "LAG" : "LEAD";
    const std::size_t arguments = argument_count(call_);
    Node* steps = arguments > 1 ? argument(call_, 1) : c_.build.number("1");
    const auto offset_by = whole_number(steps);
    if (!offset_by || *offset_by < 1) {
      c_.refuse(call_, "IGNORE NULLS with this offset has no equal here");
    }
    Node* otherwise = arguments > 2 ? argument(call_, 2) : nullptr;
    const auto among = [&](Node* offset) {
      Node* groups = partition();
      if (!groups) groups = c_.build.list();
      c_.build.add(groups, case_when(c_, no_value(), c_.build.number("1"), c_.build.number("0")));
      return window_of(c_, c_.build.call(function, value(), offset), groups, order());
    };
    Later l{counted(back ? up_to_here : from_here), nullptr};
    Node* here = c_.build.null();
    l.windows.emplace_back(here, among(steps));
    Node* seen = value();
    if (*offset_by != 1) {
      Node* less = c_.build.number(c_.build.text(std::to_string(*offset_by - 1)));
      seen = c_.build.null();
      l.windows.emplace_back(seen, among(less));
      seen = case_when(c_, c_.build.unary("NOT", no_value()), seen);
    }
    l.chosen = window_of(c_, c_.build.call("MAX", seen), partition(), nullptr);
    Node* made = case_when(c_, no_value(), l.chosen, here);
    *call_ = otherwise ? *c_.build.call("COALESCE", made, otherwise) : *made;
    later_.push_back(std::move(l));
  }

  Node* s_;
  Context& c_;
  Node* call_ = nullptr;
  const Node* spec_ = nullptr;
  std::vector<Later> later_ = {};
};

}  // namespace

bool ignores_nulls(const Node* call, const Context& c) {
  if (!call->has(flag::ignore) || !call->kid(call_slot::over) || c.to_is(Dialect::oracle)) {
    return false;
  }
  const bool native = c.options.target_version == 0 || c.options.target_version >= 2022;
  if (c.to_is(Dialect::tsql) && native) return false;
  for (std::string_view f : {"FIRST_VALUE", "LAST_VALUE", "LAG", "LEAD", "NTH_VALUE"}) {
    if (is_call(call, f)) return true;
  }
  return false;
}

void count_values(Node* select, Context& c) {
  std::vector<Node*> calls;
  walk(select, [&](Node* n) {
    if (n == select) return true;
    if (n->is(Kind::call) && ignores_nulls(n, c)) calls.push_back(n);
    return !n->is(Kind::subquery) && !n->is(Kind::select) && !n->is(Kind::exists);
  });
  if (!calls.empty()) Treatment(select, c).rewrite(calls);
}

}  // namespace iacdb::sql
