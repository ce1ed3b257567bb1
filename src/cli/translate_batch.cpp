// The batch form of `iacdb translate`: one JSON object a line in, one a line out, in order.

#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/translate.hpp"
#include "core/json.hpp"
#include "sql/split.hpp"

namespace iacdb::cli {
namespace {

class Answer {
 public:
  explicit Answer(const std::string& id) : line_(id.empty() ? "{" : "{\"id\":" + id) {}

  std::string& member(std::string_view name) {
    line_ += line_.size() > 1 ? ",\"" : "\"";
    line_ += name;
    line_ += "\":";
    return line_;
  }
  void texts(std::string_view name, const std::vector<std::string>& list) {
    member(name) += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) line_ += ',';
      core::append_json_string(line_, list[i]);
    }
    line_ += ']';
  }
  void error(const sql::TranslationError& e) {
    member("error") += "{\"code\":";
    core::append_json_string(line_, e.code);
    line_ += ",\"message\":";
    core::append_json_string(line_, e.message);
    line_ += ",\"line\":" + std::to_string(e.line) + ",\"column\":" + std::to_string(e.column);
    line_ += '}';
  }
  std::string close() { return std::move(line_ += "}\n"); }

 private:
  std::string line_;
};

/// The place within the whole text of a place within one of its statements.
void move_into(sql::TranslationError& e, std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t line_begin = 0;
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] != '\n') continue;
    ++line;
    line_begin = i + 1;
  }
  if (e.line == 1) e.column += offset - line_begin;
  e.line += line - 1;
}

/// A line mostly holds one statement; where it holds several, the last one's answer is the answer.
sql::Translation translate_text(sql::Translator& translator, const std::string& text) {
  if (text.find(';') >= text.find_last_not_of("; \t\r\n")) return translator.statement(text);
  std::vector<sql::ScriptStatement> parts;
  try {
    parts = sql::split(text, translator.from());
  } catch (const Error&) {
    return translator.statement(text);  // which says what cannot be read, and where
  }
  if (parts.size() < 2) return translator.statement(text);
  sql::Translation all;
  for (const sql::ScriptStatement& part : parts) {
    sql::Translation one = translator.statement(part.text);
    if (one.error) {
      move_into(*one.error, text, part.offset);
      return one;
    }
    all.answer = all.statements.size() + one.answer;
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    append(all.statements, one.statements);
    append(all.warnings, one.warnings);
    append(all.rules, one.rules);
  }
  return all;
}

std::string answer(sql::Translator& translator, const std::string& id, const std::string& text) {
  const sql::Translation t = translate_text(translator, text);
  Answer out(id);
  if (t.error) {
    out.error(*t.error);
    return out.close();
  }
  core::append_json_string(out.member("sql"), t.sql());
  std::vector<std::string> warnings;
  for (const sql::TranslationWarning& w : t.warnings) warnings.push_back(w.code + ": " + w.message);
  out.texts("warnings", warnings);
  if (t.statements.size() > 1) {
    out.texts("statements", t.statements);
    out.member("answer") += std::to_string(t.answer);
  }
  if (translator.explains()) out.texts("rules", t.rules);
  return out.close();
}

std::string refusal(const std::string& id, std::string message) {
  Answer out(id);
  out.error({.code = "input", .message = std::move(message)});
  return out.close();
}

std::string answer_line(sql::Translator& translator, const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (json.is_discarded()) return refusal("null", "the line is not valid JSON");
  if (!json.is_object()) return refusal("null", "the line must be a JSON object");
  const auto id = json.find("id");
  const std::string shown =
      id == json.end() ? std::string()
                       : id->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto text = json.find("sql");
  if (text == json.end() || !text->is_string()) {
    return refusal(shown, "the object needs a string member \"sql\"");
  }
  return answer(translator, shown, text->get_ref<const std::string&>());
}

}  // namespace

void translate_batch(sql::Translator& translator, std::istream& in, std::ostream& out) {
  std::string line;
  while (out && std::getline(in, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << answer_line(translator, line);
    if (in.rdbuf()->in_avail() <= 0) out.flush();  // somebody may wait for it
  }
  out.flush();
}

}  // namespace iacdb::cli
