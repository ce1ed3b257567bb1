#include "documents/stores/sql/number_sql.hpp"

namespace iacdb::doc {

std::string number_kind_sql(const std::string& numeric) {
  const std::string& n = numeric;
  return "case when scale(" + n + ") = 0 then case when " + n +
         " between -2147483648 and 2147483647 then 1 when " + n +
         " between -9223372036854775808 and 9223372036854775807 then 3 end when scale(" + n +
         ") = 1 then 2 when scale(" + n + ") = 2 and " + n + " = trunc(" + n + ") then 3 when " +
         n + " <> trunc(" + n + ", greatest(scale(" + n + ") - 3, 0)) then 2 end";
}

std::string kind_sql(NumberKind kind) {
  return std::to_string(static_cast<int>(kind));
}

std::string stored_real_sql(const std::string& real) {
  return "case when " + real + " = 0 then null when " + real + " = floor(" + real + ") then (" +
         real + "::text || '.0')::jsonb else " + real + "::text::jsonb end";
}

}  // namespace iacdb::doc
