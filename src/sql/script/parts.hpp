#pragma once
// The statements of a script as translation wants them: finer than split() where a dialect lets
// them run together, and without the guards that only its server can run.
//
//   Parts parts(script, Dialect::tsql);
//   for (const ScriptPart& part : parts.all()) ...
//
// SQL Server needs no `;` between statements; IF OBJECT_ID('t') IS NOT NULL DROP TABLE t becomes
// DROP TABLE IF EXISTS t. Throws: as split(). Lifetime: of the script and of Parts. Cost: linear.

#include <deque>
#include <string>

#include "sql/split.hpp"

namespace iacdb::sql {

struct ScriptPart : ScriptStatement {
  std::size_t end = 0;  ///< where it ends in the script, its data included
};

class Parts {
 public:
  Parts(std::string_view script, Dialect dialect);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  const std::vector<ScriptPart>& all() const noexcept { return all_; }

 private:
  void add_batch(const ScriptStatement& batch);
  void add(const ScriptPart& statement);

  std::vector<ScriptPart> all_;
  std::deque<std::string> written_;  ///< texts that the script does not hold
};

}  // namespace iacdb::sql
