#pragma once
// Paths of documents, and what changes and searches them.

#include <string>
#include <vector>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// Steps of a path $.a."b c"[0]; false when it holds anything else.
bool json_path_steps(std::string_view path, std::vector<std::string>& steps);

/// The keys of PostgreSQL's {a,"b c",0}; one that is no such list is refused at `list`.
std::vector<std::string> keys_of_list(const Node* list, Context& c);
/// Appends a key to a path; what a path cannot hold in every dialect is refused at `where`.
void add_key(std::string& path, std::string_view key, const Node* where, Context& c);
/// Appends what stands in such a list: a key, or a place, which may count from the end.
void add_key_or_place(std::string& path, std::string_view key, const Node* where, Context& c);

/// JSON_SET, JSON_MODIFY and jsonb_set as $JSON_SET(document, path, value) and $JSON_REMOVE.
void read_json_change(Node*& call, std::string_view rule, Context& c);
/// These in PostgreSQL's words.
void write_json_change(Node*& call, Context& c);
/// document ? 'key' and document @> part of PostgreSQL.
Node* read_json_search(Node* operation, Context& c);

}  // namespace iacdb::sql
