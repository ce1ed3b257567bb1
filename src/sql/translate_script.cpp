#include "sql/translate_script.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/script/copy.hpp"
#include "sql/script/folding.hpp"
#include "sql/strings.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

Translator::Translator(Dialect from, DialectVersion to, SchemaFacts schema,
                       const TranslatorOptions& options)
    : from_(from), to_(to), schema_(std::move(schema)) {
  options_.lossy = options.lossy;
  options_.learned = &schema_;
  options_.target_version = to.version;
  options_.explain = options.explain;
  options_.policies = options.policies;
  options_.whole_database = options.whole_database || !schema_.tables.empty();
}

Translation Translator::statement(std::string_view text) {
  options_.schema = schema_.tables.empty() && schema_.types.empty() ? nullptr : &schema_;
  return translate(text, from_, to_.dialect, options_);
}

Translation Translator::tree(Node* tree, Arena& arena, std::string_view text) {
  options_.schema = schema_.tables.empty() && schema_.types.empty() ? nullptr : &schema_;
  return translate_tree(tree, arena, text, from_, to_.dialect, options_);
}

namespace {

/// "line 3, column 4" as "3:4".
std::string place_of(const std::string& where) {
  std::string out;
  for (const char c : where) {
    if (c >= '0' && c <= '9') out += c;
    if (c == ',') out += ':';
  }
  return out;
}

std::string place(std::size_t line, std::size_t column) {
  return std::to_string(line) + ":" + std::to_string(column) + ": ";
}

/// A comment in a form that every dialect reads.
std::string portable_comment(std::string_view text) {
  if (text.starts_with("#")) return "-- " + std::string(text.substr(1));
  if (text.starts_with("--") && text.size() > 2 && text[2] != ' ') {
    return "-- " + std::string(text.substr(2));
  }
  return std::string(text);
}

std::string first_words(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 60)) out += c == '\n' || c == '\t' ? ' ' : c;
  return out;
}

/// True where SQL Server wants the statement to be alone in its batch.
bool alone_in_batch(std::string_view text) {
  const auto word_at = [&](std::size_t& at) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t\r\n([", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end;
    return word;
  };
  std::size_t at = 0;
  if (!same_word(word_at(at), "create")) return false;
  std::string_view word = word_at(at);
  if (same_word(word, "or")) {
    word_at(at);
    word = word_at(at);
  }
  return same_word(word, "view") || same_word(word, "schema") || same_word(word, "procedure") ||
         same_word(word, "function") || same_word(word, "trigger");
}

class ScriptTranslation {
 public:
  ScriptTranslation(Translator& translator, std::string_view script)
      : translator_(translator), script_(script) {
    for (const TableFacts& t : translator.schema().tables)
      filled_[t.name] = "";  // not the script's
  }

  TranslatedScript run() {
    try {
      run_parts();
    } catch (const Error& e) {
      const std::string where = e.where().empty() ? "1:1" : place_of(e.where());
      out_.errors.push_back(where + ": syntax: " + e.facts().message);
    }
    return std::move(out_);
  }

 private:
  void run_parts() {
    const Parts parts(script_, translator_.from());
    Folding folding(parts.all(), translator_.from(), translator_.to());
    const bool defers = folding.moved_foreign_keys() && translator_.to() == Dialect::sqlite;
    if (defers) out_.text += "PRAGMA foreign_keys = OFF;\n";
    // Moments with a zone are written in UTC.
    if (translator_.to() == Dialect::mysql && has_zones()) {
      out_.text += "SET time_zone = '+00:00';\n";
    }
    for (std::size_t i = 0; i < parts.all().size(); ++i) {
      const ScriptPart& part = parts.all()[i];
      comments(at_, part.offset);
      at_ = std::max(at_, part.end);
      tell(part, folding.warnings(i));
      if (folding.is_folded(i) || ends_nothing(part.text)) continue;
      for (std::uint32_t time = 0; time < part.times; ++time) {
        if (Node* tree = folding.tree(i)) {
          answer(part, translator_.tree(tree, folding.arena(), part.text));
        } else if (!part.data.empty() || part.text.size() < part.end - part.offset) {
          copy(part);
        } else if (is_unused_sequence(part, parts.all())) {
          Translation left;
          left.warnings.push_back(
              {"sequence", "a sequence that the script does not use was left out"});
          answer(part, left);
        } else {
          note_insert(part.text);
          answer(part, translator_.statement(part.text));
        }
      }
    }
    comments(at_, script_.size());
    for (Node* key : folding.late_keys()) {
      answer({}, translator_.tree(key, folding.arena(), {}));
    }
    generated_keys();
    if (defers) out_.text += "PRAGMA foreign_keys = ON;\n";
  }

  bool has_zones() const {
    const auto found = [&](std::string_view word) {
      const auto same = [](char a, char b) { return lower(a) == b; };
      return std::search(script_.begin(), script_.end(), word.begin(), word.end(), same) !=
             script_.end();
    };
    return translator_.from() != Dialect::sqlite &&
           (found("with time zone") || found("timestamptz") || found("datetimeoffset"));
  }

  /// COMMIT where no BEGIN was: Oracle's and MySQL's way without autocommit, an error elsewhere.
  bool ends_nothing(std::string_view text) {
    Lexer lexer(text, translator_.from());
    const Token first = lexer.next_significant();
    const Token second = lexer.next_significant();
    const bool alone = second.kind == TokenKind::end || second.is("work"_w) ||
                       second.is("tran"_w) || second.is("transaction"_w);
    if (!alone) return false;
    if (first.is("begin"_w) || first.is("start"_w)) open_transaction_ = true;
    if (!first.is("commit"_w) && !(first.is("end"_w) && translator_.from() != Dialect::tsql)) {
      return false;
    }
    return !std::exchange(open_transaction_, false);
  }

  /// COPY with its rows.
  void copy(const ScriptPart& part) {
    const auto inserts = inserts_of_copy(part.text, part.data, translator_.schema());
    if (!inserts) return answer(part, translator_.statement(part.text));
    for (const std::string& insert : *inserts) {
      note_insert(insert);
      Translation t = translator_.statement(insert);
      if (t.error) t.error->line = t.error->column = 1;  // the row has no place of its own
      answer(part, t);
    }
  }

  /// Remembers the tables whose generated key the script's rows bring themselves.
  void note_insert(std::string_view text) {
    Lexer lexer(text, translator_.from());
    if (!lexer.next_significant().is("insert"_w)) return;
    Token t = lexer.next_significant();
    while (t.is("into"_w) || t.is("ignore"_w)) t = lexer.next_significant();
    std::string_view name;
    for (;;) {
      name = bare(t.text(text));
      t = lexer.next_significant();
      if (!t.is(Op::dot)) break;
      t = lexer.next_significant();
    }
    const TableFacts* table = translator_.schema().table(name);
    if (!table) return;
    const auto filled = filled_.find(table->name);
    if (filled != filled_.end() && filled->second.empty()) return;
    bool listed = translator_.from() != Dialect::tsql && !t.is(Op::lparen);
    for (const ColumnFacts& c : table->columns) {
      if (!c.generated_key) continue;
      Lexer list = lexer;
      for (Token n = t; !listed && !n.is(Op::rparen) && n.kind != TokenKind::end;) {
        n = list.next_significant();
        listed = same_word(bare(n.text(text)), c.name);
      }
      if (listed) {
        filled_[table->name] = c.name;
        ahead_.insert(table->name);
      } else if (ahead_.erase(table->name) > 0) {
        go_on_behind(table->name, c.name);
      }
      return;
    }
  }

  /// PostgreSQL's identity columns do not notice the keys that a script writes itself.
  void generated_keys() {
    if (translator_.to() != Dialect::postgres) return;
    for (const auto& [table, column] : filled_) {
      if (!column.empty() && ahead_.count(table) > 0) go_on_behind(table, column);
    }
  }

  /// The next generated key comes behind those that rows have brought.
  void go_on_behind(const std::string& table, const std::string& column) {
    if (translator_.to() != Dialect::postgres) return;
    const std::string query = "SELECT MAX(" + quoted(column) + ") FROM " + quoted(table);
    const Translation t = translator_.statement(query);
    const std::string text = t.statements.empty() ? std::string() : t.statements.front();
    const std::size_t close = text.find(") FROM ");
    if (!text.starts_with("SELECT MAX(") || close == std::string::npos) return;
    const std::string key = text.substr(11, close - 11);
    const std::string from = text.substr(close + 7);
    std::string plain;
    for (const char c : bare(key)) plain += key.starts_with('"') ? c : lower(c);
    out_.text += "SELECT setval(pg_get_serial_sequence('" + from + "', '" + plain +
                 "'), COALESCE(MAX(" + key + "), 1), COUNT(*) > 0) FROM " + from + ";\n";
  }

  static std::string_view bare(std::string_view name) {
    const bool quotes = name.size() > 1 && (name[0] == '"' || name[0] == '`' || name[0] == '[');
    return quotes ? name.substr(1, name.size() - 2) : name;
  }

  /// A sequence of SQLite is a table: a schema gets none that no statement of its script takes
  /// values from.
  bool is_unused_sequence(const ScriptPart& part, const std::vector<ScriptPart>& all) const {
    if (translator_.to() != Dialect::sqlite) return false;
    const std::string_view name = created(part.text, "sequence"_w);
    if (name.empty()) return false;
    bool tables = false;
    for (const ScriptPart& other : all) {
      tables = tables || !created(other.text, "table"_w).empty();
      if (takes_value(other.text, name)) return false;
    }
    return tables;
  }

  /// The name behind CREATE TABLE and its kind; empty for other statements.
  std::string_view created(std::string_view text, WordId kind) const {
    Lexer lexer(text, translator_.from());
    if (!lexer.next_significant().is("create"_w) || !lexer.next_significant().is(kind)) return {};
    std::string_view name;
    for (Token t = lexer.next_significant(); t.kind != TokenKind::end;
         t = lexer.next_significant()) {
      if (t.is("if"_w) || t.is("not"_w) || t.is("exists"_w) || t.op == Op::dot) continue;
      const bool word = t.kind == TokenKind::word || t.kind == TokenKind::quoted_name;
      if (!word || (!name.empty() && text[t.begin - 1] != '.')) break;
      name = t.text(text);
      if (t.kind == TokenKind::quoted_name) name = name.substr(1, name.size() - 2);
    }
    return name;
  }

  bool takes_value(std::string_view text, std::string_view sequence) const {
    Lexer lexer(text, translator_.from());
    Token t = lexer.next_significant();
    if (t.is("create"_w) || t.is("alter"_w) || t.is("drop"_w)) return false;
    for (; t.kind != TokenKind::end; t = lexer.next_significant()) {
      std::string_view word = t.text(text);
      if (t.kind == TokenKind::string || t.kind == TokenKind::quoted_name) {
        word = word.size() > 2 ? word.substr(1, word.size() - 2) : std::string_view();
        word = word.substr(word.rfind('.') + 1);
      }
      if (same_word(word, sequence)) return true;
    }
    return false;
  }

  std::string quoted(std::string_view name) const {
    if (translator_.from() == Dialect::oracle) return std::string(name);
    std::string out;
    append_name(out, name, translator_.from());
    return out;
  }

  /// What stands between two statements: comments, and one blank line where there were some.
  void comments(std::size_t from, std::size_t to) {
    try {
      write_comments(from, to);
    } catch (const Error&) {
      return;  // a client's line with a quote in it, which is no SQL
    }
  }

  void write_comments(std::size_t from, std::size_t to) {
    bool first_line = true;  // a comment behind the statement stays on its line
    std::size_t lines = 0;
    Lexer lexer(script_.substr(0, to), translator_.from(), from);
    std::size_t at = from;
    for (; from < to;) {
      const Token t = lexer.next();
      const std::size_t begin = t.kind == TokenKind::end ? to : t.begin;
      lines =
          static_cast<std::size_t>(std::count(script_.begin() + static_cast<long>(at),
                                              script_.begin() + static_cast<long>(begin), '\n'));
      if (lines > 0) first_line = false;
      if (lines > 1 && !out_.text.empty() && !out_.text.ends_with("\n\n")) out_.text += '\n';
      if (t.kind == TokenKind::end) return;
      at = t.end();
      if (t.kind != TokenKind::comment) continue;
      const std::string comment = portable_comment(t.text(script_));
      if (first_line && out_.text.ends_with('\n') && out_.text.size() > 1) {
        out_.text.pop_back();
        out_.text += ' ';
      }
      out_.text += comment;
      if (out_.text.back() != '\n') out_.text += '\n';
      if (comment.ends_with('\n')) at = t.end() - 1;
    }
  }

  void answer(const ScriptPart& part, const Translation& t) {
    if (t.error) {
      const std::size_t column = column_of(part);
      const std::size_t line = part.line + t.error->line - 1;
      const std::size_t at = t.error->line == 1 ? column + t.error->column - 1 : t.error->column;
      out_.errors.push_back(place(line, at) + t.error->code + ": " + t.error->message);
      return;
    }
    if (t.statements.empty()) out_.text += "-- left out: " + first_words(part.text) + "\n";
    for (const std::string& text : t.statements) write(text);
    tell(part, t.warnings);
    if (translator_.explains()) {
      const std::string here = place(part.line, column_of(part));
      std::string rules = here;
      for (const std::string& rule : t.rules) rules += (rules == here ? "" : ", ") + rule;
      out_.rules.push_back(t.rules.empty() ? here + "none" : rules);
    }
  }

  void tell(const ScriptPart& part, const std::vector<TranslationWarning>& warnings) {
    for (const TranslationWarning& w : warnings) {
      out_.warnings.push_back(place(part.line, column_of(part)) + w.code + ": " + w.message);
    }
  }

  std::size_t column_of(const ScriptPart& part) const {
    return part.offset - (script_.rfind('\n', part.offset) + 1) + 1;
  }

  void write(const std::string& text) {
    const bool alone = translator_.to() == Dialect::tsql && alone_in_batch(text);
    if (alone && !out_.text.empty()) out_.text += "GO\n";
    out_.text += text;
    out_.text += text.ends_with(';') ? "\n" : ";\n";
    if (alone) out_.text += "GO\n";
  }

  Translator& translator_;
  std::string_view script_;
  TranslatedScript out_;
  std::size_t at_ = 0;
  bool open_transaction_ = false;
  std::map<std::string, std::string> filled_;  ///< tables, and the key their rows bring
  std::set<std::string> ahead_;                ///< those whose generated key has not followed yet
};

}  // namespace

TranslatedScript translate_script(Translator& translator, std::string_view script) {
  if (translator.keeps_text()) return {.text = std::string(script)};
  translator.whole_database();
  return ScriptTranslation(translator, script).run();
}

}  // namespace iacdb::sql
