#pragma once
// One statement that a target can only say in several: INSERT ALL, MERGE, changes inside WITH,
// UPDATE with the rows before it. Each of the several then runs through every pass.
//
//   Steps steps = expand(context);   // usually the statement itself

#include <vector>

#include "sql/translate/context.hpp"

namespace iacdb::sql {

struct Steps {
  std::vector<Node*> statements = {};
  std::size_t answer = 0;  ///< the one whose rows are the statement's
};

Steps expand(Context& c);

// its parts, one file each; they leave `steps` empty where the statement is not theirs
void expand_insert_all(Context& c, Steps& steps);
void expand_merge(Context& c, Steps& steps);
void expand_changing_ctes(Context& c, Steps& steps);
void expand_old_rows(Context& c, Steps& steps);
void expand_several_tables(Context& c, Steps& steps);
void expand_output_into(Context& c, Steps& steps);
void expand_replace(Context& c, Steps& steps);

/// The rows that an INSERT would answer with, from what it inserts.
Node* inserted_rows(Node* insert, Context& c);

/// CREATE TEMPORARY TABLE name AS query, and its end.
Node* keep_rows(Context& c, std::string_view name, Node* query);
Node* drop_rows(Context& c, std::string_view name);

/// UPDATE (SELECT .. FROM a JOIN b) of Oracle as one with a join; false where it is none.
bool open_view(Node* update, Context& c);

/// The column by which a row is found again: ctid, rowid or the primary key. Refuses without one.
std::string_view row_address(Context& c, const Node* table);

/// The one column of a table's primary key. Refuses where it is not known or not one.
std::string_view primary_key(Context& c, const Node* table);

/// Columns that an UPDATE sets become what it sets them to.
void put_assigned(Node*& tree, const Node* assigns, std::string_view table, Context& c);

}  // namespace iacdb::sql
