#include "http/sessions.hpp"

#include <openssl/rand.h>

#include <array>
#include <vector>

#include "http/errors.hpp"

namespace iacdb::http {
namespace {

/// 128 random bits: an id cannot be guessed.
std::string random_id() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    raise(ErrorKind::internal, "the system gives no random numbers");
  }
  std::string id;
  for (const unsigned char byte : bytes) {
    id += digits[byte >> 4];
    id += digits[byte & 15];
  }
  return id;
}

}  // namespace

Sessions::Use::~Use() {
  if (sessions_) sessions_->give_back(id_, ended_);
}

void Sessions::check_room_locked() const {
  if (closed_ || entries_.size() >= sessions_max_) {
    raise(ErrorKind::resource, "too many sessions are open; end one, or wait until one expires");
  }
}

void Sessions::check_room() const {
  const std::lock_guard lock(mutex_);
  check_room_locked();
}

std::string Sessions::open(std::string owner, std::string database, Transaction transaction,
                           bool read_only, std::chrono::milliseconds timeout) {
  auto kept = std::make_unique<Transaction>(std::move(transaction));
  const std::lock_guard lock(mutex_);
  check_room_locked();
  std::string id = random_id();
  entries_.emplace(id, Entry{.owner = std::move(owner),
                             .database = std::move(database),
                             .read_only = read_only,
                             .transaction = std::move(kept),
                             .timeout = timeout,
                             .expires = Clock::now() + timeout});
  return id;
}

Sessions::Use Sessions::use(const std::string& id, std::string_view owner) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.owner != owner) {
    throw HttpError(404, "usage",
                    "no such session: it ended, expired or never was; open another one");
  }
  if (found->second.busy) {
    throw HttpError(409, "usage", "another request is using this session; send one at a time");
  }
  found->second.busy = true;
  return Use(*this, id, found->second);
}

void Sessions::give_back(const std::string& id, bool ended) noexcept {
  std::unique_ptr<Transaction> finished;  // Rolled back outside the lock.
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.busy = false;
  found->second.expires = Clock::now() + found->second.timeout;
  if (!ended && !closed_) return;
  finished = std::move(found->second.transaction);
  entries_.erase(found);
}

void Sessions::expire(Clock::time_point now) {
  std::vector<std::unique_ptr<Transaction>> expired;  // Rolled back outside the lock.
  const std::lock_guard lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (at->second.busy || at->second.expires > now) {
      ++at;
    } else {
      expired.push_back(std::move(at->second.transaction));
      at = entries_.erase(at);
    }
  }
}

void Sessions::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  expire(Clock::time_point::max());
}

std::size_t Sessions::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace iacdb::http
