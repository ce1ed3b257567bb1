#pragma once
// Cases of translation as text tables: a statement of one dialect and the rows it must give.
//
//   %case integers divide to an integer
//   %from postgres
//   %use emp
//   %run
//   SELECT sal / 7 FROM emp WHERE empno = 1 ORDER BY 1;
//   %rows
//   114
//
// %use NAME takes a setup of the same folder (setups.sql, plain enough for every dialect);
// %setup is text in the case's own dialect, translated like the rest. Both are the schema that the
// translator knows; %blind keeps it ignorant, %needs-schema says that without it nothing can be
// known. %run holds one or more statements: the rows of the last are compared, in their order where
// its text has ORDER BY. %refused CODE [TARGET..] expects a refusal, everywhere or there. %only
// TARGET.. leaves the others out, with a reason in %case. %policy NAME VALUE sets one for the run;
// then %only leaves out the source too, which a policy may not speak of.
// A row is its values between " | ", NULL bare, the empty text as '', trailing blanks as "·".

#include <map>
#include <string>
#include <vector>

#include "iacdb/dialect.hpp"
#include "iacdb/policies.hpp"

namespace iacdb::sql_cases {

struct Case {
  std::string file = {};
  int line = 0;
  std::string name = {};
  Dialect from = Dialect::postgres;
  std::vector<std::string> uses = {};
  std::string setup = {};
  std::string run = {};
  std::vector<std::string> rows = {};
  bool expects_rows = false;
  bool blind = false;
  bool needs_schema = false;
  bool any_order = false;
  std::map<Dialect, std::string> refused = {};  ///< target and code
  std::vector<Dialect> only = {};
  sql::Policies policies = {};
};

/// Throws std::runtime_error with file and line.
std::vector<Case> read_cases(const std::string& path);

/// The setups of a file: "-- NAME" lines, each followed by its statements.
std::map<std::string, std::string> read_setups(const std::string& path);

}  // namespace iacdb::sql_cases
