#pragma once
// PathValue: what the value at a path is, as conditions and expressions of each database.
//
//   const PathValue v(form, parts);
//   sql += v.is_string() + " and " + v.text() + " = ?";
//
// A document's form is in docs/reference/document-storage.md: numbers, texts, booleans, null and
// arrays are JSON's; the other types are objects with a member that begins with one "$".
// Conditions are true or false, never null; expressions are null where the value is of another
// type. Paths lead through documents only; see arrays_on_the_way(). Threads: plain values.

#include <string>

#include "documents/bson/value.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {

class PathValue {
 public:
  PathValue(const SqlForm& form, PathParts parts);

  std::string is_present() const { return "(" + type_ + " is not null)"; }
  std::string is_null_or_missing() const { return "coalesce(" + type_ + " = 'null', true)"; }
  std::string is_array() const { return is("= 'array'"); }
  std::string is_string() const;
  std::string is_number() const;
  std::string is_true(bool value) const;
  /// A type of BSON. Empty where the stored form does not tell it.
  std::string is_type(Type type) const;
  /// An object of ours with that member: has("$date").
  std::string has(const std::string& member) const;

  std::string number() const;
  std::string text() const;
  std::string array_length() const;
  /// A member's text or number: member("$oid"), number_member("$date").
  std::string text_member(const std::string& name) const;
  std::string number_member(const std::string& name) const;
  /// The number without its fraction, within 64 bits.
  std::string whole_number() const;
  /// As whole_number(), but null where there is a fraction.
  std::string integer() const;

  /// A value that may equal one of another form: 1E+3 and 1000, a symbol and a string. Numbers
  /// that lose digits in SQL, too.
  std::string is_marked() const { return has("$w"); }
  std::string is_inexact_number() const;

 private:
  std::string is(const std::string& test) const {
    return "coalesce(" + type_ + " " + test + ", false)";
  }
  std::string is_sqlite_number_type(Type type) const;
  std::string is_sqlite_object() const;

  bool postgres_;
  std::string type_;
  std::string leaf_;  ///< PostgreSQL: jsonb. SQLite: the value.
  std::string path_;  ///< SQLite: '$.a.b
};

}  // namespace iacdb::doc
