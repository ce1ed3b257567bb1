#include "documents/command/watched.hpp"

#include <atomic>
#include <chrono>

#include "documents/advice/shape.hpp"
#include "documents/api/failures.hpp"
#include "documents/bson/codec.hpp"
#include "documents/bson/number.hpp"
#include "documents/command/engine.hpp"
#include "observe/command_counters.hpp"

namespace iacdb::doc {
namespace {

using Clock = std::chrono::steady_clock;

/// What a server and its transactions share.
struct Watch {
  explicit Watch(WatchedName given) : name(std::move(given)) {}

  const WatchedName name;
  observe::CommandCounters counters;
  std::atomic<bool> records{false};
  Workload workload;
};

/// How a command ended.
struct Outcome {
  std::chrono::nanoseconds duration{0};
  std::uint64_t documents = 0;
  std::optional<Error> error{};
};

std::int64_t number_in(const Object& reply, std::string_view name) {
  const Value& v = reply.get(name);
  return v.is_number() ? exact_int64(v).value_or(0) : 0;
}

std::string text_in(const Object& object, std::string_view name) {
  const Value& v = object.get(name);
  return v.is(Type::string) ? v.text() : "";
}

/// Documents of a batch; those that a write changed or a count counted.
std::uint64_t documents_in(const Object& reply, const RawBatch* batch) {
  const Value& cursor = reply.get("cursor");
  if (cursor.is(Type::object)) {
    std::size_t n = batch != nullptr ? batch->size() : 0;
    for (const char* name : {"firstBatch", "nextBatch"}) {
      const Value& documents = cursor.object().get(name);
      if (documents.is(Type::array)) n = std::max(n, documents.array().size());
    }
    return n;
  }
  if (reply.get("values").is(Type::array)) return reply.get("values").array().size();
  if (reply.get("lastErrorObject").is(Type::object)) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, number_in(reply.get("lastErrorObject").object(), "n")));
  }
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_in(reply, "n")));
}

Error error_of(int code, std::string name, const std::string& message) {
  if (name.empty()) name = code_name(code);
  return error_without_values(code, name.empty() ? std::to_string(code) : name, message);
}

/// The error that a reply tells, or the first of its writes.
std::optional<Error> error_in(const Object& reply) {
  const Value& ok = reply.get("ok");
  const Object* told = ok.is_number() && to_double(ok) == 0 ? &reply : nullptr;
  const Value& errors = reply.get("writeErrors");
  if (told == nullptr && errors.is(Type::array) && !errors.array().empty() &&
      errors.array()[0].is(Type::object)) {
    told = &errors.array()[0].object();
  }
  if (told == nullptr) return std::nullopt;
  return error_of(static_cast<int>(number_in(*told, "code")), text_in(*told, "codeName"),
                  text_in(*told, "errmsg"));
}

class Watched : public Server {
 public:
  Watched(ServerPtr server, std::shared_ptr<Watch> watch)
      : server_(std::move(server)), watch_(std::move(watch)) {}

  Object run(const Object& command) override {
    return timed(command, nullptr, [&] { return server_->run(command); });
  }
  Object run_raw(const Object& command, RawBatch& batch) override {
    return timed(command, &batch, [&] { return server_->run_raw(command, batch); });
  }
  Object reply_to(const Object& command) override {
    return timed(command, nullptr, [&] { return server_->reply_to(command); });
  }
  bool find_first(const std::string& collection, std::string_view filter,
                  std::string_view projection, std::optional<std::string>& found) override;
  bool insert_bytes(const std::string& collection, std::span<const std::string_view> documents,
                    bool bypass_validation) override;
  void close_cursor(const std::string& collection, std::int64_t id) noexcept override {
    server_->close_cursor(collection, id);
  }
  ServerPtr begin() override { return std::make_shared<Watched>(server_->begin(), watch_); }
  void commit() override { server_->commit(); }
  Health health() override { return server_->health(); }
  std::optional<Metrics> sql_metrics() override { return server_->sql_metrics(); }
  DocumentMetrics metrics() override {
    return {watch_->name.database, watch_->name.backend, server_->sql_metrics(),
            watch_->counters.snapshot()};
  }

  IndexRules index_rules() override { return server_->index_rules(); }
  std::vector<IndexUse> index_uses(const std::string& collection) override {
    return server_->index_uses(collection);
  }
  void refresh_statistics(const std::string& collection) override {
    server_->refresh_statistics(collection);
  }
  bool can_take_indexes_back() const override { return server_->can_take_indexes_back(); }
  void record_queries(bool on) override { watch_->records = on; }
  const Workload* recorded() const override { return &watch_->workload; }
  Server& inside() override { return *server_; }

 private:
  template <class Ask>
  Object timed(const Object& command, const RawBatch* batch, const Ask& ask) {
    const auto start = Clock::now();
    Object reply = telling_failures(
        start, [&] { return command; }, ask);
    const Outcome outcome{Clock::now() - start, documents_in(reply, batch), error_in(reply)};
    ended(command, outcome);
    return reply;
  }
  /// What `ask` gives. Its failure is told of the command that `asked` makes, and goes on.
  template <class Asked, class Ask>
  auto telling_failures(Clock::time_point start, const Asked& asked, const Ask& ask) {
    Outcome outcome;
    try {
      return ask();
    } catch (const Failure& failure) {
      outcome.error = error_of(failure.code(), "", failure.what());
      outcome.duration = Clock::now() - start;
      ended(asked(), outcome);
      throw;
    } catch (const Error& error) {
      outcome.error = error;
      outcome.duration = Clock::now() - start;
      ended(asked(), outcome);
      throw;
    }
  }
  void ended(const Object& command, const Outcome& outcome) noexcept;
  void tell(std::string_view command, std::string_view collection, std::string_view shape,
            const Outcome& outcome) noexcept;

  ServerPtr server_;
  std::shared_ptr<Watch> watch_;
};

bool Watched::find_first(const std::string& collection, std::string_view filter,
                         std::string_view projection, std::optional<std::string>& found) {
  const auto start = Clock::now();
  const auto command = [&] {
    Object out{{"find", Value(collection)}, {"filter", Value(decode(filter))}};
    Object fields = decode(projection);
    if (!fields.empty()) out.add("projection", Value(std::move(fields)));
    out.add("limit", Value(std::int32_t{1}));
    return out;
  };
  const bool known = telling_failures(
      start, command, [&] { return server_->find_first(collection, filter, projection, found); });
  if (!known) return false;
  const Outcome outcome{Clock::now() - start, found ? 1U : 0U, std::nullopt};
  if (watch_->records || watch_->name.observer) {
    ended(command(), outcome);
  } else {
    watch_->counters.record(collection, "find", outcome.duration, outcome.documents, std::nullopt);
  }
  return true;
}

/// What is recorded has the documents, of which there is a command only on the other way.
bool Watched::insert_bytes(const std::string& collection,
                           std::span<const std::string_view> documents, bool bypass_validation) {
  if (watch_->records) return false;
  const auto start = Clock::now();
  const auto command = [&] { return Object{{"insert", Value(collection)}}; };
  const bool done = telling_failures(start, command, [&] {
    return server_->insert_bytes(collection, documents, bypass_validation);
  });
  if (!done) return false;
  ended(command(), {Clock::now() - start, documents.size(), std::nullopt});
  return true;
}

/// What is told must not change what a command does.
void Watched::ended(const Object& command, const Outcome& outcome) noexcept {
  try {
    if (command.empty()) return;
    constexpr int no_such_command = static_cast<int>(Code::command_not_found);
    const bool unknown = outcome.error && outcome.error->native_code() == no_such_command;
    const std::string_view name =
        unknown ? std::string_view("(unknown)") : std::string_view(command.front().name);
    const std::string collection = unknown ? "" : collection_of(command);
    std::optional<ErrorKind> kind;
    if (outcome.error) kind = outcome.error->kind();
    watch_->counters.record(collection, name, outcome.duration, outcome.documents, kind);
    if (watch_->records && !outcome.error) watch_->workload.add(command, 1, outcome.duration);
    if (watch_->name.observer) {
      tell(name, collection, unknown ? std::string(name) : shape_of(command), outcome);
    }
  } catch (...) {
    // Memory is short: nobody is told.
  }
}

void Watched::tell(std::string_view command, std::string_view collection, std::string_view shape,
                   const Outcome& outcome) noexcept {
  try {
    watch_->name.observer->on_query({.database = watch_->name.database,
                                     .backend = watch_->name.backend,
                                     .label = {},
                                     .sql = shape,
                                     .duration = outcome.duration,
                                     .rows = outcome.documents,
                                     .error = outcome.error ? &*outcome.error : nullptr,
                                     .command = command,
                                     .collection = collection});
  } catch (...) {
    // See observer.hpp.
  }
}

}  // namespace

ServerPtr watched(ServerPtr server, WatchedName name) {
  return std::make_shared<Watched>(std::move(server), std::make_shared<Watch>(std::move(name)));
}

}  // namespace iacdb::doc
