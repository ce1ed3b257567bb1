#include <cerrno>
#include <filesystem>
#include <system_error>

#include "backends/sqlite/open_plan.hpp"

namespace iacdb::backends::sqlite {
namespace {

namespace fs = std::filesystem;

/// SQLite counts its memory under a mutex that all its connections of a process share; nothing here
/// reads the counts. Before main() because no other thread may be in SQLite meanwhile; a program
/// that wants them calls sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1) at its start.
[[maybe_unused]] const int memory_uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

/// Names that SQLite would read as something else than a file of that name.
std::string literal_path(const std::string& file) {
  return file.starts_with(":") || file.starts_with("file:") ? "./" + file : file;
}

/// What keeps the file from being opened, and what to do; empty when it is not seen from outside.
std::string open_hint(const OpenPlan& plan, int system_errno) {
  std::error_code error;
  const fs::path path(literal_path(plan.file));
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (fs::is_directory(path, error)) return "the path is a directory; name a file in it";
  if (!fs::exists(folder, error)) {
    return error ? "its directory cannot be looked into; check the permissions"
                 : "its directory does not exist; create it, or correct the path";
  }
  if (!fs::exists(path, error) && (plan.flags & SQLITE_OPEN_CREATE) == 0) {
    return "the file does not exist; open it with mode=rwc to create it";
  }
  if (system_errno == EACCES || system_errno == EPERM) {
    return "permission is denied; check the owner and mode of the file and its directory";
  }
  if (system_errno == EROFS) return "the file system is read only; use mode=ro";
  return {};
}

[[noreturn]] void raise_open(sqlite3* db, int rc, const OpenPlan& plan, StopReason stopped) {
  ErrorFacts facts = error_facts(db, rc, {.stopped = stopped, .where = plan.file});
  const int primary = rc & 0xff;
  if (primary == SQLITE_CANTOPEN || primary == SQLITE_PERM) {
    facts.kind = ErrorKind::connect;
    const std::string hint = open_hint(plan, db != nullptr ? sqlite3_system_errno(db) : 0);
    if (!hint.empty()) facts.message = "cannot open the database file: " + hint;
  } else if (primary == SQLITE_CORRUPT || primary == SQLITE_IOERR || primary == SQLITE_READONLY) {
    facts.kind = ErrorKind::connect;
  }
  facts.breaks_connection = true;
  raise(std::move(facts));
}

class Opener {
 public:
  Opener(const OpenPlan& plan, Watch& watch, const driver::Call& call)
      : plan_(plan), watch_(watch), call_(call) {}

  Database run() {
    open();
    check(sqlite3_extended_result_codes(db_.get(), 1));
    watch_.attach(db_.get(), plan_.busy_timeout);
    watch_.start(call_);
    // "x" is a name and never a text: a misspelt column must not become a constant.
    sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    set("foreign_keys", plan_.foreign_keys ? "on" : "off");
    set("synchronous", plan_.synchronous);
    if (!plan_.cache_size.empty()) set("cache_size", plan_.cache_size);
    if (!plan_.mmap_size.empty()) set("mmap_size", plan_.mmap_size);
    if (plan_.in_memory) {
      allow_any_size();
    } else if (!plan_.read_only) {
      set_journal_mode();
    }
    run("select count(*) from sqlite_schema");  // Reads the file: a wrong or damaged one shows now.
    return std::move(db_);
  }

 private:
  void open() {
    std::string name = plan_.in_memory ? ":memory:" : literal_path(plan_.file);
    int flags = plan_.flags | SQLITE_OPEN_NOMUTEX;
    if (!plan_.memory_id.empty()) {
      name = shared_memory_uri(plan_.memory_id);
      flags |= SQLITE_OPEN_URI;
    }
    sqlite3* raw = nullptr;
    const int rc = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
    db_.reset(raw);
    if (rc != SQLITE_OK) {
      raise_open(raw, raw != nullptr ? sqlite3_extended_errcode(raw) : rc, plan_, StopReason::none);
    }
  }

  void check(int rc) {
    if (rc != SQLITE_OK) raise_open(db_.get(), rc, plan_, watch_.reason());
  }
  void run(const std::string& sql) {
    check(sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr));
  }
  void set(std::string_view pragma, std::string_view value) {
    run("pragma " + std::string(pragma) + " = " + std::string(value));
  }

  /// The memdb VFS stops at 1 GiB by default.
  void allow_any_size() {
    sqlite3_int64 limit = 0x7fff'ffff'ffff;
    if (!plan_.memory_id.empty()) {
      sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_SIZE_LIMIT, &limit);
    }
  }

  /// A change of the journal mode needs the database alone, and SQLite does not always wait for
  /// that in its busy handler: two first connections to a new file meet here.
  void set_journal_mode() {
    const std::string sql = "pragma journal_mode = " + plan_.journal_mode;
    const auto patience = base::Deadline::in(plan_.busy_timeout);
    for (;;) {
      std::string got;
      const int rc = sqlite3_exec(db_.get(), sql.c_str(), &Opener::take_text, &got, nullptr);
      if ((rc & 0xff) == SQLITE_BUSY && !patience.passed() && !call_.deadline.passed()) {
        sqlite3_sleep(1);
        continue;
      }
      // A file that this user may not write is still good for reading.
      if ((rc & 0xff) == SQLITE_READONLY && !plan_.journal_mode_given) return;
      check(rc);
      if (plan_.journal_mode_given && got != plan_.journal_mode) {
        raise_own(ErrorKind::config,
                  "the database cannot have journal_mode=" + plan_.journal_mode +
                      " where it lies; leave the option out",
                  {}, plan_.file);
      }
      return;
    }
  }
  static int take_text(void* into, int, char** values, char**) {
    if (values[0] != nullptr) *static_cast<std::string*>(into) = values[0];
    return 0;
  }

  const OpenPlan& plan_;
  Watch& watch_;
  const driver::Call& call_;
  Database db_;
};

}  // namespace

std::string shared_memory_uri(std::string_view memory_id) {
  return "file:/iacdb-" + std::string(memory_id) + "?vfs=memdb";
}

Database open_database(const OpenPlan& plan, Watch& watch, const driver::Call& call) {
  return Opener(plan, watch, call).run();
}

}  // namespace iacdb::backends::sqlite
