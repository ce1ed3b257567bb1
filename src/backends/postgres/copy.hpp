#pragma once
// The steps that COPY streams and bulk inserts share.
//
//   exchange.send_query("copy t from stdin", wait);
//   await_copy(exchange, backend::copy_in_response, sql, wait);
//   ... CopyData, CopyDone ...
//   std::uint64_t rows = finish_copy(exchange, sql, wait);

#include <cstdint>
#include <string_view>

#include "backends/postgres/exchange.hpp"

namespace iacdb::backends::postgres {

/// Reads up to the answer that starts a COPY of the wanted direction. Throws: UsageError when the
/// statement is another one.
void await_copy(Exchange& exchange, char wanted, std::string_view sql, const io::Wait& wait);
/// Raises the error that the server has sent while data still flows to it.
void check_refusal(Exchange& exchange, std::string_view sql, const io::Wait& wait);
/// After CopyDone: how many rows it were.
std::uint64_t finish_copy(Exchange& exchange, std::string_view sql, const io::Wait& wait);

}  // namespace iacdb::backends::postgres
