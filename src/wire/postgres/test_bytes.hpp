#pragma once
// Test input written as in the protocol's reference: hexadecimal, and 'quoted text'.
//
//   std::string message = wire("53 00000011 'TimeZone' 00 'UTC' 00");

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "iacdb/error.hpp"

namespace iacdb::wire::postgres {

inline int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw std::invalid_argument("no hexadecimal digit in test input");
}

inline std::string wire(std::string_view notation) {
  std::string out;
  for (std::size_t at = 0; at < notation.size();) {
    if (notation[at] == ' ') {
      ++at;
    } else if (notation[at] == '\'') {
      const auto end = notation.find('\'', at + 1);
      out += notation.substr(at + 1, end - at - 1);
      at = end + 1;
    } else {
      out += static_cast<char>(hex_value(notation.at(at)) * 16 + hex_value(notation.at(at + 1)));
      at += 2;
    }
  }
  return out;
}

/// The kind of error a call ends with; none when it succeeds.
template <class Call>
std::optional<ErrorKind> kind_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

/// True when the call throws as malformed bytes must: kind internal, the connection is gone.
template <class Call>
bool is_malformed(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind() == ErrorKind::internal && error.breaks_connection();
  }
  return false;
}

}  // namespace iacdb::wire::postgres
