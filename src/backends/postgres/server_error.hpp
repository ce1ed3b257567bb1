#pragma once
// From the server's ErrorResponse to the facts of an iacdb error.
//
//   raise(facts_of(decode_notice(message.body), {.sql = sql, .rewritten = &rewritten}));
//
// The message is ours, by kind; the server's own text goes to server_message alone.
// Threads: safe to share.

#include <string_view>

#include "iacdb/error.hpp"
#include "sql/placeholders.hpp"
#include "wire/postgres/notice.hpp"

namespace iacdb::backends::postgres {

/// The statement an error belongs to.
struct StatementOrigin {
  std::string_view sql{};                     ///< As the caller wrote it; empty: none.
  const sql::Rewritten* rewritten = nullptr;  ///< When the server saw another text.
};

ErrorFacts facts_of(const wire::postgres::Notice& notice, const StatementOrigin& origin);

/// Facts of an error of ours, with the statement's fingerprint.
ErrorFacts own_facts(ErrorKind kind, std::string message, std::string_view sql = {});

}  // namespace iacdb::backends::postgres
