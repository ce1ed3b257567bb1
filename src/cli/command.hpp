#pragma once
// What every command shares: streams, the configuration, how a target is named, and exit codes.
//
//   void add_health(CLI::App& app, Context& context);   // one function a command, one file each
//
// A command's callback throws Error; run() turns it into one line on stderr and an exit code.
// Threads: one at a time.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iacdb/config.hpp>
#include <iacdb/database.hpp>
#include <iacdb/error.hpp>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "config/settings.hpp"

namespace iacdb::cli {

/// Exit codes of the command; 3 is left to the shell's own use.
enum ExitCode : int {
  exit_ok = 0,
  exit_failed = 1,
  exit_usage = 2,  ///< Usage or configuration.
  exit_cannot_connect = 4,
  exit_interrupted = 130,  ///< By Ctrl-C, as a shell tells it.
};

/// A database named on a command line: a configured name, or a URL.
struct Target {
  std::string name{};  ///< Positional; may be a URL too.
  std::string url{};   ///< --url
  std::string password_file{};
  std::string database{};  ///< Another database of the same server: \c of the shell.
};

class Context {
 public:
  Context(std::istream& input, std::ostream& output, std::ostream& errors)
      : in(input), out(output), err(errors) {}

  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::string config_path;               ///< --config
  std::vector<std::string> assignments;  ///< --setting
  int exit_code = exit_ok;

  /// The configuration, read on first use; its warnings go to stderr once.
  const Config& config();
  /// Settings of a target; with neither name nor URL the only configured database.
  /// Throws: ConfigError that says how to name one.
  config::DatabaseSettings settings(const Target& target);
  /// The same of a document store: a name under documents:, or what settings() knows.
  config::DatabaseSettings document_settings(const Target& target);
  Database open(const Target& target, const OpenOptions& options = {});

 private:
  std::optional<Config> config_;
};

/// The first line of a file. Throws: ConfigError when it cannot be read.
base::Secret read_password_file(const std::string& path);
/// Prepares the named statements of every configured database that answers, and tells each that
/// cannot run on stderr; false when there is one.
bool check_statements(const config::Settings& settings, Context& context);
/// Adds NAME, --url and --password-file to a command.
void add_target(CLI::App& command, Target& target);

void add_backends(CLI::App& app, Context& context);
void add_config(CLI::App& app, Context& context);
void add_connect(CLI::App& app, Context& context);
void add_doc(CLI::App& app, Context& context);
void add_health(CLI::App& app, Context& context);
void add_list(CLI::App& app, Context& context);
void add_metrics(CLI::App& app, Context& context);
void add_serve(CLI::App& app, Context& context);
void add_sql(CLI::App& app, Context& context);
void add_translate(CLI::App& app, Context& context);
void add_tx(CLI::App& app, Context& context);

/// Prints an error as the command does: one line of ours, then the server's words and the place.
void print_error(std::ostream& err, const Error& error);
/// The exit code that belongs to an error.
int exit_code_of(const Error& error) noexcept;

/// Overwrites passwords within URLs, which every process of the machine could read; copy the
/// arguments first.
void hide_passwords(int argc, char** argv);
/// Parses the arguments and runs the command they name.
int run(int argc, const char* const* argv, Context& context);

}  // namespace iacdb::cli
