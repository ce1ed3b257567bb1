#pragma once
// Weeks by their first day, where a setting of the source's session decides it.
//
//   Node* number = weeks::day_number(node, moment, c);   // 1 to 7, from the first day on
//
// See WeekStart for what decides.

#include "sql/translate/context.hpp"

namespace iacdb::sql::weeks {

/// 1 for the first day of the week.
Node* day_number(const Node* place, Node* moment, Context& c);
/// Weeks of the year, the first one has the first of January: DATEPART(week).
Node* of_year(const Node* place, Node* moment, Context& c);
/// The first day of the week, without a time.
Node* begin(const Node* place, Node* moment, Context& c);
/// WEEK(x) and WEEK(x, mode) of MySQL.
Node* by_mode(const Node* call, Context& c);

}  // namespace iacdb::sql::weeks
