#pragma once
// Prepared: one statement as a connection keeps it in its cache.
//
// Threads: one at a time.

#include <string>

#include "backends/mysql/columns.hpp"
#include "backends/mysql/parameters.hpp"

namespace iacdb::mysql {

struct Prepared {
  Statement statement;  ///< Null: the text runs as it is (several statements, not preparable).
  std::string text;     ///< What is sent; `??` has become `?`.
  Parameters parameters{0};
  ResultPlan plan;
  bool changes_session = false;
  bool writes_rows = false;
  bool is_call = false;
};

}  // namespace iacdb::mysql
