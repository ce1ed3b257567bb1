// Regular expressions: functions of one order of arguments in all but other defaults, and patterns
// of other kinds that become regular expressions. Sources: the
// chapters on regular expressions of MySQL 8.0, PostgreSQL 15, Oracle 19c and Transact-SQL 2025.

#include <algorithm>
#include <string>

#include "sql/translate/make.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

namespace {

/// Flags of a name's meaning in one database only are refused; i and c are everywhere the same.
void check_flags(const Node* call, std::uint32_t at, const std::string& name, Context& c) {
  const Node* flags = argument_count(call) > at ? argument(call, at) : nullptr;
  if (!flags || !flags->is(Kind::string) || flags->text == "i" || flags->text == "c") return;
  c.refuse(call, name + " with these flags has no known equal in " + std::string(to_string(c.to)));
}

/// MySQL follows the collation where no flag says otherwise, the others keep the case.
void say_case(Node* call, Context& c) {
  const bool from = c.from_is(Dialect::mysql);
  if (from == c.to_is(Dialect::mysql) || argument_count(call) > 5) return;
  Node* args = call->kids[call_slot::args];
  Node*& pattern = args->kids[1];
  if (!from && pattern->is(Kind::string)) {  // MariaDB has no argument for the flags.
    if (!pattern->text.starts_with("(?")) {
      pattern = c.build.string(c.build.text("(?-i)" + std::string(pattern->text)));
    }
    return;
  }
  static constexpr std::string_view defaults[] = {"", "", "1", "1", "0"};
  while (args->size < 5) c.build.add(args, c.build.number(defaults[args->size]));
  c.build.add(args, c.build.string(from ? "i" : "c"));
}

/// Letters that are not an escape's or a class's.
bool has_letters(const Node* pattern) {
  if (!pattern->is(Kind::string)) return true;
  const std::string_view text = pattern->text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text.substr(i).starts_with("[:")) {
      i = std::min(text.find(":]", i), text.size());
    } else if (lower(text[i]) != upper(text[i])) {
      return true;
    }
  }
  return false;
}

/// MariaDB has no REGEXP_COUNT: each match becomes a sign, and the signs are counted.
Node* count_in_mysql(Node* call, Context& c) {
  Node* pattern = argument(call, 1);
  if (argument_count(call) > 2 || !pattern->is(Kind::string)) return nullptr;
  const bool marked = pattern->text.starts_with("(?");
  if (!marked) pattern = c.build.string(c.build.text("(?-i)" + std::string(pattern->text)));
  Node* const holes[] = {argument(call, 0), pattern};
  return fill(
      "CHAR_LENGTH(REGEXP_REPLACE(REGEXP_REPLACE(:1, :2, CHAR(1 USING utf8mb4)), "
      "'[^\\\\x01]', ''))",
      c.to, holes, c.build);
}

/// The border of a word is \\b in Perl's expressions and \\y in PostgreSQL's, where \\b is a sign.
void borders(Node*& pattern, Context& c) {
  if (c.to_is(Dialect::oracle) && pattern->is(Kind::string)) {
    const bool own = c.from_is(Dialect::postgres);
    const std::string_view p = pattern->text;
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      if (p[i] != '\\') continue;
      if (std::string_view(own ? "yYmM" : "bB").find(p[++i]) != std::string_view::npos) {
        c.refuse(pattern, "the border of a word has no equal in Oracle's regular expressions");
      }
    }
  }
  const bool to =
      c.to_is(Dialect::postgres) && (c.from_is(Dialect::mysql) || c.from_is(Dialect::tsql));
  const bool from =
      c.from_is(Dialect::postgres) && (c.to_is(Dialect::mysql) || c.to_is(Dialect::tsql));
  if (!(to || from) || !pattern->is(Kind::string)) return;
  const std::string_view text = pattern->text;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] != '\\' || ++i == text.size()) continue;
    char ch = text[i];
    if (to && (ch == 'b' || ch == 'B'))
      ch = ch == 'b' ? 'y' : 'Y';
    else if (from && (ch == 'y' || ch == 'Y'))
      ch = ch == 'y' ? 'b' : 'B';
    else if (from && (ch == 'm' || ch == 'M')) {
      out += ch == 'm' ? "b(?=\\w" : "b(?<=\\w";
      ch = ')';
    }
    out += ch;
  }
  if (out != text) pattern = c.build.string(c.build.text(out));
}

/// REGEXP_REPLACE(x, p, r, 'gi') of PostgreSQL.
Node* replace_by_flags(Node* call, Context& c) {
  const Node* flags = argument(call, 3);
  const std::string_view text = flags->is(Kind::string) ? flags->text : "?";
  if (text.find_first_not_of("gi") != std::string_view::npos) {
    c.refuse(call, "REGEXP_REPLACE with these flags has no equal");
  }
  const bool all = text.find('g') != std::string_view::npos;
  const bool folds = text.find('i') != std::string_view::npos;
  Node* pattern = argument(call, 1);
  if (!c.to_is(Dialect::mysql)) {
    Node* const holes[] = {argument(call, 0), pattern, argument(call, 2),
                           c.build.number(all ? "0" : "1"), c.build.string(folds ? "i" : "c")};
    return fill("REGEXP_REPLACE(:1, :2, :3, 1, :4, :5)", c.to, holes, c.build);
  }
  if (!pattern->is(Kind::string)) {
    c.refuse(call, "REGEXP_REPLACE with a pattern that is no literal has no equal in mysql");
  }
  pattern = c.build.string(c.build.text((folds ? "(?i)" : "(?-i)") + std::string(pattern->text)));
  return c.build.call(all ? "$REGEXP_REPLACE_ALL" : "$REGEXP_REPLACE_ONE", argument(call, 0),
                      pattern, argument(call, 2));
}

/// What is put in may name groups: the match itself is replaced, and then put in its place.
bool write_first_replaced(Node*& n, Context& c) {
  const Node* with = argument(n, 2);
  if (with->is(Kind::string) && with->text.find('\\') == std::string_view::npos) return false;
  Node*& pattern = n->kid(call_slot::args)->kids[1];
  if (pattern->is(Kind::string) && !pattern->text.starts_with("(?")) {
    pattern = c.build.string(c.build.text("(?-i)" + std::string(pattern->text)));
  }
  Node* const holes[] = {argument(n, 0), pattern, argument(n, 2)};
  n = fill(
      "CASE WHEN REGEXP_INSTR(:1, :2) = 0 THEN :1 ELSE INSERT(:1, REGEXP_INSTR(:1, :2), "
      "CHAR_LENGTH(REGEXP_SUBSTR(:1, :2)), REGEXP_REPLACE(REGEXP_SUBSTR(:1, :2), :2, :3)) END",
      c.to, holes, c.build);
  return true;
}

}  // namespace

bool write_regexp_by_case(Node*& n, const std::string& name, Context& c) {
  const bool regexp = name.starts_with("$REGEXP") || name.starts_with("REGEXP_");
  if (!regexp || c.from == c.to || argument_count(n) < 2) return false;
  const int version = c.options.target_version;
  if (c.to_is(Dialect::tsql) && version != 0 && version < 2025) {
    c.refuse(n, "SQL Server has regular expressions from 2025 on");
  }
  borders(n->kid(call_slot::args)->kids[1], c);
  if (name == "REGEXP_COUNT" && c.to_is(Dialect::mysql) && c.from != c.to) {
    Node* made = count_in_mysql(n, c);
    if (made) n = made;
    return made != nullptr;
  }
  const bool marks = !c.to_is(Dialect::postgres) && !c.to_is(Dialect::sqlite);
  if (name == "$REGEXP_REPLACE_FLAGS" && marks) {
    n = replace_by_flags(n, c);
    return true;
  }
  if (name == "$REGEXP_REPLACE_ONE" && c.to_is(Dialect::mysql) && argument_count(n) == 3) {
    return write_first_replaced(n, c);
  }
  const bool substr = name == "$REGEXP_SUBSTR";
  if (substr && c.to_is(Dialect::mysql) && !c.from_is(Dialect::mysql)) {
    // MariaDB gives an empty text where nothing matches.
    Node* pattern = argument(n, 1);
    if (pattern->is(Kind::string) && !pattern->text.starts_with("(?") &&
        !c.from_is(Dialect::sqlite)) {
      pattern = c.build.string(c.build.text("(?-i)" + std::string(pattern->text)));
    }
    Node* const holes[] = {argument(n, 0), pattern};
    n = fill("CASE WHEN :1 REGEXP :2 THEN REGEXP_SUBSTR(:1, :2) END", c.to, holes, c.build);
    return true;
  }
  const bool folds = c.from_is(Dialect::mysql) && !c.to_is(Dialect::sqlite) &&
                     !c.to_is(Dialect::mysql) && (substr || name == "$REGEXP_REPLACE_ALL") &&
                     has_letters(argument(n, 1));
  if (!folds) return false;
  Node* const holes[] = {argument(n, 0), argument(n, 1), substr ? nullptr : argument(n, 2)};
  const bool postgres = c.to_is(Dialect::postgres);
  n = fill(substr     ? "REGEXP_SUBSTR(:1, :2, 1, 1, 'i')"
           : postgres ? "REGEXP_REPLACE(:1, :2, :3, 'gi')"
                      : "REGEXP_REPLACE(:1, :2, :3, 1, 0, 'i')",
           c.to, holes, c.build);
  return true;
}

/// SIMILAR TO 'a%|b_' is a regular expression for the whole text.
Node* read_similar(Node* n, Context& c) {
  const Node* escape = n->kid(2);
  if (!n->kid(1)->is(Kind::string) || (escape && !escape->is(Kind::string))) {
    c.refuse(n, "SIMILAR TO with a pattern that is no literal has no equal");
  }
  const std::string_view text = n->kid(1)->text;
  const std::string_view sign = escape ? escape->text : "\\";
  std::string out = c.to_is(Dialect::mysql) ? "(?s-i)^(?:" : "^(?:";
  if (c.to_is(Dialect::oracle)) out = "^(";
  bool bracket = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char ch = text[i];
    const bool escaped = !sign.empty() && text.substr(i).starts_with(sign);
    if (escaped && ++i == text.size()) break;
    if (escaped) ch = text[i];
    const bool special = std::string_view("\\.*+?()[]{}|^$").find(ch) != std::string_view::npos;
    const bool ours = std::string_view("*+?()[]{}|").find(ch) != std::string_view::npos;
    if (bracket) {
      if (ch == '\\') out += '\\';
      out += ch;
      bracket = ch != ']' || escaped;
    } else if (!escaped && (ch == '%' || ch == '_')) {
      out += ch == '%' ? ".*" : ".";
    } else {
      if (special && (escaped || !ours)) out += '\\';
      out += ch;
      bracket = ch == '[' && !escaped;
    }
  }
  Node* call = c.build.call("$REGEXP", n->kid(0), c.build.string(c.build.text(out + ")$")));
  return n->has(flag::negated) ? c.build.unary("NOT", c.build.paren(call)) : call;
}

/// PATINDEX('%text%', x) finds a text; other patterns are regular expressions.
void read_patindex(Node*& n, Context& c) {
  if (c.to_is(Dialect::tsql)) return;
  const Node* pattern = argument(n, 0);
  if (!pattern->is(Kind::string)) c.refuse(n, "PATINDEX with a pattern that is no literal");
  std::string_view p = pattern->text;
  const bool inside = p.size() > 2 && p.front() == '%' && p.back() == '%';
  if (inside && p.substr(1, p.size() - 2).find_first_of("%_[") == std::string_view::npos) {
    n = c.build.call("$STRPOS", argument(n, 1), c.build.string(p.substr(1, p.size() - 2)));
    return;
  }
  const bool start = !p.starts_with('%');
  const bool end = !p.ends_with('%');
  while (p.starts_with('%')) p.remove_prefix(1);
  while (p.ends_with('%')) p.remove_suffix(1);
  if (p.empty()) c.refuse(n, "PATINDEX with this pattern has no equal");
  std::string out = start ? "^" : "";
  for (std::size_t i = 0; i < p.size(); ++i) {
    const std::size_t close = p[i] == '[' ? p.find(']', i + 1) : std::string_view::npos;
    if (close != std::string_view::npos) {
      for (; i < close; ++i) out += p[i] == '\\' ? "\\\\" : std::string(1, p[i]);
      out += ']';
    } else if (p[i] == '%' || p[i] == '_') {
      out += p[i] == '%' ? ".*" : ".";
    } else {
      if (std::string_view("\\.*+?()[]{}|^$").find(p[i]) != std::string_view::npos) out += '\\';
      out += p[i];
    }
  }
  if (end) out += '$';
  if (!c.to_is(Dialect::oracle)) out.insert(0, "(?i)");
  n = c.build.call("REGEXP_INSTR", argument(n, 1), c.build.string(c.build.text(out)));
  if (c.to_is(Dialect::sqlite)) return;
  if (c.to_is(Dialect::oracle)) {
    for (std::string_view number : {"1", "1", "0"}) {
      c.build.add(n->kid(call_slot::args), c.build.number(number));
    }
    c.build.add(n->kid(call_slot::args), c.build.string("i"));
  }
  n->flags |= flag::done;
}

void write_regexp_place(Node* call, const std::string& name, Context& c) {
  const bool place = name == "REGEXP_INSTR";
  if (c.from == c.to || (!place && name != "REGEXP_COUNT") || argument_count(call) < 2) return;
  check_flags(call, place ? 5 : 3, name, c);
  if (place) say_case(call, c);
}

}  // namespace iacdb::sql
