#include "backends/mysql/options.hpp"

#include <array>
#include <utility>

#include "iacdb/error.hpp"

namespace iacdb::mysql {
namespace {

using Kind = driver::BackendOption::Kind;

constexpr std::array<driver::BackendOption, 8> options = {{
    {"application_name", Kind::text, "", "program_name among the connection's attributes"},
    {"zero_dates", Kind::choice, "error|null|text",
     "what reading '0000-00-00' or a date with a zero month or day gives"},
    {"tinyint1", Kind::choice, "boolean|int", "what TINYINT(1) columns are"},
    {"affected_rows", Kind::choice, "matched|changed", "which rows of an UPDATE are counted"},
    {"multi_statements", Kind::boolean, "", "several statements in one text without parameters"},
    {"sql_mode", Kind::text, "",
     "the session's sql_mode; unset: the server's own and STRICT_TRANS_TABLES"},
    {"bulk", Kind::choice, "auto|load_data|arrays|rows", "how bulk inserts are sent"},
    {"auth_plugins", Kind::text, "",
     "client authentication plug-ins a server may ask for, separated by commas"},
}};

// mysql_clear_password and dialog are left out: they would hand the password to any server.
constexpr std::string_view safe_plugins =
    "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password";

template <class T, std::size_t N>
T choose(const ConnectionSettings& settings, std::string_view name,
         const std::array<std::pair<std::string_view, T>, N>& choices) {
  const auto given = settings.options.find(std::string(name));
  if (given == settings.options.end()) return choices.front().second;
  std::string names;
  for (const auto& [text, value] : choices) {
    if (text == given->second) return value;
    names += names.empty() ? "" : ", ";
    names += text;
  }
  ErrorFacts facts;
  facts.kind = ErrorKind::config;
  facts.backend = "mysql";
  facts.message = "option " + std::string(name) + " must be one of " + names;
  raise(std::move(facts));
}

std::string text_of(const ConnectionSettings& settings, std::string_view name,
                    std::string_view otherwise) {
  const auto given = settings.options.find(std::string(name));
  return given == settings.options.end() ? std::string(otherwise) : given->second;
}

/// The text goes into a SET statement as it is.
void require_sql_mode(std::string_view mode) {
  const bool plain = mode.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789_,") == mode.npos;
  if (plain) return;
  ErrorFacts facts;
  facts.kind = ErrorKind::config;
  facts.backend = "mysql";
  facts.message = "option sql_mode must be names of modes separated by commas";
  raise(std::move(facts));
}

using Flags = std::array<std::pair<std::string_view, bool>, 2>;

}  // namespace

std::span<const driver::BackendOption> known_options() noexcept {
  return options;
}

SessionOptions read_options(const ConnectionSettings& settings) {
  SessionOptions result;
  result.zero_dates = choose(
      settings, "zero_dates",
      std::array<std::pair<std::string_view, ZeroDates>, 3>{
          {{"error", ZeroDates::error}, {"null", ZeroDates::null}, {"text", ZeroDates::text}}});
  result.tinyint1_is_boolean =
      choose(settings, "tinyint1", Flags{{{"boolean", true}, {"int", false}}});
  result.matched_rows =
      choose(settings, "affected_rows", Flags{{{"matched", true}, {"changed", false}}});
  result.multi_statements =
      choose(settings, "multi_statements",
             std::array<std::pair<std::string_view, bool>, 6>{{{"true", true},
                                                               {"false", false},
                                                               {"on", true},
                                                               {"off", false},
                                                               {"1", true},
                                                               {"0", false}}});
  result.bulk =
      choose(settings, "bulk",
             std::array<std::pair<std::string_view, BulkWay>, 4>{{{"auto", BulkWay::automatic},
                                                                  {"load_data", BulkWay::load_data},
                                                                  {"arrays", BulkWay::arrays},
                                                                  {"rows", BulkWay::rows}}});
  result.sql_mode_given = settings.options.contains("sql_mode");
  result.sql_mode = text_of(settings, "sql_mode", "");
  require_sql_mode(result.sql_mode);
  result.auth_plugins = text_of(settings, "auth_plugins", safe_plugins);
  result.program_name = text_of(settings, "application_name", "");
  return result;
}

}  // namespace iacdb::mysql
