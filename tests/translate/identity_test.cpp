// What was parsed and printed parses to the same tree: every statement of the public corpus, of the
// sample schemas and of our own cases, each in its own dialect.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iacdb/error.hpp>
#include <iacdb/sql.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "../sql/cases.hpp"
#include "sql/ast.hpp"
#include "sql/parser.hpp"

namespace iacdb::sql {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) ADD_FAILURE() << path << " is missing; IACDB_SHARED_DIR names the folder of test data";
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::string shared(const std::string& path) {
  const char* folder = std::getenv("IACDB_SHARED_DIR");
  return std::string(folder != nullptr ? folder : IACDB_DEFAULT_SHARED_DIR) + "/" + path;
}

struct Count {
  std::size_t same = 0;
  std::size_t refused = 0;  ///< Not of this dialect, or not read: other tests look at these.
};

/// The words of which the printer knows one form: CONVERT without a style is CAST, N'..' is '..'.
Node* normal(Node* root) {
  walk(root, [](Node* n) {
    if (n->is(Kind::cast) && !n->kid(2)) {
      n->text = n->text.starts_with("TRY_") ? "TRY_CAST" : "CAST";
      n->size = 2;
    }
    if (n->is(Kind::string)) n->flags &= ~flag::national;
    return true;
  });
  return root;
}

/// Statements that are printed in another form that means the same, a line each: its beginning.
const std::vector<std::string>& rewritten() {
  static const std::vector<std::string> list = [] {
    std::vector<std::string> out;
    std::istringstream lines(content(IACDB_REWRITTEN));
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && !line.starts_with("# ")) out.push_back(line);
    }
    return out;
  }();
  return list;
}

void check(const std::string& text, Dialect dialect, Count& count) {
  Arena arena;
  const Node* first = nullptr;
  std::string printed;
  try {
    first = normal(parse(text, dialect, arena));
    printed = print(parse(text, dialect), dialect);
  } catch (const Error&) {
    ++count.refused;
    return;
  }
  const std::vector<std::string>& list = rewritten();
  if (std::any_of(list.begin(), list.end(),
                  [&](const std::string& begin) { return text.starts_with(begin); })) {
    EXPECT_NO_THROW(parse(printed, dialect)) << printed;
    return;
  }
  try {
    EXPECT_TRUE(same_tree(first, normal(parse(printed, dialect, arena))))
        << text << "\nis printed as\n"
        << printed;
    ++count.same;
  } catch (const Error& error) {
    ADD_FAILURE() << text << "\nis printed as\n" << printed << "\n" << error.what();
  }
}

std::optional<Dialect> dialect_of(const std::string& name) {
  if (name == "mysql") return Dialect::mysql;
  if (name == "postgres") return Dialect::postgres;
  if (name == "tsql") return Dialect::tsql;
  if (name == "oracle") return Dialect::oracle;
  if (name == "sqlite") return Dialect::sqlite;
  return std::nullopt;
}

TEST(Identity, OfThePublicCorpus) {
  Count count;
  std::istringstream lines(content(shared("data/translation/pairs_dev.jsonl")));
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json pair = nlohmann::json::parse(line);
    for (const auto& [name, text] : {std::pair("read", "input"), std::pair("write", "expected")}) {
      const auto dialect = dialect_of(pair.at(name));
      if (dialect && pair.at(text).is_string()) check(pair.at(text), *dialect, count);
    }
  }
  RecordProperty("same", static_cast<int>(count.same));
  EXPECT_GT(count.same, 9 * count.refused) << count.refused << " were not read";
}

TEST(Identity, OfSampleSchemas) {
  const std::vector<std::pair<const char*, Dialect>> scripts = {{"MySql", Dialect::mysql},
                                                                {"Oracle", Dialect::oracle},
                                                                {"PostgreSql", Dialect::postgres},
                                                                {"SqlServer", Dialect::tsql},
                                                                {"Sqlite", Dialect::sqlite}};
  Count count;
  for (const auto& [name, dialect] : scripts) {
    const std::string script =
        content(shared("data/chinook/Chinook_" + std::string(name) + ".sql"));
    for (const ScriptStatement& one : split(script, dialect)) {
      check(std::string(one.text), dialect, count);
    }
  }
  EXPECT_GT(count.same, 250U);
}

TEST(Identity, OfOurCases) {
  Count count;
  for (const auto& file : std::filesystem::directory_iterator(IACDB_SQL_CASES_DIR)) {
    if (file.path().extension() != ".sqltest") continue;
    for (const sql_cases::Case& one : sql_cases::read_cases(file.path().string())) {
      for (const std::string& text : {one.setup, one.run}) {
        for (const ScriptStatement& statement : split(text, one.from)) {
          check(std::string(statement.text), one.from, count);
        }
      }
    }
  }
  EXPECT_GT(count.same, 400U);
}

}  // namespace
}  // namespace iacdb::sql
