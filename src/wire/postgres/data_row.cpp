#include "wire/postgres/data_row.hpp"

#include "wire/postgres/malformed.hpp"

namespace iacdb::wire::postgres::data_row_detail {

void raise_bad_row() {
  raise_malformed("DataRow");
}

}  // namespace iacdb::wire::postgres::data_row_detail
