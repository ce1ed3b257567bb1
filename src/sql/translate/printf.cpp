// PRINTF of SQLite with a literal format: each %d, %s and %f becomes a piece of one text.
//
// Source: "Built-in printf()" of SQLite: NULL is an empty text for %s, and zero for %d and %f.

#include <algorithm>
#include <charconv>
#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// %[flags][width][.places]letter
struct Piece {
  bool left = false;
  bool zeros = false;
  bool groups = false;
  int width = 0;
  int places = 6;
  char letter = 0;
};

/// What stands behind a percent sign; false where it is none of these.
bool read_piece(std::string_view format, std::size_t& at, Piece& piece) {
  for (; at < format.size(); ++at) {
    if (format[at] == '-')
      piece.left = true;
    else if (format[at] == '0')
      piece.zeros = true;
    else if (format[at] == ',')
      piece.groups = true;
    else
      break;
  }
  const char* const end = format.data() + format.size();
  const auto width = std::from_chars(format.data() + at, end, piece.width);
  if (width.ec == std::errc::result_out_of_range) return false;
  at = static_cast<std::size_t>(width.ptr - format.data());
  const bool plain = width.ec != std::errc() && !piece.left && !piece.zeros && !piece.groups;
  const bool cut = at < format.size() && format[at] == '.';
  if (cut) {
    const auto places = std::from_chars(format.data() + at + 1, end, piece.places);
    if (places.ec != std::errc()) return false;
    at = static_cast<std::size_t>(places.ptr - format.data());
  }
  constexpr int width_max = 200;
  if (at >= format.size() || piece.width > width_max || piece.places > 9) return false;
  piece.letter = format[at++];
  // Places cut a text and fill an integer; zeros win over blanks behind; %5% is wide, too.
  if (cut && piece.letter != 'f') return false;
  if ((piece.left && piece.zeros) || (piece.letter == '%' && !plain)) return false;
  return std::string_view("disf%").find(piece.letter) != std::string_view::npos;
}

Node* filled(std::string_view form, Node* value, int number, Context& c) {
  Node* const holes[] = {value, c.build.number(c.build.text(std::to_string(number)))};
  return fill(form, Dialect::postgres, holes, c.build, false);
}

/// As wide as is said; zeros go behind the sign.
Node* widened(Node* text, const Piece& piece, Context& c) {
  if (piece.width == 0) return text;
  if (piece.left)
    return filled("RPAD(:1, $GREATEST_SKIP(:2, LENGTH(:1)), ' ')", text, piece.width, c);
  if (!piece.zeros || piece.letter == 's') {
    return filled("LPAD(:1, $GREATEST_SKIP(:2, LENGTH(:1)), ' ')", text, piece.width, c);
  }
  return filled(
      "CASE WHEN LEFT(:1, 1) = '-' THEN CONCAT('-', LPAD(REPLACE(:1, '-', ''), "
      "$GREATEST_SKIP(:2 - 1, LENGTH(:1) - 1), '0')) ELSE LPAD(:1, $GREATEST_SKIP(:2, "
      "LENGTH(:1)), '0') END",
      text, piece.width, c);
}

Node* written(Node* value, const Piece& piece, Context& c) {
  const ValueType t = type_of(value, c);
  const bool unsure = !never_null(c, value);
  if (piece.letter == 's') {
    Node* text = t == ValueType::text ? value : c.build.cast(value, "TEXT");
    return unsure ? c.build.call("COALESCE", text, c.build.string("")) : text;
  }
  if (unsure) value = c.build.call("COALESCE", value, c.build.number("0"));
  if (piece.letter == 'f') return filled("$FIXED(:1, :2)", value, piece.places, c);
  if (piece.groups) return filled("$FORMAT_NUMBER(:1, :2)", value, 0, c);
  if (t != ValueType::integer) {
    if (!is_number(t)) c.refuse(value, "%d of a value that is not known to be a number");
    value = c.build.call("TRUNC", value);
    value = c.build.cast(value, "INTEGER");
  }
  return c.build.cast(value, "TEXT");
}

}  // namespace

void read_printf(Node*& n, Context& c) {
  if (argument_count(n) == 0 || !argument(n, 0)->is(Kind::string)) {
    c.refuse(n, "PRINTF with a format that is no literal has no equal");
  }
  const std::string_view format = argument(n, 0)->text;
  Node* whole = c.build.call("$CONCAT_NULL");
  Node* parts = whole->kids[call_slot::args];
  std::string plain;
  std::size_t taken = 1;
  const auto flush = [&] {
    if (!plain.empty()) c.build.add(parts, c.build.string(c.build.text(plain)));
    plain.clear();
  };
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      plain += format[at++];
      continue;
    }
    Piece piece;
    if (!read_piece(format, ++at, piece)) c.refuse(n, "PRINTF with this format has no equal");
    if (piece.letter == '%') {
      plain += '%';
      continue;
    }
    if (taken >= argument_count(n)) c.refuse(n, "PRINTF with fewer values than its format names");
    flush();
    c.build.add(parts, widened(written(argument(n, taken++), piece, c), piece, c));
  }
  flush();
  if (parts->size == 0) c.build.add(parts, c.build.string(""));
  n = parts->size == 1 ? parts->kids[0] : whole;
}

}  // namespace iacdb::sql
