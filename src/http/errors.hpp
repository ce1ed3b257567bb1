#pragma once
// What goes wrong as HTTP: statuses of the portable kinds, and the body of an error.
//
//   throw HttpError(404, "usage", "no such session; open another one");
//
// Threads: pure functions.

#include <exception>
#include <string>
#include <string_view>

#include "iacdb/error.hpp"

namespace iacdb::http {

/// A refusal of the service itself, with a status that no kind of database error stands for.
class HttpError : public std::exception {
 public:
  HttpError(int status, std::string_view kind, std::string message)
      : status_(status), kind_(kind), message_(std::move(message)) {}
  int status() const noexcept { return status_; }
  std::string_view kind() const noexcept { return kind_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  int status_;
  std::string_view kind_;  ///< A literal.
  std::string message_;
};

/// The HTTP status that belongs to an error.
int status_of(const Error& error) noexcept;
/// {"error": {"kind": ..., "message": ..., ...}}
std::string error_json(const Error& error);
std::string error_json(std::string_view kind, std::string_view message);

}  // namespace iacdb::http
