#include "http/errors.hpp"

#include "core/json.hpp"

namespace iacdb::http {

int status_of(const Error& error) noexcept {
  switch (error.kind()) {
    case ErrorKind::usage:
    case ErrorKind::syntax:
    case ErrorKind::data:
    case ErrorKind::row_count:
    case ErrorKind::undefined_object:
      return 400;
    case ErrorKind::permission:
    case ErrorKind::read_only:
      return 403;
    case ErrorKind::unique_violation:
    case ErrorKind::foreign_key_violation:
    case ErrorKind::not_null_violation:
    case ErrorKind::check_violation:
    case ErrorKind::duplicate_object:
    case ErrorKind::serialization_failure:
    case ErrorKind::deadlock:
    case ErrorKind::lock_timeout:
      return 409;
    case ErrorKind::unsupported:
      return 501;
    case ErrorKind::connect:
    case ErrorKind::authentication:
    case ErrorKind::connection_lost:
    case ErrorKind::cancelled:
    case ErrorKind::resource:
      return 503;
    case ErrorKind::timeout:
      return 504;
    case ErrorKind::config:  // The service's own, found when a database is opened.
    case ErrorKind::in_doubt:
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

std::string error_json(const Error& error) {
  std::string out = "{\"error\":{\"kind\":";
  const auto text = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += ",\"" + std::string(name) + "\":";
    core::append_json_string(out, value);
  };
  core::append_json_string(out, to_string(error.kind()));
  text("message", error.what());
  text("sqlstate", error.sqlstate());
  if (error.native_code() != 0) out += ",\"native_code\":" + std::to_string(error.native_code());
  text("backend", error.backend());
  text("where", error.where());
  text("server_message", error.server_message());
  out += error.retryable() ? ",\"retryable\":true}}" : ",\"retryable\":false}}";
  return out;
}

std::string error_json(std::string_view kind, std::string_view message) {
  std::string out = "{\"error\":{\"kind\":";
  core::append_json_string(out, kind);
  out += ",\"message\":";
  core::append_json_string(out, message);
  return out + "}}";
}

}  // namespace iacdb::http
