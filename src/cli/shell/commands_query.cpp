// Commands that run the statement typed before them: \g \gx \gexec \gset \watch.

#include <charconv>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <ostream>

#include "base/text.hpp"
#include "cli/shell/commands.hpp"
#include "cli/shell/runner.hpp"

namespace iacdb::cli {
namespace {

/// While it lives, results go elsewhere.
class Redirected {
 public:
  Redirected(ShellState& shell, const std::string& target) : shell_(shell), used_(!target.empty()) {
    if (used_) shell_.output.redirect(target);
  }
  ~Redirected() {
    if (used_) shell_.output.redirect("");
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  ShellState& shell_;
  bool used_;
};

/// Seconds and the number of times: "2", "i=2 c=3".
struct WatchPlan {
  double seconds = 2;
  long times = 0;  ///< 0: until Ctrl-C.
};

WatchPlan watch_plan(const std::vector<std::string>& words) {
  WatchPlan plan;
  for (std::string word : words) {
    const bool count = word.starts_with("c=") || word.starts_with("count=");
    if (const std::size_t equals = word.find('='); equals != word.npos) word.erase(0, equals + 1);
    char* end = nullptr;
    const double value = std::strtod(word.c_str(), &end);
    if (word.empty() || *end != '\0' || value < 0 || value > 1e6) {
      raise(ErrorKind::config, "\\watch takes seconds, and c=TIMES");
    }
    if (count) {
      plan.times = static_cast<long>(value);
    } else {
      plan.seconds = value;
    }
  }
  return plan;
}

/// False when Ctrl-C came first.
bool wait_seconds(ShellState& shell, double seconds) {
  const Interrupt::Watch watch = shell.interrupt.watch();
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, watch.token(), std::chrono::duration<double>(seconds), [] { return false; });
  return !watch.fired();
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof(text), "%a %d %b %Y %H:%M:%S", &parts);
  return text;
}

}  // namespace

const std::string& statement_of(ShellState& shell, const Piece& piece) {
  if (!piece.buffer.empty()) shell.last_statement = piece.buffer;
  if (shell.last_statement.empty()) {
    raise(ErrorKind::config, "\\" + piece.name + " needs a statement before it");
  }
  return shell.last_statement;
}

void run_buffer(ShellState& shell, const Piece& piece) {
  const bool pipe = piece.text.starts_with('|');
  const auto words =
      pipe ? std::vector<std::string>{piece.text} : arguments(piece.text, shell.variables);
  const std::string& statement = statement_of(shell, piece);
  const Redirected redirected(shell, words.empty() ? "" : words[0]);
  run_statement(shell, statement, {.format = piece.name == "g" ? "" : "vertical"});
}

void run_results(ShellState& shell, const Piece& piece) {
  std::vector<std::string> statements;
  with_rows(shell, statement_of(shell, piece), [&](Rows<Row>& rows, const Interrupt::Watch&) {
    while (rows.next()) {
      for (std::size_t i = 0; i < rows.current().size(); ++i) {
        if (!rows.current()[i].is_null()) statements.push_back(print(rows.current()[i]));
      }
    }
  });
  const Interrupt::Watch between = shell.interrupt.watch();
  for (const std::string& statement : statements) {
    run_statement(shell, statement);
    if (between.fired()) raise(ErrorKind::cancelled, "\\gexec: cancelled by Ctrl-C");
  }
}

void keep_results(ShellState& shell, const Piece& piece) {
  const auto words = arguments(piece.text, shell.variables);
  const std::string prefix = words.empty() ? "" : words[0];
  with_rows(shell, statement_of(shell, piece), [&](Rows<Row>& rows, const Interrupt::Watch&) {
    if (!rows.next()) raise(ErrorKind::row_count, "\\gset: the statement gave no row");
    std::vector<std::pair<std::string, std::optional<std::string>>> values;
    const Row& row = rows.current();
    for (std::size_t i = 0; i < row.size(); ++i) {
      values.emplace_back(prefix + row.columns()[i].name,
                          row[i].is_null() ? std::nullopt : std::optional(print(row[i])));
    }
    if (rows.next()) raise(ErrorKind::row_count, "\\gset: the statement gave more than one row");
    for (auto& [name, value] : values) {
      if (value) {
        shell.variables.set(name, std::move(*value));
      } else {
        shell.variables.unset(name);
      }
    }
  });
}

void watch_command(ShellState& shell, const Piece& piece) {
  const WatchPlan plan = watch_plan(arguments(piece.text, shell.variables));
  const std::string statement = statement_of(shell, piece);
  const std::string title = shell.options.look.title;
  const auto seconds = std::to_string(plan.seconds);
  const std::string every =
      seconds.substr(0, std::max(seconds.find_last_not_of('0'), seconds.find('.') + 0) + 1);
  const bool pager = shell.output.pager();
  shell.output.use_pager(false);
  const Interrupt::Watch between = shell.interrupt.watch();  // Ctrl-C may come at any time.
  try {
    for (long time = 1;; ++time) {
      shell.options.look.title =
          now_text() + " (every " +
          (every.ends_with('.') ? every.substr(0, every.size() - 1) : every) + "s)";
      run_statement(shell, statement, {.ask = time == 1});
      shell.output.plain() << '\n' << std::flush;
      if (time == plan.times || between.fired()) break;
      if (!wait_seconds(shell, plan.seconds)) break;
    }
  } catch (...) {
    shell.options.look.title = title;
    shell.output.use_pager(pager);
    throw;
  }
  shell.options.look.title = title;
  shell.output.use_pager(pager);
}

}  // namespace iacdb::cli
