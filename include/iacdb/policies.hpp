#pragma once
// Policies of translation: what a statement is to mean where databases truly differ.
//
//   sql::Policies policies{.zero_dates = sql::ZeroDates::null};
//   sql::set_policy(policies, "week-start", "monday");      // as the command and configurations do
//
// Each default is the first of its values. docs/reference/translation/policies.md says what each
// changes. Threads: a plain value.

#include <cstdint>
#include <span>
#include <string_view>

namespace iacdb::sql {

/// Case of letters in comparisons, between a database that ignores it and one that does not.
enum class CasePolicy : std::uint8_t {
  literals,  ///< Comparisons with a literal keep the source's way; columns follow the target.
  all,       ///< Columns and parameters that hold texts, too: no index of a plain column serves.
  target,    ///< As written: the target's collations decide.
};
/// The empty text, which Oracle takes for NULL.
enum class EmptyText : std::uint8_t {
  null,    ///< It is NULL: from Oracle it becomes NULL, to Oracle `= ''` becomes IS NULL.
  keep,    ///< It stays as it is written.
  refuse,  ///< A statement for Oracle that compares with it is refused.
};
/// The first day of the week, where a session's setting of the source decides.
enum class WeekStart : std::uint8_t {
  session,  ///< Week numbers are refused, days are counted from Sunday with a warning.
  monday,
  tuesday,
  wednesday,
  thursday,
  friday,
  saturday,
  sunday,
};
/// What the current moment is, and moments out of seconds since 1970.
enum class TimeZone : std::uint8_t {
  session,  ///< As the target's session says it; of SQLite, which has none, UTC with a warning.
  utc,      ///< In UTC whatever the target's session says: for programs whose sessions had UTC.
  local,    ///< As the session, and on SQLite by the zone of the program's machine.
};
/// MySQL's '0000-00-00'.
enum class ZeroDates : std::uint8_t {
  refuse,  ///< Or NULL with a warning, when lossy.
  null,
  lowest,  ///< '0001-01-01'.
};
/// Operators that the types of their operands decide, where nothing tells these types.
enum class UnknownTypes : std::uint8_t {
  refuse,   ///< The error says what is not known; a warning when lossy.
  numbers,  ///< `+` adds and `/` divides as the target does, with a warning.
};

struct Policies {
  CasePolicy case_comparison = CasePolicy::literals;
  EmptyText empty_text = EmptyText::null;
  WeekStart week_start = WeekStart::session;
  TimeZone time_zone = TimeZone::session;
  ZeroDates zero_dates = ZeroDates::refuse;
  UnknownTypes unknown_types = UnknownTypes::refuse;
  bool operator==(const Policies&) const = default;
};

/// Sets a policy by its names. Throws: UsageError that lists what there is.
void set_policy(Policies& policies, std::string_view name, std::string_view value);

/// For help and documentation.
struct PolicyDescription {
  std::string_view name;
  std::string_view values;  ///< Separated by |, the default first.
  std::string_view meaning;
};
std::span<const PolicyDescription> policy_descriptions() noexcept;

}  // namespace iacdb::sql
