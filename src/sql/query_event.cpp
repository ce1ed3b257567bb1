// What the public API shows of a statement that ran.
#include <iacdb/observer.hpp>

#include "iacdb/dialect.hpp"
#include "iacdb/sql.hpp"

namespace iacdb {

std::string QueryEvent::fingerprint() const {
  if (!command.empty()) return std::string(sql);
  return sql::fingerprint(sql, parse_dialect(backend).value_or(Dialect::sqlite)).text;
}

}  // namespace iacdb
