// \h: the forms of the statements that every database of ours has.

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "cli/shell/commands.hpp"

namespace iacdb::cli {
namespace {

struct Topic {
  std::string_view name;
  std::string_view form;
};

constexpr auto topics = std::to_array<Topic>({
    {"ALTER TABLE",
     "ALTER TABLE name ADD [COLUMN] column type [DEFAULT value] [NOT NULL]\n"
     "ALTER TABLE name DROP [COLUMN] column\nALTER TABLE name RENAME TO new_name\n"
     "ALTER TABLE name RENAME [COLUMN] column TO new_name\n"},
    {"BEGIN", "BEGIN\n"},
    {"COMMIT", "COMMIT\n"},
    {"CREATE INDEX", "CREATE [UNIQUE] INDEX name ON table (column [ASC | DESC] [, ...])\n"},
    {"CREATE TABLE",
     "CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (\n"
     "    column type [NOT NULL] [DEFAULT value] [PRIMARY KEY] [UNIQUE]\n"
     "        [REFERENCES table [(column)] [ON DELETE action]] [CHECK (condition)],\n"
     "    [CONSTRAINT name] PRIMARY KEY (column [, ...]),\n"
     "    [CONSTRAINT name] FOREIGN KEY (column [, ...]) REFERENCES table (column [, ...])\n)\n"},
    {"CREATE VIEW", "CREATE VIEW name [(column [, ...])] AS query\n"},
    {"DELETE", "DELETE FROM table [WHERE condition]\n"},
    {"DROP INDEX", "DROP INDEX name            (MySQL: DROP INDEX name ON table)\n"},
    {"DROP TABLE", "DROP TABLE [IF EXISTS] name [, ...]\n"},
    {"DROP VIEW", "DROP VIEW [IF EXISTS] name [, ...]\n"},
    {"EXPLAIN", "EXPLAIN statement          (SQLite: EXPLAIN QUERY PLAN statement)\n"},
    {"GRANT", "GRANT privilege [, ...] ON object TO role [WITH GRANT OPTION]\n"},
    {"INSERT",
     "INSERT INTO table [(column [, ...])] VALUES (value [, ...]) [, ...]\n"
     "INSERT INTO table [(column [, ...])] query\n"},
    {"RELEASE", "RELEASE SAVEPOINT name\n"},
    {"REVOKE", "REVOKE privilege [, ...] ON object FROM role\n"},
    {"ROLLBACK", "ROLLBACK [TO SAVEPOINT name]\n"},
    {"SAVEPOINT", "SAVEPOINT name\n"},
    {"SELECT",
     "[WITH [RECURSIVE] name AS (query) [, ...]]\nSELECT [ALL | DISTINCT] expression [AS name] [, "
     "...]\n    [FROM table [AS alias] [[LEFT | RIGHT | CROSS] JOIN table ON condition] ...]\n"
     "    [WHERE condition]\n    [GROUP BY expression [, ...]]\n    [HAVING condition]\n"
     "    [{UNION | INTERSECT | EXCEPT} [ALL] select]\n"
     "    [ORDER BY expression [ASC | DESC] [, ...]]\n    [LIMIT count [OFFSET start]]\n"},
    {"TRUNCATE", "TRUNCATE TABLE name        (SQLite: DELETE FROM name)\n"},
    {"UPDATE", "UPDATE table SET column = value [, ...] [WHERE condition]\n"},
    {"VALUES", "VALUES (value [, ...]) [, ...]\n"},
});

}  // namespace

std::vector<std::string> help_topics() {
  std::vector<std::string> names;
  for (const Topic& topic : topics) names.emplace_back(topic.name);
  return names;
}

std::string help_on(std::string_view wanted) {
  std::string out;
  if (wanted.empty() || wanted == "*") {
    out = "Available help, \\h NAME:\n";
    for (const Topic& topic : topics) out += "  " + std::string(topic.name) + '\n';
    return out;
  }
  for (const Topic& topic : topics) {
    if (!base::starts_with_ignoring_case(topic.name, wanted)) continue;
    out += "Command: " + std::string(topic.name) + "\nSyntax:\n" + std::string(topic.form) + '\n';
  }
  if (!out.empty()) return out;
  return "No help is available for \"" + std::string(wanted) + "\"; \\h lists what there is.\n";
}

}  // namespace iacdb::cli
