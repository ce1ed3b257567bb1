// The places and flags that Oracle's functions of regular expressions take: where to begin, which
// match, how to read letters, and which group of it.
//
// Sources: REGEXP_SUBSTR and REGEXP_REPLACE of Oracle 19c, PostgreSQL 15 (a first match where no N
// is said) and MariaDB 10.11 (none of these arguments).

#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

namespace {

/// A whole argument, or what stands for it where it is left out; a refusal where it is no literal.
std::int64_t whole_argument(Node* call, std::size_t at, std::int64_t otherwise, Context& c) {
  if (at >= argument_count(call)) return otherwise;
  const auto number = whole_number(argument(call, at));
  if (!number) c.refuse(argument(call, at), "a place in a regular expression that is no literal");
  return *number;
}

/// i or c; a NULL says nothing.
bool folds_case(const Node* call, std::size_t at, Context& c) {
  const Node* flags = at < argument_count(call) ? argument(call, at) : nullptr;
  if (!flags || flags->is(Kind::null)) return false;
  if (!flags->is(Kind::string) || (flags->text != "i" && flags->text != "c")) {
    c.refuse(flags, std::string(call->text) + " with these flags has no equal");
  }
  return flags->text == "i";
}

Node* number_of(std::int64_t value, Context& c) {
  return c.build.number(c.build.text(std::to_string(value)));
}

/// The n-th match: each time the text behind the match before it.
Node* part_in_mysql(Node* text, Node* pattern, std::int64_t start, std::int64_t nth,
                    std::int64_t group, Context& c) {
  Node* first[] = {text, number_of(start, c)};
  if (start > 1) text = fill("SUBSTRING(:1, :2)", c.to, first, c.build);
  for (std::int64_t i = 1; i < nth; ++i) {
    Node* const holes[] = {text, c.build.clone(pattern)};
    text = fill("SUBSTRING(:1, REGEXP_INSTR(:1, :2) + CHAR_LENGTH(REGEXP_SUBSTR(:1, :2)))", c.to,
                holes, c.build);
  }
  Node* const holes[] = {text, pattern, c.build.string(c.build.text("\\" + std::to_string(group)))};
  return fill(group > 0 ? "CASE WHEN :1 REGEXP :2 THEN NULLIF(REGEXP_REPLACE(REGEXP_SUBSTR(:1, "
                          ":2), :2, :3), '') END"
                        : "CASE WHEN :1 REGEXP :2 THEN REGEXP_SUBSTR(:1, :2) END",
              c.to, holes, c.build);
}

Node* marked(const Node* pattern, bool folds, Context& c) {
  if (!pattern->is(Kind::string)) {
    c.refuse(pattern, "a regular expression that is no literal has no equal in mysql");
  }
  return c.build.string(c.build.text((folds ? "(?i)" : "(?-i)") + std::string(pattern->text)));
}

}  // namespace

void read_regexp_part(Node*& n, Context& c) {
  if (c.to_is(Dialect::oracle)) return;
  const std::int64_t start = whole_argument(n, 2, 1, c);
  const std::int64_t nth = whole_argument(n, 3, 1, c);
  const std::int64_t group = whole_argument(n, 5, 0, c);
  const bool folds = folds_case(n, 4, c);
  constexpr std::int64_t group_max = 9;
  if (start < 1 || nth < 1 || group < 0 || group > group_max) {
    c.refuse(n, "REGEXP_SUBSTR of a place, a match or a group that Oracle does not have");
  }
  if (start == 1 && nth == 1 && group == 0 && !folds) {
    n = c.build.call("$REGEXP_SUBSTR", argument(n, 0), argument(n, 1));
    return;
  }
  constexpr std::int64_t nth_max = 3;  // each doubles the text and more
  if (c.to_is(Dialect::mysql) && nth <= nth_max) {
    n = part_in_mysql(argument(n, 0), marked(argument(n, 1), folds, c), start, nth, group, c);
    return;
  }
  if (!c.to_is(Dialect::postgres) && !c.to_is(Dialect::tsql)) {
    c.refuse(n, "REGEXP_SUBSTR with this place has no equal in " + std::string(to_string(c.to)));
  }
  Node* const holes[] = {argument(n, 0),
                         argument(n, 1),
                         number_of(start, c),
                         number_of(nth, c),
                         c.build.string(folds ? "i" : "c"),
                         number_of(group, c)};
  n = fill(
      group > 0 ? "REGEXP_SUBSTR(:1, :2, :3, :4, :5, :6)" : "REGEXP_SUBSTR(:1, :2, :3, :4, :5)",
      Dialect::oracle, holes, c.build);
}

void read_regexp_replaced(Node*& n, Context& c) {
  if (c.to_is(Dialect::oracle)) return;
  const std::int64_t start = whole_argument(n, 3, 1, c);
  const std::int64_t nth = whole_argument(n, 4, 0, c);
  const bool folds = folds_case(n, 5, c);
  Node* made = nullptr;
  if (c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql)) {
    Node* const holes[] = {argument(n, 0),    argument(n, 1),
                           argument(n, 2),    number_of(start, c),
                           number_of(nth, c), c.build.string(folds ? "i" : "c")};
    made = fill("REGEXP_REPLACE(:1, :2, :3, :4, :5, :6)", Dialect::oracle, holes, c.build);
  } else if (start == 1 && nth <= 1 && (c.to_is(Dialect::mysql) || !folds)) {
    made =
        c.build.call(nth == 0 ? "$REGEXP_REPLACE_ALL" : "$REGEXP_REPLACE_ONE", argument(n, 0),
                     c.to_is(Dialect::mysql) ? marked(argument(n, 1), folds, c) : argument(n, 1));
    c.build.add(made->kids[call_slot::args], argument(n, 2));
  } else {
    c.refuse(n, "REGEXP_REPLACE with this place has no equal in " + std::string(to_string(c.to)));
  }
  n = made;
}

}  // namespace iacdb::sql
