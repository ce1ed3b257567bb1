#include "observe/exporters/log/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <iacdb/error.hpp>

#include "observe/statement_groups.hpp"

namespace iacdb::observe {
namespace {

std::unique_ptr<spdlog::logger> open_logger(const std::string& file) {
  spdlog::sink_ptr sink;
  if (file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    try {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    } catch (const spdlog::spdlog_ex&) {
      ErrorFacts facts;
      facts.kind = ErrorKind::config;
      facts.message = "the log file cannot be opened for appending; check its path and permissions";
      facts.where = file;
      raise(std::move(facts));
    }
  }
  auto logger = std::make_unique<spdlog::logger>("iacdb", std::move(sink));
  logger->set_pattern("%v");  // Lines arrive whole.
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return logger;
}

double in_ms(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

/// How much a failed statement matters to whoever runs the program.
LogLevel level_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::connect:
    case ErrorKind::authentication:
    case ErrorKind::connection_lost:
    case ErrorKind::resource:
    case ErrorKind::in_doubt:
    case ErrorKind::internal:
      return LogLevel::error;
    case ErrorKind::unique_violation:
    case ErrorKind::foreign_key_violation:
    case ErrorKind::not_null_violation:
    case ErrorKind::check_violation:
    case ErrorKind::serialization_failure:
    case ErrorKind::row_count:
    case ErrorKind::cancelled:
      return LogLevel::info;
    default:
      return LogLevel::warn;
  }
}

LogLevel level_of(PoolEvent::What what) {
  switch (what) {
    case PoolEvent::What::opened:
    case PoolEvent::What::closed:
      return LogLevel::debug;
    case PoolEvent::What::breaker_closed:
      return LogLevel::info;
    case PoolEvent::What::breaker_opened:
      return LogLevel::error;
    default:
      return LogLevel::warn;
  }
}

/// The error's own line may name the statement again: that has a field of its own.
void add_error(LogLine& line, const Error& error) {
  line.add("kind", to_string(error.kind())).add_if("sqlstate", error.sqlstate());
  if (error.native_code() != 0) line.add("code", error.native_code());
  line.add("message", error.facts().message).add_if("where", error.where());
}

}  // namespace

Log::Log(const LogOptions& options) : options_(options), logger_(open_logger(options.file)) {
  logger_->set_error_handler([this](const std::string&) { ++lost_; });
}

Log::~Log() = default;

LogLine Log::line(LogLevel level, std::string_view event) const {
  return {options_.format, level, event, std::chrono::system_clock::now()};
}

void Log::write(LogLine& line) noexcept {
  try {
    logger_->log(spdlog::level::info, spdlog::string_view_t(line.finish()));
  } catch (...) {
    ++lost_;
  }
}

std::chrono::milliseconds Log::threshold_of(std::string_view database) const {
  const auto own = options_.slow_query_thresholds.find(database);
  return own == options_.slow_query_thresholds.end() ? options_.slow_query_threshold : own->second;
}

std::chrono::nanoseconds Log::plan_after(std::string_view database) const {
  const auto threshold = threshold_of(database);
  const bool wanted = options_.slow_query_plan && threshold.count() != 0 && writes(LogLevel::warn);
  return wanted ? threshold : std::chrono::nanoseconds::max();
}

void Log::on_query(const QueryEvent& event) {
  const auto threshold = threshold_of(event.database);
  const bool is_slow = threshold.count() != 0 && event.duration >= threshold;
  LogLevel level = is_slow ? LogLevel::warn : LogLevel::debug;
  if (event.error != nullptr) level = std::min(level, level_of(event.error->kind()));
  if (!writes(level)) return;
  const std::string_view succeeded = is_slow ? "slow_query" : "query";
  LogLine line = this->line(level, event.error != nullptr ? "query_failed" : succeeded);
  line.add("database", event.database).add("backend", event.backend);
  line.add_if("label", event.label);
  line.add_if("command", event.command).add_if("collection", event.collection);
  line.add("ms", in_ms(event.duration));
  if (event.waited.count() != 0) line.add("waited_ms", in_ms(event.waited));
  line.add("rows", event.rows);
  if (event.error != nullptr) add_error(line, *event.error);
  const std::string fingerprint = event.fingerprint();
  if (!fingerprint.empty()) line.add("group", group_id(fingerprint));
  line.add_if("statement", fingerprint).add_if("plan", event.plan);
  write(line);
}

void Log::on_pool(const PoolEvent& event) {
  const LogLevel level = level_of(event.what);
  if (!writes(level)) return;
  LogLine line = this->line(level, "pool_" + std::string(to_string(event.what)));
  line.add("database", event.database).add_if("detail", event.detail);
  write(line);
}

std::shared_ptr<Log> make_log(const LogOptions& options) {
  return std::make_shared<Log>(options);
}

}  // namespace iacdb::observe
