#pragma once
// What `iacdb translate` shares among its files: where the schema comes from, and the batch form.
//
// Threads: one at a time.

#include <iosfwd>
#include <string>

#include "cli/command.hpp"
#include "sql/translate_script.hpp"

namespace iacdb::cli {

/// What --schema names: a DDL file of the source's dialect, a saved catalogue (JSON), or a URL.
/// Throws: ConfigError when it cannot be read; the errors of a connection.
sql::SchemaFacts read_schema_source(const std::string& source, Dialect from, Context& context);
/// The catalogue as --save-schema writes it and --schema reads it.
std::string print_catalogue(const sql::SchemaFacts& facts);
/// Throws: ConfigError that says what is wrong with the text.
sql::SchemaFacts parse_catalogue(const std::string& text, const std::string& where);

/// One JSON object a line in, one a line out, in order.
void translate_batch(sql::Translator& translator, std::istream& in, std::ostream& out);

}  // namespace iacdb::cli
