// Sequences in SQLite: a table of one row that holds the last value and the step.
//
//   CREATE SEQUENCE s START WITH 5     CREATE TABLE s (value .., step ..); INSERT .. (4, 1)
//   nextval('s'), k times              UPDATE s SET value = value + k * step; then what it holds
//
// In Oracle and SQL Server every NEXTVAL of one row is one value; elsewhere each is a new one.

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "sql/parser.hpp"
#include "sql/strings.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool one_a_row(Dialect d) {
  return d == Dialect::oracle || d == Dialect::tsql;
}

Node* parsed(const std::string& text, Context& c) {
  Parser parser(c.build.text(text), Dialect::sqlite, c.build.arena());
  Node* made = parser.whole_statement();
  walk(made, [](Node* n) {
    if (n->is(Kind::call)) n->flags |= flag::done;
    return true;
  });
  return made;
}

std::string quoted(std::string_view name) {
  std::string out;
  append_name(out, name, Dialect::sqlite);
  return out;
}

std::string_view sequence_of(const Node* use) {
  const std::string_view name = last_name(use->kid(0));
  return name.substr(name.rfind('.') + 1);
}

/// A number of CREATE SEQUENCE, by its word.
std::optional<long long> option_of(const Node* n, std::string_view word, Context& c) {
  for (std::uint32_t i = 1; i < n->size; ++i) {
    const Node* option = n->kid(i);
    if (option->text != word) continue;
    const Node* value = option->kid(0);
    const bool minus = value && value->is(Kind::unary) && value->text == "-";
    if (minus) value = value->kid(0);
    long long number = 0;
    const bool digits = value && value->is(Kind::number);
    const std::string_view t = digits ? value->text : std::string_view();
    const auto read = std::from_chars(t.data(), t.data() + t.size(), number);
    if (t.empty() || read.ec != std::errc() || read.ptr != t.data() + t.size()) {
      c.refuse(n, "this " + std::string(word) + " of a sequence is not read");
    }
    return minus ? -number : number;
  }
  return std::nullopt;
}

void create(Node* n, Context& c) {
  for (std::uint32_t i = 1; i < n->size; ++i) {
    if (n->kid(i)->text == "CYCLE") c.refuse(n, "a sequence that begins again has no equal");
  }
  const long long step = option_of(n, "INCREMENT", c).value_or(1);
  auto start = option_of(n, "START", c);
  if (!start) start = option_of(n, step > 0 ? "MINVALUE" : "MAXVALUE", c);
  if (!start && c.from_is(Dialect::tsql)) {
    c.refuse(n, "a sequence of SQL Server begins at its type's end; say START WITH");
  }
  const long long first = start.value_or(step > 0 ? 1 : -1);
  const std::string name = quoted(last_name(n->kid(0)));
  const bool there = n->has(flag::if_not_exists);
  c.statement = parsed(std::string("CREATE TABLE ") + (there ? "IF NOT EXISTS " : "") + name +
                           " (value INTEGER NOT NULL, step INTEGER NOT NULL)",
                       c);
  std::string row = "INSERT INTO " + name + " (value, step) ";
  row +=
      (there ? "SELECT " : "VALUES (") + std::to_string(first - step) + ", " + std::to_string(step);
  row += there ? " WHERE NOT EXISTS (SELECT 1 FROM " + name + ")" : ")";
  c.after.push_back(parsed(row, c));
}

/// The uses of sequences in the rows of a statement, and what they become.
class Uses {
 public:
  explicit Uses(Context& c) : c_(c) {}

  /// A row of VALUES, or the list of a select without tables.
  void row(Node* list) {
    std::vector<std::string_view> stepped;
    each(list, [&](Node*& n) {
      Sequence& s = of(n);
      bool steps = n->text == "NEXT";
      if (one_a_row(c_.from)) {
        bool again = false;
        for (std::string_view name : stepped) again = again || same_word(name, s.name);
        steps = !again && moves(list, s.name);
        if (steps) stepped.push_back(s.name);
      }
      if (steps) ++s.steps;
      s.places.push_back({&n, s.steps});
    });
  }

  /// The list of INSERT .. SELECT .. FROM: a value a row.
  void rows(Node* select) {
    Node* items = select->kid(select_slot::items);
    for (auto slot : {select_slot::group, select_slot::having, select_slot::distinct_on}) {
      if (select->kid(slot) || select->has(flag::distinct)) refuse(select);
    }
    each(items, [&](Node*& n) {
      Sequence& s = of(n);
      if (n->text != "NEXT" || (s.steps > 0 && !one_a_row(c_.from))) refuse(n);
      s.steps = 1;
      const Node* order = select->kid(query_slot::order);
      Node* number = window_of(c_, c_.build.call("ROW_NUMBER"), nullptr,
                               order ? c_.build.clone(order) : nullptr);
      Node* ahead = c_.build.binary(BinOp::mul, held(s.name, "step"), number);
      n = c_.build.binary(BinOp::add, held(s.name, "value"), ahead);
    });
    for (const Sequence& s : sequences_) {
      c_.after.push_back(
          parsed("UPDATE " + quoted(s.name) + " SET value = value + step * changes()", c_));
    }
    sequences_.clear();
  }

  /// Advances every sequence at once; each place counts back from where it stands then.
  void finish() {
    for (Sequence& s : sequences_) {
      if (s.steps > 0) {
        c_.before.push_back(parsed("UPDATE " + quoted(s.name) + " SET value = value + " +
                                       (s.steps > 1 ? std::to_string(s.steps) + " * " : "") +
                                       "step",
                                   c_));
      }
      for (const Place& p : s.places) {
        const std::string back = std::to_string(s.steps - p.step);
        *p.node = back == "0" ? held(s.name, "value") : held(s.name, "value - " + back + " * step");
      }
    }
  }

  [[noreturn]] void refuse(const Node* n) {
    c_.refuse(n, "a sequence here has no equal in sqlite; take its value in a row of VALUES");
  }

 private:
  struct Place {
    Node** node;
    std::size_t step;
  };
  struct Sequence {
    std::string_view name;
    std::size_t steps = 0;
    std::vector<Place> places = {};
  };

  template <typename Visit>
  void each(Node* list, Visit&& visit) {
    for (std::uint32_t i = 0; i < list->size; ++i) {
      Node*& k = list->kids[i];
      if (!k) continue;
      if (k->is(Kind::next_value))
        visit(k);
      else
        each(k, visit);
    }
  }

  static bool moves(Node* list, std::string_view name) {
    bool found = false;
    walk(list, [&](const Node* k) {
      const bool next = k->is(Kind::next_value) && k->text == "NEXT";
      found = found || (next && same_word(sequence_of(k), name));
      return true;
    });
    return found;
  }

  Sequence& of(const Node* use) {
    const std::string_view name = sequence_of(use);
    for (Sequence& s : sequences_) {
      if (same_word(s.name, name)) return s;
    }
    sequences_.push_back({name});
    return sequences_.back();
  }

  Node* held(std::string_view name, std::string_view what) {
    Node* query = parsed("SELECT " + std::string(what) + " FROM " + quoted(name), c_);
    return c_.build.with(Kind::subquery, {}, query);
  }

  Context& c_;
  std::vector<Sequence> sequences_ = {};
};

bool has_use(Node* n) {
  bool found = false;
  walk(n, [&](const Node* k) {
    found = found || k->is(Kind::next_value);
    return !found;
  });
  return found;
}

void emulate(Context& c) {
  Node* n = c.statement;
  Uses uses(c);
  Node* source = n->is(Kind::insert) ? n->kid(insert_slot::source) : n;
  if (source && source->is(Kind::values)) {
    for (Node* one : *source->kid(values_slot::rows)) uses.row(one);
  } else if (source && source->is(Kind::select)) {
    const Node* from = source->kid(select_slot::from);
    if (!from || from->size == 0) {
      uses.row(source->kid(select_slot::items));
    } else if (n->is(Kind::insert) && !n->kid(insert_slot::conflict) && !n->has(flag::ignore)) {
      uses.rows(source);
    }
  }
  uses.finish();
  if (has_use(n)) uses.refuse(n);
}

/// The first use in a row takes the value, the others are of it.
void share_values(Node* list) {
  std::vector<std::string_view> taken;
  std::vector<Node*> all;
  walk(list, [&](Node* k) {
    if (k->is(Kind::next_value)) all.push_back(k);
    return !k->is(Kind::subquery);
  });
  if (all.size() < 2) return;
  for (Node* use : all) {
    bool moves = false;
    for (const Node* other : all) {
      moves = moves || (other->text == "NEXT" && same_word(sequence_of(other), sequence_of(use)));
    }
    bool again = false;
    for (std::string_view name : taken) again = again || same_word(name, sequence_of(use));
    if (!moves && !again) continue;
    use->text = again ? "CURRENT" : "NEXT";
    taken.push_back(sequence_of(use));
  }
}

}  // namespace

void pass_sequences(Context& c) {
  Node* n = c.statement;
  if (c.to_is(Dialect::sqlite)) {
    if (n->is(Kind::create_sequence)) return create(n, c);
    if (n->is(Kind::drop) && n->text == "SEQUENCE") {
      n->text = "TABLE";  // which a script that uses it in no statement has not made
      if (c.options.whole_database) n->flags |= flag::if_exists;
    }
    const bool one = n->is(Kind::select) || n->is(Kind::insert) || n->is(Kind::update);
    if (one && has_use(n)) emulate(c);
    return;
  }
  if (!one_a_row(c.from) || one_a_row(c.to)) return;
  walk(n, [&](Node* k) {
    if (k->is(Kind::row)) share_values(k);
    if (k->is(Kind::select)) share_values(k->kid(select_slot::items));
    return true;
  });
}

}  // namespace iacdb::sql
