#pragma once
// What a collection is besides its documents: options and indexes, as commands and as the metadata
// file of mongodump.
//
//   const Document definition = definition_of(store, "people");   // as listCollections tells it
//
// Throws: ConfigError when the collection is missing. Threads: plain functions.

#include <iacdb/documents.hpp>

#include "cli/doc_formats.hpp"

namespace iacdb::cli {

std::string json_text(std::string_view text);
/// nullopt: there is none of that name.
std::optional<Document> find_definition(DocumentStore& store, const std::string& collection);
Document definition_of(DocumentStore& store, const std::string& collection);
std::vector<Document> indexes_beside_id(Collection collection);
Document create_indexes_command(const std::string& collection, const Document& index);

/// "people.bson" -> "people.metadata.json"
std::string metadata_path(const std::string& bson_path);
std::string metadata_json(const Document& definition, const std::vector<Document>& indexes);

/// By its name, or by the ending of the file's; ndjson where neither says. Throws: ConfigError.
DocFormat chosen_format(const std::string& name, const std::string& file);

}  // namespace iacdb::cli
