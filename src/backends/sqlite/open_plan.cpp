#include "backends/sqlite/open_plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace iacdb::backends::sqlite {
namespace {

using driver::BackendOption;

constexpr std::array options{
    BackendOption{"busy_timeout_ms", BackendOption::Kind::integer, "",
                  "how long to wait for another connection's lock; default 5000, 0 does not wait"},
    BackendOption{"cache_size", BackendOption::Kind::integer, "",
                  "page cache: pages when positive, KiB when negative; default -2000"},
    BackendOption{"foreign_keys", BackendOption::Kind::boolean, "",
                  "whether foreign keys are enforced; default true"},
    BackendOption{"journal_mode", BackendOption::Kind::choice,
                  "wal|delete|truncate|persist|memory|off", "how commits are made; default wal"},
    BackendOption{"memory_id", BackendOption::Kind::text, "",
                  "name by which connections of one process share an in-memory database; a pool "
                  "chooses one of its own"},
    BackendOption{"mmap_size", BackendOption::Kind::integer, "",
                  "bytes of the file to map into memory; default 0"},
    BackendOption{"mode", BackendOption::Kind::choice, "ro|rw|rwc",
                  "read only, read and write, or create the file too; default rwc"},
    BackendOption{"synchronous", BackendOption::Kind::choice, "off|normal|full|extra",
                  "when the disk is flushed; default normal"},
    BackendOption{"transaction", BackendOption::Kind::choice, "immediate|deferred|exclusive",
                  "how a read-write transaction begins; default immediate"},
};

[[noreturn]] void raise_option(const BackendOption& option, const std::string& expected) {
  raise_own(ErrorKind::config, "option " + std::string(option.name) + " must be " + expected +
                                   ": " + std::string(option.description));
}

void check_choice(const BackendOption& option, std::string_view value) {
  std::string_view rest = option.choices;
  while (!rest.empty()) {
    const auto bar = std::min(rest.find('|'), rest.size());
    if (rest.substr(0, bar) == value) return;
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  raise_option(option, "one of " + std::string(option.choices));
}

std::int64_t integer_of(const BackendOption& option, const std::string& value) {
  std::int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto [at, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || at != end) raise_option(option, "an integer");
  return number;
}

bool boolean_of(const BackendOption& option, std::string_view value) {
  if (value == "true" || value == "on" || value == "1" || value == "yes") return true;
  if (value == "false" || value == "off" || value == "0" || value == "no") return false;
  raise_option(option, "true or false");
}

int open_flags(std::string_view mode) {
  if (mode == "ro") return SQLITE_OPEN_READONLY;
  return mode == "rw" ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

void apply(OpenPlan& plan, const BackendOption& option, const std::string& value) {
  if (option.kind == BackendOption::Kind::choice) check_choice(option, value);
  if (option.kind == BackendOption::Kind::integer) integer_of(option, value);
  if (option.name == "busy_timeout_ms") {
    const std::int64_t ms = integer_of(option, value);
    if (ms < 0 || ms > 86'400'000) raise_option(option, "from 0 to 86400000");
    plan.busy_timeout = std::chrono::milliseconds(ms);
  } else if (option.name == "cache_size") {
    plan.cache_size = value;
  } else if (option.name == "foreign_keys") {
    plan.foreign_keys = boolean_of(option, value);
  } else if (option.name == "journal_mode") {
    plan.journal_mode = value;
    plan.journal_mode_given = true;
  } else if (option.name == "memory_id") {
    plan.memory_id = value;
  } else if (option.name == "mmap_size") {
    plan.mmap_size = value;
  } else if (option.name == "mode") {
    plan.flags = open_flags(value);
    plan.read_only = value == "ro";
  } else if (option.name == "synchronous") {
    plan.synchronous = value;
  } else if (option.name == "transaction") {
    plan.begin = value == "immediate"  ? BeginMode::immediate
                 : value == "deferred" ? BeginMode::deferred
                                       : BeginMode::exclusive;
  }
}

void check_memory(const OpenPlan& plan) {
  for (const char c : plan.memory_id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '-' && c != '_') {
      raise_own(ErrorKind::config, "option memory_id takes letters, digits, - and _ only");
    }
  }
  if (!plan.memory_id.empty() && !plan.in_memory) {
    raise_own(ErrorKind::config, "option memory_id is for :memory: databases only");
  }
  if (plan.in_memory && plan.read_only) {
    raise_own(ErrorKind::config, "an in-memory database cannot be read only: leave mode=ro out");
  }
}

}  // namespace

std::span<const BackendOption> known_options() noexcept {
  return options;
}

OpenPlan plan_open(const ConnectionSettings& settings) {
  OpenPlan plan;
  plan.flags = open_flags("rwc");
  plan.in_memory = settings.database == ":memory:";
  if (!plan.in_memory) plan.file = settings.database;
  if (settings.database.empty()) {
    raise_own(ErrorKind::config,
              "no database file is given: use sqlite:file.db or sqlite::memory:");
  }
  if (settings.database.find('\0') != std::string::npos) {
    raise_own(ErrorKind::config, "the database file's name holds a NUL byte");
  }
  for (const auto& [name, value] : settings.options) {
    const auto* option =
        std::find_if(options.begin(), options.end(),
                     [&wanted = name](const BackendOption& o) { return o.name == wanted; });
    if (option == options.end()) {
      raise_own(ErrorKind::config, "SQLite has no option " + name + "; see `iacdb backends`");
    }
    apply(plan, *option, value);
  }
  check_memory(plan);
  return plan;
}

}  // namespace iacdb::backends::sqlite
