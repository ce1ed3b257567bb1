#pragma once
// Predicates, and booleans as texts.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

/// What gives true, false or unknown by its form.
bool is_predicate(const Node* n);

/// A predicate that is never unknown.
bool never_null_predicate(const Node* n);

/// A boolean of PostgreSQL as the text that a cast ('true') or CONCAT ('t') makes of it.
void boolean_as_text(Node*& n, bool whole_words, Context& c);

}  // namespace iacdb::sql
