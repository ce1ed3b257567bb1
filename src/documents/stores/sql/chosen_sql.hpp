#pragma once
// The statement that reads of each document only some of its fields.
//
//   if (const auto sql = chosen_sql(form, "select seq, doc, 0 ...", choice, false)) ...
//
// It answers seq, doc and look as the one within it, in the same order, and has no parameters of
// its own. A document has at least the fields that are chosen, so that whoever reads it makes the
// choice again (storage_to_bson() does); rows with look other than 0 are whole. PostgreSQL reads a
// document once, however many fields are asked of it; those that go it takes out where they are
// most of the document, for to make another one costs more than to send the rest.
// Threads: pure functions.

#include <optional>
#include <string>

#include "documents/storage/field_choice.hpp"
#include "documents/stores/sql/sql_form.hpp"

namespace iacdb::doc {

/// `looks`: some rows may have another look than 0. nullopt: SQL is not asked to.
std::optional<std::string> chosen_sql(const SqlForm& form, const std::string& statement,
                                      const FieldChoice& choice, bool looks);
/// The same on PostgreSQL, of a statement that answers doc alone.
std::string chosen_document_sql(const std::string& statement, const FieldChoice& choice);

}  // namespace iacdb::doc
