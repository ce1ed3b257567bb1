// Names, DUAL, hints.

#include <algorithm>

#include "sql/lexer.hpp"
#include "sql/reserved.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

bool folds(Dialect d) {
  return d == Dialect::postgres || d == Dialect::oracle;
}

bool all_in_case(std::string_view text, bool capitals) {
  for (char ch : text) {
    if ((capitals ? upper(ch) : lower(ch)) != ch) return false;
  }
  return true;
}

bool plain(std::string_view text) {
  if (text.empty() || !is_name_start(text[0])) return false;
  for (char ch : text) {
    if (!is_name_part(ch) || ch == '$') return false;
  }
  return true;
}

/// A quoted name that the source would find without its quotes loses them, so that the target folds
/// it the same way; a reserved word gets quotes (flag done tells the printer to look).
void quote(Node* n, Context& c) {
  if (n->text.empty()) return;
  if (n->has(flag::quoted) && plain(n->text)) {
    const bool same = !folds(c.from) || all_in_case(n->text, c.from_is(Dialect::oracle));
    if (same && folds(c.to))
      n->flags &= ~flag::quoted;
    else if (same && folds(c.from))
      n->flags &= ~flag::quoted;
  }
  if (c.to_is(Dialect::tsql) || !n->text.starts_with('#')) n->flags |= flag::done;
  static constexpr std::size_t limits[] = {1000, 63, 64, 128, 128};
  const std::size_t limit = limits[static_cast<std::size_t>(c.to)];
  if (n->text.size() > limit) {
    c.refuse(n, "a name is longer than the " + std::to_string(limit) + " bytes of " +
                    std::string(to_string(c.to)));
  }
}

/// Words that are values without parentheses, in the source's dialect.
bool value_names(std::string_view t, Dialect from) {
  if (t.empty() || std::string_view("cClLsSuUrRmMvVeE").find(t[0]) == std::string_view::npos) {
    return false;
  }
  const auto one_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view w) { return same_word(t, w); });
  };
  if (one_of({"current_timestamp", "current_date", "current_time", "current_user", "max", "values",
              "excluded"})) {
    return true;
  }
  if (from == Dialect::mysql) return one_of({"localtimestamp", "localtime"});
  if (from == Dialect::sqlite) return one_of({"rowid"});
  return one_of({"localtimestamp", "localtime", "session_user", "user", "sysdate", "systimestamp",
                 "rownum", "level", "rowid", "current_schema", "connect_by_isleaf",
                 "connect_by_iscycle"});
}

void quote_all(Node* n, Context& c, bool expression) {
  if (!n) return;
  if (n->is(Kind::name)) {
    if (!(expression && !n->has(flag::quoted) && value_names(n->text, c.from))) quote(n, c);
    return;
  }
  if (n->is(Kind::call) && n->kid(call_slot::path)) {
    for (std::uint32_t i = 0; i < n->size; ++i) {
      if (i != call_slot::path) quote_all(n->kids[i], c, true);
    }
    return;
  }
  if (n->is(Kind::type)) return;
  for (std::uint32_t i = 0; i < n->size; ++i) {
    const bool label = (n->is(Kind::item) && i == 1) || n->is(Kind::path) || (n->is(Kind::table)) ||
                       (n->is(Kind::column) && i == 0) || n->is(Kind::cte);
    quote_all(n->kids[i], c, !label);
  }
}

}  // namespace

void pass_names(Context& c) {
  quote_all(c.statement, c, true);
  // #t of SQL Server is a temporary table of another name elsewhere.
  if (!c.from_is(Dialect::tsql) || c.to_is(Dialect::tsql)) return;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::name) && n->text.starts_with("##")) c.refuse(n, "a global temporary table");
    if (n->is(Kind::create_table)) {
      Node* table = n->kid(table_def_slot::name);
      if (last_name(table).starts_with('#')) n->flags |= flag::temporary;
    }
    if (n->is(Kind::select) && n->kid(select_slot::into) &&
        last_name(n->kid(select_slot::into)).starts_with('#')) {
      n->kid(select_slot::into)->flags |= flag::temporary;
    }
    if (n->is(Kind::name) && n->text.starts_with('#')) n->text = n->text.substr(1);
    if (n->is(Kind::path) && n->size > 1) {
      // dbo is SQL Server's default schema and says nothing elsewhere.
      if (n->size == 2 && same_word(n->kid(0)->text, "dbo") && c.options.whole_database)
        Builder::erase(n, 0);
      for (std::uint32_t i = 0; i < n->size; ++i) {
        if (n->kids[i]->is(Kind::name) && n->kids[i]->text.empty()) Builder::erase(n, i);
      }
    }
    return true;
  });
}

void pass_dual(Context& c) {
  const auto dual = [](const Node* from) {
    if (!from || from->size != 1 || !from->kid(0)->is(Kind::table)) return false;
    const Node* source = from->kid(0)->kid(table_slot::source);
    return source->is(Kind::name) && same_word(source->text, "dual");
  };
  const bool source_has = c.from_is(Dialect::oracle) || c.from_is(Dialect::mysql);
  if (!source_has && !c.to_is(Dialect::oracle)) return;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::table) && source_has && !c.to_is(Dialect::oracle)) {
      // Joined, or the source of a MERGE: a row of its own.
      Node*& source = n->kids[table_slot::source];
      if (!source->is(Kind::name) || !same_word(source->text, "dual")) return true;
      Node* row = c.build.select();
      row->kids[select_slot::items] =
          c.build.list_of(c.build.item(c.build.string("X"), c.build.name("dummy")));
      source = c.build.with(Kind::subquery, {}, row);
      if (!n->kid(table_slot::alias))
        n->kids[table_slot::alias] = c.build.name(c.fresh("iacdb_dual_"));
      return true;
    }
    if (!n->is(Kind::select)) return true;
    if (source_has && dual(n->kid(select_slot::from)) && !c.to_is(Dialect::oracle)) {
      n->kids[select_slot::from] = nullptr;
      return true;
    }
    const bool bare = !n->kid(select_slot::from) && c.to_is(Dialect::oracle);
    if (bare && c.options.target_version != 0 && c.options.target_version < 23) {
      Node* t = c.build.slots(Kind::table, table_slot::count);
      t->kids[table_slot::source] = c.build.name("DUAL");
      n->kids[select_slot::from] = c.build.list_of(t);
    }
    return true;
  });
}

namespace {

/// WITH (UPDLOCK) of a select is FOR UPDATE, READPAST SKIP LOCKED.
bool lock_rows(const Node* table, bool skips, Context& c) {
  Node* s = c.statement;
  if (!s->is(Kind::select) || s->kid(query_slot::locks)) return false;
  const Node* from = s->kid(select_slot::from);
  const bool alone = from && from->size == 1 && from->kid(0) == table;
  if (skips && !alone) return false;
  Node* lock = c.build.slots(Kind::lock, 2, "UPDATE");
  if (skips) lock->kids[1] = c.build.node(Kind::raw, "SKIP LOCKED");
  s->kids[query_slot::locks] = c.build.list_of(lock);
  return true;
}

/// FOR UPDATE OF and WAIT n, where the target has less: more rows are locked, or waited for longer.
void plain_lock(Node* lock, Context& c) {
  const bool columns = c.from_is(Dialect::oracle) && c.to_is(Dialect::postgres);
  if (lock->kid(0) && (columns || c.to_is(Dialect::mysql)) && c.from != c.to) {
    c.warn("row-lock", "FOR UPDATE OF became FOR UPDATE, of all tables");
    lock->kids[0] = nullptr;
  }
  const Node* wait = lock->kid(1);
  if (!wait || wait->is(Kind::raw)) return;
  if (c.to_is(Dialect::mysql)) {
    c.warn("row-lock", "WAIT n is of MariaDB; MySQL has none");
  } else if (c.to_is(Dialect::postgres)) {
    c.warn("row-lock", "WAIT n was left out: lock_timeout says how long PostgreSQL waits");
    lock->kids[1] = nullptr;
  }
}

/// SQLite has one writer, and refuses a change on what another has changed since it was read.
void leave_lock_out(Context& c) {
  c.warn("row-lock",
         "SQLite locks no rows: FOR UPDATE was left out; a change fails where another came first");
}

}  // namespace

void pass_hints(Context& c) {
  walk(c.statement, [&](Node* n) {
    // Of OPENJSON they are columns.
    const Node* hints = n->is(Kind::table) ? n->kid(table_slot::hints) : nullptr;
    if (hints && !hints->has(flag::done)) {
      std::string text(n->kid(table_slot::hints)->text);
      for (char& ch : text) ch = upper(ch);
      const bool locks =
          text.find("UPDLOCK") != std::string::npos || text.find("XLOCK") != std::string::npos ||
          text.find("TABLOCKX") != std::string::npos || text.find("READPAST") != std::string::npos;
      const bool skips = text.find("READPAST") != std::string::npos;
      if (locks && c.to_is(Dialect::sqlite)) {
        leave_lock_out(c);
      } else if (locks && !lock_rows(n, skips, c)) {
        c.lose(n, "row-lock", "a locking table hint has no equal place here");
      }
      c.warn("hint", "a table hint was left out");
      n->kids[table_slot::hints] = nullptr;
    }
    if (n->is(Kind::table) && n->kid(table_slot::sample)) c.refuse(n, "TABLESAMPLE");
    if (!n->is(Kind::select)) return true;
    if (n->kid(select_slot::hints)) {
      c.warn("hint", "an optimizer hint was left out");
      n->kids[select_slot::hints] = nullptr;
    }
    if (n->kid(select_slot::options)) {
      c.warn("hint", "OPTION (..) was left out");
      n->kids[select_slot::options] = nullptr;
    }
    return true;
  });
  if (!c.build.made(Kind::lock)) return;
  walk(c.statement, [&](Node* n) {
    const bool query = n->is(Kind::select) || n->is(Kind::set_op) || n->is(Kind::values);
    if (!query || !n->kid(query_slot::locks)) return true;
    if (c.to_is(Dialect::sqlite)) {
      leave_lock_out(c);
      n->kids[query_slot::locks] = nullptr;
    } else if (c.to_is(Dialect::tsql)) {
      c.lose(n, "row-lock", "FOR UPDATE has no equal in tsql");
      n->kids[query_slot::locks] = nullptr;
    } else {
      for (Node* lock : *n->kid(query_slot::locks)) plain_lock(lock, c);
    }
    return true;
  });
}

}  // namespace iacdb::sql
