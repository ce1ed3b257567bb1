// PostgreSQL 12 and later. Source: the manual's chapter "System Catalogs".

#include "cli/shell/catalogue.hpp"
#include "cli/shell/variables.hpp"

namespace iacdb::cli {
namespace {

constexpr Dialect dialect = Dialect::postgres;

constexpr const char* kind_name =
    "case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' "
    "when 'm' then 'materialized view' when 'S' then 'sequence' when 'i' then 'index' "
    "when 'I' then 'partitioned index' when 'f' then 'foreign table' "
    "when 'c' then 'composite type' else c.relkind::text end";

constexpr const char* hide_system =
    " and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'";

/// Without a schema only what a plain name finds; with none of both nothing of the system's.
std::string visible(const NamePattern& pattern, const char* is_visible) {
  std::string where = like("n.nspname", pattern.schema, dialect);
  if (pattern.schema.empty()) where += std::string(" and ") + is_visible;
  if (pattern.schema.empty() && pattern.name.empty()) where += hide_system;
  return where;
}

std::string relkinds(std::string_view kinds) {
  std::string out;
  for (const char kind : kinds) {
    if (!out.empty()) out += ", ";
    out += kind == 't'   ? "'r', 'p', 'f'"
           : kind == 'v' ? "'v'"
           : kind == 'm' ? "'m'"
           : kind == 's' ? "'S'"
                         : "'i', 'I'";
  }
  return out;
}

std::string oid_of(const Relation& relation) {
  return "(select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = "
         "c.relnamespace where c.relname = " +
         quote_literal(relation.name, dialect) +
         " and n.nspname = " + quote_literal(relation.schema, dialect) + ")";
}

void add_table_notes(Description& found, Session& session, const std::string& oid) {
  add_notes(found.notes, session, "Indexes:",
            "select '\"' || c.relname || '\"' || case when i.indisprimary then ' PRIMARY KEY,' "
            "when x.contype = 'u' then ' UNIQUE CONSTRAINT,' when i.indisunique then ' UNIQUE,' "
            "else '' end || ' ' || regexp_replace(pg_get_indexdef(i.indexrelid, 0, true), "
            "'^.* USING ', '') || case when i.indisvalid then '' else ' INVALID' end "
            "from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid "
            "left join pg_catalog.pg_constraint x on x.conindid = i.indexrelid "
            "and x.contype in ('p', 'u', 'x') and x.conrelid = i.indrelid where i.indrelid = " +
                oid + " order by i.indisprimary desc, c.relname");
  const auto constraints = [&](const char* heading, const char* condition) {
    add_notes(found.notes, session, heading,
              std::string("select '\"' || conname || '\" ' || pg_get_constraintdef(oid, true) "
                          "from pg_catalog.pg_constraint where ") +
                  condition + " and conrelid = " + oid + " order by conname");
  };
  constraints("Check constraints:", "contype = 'c'");
  constraints("Foreign-key constraints:", "contype = 'f'");
  add_notes(found.notes, session, "Referenced by:",
            "select 'TABLE \"' || replace(conrelid::regclass::text, '\"', '') || '\" CONSTRAINT "
            "\"' || conname || '\" ' || pg_get_constraintdef(oid, true) from "
            "pg_catalog.pg_constraint where contype = 'f' and confrelid = " +
                oid + " order by conname");
  add_notes(found.notes, session, "Policies:",
            "select 'POLICY \"' || polname || '\"' from pg_catalog.pg_policy where polrelid = " +
                oid + " order by polname");
  add_notes(found.notes, session, "Triggers:",
            "select regexp_replace(pg_get_triggerdef(oid, true), '^CREATE TRIGGER ', '') from "
            "pg_catalog.pg_trigger where not tgisinternal and tgrelid = " +
                oid + " order by tgname");
  add_notes(found.notes, session, "Partition of:",
            "select inhparent::regclass::text || ' ' || "
            "coalesce(pg_get_expr(c.relpartbound, c.oid), '') from pg_catalog.pg_inherits i join "
            "pg_catalog.pg_class c on c.oid = i.inhrelid where c.relispartition and inhrelid = " +
                oid);
}

class PostgresCatalogue final : public ShellCatalogue {
 public:
  Listing relations(std::string_view kinds, const NamePattern& pattern,
                    bool verbose) const override {
    std::string sql = std::string("select n.nspname as \"Schema\", c.relname as \"Name\", ") +
                      kind_name +
                      " as \"Type\", pg_catalog.pg_get_userbyid(c.relowner) as \"Owner\"";
    const bool indexes = kinds == "i";
    if (indexes) sql += ", t.relname as \"Table\"";
    if (verbose) {
      sql +=
          ", pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) as \"Size\", "
          "pg_catalog.obj_description(c.oid, 'pg_class') as \"Description\"";
    }
    sql += " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace";
    if (indexes) {
      sql +=
          " join pg_catalog.pg_index i on i.indexrelid = c.oid join pg_catalog.pg_class t on "
          "t.oid = i.indrelid";
    }
    sql += " where c.relkind in (" + relkinds(kinds) + ") and " +
           like("c.relname", pattern.name, dialect) + " and " +
           visible(pattern, "pg_catalog.pg_table_is_visible(c.oid)") + " order by 1, 2";
    return {.title = "List of relations", .sql = sql};
  }

  Listing databases(bool verbose) const override {
    std::string sql =
        "select d.datname as \"Name\", pg_catalog.pg_get_userbyid(d.datdba) as \"Owner\", "
        "pg_catalog.pg_encoding_to_char(d.encoding) as \"Encoding\", d.datcollate as "
        "\"Collate\", d.datctype as \"Ctype\", pg_catalog.array_to_string(d.datacl, ', ') as "
        "\"Access privileges\"";
    if (verbose) {
      sql +=
          ", case when pg_catalog.has_database_privilege(d.datname, 'CONNECT') then "
          "pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname)) else 'No Access' end "
          "as \"Size\", pg_catalog.shobj_description(d.oid, 'pg_database') as \"Description\"";
    }
    return {.title = "List of databases", .sql = sql + " from pg_catalog.pg_database d order by 1"};
  }

  Listing schemas(const NamePattern& pattern) const override {
    return {.title = "List of schemas",
            .sql =
                "select n.nspname as \"Name\", pg_catalog.pg_get_userbyid(n.nspowner) as "
                "\"Owner\" from pg_catalog.pg_namespace n where " +
                like("n.nspname", pattern.name, dialect) +
                (pattern.name.empty() ? hide_system : "") + " order by 1"};
  }

  Listing roles(const NamePattern& pattern) const override {
    return {.title = "List of roles",
            .sql =
                "select r.rolname as \"Role name\", concat_ws(', ', case when r.rolsuper then "
                "'Superuser' end, case when r.rolcreaterole then 'Create role' end, case when "
                "r.rolcreatedb then 'Create DB' end, case when not r.rolcanlogin then 'Cannot "
                "login' end, case when r.rolreplication then 'Replication' end, case when "
                "r.rolbypassrls then 'Bypass RLS' end) as \"Attributes\", "
                "array_to_string(array(select b.rolname from pg_catalog.pg_auth_members m join "
                "pg_catalog.pg_roles b on m.roleid = b.oid where m.member = r.oid), ', ') as "
                "\"Member of\" from pg_catalog.pg_roles r where r.rolname !~ '^pg_' and " +
                like("r.rolname", pattern.name, dialect) + " order by 1"};
  }

  Listing functions(const NamePattern& pattern) const override {
    return {.title = "List of functions",
            .sql =
                "select n.nspname as \"Schema\", p.proname as \"Name\", "
                "pg_catalog.pg_get_function_result(p.oid) as \"Result data type\", "
                "pg_catalog.pg_get_function_arguments(p.oid) as \"Argument data types\", case "
                "p.prokind when 'a' then 'agg' when 'w' then 'window' when 'p' then 'proc' else "
                "'func' end as \"Type\" from pg_catalog.pg_proc p join "
                "pg_catalog.pg_namespace n on n.oid = p.pronamespace where " +
                like("p.proname", pattern.name, dialect) + " and " +
                visible(pattern, "pg_catalog.pg_function_is_visible(p.oid)") + " order by 1, 2, 4"};
  }

  Listing privileges(const NamePattern& pattern) const override {
    return {.title = "Access privileges",
            .sql = std::string("select n.nspname as \"Schema\", c.relname as \"Name\", ") +
                   kind_name +
                   " as \"Type\", array_to_string(c.relacl, ', ') as \"Access privileges\" from "
                   "pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = "
                   "c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and " +
                   like("c.relname", pattern.name, dialect) + " and " +
                   visible(pattern, "pg_catalog.pg_table_is_visible(c.oid)") + " order by 1, 2"};
  }

  Listing extensions() const override {
    return {.title = "List of installed extensions",
            .sql =
                "select e.extname as \"Name\", e.extversion as \"Version\", n.nspname as "
                "\"Schema\", obj_description(e.oid, 'pg_extension') as \"Description\" from "
                "pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = "
                "e.extnamespace order by 1"};
  }

  Listing types(const NamePattern& pattern) const override {
    return {.title = "List of data types",
            .sql =
                "select n.nspname as \"Schema\", pg_catalog.format_type(t.oid, null) as "
                "\"Name\", obj_description(t.oid, 'pg_type') as \"Description\" from "
                "pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = "
                "t.typnamespace where (t.typrelid = 0 or (select c.relkind = 'c' from "
                "pg_catalog.pg_class c where c.oid = t.typrelid)) and t.typcategory <> 'A' "
                "and " +
                like("t.typname", pattern.name, dialect) + " and " +
                visible(pattern, "pg_catalog.pg_type_is_visible(t.oid)") + " order by 1, 2"};
  }

  Listing find(const NamePattern& pattern) const override {
    return {.sql = std::string("select n.nspname, c.relname, ") + kind_name +
                   " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = "
                   "c.relnamespace where c.relkind <> 't' and " +
                   like("c.relname", pattern.name, dialect) + " and " +
                   visible(pattern, "pg_catalog.pg_table_is_visible(c.oid)") + " order by 1, 2"};
  }

  Description describe(Session& session, const Relation& relation, bool verbose) const override {
    const std::string oid = oid_of(relation);
    std::string kind = relation.kind;
    kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
    Description found{.title = kind + " \"" + relation.schema + '.' + relation.name + '"',
                      .names = {"Column", "Type", "Collation", "Nullable", "Default"}};
    std::string sql =
        "select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (select o.collname "
        "from pg_catalog.pg_collation o join pg_catalog.pg_type t on t.oid = a.atttypid where "
        "o.oid = a.attcollation and a.attcollation <> t.typcollation), case when a.attnotnull "
        "then 'not null' end, case a.attidentity when 'a' then 'generated always as identity' "
        "when 'd' then 'generated by default as identity' else case when a.attgenerated = 's' "
        "then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid, true) || ') stored' else "
        "pg_get_expr(d.adbin, d.adrelid, true) end end";
    if (verbose) {
      found.names.insert(found.names.end(), {"Storage", "Description"});
      sql +=
          ", case a.attstorage when 'p' then 'plain' when 'm' then 'main' when 'x' then "
          "'extended' else 'external' end, col_description(a.attrelid, a.attnum)";
    }
    sql +=
        " from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = "
        "a.attrelid and d.adnum = a.attnum where a.attnum > 0 and not a.attisdropped and "
        "a.attrelid = " +
        oid + " order by a.attnum";
    found.rows = text_rows(session, sql);
    if (relation.kind == "index") {
      add_notes(found.notes, session, "Definition:", "select pg_get_indexdef(" + oid + ")");
    } else if (relation.kind.find("view") != relation.kind.npos) {
      if (verbose) {
        add_notes(found.notes, session, "View definition:",
                  "select unnest(string_to_array(pg_get_viewdef(" + oid + ", true), chr(10)))");
      }
    }
    if (relation.kind != "index") add_table_notes(found, session, oid);
    return found;
  }

  Listing view_text(const NamePattern& pattern) const override {
    return {.sql =
                "select 'CREATE OR REPLACE VIEW ' || c.oid::regclass::text || ' AS' || chr(10) "
                "|| pg_get_viewdef(c.oid, true) from pg_catalog.pg_class c join "
                "pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', "
                "'m') and " +
                like("c.relname", pattern.name, dialect) + " and " +
                visible(pattern, "pg_catalog.pg_table_is_visible(c.oid)")};
  }

  Listing function_text(const NamePattern& pattern) const override {
    return {.sql =
                "select pg_get_functiondef(p.oid) from pg_catalog.pg_proc p join "
                "pg_catalog.pg_namespace n on n.oid = p.pronamespace where p.prokind <> 'a' "
                "and " +
                like("p.proname", pattern.name, dialect) + " and " +
                visible(pattern, "pg_catalog.pg_function_is_visible(p.oid)")};
  }

  std::string all_columns() const override {
    return "select case when pg_catalog.pg_table_is_visible(c.oid) then c.relname else n.nspname "
           "|| '.' || c.relname end, a.attname from pg_catalog.pg_class c join "
           "pg_catalog.pg_namespace n on n.oid = c.relnamespace left join "
           "pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not "
           "a.attisdropped where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ "
           "'^pg_(toast|temp)' order by n.nspname in ('pg_catalog', 'information_schema'), 1, "
           "a.attnum limit 20000";
  }
  std::string all_schemas() const override {
    return "select nspname from pg_catalog.pg_namespace where nspname !~ '^pg_(toast|temp)'";
  }
};

}  // namespace

const ShellCatalogue& postgres_catalogue() {
  static const PostgresCatalogue catalogue;
  return catalogue;
}

}  // namespace iacdb::cli
