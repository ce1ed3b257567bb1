#include <algorithm>
#include <iterator>

#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"
#include "sql/parser.hpp"

namespace iacdb::sql {

namespace {

/// Functions that give another answer each time, or change something. Sources: the volatility
/// classes of PostgreSQL 15 (pg_proc), "Deterministic and Nondeterministic Functions" of
/// Transact-SQL, "deterministic" in the function chapters of MySQL 8.0, Oracle 19c and SQLite 3.40.
constexpr std::string_view volatile_names[] = {"NOW",
                                               "CURRENT_TIMESTAMP",
                                               "CURRENT_DATE",
                                               "CURRENT_TIME",
                                               "LOCALTIME",
                                               "LOCALTIMESTAMP",
                                               "CURDATE",
                                               "CURTIME",
                                               "SYSDATE",
                                               "SYSTIMESTAMP",
                                               "GETDATE",
                                               "GETUTCDATE",
                                               "SYSDATETIME",
                                               "SYSUTCDATETIME",
                                               "UTC_TIMESTAMP",
                                               "UTC_DATE",
                                               "UTC_TIME",
                                               "CLOCK_TIMESTAMP",
                                               "STATEMENT_TIMESTAMP",
                                               "TRANSACTION_TIMESTAMP",
                                               "TIMEOFDAY",
                                               "UNIX_TIMESTAMP",
                                               "RAND",
                                               "RANDOM",
                                               "RANDOMBLOB",
                                               "SETSEED",
                                               "UUID",
                                               "UUID_SHORT",
                                               "NEWID",
                                               "NEWSEQUENTIALID",
                                               "GEN_RANDOM_UUID",
                                               "UUID_GENERATE_V1",
                                               "UUID_GENERATE_V4",
                                               "SYS_GUID",
                                               "NEXTVAL",
                                               "CURRVAL",
                                               "SETVAL",
                                               "LASTVAL",
                                               "LAST_INSERT_ID",
                                               "LAST_INSERT_ROWID",
                                               "SCOPE_IDENTITY",
                                               "CHANGES",
                                               "TOTAL_CHANGES",
                                               "ROW_COUNT",
                                               "FOUND_ROWS",
                                               "CONNECTION_ID",
                                               "PG_BACKEND_PID",
                                               "SLEEP",
                                               "PG_SLEEP",
                                               "GET_LOCK",
                                               "RELEASE_LOCK",
                                               "PG_ADVISORY_LOCK",
                                               "PG_TRY_ADVISORY_LOCK",
                                               "TXID_CURRENT",
                                               "BENCHMARK"};

void add(std::vector<std::string>& list, std::string name) {
  if (name.empty() || std::find(list.begin(), list.end(), name) != list.end()) return;
  list.push_back(std::move(name));
}

std::string name_of(const Node* n) {
  if (!n) return {};
  if (n->is(Kind::table)) return name_of(n->kid(table_slot::source));
  if (n->is(Kind::name)) return std::string(n->text);
  if (!n->is(Kind::path)) return {};
  std::string out;
  for (const Node* part : *n) out += (out.empty() ? "" : ".") + std::string(part->text);
  return out;
}

class Reader {
 public:
  explicit Reader(Analysis& a) : a_(a) {}

  void statement(Node* n) {
    targets(n);
    walk(n, [&](Node* k) {
      visit(k);
      return true;
    });
    const auto made_here = [&](const std::string& name) {
      return std::find(ctes_.begin(), ctes_.end(), name) != ctes_.end();
    };
    std::erase_if(a_.tables_read, made_here);
  }

 private:
  void written(const Node* n) {
    if (!n) return;
    if (n->is(Kind::list)) {
      for (const Node* one : *n) written(one);
      return;
    }
    targets_.push_back(n);
    add(a_.tables_written, name_of(n));
  }

  /// What the statement itself changes; data-modifying parts inside are found by visit().
  void targets(const Node* n) {
    switch (n->kind) {
      case Kind::insert:
        return written(n->kid(insert_slot::target));
      case Kind::update:
        return written(n->kid(update_slot::target));
      case Kind::delete_:
        return written(n->kid(delete_slot::targets) ? n->kid(delete_slot::targets)
                                                    : n->kid(delete_slot::from));
      case Kind::merge:
        return written(n->kid(merge_slot::target));
      case Kind::create_table:
        return written(n->kid(table_def_slot::name));
      case Kind::alter_table:
        return written(n->kid(alter_slot::name));
      case Kind::create_index:
        return written(n->kid(index_slot::table));
      case Kind::create_view:
        return written(n->kid(view_slot::name));
      case Kind::drop:
        if (n->text == "TABLE" || n->text == "VIEW") written(n->kid(0));
        return;
      case Kind::truncate:
        for (const Node* name : *n) written(name);
        return;
      case Kind::select:
        return written(n->kid(select_slot::into));
      default:
        return;
    }
  }

  void visit(const Node* n) {
    switch (n->kind) {
      case Kind::cte:
        ctes_.push_back(name_of(n->kid(cte_slot::name)));
        if (const Node* body = n->kid(cte_slot::body)) targets(body);
        break;
      case Kind::table:
        if (std::find(targets_.begin(), targets_.end(), n) == targets_.end()) {
          add(a_.tables_read, name_of(n));
        }
        break;
      case Kind::constraint:
        add(a_.tables_read, name_of(n->kid(constraint_slot::table)));
        break;
      case Kind::parameter:
        ++a_.parameters;
        break;
      case Kind::next_value:
        add(a_.volatile_functions, "NEXTVAL");
        break;
      case Kind::call:
      case Kind::name:
        if (!n->has(flag::quoted)) function(n->text);
        break;
      default:
        break;
    }
  }

  void function(std::string_view name) {
    for (const std::string_view known : volatile_names) {
      if (same_word(name, known)) add(a_.volatile_functions, std::string(known));
    }
  }

  Analysis& a_;
  std::vector<const Node*> targets_;
  std::vector<std::string> ctes_;
};

}  // namespace

Analysis analyze(std::string_view sql, Dialect dialect) {
  Analysis a;
  a.facts = classify(sql, dialect);
  try {
    Arena arena;
    Node* n = parse(sql, dialect, arena);
    Reader(a).statement(n);
    a.whole = !n->is(Kind::command);
  } catch (const Error&) {
    a.whole = false;
  }
  return a;
}

}  // namespace iacdb::sql
