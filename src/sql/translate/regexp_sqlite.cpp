// Regular expressions on SQLite, which has none of its own: GLOB where it says the same, else a
// recursive query that follows the pattern's automaton. Only patterns that are literals are known.

#include <array>
#include <optional>
#include <string>

#include "sql/translate/automaton.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char ch : text) out += ch == '\'' ? std::string("''") : std::string(1, ch);
  return out + "'";
}

/// The pattern as GLOB, where each character follows the one before and none repeats.
std::optional<std::string> whole_glob(const Automaton& a) {
  const bool one = a.anywhere != a.at_start && !a.empty && a.ends.size() + a.last_ends.size() == 1;
  if (!one) return std::nullopt;
  std::string out = a.at_start ? "" : "*";
  int state = a.at_start ? 1 : 0;
  int read = 0;
  for (std::size_t i = 0; i < a.sets.size(); ++i) {
    int next = -1;
    for (const Automaton::Step& s : a.steps) {
      if (s.from != state) continue;
      if (next >= 0) return std::nullopt;
      next = s.to;
    }
    if (next != (read == 0 ? 2 : state + 1)) return std::nullopt;
    out += glob_of(a.sets[static_cast<std::size_t>(next - 2)]);
    state = next;
    ++read;
  }
  for (const Automaton::Step& s : a.steps) {
    if (s.from == state) return std::nullopt;
  }
  if ((a.ends.empty() ? a.last_ends : a.ends)[0] != state) return std::nullopt;
  return out + (a.ends.empty() ? "" : "*");
}

/// Of the one set of characters from the first to the last, once or more.
bool is_run(const Automaton& a) {
  return a.sets.size() == 1 && a.at_start && !a.anywhere && a.ends.empty() && !a.empty &&
         a.steps.size() == 2;
}

/// One character, or a run of its kind, wherever it is.
bool is_one_set(const Automaton& a) {
  return a.sets.size() == 1 && a.anywhere && !a.at_start && a.last_ends.empty() && !a.empty;
}

std::string state_list(const std::vector<int>& states) {
  std::string out;
  for (int s : states) out += (out.empty() ? "" : ", ") + std::to_string(s);
  return "(" + out + ")";
}

/// m(x, b, i, s): after i characters of x a match that began after b of them is in state s; where
/// only a match counts, b stays 0.
std::string walk_query(const Automaton& a, bool places) {
  std::string steps;
  for (const Automaton::Step& s : a.steps) {
    steps += (steps.empty() ? "(" : ", (") + std::to_string(s.from) + ", " +
             quoted(glob_of(a.sets[static_cast<std::size_t>(s.characters)])) + ", " +
             std::to_string(s.to) + ")";
  }
  if (a.steps.empty()) steps = "(-1, '', -1)";
  std::string out = "m(x, b, i, s) AS (";
  if (a.anywhere) out += "SELECT :1, 0, 0, 0";
  if (a.at_start) out += std::string(a.anywhere ? " UNION " : "") + "SELECT :1, 0, 0, 1";
  if (a.anywhere) steps += ", (0, '?', 0)";
  out += std::string(" UNION SELECT x, ") +
         (places ? "CASE WHEN t.column3 = 0 THEN i + 1 ELSE b END" : "0") +
         ", i + 1, t.column3 FROM m JOIN (VALUES " + steps +
         ") AS t ON t.column1 = s AND SUBSTR(x, i + 1, 1) GLOB t.column2 "
         "WHERE i < LENGTH(x))";
  return out;
}

/// The rows of m where a match ends.
std::string at_an_end(const Automaton& a) {
  std::string out;
  if (!a.ends.empty()) out = "s IN " + state_list(a.ends);
  if (!a.last_ends.empty()) {
    if (!out.empty()) out += " OR ";
    out += "s IN " + state_list(a.last_ends) + " AND i = LENGTH(x)";
  }
  return out;
}

class Follower {
 public:
  Follower(Node* call, Context& c) : call_(call), c_(c) {}

  Node* rewrite(const std::string& name) {
    const bool test = name == "$REGEXP" || name == "$REGEXP_I";
    bool folds = name == "$REGEXP_I";
    if (!read_flags(name, folds)) return nullptr;
    const Node* pattern = argument(call_, 1);
    if (!pattern->is(Kind::string)) {
      if (name == "$REGEXP") return nullptr;
      c_.refuse(pattern, "a regular expression that is no literal has no equal in sqlite");
    }
    rules_ = {folds, c_.from_is(Dialect::postgres), !c_.from_is(Dialect::oracle)};
    const auto read = read_pattern(pattern->text, rules_);
    if (!read) {
      c_.refuse(pattern,
                "this regular expression has no equal in sqlite: only characters, classes, "
                "repetitions, alternatives, ^ and $ have one");
    }
    a_ = *read;
    if (test) return tested();
    if (a_.empty || (name != "REGEXP_INSTR" && !a_.deterministic())) {
      c_.refuse(pattern,
                "where this regular expression matches has no equal in sqlite: it could "
                "match in several ways");
    }
    return placed(name);
  }

 private:
  /// 'g', 'i', 'gi' of REGEXP_REPLACE in PostgreSQL.
  bool read_flags(const std::string& name, bool& folds) {
    all_ = name == "$REGEXP_REPLACE_ALL" || name == "REGEXP_REPLACE";
    if (name != "$REGEXP_REPLACE_FLAGS") {
      folds = folds || c_.from_is(Dialect::mysql);
      return true;
    }
    const Node* flags = argument(call_, 3);
    const std::string_view text = flags->is(Kind::string) ? flags->text : "?";
    if (text.find_first_not_of("gi") != std::string_view::npos) return false;
    all_ = text.find('g') != std::string_view::npos;
    folds = text.find('i') != std::string_view::npos;
    return true;
  }

  Node* filled(const std::string& text) {
    Node* const holes[] = {argument(call_, 0),
                           argument_count(call_) > 2 ? argument(call_, 2) : nullptr};
    return fill_text(text, Dialect::sqlite, holes, c_.build);
  }

  Node* tested() {
    if (const auto glob = whole_glob(a_)) return filled(":1 GLOB " + quoted(*glob));
    if (is_run(a_)) {
      const std::string set = glob_of(a_.sets[0]);
      std::string none = set == "?"              ? ""
                         : set.starts_with("[^") ? "[" + set.substr(2)
                         : set.starts_with("[")  ? "[^" + set.substr(1)
                                                 : "[^" + set + "]";
      const bool negated = set.starts_with("[^");
      if (negated && none.size() == 3) none = none.substr(1, 1);
      if (!none.empty()) {
        return filled(":1 GLOB " + quoted(set + "*") + " AND NOT :1 GLOB " +
                      quoted("*" + none + "*"));
      }
    }
    return filled("CASE WHEN :1 IS NOT NULL THEN EXISTS (WITH RECURSIVE " + walk_query(a_, false) +
                  " SELECT 1 FROM m WHERE " + at_an_end(a_) + ") END");
  }

  Node* placed(const std::string& name) {
    const std::string walked = "(WITH RECURSIVE " + walk_query(a_, true);
    const std::string ends = at_an_end(a_);
    if (name == "$REGEXP_SUBSTR") {
      return filled(walked + " SELECT SUBSTR(x, b + 1, i - b) FROM m WHERE " + ends +
                    " ORDER BY b, i DESC LIMIT 1)");
    }
    if (name == "REGEXP_INSTR") {
      return filled("CASE WHEN :1 IS NOT NULL THEN COALESCE(" + walked +
                    " SELECT b + 1 FROM m WHERE " + ends + " ORDER BY b LIMIT 1), 0) END");
    }
    // w(b, e): the longest match from each place; r(p, n, t): up to p, n of them were taken.
    const std::string chosen =
        walked + ", w(b, e) AS MATERIALIZED (SELECT b, MAX(i) FROM m WHERE " + ends +
        " GROUP BY b), r(p, n, t) AS (SELECT 0, 0, '' UNION ALL SELECT e, n + 1, ";
    const std::string next = " FROM r JOIN w ON w.b = (SELECT MIN(b) FROM w WHERE b >= p)";
    if (name == "REGEXP_COUNT") {
      return filled("CASE WHEN :1 IS NOT NULL THEN " + chosen + "''" + next +
                    ") SELECT MAX(n) FROM r) END");
    }
    check_replacement();
    if (is_one_set(a_) && all_) return replaced_characters();
    return filled(chosen + "t || SUBSTR(:1, p + 1, b - p) || :2" + next +
                  (all_ ? "" : " WHERE n = 0") +
                  ") SELECT t || SUBSTR(:1, p + 1) FROM r ORDER BY n DESC LIMIT 1)");
  }

  /// Each character of the set, or each run of them, becomes the text.
  Node* replaced_characters() {
    const std::string in_set = "SUBSTR(x, i + 1, 1) GLOB " + quoted(glob_of(a_.sets[0]));
    const bool runs = a_.steps.size() > 1;
    return filled(
        "(WITH RECURSIVE r(x, i, t, q) AS (SELECT :1, 0, '', 0 UNION ALL SELECT x, i + 1, "
        "t || CASE WHEN NOT " +
        in_set + " THEN SUBSTR(x, i + 1, 1) " + (runs ? "WHEN q THEN '' " : "") + "ELSE :2 END, " +
        in_set + " FROM r WHERE i < LENGTH(x)) SELECT t FROM r WHERE i = LENGTH(x))");
  }

  /// Groups of the match in the new text are not known here.
  void check_replacement() {
    if (argument_count(call_) < 3) {
      c_.build.add(call_->kid(call_slot::args), c_.build.string(""));
    }
    const Node* text = argument(call_, 2);
    if (text->is(Kind::string) && text->text.find_first_of("\\$&") == std::string_view::npos)
      return;
    c_.refuse(text, "this replacement of a regular expression has no equal in sqlite");
  }

  Node* call_;
  Context& c_;
  PatternRules rules_ = {};
  Automaton a_ = {};
  bool all_ = false;
};

}  // namespace

bool write_regexp_sqlite(Node*& n, const std::string& name, Context& c) {
  static constexpr std::array<std::pair<std::string_view, std::size_t>, 9> known = {
      {{"$REGEXP", 2},
       {"$REGEXP_I", 2},
       {"$REGEXP_SUBSTR", 2},
       {"$REGEXP_REPLACE_ALL", 3},
       {"$REGEXP_REPLACE_ONE", 3},
       {"$REGEXP_REPLACE_FLAGS", 4},
       {"REGEXP_INSTR", 2},
       {"REGEXP_COUNT", 2},
       {"REGEXP_REPLACE", 2}}};
  if (c.from == c.to) return false;
  for (const auto& [function, arguments] : known) {
    if (name != function || argument_count(n) != arguments) continue;
    Node* made = Follower(n, c).rewrite(name);
    if (!made) return false;
    n = made->is(Kind::subquery) || made->is(Kind::case_) ? made : c.build.paren(made);
    return true;
  }
  return false;
}

}  // namespace iacdb::sql
