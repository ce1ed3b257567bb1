#pragma once
// MongoDB Extended JSON v2: BSON's types written in JSON, relaxed or canonical.
//
//   Object filter = parse_json(R"({"_id": {"$oid": "65a5…"}})");
//   std::string line = print_json(reply, JsonForm::canonical);
//
// See: https://github.com/mongodb/specifications/blob/master/source/extended-json.md

#include <optional>
#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

enum class JsonForm : std::uint8_t { relaxed, canonical };

/// Throws: Failure FailedToParse.
Object parse_json(std::string_view text);
Value parse_json_value(std::string_view text);
std::string print_json(const Object& object, JsonForm form = JsonForm::relaxed);
std::string print_json(const Value& value, JsonForm form = JsonForm::relaxed);

/// 2020-01-31T12:30:45.123Z, always with milliseconds; years outside 0 to 9999 with a sign.
std::string print_iso_date(std::int64_t millis);
/// RFC 3339 with "Z" or an offset. nullopt when malformed.
std::optional<std::int64_t> parse_iso_date(std::string_view text);

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
std::optional<Oid> parse_oid(std::string_view text);

}  // namespace iacdb::doc
