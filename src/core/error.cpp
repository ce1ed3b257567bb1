#include "iacdb/error.hpp"

#include <array>
#include <utility>

namespace iacdb {
namespace {

constexpr std::array<std::string_view, 25> kind_names = {
    "config",
    "connect",
    "authentication",
    "connection_lost",
    "timeout",
    "cancelled",
    "usage",
    "unsupported",
    "data",
    "row_count",
    "syntax",
    "undefined_object",
    "duplicate_object",
    "permission",
    "unique_violation",
    "foreign_key_violation",
    "not_null_violation",
    "check_violation",
    "serialization_failure",
    "deadlock",
    "lock_timeout",
    "read_only",
    "resource",
    "in_doubt",
    "internal",
};

std::string compose_what(const ErrorFacts& facts) {
  std::string text;
  if (!facts.backend.empty()) text += facts.backend + ": ";
  text += facts.message;
  if (!facts.sqlstate.empty() || facts.native_code != 0) {
    text += " [";
    if (!facts.sqlstate.empty()) text += "sqlstate " + facts.sqlstate;
    if (facts.native_code != 0) {
      if (!facts.sqlstate.empty()) text += ", ";
      text += "code " + std::to_string(facts.native_code);
    }
    text += "]";
  }
  if (!facts.where.empty()) text += " (" + facts.where + ")";
  if (!facts.statement.empty()) text += " in: " + facts.statement;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

}  // namespace

std::string_view to_string(ErrorKind kind) noexcept {
  return kind_names[static_cast<std::size_t>(kind)];
}

Error::Error(ErrorFacts facts)
    : facts_(std::make_shared<const ErrorFacts>(std::move(facts))),
      what_(std::make_shared<const std::string>(compose_what(*facts_))) {}

void raise(ErrorFacts facts) {
  switch (facts.kind) {
    case ErrorKind::config:
      throw ConfigError(std::move(facts));
    case ErrorKind::connect:
    case ErrorKind::authentication:
    case ErrorKind::connection_lost:
      throw ConnectError(std::move(facts));
    case ErrorKind::timeout:
    case ErrorKind::cancelled:
      throw TimeoutError(std::move(facts));
    case ErrorKind::usage:
      throw UsageError(std::move(facts));
    case ErrorKind::unsupported:
      throw UnsupportedError(std::move(facts));
    case ErrorKind::data:
      throw DataError(std::move(facts));
    case ErrorKind::row_count:
      throw RowCountError(std::move(facts));
    case ErrorKind::unique_violation:
    case ErrorKind::foreign_key_violation:
    case ErrorKind::not_null_violation:
    case ErrorKind::check_violation:
      throw ConstraintError(std::move(facts));
    case ErrorKind::serialization_failure:
    case ErrorKind::deadlock:
    case ErrorKind::lock_timeout:
      throw ConflictError(std::move(facts));
    case ErrorKind::in_doubt:
      throw InDoubtError(std::move(facts));
    default:
      throw QueryError(std::move(facts));
  }
}

void raise(ErrorKind kind, std::string message) {
  ErrorFacts facts;
  facts.kind = kind;
  facts.message = std::move(message);
  raise(std::move(facts));
}

}  // namespace iacdb
