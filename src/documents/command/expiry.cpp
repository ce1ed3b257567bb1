// expireDocuments: removes what is past the expireAfterSeconds of an index, at once.

#include "documents/command/expiry.hpp"

#include <cmath>

#include "documents/bson/number.hpp"
#include "documents/command/reading.hpp"

namespace iacdb::doc {
namespace {

/// A batch is a transaction of its own, so that no lock is held for long.
constexpr std::int64_t batch_default = 500;
constexpr std::int64_t batch_max = 10'000;
/// Longer than any two dates are apart.
constexpr double seconds_max = 1e14;

struct Expiring {
  std::string collection;
  std::string index;
};

bool expires(const IndexInfo& index) {
  return index.options.get("expireAfterSeconds").is_number() && index.key.size() == 1 &&
         index.key.front().value.is_number() && index.key.front().name != "_id" &&
         !index.key.front().name.ends_with("$**");
}

std::vector<Expiring> expiring_indexes(Engine& engine, const std::string& only) {
  Work work(engine, Access::read);
  std::vector<Expiring> out;
  for (const CollectionInfo& collection : work.unit().collections()) {
    if (!only.empty() && collection.name != only) continue;
    for (const IndexInfo& index : collection.indexes) {
      if (expires(index)) out.push_back({collection.name, index.name});
    }
  }
  return out;
}

/// What has expired: a date, or any date of an array, before the moment; never anything else.
/// None: nothing ever does.
std::optional<Object> expired_filter(const IndexInfo& index, std::int64_t now) {
  const double seconds = to_double(index.options.get("expireAfterSeconds"));
  if (seconds < 0) fail(Code::invalid_options, "'expireAfterSeconds' is less than 0");
  if (std::isnan(seconds) || seconds > seconds_max) return std::nullopt;
  const std::int64_t moment = now - static_cast<std::int64_t>(seconds) * 1000;
  Object late{{index.key.front().name, Value(Object{{"$lte", Value(Date{moment})}})}};
  const Value& partial = index.options.get("partialFilterExpression");
  if (!partial.is(Type::object)) return late;
  return Object{{"$and", Value(Array{Value(std::move(late)), partial})}};
}

/// Definitions are read anew, since they may have changed after the batch before.
std::int64_t remove_batch(Engine& engine, const Expiring& what, std::int64_t now,
                          std::int64_t batch) {
  Work work(engine, Access::write);
  const auto collection = work.unit().find_collection(what.collection);
  if (!collection) return 0;
  for (const IndexInfo& index : collection->indexes) {
    if (index.name != what.index || !expires(index)) continue;
    const std::optional<Object> filter = expired_filter(index, now);
    if (!filter) return 0;
    const Value& collation = index.options.get("collation");
    work.use_collation(collation.is(Type::object) ? collation.object() : Object(), collection);
    const std::vector<Record> records = select_records(
        work, *collection, {.filter = parse_filter(*filter), .limit = batch, .for_update = true});
    for (const Record& record : records) work.unit().remove(*collection, record);
    work.commit();
    return static_cast<std::int64_t>(records.size());
  }
  return 0;
}

Value as_document(const Expiring& what) {
  return Value(Object{{"collection", Value(what.collection)}, {"index", Value(what.index)}});
}

}  // namespace

namespace {

struct Expiry {
  std::string only{};
  std::int64_t batch = batch_default;
};

Object expire(Engine& engine, const Expiry& expiry, const std::stop_token& stop) {
  const std::int64_t now = Work(engine, Access::read).environment().now.millis();
  std::int64_t total = 0;
  Array expired;
  Array errors;
  for (const Expiring& what : expiring_indexes(engine, expiry.only)) {
    std::int64_t removed = 0;
    try {
      for (std::int64_t n = expiry.batch; n == expiry.batch && !stop.stop_requested();
           removed += n) {
        n = remove_batch(engine, what, now, expiry.batch);
      }
    } catch (const std::exception& error) {
      if (engine.transaction() != nullptr) throw;  // Nothing more would work in it.
      Object told = as_document(what).object();
      for (const Field& field : error_reply(as_failure(error))) {
        if (field.name != "ok") told.add(field.name, field.value);
      }
      errors.push_back(Value(std::move(told)));
    }
    total += removed;
    Object told = as_document(what).object();
    told.add("n", narrowest(removed));
    expired.push_back(Value(std::move(told)));
  }
  Object reply{{"n", narrowest(total)}, {"indexes", Value(std::move(expired))}};
  if (!errors.empty()) reply.add("errors", Value(std::move(errors)));
  return succeeded(std::move(reply));
}

}  // namespace

Object run_expire(Engine& engine, const Object& command) {
  Arguments arguments(command, "expireDocuments");
  arguments.value("expireDocuments");
  Expiry expiry;
  if (arguments.has("collection")) expiry.only = arguments.text("collection");
  expiry.batch = arguments.count("batchSize", batch_default);
  arguments.finish();
  if (expiry.batch < 1 || expiry.batch > batch_max) {
    fail(Code::bad_value, "'batchSize' must be between 1 and " + std::to_string(batch_max));
  }
  return expire(engine, expiry, {});
}

Expirer::Expirer(StorePtr store, std::chrono::milliseconds period)
    : store_(std::move(store)),
      period_(period),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Expirer::~Expirer() {
  thread_.request_stop();
}

std::string Expirer::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Expirer::run(const std::stop_token& stop) {
  Engine engine(store_);
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, period_, [] { return false; })) {
    if (stop.stop_requested()) return;
    lock.unlock();
    std::string failure;
    try {
      const Object reply = expire(engine, {}, stop);
      const Value& errors = reply.get("errors");
      if (errors.is(Type::array)) failure = errors.array()[0].object().get("errmsg").text();
    } catch (const std::exception& error) {
      failure = error.what();
    }
    // A replica cannot remove anything, and need not: its primary does.
    if (!failure.empty() && store_->health().read_only) failure.clear();
    lock.lock();
    failure_ = std::move(failure);
  }
}

}  // namespace iacdb::doc
