#pragma once
// ShellState: what the prompt, its statements and its backslash commands share.
//
// Threads: one at a time.

#include <chrono>
#include <iacdb/database.hpp>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/formats/result_writer.hpp"
#include "cli/shell/conditions.hpp"
#include "cli/shell/interrupt.hpp"
#include "cli/shell/output.hpp"
#include "cli/shell/variables.hpp"
#include "iacdb/dialect.hpp"

namespace iacdb::cli {

class LineEditor;
class StatementReader;

enum class InTransaction : char { no = ' ', yes = '*', failed = '!' };

struct ShellOptions {
  Look look = {};
  bool expanded_auto = false;
  bool interactive = false;
  bool keep_going = false;  ///< Go on after a failed statement.
  bool quiet = false;       ///< Rows only.
  bool single_transaction = false;
  bool read_only = false;
  std::chrono::milliseconds timeout{0};  ///< Of each statement.
};

class ShellState {
 public:
  ShellState(Context& context, const Target& target, const ShellOptions& options);

  /// Another database; the old one stays when it cannot be reached.
  void connect(const Target& target);
  /// A new session on the same database, after the old one broke.
  void reconnect();

  Context& context;
  ShellOptions options;
  Target target;
  std::optional<Database> db;
  std::optional<Session> session;
  Capabilities can;
  Dialect dialect = Dialect::sqlite;
  std::string name;
  Interrupt interrupt;
  Output output;
  Variables variables;
  Conditions conditions;                          ///< Of what runs now.
  std::optional<std::vector<std::string>> bound;  ///< \bind: the next statement's parameters.
  LineEditor* editor = nullptr;                   ///< The prompt's, when there is one.
  StatementReader* reader = nullptr;              ///< Of what runs now: its inline data.
  std::string source;                             ///< Of what runs now: a file, or "".
  std::string last_statement;
  std::optional<ErrorFacts> last_error;
  InTransaction in_transaction = InTransaction::no;
  int include_depth = 0;
  std::size_t failed = 0;
  bool timing = false;
  bool interrupted = false;  ///< Ctrl-C ended a statement.
  bool listening = false;
  bool script_is_input = false;  ///< The statements come from standard input.
  bool names_changed = true;     ///< Completion reads the catalogue again.
  bool done = false;
};

/// Makes the database refuse changes for the rest of the session.
void make_read_only(Session& session, Dialect dialect);

}  // namespace iacdb::cli
