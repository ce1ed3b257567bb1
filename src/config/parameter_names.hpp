#pragma once
// Parameter names: what drivers and databases call the things that our keys name.
//
//   translate_parameter("mysql", "tls", "skip-verify");      // {"tls.mode", "require"}
//   translate_parameter("postgres", "search_path", "a");     // {"", "a"}: an option
//
// Sources: PostgreSQL 15 manual 34.1.2; go-sql-driver/mysql README; MySQL Connector/J 8 reference;
// pgjdbc documentation; MongoDB connection string options; go-mssqldb README.
// Threads: plain functions.

#include <string>
#include <string_view>
#include <utility>

namespace iacdb::config {

inline constexpr std::string_view ignored_parameter = "-";  ///< Means nothing here.
inline constexpr std::string_view refused_parameter = "!";  ///< A value without a counterpart.

struct TranslatedParameter {
  std::string_view path;  ///< Key path such as "tls.mode"; empty: an option of the backend.
  std::string text;
};

TranslatedParameter translate_parameter(std::string_view backend, std::string_view name,
                                        std::string_view value);

/// A parameter of ours that `name` is most likely a slip of; empty when none is.
std::string_view near_parameter(std::string_view name);

/// The path of the key whose url_parameter this is; empty when there is none.
std::string_view path_of_url_parameter(std::string_view name);
/// The other way; empty when a URL cannot say it.
std::string_view url_parameter_of_path(std::string_view path);

}  // namespace iacdb::config
