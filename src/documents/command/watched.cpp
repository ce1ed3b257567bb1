#include "documents/command/watched.hpp"

#include <atomic>
#include <chrono>

namespace iacdb::doc {
namespace {

using Clock = std::chrono::steady_clock;

/// What a server and its transactions share.
struct Watch {
  std::atomic<bool> records{false};
  Workload workload;
};

class Watched : public Server {
 public:
  Watched(ServerPtr server, std::shared_ptr<Watch> watch)
      : server_(std::move(server)), watch_(std::move(watch)) {}

  Object run(const Object& command) override {
    return timed(command, [&] { return server_->run(command); });
  }
  Object run_raw(const Object& command, RawBatch& batch) override {
    return timed(command, [&] { return server_->run_raw(command, batch); });
  }
  Object reply_to(const Object& command) override {
    return timed(command, [&] { return server_->reply_to(command); });
  }
  bool find_by_id(const std::string& collection, const Value& id,
                  std::optional<std::string>& found) override {
    const auto start = Clock::now();
    if (!server_->find_by_id(collection, id, found)) return false;
    if (watch_->records) {
      watch_->workload.add({{"find", Value(collection)},
                            {"filter", Value(Object{{"_id", id}})},
                            {"limit", Value(std::int32_t{1})}},
                           1, Clock::now() - start);
    }
    return true;
  }
  void close_cursor(const std::string& collection, std::int64_t id) noexcept override {
    server_->close_cursor(collection, id);
  }
  ServerPtr begin() override { return std::make_shared<Watched>(server_->begin(), watch_); }
  void commit() override { server_->commit(); }
  Health health() override { return server_->health(); }

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
  Object timed(const Object& command, const Ask& ask) {
    const auto start = Clock::now();
    Object reply = ask();
    if (watch_->records) watch_->workload.add(command, 1, Clock::now() - start);
    return reply;
  }

  ServerPtr server_;
  std::shared_ptr<Watch> watch_;
};

}  // namespace

ServerPtr watched(ServerPtr server) {
  return std::make_shared<Watched>(std::move(server), std::make_shared<Watch>());
}

}  // namespace iacdb::doc
