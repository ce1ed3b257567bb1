#pragma once
// JDBC's form of connection strings, which wraps the others.
//
//   if (text.starts_with("jdbc:")) parse_jdbc(text, references, parts);
//
// Threads: plain functions.

#include <string_view>

#include "config/connection_parts.hpp"

namespace iacdb::config {

/// The backend of "jdbc:postgresql:..."; empty when unknown.
std::string_view backend_of_jdbc(std::string_view text) noexcept;
void parse_jdbc(std::string_view text, bool references, ConnectionParts& parts);

}  // namespace iacdb::config
