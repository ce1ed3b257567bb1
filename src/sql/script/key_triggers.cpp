#include "sql/script/key_triggers.hpp"

#include <vector>

#include "iacdb/error.hpp"
#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

/// Reads the words of a trigger one after the other; names lose their quotes.
class TriggerReader {
 public:
  explicit TriggerReader(std::string_view text) {
    Lexer lexer(text, Dialect::oracle);
    for (Token t = lexer.next_significant(); t.kind != TokenKind::end;
         t = lexer.next_significant()) {
      const std::string_view word = t.text(text);
      const bool quoted = t.kind == TokenKind::quoted_name && word.size() > 2;
      words_.emplace_back(quoted ? word.substr(1, word.size() - 2) : word);
    }
  }

  std::optional<KeyTrigger> read() {
    if (!head()) return std::nullopt;
    accept(";");
    if (!accept("begin")) return std::nullopt;
    const bool tested = accept("if");
    if (tested && (!condition() || !accept("then"))) return std::nullopt;
    if (!takes_value() || (tested && !(accept("end") && accept("if") && accept(";")))) {
      return std::nullopt;
    }
    if (!accept("end")) return std::nullopt;
    if (!at(";")) ++at_;  // END name;
    accept(";");
    if (at_ < words_.size()) return std::nullopt;
    return found_;
  }

 private:
  bool at(std::string_view word) const {
    return at_ < words_.size() && same_word(words_[at_], word);
  }
  bool accept(std::string_view word) {
    if (!at(word)) return false;
    ++at_;
    return true;
  }
  std::string next() { return at_ < words_.size() ? words_[at_++] : std::string(); }

  /// The last name of a path.
  std::string path() {
    std::string name = next();
    while (accept(".")) name = next();
    return name;
  }

  bool head() {
    if (!accept("create")) return false;
    if (accept("or") && !accept("replace")) return false;
    if (!accept("editionable")) accept("noneditionable");
    if (!accept("trigger")) return false;
    path();
    if (!accept("before") || !accept("insert")) return false;
    if (accept("or")) {
      if (!accept("update")) return false;
      if (accept("of")) path();
    }
    if (!accept("on")) return false;
    found_.table = path();
    if (accept("referencing")) {
      for (int i = 0; i < 2 && (at("new") || at("old")); ++i) {
        const std::string row = next();
        accept("as");
        if (!same_word(next(), row)) return false;
      }
    }
    if (!accept("for") || !accept("each") || !accept("row")) return false;
    accept("enable");
    if (!accept("when")) return true;
    return accept("(") && test() && accept(")");
  }

  /// NEW.c or :NEW.c; every mention must be of one column.
  bool column() {
    if (!accept("new") && !accept(":new")) return false;
    if (!accept(".")) return false;
    const std::string name = next();
    if (found_.column.empty()) found_.column = name;
    return same_word(found_.column, name);
  }

  /// c IS NULL, or c = 0 beside it.
  bool test() {
    guarded_ = true;
    bool null = false;
    do {
      const bool parens = accept("(");
      if (!column()) return false;
      if (accept("is")) {
        if (!accept("null")) return false;
        null = true;
      } else if (!accept("=") || !accept("0")) {
        return false;
      }
      if (parens && !accept(")")) return false;
    } while (accept("or"));
    return null;
  }

  bool condition() {
    if (accept("inserting")) return true;
    const bool parens = accept("(");
    return test() && (!parens || accept(")"));
  }

  bool takes_value() {
    if (accept("select")) {
      if (!sequence() || !accept("into") || !column() || !accept("from")) return false;
      path();
    } else {
      if (!column() || !accept(":=") || !sequence()) return false;
    }
    found_.always = !guarded_;
    return accept(";");
  }

  bool sequence() {
    std::vector<std::string> names{next()};
    while (accept(".")) names.push_back(next());
    if (names.size() < 2 || !same_word(names.back(), "nextval")) return false;
    found_.sequence = names[names.size() - 2];
    return true;
  }

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  bool guarded_ = false;
  KeyTrigger found_;
};

}  // namespace

std::optional<KeyTrigger> read_key_trigger(std::string_view text) {
  try {
    return TriggerReader(text).read();
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace iacdb::sql
