// How results look, variables, and the statement being typed: \x \t \a \format \timing \pset \set
// \unset \p \r \e \w \s.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>

#include "base/text.hpp"
#include "cli/shell/commands.hpp"
#include "cli/shell/line_editor.hpp"
#include "cli/shell/runner.hpp"

namespace iacdb::cli {
namespace {

bool on_or_off(const std::string& word, bool before, const std::string& name) {
  if (word.empty()) return !before;
  const std::string lower = base::lower(word);
  if (lower == "on" || lower == "true" || lower == "1" || lower == "yes") return true;
  if (lower == "off" || lower == "false" || lower == "0" || lower == "no") return false;
  raise(ErrorKind::config, "\\" + name + " takes on or off");
}

void say(ShellState& shell, const std::string& text) {
  if (!shell.options.quiet) shell.output.standard() << text << '\n';
}

void set_format(ShellState& shell, std::string format) {
  if (format == "aligned") format = "table";
  if (format == "markdown") format = "md";
  if (format == "unaligned") format = "csv";
  if (std::find(std::begin(format_names), std::end(format_names), format) ==
      std::end(format_names)) {
    raise(ErrorKind::config, "formats are table, csv, json, md and vertical");
  }
  shell.options.look.format = format;
  say(shell, "Output format is " + format + '.');
}

void set_expanded(ShellState& shell, const std::string& word) {
  Look& look = shell.options.look;
  look.vertical_when_wide = base::lower(word) == "auto";
  if (look.vertical_when_wide) {
    look.format = "table";
    return say(shell, "Expanded display is used automatically.");
  }
  const bool on = on_or_off(word, look.format == "vertical", "x");
  look.format = on ? "vertical" : look.format == "vertical" ? "table" : look.format;
  say(shell, std::string("Expanded display is ") + (on ? "on." : "off."));
}

void set_tuples_only(ShellState& shell, const std::string& word) {
  Look& look = shell.options.look;
  look.tuples_only = on_or_off(word, look.tuples_only, "t");
  say(shell, std::string("Tuples only is ") + (look.tuples_only ? "on." : "off."));
}

/// The text of the statement being typed goes through an editor and comes back.
void edit(ShellState& shell, const Piece& piece, const std::vector<std::string>& words) {
  std::string path = words.empty() ? "" : words[0];
  const bool temporary = path.empty();
  if (temporary) {
    const char* folder = std::getenv("TMPDIR");
    path = std::string(folder ? folder : "/tmp") + "/iacdb-edit-XXXXXX.sql";
    const int fd = mkstemps(path.data(), 4);
    if (fd < 0) raise(ErrorKind::resource, "\\e: no temporary file can be made");
    close(fd);
    std::ofstream(path) << (piece.buffer.empty() ? shell.last_statement : piece.buffer) << '\n';
  }
  const char* editor = nullptr;
  for (const char* name : {"IACDB_EDITOR", "PSQL_EDITOR", "EDITOR", "VISUAL"}) {
    if (!editor) editor = std::getenv(name);
  }
  const std::string command = std::string(editor ? editor : "vi") + " '" + path + "'";
  shell.output.standard().flush();
  const int status = std::system(command.c_str());
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  file.close();
  if (temporary) unlink(path.c_str());
  if (status != 0) raise(ErrorKind::config, "\\e: the editor failed");
  if (!shell.reader || base::trim(text).empty()) return;
  if (text.back() != '\n') text += '\n';
  shell.output.standard() << text;
  shell.reader->replace_pending(text);
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << text << '\n') || !file.flush()) {
    raise(ErrorFacts{
        .kind = ErrorKind::config, .message = "the file cannot be written", .where = path});
  }
}

void show_history(ShellState& shell, const std::vector<std::string>& words) {
  std::string text;
  if (shell.editor) {
    for (const std::string& line : shell.editor->history()) text += line + '\n';
  }
  if (!words.empty()) return write_text(words[0], text);
  Output::Result result(shell.output);
  result.stream() << text;
}

struct Setting {
  const char* name;
  std::string (*value)(const ShellState&);
};

std::string word_of(bool on) {
  return on ? "on" : "off";
}

constexpr Setting settings[] = {
    {"csv_fieldsep",
     [](const ShellState& s) { return std::string(1, s.options.look.csv_separator); }},
    {"expanded",
     [](const ShellState& s) {
       return s.options.look.vertical_when_wide ? std::string("auto")
                                                : word_of(s.options.look.format == "vertical");
     }},
    {"footer", [](const ShellState& s) { return word_of(s.options.look.footer); }},
    {"format", [](const ShellState& s) { return s.options.look.format; }},
    {"null", [](const ShellState& s) { return s.options.look.null; }},
    {"pager", [](const ShellState& s) { return word_of(s.output.pager()); }},
    {"title", [](const ShellState& s) { return s.options.look.title; }},
    {"tuples_only", [](const ShellState& s) { return word_of(s.options.look.tuples_only); }},
};

}  // namespace

void look_command(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  const std::string word = words.empty() ? "" : words[0];
  if (piece.name == "x") {
    set_expanded(shell, word);
  } else if (piece.name == "t") {
    set_tuples_only(shell, word);
  } else if (piece.name == "a") {
    set_format(shell, shell.options.look.format == "table" ? "csv" : "table");
  } else if (piece.name == "format") {
    set_format(shell, word);
  } else {
    shell.timing = on_or_off(word, shell.timing, "timing");
    say(shell, std::string("Timing is ") + (shell.timing ? "on." : "off."));
  }
}

std::vector<std::string> pset_names() {
  std::vector<std::string> names;
  for (const Setting& setting : settings) names.emplace_back(setting.name);
  return names;
}

void pset_command(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  Look& look = shell.options.look;
  if (words.empty()) {
    for (const Setting& setting : settings) {
      shell.output.plain() << setting.name << " '" << setting.value(shell) << "'\n";
    }
    return;
  }
  const std::string& name = words[0];
  const std::string value = words.size() > 1 ? words[1] : "";
  if (name == "format") {
    set_format(shell, value);
  } else if (name == "expanded" || name == "x") {
    set_expanded(shell, value);
  } else if (name == "tuples_only" || name == "t") {
    set_tuples_only(shell, value);
  } else if (name == "null") {
    look.null = value;
    say(shell, "Null display is \"" + value + "\".");
  } else if (name == "title" || name == "C") {
    look.title = value;
  } else if (name == "footer") {
    look.footer = on_or_off(value, look.footer, "pset footer");
    say(shell, std::string("Default footer is ") + (look.footer ? "on." : "off."));
  } else if (name == "pager") {
    shell.output.use_pager(value == "always" ||
                           on_or_off(value, shell.output.pager(), "pset pager"));
    say(shell, shell.output.pager() ? "Pager is used for long output." : "Pager usage is off.");
  } else if (name == "csv_fieldsep") {
    if (value.size() != 1 || value.find_first_of("\"\r\n") != value.npos) {
      raise(ErrorKind::config, "\\pset csv_fieldsep takes one character, no quote or line end");
    }
    look.csv_separator = value[0];
  } else {
    raise(ErrorKind::config,
          "\\pset knows csv_fieldsep, expanded, footer, format, null, pager, "
          "title and tuples_only");
  }
}

void set_command(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  if (piece.name == "unset") {
    if (words.empty()) raise(ErrorKind::config, "\\unset needs a name");
    return shell.variables.unset(words[0]);
  }
  if (words.empty()) {
    for (const auto& [name, value] : shell.variables.all()) {
      shell.output.plain() << name << " = '" << value << "'\n";
    }
    return;
  }
  std::string value;
  for (std::size_t i = 1; i < words.size(); ++i) value += words[i];
  shell.variables.set(words[0], value);
}

void edit_command(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  const char what = piece.name[0];
  if (what == 'p') {
    shell.output.plain() << (piece.buffer.empty() ? shell.last_statement.empty()
                                                        ? "Query buffer is empty."
                                                        : shell.last_statement
                                                  : piece.buffer)
                         << '\n';
  } else if (what == 'r') {
    say(shell, "Query buffer reset (cleared).");
  } else if (what == 'w') {
    if (words.empty()) raise(ErrorKind::config, "\\w needs a file");
    write_text(words[0], piece.buffer.empty() ? shell.last_statement : piece.buffer);
  } else if (what == 's') {
    show_history(shell, words);
  } else {
    edit(shell, piece, words);
  }
}

}  // namespace iacdb::cli
