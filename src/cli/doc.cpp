// iacdb doc: documents. `doc run` reads MongoDB commands, a line each, and answers each with a
// line.

#include <iacdb/documents.hpp>
#include <istream>
#include <ostream>

#include "cli/command.hpp"
#include "cli/doc_advise.hpp"
#include "cli/doc_copy.hpp"
#include "cli/doc_open.hpp"
#include "cli/doc_transfer.hpp"
#include "core/json.hpp"

namespace iacdb::cli {
namespace {

struct DocOptions {
  Target target;
  std::vector<std::string> commands;
  bool relaxed = false;
};

bool blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

/// The reply to a line that is no command at all.
Document malformed(const Error& error) {
  std::string text;
  for (const char c : error.facts().message) {
    if (c == '"' || c == '\\') text += '\\';
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return Document::from_json(R"({"ok": {"$numberDouble": "0.0"}, "errmsg": ")" + text +
                             R"(", "code": {"$numberInt": "9"}, "codeName": "FailedToParse"})");
}

void answer(DocumentStore& store, const std::string& line, const DocOptions& options,
            Context& context) {
  Document reply;
  try {
    reply = store.reply_to(Document::from_json(line));
  } catch (const DataError& error) {
    reply = malformed(error);
  }
  context.out << reply.to_json(options.relaxed ? JsonForm::relaxed : JsonForm::canonical) << '\n';
  context.out.flush();
  // Writes whose replies nobody sees are not begun.
  if (!context.out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
}

void run_commands(const DocOptions& options, Context& context) {
  DocumentStore store =
      open_document_store(context, options.target, {.pool = PoolOptions{.open_max = 8}});
  for (const std::string& command : options.commands) answer(store, command, options, context);
  if (!options.commands.empty()) return;
  for (std::string line; std::getline(context.in, line);) {
    if (!blank(line)) answer(store, line, options, context);
  }
}

struct ExpireOptions {
  Target target;
  std::string collection;
};

void run_expire(const ExpireOptions& options, Context& context) {
  DocumentStore store =
      open_document_store(context, options.target, {.pool = PoolOptions{.open_max = 2}});
  std::string request = R"({"expireDocuments": 1)";
  if (!options.collection.empty()) {
    request += R"(, "collection": )";
    core::append_json_string(request, options.collection);
  }
  const Document reply = store.run(Document::from_json(request + "}"));
  for (const Document& index : reply.documents("indexes").value_or(std::vector<Document>{})) {
    context.out << *index.text("collection") << ' ' << *index.text("index") << ": "
                << *index.integer("n") << " expired\n";
  }
  for (const Document& error : reply.documents("errors").value_or(std::vector<Document>{})) {
    context.err << "iacdb: " << *error.text("collection") << ' ' << *error.text("index") << ": "
                << *error.text("errmsg") << '\n';
    context.exit_code = exit_failed;
  }
}

void add_expire(CLI::App& group, Context& context) {
  auto options = std::make_shared<ExpireOptions>();
  CLI::App* expire = group.add_subcommand(
      "expire", "Remove the documents that are past the expireAfterSeconds of an index");
  add_target(*expire, options->target);
  expire->add_option("--collection", options->collection, "Only this one");
  expire->footer(R"(Small transactions, one after the other. Run it from a timer.

Examples:
  iacdb doc expire sqlite:shop.db
  iacdb doc expire postgres://app@localhost/shop --collection sessions)");
  expire->callback([options, &context] { run_expire(*options, context); });
}

}  // namespace

void add_doc(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("doc", "Documents with MongoDB's query language");
  group->require_subcommand(1);
  auto options = std::make_shared<DocOptions>();
  CLI::App* run = group->add_subcommand(
      "run", "Run MongoDB commands: one Extended JSON document a line in, one reply a line out");
  add_target(*run, options->target);
  run->add_option("-c,--command", options->commands,
                  "A command to run instead of standard input's; may be repeated")
      ->allow_extra_args(false);
  run->add_flag("--relaxed", options->relaxed, "Answer in relaxed Extended JSON");
  run->footer(R"(Examples:
  echo '{"insert": "people", "documents": [{"name": "Ada"}]}' | iacdb doc run sqlite:shop.db
  iacdb doc run postgres://app@localhost/shop -c '{"find": "people", "filter": {"name": "Ada"}}')");
  run->callback([options, &context] { run_commands(*options, context); });
  add_expire(*group, context);
  add_doc_copy(*group, context);
  add_doc_import(*group, context);
  add_doc_export(*group, context);
  add_doc_advise(*group, context);
}

}  // namespace iacdb::cli
