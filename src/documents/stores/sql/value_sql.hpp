#pragma once
// What SQL can say of one stored value: conditions without parameters, for constraints.
//
//   const auto values = postgres_value_sql(utf8);
//   sql += values->is_type("(doc -> 'age')", Type::int32, Bound::outer);
//
// A condition has a bound. The outer one holds of every value of which MongoDB's condition holds,
// and perhaps of more; the inner one of no other. `x` is an expression that is not null, of jsonb
// or, on SQLite, of JSON text; conditions are true or false, never null. The forms of values are
// those of docs/reference/document-storage.md.
// Threads: one at a time.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "documents/filter/filter.hpp"
#include "documents/stores/sql/sql_form.hpp"

namespace iacdb::doc {

enum class Bound : std::uint8_t { outer, inner };
inline Bound opposite(Bound bound) {
  return bound == Bound::outer ? Bound::inner : Bound::outer;
}

// Conditions joined; "true" and "false" are folded.
std::string both(const std::vector<std::string>& conditions);
std::string either(const std::vector<std::string>& conditions);
std::string inverse(const std::string& condition);
inline std::string unknown(Bound bound) {
  return bound == Bound::outer ? "true" : "false";
}
/// How much a parser keeps in mind in the innermost part of a condition, at most.
std::size_t nesting_of(const std::string& condition);
/// A text as a literal of SQL, for names and values as they are.
std::string literal(const std::string& text);

/// A number's limit.
struct Limit {
  Value value;
  bool lower = false;
  bool exclusive = false;
};

class ValueSql {
 public:
  using Inner = std::function<std::string(const std::string& x)>;
  virtual ~ValueSql() = default;
  /// Of more nesting the database makes an error.
  virtual std::size_t nesting_max() const = 0;

  // Expressions that may be null: there is no such part. nullopt: no expression names it.
  virtual std::optional<std::string> field(const std::string& x, const std::string& name) const = 0;
  virtual std::string element(const std::string& x, std::size_t index) const = 0;

  virtual std::string is_object(const std::string& x) const = 0;
  /// Of an object whose keys repeat only the first of each is a field in SQL.
  virtual std::string keys_repeat(const std::string& x) const = 0;
  virtual std::string is_array(const std::string& x) const = 0;
  virtual std::string is_number(const std::string& x) const = 0;
  virtual std::string is_type(const std::string& x, Type type, Bound bound) const = 0;
  virtual std::string equals(const std::string& x, const Value& value, Bound bound) const = 0;
  /// `otherwise`: of what is no number.
  virtual std::string within(const std::string& x, const Limit& limit, bool otherwise,
                             Bound bound) const = 0;
  /// `mark`: <, <=, > or >= of a string, by its bytes, or of a date. False of other types.
  virtual std::string is_ordered(const std::string& x, const std::string& mark, const Value& value,
                                 Bound bound) const = 0;
  /// True of what is no number.
  virtual std::string is_multiple(const std::string& x, const Value& of, Bound bound) const = 0;
  /// `mark`: as above, of the characters of a string; true of other types.
  virtual std::string has_length(const std::string& x, const std::string& mark, std::int64_t n,
                                 Bound bound) const = 0;
  /// `otherwise`: of what is no string.
  virtual std::string matches(const std::string& x, const std::string& pattern, bool otherwise,
                              Bound bound) const = 0;
  /// The number of elements; of what is no array, 0.
  virtual std::string elements(const std::string& x) const = 0;
  /// True of what is no object; `mark` as above.
  virtual std::string has_fields(const std::string& x, const std::string& mark, std::int64_t n,
                                 Bound bound) const = 0;
  virtual std::string is_unique(const std::string& x, Bound bound) const = 0;
  /// Whether `inner` holds of every element from `first` on, or of one.
  virtual std::string all_elements(const std::string& x, std::size_t first,
                                   const Inner& inner) const = 0;
  virtual std::string any_element(const std::string& x, const Inner& inner) const = 0;
  /// Whether `inner` holds of the fields whose names are none of `except`, match none of
  /// `patterns`, and match `pattern` where there is one. nullopt: SQL has no such pattern.
  struct Names {
    std::vector<std::string> except{};
    std::vector<std::string> patterns{};
    std::optional<std::string> pattern{};
  };
  virtual std::optional<std::string> all_fields(const std::string& x, const Names& names,
                                                const Inner& inner, Bound bound) const = 0;
};

/// `utf8`: whether the database counts and orders characters as MongoDB does.
std::unique_ptr<ValueSql> postgres_value_sql(bool utf8);
std::unique_ptr<ValueSql> sqlite_value_sql(bool utf8);

}  // namespace iacdb::doc
