#pragma once
// Statements: prepares, keeps and starts statements on one connection.
//
//   Started s = statements.start(sql, arguments, wait);   // bound: its rows come next
//
// The first run of a text is two round trips (the types are described first), every other is one.
// A prepared statement that went stale (DISCARD ALL, a changed table) is prepared again without the
// caller noticing, as long as no work of a transaction is lost by that.
// Threads: one at a time.

#include <span>
#include <string>
#include <string_view>

#include "backends/postgres/exchange.hpp"
#include "backends/postgres/plan.hpp"
#include "backends/postgres/prepared.hpp"
#include "driver/statement_cache.hpp"

namespace iacdb::backends::postgres {

class Statements {
 public:
  Statements(Exchange& exchange, std::size_t capacity)
      : exchange_(exchange), capacity_(capacity), cache_(capacity) {}

  /// Sends and waits until it is bound. Null: it runs by the simple protocol, as several
  /// statements or one that cannot be prepared with use; its answers come next.
  Prepared* start(std::string_view sql, std::span<const Cell> cells, const io::Wait& wait);

  /// For statements that are joined to one group: what is known already, or null.
  Prepared* find(std::string_view sql) { return cache_.find(sql); }
  /// Parses and describes; the group stays open (no Sync). Null: simple protocol.
  Prepared* prepare(std::string_view sql, std::size_t cells_count, const io::Wait& wait);
  /// Takes over what a pipeline prepared under new_name().
  Prepared& keep(std::string_view sql, Prepared prepared);
  std::string new_name();
  /// What a statement's words say, for Prepared; true when it must go by the simple protocol.
  static bool judge(std::string_view sql, std::size_t cells_count, Prepared& prepared);

  void pin() noexcept { cache_.pin(); }
  void unpin() noexcept { cache_.unpin(); }
  bool keeps_statements() const noexcept { return capacity_ != 0; }
  void erase(std::string_view sql) { cache_.erase(sql); }
  /// The server has forgotten them all.
  void forget_all() noexcept;
  /// A statement may have changed what later ones see: SET, LISTEN, temporary tables ...
  bool touched_session() const noexcept { return touched_session_; }
  void set_touched(bool touched) noexcept { touched_session_ = touched; }

 private:
  bool retry_stale(std::string_view sql, const io::Wait& wait);

  Exchange& exchange_;
  std::size_t capacity_;
  driver::StatementCache<Prepared> cache_;
  BindScratch scratch_;
  std::uint64_t names_ = 0;
  bool touched_session_ = false;
};

/// Raises UsageError when the statement takes another number of parameters.
void check_count(const Prepared& prepared, std::size_t cells_count);

}  // namespace iacdb::backends::postgres
