// TRY_CAST and TRY_CONVERT of SQL Server, CAST .. DEFAULT .. ON CONVERSION ERROR and
// VALIDATE_CONVERSION of Oracle: the text is tested before it is cast.
//
// What reads as a number is from the chapters "CAST and CONVERT" of Transact-SQL 2022 and "CAST"
// and "Literals" of Oracle 19c; days are tested in the form YYYY-MM-DD only, see the warning.

#include <span>
#include <string>
#include <utility>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// sqlite, postgres, mysql, tsql, oracle, as everywhere.
using Forms = std::array<std::string_view, 5>;

/// SQLite compares a text that reads as a number with a number, and any other as a text.
constexpr std::string_view integer_form = ":1 <= CAST('9e999' AS REAL) AND NOT :1 GLOB '*[.eE]*'";
constexpr std::string_view decimal_form = ":1 <= CAST('9e999' AS REAL) AND NOT :1 GLOB '*[eE]*'";
constexpr std::string_view real_form = ":1 <= CAST('9e999' AS REAL)";
constexpr std::string_view integer_pattern = "^ *[+-]?[0-9]{1,38} *$";
constexpr std::string_view decimal_pattern = "^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+) *$";
constexpr std::string_view real_pattern =
    "^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})? *$";
constexpr std::string_view day_pattern =
    "^(0[1-9]|[1-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

/// A number of the text, for its size.
constexpr Forms number_form = {"CAST(:1 AS NUMERIC)", "CAST(:1 AS NUMERIC)",
                               "CAST(:1 AS DECIMAL(65, 20))", "", "TO_NUMBER(:1)"};
/// A text that matched is a day of its month.
constexpr Forms day_test = {
    "DATE(:1, '+0 days') = :1",
    "CAST(SUBSTRING(:1 FROM 9 FOR 2) AS INTEGER) <= EXTRACT(DAY FROM CAST(SUBSTRING(:1 FROM 1 FOR "
    "7) || '-01' AS DATE) + INTERVAL '1 MONTH' - INTERVAL '1 DAY')",
    "CAST(SUBSTRING(:1, 9, 2) AS SIGNED) <= DAY(LAST_DAY(CONCAT(LEFT(:1, 7), '-01')))", "",
    "TO_NUMBER(SUBSTR(:1, 9, 2)) <= EXTRACT(DAY FROM LAST_DAY(TO_DATE(SUBSTR(:1, 1, 7), "
    "'YYYY-MM')))"};
constexpr Forms day_form = {"DATE(:1)", "CAST(:1 AS DATE)", "CAST(:1 AS DATE)", "",
                            "TO_DATE(:1, 'YYYY-MM-DD')"};

class Tried {
 public:
  Tried(Node* cast, Context& c) : cast_(cast), type_(cast->kid(1)), c_(c) {}

  /// The value, or NULL where it cannot be.
  Node* rewrite() {
    Node* value = cast_->kid(0);
    const ValueType held = type_of(value, c_);
    const ValueType wanted = value_type_of(type_, c_.from);
    if (wanted == ValueType::text) return plain(value);
    if (is_number(held) && is_number(wanted)) return sized(value, plain(c_.build.clone(value)));
    const bool column = value->is(Kind::name) || value->is(Kind::path);
    if (held == ValueType::unknown && column) {
      c_.miss_types(cast_, "tried-cast", "whether this value is a text decides how it is cast");
    } else if (held == wanted || (is_moment(held) && is_moment(wanted))) {
      return plain(value);
    } else if (held != ValueType::text && held != ValueType::null && held != ValueType::unknown) {
      refuse();
    }
    // PostgreSQL would cast a literal before anything is tested.
    const bool literal = value->is(Kind::string) && c_.to_is(Dialect::postgres);
    text_ = literal ? c_.build.cast(value, "TEXT") : value;
    if (literal) text_->flags |= flag::done;
    if (is_number(wanted)) return number(wanted);
    if (wanted == ValueType::date && !c_.from_is(Dialect::oracle)) return day();
    refuse();
  }

 private:
  [[noreturn]] void refuse() {
    c_.refuse(cast_,
              "a cast to this type that gives NULL for a text which does not fit has no "
              "equal in " +
                  std::string(to_string(c_.to)));
  }

  Node* filled(std::string_view form) {
    Node* const holes[] = {c_.build.clone(text_)};
    return fill(form, c_.to, holes, c_.build);
  }
  Node* filled(const Forms& forms) { return filled(forms[static_cast<std::size_t>(c_.to)]); }

  Node* matches(std::string_view pattern) {
    return c_.build.call("$REGEXP", c_.build.clone(text_), c_.build.string(pattern));
  }

  Node* plain(Node* value) {
    Node* n = c_.build.with(Kind::cast, "CAST", value, c_.build.clone(type_));
    n->position = cast_->position;
    return n;
  }

  std::string parameter(std::size_t i, std::string_view otherwise) const {
    const Node* p = type_->kid(i);
    return std::string(p && p->is(Kind::number) ? p->text : otherwise);
  }

  /// Within the bounds of the type.
  Node* sized(Node* number, Node* result) {
    static constexpr std::pair<std::string_view, std::string_view> bounds[] = {
        {"TINYINT", "255"},
        {"SMALLINT", "32767"},
        {"INT", "2147483647"},
        {"INTEGER", "2147483647"},
        {"BIGINT", "9223372036854775807"}};
    Builder& b = c_.build;
    for (const auto& [name, high] : bounds) {
      if (!same_word(type_->text, name)) continue;
      Node* low = name == "TINYINT" ? b.number("0")
                  : name == "BIGINT"
                      ? b.number("-9223372036854775807")
                      : b.number(b.text("-" + std::string(high.substr(0, high.size() - 1)) + "8"));
      return case_when(c_, b.with(Kind::between, {}, number, low, b.number(high)), result);
    }
    const bool real = value_type_of(type_, c_.from) == ValueType::real;
    const bool any = type_->size == 0 && c_.from_is(Dialect::oracle);
    if (real || any) return result;
    if (same_word(type_->text, "MONEY") || same_word(type_->text, "SMALLMONEY") ||
        same_word(type_->text, "BIT")) {
      refuse();
    }
    const std::string scale = parameter(1, "0");
    const int digits = std::atoi(parameter(0, "18").c_str()) - std::atoi(scale.c_str());
    if (digits < 0 || digits > 38) refuse();
    Node* rounded = b.call("ROUND", number, b.number(b.text(scale)));
    Node* limit = b.number(b.text("1" + std::string(static_cast<std::size_t>(digits), '0')));
    Node* fits = b.binary(BinOp::lt, b.call("ABS", rounded), limit);
    return case_when(c_, fits, result);
  }

  Node* number(ValueType wanted) {
    const bool sqlite = c_.to_is(Dialect::sqlite);
    Node* test = nullptr;
    if (c_.from_is(Dialect::oracle) || wanted == ValueType::real) {
      test = sqlite ? filled(real_form) : matches(real_pattern);
    } else if (wanted == ValueType::integer) {
      test = sqlite ? filled(integer_form) : matches(integer_pattern);
    } else {
      test = sqlite ? filled(decimal_form) : matches(decimal_pattern);
    }
    Node* trimmed =
        c_.build.with(Kind::trim, "BOTH", c_.build.clone(text_), static_cast<Node*>(nullptr));
    Node* made = case_when(c_, test, sized(filled(number_form), plain(trimmed)));
    if (!c_.from_is(Dialect::tsql) || wanted == ValueType::decimal) return made;
    // An empty text is 0 there; a sign alone is an integer, too.
    Node* empty = c_.build.list_of(c_.build.string(""));
    if (wanted == ValueType::integer) {
      c_.build.add(empty, c_.build.string("+"));
      c_.build.add(empty, c_.build.string("-"));
    }
    Node* none = c_.build.with(Kind::in, {}, c_.build.clone(trimmed), empty);
    c_.build.add(made, c_.build.with(Kind::when, {}, none, c_.build.number("0")));
    return made;
  }

  Node* day() {
    c_.warn("tried-date", "only texts of the form YYYY-MM-DD are taken for dates");
    if (c_.to_is(Dialect::sqlite)) return case_when(c_, filled(day_test), filled(day_form));
    Node* inner = case_when(c_, filled(day_test), filled(day_form));
    return case_when(c_, matches(day_pattern), inner);
  }

  Node* cast_;
  Node* type_;
  Context& c_;
  Node* text_ = nullptr;
};

}  // namespace

void write_tried_cast(Node*& n, Context& c) {
  if (n->kid(2)) {
    const bool iso =
        n->kid(2)->is(Kind::number) && (n->kid(2)->text == "23" || n->kid(2)->text == "120" ||
                                        n->kid(2)->text == "121" || n->kid(2)->text == "126");
    const bool number = is_number(value_type_of(n->kid(1), c.from));
    if (!number && !iso) c.refuse(n, "a style or mask of a cast that is tried has no equal");
  }
  Node* value = n->kid(0);
  Node* otherwise = n->kid(3);
  const bool validates = n->text == "VALIDATE_CONVERSION";
  if (c.to_is(Dialect::tsql)) {
    n = c.build.with(Kind::cast, "TRY_CAST", value, n->kid(1));
  } else {
    n = Tried(n, c).rewrite();
  }
  if (!validates && !otherwise) return;
  Node* missing = c.build.binary(BinOp::is, c.build.clone(value), c.build.null());
  Node* made = case_when(c, missing, validates ? c.build.number("1") : c.build.null());
  if (!validates) {
    if (otherwise->is(Kind::null)) return;
    made->kids[1] = c.build.call("COALESCE", n, otherwise);
    n = made;
    return;
  }
  Node* fails = c.build.binary(BinOp::is, n, c.build.null());
  c.build.add(made, c.build.with(Kind::when, {}, fails, c.build.number("0")));
  made->kids[1] = c.build.number("1");
  n = made;
}

}  // namespace iacdb::sql
