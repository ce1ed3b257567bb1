#pragma once
// Variables of the shell, and the arguments of a backslash command.
//
//   Variables variables;
//   variables.set("city", "O'Hare");
//   variables.expand("select :'city'", Dialect::postgres);     // select 'O''Hare'
//   arguments("'a b' c", variables);                           // {"a b", "c"}
//
// As in psql: :name, :'name' and :"name" outside strings and comments; a name that is not set
// stays. Threads: one at a time.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/dialect.hpp"

namespace iacdb::cli {

class Variables {
 public:
  void set(const std::string& name, std::string value) { values_[name] = std::move(value); }
  void unset(const std::string& name) { values_.erase(name); }
  const std::string* find(const std::string& name) const;
  const std::map<std::string, std::string>& all() const noexcept { return values_; }

  std::string expand(std::string_view sql, Dialect dialect) const;
  /// The value that the text after a colon names (`name`, `'name'`, `"name"`), and how long that
  /// is.
  std::optional<std::string> at_colon(std::string_view text, Dialect dialect,
                                      std::size_t& size) const;

 private:
  std::map<std::string, std::string> values_;
};

/// Words of a command: 'quoted' with backslash escapes, "quoted" as it is, `output of a command`,
/// :variables. Throws: ConfigError for a quote without an end.
std::vector<std::string> arguments(std::string_view text, const Variables& variables,
                                   bool keep_double_quotes = false);

/// A text as a literal, a name as an identifier of the dialect.
std::string quote_literal(std::string_view text, Dialect dialect);
std::string quote_name(std::string_view name, Dialect dialect);

}  // namespace iacdb::cli
