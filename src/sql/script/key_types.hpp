#pragma once
// Keys whose type changes take with them the columns that refer to them.
//
// An identity column of NUMERIC(19) becomes BIGINT in PostgreSQL and MySQL, and a foreign key has
// the type of what it refers to: in MySQL to the letter, in PostgreSQL no NUMERIC for an integer.
// Threads: one at a time. Cost: linear in the definitions, times the depth of their references.

#include <functional>
#include <vector>

#include "iacdb/dialect.hpp"
#include "sql/ast.hpp"

namespace iacdb::sql {

/// `definitions`: CREATE TABLE and ALTER TABLE of one script, or nullptr. Calls changed(i) for
/// those whose columns got another type.
void agree_on_key_types(const std::vector<Node*>& definitions, Builder& build, Dialect from,
                        Dialect to, const std::function<void(std::size_t)>& changed);

}  // namespace iacdb::sql
