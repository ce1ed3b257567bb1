// MySQL 5.7 and later, MariaDB 10.3 and later. Source: their manuals' chapters on
// INFORMATION_SCHEMA.

#include "cli/shell/catalogue.hpp"
#include "cli/shell/variables.hpp"

namespace iacdb::cli {
namespace {

constexpr Dialect dialect = Dialect::mysql;

std::string in_schema(const char* column, const NamePattern& pattern) {
  if (!pattern.schema.empty()) return like(column, pattern.schema, dialect);
  return std::string(column) + " = database()";
}

std::string table_types(std::string_view kinds) {
  std::string out = "'none'";
  for (const char kind : kinds) {
    if (kind == 't') out += ", 'BASE TABLE', 'SYSTEM VERSIONED', 'TEMPORARY'";
    if (kind == 'v') out += ", 'VIEW', 'SYSTEM VIEW'";
    if (kind == 's') out += ", 'SEQUENCE'";
  }
  return out;
}

constexpr const char* kind_name =
    "case table_type when 'VIEW' then 'view' when 'SYSTEM VIEW' then 'view' when 'SEQUENCE' then "
    "'sequence' else 'table' end";

std::string of_table(const Relation& relation, const char* schema, const char* table) {
  return std::string(" where ") + schema + " = " + quote_literal(relation.schema, dialect) +
         " and " + table + " = " + quote_literal(relation.name, dialect);
}

class MysqlCatalogue final : public ShellCatalogue {
 public:
  Listing relations(std::string_view kinds, const NamePattern& pattern,
                    bool verbose) const override {
    if (kinds == "i") return indexes(pattern);
    if (kinds == "m") return {.missing = "MySQL has no materialized views"};
    std::string sql = std::string("select table_schema as `Schema`, table_name as `Name`, ") +
                      kind_name + " as `Type`";
    if (verbose) {
      sql +=
          ", engine as `Engine`, table_rows as `Rows`, data_length + index_length as `Bytes`, "
          "table_comment as `Description`";
    }
    sql += " from information_schema.tables where table_type in (" + table_types(kinds) + ") and " +
           in_schema("table_schema", pattern) + " and " +
           like("table_name", pattern.name, dialect) + " order by 1, 2";
    return {.title = "List of relations", .sql = sql};
  }

  Listing databases(bool) const override {
    return {.title = "List of databases",
            .sql =
                "select schema_name as `Name`, default_character_set_name as `Encoding`, "
                "default_collation_name as `Collate` from information_schema.schemata order by "
                "1"};
  }

  Listing schemas(const NamePattern& pattern) const override {
    return {.title = "List of schemas",
            .sql = "select schema_name as `Name` from information_schema.schemata where " +
                   like("schema_name", pattern.name, dialect) + " order by 1"};
  }

  Listing roles(const NamePattern& pattern) const override {
    return {.title = "List of roles",
            .sql =
                "select grantee as `Role name`, group_concat(privilege_type order by "
                "privilege_type separator ', ') as `Attributes` from "
                "information_schema.user_privileges where " +
                like("grantee", pattern.name.empty() ? "" : "%" + pattern.name + "%", dialect) +
                " group by grantee order by 1"};
  }

  Listing functions(const NamePattern& pattern) const override {
    return {.title = "List of functions",
            .sql =
                "select routine_schema as `Schema`, routine_name as `Name`, dtd_identifier as "
                "`Result data type`, (select group_concat(concat_ws(' ', p.parameter_mode, "
                "p.parameter_name, p.dtd_identifier) order by p.ordinal_position separator ', "
                "') from information_schema.parameters p where p.specific_schema = "
                "routine_schema and p.specific_name = r.specific_name and p.ordinal_position > "
                "0) as `Argument data types`, lower(routine_type) as `Type` from "
                "information_schema.routines r where " +
                in_schema("routine_schema", pattern) + " and " +
                like("routine_name", pattern.name, dialect) + " order by 1, 2"};
  }

  Listing privileges(const NamePattern& pattern) const override {
    return {.title = "Access privileges",
            .sql =
                "select table_schema as `Schema`, table_name as `Name`, grantee as `Grantee`, "
                "group_concat(privilege_type separator ', ') as `Access privileges` from "
                "information_schema.table_privileges where " +
                in_schema("table_schema", pattern) + " and " +
                like("table_name", pattern.name, dialect) + " group by 1, 2, 3 order by 1, 2"};
  }

  Listing extensions() const override {
    return {.title = "List of active plugins",
            .sql =
                "select plugin_name as `Name`, plugin_version as `Version`, plugin_type as "
                "`Type` from information_schema.plugins where plugin_status = 'ACTIVE' order by "
                "1"};
  }

  Listing types(const NamePattern&) const override {
    return {.missing = "MySQL has no types of its users"};
  }

  Listing find(const NamePattern& pattern) const override {
    return {.sql = std::string("select table_schema, table_name, ") + kind_name +
                   " from information_schema.tables where " + in_schema("table_schema", pattern) +
                   " and " + like("table_name", pattern.name, dialect) + " order by 1, 2"};
  }

  Description describe(Session& session, const Relation& relation, bool verbose) const override {
    std::string kind = relation.kind;
    kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
    Description found{.title = kind + " \"" + relation.schema + '.' + relation.name + '"',
                      .names = {"Column", "Type", "Collation", "Nullable", "Default", "Extra"}};
    std::string sql =
        "select column_name, column_type, collation_name, case is_nullable when 'NO' then 'not "
        "null' end, column_default, nullif(extra, '')";
    if (verbose) {
      found.names.push_back("Description");
      sql += ", nullif(column_comment, '')";
    }
    found.rows = text_rows(session, sql + " from information_schema.columns" +
                                        of_table(relation, "table_schema", "table_name") +
                                        " order by ordinal_position");
    add_table_notes(found, session, relation);
    return found;
  }

  Listing view_text(const NamePattern& pattern) const override {
    return {.sql =
                "select concat('CREATE OR REPLACE VIEW `', table_name, '` AS\n', "
                "view_definition, ';') from information_schema.views where " +
                in_schema("table_schema", pattern) + " and " +
                like("table_name", pattern.name, dialect)};
  }

  Listing function_text(const NamePattern& pattern) const override {
    return {.sql =
                "select concat('CREATE ', routine_type, ' `', routine_name, '`\n', "
                "routine_definition) from information_schema.routines where " +
                in_schema("routine_schema", pattern) + " and " +
                like("routine_name", pattern.name, dialect)};
  }

  std::string all_columns() const override {
    return "select case when table_schema = database() then table_name else concat(table_schema, "
           "'.', table_name) end, column_name from information_schema.columns where table_schema "
           "not in ('mysql', 'performance_schema', 'sys') order by table_schema = "
           "'information_schema', 1, ordinal_position limit 20000";
  }
  std::string all_schemas() const override {
    return "select schema_name from information_schema.schemata";
  }

 private:
  static Listing indexes(const NamePattern& pattern) {
    return {.title = "List of relations",
            .sql =
                "select table_schema as `Schema`, index_name as `Name`, 'index' as `Type`, "
                "table_name as `Table`, group_concat(column_name order by seq_in_index "
                "separator ', ') as `Columns` from information_schema.statistics where " +
                in_schema("table_schema", pattern) + " and " +
                like("index_name", pattern.name, dialect) +
                " group by table_schema, table_name, index_name order by 1, 4, 2"};
  }

  static void add_table_notes(Description& found, Session& session, const Relation& relation) {
    add_notes(found.notes, session, "Indexes:",
              "select concat('\"', index_name, '\"', case when index_name = 'PRIMARY' then ' "
              "PRIMARY KEY,' when min(non_unique) = 0 then ' UNIQUE,' else '' end, ' ', "
              "lower(min(index_type)), ' (', group_concat(column_name order by seq_in_index "
              "separator ', '), ')') from information_schema.statistics" +
                  of_table(relation, "table_schema", "table_name") +
                  " group by index_name order by index_name <> 'PRIMARY', index_name");
    add_notes(found.notes, session, "Check constraints:",
              "select concat('\"', c.constraint_name, '\" CHECK (', c.check_clause, ')') from "
              "information_schema.check_constraints c join "
              "information_schema.table_constraints t on t.constraint_schema = "
              "c.constraint_schema and t.constraint_name = c.constraint_name" +
                  of_table(relation, "t.table_schema", "t.table_name") +
                  " and t.constraint_type = "
                  "'CHECK' order by c.constraint_name");
    const std::string key =
        "select concat('\"', k.constraint_name, '\" FOREIGN KEY (', group_concat(k.column_name "
        "order by k.ordinal_position separator ', '), ') REFERENCES ', "
        "min(k.referenced_table_name), '(', group_concat(k.referenced_column_name order by "
        "k.ordinal_position separator ', '), ')', case min(r.delete_rule) when 'RESTRICT' then '' "
        "when 'NO ACTION' then '' else concat(' ON DELETE ', min(r.delete_rule)) end) ";
    const std::string from =
        "from information_schema.key_column_usage k join "
        "information_schema.referential_constraints r on r.constraint_schema = "
        "k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = "
        "k.table_name";
    const std::string group =
        " and k.referenced_table_name is not null group by k.table_name, k.constraint_name order "
        "by k.constraint_name";
    add_notes(found.notes, session, "Foreign-key constraints:",
              key + from + of_table(relation, "k.table_schema", "k.table_name") + group);
    add_notes(found.notes, session, "Referenced by:",
              "select concat('TABLE \"', k.table_name, '\" CONSTRAINT \"', k.constraint_name, '\" "
              "FOREIGN KEY (', group_concat(k.column_name order by k.ordinal_position separator ', "
              "'), ')') " +
                  from +
                  of_table(relation, "k.referenced_table_schema", "k.referenced_table_name") +
                  group);
    add_notes(found.notes, session, "Triggers:",
              "select concat(trigger_name, ' ', action_timing, ' ', event_manipulation) from "
              "information_schema.triggers" +
                  of_table(relation, "event_object_schema", "event_object_table") +
                  " order by trigger_name");
  }
};

}  // namespace

const ShellCatalogue& mysql_catalogue() {
  static const MysqlCatalogue catalogue;
  return catalogue;
}

}  // namespace iacdb::cli
