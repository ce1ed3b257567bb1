// iacdb doc export: a collection as a file, in constant memory.

#include <unistd.h>

#include <fstream>
#include <iacdb/documents.hpp>
#include <ostream>

#include "cli/doc_definitions.hpp"
#include "cli/doc_formats.hpp"
#include "cli/doc_open.hpp"
#include "cli/doc_transfer.hpp"
#include "cli/part_path.hpp"
#include "cli/shell/progress.hpp"

namespace iacdb::cli {
namespace {

struct ExportOptions {
  Target target;
  std::string collection;
  std::string file;
  std::string format;
  std::vector<std::string> fields;
  std::string filter = "{}";
  std::string projection = "{}";
  std::string sort = "{}";
  std::int64_t limit = 0;
  bool canonical = false;
};

WriteFormat write_format(const ExportOptions& options) {
  WriteFormat out{.form = options.canonical ? JsonForm::canonical : JsonForm::relaxed,
                  .fields = options.fields};
  out.format = chosen_format(options.format, options.file);
  if (out.format == DocFormat::csv && out.fields.empty()) {
    raise(ErrorKind::config, "csv needs the columns: --fields name,address.city");
  }
  if (out.format != DocFormat::csv && !out.fields.empty()) {
    raise(ErrorKind::config, "--fields are the columns of csv; other formats take --projection");
  }
  return out;
}

/// Writes to a file beside the one that is asked for, which it becomes when all went well.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path) : file_(part_of(path)), out_(open_part(file_)) {
    if (!out_) raise(ErrorKind::resource, "cannot write " + file_.part);
  }
  ~OutputFile() {
    if (!done_) remove_part(file_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  std::ostream& stream() { return out_; }
  void keep() {
    out_.close();
    if (!out_ || !name_part(file_)) {
      raise(ErrorKind::resource, "cannot write " + file_.whole + "; is the disk full?");
    }
    done_ = true;
  }

 private:
  PartFile file_;
  std::ofstream out_;
  bool done_ = false;
};

std::uint64_t write_documents(Collection collection, const ExportOptions& options,
                              const WriteFormat& format, std::ostream& out, Context& context) {
  const bool to_file = !options.file.empty();
  const Filter filter(options.filter.c_str());
  ProgressTotals totals;
  const bool shows = to_file && isatty(STDERR_FILENO) != 0;
  if (shows) totals.rows = static_cast<std::uint64_t>(collection.count(filter));
  Progress progress(context.err, shows, totals);
  const auto writer = document_writer(out, format);
  std::uint64_t written = 0;
  for (const Document& document :
       collection.find(filter, {.projection = Document::from_json(options.projection),
                               .sort = Document::from_json(options.sort),
                               .limit = options.limit})) {
    writer->write(document);
    if (!out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
    progress.add(1, document.bytes().size());
    ++written;
  }
  writer->finish();
  out.flush();
  if (!out) raise(ErrorKind::resource, "the output cannot be written; is the disk full?");
  progress.finish();
  return written;
}

void run_export(const ExportOptions& options, Context& context) {
  const WriteFormat format = write_format(options);
  DocumentStore store =
      open_document_store(context, options.target, {.pool = PoolOptions{.open_max = 2}});
  const Document definition = definition_of(store, options.collection);
  Collection collection = store.collection(options.collection);
  if (options.file.empty()) {
    write_documents(collection, options, format, context.out, context);
    return;
  }
  OutputFile file(options.file);
  const std::uint64_t written =
      write_documents(collection, options, format, file.stream(), context);
  file.keep();
  if (format.format == DocFormat::bson) {
    OutputFile metadata(metadata_path(options.file));
    metadata.stream() << metadata_json(definition, indexes_beside_id(collection)) << '\n';
    metadata.keep();
  }
  context.out << "exported " << written << (written == 1 ? " document\n" : " documents\n");
}

}  // namespace

void add_doc_export(CLI::App& group, Context& context) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = group.add_subcommand(
      "export", "Write a collection to a file or standard output: NDJSON, JSON, BSON or CSV");
  command->add_option("store", options->target.name, "A configured name, or a URL")->required();
  command->add_option("collection", options->collection, "The collection, or a view")->required();
  command->add_option("--password-file", options->target.password_file,
                      "File whose first line is the password");
  command->add_option("-o,--output", options->file, "The file; without it, standard output");
  command->add_option("--format", options->format,
                      "ndjson, json, bson or csv; otherwise as the file's name ends, or ndjson");
  command->add_option("--fields", options->fields, "csv: the columns, as name,address.city")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--filter", options->filter, "MongoDB's filter; all documents without it");
  command->add_option("--projection", options->projection, "MongoDB's projection");
  command->add_option("--sort", options->sort, "MongoDB's sort; insertion order without it");
  command->add_option("--limit", options->limit, "At most so many")->check(CLI::NonNegativeNumber);
  command->add_flag("--canonical", options->canonical,
                    "Canonical Extended JSON, which keeps every type; relaxed without it");
  command->footer(
      R"(A .bson file has a .metadata.json beside it, with options and indexes, as mongodump writes them.

Examples:
  iacdb doc export sqlite:shop.db people -o people.ndjson
  iacdb doc export shop people --format csv --fields name,age --filter '{"age": {"$gte": 18}}')");
  command->callback([options, &context] { run_export(*options, context); });
}

}  // namespace iacdb::cli
