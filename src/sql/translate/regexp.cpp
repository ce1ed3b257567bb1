// REGEXP_INSTR and REGEXP_COUNT: one order of arguments in all, other defaults. Sources: the
// chapters on regular expressions of MySQL 8.0, PostgreSQL 15, Oracle 19c and Transact-SQL 2025.

#include <string>

#include "sql/translate/special.hpp"

namespace iacdb::sql {

namespace {

/// Flags of a name's meaning in one database only are refused; i and c are everywhere the same.
void check_flags(const Node* call, std::uint32_t at, const std::string& name, Context& c) {
  const Node* flags = argument_count(call) > at ? argument(call, at) : nullptr;
  if (!flags || !flags->is(Kind::string) || flags->text == "i" || flags->text == "c") return;
  c.refuse(call, name + " with these flags has no known equal in " + std::string(to_string(c.to)));
}

/// MySQL follows the collation where no flag says otherwise, the others keep the case.
void say_case(Node* call, Context& c) {
  const bool from = c.from_is(Dialect::mysql);
  if (from == c.to_is(Dialect::mysql) || argument_count(call) > 5) return;
  Node* args = call->kids[call_slot::args];
  Node*& pattern = args->kids[1];
  if (!from && pattern->is(Kind::string)) {  // MariaDB has no argument for the flags.
    if (!pattern->text.starts_with("(?")) {
      pattern = c.build.string(c.build.text("(?-i)" + std::string(pattern->text)));
    }
    return;
  }
  static constexpr std::string_view defaults[] = {"", "", "1", "1", "0"};
  while (args->size < 5) c.build.add(args, c.build.number(defaults[args->size]));
  c.build.add(args, c.build.string(from ? "i" : "c"));
}

}  // namespace

void write_regexp_place(Node* call, const std::string& name, Context& c) {
  const bool place = name == "REGEXP_INSTR";
  if (c.from == c.to || (!place && name != "REGEXP_COUNT") || argument_count(call) < 2) return;
  const int version = c.options.target_version;
  if (c.to_is(Dialect::tsql) && version != 0 && version < 2025) {
    c.refuse(call, "SQL Server has " + name + " from 2025 on");
  }
  check_flags(call, place ? 5 : 3, name, c);
  if (place) say_case(call, c);
}

}  // namespace iacdb::sql
