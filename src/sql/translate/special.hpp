#pragma once
// Functions that need more than a template: those the tables mark with =name.

#include <string>
#include <string_view>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// Reads a call by a rule's special name ("aggregate", "json_path", ..).
void read_special(Node*& call, std::string_view rule, Context& c);

/// Writes common functions whose form depends on their arguments; false: a table's affair.
bool write_special(Node*& call, const std::string& name, Context& c);

/// Writes a call by a table's special name ("split", "json", ..).
void write_named(Node*& call, std::string_view rule, Context& c);

/// A column's text as the others write it, for SQLite: a decimal keeps its zeros, 5000.00, and a
/// whole REAL is 2 and not 2.0.
Node* text_of_decimal(Node* value, Context& c);

/// A number of Oracle as its text: without the zeros behind, and without one before the point.
Node* text_of_number(Node* value, Context& c);

/// Their families: each writes what it knows and answers whether it did.
bool write_concat(Node*& call, const std::string& name, Context& c);
bool write_piece(Node*& call, const std::string& name, Context& c);
/// REGEXP_INSTR and REGEXP_COUNT say their flags where the defaults differ.
void write_regexp_place(Node* call, const std::string& name, Context& c);

/// Digits, digests and texts of bytes.
void read_bytes(Node*& call, std::string_view rule, Context& c);
/// $DIGEST(x, 'SHA256') and $DIGEST_DIGITS, its hexadecimal digits.
void write_digest(Node*& call, const std::string& name, Context& c);
/// UTL_RAW.CAST_TO_RAW(x) of Oracle and its reverse; false: another call.
bool read_raw_call(Node*& call, Context& c);
/// CONVERT(VARCHAR(n), bytes, 2) and its reverse; false: another style.
bool read_bytes_style(Node*& convert, Context& c);
/// CAST(x AS BINARY(n)): cut, and filled up with zeros; a text by its UTF-8 form.
void cast_to_bytes(Node*& cast, Context& c);
/// x'1F' or b'11' as a number; nullptr where it has too many digits.
Node* number_of_digits(const Node* literal, Context& c);
/// SELECT x'41', a number in Oracle.
void name_bytes(Node* item, Context& c);
/// x'41' + 1, n = 0x41: a number there, and beside a text a text.
void count_with_bytes(Node* binary, Context& c);

/// PRINTF of SQLite by its literal format.
void read_printf(Node*& call, Context& c);
/// REGEXP_SUBSTR and REGEXP_REPLACE with a place, a count, flags or a group.
void read_regexp_part(Node*& call, Context& c);
void read_regexp_replaced(Node*& call, Context& c);

/// MySQL's regular expressions follow the collation; MariaDB lacks some functions.
bool write_regexp_by_case(Node*& call, const std::string& name, Context& c);
void read_patindex(Node*& call, Context& c);
Node* read_similar(Node* like, Context& c);
/// Regular expressions where there are none.
bool write_regexp_sqlite(Node*& call, const std::string& name, Context& c);

void write_split(Node*& call, Context& c);
void write_json_path(Node*& call, Context& c);
void write_string_agg(Node*& call, Context& c);
bool write_text(Node*& call, const std::string& name, Context& c);
/// DATE 'Jan-08-1999' of PostgreSQL in the form that all read; other forms are refused.
void read_moment_literal(Node* literal, ValueType type, Context& c);
/// CAST and CONVERT as the source means them.
void read_cast(Node*& cast, Context& c);
/// A cast that gives NULL, or another value, where a text does not fit.
void write_tried_cast(Node*& cast, Context& c);
/// CONVERT(VARCHAR(n), x, style): a mask has as many characters as what it writes.
Node* cut_to_length(std::string_view mask, const Node* convert, Context& c);
/// TRIM(BOTH 'xy' FROM ..): a set of characters everywhere but in MySQL.
void write_trimmed(Node*& trim, Context& c);

/// - and || of documents in PostgreSQL; false where they are something else.
bool document_operator(Node*& n, Context& c);
/// t.document.a.b of Oracle.
void document_path(Node*& n, Context& c);

/// Clocks, placed values, masks with a language, capitals: see special_codes.cpp.
bool read_code(Node*& call, std::string_view rule, Context& c);
bool write_code(Node*& call, const std::string& name, Context& c);
void read_json_made(Node*& call, Context& c);
void write_json_made(Node*& call, Context& c);
void read_interval_call(Node*& interval, Context& c);

/// Moments in the target's words, see moments_write.cpp.
bool write_moment(Node*& call, const std::string& name, Context& c);

}  // namespace iacdb::sql
