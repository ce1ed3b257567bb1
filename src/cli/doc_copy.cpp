// iacdb doc copy: collections from one store to another, with a proof at the end.
//
// A copy that was killed is run again: the source is read from the start, and a document that the
// target has already, byte for byte, is left as it is. So nothing has to be remembered; what is
// there is asked for a batch at a time.

#include "cli/doc_copy.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <iacdb/documents.hpp>
#include <ostream>
#include <thread>

#include "cli/doc_copy_collection.hpp"
#include "cli/doc_definitions.hpp"
#include "cli/doc_open.hpp"
#include "cli/shell/interrupt.hpp"

namespace iacdb::cli {
namespace {

struct CopyOptions {
  Target source;
  Target target;
  std::vector<std::string> collections;
  std::string pipeline;
  unsigned jobs = 4;
  bool dry_run = false;
};

/// The definitions of the source's collections, as listCollections tells them.
std::vector<Document> definitions(DocumentStore& store, const CopyOptions& options) {
  std::vector<std::string> names = options.collections;
  if (names.empty()) names = store.collections();
  if (names.empty())
    raise(ErrorKind::config, "the source has no collections; is it the right one?");
  std::vector<Document> out;
  for (const std::string& name : names) {
    out.push_back(definition_of(store, name));
  }
  return out;
}

/// A view has a definition alone: what it shows comes from the collections.
bool is_view(const Document& definition) {
  return definition.has("options.viewOn");
}

/// Creates the collection with the source's options; one that is there must have the same.
void create_like(DocumentStore& target, const Document& definition) {
  const std::string name = *definition.text("name");
  const Document wanted = definition.document("options").value_or(Document());
  const auto there = find_definition(target, name);
  if (!there) {
    target.create(name, wanted);
  } else if (there->document("options").value_or(Document()) != wanted) {
    raise(ErrorKind::data,
          "the target's collection " + name + " has other options (validator, collation ...)");
  }
}

/// Tries in a transaction that is taken back. The reason why not, or "".
std::string refusal(DocumentStore& target, const std::function<void(DocumentStore&)>& work) {
  struct TakenBack {};
  try {
    target.transact([&work](DocumentStore& inside) {
      work(inside);
      throw TakenBack{};
    });
  } catch (const TakenBack&) {
  } catch (const Error& error) {
    return error.facts().message;
  }
  return "";
}

void dry_run(DocumentStore& source, DocumentStore& target, const Document& definition,
             const CopyOptions& options, Context& context) {
  const std::string name = *definition.text("name");
  const std::string trial = "iacdb_dry_run";
  const Document wanted = definition.document("options").value_or(Document());
  if (!is_view(definition)) {
    context.out << name << ": " << source.collection(name).count() << " documents";
    if (!options.pipeline.empty()) {
      std::uint64_t count = 0;
      for (const Document& document : source.collection(name).aggregate(options.pipeline.c_str())) {
        check_has_id(document);
        ++count;
      }
      context.out << ", " << count << " after the pipeline";
    }
    context.out << '\n';
  }
  const auto report = [&](const std::string& what, const std::string& why) {
    if (why.empty()) return;
    context.out << name << ": " << what << " will not carry over: " << why << '\n';
    context.exit_code = exit_failed;
  };
  report("its options",
         refusal(target, [&](DocumentStore& inside) { create_like(inside, definition); }));
  if (is_view(definition)) return;
  for (const Document& index : indexes_beside_id(source.collection(name))) {
    report("index " + index.text("name").value_or(""), refusal(target, [&](DocumentStore& inside) {
             inside.create(trial, wanted);
             inside.run(create_indexes_command(trial, index));
           }));
  }
}

/// Copies a collection, or makes a view; what there is to tell of it.
std::string copy_one(DocumentStore& source, DocumentStore& target, const Document& definition,
                     const std::string& pipeline, CopyProgress& progress) {
  const std::string name = *definition.text("name");
  create_like(target, definition);
  if (is_view(definition)) return name + ": a view, the same in both\n";
  Collection from = source.collection(name);
  CollectionCopy copy(from, target.collection(name), pipeline, progress);
  copy.run();
  for (const Document& index : indexes_beside_id(from)) {
    target.run(create_indexes_command(name, index));
  }
  const Proof there = proof_of(target.collection(name));
  if (there != copy.read()) {
    raise(ErrorKind::data, "collection " + name + " is not the same: source " + copy.read().text() +
                               "; target " + there.text());
  }
  return name + ": " + there.text() + ", the same in both; " +
         std::to_string(there.count - copy.present()) + " written, " +
         std::to_string(copy.present()) + " there before\n";
}

/// Several at once, told in the order of their definitions. The first failure ends all.
void copy_all(DocumentStore& source, DocumentStore& target,
              const std::vector<Document>& definitions, const CopyOptions& options, unsigned jobs,
              Context& context) {
  ProgressTotals totals;
  for (const Document& definition : definitions) {
    if (is_view(definition) || !options.pipeline.empty()) continue;
    totals.rows += static_cast<std::uint64_t>(source.collection(*definition.text("name")).count());
  }
  Interrupt interrupt(true);
  const Interrupt::Watch watch = interrupt.watch();
  CopyProgress progress(context.err, isatty(STDERR_FILENO) != 0, totals, watch.token());
  std::vector<std::promise<std::string>> told(definitions.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < definitions.size(); i = next++) {
      try {
        told[i].set_value(copy_one(source, target, definitions[i], options.pipeline, progress));
      } catch (...) {
        progress.stop();
        told[i].set_exception(std::current_exception());
      }
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < jobs && i < definitions.size(); ++i) threads.emplace_back(work);
  std::string lines;
  std::exception_ptr failed;
  for (std::promise<std::string>& one : told) {
    try {
      lines += one.get_future().get();
    } catch (const Error& error) {
      // That the others ended, too, is not the reason.
      if (!failed || error.kind() != ErrorKind::cancelled) failed = std::current_exception();
    } catch (...) {
      failed = std::current_exception();
    }
  }
  if (!failed) progress.finish();
  context.out << lines;
  if (failed && watch.fired()) {
    context.err << "iacdb: interrupted; what is copied is kept: run it again to go on\n";
    context.exit_code = exit_interrupted;
    return;
  }
  if (failed) std::rethrow_exception(failed);
}

/// Whether both name one store, so that a copy would read what it writes.
bool is_same_store(const config::DatabaseSettings& a, const config::DatabaseSettings& b) {
  if (a.connection.backend != b.connection.backend) return false;
  if (a.connection.backend == "sqlite") {
    std::error_code missing;
    return std::filesystem::equivalent(a.connection.database, b.connection.database, missing);
  }
  return a.connection.database == b.connection.database && a.connection.hosts == b.connection.hosts;
}

/// Stages that write would do so in the source.
void check_pipeline(const std::string& pipeline) {
  if (pipeline.empty()) return;
  const DocumentOrPipeline stages(pipeline.c_str());
  if (!stages.is_pipeline()) {
    raise(ErrorKind::config, "--pipeline takes a JSON array of stages");
  }
  for (const Document& stage : stages.stages()) {
    if (stage.has("$out") || stage.has("$merge")) {
      raise(ErrorKind::config, "--pipeline may not write: leave $out and $merge out");
    }
  }
}

void run_copy(const CopyOptions& options, Context& context) {
  check_pipeline(options.pipeline);
  if (is_same_store(context.document_settings(options.source),
                    context.document_settings(options.target))) {
    raise(ErrorKind::config, "source and target are the same store");
  }
  // SQLite has one writer at a time.
  const bool alone = context.document_settings(options.target).connection.backend == "sqlite";
  const unsigned jobs = alone ? 1 : options.jobs;
  const OpenOptions open{.pool = PoolOptions{.open_max = 2 * jobs + 2}};
  DocumentStore source = open_document_store(context, options.source, open);
  DocumentStore target = open_document_store(context, options.target, open);
  const std::vector<Document> all = definitions(source, options);
  if (options.dry_run) {
    for (const Document& definition : all) dry_run(source, target, definition, options, context);
  } else {
    copy_all(source, target, all, options, jobs, context);
  }
  context.out.flush();
  if (!context.out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
}

}  // namespace

void add_doc_copy(CLI::App& group, Context& context) {
  auto options = std::make_shared<CopyOptions>();
  CLI::App* copy = group.add_subcommand(
      "copy", "Copy collections to another store, with options and indexes, and prove it");
  copy->add_option("source", options->source.name, "A configured name, or a URL")->required();
  copy->add_option("target", options->target.name, "A configured name, or a URL")->required();
  copy->add_option("--collection", options->collections, "Only this one; may be repeated")
      ->allow_extra_args(false);
  copy->add_option("--pipeline", options->pipeline,
                   "Aggregation stages that each document goes through, as a JSON array");
  copy->add_option("--jobs", options->jobs, "How many collections at once; to SQLite always one")
      ->capture_default_str()
      ->check(CLI::Range(1U, 64U));
  copy->add_flag("--dry-run", options->dry_run, "Write nothing; say what will not carry over");
  copy->footer(R"(A copy that was interrupted is run again: what the target has already is kept.

Examples:
  iacdb doc copy sqlite:shop.db postgres://app@localhost/shop
  iacdb doc copy shop sqlite:backup.db --collection people --dry-run)");
  copy->callback([options, &context] { run_copy(*options, context); });
}

}  // namespace iacdb::cli
