// SQLite 3.37 and later. Source: its manual's page "PRAGMA statements".

#include "cli/shell/catalogue.hpp"
#include "cli/shell/variables.hpp"

namespace iacdb::cli {
namespace {

constexpr Dialect dialect = Dialect::sqlite;

/// pragma_table_list has the temporary and attached schemas too; shadow tables are not for people.
std::string relations_where(std::string_view kinds, const NamePattern& pattern) {
  std::string types = "'none'";
  for (const char kind : kinds) {
    if (kind == 't') types += ", 'table', 'virtual'";
    if (kind == 'v') types += ", 'view'";
  }
  return " from pragma_table_list where type in (" + types +
         ") and name not like 'sqlite!_%' escape '!' and " + like("name", pattern.name, dialect) +
         " and " + like("\"schema\"", pattern.schema, dialect);
}

std::string arguments_of(const Relation& relation) {
  return "(" + quote_literal(relation.name, dialect) + ", " +
         quote_literal(relation.schema, dialect) + ")";
}

class SqliteCatalogue final : public ShellCatalogue {
 public:
  Listing relations(std::string_view kinds, const NamePattern& pattern, bool) const override {
    if (kinds == "m") return {.missing = "SQLite has no materialized views"};
    if (kinds == "s") return {.missing = "SQLite has no sequences"};
    if (kinds == "i") {
      return {.title = "List of relations",
              .sql =
                  "select 'main' as \"Schema\", name as \"Name\", type as \"Type\", tbl_name as "
                  "\"Table\" from sqlite_schema where type = 'index' and " +
                  like("name", pattern.name, dialect) + " order by 4, 2"};
    }
    return {.title = "List of relations",
            .sql =
                "select \"schema\" as \"Schema\", name as \"Name\", case type when 'view' then "
                "'view' when 'virtual' then 'virtual table' else 'table' end as \"Type\"" +
                relations_where(kinds, pattern) + " order by 1, 2"};
  }

  Listing databases(bool) const override {
    return {.title = "List of databases",
            .sql =
                "select name as \"Name\", file as \"File\" from pragma_database_list order by "
                "seq"};
  }
  Listing schemas(const NamePattern& pattern) const override {
    return {.title = "List of schemas",
            .sql = "select name as \"Name\" from pragma_database_list where " +
                   like("name", pattern.name, dialect) + " order by seq"};
  }
  Listing roles(const NamePattern&) const override {
    return {.missing = "SQLite has no roles: whoever reads the file may do everything"};
  }
  Listing functions(const NamePattern& pattern) const override {
    return {.title = "List of functions",
            .sql =
                "select name as \"Name\", narg as \"Arguments\", case type when 's' then "
                "'scalar' when 'w' then 'window' else 'aggregate' end as \"Type\" from "
                "pragma_function_list where " +
                like("name", pattern.name, dialect) + " group by 1, 2, 3 order by 1, 2"};
  }
  Listing privileges(const NamePattern&) const override {
    return {.missing = "SQLite has no privileges: whoever reads the file may do everything"};
  }
  Listing extensions() const override {
    return {.title = "List of virtual table modules",
            .sql = "select name as \"Name\" from pragma_module_list order by 1"};
  }
  Listing types(const NamePattern&) const override {
    return {.missing = "SQLite has no types of its users"};
  }

  Listing find(const NamePattern& pattern) const override {
    return {.sql = "select \"schema\", name, case type when 'view' then 'view' else 'table' end" +
                   relations_where("tv", pattern) +
                   " union all select 'main', name, 'index' from sqlite_schema where type = "
                   "'index' and " +
                   like("name", pattern.name, dialect) + " order by 1, 2"};
  }

  Description describe(Session& session, const Relation& relation, bool verbose) const override {
    std::string kind = relation.kind;
    kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
    const std::string title = kind + " \"" + relation.schema + '.' + relation.name + '"';
    const std::string arguments = arguments_of(relation);
    if (relation.kind == "index") return describe_index(session, relation, title);
    Description found{.title = title, .names = {"Column", "Type", "Nullable", "Default"}};
    found.rows = text_rows(
        session,
        "select name, lower(type), case when \"notnull\" or pk > 0 then 'not null' end, case "
        "hidden when 2 then 'generated' when 3 then 'generated stored' else dflt_value end from "
        "pragma_table_xinfo" +
            arguments + " where hidden <> 1 order by cid");
    add_notes(found.notes, session, "Primary key:",
              "select '(' || group_concat(name, ', ') || ')' from (select name from "
              "pragma_table_info" +
                  arguments + " where pk > 0 order by pk) having count(*) > 0");
    add_notes(found.notes, session, "Indexes:",
              "select '\"' || l.name || '\"' || case when l.\"unique\" then ' UNIQUE' else '' end "
              "|| ' (' || (select group_concat(coalesce(i.name, '<expression>'), ', ') from "
              "pragma_index_info(l.name) i) || ')' || case when l.partial then ' partial' else '' "
              "end from pragma_index_list" +
                  arguments + " l order by l.name");
    add_notes(found.notes, session, "Foreign-key constraints:",
              "select 'FOREIGN KEY (' || group_concat(\"from\", ', ') || ') REFERENCES ' || "
              "\"table\" || '(' || group_concat(coalesce(\"to\", \"from\"), ', ') || ')' || case "
              "on_delete when 'NO ACTION' then '' else ' ON DELETE ' || on_delete end from "
              "pragma_foreign_key_list" +
                  arguments + " group by id order by id");
    const std::string name = quote_literal(relation.name, dialect);
    add_notes(found.notes, session, "Referenced by:",
              "select 'TABLE \"' || m.name || '\" FOREIGN KEY (' || group_concat(f.\"from\", ', ') "
              "|| ')' from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = "
              "'table' and lower(f.\"table\") = lower(" +
                  name + ") group by m.name, f.id order by m.name");
    add_notes(found.notes, session, "Triggers:",
              "select name from sqlite_schema where type = 'trigger' and tbl_name = " + name +
                  " order by name");
    if (verbose) {
      add_notes(found.notes, session,
                "Definition:", "select sql from sqlite_schema where name = " + name);
    }
    return found;
  }

  Listing view_text(const NamePattern& pattern) const override {
    return {.sql = "select sql || ';' from sqlite_schema where type = 'view' and " +
                   like("name", pattern.name, dialect)};
  }
  Listing function_text(const NamePattern&) const override {
    return {.missing = "functions of SQLite have no text"};
  }
  std::string all_columns() const override {
    return "select t.name, c.name from pragma_table_list t join pragma_table_xinfo(t.name, "
           "t.\"schema\") c where t.name not like 'sqlite!_%' escape '!' and t.type <> 'shadow' "
           "order by t.name, c.cid limit 20000";
  }
  std::string all_schemas() const override { return "select name from pragma_database_list"; }

 private:
  static Description describe_index(Session& session, const Relation& relation,
                                    const std::string& title) {
    const std::string name = quote_literal(relation.name, dialect);
    Description found{.title = title, .names = {"Column", "Order"}};
    found.rows = text_rows(session,
                           "select coalesce(name, '<expression>'), case when \"desc\" then 'desc' "
                           "else 'asc' end from pragma_index_xinfo(" +
                               name + ") where key order by seqno");
    add_notes(found.notes, session, "Definition:",
              "select sql from sqlite_schema where sql is not null and name = " + name);
    return found;
  }
};

}  // namespace

const ShellCatalogue& sqlite_catalogue() {
  static const SqliteCatalogue catalogue;
  return catalogue;
}

}  // namespace iacdb::cli
