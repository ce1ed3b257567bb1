#pragma once
// Documents: MongoDB's query language over PostgreSQL, SQLite and MongoDB.
//
//   auto store = iacdb::open_documents("sqlite:shop.db");
//   auto people = store.collection("people");
//   people.insert(Document::from_json(R"({"name": "Ada", "age": 36, "tags": ["vip"]})"));
//   for (const Document& d : people.find(field("age") >= 18 && field("tags").has("vip"))) use(d);
//
// A filter, an update and a pipeline may be written as MongoDB's JSON, too:
//
//   people.update_many(R"({"age": {"$gte": 18}})", R"({"$inc": {"visits": 1}})");
//
// Every call runs a MongoDB command; run() takes any of them. What a store cannot do is an error by
// name. See docs/reference/document-storage.md for how documents lie in SQL databases.

#include <chrono>
#include <cstdint>
#include <functional>
#include <iacdb/change_stream.hpp>
#include <iacdb/config.hpp>
#include <iacdb/database.hpp>
#include <iacdb/document.hpp>
#include <iacdb/document_builder.hpp>
#include <iacdb/index_advice.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

namespace doc {
class Object;
class Server;
}  // namespace doc

/// Options of reads. Members have defaults; their order is API.
struct FindOptions {
  Document projection{};
  Document sort{};
  std::int64_t skip = 0;
  std::int64_t limit = 0;       ///< 0: no limit.
  std::int64_t batch_size = 0;  ///< 0: the default.
  Document collation{};
  Document let{};
  std::string hint{};  ///< An index's name.
  /// For the work on all batches together; 0: none. Throws after it: TimeoutError.
  std::chrono::milliseconds max_time{0};
};

struct UpdateOptions {
  bool upsert = false;
  std::vector<Document> array_filters{};
  Document collation{};
  Document let{};
  std::string hint{};
  std::chrono::milliseconds max_time{0};  ///< As in FindOptions; after it, nothing is changed.
};

enum class Returned : std::uint8_t { before, after };
struct FindAndModifyOptions {
  Document projection{};
  Document sort{};
  bool upsert = false;
  Returned returned = Returned::before;
  std::vector<Document> array_filters{};
  Document collation{};
  Document let{};
};

struct InsertOptions {
  bool ordered = true;       ///< Stop at the first document that is refused.
  bool validate = true;      ///< False: the collection's validator does not look at them.
  bool keep_errors = false;  ///< Errors are in the result, instead of the first one thrown.
};
struct InsertResult {
  std::int64_t inserted = 0;
  std::vector<Document> ids{};     ///< {_id: ...} of each document, in order.
  std::vector<Document> errors{};  ///< As writeErrors in a reply; see InsertOptions::keep_errors.
};
struct UpdateResult {
  std::int64_t matched = 0;
  std::int64_t modified = 0;
  std::optional<Document> upserted_id{};  ///< {_id: ...}
};

/// One write of bulk_write.
struct WriteModel {
  enum Kind : std::uint8_t {
    insert_one,
    update_one,
    update_many,
    replace_one,
    delete_one,
    delete_many
  };
  Kind kind = insert_one;
  Document filter{};
  DocumentOrPipeline change{};  ///< The document, the update, or the replacement.
  UpdateOptions options{};
};
struct BulkResult {
  std::int64_t inserted = 0;
  std::int64_t matched = 0;
  std::int64_t modified = 0;
  std::int64_t deleted = 0;
  std::int64_t upserted = 0;
  std::vector<Document> errors{};  ///< As writeErrors in a reply; thrown, unless not ordered.
};

struct IndexOptions {
  std::string name{};  ///< "" makes "age_1_name_-1".
  bool unique = false;
  bool sparse = false;
  Document partial_filter{};
  std::optional<std::int64_t> expire_after_seconds{};
  Document collation{};
};

/// The documents of a find or aggregate, batch by batch, in constant memory; an input range.
/// Threads: one at a time. Lifetime: keeps the store's connection open until its end.
class DocumentRange {
 public:
  class Iterator {
   public:
    using value_type = Document;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(DocumentRange* range) : range_(range) {}
    const Document& operator*() const { return *range_->current_; }
    const Document* operator->() const { return &*range_->current_; }
    Iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { range_->advance(); }
    bool operator==(std::default_sentinel_t) const { return !range_->current_; }

   private:
    DocumentRange* range_;
  };

  DocumentRange(std::shared_ptr<doc::Server> server, const doc::Object& command);
  DocumentRange(const DocumentRange&) = delete;
  DocumentRange& operator=(const DocumentRange&) = delete;
  DocumentRange(DocumentRange&& other) noexcept;
  DocumentRange& operator=(DocumentRange&&) = delete;
  ~DocumentRange();

  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }
  std::vector<Document> all();

 private:
  void advance();
  void take_batch(const doc::Object& command);

  std::shared_ptr<doc::Server> server_;
  std::string collection_;
  std::vector<std::string> batch_;
  std::size_t at_ = 0;
  std::int64_t cursor_ = 0;
  std::optional<Document> current_;
};

/// One collection.
/// Threads: as the store it comes from.
class Collection {
 public:
  Collection(std::shared_ptr<doc::Server> server, std::string name)
      : server_(std::move(server)), name_(std::move(name)) {}

  const std::string& name() const noexcept { return name_; }

  /// Adds an _id where there is none. Throws: DocumentError 11000 for a duplicate key.
  InsertResult insert(const Document& document);
  InsertResult insert_many(std::span<const Document> documents, bool ordered = true);
  InsertResult insert_many(std::span<const Document> documents, const InsertOptions& options);
  DocumentRange find(const Filter& filter = {}, const FindOptions& options = {});
  std::optional<Document> find_one(const Filter& filter = {}, const FindOptions& options = {});
  UpdateResult update_one(const Filter& filter, const DocumentOrPipeline& update,
                          const UpdateOptions& options = {});
  UpdateResult update_many(const Filter& filter, const DocumentOrPipeline& update,
                           const UpdateOptions& options = {});
  UpdateResult replace(const Filter& filter, const Document& replacement,
                       const UpdateOptions& options = {});
  std::int64_t remove_one(const Filter& filter);
  std::int64_t remove_many(const Filter& filter);
  std::optional<Document> find_one_and_update(const Filter& filter,
                                              const DocumentOrPipeline& update,
                                              const FindAndModifyOptions& options = {});
  std::optional<Document> find_one_and_replace(const Filter& filter, const Document& replacement,
                                               const FindAndModifyOptions& options = {});
  std::optional<Document> find_one_and_remove(const Filter& filter,
                                              const FindAndModifyOptions& options = {});
  /// Throws: DocumentError with the first error when `ordered`; else errors are in the result.
  BulkResult bulk_write(std::span<const WriteModel> writes, bool ordered = true);
  DocumentRange aggregate(const PipelineSpec& pipeline, const FindOptions& options = {});
  /// What happens to the collection from now on. The pipeline sees the changes.
  /// Throws: DocumentError of kind unsupported on SQL databases, and on a MongoDB server that is
  /// no replica set.
  ChangeStream watch(const PipelineSpec& pipeline = {}, const WatchOptions& options = {});
  std::int64_t count(const Filter& filter = {});
  /// The distinct values of a field, as {values: [...]}.
  Document distinct(std::string_view field, const Filter& filter = {});

  std::string create_index(const Document& key, const IndexOptions& options = {});
  std::vector<Document> indexes();
  void drop_index(std::string_view name);
  void drop();
  /// What find would do: the SQL and the database's plan.
  Document explain(const Filter& filter, const FindOptions& options = {});

 private:
  Document run(const Document& command);

  std::shared_ptr<doc::Server> server_;
  std::string name_;
};

/// Collections in one database.
/// Threads: safe to share; one that transact() hands out: one at a time.
class DocumentStore {
 public:
  explicit DocumentStore(std::shared_ptr<doc::Server> server) : server_(std::move(server)) {}

  Collection collection(std::string name) const { return {server_, std::move(name)}; }
  /// Options as MongoDB's create takes them: validator, collation, ...
  Collection create(std::string_view name, const Document& options = {});
  std::vector<std::string> collections();
  /// Any MongoDB command. Throws: DocumentError with MongoDB's code.
  Document run(const Document& command);
  /// As run(), but an error is a reply: {ok: 0, code, codeName, errmsg}.
  Document reply_to(const Document& command);
  /// All of f's work, or none: f(DocumentStore&) works in one transaction.
  /// Throws: UnsupportedError when the store has no transactions.
  void transact(const std::function<void(DocumentStore&)>& f);
  /// Asks the store how it is; an answer, never an error.
  Health health();
  /// What was asked through this store and its copies: how often, how long, how it failed, by
  /// collection and command; and the pool and statements of the SQL database beneath.
  DocumentMetrics metrics() const;
  /// Remembers what is asked from now on, through every copy of this store: how often each shape,
  /// how long it took, and a few of its commands, values and all. Limits: 1,000 shapes.
  void record_queries(bool on = true);
  /// What was remembered, {command: {...}, count: 120, ms: 35.5} each, as AdviceOptions::workload
  /// takes it in another process.
  std::vector<Document> recorded_queries() const;
  /// Which indexes what was recorded and `options.workload` want, and which nothing wants.
  /// Cost: reads documents of each collection, see AdviceOptions. Throws: UnsupportedError.
  IndexAdvice advise(const AdviceOptions& options = {});

 private:
  std::shared_ptr<doc::Server> server_;
};

/// sqlite:FILE, postgres://..., mongodb://...  Throws: ConfigError, ConnectError.
DocumentStore open_documents(std::string_view url, const OpenOptions& options = {});
/// A configured document store, by its name under `documents:`. Throws: as above.
DocumentStore open_documents(const Config& config, std::string_view name,
                             const OpenOptions& options = {});
/// Collections in a SQL database that is open already: SQLite or PostgreSQL.
DocumentStore open_documents(const Database& database);
/// One collection of it.
Collection documents(const Database& database, std::string name);

}  // namespace iacdb
