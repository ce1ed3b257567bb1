#include "iacdb/policies.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "iacdb/error.hpp"

namespace iacdb::sql {
namespace {

template <auto Member>
void set(Policies& policies, std::uint8_t value) {
  using Choice = std::remove_reference_t<decltype(policies.*Member)>;
  policies.*Member = static_cast<Choice>(value);
}

using Setter = void (*)(Policies&, std::uint8_t);

/// The values are in the order of their enumerations.
constexpr std::array<PolicyDescription, 6> descriptions{{
    {"case", "literals|all|target",
     "Letters compared by =, <>, IN and LIKE between MySQL or SQL Server, which ignore their case, "
     "and the others: the source's way where a literal is compared, everywhere that texts are, or "
     "the target's."},
    {"empty-text", "null|keep|refuse",
     "Oracle takes an empty text for NULL: from Oracle '' becomes NULL, and for Oracle a "
     "comparison with '' becomes IS NULL; or it stays, or is refused."},
    {"week-start", "session|monday|tuesday|wednesday|thursday|friday|saturday|sunday",
     "The first day of a week where DATEFIRST, NLS_TERRITORY or default_week_format of the source "
     "decides. By default such weeks are refused, but WEEK of MySQL, and weekdays, are counted "
     "from "
     "Sunday with a warning."},
    {"time-zone", "session|utc|local",
     "The current moment, and moments made of seconds since 1970: in the zone of the target's "
     "session, in UTC, or on SQLite, whose sessions have no zone, in that of the machine. Between "
     "SQLite and the others the default warns."},
    {"zero-dates", "refuse|null|lowest", "'0000-00-00' of MySQL: refused, NULL, or '0001-01-01'."},
    {"unknown-types", "refuse|numbers",
     "`+` of SQL Server and divisions whose operands have no known types: refused, or taken for "
     "numbers that divide as the target does, with a warning."},
}};

constexpr std::array<Setter, 6> setters{
    set<&Policies::case_comparison>, set<&Policies::empty_text>, set<&Policies::week_start>,
    set<&Policies::time_zone>,       set<&Policies::zero_dates>, set<&Policies::unknown_types>};

/// The place of a word in a list with bars between; nothing where it is not in it.
int place_of(std::string_view word, std::string_view list) {
  for (int i = 0; !list.empty(); ++i) {
    const std::string_view one = list.substr(0, list.find('|'));
    if (one == word) return i;
    list.remove_prefix(std::min(one.size() + 1, list.size()));
  }
  return -1;
}

}  // namespace

std::span<const PolicyDescription> policy_descriptions() noexcept {
  return descriptions;
}

void set_policy(Policies& policies, std::string_view name, std::string_view value) {
  std::string names;
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    const PolicyDescription& one = descriptions[i];
    names += (names.empty() ? "" : ", ") + std::string(one.name);
    if (one.name != name) continue;
    const int place = place_of(value, one.values);
    if (place >= 0) return setters[i](policies, static_cast<std::uint8_t>(place));
    raise(ErrorKind::usage, "the policy " + std::string(name) + " is one of " +
                                std::string(one.values) + ", not \"" + std::string(value) + "\"");
  }
  raise(ErrorKind::usage, "no policy is called \"" + std::string(name) + "\"; there are " + names);
}

}  // namespace iacdb::sql
