#pragma once
// Sessions: transactions that live from request to request, each on a leased connection.
//
//   std::string id = sessions.open(grant.name, "orders", db.begin(options), timeout);
//   auto use = sessions.use(id, grant.name);          // alone with it until `use` goes
//   use->transaction().exec(...);
//
// A session that nobody uses for its timeout is rolled back; so are all at shutdown.
// Threads: safe to share; one user of a session at a time, others are refused.

#include <chrono>
#include <iacdb/database.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "http/access.hpp"

namespace iacdb::http {

class Sessions {
 public:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::string owner;  ///< The token's name.
    std::string database;
    bool read_only = false;
    std::unique_ptr<Transaction> transaction;
    std::chrono::milliseconds timeout{0};
    Clock::time_point expires;
    bool busy = false;
  };

  /// A session in use; gives it back, or ends it when end() was called.
  class Use {
   public:
    Use(Sessions& sessions, std::string id, Entry& entry)
        : sessions_(&sessions), id_(std::move(id)), entry_(&entry) {}
    Use(Use&& other) noexcept
        : sessions_(std::exchange(other.sessions_, nullptr)),
          id_(std::move(other.id_)),
          entry_(other.entry_),
          ended_(other.ended_) {}
    Use& operator=(Use&&) = delete;
    ~Use();
    Transaction& transaction() noexcept { return *entry_->transaction; }
    const Entry& entry() const noexcept { return *entry_; }
    void end() noexcept { ended_ = true; }

   private:
    Sessions* sessions_;
    std::string id_;
    Entry* entry_;
    bool ended_ = false;
  };

  explicit Sessions(std::size_t sessions_max) : sessions_max_(sessions_max) {}

  /// Throws: ErrorKind::resource when there are too many already.
  void check_room() const;
  /// Throws: as check_room().
  std::string open(std::string owner, std::string database, Transaction transaction, bool read_only,
                   std::chrono::milliseconds timeout);
  /// Throws: HttpError 404 for an unknown, expired or foreign id, 409 while another request uses
  /// it.
  Use use(const std::string& id, std::string_view owner);
  /// Rolls back what has expired by `now`.
  void expire(Clock::time_point now);
  /// Rolls back all that are not in use, and refuses new ones.
  void close();
  std::size_t size() const;

 private:
  void check_room_locked() const;
  void give_back(const std::string& id, bool ended) noexcept;

  const std::size_t sessions_max_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  bool closed_ = false;
};

}  // namespace iacdb::http
