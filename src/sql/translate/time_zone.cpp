// The current moment, and moments of seconds since 1970, in UTC where the policy says so.

#include <array>
#include <utility>

#include "sql/translate/passes.hpp"

namespace iacdb::sql {

namespace {

void in_utc(Node*& n, Context& c) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> same{
      {{"$NOW", "$UTC"},
       {"$CLOCK", "$UTC"},
       {"$FROM_EPOCH", "$FROM_EPOCH_UTC"},
       {"$EPOCH_LOCAL", "$EPOCH"}}};
  if (is_call(n, "$TODAY")) {
    n = c.build.call("$DATE", c.build.call("$UTC"));
    return;
  }
  for (const auto& [local, utc] : same) {
    if (is_call(n, local)) n->text = utc;
  }
}

/// SQLite counts in UTC; its modifiers lead to the machine's zone and back.
void in_machine_zone(Node*& n, Context& c) {
  const auto call = [&](std::string_view function, auto... arguments) {
    n = c.build.call(function, arguments...);
    n->flags |= flag::done;
  };
  const auto text = [&](std::string_view t) { return c.build.string(t); };
  if (is_call(n, "$NOW") || is_call(n, "$CLOCK")) {
    call("DATETIME", text("now"), text("localtime"));
  } else if (is_call(n, "$TODAY")) {
    call("DATE", text("now"), text("localtime"));
  } else if (is_call(n, "$FROM_EPOCH")) {
    call("DATETIME", argument(n, 0), text("unixepoch"), text("localtime"));
  } else if (is_call(n, "$EPOCH_LOCAL")) {
    call("STRFTIME", text("%s"), argument(n, 0), text("utc"));
    n = c.build.cast(n, "INTEGER");
    n->flags |= flag::done;
  }
}

/// A call that is a column's default stands in parentheses, where it was a word before.
void bracket_default(Node* constraint, Context& c) {
  if (constraint->op != static_cast<std::uint8_t>(ConstraintKind::default_)) return;
  Node*& value = constraint->kids[constraint_slot::expression];
  const bool call = value && (value->is(Kind::call) || value->is(Kind::cast));
  const bool made = call && (value->has(flag::done) || is_call(value, "$DATE") ||
                             (is_call(value, "$UTC") && c.to_is(Dialect::mysql)));
  if (made && (c.to_is(Dialect::sqlite) || c.to_is(Dialect::mysql))) value = c.build.paren(value);
}

}  // namespace

void pass_time_zone(Context& c) {
  const TimeZone policy = c.options.policies.time_zone;
  const bool sqlite = c.from_is(Dialect::sqlite) != c.to_is(Dialect::sqlite);
  const bool machine = policy == TimeZone::local && c.to_is(Dialect::sqlite);
  if (policy != TimeZone::utc && !sqlite) return;
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::constraint) && policy != TimeZone::session) return bracket_default(n, c);
    if (!n->is(Kind::call) || n->kid(call_slot::path)) return;
    if (policy == TimeZone::utc) return in_utc(n, c);
    if (machine) return in_machine_zone(n, c);
    if (is_call(n, "$NOW") || is_call(n, "$CLOCK") || is_call(n, "$TODAY")) {
      c.warn("time-zone",
             "the current moment is in UTC in sqlite, and elsewhere in the zone of the "
             "session; see the policy time-zone");
    }
  });
}

}  // namespace iacdb::sql
