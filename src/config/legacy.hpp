#pragma once
// Legacy: the configuration forms of existing installations, turned into today's.
//
//   if (is_legacy(document)) root = convert_legacy(document, problems);
//   lay_legacy_environment(root, environment, problems);
//
// Three forms: configuration.json (database, altdatabases, documentdb), a JSON file with primary,
// replicas and document, and the DB_* and DOCDB_* variables. The first database is named `default`,
// the document store `document`. Values are literal: ${ means nothing in them. Keys that concern no
// database are ignored. What Go's pools allow and ours refuses is fitted: idle above open.
// Threads: plain functions.

#include <map>
#include <optional>
#include <string>

#include "config/node.hpp"
#include "config/problem.hpp"
#include "config/reference.hpp"

namespace iacdb::config {

bool is_legacy(const Node& document);
Node convert_legacy(const Node& document, Problems& problems);
/// Lays the DB_* and DOCDB_* variables over what a legacy file said, or over nothing.
void lay_legacy_environment(Node& root, const Environment& environment, Problems& problems);

/// The values of one database by normalised name: "maxidleconns" for DB_MAX_IDLE_CONNS.
using LegacyValues = std::map<std::string, Node>;

/// "DB_MAX_IDLE_CONNS", "maxIdleConns" and "max-idle-conns" are one name.
std::string legacy_name(std::string_view name);
LegacyValues legacy_values(const Node& section);

enum class LegacyRole : std::uint8_t {
  primary,
  replica,  ///< What is not given is the primary's.
  document,
  overlay,  ///< What is not given stays as it is.
};
/// A database's section in today's keys.
Node legacy_database(const LegacyValues& values, LegacyRole role, const Mark& mark,
                     Problems& problems);
/// Metrics, health and slow-query settings that stood beside the primary database.
void put_legacy_observation(const LegacyValues& values, Node& root);

}  // namespace iacdb::config
