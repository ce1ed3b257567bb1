// iacdb tx list|recover: what transactions over several databases left behind, and ending it.

#include <map>
#include <ostream>

#include "cli/command.hpp"
#include "core/json.hpp"
#include "database/decision_log.hpp"
#include "database/recovery.hpp"

namespace iacdb::cli {
namespace {

constexpr std::chrono::seconds list_timeout{10};

struct TxOptions {
  std::vector<std::string> databases;
  std::string log;
  std::string password_file;
  std::uint32_t timeout_s = 30;
  bool json = false;
};

void add_options(CLI::App& command, TxOptions& options) {
  command.add_option("databases", options.databases,
                     "Configured names or URLs; without any, all configured databases");
  command.add_option("--password-file", options.password_file,
                     "File whose first line is the password of every database named here");
  command.add_flag("--json", options.json, "One JSON object a line");
}

/// Opens what was named; one that does not answer is told and makes the command fail.
std::vector<Database> open_all(Context& context, const TxOptions& options) {
  std::vector<std::string> names = options.databases;
  if (names.empty()) names = context.config().names();
  if (names.empty()) raise(ErrorKind::config, "no database is configured; name one, or give a URL");
  std::vector<Database> databases;
  for (const std::string& name : names) {
    try {
      databases.push_back(context.open(Target{name, "", options.password_file},
                                       {.pool = PoolOptions{.open_max = 2, .idle_max = 2}}));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::config) throw;
      print_error(context.err, error);
      context.exit_code = exit_code_of(error);
    }
  }
  return databases;
}

void print_branch(Context& context, bool json, const PreparedBranch& branch,
                  std::string_view what) {
  if (!json) {
    context.out << branch.transaction << "  branch " << branch.number << " on " << branch.database
                << "  " << what << '\n';
    return;
  }
  std::string line = "{\"transaction\":";
  core::append_json_string(line, branch.transaction);
  line += ",\"branch\":" + std::to_string(branch.number) + ",\"database\":";
  core::append_json_string(line, branch.database);
  line += ",\"decision\":";
  core::append_json_string(line, to_string(branch.decision));
  line += ",\"state\":";
  core::append_json_string(line, what);
  context.out << line << "}\n";
}

/// What a log that may be at work says about a branch.
Decision decide(const PreparedBranch& branch, const database::Decisions& log, bool is_open) {
  if (!branch.transaction.starts_with(log.prefix())) return Decision::unknown;
  if (log.is_committed(branch.transaction)) return Decision::commit;
  return is_open ? Decision::undecided : Decision::rollback;
}

void list(Context& context, const TxOptions& options) {
  const auto databases = open_all(context, options);
  // The branches first: a decision that is made meanwhile is then in the log.
  auto found = database::find_prepared(databases, list_timeout);
  if (!options.log.empty()) {
    bool is_open = false;
    const auto log = database::DecisionLog::read(options.log, is_open);
    for (PreparedBranch& branch : found) branch.decision = decide(branch, log, is_open);
  }
  for (const PreparedBranch& branch : found) {
    print_branch(context, options.json, branch,
                 std::string("prepared, decision ") + std::string(to_string(branch.decision)));
  }
  if (found.empty() && !options.json) context.out << "no branch is prepared\n";
}

void recover(Context& context, const TxOptions& options) {
  Coordinator coordinator(options.log, {.timeout = std::chrono::seconds(options.timeout_s)});
  const Recovery recovery = coordinator.recover(open_all(context, options));
  const auto print_all = [&](const std::vector<PreparedBranch>& branches, std::string_view what) {
    for (const PreparedBranch& branch : branches) {
      print_branch(context, options.json, branch, what);
    }
  };
  print_all(recovery.committed, "committed");
  print_all(recovery.rolled_back, "rolled back");
  for (const PreparedBranch& branch : recovery.left) {
    print_branch(
        context, options.json, branch,
        branch.decision == Decision::unknown ? "left: another log's" : "left: not reached");
  }
  for (const std::string& problem : recovery.problems) {
    context.err << "iacdb: " << problem << '\n';
  }
  if (!options.json) {
    context.out << recovery.committed.size() << " committed, " << recovery.rolled_back.size()
                << " rolled back, " << recovery.left.size() << " left\n";
  }
  if (!recovery.problems.empty() && context.exit_code == exit_ok) context.exit_code = exit_failed;
}

}  // namespace

void add_tx(CLI::App& app, Context& context) {
  CLI::App* tx =
      app.add_subcommand("tx", "List or recover branches of transactions over several databases");
  tx->require_subcommand(1);

  auto listing = std::make_shared<TxOptions>();
  CLI::App* list_command =
      tx->add_subcommand("list", "Show the branches that databases hold prepared");
  add_options(*list_command, *listing);
  list_command->add_option("--log", listing->log,
                           "The coordinator's decision log: shows how each branch will end; it "
                           "may be in use");
  list_command->footer(
      "Examples:\n  iacdb tx list\n  iacdb tx list orders stock --log /var/lib/shop/decisions.log\n"
      "\nExit codes: 0 listed, 2 usage or configuration, 4 a database cannot be reached.");
  list_command->callback([listing, &context] { list(context, *listing); });

  auto recovering = std::make_shared<TxOptions>();
  CLI::App* recover_command = tx->add_subcommand(
      "recover", "End the branches a crashed coordinator left, as its decision log says");
  add_options(*recover_command, *recovering);
  recover_command
      ->add_option("--log", recovering->log,
                   "The coordinator's decision log; refused while a coordinator has it open")
      ->required()
      ->check(CLI::ExistingFile);
  recover_command->add_option("--timeout", recovering->timeout_s,
                              "Seconds to try for; 30 by default");
  recover_command->footer(
      "Committed where the log holds the decision, rolled back where it does not. Branches of\n"
      "other coordinators are left alone.\n\n"
      "Example:\n  iacdb tx recover orders stock --log /var/lib/shop/decisions.log\n"
      "\nExit codes: 0 nothing of this log is left, 1 a branch could not be ended, 2 usage or\n"
      "configuration or the log is in use, 4 a database cannot be reached.");
  recover_command->callback([recovering, &context] { recover(context, *recovering); });
}

}  // namespace iacdb::cli
