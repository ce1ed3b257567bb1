// Literals that are stored: what a column of a known type takes from a text or a number, in the
// form that the target's column takes too.
//
// SQLite keeps the text it is given, so '2021/1/1' must become '2021-01-01'; PostgreSQL takes no 1
// for true, no NULL for the next key, and bytes as '\x..'.

#include <algorithm>
#include <cstdlib>
#include <string>

#include "sql/strings.hpp"
#include "sql/translate/definitions.hpp"
#include "sql/translate/moment_text.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_zero_date(std::string_view text) {
  return text.starts_with("0000-00-00") || text.ends_with("-00-00") || text == "0";
}

/// TO_DATE('21-SEP-2005', 'dd-MON-yyyy') of a script is a literal.
void fold_mask(Node*& value, Context& c) {
  if (!c.options.whole_database) return;
  if (!is_call(value, "TO_DATE") && !is_call(value, "TO_TIMESTAMP")) return;
  if (argument_count(value) != 2) return;
  const Node* text = argument(value, 0);
  const Node* mask = argument(value, 1);
  if (!text->is(Kind::string) || !mask->is(Kind::string)) return;
  const auto made = moment_by_mask(text->text, mask->text);
  if (made) value = c.build.string(c.build.text(*made));
}

void store_moment(Node*& value, ValueType type, Context& c) {
  fold_mask(value, c);
  if (!value->is(Kind::string)) return;
  if (c.from_is(Dialect::mysql) && type != ValueType::time && is_zero_date(value->text)) {
    const ZeroDates policy = c.options.policies.zero_dates;
    if (policy == ZeroDates::lowest && value->text.starts_with("0000-00-00")) {
      value->text = c.build.text("0001-01-01" + std::string(value->text.substr(10)));
    } else {
      if (policy != ZeroDates::null || !value->text.starts_with("0000-00-00")) {
        c.lose(value, "zero-date",
               "a date of zeros is no date elsewhere; see the policy zero-dates");
      }
      value = c.build.null();
      return;
    }
  }
  if (c.to_is(Dialect::mysql) && type == ValueType::timestamp) {
    if (const auto utc = utc_text(value->text)) {
      value->text = c.build.text(*utc);
      return;
    }
  }
  const auto text = moment_text(value->text, type, c.from);
  if (!text) {
    if (c.to_is(Dialect::sqlite) && value->text.find_first_of("+Z") == std::string_view::npos) {
      c.warn("moment", "a text that is no date in its usual form stays as it is");
    }
    return;
  }
  value->text = c.build.text(*text);
  if (!c.to_is(Dialect::oracle) || type == ValueType::time) return;
  value = c.build.with(Kind::typed_literal, type == ValueType::date ? "DATE" : "TIMESTAMP", value);
}

std::string hex_of(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

/// The digits of DECODE('00ff', 'hex') in PostgreSQL, UNHEX('00ff') in MySQL, HEXTORAW in Oracle.
const Node* written_bytes(const Node* value, const Context& c) {
  if (!value->is(Kind::call) || argument_count(value) == 0) return nullptr;
  const bool postgres = c.from_is(Dialect::postgres) && is_call(value, "DECODE") &&
                        argument_count(value) == 2 && argument(value, 1)->is(Kind::string) &&
                        same_word(argument(value, 1)->text, "hex");
  const bool one =
      argument_count(value) == 1 && ((c.from_is(Dialect::mysql) && is_call(value, "UNHEX")) ||
                                     (c.from_is(Dialect::oracle) && is_call(value, "HEXTORAW")));
  const Node* digits = argument(value, 0);
  const bool known = (postgres || one) && digits->is(Kind::string) && is_hex(digits->text);
  return known ? digits : nullptr;
}

/// The hexadecimal digits of what stands for bytes; nothing where it is something else.
std::optional<std::string> bytes_of(const Node* value, Context& c) {
  const std::string_view text = value->text;
  if (value->is(Kind::hex_string)) return std::string(text);
  if (value->is(Kind::number) && text.size() > 2 && (text[1] | 0x20) == 'x') {
    return std::string(text.substr(2));
  }
  if (const Node* digits = written_bytes(value, c)) return std::string(digits->text);
  if (!value->is(Kind::string)) return std::nullopt;
  if (c.from_is(Dialect::postgres) && text.starts_with("\\x") && is_hex(text.substr(2))) {
    return std::string(text.substr(2));
  }
  if (c.from_is(Dialect::oracle) && is_hex(text)) return std::string(text);
  return hex_of(text);
}

/// BIT(n) of MySQL is a number; PostgreSQL's has n digits, no more and no fewer.
void store_bits(Node*& value, std::size_t width, Context& c) {
  if (!c.from_is(Dialect::mysql) || !c.to_is(Dialect::postgres)) return;
  std::string digits(value->text);
  if (value->is(Kind::number) && digits.size() < 19 &&
      digits.find_first_not_of("0123456789") == std::string::npos) {
    const std::uint64_t number = std::strtoull(digits.c_str(), nullptr, 10);
    digits.clear();
    for (std::uint64_t rest = number; rest > 0; rest >>= 1U) {
      digits.insert(digits.begin(), (rest & 1U) != 0 ? '1' : '0');
    }
  } else if (!value->is(Kind::bit_string)) {
    return;  // '1' is the character's bits to MySQL; PostgreSQL reads digits, and says so if not
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > width) c.refuse(value, "a number that does not fit into its BIT column");
  digits.insert(0, width - digits.size(), '0');
  const std::uint32_t position = value->position;
  value = c.build.node(Kind::bit_string, c.build.text(digits));
  value->position = position;
}

/// The digits of a type BIT(8) as it was written; 0 of another type.
std::size_t bits_of(const ColumnFacts& column) {
  if (column.declared != "BIT") return 0;
  const std::size_t open = column.type_text.find('(');
  return open == std::string::npos ? 1
                                   : std::strtoul(column.type_text.c_str() + open + 1, nullptr, 10);
}

void store_bytes(Node*& value, Context& c) {
  Node* inner = value;
  while (inner->is(Kind::cast)) inner = inner->kid(0);
  const auto hex = bytes_of(inner, c);
  if (!hex) return;
  const std::uint32_t position = value->position;
  value = c.to_is(Dialect::postgres) ? c.build.string(c.build.text("\\x" + *hex))
                                     : c.build.node(Kind::hex_string, c.build.text(*hex));
  value->position = position;
}

/// A fraction in a column of numbers: all but SQLite bring it to the column's places, SQL Server to
/// a whole number by cutting it.
void store_number(Node*& value, const ColumnFacts& column, Context& c) {
  const bool counted = c.from_is(Dialect::mysql) || c.from_is(Dialect::tsql);
  const bool written =
      value->is(Kind::number) && value->text.size() > 2 && (value->text[1] | 0x20) == 'x';
  if (counted && (written || value->is(Kind::hex_string))) {
    const Node* digits = written ? c.build.node(Kind::hex_string, value->text.substr(2)) : value;
    if (Node* number = number_of_digits(digits, c)) value = number;
    return;
  }
  const bool whole = column.type == ValueType::integer;
  const bool cuts = whole && c.from_is(Dialect::tsql);
  if (c.from_is(Dialect::sqlite) || (!c.to_is(Dialect::sqlite) && !cuts)) return;
  if (c.to_is(Dialect::tsql) || (!whole && column.scale < 0)) return;
  const ValueType t = type_of(value, c);
  if (t != ValueType::decimal && t != ValueType::real) return;
  const ColumnFacts* own = column_facts(c, value);
  if (own && own->scale >= 0 && own->scale <= column.scale) return;
  const std::string_view digits = value->text;
  const std::size_t point = value->is(Kind::number) ? digits.find('.') : digits.npos;
  const auto places = static_cast<std::size_t>(whole ? 0 : column.scale);
  const bool plain = point != digits.npos && digits.find_first_of("eE") == digits.npos;
  if (plain && digits.size() - point - 1 <= places) return;
  if (cuts) {
    value = c.build.call("TRUNC", value);
  } else if (places == 0) {
    value = c.build.call("ROUND", value);
  } else {
    value = c.build.call("ROUND", value, c.build.number(c.build.text(std::to_string(places))));
  }
  if (whole && c.to_is(Dialect::sqlite)) {
    value = c.build.cast(value, "INTEGER");
    value->flags |= flag::done;
  }
}

/// NULL, and 0 in MySQL, in the place of a key that the database counts: the next one.
void store_next_key(Node*& value, Context& c) {
  const bool null =
      value->is(Kind::null) && (c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite) ||
                                c.from_is(Dialect::oracle));  // GENERATED BY DEFAULT ON NULL
  const bool zero = value->is(Kind::number) && value->text == "0" && c.from_is(Dialect::mysql);
  if (!null && !zero) return;
  const bool said =
      c.to_is(Dialect::postgres) || c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle);
  if (said) value = c.build.node(Kind::default_value);
  if (c.to_is(Dialect::sqlite)) value = c.build.null();
}

/// MySQL takes a zero for the wish for the next number, unless its mode says otherwise.
void keep_zero_key(const Node* value, const ColumnFacts& column, Context& c) {
  const bool zero = value->is(Kind::number) && value->text == "0";
  if (!zero || !column.generated_key || !c.to_is(Dialect::mysql) || c.from_is(Dialect::mysql)) {
    return;
  }
  if (!c.before.empty()) return;
  c.before.push_back(
      c.build.node(Kind::command, "SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')"));
}

void store(Node*& value, const ColumnFacts& column, Context& c) {
  if (!value) return;
  if (column.generated_key && c.from != c.to) store_next_key(value, c);
  const bool number = value->is(Kind::number);
  switch (column.type) {
    case ValueType::date:
    case ValueType::time:
    case ValueType::timestamp:
      store_moment(value, column.type, c);
      break;
    case ValueType::boolean:
      if (!c.to_is(Dialect::postgres)) break;
      if ((number || value->is(Kind::string)) && (value->text == "0" || value->text == "1")) {
        value = c.build.node(Kind::boolean, value->text == "1" ? "TRUE" : "FALSE");
      } else if (value->is(Kind::bit_string)) {
        const bool one = value->text.find('1') != std::string_view::npos;
        value = c.build.node(Kind::boolean, one ? "TRUE" : "FALSE");
      }
      break;
    case ValueType::integer:
      if (value->is(Kind::boolean)) value = c.build.number(value->text == "TRUE" ? "1" : "0");
      keep_zero_key(value, column, c);
      store_number(value, column, c);
      break;
    case ValueType::decimal:
      store_number(value, column, c);
      break;
    case ValueType::bytes:
      if (const std::size_t width = bits_of(column)) {
        store_bits(value, width, c);
      } else {
        store_bytes(value, c);
      }
      break;
    default:
      break;
  }
}

void store_rows(Node* insert, const TableFacts& table, Context& c) {
  Node* source = insert->kid(insert_slot::source);
  if (!source || !source->is(Kind::values)) return;
  std::vector<const ColumnFacts*> columns;
  if (const Node* list = insert->kid(insert_slot::columns)) {
    for (const Node* name : *list) columns.push_back(table.column(last_name(name)));
  } else {
    for (const ColumnFacts& column : table.columns) columns.push_back(&column);
  }
  for (Node* row : *source->kid(values_slot::rows)) {
    const std::size_t count = std::min<std::size_t>(row->size, columns.size());
    for (std::size_t i = 0; i < count; ++i) {
      if (columns[i]) store(row->kids[i], *columns[i], c);
    }
  }
}

void store_assigns(Node* assigns, const TableFacts& table, Context& c) {
  if (!assigns) return;
  for (Node* a : *assigns) {
    if (!a->is(Kind::assign) || a->size < 2 || !a->kid(0)) continue;
    if (const ColumnFacts* column = table.column(last_name(a->kid(0))))
      store(a->kids[1], *column, c);
  }
}

}  // namespace

/// The month of a date is the same date's, whatever it is made of on the way to a date again.
void plain_days(Context& c) {
  if (!c.build.made(Kind::cast)) return;
  walk(c.statement, [&](Node* n) {
    if (!n->is(Kind::cast) || !n->kid(1)->is(Kind::type) || n->kid(1)->text != "DATE") return true;
    walk(n->kid(0), [&](Node* k) {
      if (!is_call(k, "DATE_TRUNC") || argument_count(k) != 2) return true;
      Node* moment = argument(k, 1);
      const bool timed = moment->is(Kind::cast) && moment->kid(1)->is(Kind::type) &&
                         moment->kid(1)->text == "TIMESTAMP";
      if (timed && moment->kid(0)->is(Kind::cast)) {
        k->kid(call_slot::args)->kids[1] = moment->kid(0);
      }
      return true;
    });
    return true;
  });
}

/// DATE('2021-1-1') is NULL in SQLite: its date functions want two digits of each.
namespace {

/// TIMESTAMP '2024-05-01': MySQL wants the time of day, too.
void whole_moments(Context& c) {
  if (!c.build.made(Kind::typed_literal)) return;
  walk(c.statement, [&](Node* n) {
    constexpr std::size_t date_size = 10;
    if (!n->is(Kind::typed_literal) || n->text != "TIMESTAMP") return true;
    Node* text = n->kid(0);
    if (text->text.size() == date_size) {
      text->text = c.build.text(std::string(text->text) + " 00:00:00");
    }
    return true;
  });
}

}  // namespace

void default_literal(Node* constraint, const Node* type, Context& c) {
  default_of_bytes(constraint, type, c);
  Node*& value = constraint->kids[constraint_slot::expression];
  if (!type || c.from == c.to || value_type_of(type, c.from) != ValueType::bytes) return;
  while (value->is(Kind::paren)) value = value->kid(0);
  if (type->text != "BIT") return store_bytes(value, c);
  const bool said = type->size > 0 && type->kid(0)->is(Kind::number);
  const std::size_t width =
      said ? std::strtoul(std::string(type->kid(0)->text).c_str(), nullptr, 10) : 1;
  store_bits(value, width, c);
}

void pass_moment_literals(Context& c) {
  if (c.to_is(Dialect::postgres)) return plain_days(c);
  if (c.to_is(Dialect::mysql)) return whole_moments(c);
  if (!c.to_is(Dialect::sqlite)) return;
  walk(c.statement, [&](Node* n) {
    const bool moment = is_call(n, "DATE") || is_call(n, "DATETIME") || is_call(n, "JULIANDAY") ||
                        is_call(n, "TIME") || is_call(n, "STRFTIME");
    if (!moment || argument_count(n) == 0) return true;
    Node* text = argument(n, is_call(n, "STRFTIME") ? 1 : 0);
    if (!text || !text->is(Kind::string)) return true;
    const bool timed = text->text.find(':') != std::string_view::npos;
    const auto made =
        moment_text(text->text, timed ? ValueType::timestamp : ValueType::date, c.from);
    if (made) text->text = c.build.text(*made);
    return true;
  });
}

void pass_stored_values(Context& c) {
  if (!c.options.schema) return;
  Node* n = c.statement;
  const bool insert = n->is(Kind::insert);
  if (!insert && !n->is(Kind::update)) return;
  const Node* target = insert ? n->kid(insert_slot::target) : n->kid(update_slot::target);
  if (!target || !target->is(Kind::table)) return;
  const TableFacts* table = c.options.schema->table(last_name(target->kid(table_slot::source)));
  if (!table) return;
  if (insert) {
    const Node* conflict = n->kid(insert_slot::conflict);
    if (conflict) store_assigns(conflict->kid(conflict_slot::updates), *table, c);
    return store_rows(n, *table, c);
  }
  store_assigns(n->kid(update_slot::assigns), *table, c);
}

}  // namespace iacdb::sql
