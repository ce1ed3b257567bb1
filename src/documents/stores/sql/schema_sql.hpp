#pragma once
// A $jsonSchema as a condition of SQL, of one value.
//
//   SchemaSql sql(*values);
//   condition = sql.holds(schema, "doc", Bound::outer, "$jsonSchema");
//   for (const std::string& rule : sql.left_out()) ...    // "$jsonSchema.properties.a.pattern"
//
// Threads: one at a time.

#include <set>

#include "documents/filter/json_schema.hpp"
#include "documents/stores/sql/value_sql.hpp"

namespace iacdb::doc {

class SchemaSql {
 public:
  explicit SchemaSql(const ValueSql& values) : values_(values) {}

  /// `x` is an expression as value_sql.hpp has it; `where` names the schema in left_out().
  std::string holds(const Schema& schema, const std::string& x, Bound bound,
                    const std::string& where);
  /// The rules of which SQL says nothing, or not all.
  const std::set<std::string>& left_out() const { return left_out_; }
  std::string leave_out(const std::string& where, Bound bound) {
    left_out_.insert(where);
    return unknown(bound);
  }

 private:
  std::string rule(const SchemaRule& rule, const std::string& x, Bound bound,
                   const std::string& where);
  std::string types(const SchemaRule& rule, const std::string& x, Bound bound);
  std::string required(const std::vector<std::string>& names, const std::string& x, Bound bound,
                       const std::string& where);
  std::string properties(const SchemaRule& rule, const std::string& x, Bound bound,
                         const std::string& where);
  std::string fields(const SchemaRule& rule, const std::string& x, Bound bound,
                     const std::string& where);
  std::string dependencies(const SchemaRule& rule, const std::string& x, Bound bound,
                           const std::string& where);
  std::string items(const SchemaRule& rule, const std::string& x, Bound bound,
                    const std::string& where);
  std::string additional_items(const SchemaRule& rule, const std::string& x, Bound bound,
                               const std::string& where);
  std::string combined(const SchemaRule& rule, const std::string& x, Bound bound,
                       const std::string& where);
  std::string one_of(const SchemaRule& rule, const std::string& x, Bound bound,
                     const std::string& where);
  std::string plain(const SchemaRule& rule, const std::string& x, Bound bound,
                    const std::string& where);

  const ValueSql& values_;
  std::set<std::string> left_out_;
  std::size_t depth_ = 0;
};

}  // namespace iacdb::doc
