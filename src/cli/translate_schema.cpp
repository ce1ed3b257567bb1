// What `iacdb translate --schema` reads: a script, a database, or a saved catalogue.

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/translate.hpp"
#include "sql/schema_queries.hpp"

namespace iacdb::cli {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<sql::ValueType, std::string_view>, 13> type_names{{
    {sql::ValueType::unknown, "unknown"},
    {sql::ValueType::integer, "integer"},
    {sql::ValueType::decimal, "decimal"},
    {sql::ValueType::real, "real"},
    {sql::ValueType::text, "text"},
    {sql::ValueType::boolean, "boolean"},
    {sql::ValueType::date, "date"},
    {sql::ValueType::time, "time"},
    {sql::ValueType::timestamp, "timestamp"},
    {sql::ValueType::interval, "interval"},
    {sql::ValueType::bytes, "bytes"},
    {sql::ValueType::json, "json"},
    {sql::ValueType::null, "null"},
}};

std::string definitions(Database& db, Dialect dialect) {
  std::string ddl;
  const std::vector<std::string> rows = db.query<std::string>(sql::tables_query(dialect)).all();
  for (const std::string& row : rows) {
    if (dialect != Dialect::mysql) {
      ddl += row + "\n";
      continue;
    }
    std::string quoted = "`";
    for (const char c : row) quoted += c == '`' ? "``" : std::string(1, c);
    ddl += std::get<1>(
               db.one<std::tuple<std::string, std::string>>("show create table " + quoted + "`")) +
           ";\n";
  }
  return ddl;
}

sql::SchemaFacts read_database(const std::string& url, Context& context) {
  Target target;
  target.url = url;
  Database db = context.open(target, {.pool = PoolOptions{.open_max = 1}});
  const Dialect dialect = parse_dialect(db.can().backend).value_or(Dialect::sqlite);
  return sql::read_schema(definitions(db, dialect), dialect);
}

[[noreturn]] void refuse(std::string message, const std::string& where) {
  raise(ErrorFacts{.kind = ErrorKind::config, .message = std::move(message), .where = where});
}

sql::ColumnFacts read_column(const Json& json) {
  sql::ColumnFacts c;
  c.name = json.at("name");
  const std::string type = json.at("type");
  const auto named = std::find_if(type_names.begin(), type_names.end(),
                                  [&](const auto& pair) { return pair.second == type; });
  if (named != type_names.end()) c.type = named->first;
  c.declared = json.value("declared", "");
  c.type_text = json.value("type_text", "");
  c.default_text = json.value("default_text", "");
  c.not_null = json.value("not_null", false);
  c.generated_key = json.value("generated", false);
  c.has_default = json.value("default", false);
  return c;
}

}  // namespace

std::string print_catalogue(const sql::SchemaFacts& facts) {
  Json tables = Json::array();
  for (const sql::TableFacts& t : facts.tables) {
    Json columns = Json::array();
    for (const sql::ColumnFacts& c : t.columns) {
      columns.push_back({{"name", c.name},
                         {"type", type_names[static_cast<std::size_t>(c.type)].second},
                         {"declared", c.declared},
                         {"type_text", c.type_text},
                         {"default_text", c.default_text},
                         {"not_null", c.not_null},
                         {"generated", c.generated_key},
                         {"default", c.has_default}});
    }
    tables.push_back(
        {{"name", t.name}, {"columns", columns}, {"keys", t.keys}, {"primary", t.has_primary}});
  }
  return Json{{"tables", tables}}.dump(2) + "\n";
}

sql::SchemaFacts parse_catalogue(const std::string& text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) refuse("the saved catalogue is not valid JSON", where);
  sql::SchemaFacts facts;
  try {
    for (const Json& table : json.at("tables")) {
      sql::TableFacts t;
      t.name = table.at("name");
      for (const Json& column : table.at("columns")) t.columns.push_back(read_column(column));
      t.keys = table.value("keys", decltype(t.keys){});
      t.has_primary = table.value("primary", false);
      facts.tables.push_back(std::move(t));
    }
  } catch (const Json::exception&) {
    refuse(
        "the saved catalogue needs tables, each with a name and columns of a name and a type; "
        "--save-schema writes one",
        where);
  }
  return facts;
}

sql::SchemaFacts read_schema_source(const std::string& source, Dialect from, Context& context) {
  if (source.find("://") != std::string::npos || source.starts_with("sqlite:")) {
    return read_database(source, context);
  }
  std::ifstream file(source, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || file.bad()) refuse("the file of --schema cannot be read", source);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') return parse_catalogue(text, source);
  return sql::read_schema(text, from);
}

}  // namespace iacdb::cli
