#include "iacdb/documents.hpp"

#include "config/connection_string.hpp"
#include "documents/api/failures.hpp"
#include "documents/api/with_ids.hpp"
#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/engine.hpp"
#include "documents/stores/open.hpp"

namespace iacdb {
namespace {

/// What a range asks for at once after its first batch.
constexpr std::int32_t next_batch_size = 1000;

doc::Object object_of(const Document& document) {
  return doc::decode(document.bytes());
}
doc::Value value_of(const Document& document) {
  return doc::Value(object_of(document));
}
Document document_of(const doc::Object& object) {
  return Document::trusted(doc::encode(object));
}

doc::Value list_of(const std::vector<Document>& documents) {
  doc::Array out;
  for (const Document& d : documents) out.push_back(value_of(d));
  return doc::Value(std::move(out));
}

doc::Value change_of(const DocumentOrPipeline& change) {
  return change.is_pipeline() ? list_of(change.stages()) : value_of(change.document());
}

doc::Object run_command(doc::Server& server, const doc::Object& command) {
  try {
    return server.run(command);
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
}

/// The first of a reply's writeErrors is thrown.
void check_writes(const doc::Object& reply) {
  const doc::Value& errors = reply.get("writeErrors");
  if (!errors.is(doc::Type::array) || errors.array().empty()) return;
  const doc::Object& first = errors.array()[0].object();
  doc::raise_document_error(first.get("code").int32(), first.get("errmsg").text(), reply);
}

std::int64_t number(const doc::Object& reply, std::string_view name) {
  const doc::Value& v = reply.get(name);
  return v.is_number() ? doc::exact_int64(v).value_or(0) : 0;
}

void add_document(doc::Object& command, const char* name, const Document& document) {
  if (!document.empty()) command.add(name, value_of(document));
}

void add_max_time(doc::Object& command, std::chrono::milliseconds most) {
  if (most.count() != 0) command.add("maxTimeMS", doc::Value(std::int64_t{most.count()}));
}

doc::Object find_command(const std::string& collection, const Filter& filter,
                         const FindOptions& options) {
  doc::Object command{{"find", doc::Value(collection)}};
  command.add("filter", value_of(filter.document()));
  add_document(command, "projection", options.projection);
  add_document(command, "sort", options.sort);
  if (options.skip != 0) command.add("skip", doc::Value(options.skip));
  if (options.limit != 0) command.add("limit", doc::Value(options.limit));
  if (options.batch_size != 0) command.add("batchSize", doc::Value(options.batch_size));
  add_document(command, "collation", options.collation);
  add_document(command, "let", options.let);
  if (!options.hint.empty()) command.add("hint", doc::Value(options.hint));
  add_max_time(command, options.max_time);
  return command;
}

doc::Object update_statement(const Filter& filter, doc::Value change, const UpdateOptions& options,
                             bool multi) {
  doc::Object statement{{"q", value_of(filter.document())}};
  statement.add("u", std::move(change));
  statement.add("multi", doc::Value(multi));
  statement.add("upsert", doc::Value(options.upsert));
  if (!options.array_filters.empty()) {
    statement.add("arrayFilters", list_of(options.array_filters));
  }
  add_document(statement, "collation", options.collation);
  if (!options.hint.empty()) statement.add("hint", doc::Value(options.hint));
  return statement;
}

UpdateResult update(doc::Server& server, const std::string& collection, doc::Object statement,
                    const UpdateOptions& options) {
  doc::Object command{{"update", doc::Value(collection)},
                      {"updates", doc::Value(doc::Array{doc::Value(std::move(statement))})}};
  add_document(command, "let", options.let);
  add_max_time(command, options.max_time);
  const doc::Object reply = run_command(server, command);
  check_writes(reply);
  UpdateResult out{number(reply, "n"), number(reply, "nModified"), std::nullopt};
  const doc::Value& upserted = reply.get("upserted");
  if (upserted.is(doc::Type::array)) {
    out.matched = 0;
    out.upserted_id = document_of({{"_id", upserted.array()[0].object().get("_id")}});
  }
  return out;
}

doc::Object modify_command(const std::string& collection, const Filter& filter,
                           const FindAndModifyOptions& options) {
  doc::Object command{{"findAndModify", doc::Value(collection)},
                      {"query", value_of(filter.document())}};
  add_document(command, "fields", options.projection);
  add_document(command, "sort", options.sort);
  add_document(command, "collation", options.collation);
  add_document(command, "let", options.let);
  return command;
}

std::optional<Document> modified(doc::Server& server, const doc::Object& command) {
  const doc::Object reply = run_command(server, command);
  const doc::Value& value = reply.get("value");
  if (!value.is(doc::Type::object)) return std::nullopt;
  return document_of(value.object());
}

std::int64_t remove(doc::Server& server, const std::string& collection, const Filter& filter,
                    std::int32_t limit) {
  const doc::Object statement{{"q", value_of(filter.document())}, {"limit", doc::Value(limit)}};
  const doc::Object reply =
      run_command(server, {{"delete", doc::Value(collection)},
                           {"deletes", doc::Value(doc::Array{doc::Value(statement)})}});
  check_writes(reply);
  return number(reply, "n");
}

}  // namespace

DocumentRange::DocumentRange(std::shared_ptr<doc::Server> server, const doc::Object& command)
    : server_(std::move(server)), collection_(command.front().value.text()) {
  take_batch(command);
  advance();
}

DocumentRange::DocumentRange(DocumentRange&& other) noexcept
    : server_(std::move(other.server_)),
      collection_(std::move(other.collection_)),
      batch_(std::move(other.batch_)),
      at_(other.at_),
      cursor_(std::exchange(other.cursor_, 0)),
      current_(std::move(other.current_)) {}

DocumentRange::~DocumentRange() {
  if (server_ && cursor_ != 0) server_->close_cursor(collection_, cursor_);
}

void DocumentRange::take_batch(const doc::Object& command) {
  at_ = 0;
  try {
    cursor_ = server_->run_raw(command, batch_).get("cursor").object().get("id").int64();
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
}

void DocumentRange::advance() {
  while (at_ == batch_.size() && cursor_ != 0) {
    const doc::Object more{{"getMore", doc::Value(cursor_)},
                           {"collection", doc::Value(collection_)},
                           {"batchSize", doc::Value(next_batch_size)}};
    take_batch(more);
  }
  if (at_ == batch_.size()) {
    current_.reset();
  } else {
    current_ = Document::trusted(std::move(batch_[at_++]));
  }
}

std::vector<Document> DocumentRange::all() {
  std::vector<Document> out;
  for (; current_; advance()) out.push_back(std::move(*current_));
  return out;
}

Document Collection::run(const Document& command) {
  return document_of(run_command(*server_, object_of(command)));
}

InsertResult Collection::insert(const Document& document) {
  return insert_many(std::span(&document, 1));
}

InsertResult Collection::insert_many(std::span<const Document> documents, bool ordered) {
  return insert_many(documents, InsertOptions{.ordered = ordered});
}

InsertResult Collection::insert_many(std::span<const Document> documents,
                                     const InsertOptions& options) {
  InsertResult out;
  WithIds with_ids(documents, out.ids);
  try {
    if (server_->insert_bytes(name_, with_ids.bytes(), !options.validate)) {
      out.inserted = static_cast<std::int64_t>(documents.size());
      return out;
    }
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
  doc::Array list;
  for (const std::string_view bytes : with_ids.bytes()) list.emplace_back(doc::decode(bytes));
  const doc::Object reply =
      run_command(*server_, {{"insert", doc::Value(name_)},
                             {"documents", doc::Value(std::move(list))},
                             {"ordered", doc::Value(options.ordered)},
                             {"bypassDocumentValidation", doc::Value(!options.validate)}});
  if (!options.keep_errors) check_writes(reply);
  if (const doc::Value& errors = reply.get("writeErrors"); errors.is(doc::Type::array)) {
    for (const doc::Value& error : errors.array())
      out.errors.push_back(document_of(error.object()));
  }
  out.inserted = number(reply, "n");
  return out;
}

DocumentRange Collection::find(const Filter& filter, const FindOptions& options) {
  return {server_, find_command(name_, filter, options)};
}

namespace {

bool is_plain(const FindOptions& options) {
  return options.sort.empty() && options.skip == 0 && options.collation.empty() &&
         options.let.empty() && options.hint.empty() && options.max_time.count() == 0;
}

}  // namespace

std::optional<Document> Collection::find_one(const Filter& filter, const FindOptions& options) {
  if (is_plain(options)) {
    try {
      std::optional<std::string> found;
      if (server_->find_first(name_, filter.document().bytes(), options.projection.bytes(),
                              found)) {
        if (!found) return std::nullopt;
        return Document::trusted(std::move(*found));
      }
    } catch (const doc::Failure& failure) {
      doc::raise_failure(failure);
    }
  }
  FindOptions one = options;
  one.limit = 1;
  DocumentRange range = find(filter, one);
  const auto it = range.begin();
  if (it == range.end()) return std::nullopt;
  return *it;
}

UpdateResult Collection::update_one(const Filter& filter, const DocumentOrPipeline& change,
                                    const UpdateOptions& options) {
  return update(*server_, name_, update_statement(filter, change_of(change), options, false),
                options);
}

UpdateResult Collection::update_many(const Filter& filter, const DocumentOrPipeline& change,
                                     const UpdateOptions& options) {
  return update(*server_, name_, update_statement(filter, change_of(change), options, true),
                options);
}

UpdateResult Collection::replace(const Filter& filter, const Document& replacement,
                                 const UpdateOptions& options) {
  return update(*server_, name_, update_statement(filter, value_of(replacement), options, false),
                options);
}

std::int64_t Collection::remove_one(const Filter& filter) {
  return remove(*server_, name_, filter, 1);
}
std::int64_t Collection::remove_many(const Filter& filter) {
  return remove(*server_, name_, filter, 0);
}

std::optional<Document> Collection::find_one_and_update(const Filter& filter,
                                                        const DocumentOrPipeline& change,
                                                        const FindAndModifyOptions& options) {
  doc::Object command = modify_command(name_, filter, options);
  command.add("update", change_of(change));
  command.add("upsert", doc::Value(options.upsert));
  command.add("new", doc::Value(options.returned == Returned::after));
  if (!options.array_filters.empty()) {
    command.add("arrayFilters", list_of(options.array_filters));
  }
  return modified(*server_, command);
}

std::optional<Document> Collection::find_one_and_replace(const Filter& filter,
                                                         const Document& replacement,
                                                         const FindAndModifyOptions& options) {
  return find_one_and_update(filter, replacement, options);
}

std::optional<Document> Collection::find_one_and_remove(const Filter& filter,
                                                        const FindAndModifyOptions& options) {
  doc::Object command = modify_command(name_, filter, options);
  command.add("remove", doc::Value(true));
  return modified(*server_, command);
}

DocumentRange Collection::aggregate(const PipelineSpec& pipeline, const FindOptions& options) {
  doc::Object command{{"aggregate", doc::Value(name_)}};
  command.add("pipeline", list_of(pipeline.stages()));
  doc::Object cursor;
  if (options.batch_size != 0) cursor.add("batchSize", doc::Value(options.batch_size));
  command.add("cursor", doc::Value(std::move(cursor)));
  add_document(command, "collation", options.collation);
  add_document(command, "let", options.let);
  if (!options.hint.empty()) command.add("hint", doc::Value(options.hint));
  add_max_time(command, options.max_time);
  return {server_, command};
}

std::int64_t Collection::count(const Filter& filter) {
  return number(
      run_command(*server_, {{"count", doc::Value(name_)}, {"query", value_of(filter.document())}}),
      "n");
}

Document Collection::distinct(std::string_view field, const Filter& filter) {
  const doc::Object reply = run_command(*server_, {{"distinct", doc::Value(name_)},
                                                   {"key", doc::Value(field)},
                                                   {"query", value_of(filter.document())}});
  return document_of({{"values", reply.get("values")}});
}

std::string Collection::create_index(const Document& key, const IndexOptions& options) {
  const doc::Object fields = object_of(key);
  std::string name = options.name;
  if (name.empty()) {
    for (const doc::Field& field : fields) {
      name +=
          (name.empty() ? "" : "_") + field.name + "_" +
          (field.value.is(doc::Type::string) ? field.value.text() : doc::print_number(field.value));
    }
  }
  doc::Object index{{"key", doc::Value(fields)}, {"name", doc::Value(name)}};
  if (options.unique) index.add("unique", doc::Value(true));
  if (options.sparse) index.add("sparse", doc::Value(true));
  add_document(index, "partialFilterExpression", options.partial_filter);
  if (options.expire_after_seconds) {
    index.add("expireAfterSeconds", doc::Value(*options.expire_after_seconds));
  }
  add_document(index, "collation", options.collation);
  run_command(*server_, {{"createIndexes", doc::Value(name_)},
                         {"indexes", doc::Value(doc::Array{doc::Value(std::move(index))})}});
  return name;
}

std::vector<Document> Collection::indexes() {
  return DocumentRange(server_, doc::Object{{"listIndexes", doc::Value(name_)}}).all();
}

void Collection::drop_index(std::string_view name) {
  run_command(*server_, {{"dropIndexes", doc::Value(name_)}, {"index", doc::Value(name)}});
}

void Collection::drop() {
  run_command(*server_, {{"drop", doc::Value(name_)}});
}

Document Collection::explain(const Filter& filter, const FindOptions& options) {
  return run(document_of({{"explain", doc::Value(find_command(name_, filter, options))},
                          {"verbosity", doc::Value("queryPlanner")}}));
}

BulkResult Collection::bulk_write(std::span<const WriteModel> writes, bool ordered) {
  BulkResult out;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const WriteModel& w = writes[i];
    try {
      switch (w.kind) {
        case WriteModel::insert_one:
          out.inserted += insert(w.change.document()).inserted;
          break;
        case WriteModel::delete_one:
          out.deleted += remove_one(w.filter);
          break;
        case WriteModel::delete_many:
          out.deleted += remove_many(w.filter);
          break;
        default: {
          const bool many = w.kind == WriteModel::update_many;
          const UpdateResult r = many ? update_many(w.filter, w.change, w.options)
                                      : update_one(w.filter, w.change, w.options);
          out.matched += r.matched;
          out.modified += r.modified;
          out.upserted += r.upserted_id ? 1 : 0;
        }
      }
    } catch (const DocumentError& error) {
      if (ordered) throw;
      out.errors.push_back(document_of({{"index", doc::Value(static_cast<std::int32_t>(i))},
                                        {"code", doc::Value(std::int32_t{error.code()})},
                                        {"errmsg", doc::Value(error.facts().message)}}));
    }
  }
  return out;
}

Collection DocumentStore::create(std::string_view name, const Document& options) {
  doc::Object command{{"create", doc::Value(name)}};
  for (const doc::Field& field : object_of(options)) command.add(field.name, field.value);
  run_command(*server_, command);
  return collection(std::string(name));
}

std::vector<std::string> DocumentStore::collections() {
  std::vector<std::string> out;
  const doc::Object reply = run_command(
      *server_,
      {{"listCollections", doc::Value(std::int32_t{1})},
       {"nameOnly", doc::Value(true)},
       {"cursor", doc::Value(doc::Object{{"batchSize", doc::Value(std::int32_t{1'000'000})}})}});
  for (const doc::Value& v : reply.get("cursor").object().get("firstBatch").array()) {
    out.push_back(v.object().get("name").text());
  }
  return out;
}

Document DocumentStore::run(const Document& command) {
  return document_of(run_command(*server_, object_of(command)));
}

Document DocumentStore::reply_to(const Document& command) {
  const doc::Object reply = server_->reply_to(object_of(command));
  try {
    return document_of(reply);
  } catch (const doc::Failure& failure) {  // What BSON cannot hold.
    return document_of(doc::error_reply(failure));
  }
}

void DocumentStore::transact(const std::function<void(DocumentStore&)>& f) {
  const doc::ServerPtr inner = server_->begin();
  DocumentStore store(inner);
  f(store);
  try {
    inner->commit();
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
}

DocumentStore open_documents(std::string_view url, const OpenOptions& options) {
  return DocumentStore(doc::open_server(config::parse_url(url), options));
}

DocumentStore open_documents(const Config& config, std::string_view name,
                             const OpenOptions& options) {
  return DocumentStore(doc::open_server(config.settings().document_store(name), options));
}

Health DocumentStore::health() {
  return server_->health();
}

DocumentMetrics DocumentStore::metrics() const {
  return server_->metrics();
}

DocumentStore open_documents(const Database& database) {
  return DocumentStore(doc::open_server(database));
}

Collection documents(const Database& database, std::string name) {
  return open_documents(database).collection(std::move(name));
}

}  // namespace iacdb
