#include "cli/shell/state.hpp"

#include <ostream>

#include "cli/shell/line_editor.hpp"

namespace iacdb::cli {

ShellState::ShellState(Context& context_in, const Target& target_in, const ShellOptions& options_in)
    : context(context_in),
      options(options_in),
      interrupt(!options_in.interactive),
      output(context_in.out) {
  connect(target_in);
}

void ShellState::connect(const Target& wanted) {
  Database opened = context.open(wanted, {.pool = PoolOptions{.open_max = 2, .idle_max = 1}});
  if (options.timeout.count() > 0) opened = opened.with({.timeout = options.timeout});
  const Capabilities found = opened.can();
  const Dialect spoken = parse_dialect(found.backend).value_or(Dialect::sqlite);
  Session pinned = opened.session();
  if (options.read_only) make_read_only(pinned, spoken);
  session.reset();
  session.emplace(std::move(pinned));
  db.emplace(std::move(opened));
  can = found;
  dialect = spoken;
  name = db->name();
  target = wanted;
  in_transaction = InTransaction::no;
  listening = false;
  names_changed = true;
  variables.set("DBNAME", name);
}

void ShellState::reconnect() {
  const bool lost = in_transaction != InTransaction::no;
  session.reset();
  in_transaction = InTransaction::no;
  listening = false;
  try {
    session.emplace(db->session());
    if (options.read_only) make_read_only(*session, dialect);
    context.err << "iacdb: the connection was lost; a new session was started"
                << (lost ? ", and the open transaction is gone\n" : "\n");
  } catch (const Error& error) {
    print_error(context.err, error);
    context.err << "iacdb: there is no connection; \\c connects again\n";
    session.reset();
  }
}

void make_read_only(Session& session, Dialect dialect) {
  switch (dialect) {
    case Dialect::sqlite:
      session.exec("pragma query_only = on");
      break;
    case Dialect::postgres:
      session.exec("set session characteristics as transaction read only");
      break;
    case Dialect::mysql:
      session.exec("set session transaction read only");
      break;
    default:
      raise(ErrorKind::unsupported, "this database has no read-only session");
  }
}

}  // namespace iacdb::cli
