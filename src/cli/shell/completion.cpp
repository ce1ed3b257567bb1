#include "cli/shell/completion.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.hpp"
#include "cli/shell/catalogue.hpp"
#include "cli/shell/commands.hpp"
#include "cli/shell/statement_reader.hpp"
#include "cli/shell/variables.hpp"
#include "iacdb/error.hpp"
#include "sql/lexer.hpp"
#include "sql/reserved.hpp"

namespace iacdb::cli {
namespace {

constexpr std::chrono::seconds names_live{60};
constexpr std::chrono::seconds names_timeout{3};

/// The name as SQL needs it: quoted where a plain one would mean another.
std::string written(const std::string& name, Dialect dialect) {
  std::string out;
  std::size_t from = 0;
  const std::size_t dot = name.find('.');
  for (const std::size_t end : {dot, name.size()}) {
    if (end == name.npos || from > end) continue;
    const std::string part = name.substr(from, end - from);
    const bool plain =
        !part.empty() && !base::is_digit(part[0]) && !sql::is_reserved(part, dialect) &&
        std::all_of(part.begin(), part.end(), [&](char c) {
          return sql::is_name_part(c) && (dialect != Dialect::postgres || c == base::to_lower(c));
        });
    if (!out.empty()) out += '.';
    out += plain ? part : quote_name(part, dialect);
    from = end + 1;
  }
  return out;
}

Completion from_words(std::string_view word, const std::vector<std::string>& words) {
  Completion found{.replaced_bytes = word.size()};
  for (const std::string& one : words) {
    const std::string_view bare = std::string_view(one).substr(one.starts_with('"') ? 1 : 0);
    if (base::starts_with_ignoring_case(one, word) || base::starts_with_ignoring_case(bare, word)) {
      found.candidates.push_back(one);
    }
  }
  std::sort(found.candidates.begin(), found.candidates.end());
  found.candidates.erase(std::unique(found.candidates.begin(), found.candidates.end()),
                         found.candidates.end());
  return found;
}

Completion files(std::string_view word) {
  Completion found{.replaced_bytes = word.size()};
  const std::size_t slash = word.rfind('/');
  const std::string folder(slash == word.npos ? "" : word.substr(0, slash + 1));
  const std::string_view start = slash == word.npos ? word : word.substr(slash + 1);
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.empty() ? "." : folder, ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(start) || (start.empty() && name.starts_with('.'))) continue;
    const bool is_folder = entry.is_directory(ignored);
    found.candidates.push_back(folder + name + (is_folder ? "/" : ""));
    if (is_folder) found.space_after = false;
  }
  std::sort(found.candidates.begin(), found.candidates.end());
  return found;
}

std::vector<std::string> relation_names(const CatalogueNames& names) {
  std::vector<std::string> words;
  for (const auto& [name, columns] : names.relations) words.push_back(name);
  return words;
}

}  // namespace

void Completer::refresh() {
  const auto now = std::chrono::steady_clock::now();
  if (!shell_.session || shell_.in_transaction == InTransaction::failed) return;
  if (!shell_.names_changed && now - read_ < names_live) return;
  try {
    const ShellCatalogue& catalogue = shell_catalogue(shell_.dialect);
    Session session = shell_.session->with({.timeout = names_timeout});
    CatalogueNames fresh;
    for (const TextRow& row : text_rows(session, catalogue.all_columns())) {
      auto& columns = fresh.relations[written(row[0].value_or(""), shell_.dialect)];
      if (row[1]) columns.push_back(written(*row[1], shell_.dialect));
    }
    for (const TextRow& row : text_rows(session, catalogue.all_schemas())) {
      fresh.schemas.push_back(written(row[0].value_or(""), shell_.dialect));
    }
    names_ = std::move(fresh);
  } catch (const Error&) {
    // Completion goes on with the names it has; the next statement will tell the error.
  }
  read_ = now;
  shell_.names_changed = false;
}

Completion Completer::command_argument(std::string_view command, std::string_view word) {
  static const std::set<std::string_view> with_files{"i", "ir", "include", "o",
                                                     "g", "gx", "w",       "cd"};
  if (with_files.contains(command)) return files(word);
  if (command == "copy" && word.find('/') != word.npos) return files(word);
  if (command == "c" || command == "connect") {
    return from_words(word, shell_.context.config().names());
  }
  if (command == "format") {
    return from_words(word, {std::begin(format_names), std::end(format_names)});
  }
  if (command == "x") return from_words(word, {"auto", "off", "on"});
  if (command == "timing" || command == "a" || command == "t") {
    return from_words(word, {"off", "on"});
  }
  if (command == "pset") return from_words(word, pset_names());
  if (command == "h" || command == "help") return from_words(word, help_topics());
  refresh();
  std::vector<std::string> words = relation_names(names_);
  words.insert(words.end(), names_.schemas.begin(), names_.schemas.end());
  return from_words(word, words);
}

Completion Completer::complete(std::string_view pending, std::string_view line) {
  const std::size_t backslash = find_backslash(line, shell_.dialect);
  if (backslash != line.npos) {
    const std::string_view rest = line.substr(line.rfind('\\') + 1);
    const std::size_t blank = rest.find_first_of(" \t");
    if (blank == rest.npos) {
      std::vector<std::string> names;
      for (const std::string_view name : command_names()) names.push_back('\\' + std::string(name));
      Completion found;
      found.replaced_bytes = rest.size() + 1;
      for (const std::string& name : names) {
        if (std::string_view(name).substr(1).starts_with(rest)) found.candidates.push_back(name);
      }
      return found;
    }
    const std::size_t word = rest.find_last_of(" \t") + 1;
    return command_argument(rest.substr(0, blank), rest.substr(word));
  }
  refresh();
  return complete_sql(std::string(pending) + std::string(line), names_, shell_.dialect);
}

}  // namespace iacdb::cli
