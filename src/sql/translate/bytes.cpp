// Bytes: their digits and what reads them, digests, casts to bytes, and literals that are numbers
// where they are counted with.
//
// From "String Functions", "Encryption and Compression Functions" and "Hexadecimal Literals" of
// MySQL 8.0, "Binary String Functions" of PostgreSQL 15, "CAST and CONVERT" (binary styles) and
// "HASHBYTES" of Transact-SQL 2022, "RAWTOHEX", "HEXTORAW" and "STANDARD_HASH" of Oracle 19c,
// "hex(X)" of SQLite.

#include <charconv>
#include <optional>
#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

bool is_literal(const Node* n) {
  return n->is(Kind::string) || n->is(Kind::hex_string);
}

bool is_plain(std::string_view text) {
  for (const char ch : text) {
    if (ch < ' ' || ch > '~') return false;
  }
  return true;
}

std::optional<std::string> text_of_digits(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    unsigned byte = 0;
    const auto read = std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    if (read.ec != std::errc() || read.ptr != digits.data() + i + 2) return std::nullopt;
    out.push_back(static_cast<char>(byte));
  }
  return out;
}

void refuse_utf16(const Node* call, const Node* value, Context& c) {
  if (value->is(Kind::string) && value->has(flag::national) && c.from_is(Dialect::tsql)) {
    c.refuse(call, "the bytes of N'..' are UTF-16, which has no equal");
  }
}

/// A value whose bytes are looked at, as bytes or as a text; a number becomes its text.
Node* as_text_or_bytes(Node* call, Node* value, Context& c) {
  refuse_utf16(call, value, c);
  const ValueType t = type_of(value, c);
  const bool wide = c.from_is(Dialect::tsql) || c.to_is(Dialect::tsql);
  if (t == ValueType::text && wide && !is_literal(value)) {
    c.warn("bytes", "the bytes of NVARCHAR are UTF-16 in SQL Server, and elsewhere UTF-8");
  }
  if (t == ValueType::bytes || t == ValueType::text || t == ValueType::null) return value;
  if (value->is(Kind::hex_string)) return value;
  const bool prints = c.from_is(Dialect::mysql) || c.from_is(Dialect::sqlite);
  if (is_number(t) && prints) return c.build.call("$TO_TEXT", value);
  if (t != ValueType::unknown) c.refuse(call, "the bytes of this value have no equal");
  if (!c.to_is(Dialect::sqlite) && !c.to_is(Dialect::mysql)) {
    c.miss_types(call, "bytes", "whether this value is a text or bytes decides how it is read");
  }
  return value;
}

bool is_bytes(const Node* value, const Context& c) {
  return value->is(Kind::hex_string) || type_of(value, c) == ValueType::bytes;
}

/// NULL stays NULL, where HEX and PRINTF of SQLite make a text of it.
Node* null_kept(Node* value, Node* made, Context& c) {
  if (!c.to_is(Dialect::sqlite) || is_literal(value) || never_null(c, value)) return made;
  if (c.from_is(Dialect::sqlite)) return made;
  const bool bare = value->is(Kind::name) || value->is(Kind::path);
  if (bare && type_of(value, c) == ValueType::unknown) {
    c.warn("hex", "HEX of NULL is an empty text in sqlite, and elsewhere NULL");
    return made;
  }
  return case_when(c, c.build.binary(BinOp::is_not, c.build.clone(value), c.build.null()), made);
}

Node* hex_of_bytes(Node* call, Node* value, Context& c) {
  value = as_text_or_bytes(call, value, c);
  const char* const name = is_bytes(value, c) ? "$HEX_BYTES" : "$HEX";
  return null_kept(value, c.build.call(name, value), c);
}

Node* hex_of_number(Node* value, Context& c) {
  return null_kept(value, c.build.call("$HEX_NUMBER", value), c);
}

void read_hex(Node*& n, Context& c) {
  Node* value = argument(n, 0);
  const ValueType t = type_of(value, c);
  if (c.from_is(Dialect::mysql)) {
    if (is_number(t) && t != ValueType::integer) value = c.build.call("ROUND", value);
    if (is_number(t)) {
      n = hex_of_number(value, c);
      return;
    }
    if (t == ValueType::unknown && !is_literal(value)) {
      constexpr const char* why = "whether this value is a number decides what HEX gives";
      if (!c.to_is(Dialect::sqlite)) c.miss_types(n, "hex", why);
      c.warn("hex", std::string(why) + "; it was taken for a text or bytes");
    }
  }
  Node* made = hex_of_bytes(n, value, c);
  bool empties = c.from_is(Dialect::sqlite) && !is_literal(value) && !never_null(c, value);
  if (empties && t == ValueType::unknown) {
    c.warn("hex", "HEX of NULL is an empty text in sqlite, and elsewhere NULL");
    empties = false;
  }
  n = empties ? c.build.call("COALESCE", made, c.build.string("")) : made;
}

Node* from_hex(Node* call, Node* digits, Context& c) {
  if (digits->is(Kind::string)) {
    std::string text(digits->text);
    if (text.size() % 2 != 0 && c.from_is(Dialect::oracle)) text = "0" + text;
    if (text.size() % 2 == 0 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos) {
      if (!c.to_is(Dialect::postgres)) return c.build.node(Kind::hex_string, c.build.text(text));
      Node* bytes = c.build.cast(c.build.string(c.build.text("\\x" + text)), "BYTEA");
      bytes->flags |= flag::done;
      return bytes;
    }
    c.refuse(call, "this text is no sequence of bytes in hexadecimal digits");
  }
  return c.build.call("$UNHEX", digits);
}

/// The first argument as bytes: a text by its UTF-8 form.
Node* bytes_from(Node* call, Node* value, Context& c) {
  value = as_text_or_bytes(call, value, c);
  return is_bytes(value, c) ? value : c.build.call("$TEXT_BYTES", value);
}

struct Digest {
  std::string_view name;
  std::string_view mysql;
  std::string_view tsql;    ///< Of HASHBYTES; "": not there, as below.
  std::string_view oracle;  ///< Of STANDARD_HASH.
};
constexpr Digest digests[] = {
    {"MD5", "MD5(:1)", "MD5", "MD5"},          {"SHA1", "SHA1(:1)", "SHA1", "SHA1"},
    {"SHA224", "SHA2(:1, 224)", "", ""},       {"SHA256", "SHA2(:1, 256)", "SHA2_256", "SHA256"},
    {"SHA384", "SHA2(:1, 384)", "", "SHA384"}, {"SHA512", "SHA2(:1, 512)", "SHA2_512", "SHA512"}};

const Digest* digest_of(std::string_view name) {
  for (const Digest& d : digests) {
    if (same_word(name, d.name) || (!d.tsql.empty() && same_word(name, d.tsql))) return &d;
  }
  return nullptr;
}

void read_digest(Node*& n, std::string_view algorithm, Node* value, bool digits, Context& c) {
  const Digest* digest = digest_of(algorithm);
  if (!digest) c.refuse(n, "this digest has no equal");
  const bool needs_bytes = c.to_is(Dialect::postgres) && digest->name != "MD5";
  value = needs_bytes ? bytes_from(n, value, c) : as_text_or_bytes(n, value, c);
  Node* made =
      c.build.call(digits ? "$DIGEST_DIGITS" : "$DIGEST", value, c.build.string(digest->name));
  made->position = n->position;
  n = made;
}

void read_sha2(Node*& n, Context& c) {
  const Node* bits = argument(n, 1);
  if (!bits->is(Kind::number)) c.refuse(n, "SHA2 with a length that is not a literal");
  const std::string length(bits->text == "0" ? std::string_view("256") : bits->text);
  read_digest(n, "SHA" + length, argument(n, 0), true, c);
}

void read_encode(Node*& n, Context& c) {
  const Node* how = argument(n, 1);
  const bool encodes = same_word(n->text, "ENCODE");
  Node* value = argument(n, 0);
  if (!how->is(Kind::string)) c.refuse(n, "a format that is not a literal");
  if (same_word(how->text, "hex")) {
    n = encodes ? c.build.call("LOWER", hex_of_bytes(n, value, c)) : from_hex(n, value, c);
  } else if (same_word(how->text, "base64")) {
    n = c.build.call(encodes ? "$BASE64" : "$UNBASE64", value);
  } else {
    c.refuse(n, "this format of bytes has no equal");
  }
}

void read_convert_text(Node*& n, Context& c) {
  const bool to_text = same_word(n->text, "CONVERT_FROM");
  const Node* how = argument(n, 1);
  const bool utf8 =
      how->is(Kind::string) && (same_word(how->text, "UTF8") || same_word(how->text, "UTF-8"));
  if (!utf8) c.refuse(n, "this encoding has no equal");
  n = c.build.call(to_text ? "$BYTES_TEXT" : "$TEXT_BYTES", argument(n, 0));
}

bool counts(const Node* n) {
  switch (n->bin()) {
    case BinOp::add:
    case BinOp::sub:
    case BinOp::mul:
    case BinOp::div:
    case BinOp::mod:
    case BinOp::int_div:
    case BinOp::bit_and:
    case BinOp::bit_or:
    case BinOp::bit_xor:
    case BinOp::shift_left:
    case BinOp::shift_right:
      return true;
    default:
      return false;
  }
}

Node* sized_bytes(Node* value, Node* length, bool filled, Context& c) {
  Node* const holes[] = {value, length};
  std::string_view form;
  switch (c.to) {
    case Dialect::sqlite:
      form = filled ? "SUBSTR(CAST(:1 || ZEROBLOB(:2) AS BLOB), 1, :2)"
                    : "SUBSTR(CAST(:1 AS BLOB), 1, :2)";
      break;
    case Dialect::postgres:
      form = filled ? "SUBSTRING(:1 || DECODE(REPEAT('00', :2), 'hex'), 1, :2)"
                    : "SUBSTRING(:1, 1, :2)";
      break;
    default:
      form = "LEFT(CAST(:1 AS BINARY), :2)";
  }
  return fill(form, c.to, holes, c.build);
}

}  // namespace

Node* number_of_digits(const Node* literal, Context& c) {
  const bool hex = literal->is(Kind::hex_string);
  std::uint64_t value = 0;
  const char* const end = literal->text.data() + literal->text.size();
  const auto read = std::from_chars(literal->text.data(), end, value, hex ? 16 : 2);
  const bool fits = read.ec == std::errc() && read.ptr == end && value <= INT64_MAX;
  return fits ? c.build.number(c.build.text(std::to_string(value))) : nullptr;
}

void read_bytes(Node*& n, std::string_view rule, Context& c) {
  if (rule == "bytes_hex") return read_hex(n, c);
  if (rule == "bytes_hex_number") {
    c.warn("hex-sign", "TO_HEX of a negative integer has 16 digits elsewhere, also of 32 bits");
    n = c.build.call("LOWER", hex_of_number(argument(n, 0), c));
  } else if (rule == "bytes_unhex") {
    n = from_hex(n, argument(n, 0), c);
  } else if (rule == "bytes_base64") {
    n = c.build.call("$BASE64", bytes_from(n, argument(n, 0), c));
  } else if (rule == "bytes_encode") {
    read_encode(n, c);
  } else if (rule == "bytes_convert") {
    read_convert_text(n, c);
  } else if (rule == "bytes_sha2") {
    read_sha2(n, c);
  } else if (rule == "bytes_hash") {  // HASHBYTES('MD5', x)
    const Node* algorithm = argument(n, 0);
    if (!algorithm->is(Kind::string)) c.refuse(n, "a digest that is not a literal");
    read_digest(n, algorithm->text, argument(n, 1), false, c);
  } else if (rule == "bytes_standard_hash") {  // STANDARD_HASH(x, 'MD5')
    const bool said = argument_count(n) > 1;
    if (said && !argument(n, 1)->is(Kind::string)) c.refuse(n, "a digest that is not a literal");
    read_digest(n, said ? argument(n, 1)->text : "SHA1", argument(n, 0), false, c);
  } else if (rule == "bytes_sha") {  // SHA256(x) of bytes
    read_digest(n, n->text, argument(n, 0), false, c);
  } else {  // SHA1(x), in digits
    read_digest(n, "SHA1", argument(n, 0), true, c);
  }
}

void write_digest(Node*& n, const std::string& name, Context& c) {
  const Digest& digest = *digest_of(argument(n, 1)->text);
  const bool digits = name == "$DIGEST_DIGITS";
  const std::string plain(digest.name);
  std::string form;
  switch (c.to) {
    case Dialect::sqlite:
      break;
    case Dialect::postgres:
      if (plain == "MD5") form = digits ? "MD5(:1)" : "DECODE(MD5(:1), 'hex')";
      if (plain.starts_with("SHA") && plain != "SHA1") {
        form = digits ? "ENCODE(" + plain + "(:1), 'hex')" : plain + "(:1)";
      }
      break;
    case Dialect::mysql:
      form = digits ? std::string(digest.mysql) : "UNHEX(" + std::string(digest.mysql) + ")";
      break;
    case Dialect::tsql:
      if (digest.tsql.empty()) break;
      form = "HASHBYTES('" + std::string(digest.tsql) + "', :1)";
      if (digits) form = "LOWER(CONVERT(VARCHAR(128), " + form + ", 2))";
      break;
    case Dialect::oracle:
      if (digest.oracle.empty()) break;
      form = "STANDARD_HASH(:1, '" + std::string(digest.oracle) + "')";
      if (digits) form = "LOWER(RAWTOHEX(" + form + "))";
      break;
  }
  if (form.empty()) {
    c.refuse(n, "the digest " + plain + " has no equal in " + std::string(to_string(c.to)));
  }
  Node* const holes[] = {argument(n, 0)};
  n = fill_text(form, c.to, holes, c.build);
  n->flags |= flag::done;
}

bool read_raw_call(Node*& n, Context& c) {
  const Node* path = n->kid(call_slot::path);
  if (!c.from_is(Dialect::oracle) || c.to_is(Dialect::oracle) || !path ||
      !same_word(qualifier(path), "UTL_RAW") || argument_count(n) != 1) {
    return false;
  }
  if (same_word(last_name(path), "CAST_TO_VARCHAR2")) {
    n = c.build.call("$BYTES_TEXT", argument(n, 0));
  } else if (same_word(last_name(path), "CAST_TO_RAW")) {
    n = bytes_from(n, argument(n, 0), c);
  } else {
    return false;
  }
  return true;
}

bool read_bytes_style(Node*& n, Context& c) {
  const Node* style = n->kid(2);
  if (!style || !style->is(Kind::number) || (style->text != "1" && style->text != "2")) {
    return false;
  }
  Node* value = n->kid(0);
  const bool marked = style->text == "1";
  const ValueType to = value_type_of(n->kid(1), c.from);
  if (to == ValueType::text && !is_bytes(value, c) && type_of(value, c) == ValueType::unknown) {
    c.warn("bytes", "the style was taken for one of dates, which it is unless the value is bytes");
  }
  if (to == ValueType::text && is_bytes(value, c)) {
    Node* digits = hex_of_bytes(n, value, c);
    n->kids[0] = marked ? c.build.binary(BinOp::concat, c.build.string("0x"), digits) : digits;
    n->kids[2] = nullptr;
    n->text = "CAST";
    return true;
  }
  if (to != ValueType::bytes || type_of(value, c) != ValueType::text) return false;
  if (marked && value->is(Kind::string) && value->text.starts_with("0x")) {
    value = c.build.string(value->text.substr(2));
  } else if (marked) {
    value = c.build.call("$SUBSTR", value, c.build.number("3"));
  }
  n = from_hex(n, value, c);
  return true;
}

void cast_to_bytes(Node*& n, Context& c) {
  if (c.from == c.to) return;
  Node* type = n->kid(1);
  Node* value = n->kid(0);
  const ValueType held = type_of(value, c);
  if (is_number(held) && c.from_is(Dialect::tsql)) {
    c.refuse(n, "the bytes of a number have no equal in " + std::string(to_string(c.to)));
  }
  refuse_utf16(n, value, c);
  const bool sized = type->size == 1 && type->kid(0)->is(Kind::number) &&
                     (c.from_is(Dialect::mysql) || c.from_is(Dialect::tsql));
  const bool filled = same_word(type->text, "BINARY");
  const bool escaped = value->is(Kind::string) && value->text.find('\\') != std::string_view::npos;
  if (c.to_is(Dialect::postgres)) {
    if (is_number(held)) value = c.build.call("$TO_TEXT", value);
    const bool text = is_number(held) || (held == ValueType::text && !value->is(Kind::string));
    if (text || escaped) n = c.build.call("$TEXT_BYTES", value);
  } else if (c.to_is(Dialect::oracle) && held == ValueType::text) {
    n->kids[0] = c.build.call("$TEXT_BYTES", value);  // Oracle would read its digits.
  }
  if (!sized || (c.to_is(Dialect::mysql) && filled) || c.to_is(Dialect::tsql) ||
      c.to_is(Dialect::oracle)) {
    return;
  }
  Node* length = c.build.number(type->kid(0)->text);
  if (n->is(Kind::cast)) type->size = 0;
  n = sized_bytes(c.to_is(Dialect::postgres) ? n : value, length, filled, c);
}

void name_bytes(Node* item, Context& c) {
  const bool literal =
      c.to_is(Dialect::oracle) && item->kid(0) && item->kid(0)->is(Kind::hex_string);
  Node* number = literal && c.from != c.to ? number_of_digits(item->kid(0), c) : nullptr;
  if (!number) return;
  c.warn("bytes", "a literal of hexadecimal digits became a number; HEXTORAW('..') tells bytes");
  item->kids[0] = number;
}

void count_with_bytes(Node* n, Context& c) {
  const bool numbers = c.from_is(Dialect::mysql) || c.from_is(Dialect::tsql);
  if (!numbers || c.from == c.to) return;
  const bool compares = n->bin() >= BinOp::eq && n->bin() <= BinOp::ge;
  if (!compares && !counts(n)) return;
  for (const std::uint32_t i : {0U, 1U}) {
    Node*& literal = n->kids[i];
    if (!literal->is(Kind::hex_string) && !literal->is(Kind::bit_string)) continue;
    const ValueType other = type_of(n->kid(1 - i), c);
    if (counts(n) || is_number(other)) {
      Node* number = number_of_digits(literal, c);
      if (!number) c.refuse(literal, "a literal of this length is no number elsewhere");
      literal = number;
      continue;
    }
    if (other != ValueType::text || !c.from_is(Dialect::mysql)) continue;
    const auto text = literal->is(Kind::hex_string) ? text_of_digits(literal->text) : std::nullopt;
    if (text && is_plain(*text)) literal = c.build.string(c.build.text(*text));
  }
}

}  // namespace iacdb::sql
