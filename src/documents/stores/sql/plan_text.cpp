#include "documents/stores/sql/plan_text.hpp"

#include <charconv>
#include <cmath>

namespace iacdb::doc {
namespace {

/// The number behind a word; 0 without it.
double number_after(std::string_view line, std::string_view word) {
  const std::size_t at = line.find(word);
  if (at == std::string_view::npos) return 0;
  double out = 0;
  std::from_chars(line.data() + at + word.size(), line.data() + line.size(), out);
  return out;
}

bool has(std::string_view line, std::string_view word) {
  return line.find(word) != std::string_view::npos;
}

/// A node that reads a table's rows; what only reads an index, or another node, does not.
bool reads_rows(std::string_view node) {
  return has(node, "Seq Scan on ") || has(node, "Bitmap Heap Scan on ") ||
         has(node, "Index Scan using ") || has(node, "Index Scan Backward using ") ||
         has(node, "Index Only Scan ");
}

}  // namespace

std::int64_t rows_examined(std::string_view plan) {
  double sum = 0;
  double loops = 0;  // Of the node that the line belongs to; 0 for one that reads no rows.
  while (!plan.empty()) {
    const std::size_t end = plan.find('\n');
    const std::string_view line = plan.substr(0, end);
    plan = end == std::string_view::npos ? "" : plan.substr(end + 1);
    if (has(line, "(cost=")) {
      loops = reads_rows(line) ? number_after(line, " loops=") : 0;
      sum += loops * number_after(line, "(actual rows=");
    } else if (has(line, "Rows Removed by ")) {
      // An average of the loops.
      sum += loops * number_after(line, has(line, "by Filter: ") ? "by Filter: " : "Recheck: ");
    }
  }
  return std::llround(sum);
}

}  // namespace iacdb::doc
