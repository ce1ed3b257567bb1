#pragma once
// The passes of translation, each with one subject; translate.cpp lists them in their order.

#include "sql/translate/context.hpp"

namespace iacdb::sql {

// before the passes: what concerns no data, see TranslateOptions::whole_database
bool leave_out(const Node* statement, Context& c);

/// A command of SQL Server that is a statement elsewhere: EXEC sp_rename, IF OBJECT_ID(..) DROP.
void read_command(Context& c);
/// CREATE SCHEMA where schemas are, and without it where names go without theirs.
bool create_schema(Context& c);

// reading: the source's ways become common ones
void pass_database_names(Context& c);    // schemas, and the spelling of tables
void pass_names(Context& c);             // quoting and folding
void pass_implied_names(Context& c);     // COUNT(*) is called count in PostgreSQL
void pass_source_operators(Context& c);  // || of mysql, IS of sqlite, <=>, !
void pass_default_values(Context& c);    // DEFAULT as a value in SQLite
void pass_row_address(Context& c);       // ROWID
void pass_collations(Context& c);        // COLLATE, BINARY
void pass_dual(Context& c);              // FROM dual
void pass_zero_dates(Context& c);        // '0000-00-00'
void pass_stored_values(Context& c);     // literals in the columns they go to
void pass_outer_marks(Context& c);       // (+) and *=
void pass_connect_by(Context& c);        // hierarchical queries
void pass_series(Context& c);            // generate_series
void pass_rownum(Context& c);            // ROWNUM
void pass_empty_text(Context& c);        // Oracle's '' is NULL
void pass_read_functions(Context& c);
void pass_read_moments(Context& c);  // date arithmetic in the source's words

void pass_weeks(Context& c);  // by a first day that a setting decides

// structure
void pass_quantified(Context& c);  // ANY and ALL
void pass_booleans(Context& c);
void pass_division(Context& c);
void pass_concatenation(Context& c);
void pass_casts(Context& c);        // rounding, cut text
void pass_mixed_types(Context& c);  // numbers beside texts
void pass_taken_types(Context& c);  // numbers and moments in the place of texts, and the reverse
void pass_null_safe(Context& c);
void pass_like(Context& c);
void pass_json(Context& c);  // values of documents compared
void pass_trim(Context& c);  // characters as one text or as a set
void pass_case(Context& c);  // comparisons that ignore case
void pass_row_values(Context& c);
void pass_set_all(Context& c);   // INTERSECT ALL, EXCEPT ALL
void pass_group_by(Context& c);  // aliases, ROLLUP
void pass_distinct_on(Context& c);
void pass_ordered_sources(Context& c);  // ORDER BY of what another query reads
void pass_aggregates(Context& c);       // FILTER, KEEP, string aggregation
void pass_pivot(Context& c);
void pass_lateral(Context& c);  // APPLY, LATERAL
void pass_joins(Context& c);    // FULL, USING, STRAIGHT
void write_full_joins(Context& c);
void pass_values(Context& c);  // VALUES as a table
/// SEARCH of one WITH query as a column of it.
void search_in_order(Node* cte, Context& c);
void pass_ctes(Context& c);  // RECURSIVE, column lists
void pass_null_order(Context& c);
void pass_text_order(Context& c);  // by letters or by bytes
void pass_windows(Context& c);     // OVER () beside others in MariaDB
void pass_limits(Context& c);
void pass_set_order(Context& c);     // ORDER BY expressions over UNION
void pass_changes(Context& c);       // UPDATE and DELETE with joins, ORDER BY and LIMIT
void pass_with_changes(Context& c);  // WITH before a change
void pass_assignments(Context& c);   // one after the other, or at once
void pass_upsert(Context& c);
void pass_sequences(Context& c);    // a table in SQLite, one value a row
void pass_filled_keys(Context& c);  // keys that the database would count
void pass_merge(Context& c);
void pass_returning(Context& c);
void pass_hints(Context& c);        // hints and locks
void pass_definitions(Context& c);  // CREATE TABLE, ALTER TABLE
void pass_types(Context& c);        // casts and columns

// writing: the common ways become the target's
void pass_time_zone(Context& c);  // UTC, where the policy says so
void pass_write_moments(Context& c);
void pass_write_functions(Context& c);
void pass_hidden_columns(Context& c);   // by an implied name, in ORDER BY of PostgreSQL
void pass_moment_literals(Context& c);  // SQLite reads dates in one form only

}  // namespace iacdb::sql
