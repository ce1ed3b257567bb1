#include "config/connection_string.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"
#include "config/bind.hpp"
#include "config/connection_parts.hpp"
#include "config/jdbc_form.hpp"

namespace iacdb::config {
namespace {

constexpr std::array<std::string_view, 11> known_schemes = {
    "postgres",  "postgresql", "mysql",  "mariadb", "sqlite",     "sqlite3",
    "sqlserver", "mssql",      "oracle", "mongodb", "mongodb+srv"};

constexpr std::string_view forms_hint =
    "write a URL such as sqlite:file.db, postgres://host/database or mysql://host/database";

/// The scheme when the text is a URL of a kind we know, in lower case.
std::string url_scheme(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return "";
  const std::string scheme = base::lower(text.substr(0, colon));
  const bool is_sqlite = scheme == "sqlite" || scheme == "sqlite3";
  const bool has_slashes = text.substr(colon + 1).starts_with("//");
  return is_sqlite || has_slashes ? scheme : "";
}

/// What a text without a scheme most likely is.
std::string_view guess_backend(std::string_view text) {
  const std::string low = base::lower(text);
  const auto has = [&](std::string_view part) { return low.find(part) != std::string::npos; };
  if (has("@tcp(") || has("@unix(") || low.starts_with("tcp(") || low.starts_with("unix(")) {
    return "mysql";
  }
  if (has("server=") || has("data source=") || has("initial catalog=")) return "mssql";
  if (has("host=") || has("dbname=") || has("user=") || has("hostaddr=")) return "postgres";
  if (text.find('/') < text.rfind('@') && text.rfind('@') != std::string_view::npos)
    return "oracle";
  return "";
}

void parse_by_backend(std::string_view text, ConnectionParts& parts) {
  const std::string& backend = parts.backend();
  if (backend == "mysql") return parse_go_mysql(text, parts);
  if (backend == "postgres") return parse_keywords(text, parts);
  if (backend == "mssql") return parse_ado(text, 0, parts);
  if (backend == "oracle") return parse_ez_connect(text, 0, parts);
  if (backend == "sqlite") return parts.put("database", text, 0);
  parts.refuse(0,
               "not a connection string of " + shown(backend) + "; write " + backend + "://host");
}

void check_agreement(std::string_view wanted, std::string_view found, const Mark& mark) {
  if (wanted.empty() || wanted == found) return;
  raise_problem(mark, "type says " + std::string(wanted) + ", the connection string says " +
                          std::string(found));
}

Node finish(ConnectionParts& parts) {
  return parts.take();
}

Node url_node(std::string_view text, const std::string& scheme, std::string_view wanted,
              const Mark& mark, bool references) {
  const std::string_view backend = backend_of_scheme(scheme);
  if (backend.empty()) {
    raise_problem(mark.within(0),
                  "unknown kind of database " + shown(scheme) + ":" +
                      suggestion(scheme, {known_schemes.begin(), known_schemes.end()}));
  }
  check_agreement(wanted, backend, mark);
  ConnectionParts parts(mark, backend, references);
  parse_url_form(text, references, parts);
  return finish(parts);
}

DatabaseSettings bind_node(const Node& node, bool resolve) {
  Problems problems;
  const Environment environment;
  BindContext context{.problems = problems, .environment = environment, .resolve = resolve};
  DatabaseSettings settings;
  bind_section(node, database_section(), &settings, context);
  problems.raise_if_any();
  return settings;
}

}  // namespace

Node connection_node(std::string_view text, std::string_view backend, const Mark& mark,
                     bool references) {
  constexpr std::size_t text_bytes_max = 64 * 1024;
  text = base::trim(text);
  if (text.empty()) raise_problem(mark, "an empty connection string; " + std::string(forms_hint));
  if (text.size() > text_bytes_max) raise_problem(mark, "a connection string beyond 64 KiB");
  if (!base::is_utf8(text) || text.find('\0') != std::string_view::npos) {
    raise_problem(mark, "a connection string that is not UTF-8 text");
  }
  const std::string_view wanted = canonical_backend(backend);
  if (text.starts_with("jdbc:")) {
    const std::string_view found = backend_of_jdbc(text);
    if (found.empty()) raise_problem(mark.within(5), "unknown kind of database behind jdbc:");
    check_agreement(wanted, found, mark);
    ConnectionParts parts(mark, found, references);
    parse_jdbc(text, references, parts);
    return finish(parts);
  }
  // With a backend given, only a known scheme makes a URL: a Go user may be named anything.
  const std::string scheme = url_scheme(text);
  const bool is_url = !scheme.empty() && (wanted.empty() || !backend_of_scheme(scheme).empty());
  if (is_url) return url_node(text, scheme, wanted, mark, references);
  const std::string_view kind = wanted.empty() ? guess_backend(text) : wanted;
  if (kind.empty()) {
    raise_problem(mark, "not a connection string of any kind known; " + std::string(forms_hint));
  }
  ConnectionParts parts(mark, kind, references);
  parse_by_backend(text, parts);
  return finish(parts);
}

DatabaseSettings parse_url(std::string_view url) {
  const Mark mark = Mark::of("URL");
  const std::size_t colon = url.find(':');
  const std::string scheme = base::lower(url.substr(0, std::min(colon, url.size())));
  if (colon == std::string_view::npos || backend_of_scheme(scheme).empty()) {
    const bool is_word = colon != std::string_view::npos && scheme.find('@') == std::string::npos;
    raise_problem(mark.within(0),
                  is_word ? "unknown kind of database" +
                                suggestion(scheme, {known_schemes.begin(), known_schemes.end()})
                          : "not a URL; " + std::string(forms_hint));
  }
  if (!base::is_utf8(url)) raise_problem(mark, "a URL that is not UTF-8 text");
  return bind_node(url_node(url, scheme, "", mark, false), false);
}

DatabaseSettings parse_connection_string(std::string_view text, std::string_view backend,
                                         ParseOptions options) {
  const Mark mark = Mark::of("connection string");
  return bind_node(connection_node(text, backend, mark, options.references), options.references);
}

namespace {

std::string build(const ConnectionSettings& settings, ConnectionForm form) {
  const auto only_for = [&](std::string_view backend) {
    if (settings.backend != backend) refuse_form("this form", "settings of " + settings.backend);
  };
  switch (form) {
    case ConnectionForm::url:
      return build_url_form(settings);
    case ConnectionForm::go_mysql:
      only_for("mysql");
      return build_go_mysql(settings);
    case ConnectionForm::keywords:
      only_for("postgres");
      return build_keywords(settings);
    case ConnectionForm::ado:
      only_for("mssql");
      return build_ado(settings);
    case ConnectionForm::ez_connect:
      only_for("oracle");
      return build_ez_connect(settings);
    case ConnectionForm::jdbc:
      return build_jdbc(settings);
  }
  return "";
}

bool says(const std::string& text, const ConnectionSettings& settings) {
  try {
    return parse_connection_string(text, settings.backend).connection == settings;
  } catch (const ConfigError&) {
    return false;
  }
}

}  // namespace

std::string build_connection_string(const ConnectionSettings& settings, ConnectionForm form) {
  std::string text = build(settings, form);
  // The forms have dark corners; a text that means something else must not leave.
  if (!says(text, settings)) refuse_form("this form", "these settings");
  return text;
}

std::string masked_url(const ConnectionSettings& settings) {
  try {
    ConnectionSettings shown_settings = settings;
    if (!settings.password.empty()) shown_settings.password = base::Secret("***");
    for (auto& [name, value] : shown_settings.options) {
      if (is_secret_name(name)) value = "***";
    }
    std::string url = build_url_form(shown_settings);
    constexpr std::string_view encoded = "%2A%2A%2A";
    for (std::size_t at = url.find(encoded); at != std::string::npos; at = url.find(encoded, at)) {
      url.replace(at, encoded.size(), "***");
    }
    return url;
  } catch (const Error&) {
    return settings.backend + ":" + settings.database;
  }
}

}  // namespace iacdb::config
