// The current moment, and moments of seconds since 1970, in UTC where the policy says so.

#include <array>
#include <utility>

#include "sql/translate/passes.hpp"

namespace iacdb::sql {

void pass_time_zone(Context& c) {
  if (c.options.policies.time_zone != TimeZone::utc) return;
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> same{
      {{"$NOW", "$UTC"},
       {"$CLOCK", "$UTC"},
       {"$FROM_EPOCH", "$FROM_EPOCH_UTC"},
       {"$EPOCH_LOCAL", "$EPOCH"}}};
  rewrite_tree(c.statement, [&](Node*& n) {
    if (!n->is(Kind::call)) return;
    if (is_call(n, "$TODAY")) {
      n = c.build.call("$DATE", c.build.call("$UTC"));
      return;
    }
    for (const auto& [local, utc] : same) {
      if (is_call(n, local)) n->text = utc;
    }
  });
}

}  // namespace iacdb::sql
