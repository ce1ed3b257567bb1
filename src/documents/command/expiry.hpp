#pragma once
// Expiry: removes what is past the expireAfterSeconds of an index.
//
//   Object reply = run_expire(engine, parse_json(R"({"expireDocuments": 1})"));
//
// Threads: as the engine.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "documents/command/engine.hpp"

namespace iacdb::doc {

Object run_expire(Engine& engine, const Object& command);

/// Runs that command again and again, until it is destroyed; a batch under way is waited for.
/// Several processes may do so with one store: each removes what the others have not.
/// Threads: has one of its own; failure() may be called by any.
class Expirer {
 public:
  Expirer(StorePtr store, std::chrono::milliseconds period);
  ~Expirer();
  /// What the last run could not do; "" when it was well.
  std::string failure() const;

 private:
  void run(const std::stop_token& stop);

  StorePtr store_;
  std::chrono::milliseconds period_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string failure_;
  std::jthread thread_;
};

}  // namespace iacdb::doc
