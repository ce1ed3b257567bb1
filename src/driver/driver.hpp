#pragma once
// The SQL driver interface: what a database plug implements. How to add one:
//
//  1. make src/backends/<db>/ with a Backend, a Connection, a Cursor and an error table;
//  2. name the factory function `const Backend& backend_<db>()` and add one line to
//  cmake/tree.cmake;
//  3. fill in Capabilities from the server's version and settings;
//  4. run the conformance suite with a URL of yours in IACDB_TEST_URLS.
//
// SQL arrives with `?` placeholders (and `??` for a literal question mark), lists already expanded
// and names already turned into positions by the database room. A Connection prepares it, keeps the
// prepared form in its own statement cache keyed by the text as it came, and binds Cells.
//
// Every call has a Call: a deadline and a stop token. When either comes, the connection cancels the
// statement on the server, and throws ErrorKind::timeout or cancelled; when the server does not
// confirm within a short grace, the error says breaks_connection().
//
// Threads: a Connection is used by one thread at a time, except cancel(), which any thread may
// call.

#include <functional>
#include <iacdb/argument.hpp>
#include <iacdb/capabilities.hpp>
#include <iacdb/cell.hpp>
#include <iacdb/health.hpp>
#include <iacdb/options.hpp>
#include <iacdb/result.hpp>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.hpp"
#include "core/connection_settings.hpp"

namespace iacdb::driver {

/// The limits of one call.
struct Call {
  base::Deadline deadline;
  std::stop_token stop;
};

/// Where a connection stands between two calls.
enum class SessionState : std::uint8_t {
  idle,                ///< No transaction; session as it was when opened.
  in_transaction,      ///< An open transaction, whoever began it.
  failed_transaction,  ///< Only a rollback is possible (PostgreSQL).
  broken,              ///< Unusable: close it.
};

/// "table(column, ...)" taken apart; names keep their quotes.
struct BulkTarget {
  std::string table;                 ///< May be schema-qualified.
  std::vector<std::string> columns;  ///< Empty: all columns in table order.
  /// Throws: UsageError.
  static BulkTarget parse(std::string_view text);
};

/// Names one branch of a transaction over several databases; never used twice.
struct BranchId {
  /// The same in all branches: at most branch_transaction_bytes_max of [A-Za-z0-9-].
  std::string transaction;
  std::uint32_t number = 0;
  auto operator<=>(const BranchId&) const = default;
};
inline constexpr std::size_t branch_transaction_bytes_max = 64;

/// What ending a prepared branch came to.
enum class BranchEnd : std::uint8_t {
  ended,
  unknown,  ///< The database has no such branch: it has ended, or was never prepared.
};

/// What a health check learns beyond a ping.
struct Inspection {
  Role role = Role::unknown;
  bool read_only = false;
  std::string problem{};  ///< What keeps it from doing its work; empty: nothing known.
  std::optional<std::uint64_t> disk_free_bytes{};
};

class Connection {
 public:
  virtual ~Connection() = default;

  virtual const Capabilities& can() const noexcept = 0;
  virtual SessionState state() const noexcept = 0;

  /// Runs a statement to its end, discarding rows.
  virtual ExecResult exec(std::string_view sql, std::span<const Cell> arguments,
                          const Call& call) = 0;
  /// Sends a statement; its rows are read through the cursor. One cursor lives at a time; it
  /// belongs to the connection and stays valid until close(). With `arguments_outlive` the
  /// arguments stay valid until close(); otherwise what is needed after the return is copied.
  /// `call` outlives the cursor.
  virtual Cursor& query(std::string_view sql, std::span<const Cell> arguments,
                        bool arguments_outlive, const Call& call) = 0;

  /// Only while state() is idle: MySQL's would commit an open transaction without a word. A begin
  /// may be sent together with the transaction's first statement.
  virtual void begin(const TransactionOptions& options, const Call& call) = 0;
  /// Throws: InDoubtError when the answer was lost; the connection is then broken.
  virtual void commit(const Call& call) = 0;
  virtual void rollback(const Call& call) = 0;
  virtual void savepoint(std::string_view name, const Call& call) = 0;
  virtual void release_savepoint(std::string_view name, const Call& call) = 0;
  virtual void rollback_to_savepoint(std::string_view name, const Call& call) = 0;

  /// All rows or none: opens a transaction of its own when there is none.
  virtual std::unique_ptr<detail::BulkSink> bulk(const BulkTarget& target, const Call& call) = 0;

  /// One round trip; throws when the connection does not answer.
  virtual void ping(const Call& call) = 0;
  /// Makes the connection as it was when opened: rolls back, clears session state where the
  /// statements run on it may have changed some. Cheap when nothing did. False: drop it.
  virtual bool reset(const Call& call) noexcept = 0;
  /// Asks the running statement to end. Threads: any; needs the connection to stay alive.
  virtual void cancel() noexcept = 0;
  /// Health beyond ping: true when the database only reads (a replica, a read-only file).
  virtual bool is_read_only(const Call& call) = 0;
  /// Default: no more than is_read_only().
  virtual Inspection inspect(const Call& call);

  // Two-phase commit, for databases that can() it. A branch is a transaction that is begun with
  // begin_branch(). After prepare_branch() it belongs to the server: it survives the connection
  // and a restart, and is ended with end_branch() by this connection or by any other one of the
  // same database. The defaults throw UnsupportedError by name.

  virtual void begin_branch(const BranchId& id, const TransactionOptions& options,
                            const Call& call);
  /// Throws: InDoubtError when the answer was lost; with any other error it is not prepared.
  virtual void prepare_branch(const BranchId& id, const Call& call);
  /// Also rolls back a branch of this connection that is not prepared yet. Throws:
  /// ErrorKind::lock_timeout when another connection works on it just now: try again.
  virtual BranchEnd end_branch(const BranchId& id, bool commit, const Call& call);
  /// Prepared branches whose transaction begins with `prefix`.
  virtual std::vector<BranchId> prepared_branches(std::string_view prefix, const Call& call);

  /// What was said beside the answers and not taken yet. Default: nothing.
  virtual std::vector<Notice> notices(const Call&) { return {}; }

  // What only some databases have; the defaults throw UnsupportedError by name.
  virtual void listen(std::string_view channel, const Call& call);
  virtual void unlisten(std::string_view channel, const Call& call);
  /// Waits for at least one; returns none when the deadline or the stop token comes first.
  virtual std::vector<Notification> notifications(const Call& call);
  virtual std::uint64_t copy_in(std::string_view sql,
                                const std::function<std::size_t(std::span<std::byte>)>& source,
                                const Call& call);
  virtual std::uint64_t copy_out(std::string_view sql, const std::function<void(BytesView)>& sink,
                                 const Call& call);
  virtual CallResult call_procedure(std::string_view procedure,
                                    std::span<const ProcedureParameter> parameters,
                                    const Call& call);
  /// Default: query() and the cell in pieces; a backend that can stream overrides it.
  virtual std::uint64_t read_large(std::string_view sql, std::span<const Cell> arguments,
                                   const std::function<void(BytesView)>& sink, const Call& call);
  /// Default: one exec() after another.
  virtual std::vector<ExecResult> pipeline(std::span<const PipelinedStatement> statements,
                                           const Call& call);

 protected:
  [[noreturn]] void raise_unsupported(std::string_view what) const;
};

/// An option a backend understands, for `config schema`, completion and checks.
struct BackendOption {
  enum class Kind : std::uint8_t { text, integer, boolean, choice };
  std::string_view name;
  Kind kind = Kind::text;
  std::string_view choices;  ///< For choice: separated by |.
  std::string_view description;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const noexcept = 0;  ///< "postgres"
  /// URL schemes, own name first: "postgres", "postgresql".
  virtual std::span<const std::string_view> schemes() const noexcept = 0;
  virtual std::uint16_t default_port() const noexcept = 0;  ///< 0: no network.
  virtual std::span<const BackendOption> options() const noexcept = 0;
  /// "libmariadb 3.3.18", "built in": for `iacdb backends`.
  virtual std::string client_version() const = 0;
  /// Called once for a pool, before its first connect: may complete the settings that all its
  /// connections will use, and returns what must live as long as the pool (an in-memory database
  /// gets a name that its connections share, and is kept); mostly nothing.
  virtual std::shared_ptr<void> start_pool(ConnectionSettings&) const { return nullptr; }
  /// Opens a connection within call.deadline and the connect timeout of the settings.
  virtual std::unique_ptr<Connection> connect(const ConnectionSettings& settings,
                                              const Call& call) const = 0;
};

/// The backends of this build, and those that are known but were left out, with how to get them.
/// Defined by the generated backend_table.cpp; unit tests supply their own.
std::span<const Backend* const> backends();
struct MissingBackend {
  std::string_view name;
  std::string_view hint;
};
std::span<const MissingBackend> missing_backends();
/// By name or URL scheme; null when unknown.
const Backend* find_backend(std::string_view name_or_scheme);

}  // namespace iacdb::driver
