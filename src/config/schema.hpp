#pragma once
// Schema: the description of all keys, as JSON Schema for editors and as a page for people.
//
//   std::cout << json_schema();           // docs/schema/iacdb.schema.json
//   std::cout << reference_page();        // docs/reference/configuration.md
//
// Both are made from the tables of keys that also check the files, so they cannot differ from them.
// Threads: plain functions.

#include <string>

namespace iacdb::config {

/// JSON Schema, draft 7: the one that editors know best.
std::string json_schema();
/// Markdown.
std::string reference_page();

}  // namespace iacdb::config
