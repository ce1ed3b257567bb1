#pragma once
// Dates and times as people write them in literals, made into the one form that every database and
// every text comparison understands: YYYY-MM-DD HH:MM:SS[.ffffff].
//
//   moment_text("1962/2/18", ValueType::timestamp, Dialect::mysql)   // "1962-02-18 00:00:00"
//   moment_text("2/18/1962", ValueType::date, Dialect::tsql)         // "1962-02-18"
//
// Sources: "Date and Time Literals" of MySQL 8.0, "Date/Time Input" of PostgreSQL 15 (ISO, MDY),
// "datetime (Transact-SQL)" for us_english, "Datetime Format Models" of Oracle 19c (DD-MON-RR).
// Threads: pure. Nothing where the text is none of these, or no date of the calendar.

#include <optional>
#include <string>
#include <string_view>

#include "sql/schema_facts.hpp"

namespace iacdb::sql {

std::optional<std::string> moment_text(std::string_view text, ValueType type, Dialect from);

/// A moment with its offset, 2007-01-24 21:40:19+02, as the same in UTC without one.
std::optional<std::string> utc_text(std::string_view text);

/// What TO_DATE(text, mask) of Oracle and PostgreSQL gives: YYYY-MM-DD HH:MM:SS[.f].
std::optional<std::string> moment_by_mask(std::string_view text, std::string_view mask);

}  // namespace iacdb::sql
