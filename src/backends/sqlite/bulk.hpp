#pragma once
// Bulk inserts: one prepared INSERT, bound and stepped for each row, all rows or none.
//
//   auto sink = open_bulk(engine, BulkTarget::parse("t(a, b)"), call);
//   sink->write(row);  ...  sink->finish();
//
// It runs in a transaction of its own, or in a savepoint of the one that is open.
// Lifetime: the engine outlives the sink. Threads: one at a time.

#include <memory>

#include "backends/sqlite/engine.hpp"

namespace iacdb::backends::sqlite {

std::unique_ptr<detail::BulkSink> open_bulk(Engine& engine, const driver::BulkTarget& target,
                                            const driver::Call& call);

}  // namespace iacdb::backends::sqlite
