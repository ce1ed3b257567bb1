// The configuration reference for people, from the tables of keys.
#include "config/key.hpp"
#include "config/schema.hpp"

namespace iacdb::config {
namespace {

constexpr std::string_view introduction = R"(# Configuration reference

<!-- Made by `iacdb config schema --reference` from the keys' own table. Do not edit. -->

A configuration is one YAML or JSON file. It is looked for at `$IACDB_CONFIG`, `./iacdb.yaml`,
`./iacdb.json`, `./configuration.json` (the form of existing installations),
`$XDG_CONFIG_HOME/iacdb/iacdb.yaml` and `/etc/iacdb/iacdb.yaml`; the first one counts.

```yaml
databases:
  shop:
    type: postgres
    host: db1.example.com
    database: shop
    username: app
    password: ${file:/run/secrets/shop_password}
    tls:
      mode: verify-full
    pool:
      open_max: 20
```

`iacdb config check` tells every mistake with its line, `iacdb config show` prints what is in use and
where each value was said, `iacdb config schema` prints the JSON Schema for editors.

## Which source wins

Highest first: the command line (`--setting databases.shop.port=5433`), a URL, the environment, the file,
the defaults. What a `url` says wins over the keys beside it when it comes from another source; said
twice in one source, it is an error.

## Values

| kind | written as |
|---|---|
| text | `shop`, `"5432"`: what looks like a number or a boolean needs quotes |
| number | `20` |
| duration | `200ms`, `30s`, `5m`, `1h30m`, `7d`; a plain number counts in the unit of its key |
| size | `64KiB`, `8MiB`, `1GB` (KiB: 1024, kB: 1000); a plain number is bytes |

Instead of any value, or inside a text:

| reference | yields |
|---|---|
| `${env:NAME}` | the variable; an error when it is not set |
| `${env:NAME:-default}` | the variable, or the default when it is not set or empty |
| `${file:/run/secrets/x}` | the file's text without its last line break; 64 KiB at most |
| `${cmd:program argument}` | what the program prints; no shell; 10 s and 64 KiB at most |
| `$${` | a literal `${` |

References are resolved when a database is opened, and read anew for every opening. They are read in
files and on the command line, never in variables, in URLs that a program passes to `open`, or in the
forms of existing installations. Braces inside a reference must balance.

## Environment

| variable | sets |
|---|---|
| `IACDB_CONFIG` | which file is read |
| `IACDB_URL` | `databases.default.url` |
| `IACDB_DATABASES_<NAME>_<KEY>` | a key of a database: `IACDB_DATABASES_SHOP_POOL_OPEN_MAX=20` |
| `IACDB_DATABASES_<NAME>_OPTIONS_<OPTION>` | an option: `IACDB_DATABASES_SHOP_OPTIONS_SEARCH_PATH=app` |
| `IACDB_SERVE_<KEY>`, `IACDB_LOG_<KEY>`, ... | a key of that section: `IACDB_LOG_LEVEL=debug` |

A name is matched without case, with `_` for every character that is no letter or digit. Lists and
sections are given as JSON.

## Connection strings

A `url` may have any form that the database's users know:

| database | forms |
|---|---|
| SQLite | `sqlite:file.db`, `sqlite:///absolute/file.db`, `sqlite::memory:` |
| PostgreSQL | `postgres://user:password@h1:5432,h2/db?sslmode=verify-full`, `host=h1 port=5432 dbname=db`, `jdbc:postgresql://...` |
| MySQL, MariaDB | `mysql://...`, `mariadb://...`, `user:password@tcp(h1:3306)/db`, `user@unix(/run/mysqld.sock)/db`, `jdbc:mysql://...` |
| SQL Server | `sqlserver://...`, `server=h1,1433;user id=...;password=...`, `jdbc:sqlserver://...` |
| Oracle | `oracle://...`, `user/password@h1:1521/service`, `jdbc:oracle:thin:@//...` |
| MongoDB | `mongodb://...`, `mongodb+srv://...` |

In a URL, `@ : / ? # %` and spaces within a part are written as `%40 %3A %2F %3F %23 %25 %20`. A Unix
socket is a host that is a path: `postgres://%2Frun%2Fpostgresql/db` or `postgres:///db?host=/run/postgresql`.
A parameter that is no key listed below as URL parameter becomes an option of the database.

)";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string type_cell(const Key& key) {
  if (key.choices.empty()) return describe_type(key);
  std::string text;
  for (const std::string_view choice : split_choices(key.choices)) {
    text += (text.empty() ? "`" : ", `") + std::string(choice) + "`";
  }
  return text;
}

std::string limits_cell(const Key& key) {
  const bool has_limits =
      key.type == KeyType::integer || key.type == KeyType::bytes || key.type == KeyType::duration;
  if (!has_limits) return "";
  Value least, most;
  least.number = key.least;
  most.number = key.most;
  if (key.most == INT64_MAX) return "from " + print_value(key, least);
  return print_value(key, least) + " to " + print_value(key, most);
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + text + "`";
}

bool is_section(const Key& key) {
  return key.type == KeyType::section || key.type == KeyType::section_map ||
         key.type == KeyType::section_list;
}

std::string child_path(const std::string& path, const Key& key) {
  const std::string full =
      path.empty() ? std::string(key.name) : path + "." + std::string(key.name);
  if (key.type == KeyType::section_map) return full + ".<name>";
  return key.type == KeyType::section_list ? full + "[]" : full;
}

void print_section(const Section& section, const std::string& path, std::string& page) {
  if (!path.empty()) {
    page += "### `" + path + "`\n\n" + std::string(section.description) + "\n\n";
    page += "| key | meaning | value | default | limits | example | URL parameter |\n";
    page += "|---|---|---|---|---|---|---|\n";
    for (const Key& key : section.keys) {
      const std::string meaning = std::string(key.description) + (key.required ? " Required." : "");
      page += "| `" + std::string(key.name) + "` | " + escaped(meaning) + " | " +
              escaped(type_cell(key)) + " | " + code(default_text(key, section)) + " | " +
              limits_cell(key) + " | " + escaped(code(std::string(key.example))) + " | " +
              code(std::string(key.url_parameter)) + " |\n";
    }
    page += "\n";
  }
  for (const Key& key : section.keys) {
    if (is_section(key)) print_section(*key.section, child_path(path, key), page);
  }
}

}  // namespace

std::string reference_page() {
  std::string page(introduction);
  page += "## Keys\n\n";
  print_section(root_section(), "", page);
  page.pop_back();
  return page;
}

}  // namespace iacdb::config
