// MysqlConnection: branches of distributed transactions as XA transactions.
// Source: MariaDB Server documentation and MySQL 8.0 reference manual, "XA Transactions".
//
// A session inside an XA transaction can do nothing else until that has ended; a prepared one goes
// on without its session. While the server still takes leave of the session that prepared it, it
// is listed, but others cannot end it yet.

#include <algorithm>
#include <charconv>

#include "backends/mysql/connection.hpp"
#include "backends/mysql/error_table.hpp"

namespace iacdb::mysql {
namespace {

constexpr std::int64_t unknown_xid = 1397;
constexpr std::int64_t rolled_back = 1402;
/// Tells our XA transactions from those of others: "iacd".
constexpr std::uint32_t format_id = 0x69616364;

/// BranchId allows no character that needs quoting.
std::string xid_of(const driver::BranchId& id) {
  return "'" + id.transaction + "','" + std::to_string(id.number) + "'," +
         std::to_string(format_id);
}

/// A row of XA RECOVER: format, length of the transaction's part, length of the branch's, both.
std::optional<driver::BranchId> parse_xid(MYSQL_ROW row) {
  const std::string_view format = row[0];
  const std::string_view data = row[3];
  std::size_t length = 0;
  std::from_chars(row[1], row[1] + std::string_view(row[1]).size(), length);
  if (format != std::to_string(format_id) || length > data.size()) return std::nullopt;
  driver::BranchId id{std::string(data.substr(0, length)), 0};
  const char* const end = data.data() + data.size();
  const auto [at, error] = std::from_chars(data.data() + length, end, id.number);
  if (error != std::errc() || at != end) return std::nullopt;
  return id;
}

}  // namespace

void MysqlConnection::begin_branch(const driver::BranchId& id, const TransactionOptions& options,
                                   const driver::Call& call) {
  if (options.deferrable) raise_unsupported("deferrable transactions");
  if (state() == driver::SessionState::in_transaction) {
    raise_at(ErrorKind::usage, "a transaction is open already; end it first", {host_, {}});
  }
  run_text(begin_text(options, "XA START " + xid_of(id)), call);
  branch_ = BranchState::active;
}

void MysqlConnection::prepare_branch(const driver::BranchId& id, const driver::Call& call) {
  const std::string xid = xid_of(id);
  run_or_doubt("XA END " + xid + ";XA PREPARE " + xid, "XA PREPARE", call);
  branch_ = BranchState::prepared;
}

driver::BranchEnd MysqlConnection::end_branch(const driver::BranchId& id, bool commit,
                                              const driver::Call& call) {
  if (branch_ == BranchState::active) {
    if (commit) raise_at(ErrorKind::usage, "the branch is not prepared", {host_, {}});
    try {
      run_text("XA END " + xid_of(id), call);
    } catch (const Error& error) {
      if (error.breaks_connection()) throw;  // Otherwise it can be rolled back all the same.
    }
  }
  const driver::BranchEnd end = end_prepared(id, commit, call);
  branch_ = BranchState::none;
  return end;
}

driver::BranchEnd MysqlConnection::end_prepared(const driver::BranchId& id, bool commit,
                                                const driver::Call& call) {
  try {
    run_text((commit ? "XA COMMIT " : "XA ROLLBACK ") + xid_of(id), call);
    return driver::BranchEnd::ended;
  } catch (const Error& error) {
    // A prepared branch that changed nothing is rolled back when its session ends.
    if (error.native_code() == rolled_back) return driver::BranchEnd::ended;
    if (error.native_code() != unknown_xid) throw;
  }
  const auto listed = prepared_branches(id.transaction, call);
  if (std::find(listed.begin(), listed.end(), id) == listed.end()) {
    return driver::BranchEnd::unknown;
  }
  ErrorFacts facts{.kind = ErrorKind::lock_timeout, .backend = "mysql", .where = host_};
  facts.message = "another connection holds the prepared XA transaction just now; try again";
  facts.retryable = true;
  raise(std::move(facts));
}

std::vector<driver::BranchId> MysqlConnection::prepared_branches(std::string_view prefix,
                                                                 const driver::Call& call) {
  constexpr std::string_view text = "XA RECOVER";
  Limits limits(call, &canceller_);
  start(limits);
  if (::mysql_real_query(handle(), text.data(), text.size()) != 0) {
    fail(failure_of(handle()), &limits, text);
  }
  const Result result(::mysql_store_result(handle()));
  if (!result) fail(failure_of(handle()), &limits, text);
  std::vector<driver::BranchId> ids;
  while (const MYSQL_ROW row = ::mysql_fetch_row(result.get())) {
    auto id = parse_xid(row);
    if (id && id->transaction.starts_with(prefix)) ids.push_back(*std::move(id));
  }
  return ids;
}

}  // namespace iacdb::mysql
