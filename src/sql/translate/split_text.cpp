// SPLIT_PART, SUBSTRING_INDEX and REGEXP_SUBSTR(x, '[^,]+', 1, n): pieces between separators.

#include <optional>
#include <string>

#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

Node* args_of(Node* call) {
  return call->kids[call_slot::args];
}

std::optional<int> count_of(const Node* n) {
  const bool minus = n->is(Kind::unary) && n->text == "-";
  const Node* number = minus ? n->kid(0) : n;
  if (!number->is(Kind::number) || number->text.size() > 6) return std::nullopt;
  const int value = std::atoi(std::string(number->text).c_str());
  return minus ? -value : value;
}

Node* number_of(int value, Context& c) {
  return c.build.number(c.build.text(std::to_string(value < 0 ? -value : value)));
}

/// The n-th piece, from the end where `back`; '' where there is none.
std::string_view part_form(bool back, Dialect to) {
  switch (to) {
    case Dialect::mysql:
      return back ? "CASE WHEN (CHAR_LENGTH(:1) - CHAR_LENGTH(REPLACE(:1, :2, ''))) DIV "
                    "CHAR_LENGTH(:2) + 1 < :3 THEN '' ELSE SUBSTRING_INDEX(SUBSTRING_INDEX(:1, :2, "
                    "-:3), :2, 1) END"
                  : "CASE WHEN (CHAR_LENGTH(:1) - CHAR_LENGTH(REPLACE(:1, :2, ''))) DIV "
                    "CHAR_LENGTH(:2) + 1 < :3 THEN '' ELSE SUBSTRING_INDEX(SUBSTRING_INDEX(:1, :2, "
                    ":3), :2, -1) END";
    case Dialect::sqlite:
      return back ? "(WITH RECURSIVE p(i, piece, rest) AS (SELECT 0, '', :1 || :2 UNION ALL SELECT "
                    "i + 1, SUBSTR(rest, 1, INSTR(rest, :2) - 1), SUBSTR(rest, INSTR(rest, :2) + "
                    "LENGTH(:2)) FROM p WHERE INSTR(rest, :2) > 0) SELECT COALESCE(MAX(CASE WHEN i "
                    "= "
                    "(LENGTH(:1) - LENGTH(REPLACE(:1, :2, ''))) / LENGTH(:2) + 2 - :3 AND i > 0 "
                    "THEN piece END), CASE WHEN :1 IS NOT NULL THEN '' END) FROM p)"
                  : "(WITH RECURSIVE p(i, piece, rest) AS (SELECT 0, '', :1 || :2 UNION ALL SELECT "
                    "i + 1, SUBSTR(rest, 1, INSTR(rest, :2) - 1), SUBSTR(rest, INSTR(rest, :2) + "
                    "LENGTH(:2)) FROM p WHERE i < :3 AND INSTR(rest, :2) > 0) SELECT "
                    "COALESCE(MAX(CASE WHEN i = :3 THEN piece END), CASE WHEN :1 IS NOT NULL THEN "
                    "'' "
                    "END) FROM p)";
    case Dialect::oracle:
      return back ? "" : "REGEXP_SUBSTR(:1, '(.*?)(' || :2 || '|$)', 1, :3, NULL, 1)";
    default:
      return "";
  }
}

/// Everything before the n-th separator, or after the n-th from the end.
std::string_view index_form(bool back, Dialect to) {
  switch (to) {
    case Dialect::postgres:
      return back
                 ? "ARRAY_TO_STRING((STRING_TO_ARRAY(:1, :2))[GREATEST(CARDINALITY("
                   "STRING_TO_ARRAY(:1, :2)) - :3 + 1, 1) : CARDINALITY(STRING_TO_ARRAY(:1, :2))], "
                   ":2)"
                 : "ARRAY_TO_STRING((STRING_TO_ARRAY(:1, :2))[1 : :3], :2)";
    case Dialect::sqlite:
      return back ? "(WITH RECURSIVE p(i, rest) AS (SELECT 0, :1 UNION ALL SELECT i + 1, "
                    "SUBSTR(rest, INSTR(rest, :2) + LENGTH(:2)) FROM p WHERE i < (LENGTH(:1) - "
                    "LENGTH(REPLACE(:1, :2, ''))) / LENGTH(:2) - :3 + 1 AND INSTR(rest, :2) > 0) "
                    "SELECT rest FROM p ORDER BY i DESC LIMIT 1)"
                  : "(WITH RECURSIVE p(i, n) AS (SELECT 0, 0 UNION ALL SELECT i + 1, CASE WHEN "
                    "INSTR(SUBSTR(:1, n + 1), :2) = 0 THEN LENGTH(:1) + 1 ELSE n + "
                    "INSTR(SUBSTR(:1, n + 1), :2) END FROM p WHERE i < :3 AND n <= LENGTH(:1)) "
                    "SELECT SUBSTR(:1, 1, MAX(n) - 1) FROM p)";
    case Dialect::oracle:
      return back
                 ? "CASE WHEN INSTR(:1, :2, -1, :3) = 0 THEN :1 ELSE SUBSTR(:1, INSTR(:1, :2, -1, "
                   ":3) + LENGTH(:2)) END"
                 : "CASE WHEN INSTR(:1, :2, 1, :3) = 0 THEN :1 ELSE SUBSTR(:1, 1, INSTR(:1, :2, 1, "
                   ":3) - 1) END";
    default:
      return "";
  }
}

/// The n-th piece that is not empty, as '[^,]+' finds it.
std::string_view filled_form(Dialect to) {
  switch (to) {
    case Dialect::postgres:
      return "(SELECT p FROM UNNEST(STRING_TO_ARRAY(:1, :2)) WITH ORDINALITY AS u(p, i) WHERE p <> "
             "'' ORDER BY i OFFSET :3 - 1 LIMIT 1)";
    case Dialect::sqlite:
      return "(WITH RECURSIVE p(i, piece, rest) AS (SELECT 0, '', :1 || :2 UNION ALL SELECT i + "
             "(INSTR(rest, :2) > 1), SUBSTR(rest, 1, INSTR(rest, :2) - 1), SUBSTR(rest, "
             "INSTR(rest, "
             ":2) + 1) FROM p WHERE rest <> '') SELECT MAX(CASE WHEN i = :3 AND piece <> '' THEN "
             "piece END) FROM p)";
    case Dialect::mysql:
      return "CASE WHEN CHAR_LENGTH(REGEXP_REPLACE(TRIM(BOTH :2 FROM :1), CONCAT('[', :2, ']+'), "
             ":2)) - CHAR_LENGTH(REPLACE(:1, :2, '')) + 1 >= :3 AND REPLACE(:1, :2, '') <> '' THEN "
             "SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_REPLACE(TRIM(BOTH :2 FROM :1), CONCAT('[', "
             ":2, "
             "']+'), :2), :2, :3), :2, -1) END";
    default:
      return "";
  }
}

}  // namespace

void write_split(Node*& n, Context& c) {
  Node* args = args_of(n);
  const bool part = same_word(n->text, "SPLIT_PART");
  const bool filled_only = same_word(n->text, "$SPLIT_FILLED");
  const auto count = count_of(args->kid(2));
  const bool back = count && *count < 0;
  Node* const holes[] = {args->kid(0), args->kid(1), count ? number_of(*count, c) : args->kid(2)};
  if (count && *count == 0 && !part) {
    n = c.build.string("");
    return;
  }
  const std::string_view form = filled_only ? filled_form(c.to)
                                : part      ? part_form(back, c.to)
                                            : index_form(back, c.to);
  if (form.empty() || (!count && !part && !filled_only)) {
    c.refuse(n, "pieces of text by this count have no equal in " + std::string(to_string(c.to)));
  }
  n = fill(form, c.to, holes, c.build);
}

}  // namespace iacdb::sql
