#pragma once
// TimedBulk: a bulk insert that holds its connection, and is timed as one statement.
//
// Threads: one at a time.

#include <iacdb/result.hpp>
#include <memory>
#include <string>

#include "database/desk.hpp"

namespace iacdb::database {

class TimedBulk final : public detail::BulkSink {
 public:
  /// `lease` is empty when a session holds the connection.
  TimedBulk(Desk& desk, std::string_view target, const Setting& setting, pool::Lease lease = {});
  ~TimedBulk() override;
  void write(std::span<const Cell> row) override;
  std::uint64_t finish() override;

 private:
  void fail(const Error& error) noexcept;

  pool::Lease lease_;  // First: returned last.
  Desk& desk_;
  std::string what_;
  Options options_;
  driver::Call call_;
  Timing timing_;
  bool told_ = false;
  bool commits_itself_;
  std::unique_ptr<detail::BulkSink> inner_;
};

}  // namespace iacdb::database
