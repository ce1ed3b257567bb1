// iacdb doc import: documents of a file into a collection, in constant memory.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iacdb/documents.hpp>
#include <istream>
#include <ostream>
#include <sstream>

#include "cli/doc_definitions.hpp"
#include "cli/doc_formats.hpp"
#include "cli/doc_open.hpp"
#include "cli/doc_transfer.hpp"
#include "cli/shell/interrupt.hpp"
#include "cli/shell/progress.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t batch_documents = 1000;
constexpr std::size_t batch_bytes = 4 * 1024 * 1024;

struct ImportOptions {
  Target target;
  std::string collection;
  std::string file = "-";
  std::string format;
  std::string mode = "insert";
  std::vector<std::string> key = {"_id"};
  std::uint64_t errors_max = 0;
  bool drop = false;
  bool unvalidated = false;
  bool typed_header = false;
  bool ignores_empty = false;
};

/// Batches on their way into a collection; errors name the file and the line.
class Import {
 public:
  Import(const ImportOptions& options, Collection collection, DocumentReader& reader,
         Progress& progress, std::stop_token interrupted, Context& context)
      : options_(options),
        interrupted_(std::move(interrupted)),
        collection_(std::move(collection)),
        reader_(reader),
        progress_(progress),
        context_(context) {}

  void run() {
    while (!stopped_ && !interrupted_.stop_requested()) {
      std::optional<Document> document;
      try {
        document = reader_.next();
        if (!document) break;
      } catch (const DataError& error) {
        write();  // What came before it is told first.
        refuse(reader_.line(), error.facts().message);
        if (reader_.is_lost()) break;
        continue;
      }
      if (const std::string why = lacks_key(*document); !why.empty()) {
        write();
        if (!stopped_) refuse(reader_.line(), why);
        continue;
      }
      bytes_ += document->bytes().size();
      batch_.push_back(*std::move(document));
      lines_.push_back(reader_.line());
      if (batch_.size() >= batch_documents || bytes_ >= batch_bytes) write();
    }
    if (!stopped_ && !interrupted_.stop_requested()) write();
  }
  std::uint64_t written() const { return written_; }
  std::uint64_t refused() const { return refused_; }

 private:
  /// Why the document cannot be written by its key; "" when it can.
  std::string lacks_key(const Document& document) const {
    if (options_.mode == "insert") return "";
    for (const std::string& field : options_.key) {
      if (!document.has(field)) return "the document has no " + field + ", which is the key";
    }
    // As a replacement it would be taken for operators of an update.
    const bool is_operator = document.to_json().starts_with(R"({"$)");
    return is_operator ? "the document's first field begins with $" : "";
  }

  void refuse(std::uint64_t line, const std::string& why) {
    progress_.clear();
    const bool bson = chosen_format(options_.format, options_.file) == DocFormat::bson;
    context_.err << "iacdb: " << (options_.file == "-" ? "standard input" : options_.file)
                 << (bson ? ", document " : ":") << line << ": " << why << '\n';
    stopped_ = ++refused_ > options_.errors_max;
  }

  void write() {
    if (batch_.empty()) return;
    const bool stops = options_.errors_max == 0;
    std::vector<Document> errors;
    if (options_.mode == "insert") {
      InsertResult done = collection_.insert_many(
          batch_, {.ordered = stops, .validate = !options_.unvalidated, .keep_errors = true});
      written_ += static_cast<std::uint64_t>(done.inserted);
      errors = std::move(done.errors);
    } else {
      errors = write_by_key();
    }
    for (const Document& error : errors) {
      refuse(lines_.at(static_cast<std::size_t>(error.integer("index").value_or(0))),
             error.text("errmsg").value_or("refused"));
    }
    progress_.add(batch_.size(), reader_.bytes() - counted_);
    counted_ = reader_.bytes();
    batch_.clear();
    lines_.clear();
    bytes_ = 0;
  }

  /// Replaces or merges what has the same key, and inserts the rest.
  std::vector<Document> write_by_key() {
    std::vector<WriteModel> writes;
    for (const Document& document : batch_) {
      WriteModel one{.kind = WriteModel::replace_one, .change = document};
      one.options.upsert = true;
      std::string filter = "{";
      for (const std::string& field : options_.key) {
        const std::string json = document.value_json(field, JsonForm::canonical);
        filter += (filter.size() > 1 ? ", " : "") + json_text(field) +
                  ": {\"$eq\": " + (json.empty() ? "null" : json) + "}";
      }
      one.filter = Document::from_json(filter + "}");
      if (options_.mode == "merge") {
        one.kind = WriteModel::update_one;
        one.change = DocumentOrPipeline(
            ("{\"$set\": " + document.to_json(JsonForm::canonical) + "}").c_str());
      }
      writes.push_back(std::move(one));
    }
    BulkResult done = collection_.bulk_write(writes, false);
    written_ += static_cast<std::uint64_t>(done.matched + done.upserted);
    return std::move(done.errors);
  }

  const ImportOptions& options_;
  std::stop_token interrupted_;
  Collection collection_;
  DocumentReader& reader_;
  Progress& progress_;
  Context& context_;
  std::vector<Document> batch_;
  std::vector<std::uint64_t> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t refused_ = 0;
  bool stopped_ = false;
};

/// The metadata beside a BSON dump, where there is some.
std::optional<Document> metadata_of(const ImportOptions& options) {
  if (options.file == "-" || chosen_format(options.format, options.file) != DocFormat::bson) {
    return std::nullopt;
  }
  std::ifstream file(metadata_path(options.file));
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return Document::from_json(text.str());
}

void create_as_dumped(DocumentStore& store, const ImportOptions& options,
                      const Document& metadata) {
  const Document wanted = metadata.document("options").value_or(Document());
  if (!find_definition(store, options.collection)) store.create(options.collection, wanted);
}

void tell_interrupted(std::uint64_t written, Progress& progress, Context& context) {
  progress.clear();
  context.err << "iacdb: interrupted; " << written
              << " documents are imported and kept; to go on, run it again with --mode replace\n";
  context.exit_code = exit_interrupted;
}

void import_from(std::istream& in, std::uint64_t size, const std::stop_token& interrupted,
                 const ImportOptions& options, Context& context) {
  const auto metadata = metadata_of(options);
  DocumentStore store =
      open_document_store(context, options.target, {.pool = PoolOptions{.open_max = 2}});
  Collection collection = store.collection(options.collection);
  if (options.drop) collection.drop();
  if (metadata) create_as_dumped(store, options, *metadata);
  const auto reader = document_reader(in, {.format = chosen_format(options.format, options.file),
                                           .typed_header = options.typed_header,
                                           .ignores_empty = options.ignores_empty});
  Progress progress(context.err, isatty(STDERR_FILENO) != 0, {.bytes = size});
  Import import(options, collection, *reader, progress, interrupted, context);
  try {
    import.run();
  } catch (...) {
    progress.clear();
    if (import.written() > 0) {
      context.err << "iacdb: stopped; " << import.written() << " documents are imported and kept\n";
    }
    throw;
  }
  if (interrupted.stop_requested()) return tell_interrupted(import.written(), progress, context);
  progress.finish();
  if (metadata && import.refused() == 0) {
    for (const Document& index : metadata->documents("indexes").value_or(std::vector<Document>{})) {
      if (index.text("name") == "_id_") continue;
      store.run(create_indexes_command(options.collection, index));
    }
  }
  context.out << "imported " << import.written()
              << (import.written() == 1 ? " document" : " documents");
  if (import.refused() > 0) {
    context.out << "; refused " << import.refused()
                << (import.refused() > options.errors_max ? ", and stopped there" : "");
    context.exit_code = exit_failed;
  }
  context.out << '\n';
}

void run_import(const ImportOptions& options, Context& context) {
  if (options.mode != "insert" && options.mode != "replace" && options.mode != "merge") {
    raise(ErrorKind::config,
          "no mode is called " + options.mode + "; there are insert, replace and merge");
  }
  // What waits for standard input is ended by Ctrl-C at once.
  if (options.file == "-") return import_from(context.in, 0, {}, options, context);
  std::ifstream file(options.file, std::ios::binary);
  if (!file || std::filesystem::is_directory(options.file)) {
    raise(ErrorKind::config, "cannot read " + options.file);
  }
  std::error_code unknown;
  const auto size = std::filesystem::file_size(options.file, unknown);
  Interrupt interrupt(true);
  const Interrupt::Watch watch = interrupt.watch();
  import_from(file, unknown ? 0 : size, watch.token(), options, context);
}

}  // namespace

void add_doc_import(CLI::App& group, Context& context) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = group.add_subcommand(
      "import", "Read documents into a collection: NDJSON, JSON, BSON as of mongodump, or CSV");
  command->add_option("store", options->target.name, "A configured name, or a URL")->required();
  command->add_option("collection", options->collection, "The collection")->required();
  command->add_option("file", options->file, "The file; standard input without it, or for -");
  command->add_option("--password-file", options->target.password_file,
                      "File whose first line is the password");
  command->add_option("--format", options->format,
                      "ndjson, json, bson or csv; otherwise as the file's name ends, or ndjson");
  command->add_option("--mode", options->mode,
                      "insert; replace or merge what has the same key, and insert the rest");
  command->add_option("--key", options->key, "The fields of the key; _id without it")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--max-errors", options->errors_max,
                      "Go on until more than so many documents were refused");
  command->add_flag("--drop", options->drop, "Drop the collection first");
  command->add_flag("--bypass-validation", options->unvalidated,
                    "Do not let the collection's validator look at them");
  command->add_flag("--typed-header", options->typed_header,
                    "csv: names carry a type: name.string(),age.int32(),born.date()");
  command->add_flag("--ignore-empty", options->ignores_empty, "csv: an empty cell is no field");
  command->footer(
      R"(Beside a .bson file its .metadata.json, if there is one, gives options and indexes.

Examples:
  iacdb doc import sqlite:shop.db people people.ndjson
  iacdb doc import shop people people.csv --typed-header --mode replace --key email)");
  command->callback([options, &context] { run_import(*options, context); });
}

}  // namespace iacdb::cli
