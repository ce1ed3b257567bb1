#pragma once
// Why a statement cannot be read or translated: thrown inside sql/, turned into an answer at its
// edge (see translate.hpp and parser.hpp).

#include <cstddef>
#include <string>

namespace iacdb::sql {

struct Problem {
  std::string code;     ///< "syntax", "limit", "unsupported", "schema" ...; stable
  std::string message;  ///< one line; holds no literal
  std::size_t offset = 0;
};

[[noreturn]] inline void fail(std::string code, std::string message, std::size_t offset) {
  throw Problem{std::move(code), std::move(message), offset};
}

}  // namespace iacdb::sql
