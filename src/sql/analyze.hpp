#pragma once
// What a statement touches: for routing, caching and access rules.
//
//   Analysis a = analyze("insert into t select now() from s where id = ?", Dialect::mysql);
//   // a.facts.read_only false; a.tables_written {"t"}, a.tables_read {"s"},
//   // a.volatile_functions {"NOW"}, a.parameters 1
//
// Names come as they are written, with their schema, without quotes. Where a statement is not read
// to its end (a procedure, a syntax that is not known), `whole` is false and the lists may lack
// something: take the careful side then.
// Threads: safe to share. Cost: a parse.

#include <string>
#include <string_view>
#include <vector>

#include "sql/classify.hpp"

namespace iacdb::sql {

struct Analysis {
  StatementFacts facts = {};
  bool whole = false;
  std::vector<std::string> tables_read = {};         ///< each once, in the order they stand
  std::vector<std::string> tables_written = {};      ///< the same
  std::vector<std::string> volatile_functions = {};  ///< upper case: another answer each time
  std::size_t parameters = 0;                        ///< markers, each counted
};

Analysis analyze(std::string_view sql, Dialect dialect);

}  // namespace iacdb::sql
