// iacdb doc copy: collections from one store to another, with a proof at the end.
//
// A copy that was killed is run again: the source is read from the start, and a document that the
// target has already, byte for byte, is left as it is. So nothing has to be remembered.

#include "cli/doc_copy.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <iacdb/documents.hpp>
#include <ostream>

#include "base/checksum.hpp"
#include "cli/doc_definitions.hpp"
#include "cli/doc_open.hpp"
#include "cli/shell/progress.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t batch_documents = 1000;
constexpr std::size_t batch_bytes = 4 * 1024 * 1024;

struct CopyOptions {
  Target source;
  Target target;
  std::vector<std::string> collections;
  std::string pipeline;
  bool dry_run = false;
};

/// Count and checksum of documents, whatever their order.
struct Proof {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;

  void add(const std::string& bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, 64 bits
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash ^= std::uint64_t{base::crc32c(bytes)} << 32;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;  // spread, so that sums do not cancel out
    sum += hash ^ (hash >> 33);
    ++count;
  }
  bool operator==(const Proof&) const = default;
  std::string text() const {
    char digits[17];
    std::snprintf(digits, sizeof(digits), "%016llx", static_cast<unsigned long long>(sum));
    return std::to_string(count) + " documents, checksum " + digits;
  }
};

class CollectionCopy {
 public:
  /// `pipeline`: what the documents go through on the way; empty: nothing.
  CollectionCopy(Collection source, Collection target, std::string pipeline, Progress& progress)
      : source_(std::move(source)),
        target_(std::move(target)),
        pipeline_(std::move(pipeline)),
        progress_(progress) {}

  void run() {
    for (const Document& document :
         pipeline_.empty() ? source_.find() : source_.aggregate(pipeline_.c_str())) {
      if (!document.has("_id")) {
        raise(ErrorKind::data, "the pipeline takes _id away, by which a copy knows its documents");
      }
      read_.add(document.bytes());
      bytes_ += document.bytes().size();
      batch_.push_back(document);
      if (batch_.size() >= batch_documents || bytes_ >= batch_bytes) write();
    }
    write();
  }
  const Proof& read() const { return read_; }
  std::uint64_t present() const { return present_; }

 private:
  void write() {
    if (batch_.empty()) return;
    const InsertResult done =
        target_.insert_many(batch_, {.ordered = false, .validate = false, .keep_errors = true});
    for (const Document& error : done.errors) settle(error);
    progress_.add(batch_.size(), bytes_);
    batch_.clear();
    bytes_ = 0;
  }

  /// A document that was not inserted must be in the target already, the same.
  void settle(const Document& error) {
    const Document& document = batch_.at(static_cast<std::size_t>(*error.integer("index")));
    const std::string id = document.value_json("_id", JsonForm::canonical);
    const std::string filter = "{\"_id\": {\"$eq\": " + id + "}}";
    const std::optional<Document> there = target_.find_one(filter.c_str());
    if (!there) {
      raise(ErrorKind::data, "the target's collection " + source_.name() +
                                 " refuses a document, by another index than that of _id");
    }
    if (*there != document) {
      raise(ErrorKind::data, "the target's collection " + source_.name() +
                                 " has another document with the same _id; it was left "
                                 "as it is");
    }
    ++present_;
  }

  Collection source_;
  Collection target_;
  std::string pipeline_;
  Progress& progress_;
  std::vector<Document> batch_;
  std::size_t bytes_ = 0;
  Proof read_;
  std::uint64_t present_ = 0;
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
             Context& context) {
  const std::string name = *definition.text("name");
  const std::string trial = "iacdb_dry_run";
  const Document wanted = definition.document("options").value_or(Document());
  if (!is_view(definition)) {
    context.out << name << ": " << source.collection(name).count() << " documents\n";
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

void copy_one(DocumentStore& source, DocumentStore& target, const Document& definition,
              const std::string& pipeline, Context& context) {
  const std::string name = *definition.text("name");
  create_like(target, definition);
  if (is_view(definition)) {
    context.out << name << ": a view, the same in both\n";
    return;
  }
  Collection from = source.collection(name);
  Progress progress(context.err, isatty(STDERR_FILENO) != 0,
                    {.rows = static_cast<std::uint64_t>(from.count())});
  CollectionCopy copy(from, target.collection(name), pipeline, progress);
  try {
    copy.run();
  } catch (...) {
    progress.clear();
    throw;
  }
  progress.finish();
  for (const Document& index : indexes_beside_id(from)) {
    target.run(create_indexes_command(name, index));
  }
  Proof there;
  for (const Document& document : target.collection(name).find()) there.add(document.bytes());
  if (there != copy.read()) {
    raise(ErrorKind::data, "collection " + name + " is not the same: source " + copy.read().text() +
                               "; target " + there.text());
  }
  context.out << name << ": " << there.text() << ", the same in both; "
              << there.count - copy.present() << " written, " << copy.present()
              << " there before\n";
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
  const OpenOptions open{.pool = PoolOptions{.open_max = 4}};
  DocumentStore source = open_document_store(context, options.source, open);
  DocumentStore target = open_document_store(context, options.target, open);
  for (const Document& definition : definitions(source, options)) {
    if (options.dry_run) {
      dry_run(source, target, definition, context);
    } else {
      copy_one(source, target, definition, options.pipeline, context);
    }
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
  copy->add_flag("--dry-run", options->dry_run, "Write nothing; say what will not carry over");
  copy->footer(R"(A copy that was interrupted is run again: what the target has already is kept.

Examples:
  iacdb doc copy sqlite:shop.db postgres://app@localhost/shop
  iacdb doc copy shop sqlite:backup.db --collection people --dry-run)");
  copy->callback([options, &context] { run_copy(*options, context); });
}

}  // namespace iacdb::cli
