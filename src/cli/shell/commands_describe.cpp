// \d and its family, \l, \sv, \sf.

#include <ostream>

#include "base/text.hpp"
#include "cli/shell/catalogue.hpp"
#include "cli/shell/commands.hpp"
#include "cli/shell/runner.hpp"

namespace iacdb::cli {
namespace {

void show(ShellState& shell, const Listing& listing) {
  if (!listing.missing.empty()) raise(ErrorKind::unsupported, listing.missing);
  Look look = shell.options.look;
  look.title = listing.title;
  look.terminal = shell.output.is_terminal();
  const Interrupt::Watch watch = shell.interrupt.watch();
  Session session = shell.session->with({.stop = watch.token()});
  Rows<Row> rows = session.query(listing.sql);
  print_rows(shell, rows, look, watch);
}

void describe_one(ShellState& shell, Session& session, const Relation& relation, bool verbose) {
  const Description found = shell_catalogue(shell.dialect).describe(session, relation, verbose);
  Look look = shell.options.look;
  look.terminal = shell.output.is_terminal();
  look.title = found.title;
  look.footer = false;
  print_text_table(shell, found.names, found.rows, look);
  if (look.format != "table" && look.format != "vertical") return;
  std::ostream& out = shell.output.plain();
  for (const std::string& note : found.notes) out << printable(note) << '\n';
  out << '\n';
}

void describe_names(ShellState& shell, const std::string& text, bool verbose) {
  const Interrupt::Watch watch = shell.interrupt.watch();
  Session session = shell.session->with({.stop = watch.token()});
  const NamePattern pattern = NamePattern::parse(text, shell.dialect);
  const auto found = text_rows(session, shell_catalogue(shell.dialect).find(pattern).sql);
  if (found.empty()) {
    raise(ErrorKind::undefined_object,
          "Did not find any relation named \"" + printable(text) + "\"; \\d lists them");
  }
  for (const TextRow& row : found) {
    describe_one(shell, session,
                 {row[0].value_or(""), row[1].value_or(""), row[2].value_or("table")}, verbose);
  }
}

void check_session(const ShellState& shell) {
  if (!shell.session) raise(ErrorKind::connect, "there is no connection; \\c connects again");
}

}  // namespace

void describe_command(ShellState& shell, const Piece& piece) {
  check_session(shell);
  std::string name = piece.name;
  const bool verbose = name.find('+') != name.npos;
  std::erase_if(name, [](char c) { return c == '+' || c == 'S'; });
  const auto words = arguments(piece.text, shell.variables, true);
  std::string word = words.empty() ? "" : words[0];
  if (word.ends_with(';')) word.pop_back();
  if (name == "d" && !word.empty()) return describe_names(shell, word, verbose);
  const NamePattern pattern = NamePattern::parse(word, shell.dialect);
  const ShellCatalogue& catalogue = shell_catalogue(shell.dialect);
  if (name == "d") {
    show(shell, catalogue.relations("tvms", pattern, verbose));
  } else if (name == "df") {
    show(shell, catalogue.functions(pattern));
  } else if (name == "dn") {
    show(shell, catalogue.schemas(pattern));
  } else if (name == "du" || name == "dg") {
    show(shell, catalogue.roles(pattern));
  } else if (name == "dp" || name == "z") {
    show(shell, catalogue.privileges(pattern));
  } else if (name == "dx") {
    show(shell, catalogue.extensions());
  } else if (name == "dT") {
    show(shell, catalogue.types(pattern));
  } else {
    show(shell, catalogue.relations(name.substr(1), pattern, verbose));
  }
}

void list_databases(ShellState& shell, const Piece& piece) {
  check_session(shell);
  show(shell, shell_catalogue(shell.dialect).databases(piece.name.ends_with('+')));
}

void show_text_command(ShellState& shell, const Piece& piece) {
  check_session(shell);
  std::string word = std::string(base::trim(piece.text));
  if (word.empty()) raise(ErrorKind::config, "\\" + piece.name + " needs a name");
  const NamePattern pattern = NamePattern::parse(word, shell.dialect);
  const ShellCatalogue& catalogue = shell_catalogue(shell.dialect);
  const bool view = piece.name.starts_with("sv");
  const Listing listing = view ? catalogue.view_text(pattern) : catalogue.function_text(pattern);
  if (!listing.missing.empty()) raise(ErrorKind::unsupported, listing.missing);
  const auto rows = text_rows(*shell.session, listing.sql);
  if (rows.empty()) {
    raise(ErrorKind::undefined_object,
          std::string("there is no ") + (view ? "view" : "function") + " of that name");
  }
  for (const TextRow& row : rows) {
    const std::string text = row[0].value_or("");
    std::size_t at = 0;  // Line ends stay, other control characters do not.
    while (at <= text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      shell.output.plain() << printable(std::string_view(text).substr(at, end - at)) << '\n';
      at = end + 1;
    }
  }
}

}  // namespace iacdb::cli
