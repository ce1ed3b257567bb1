#pragma once
// Cells of CSV files as fields of documents, and back.
//
//   auto columns = csv_columns(header, typed);      // "address.city", "age.int32()"
//   Document d = csv_document(columns, row, ignores_empty);
//
// Throws: DataError. Threads: pure functions.
// See: https://www.mongodb.com/docs/database-tools/mongoimport/ (--columnsHaveTypes)

#include <iacdb/document.hpp>

#include "cli/shell/copy_format.hpp"

namespace iacdb::cli {

enum class CellType : std::uint8_t {
  automatic,  ///< int32, int64, double, else a string.
  string,
  int32,
  int64,
  real,
  decimal,
  boolean,
  date,  ///< ISO 8601
  oid,
  json,  ///< Extended JSON
};

struct CsvColumn {
  std::vector<std::string> path;
  CellType type = CellType::automatic;
};

std::vector<CsvColumn> csv_columns(const CopyFields& header, bool typed);
Document csv_document(const std::vector<CsvColumn>& columns, const CopyFields& cells,
                      bool ignores_empty);
/// Nothing for a missing field or null. What is neither text nor number nor boolean, date or
/// ObjectId is relaxed Extended JSON.
std::optional<std::string> csv_cell(const Document& document, const std::string& path);

}  // namespace iacdb::cli
