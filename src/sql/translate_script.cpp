#include "sql/translate_script.hpp"

#include <algorithm>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/split.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

Translator::Translator(Dialect from, DialectVersion to, SchemaFacts schema,
                       const TranslatorOptions& options)
    : from_(from), to_(to), schema_(std::move(schema)) {
  options_.lossy = options.lossy;
  options_.learned = &schema_;
  options_.target_version = to.version;
  options_.explain = options.explain;
  options_.whole_database = options.whole_database || !schema_.tables.empty();
}

Translation Translator::statement(std::string_view text) {
  options_.schema = schema_.tables.empty() ? nullptr : &schema_;
  return translate(text, from_, to_.dialect, options_);
}

namespace {

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
      : translator_(translator), script_(script) {}

  TranslatedScript run() {
    std::vector<ScriptStatement> parts;
    try {
      parts = split(script_, translator_.from());
    } catch (const Error& e) {
      const std::string where = e.where().empty() ? "1:1: " : e.where() + ": ";
      out_.errors.push_back(where + "syntax: " + e.facts().message);
      return std::move(out_);
    }
    for (const ScriptStatement& part : parts) {
      comments(at_, part.offset);
      for (std::uint32_t time = 0; time < part.times; ++time) statement(part);
      at_ = part.offset + part.text.size();
    }
    comments(at_, script_.size());
    return std::move(out_);
  }

 private:
  /// What stands between two statements: comments, and one blank line where there were some.
  void comments(std::size_t from, std::size_t to) {
    bool first_line = true;  // a comment behind the statement stays on its line
    std::size_t lines = 0;
    Lexer lexer(script_.substr(0, to), translator_.from(), from);
    std::size_t at = from;
    for (;;) {
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

  void statement(const ScriptStatement& part) {
    const std::size_t column = part.offset - (script_.rfind('\n', part.offset) + 1) + 1;
    const Translation t = translator_.statement(part.text);
    if (t.error) {
      const std::size_t line = part.line + t.error->line - 1;
      const std::size_t at = t.error->line == 1 ? column + t.error->column - 1 : t.error->column;
      out_.errors.push_back(place(line, at) + t.error->code + ": " + t.error->message);
      return;
    }
    const std::string here = place(part.line, column);
    for (const TranslationWarning& w : t.warnings) {
      out_.warnings.push_back(here + w.code + ": " + w.message);
    }
    if (translator_.explains()) {
      std::string rules = here;
      for (const std::string& rule : t.rules) rules += (rules == here ? "" : ", ") + rule;
      out_.rules.push_back(t.rules.empty() ? here + "none" : rules);
    }
    if (t.statements.empty()) out_.text += "-- left out: " + first_words(part.text) + "\n";
    for (const std::string& text : t.statements) write(text);
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
};

}  // namespace

TranslatedScript translate_script(Translator& translator, std::string_view script) {
  if (translator.keeps_text()) return {.text = std::string(script)};
  translator.whole_database();
  return ScriptTranslation(translator, script).run();
}

}  // namespace iacdb::sql
