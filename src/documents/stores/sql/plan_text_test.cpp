#include "documents/stores/sql/plan_text.hpp"

#include <gtest/gtest.h>

namespace iacdb::doc {
namespace {

TEST(PlanText, CountsWhatScansGiveAndDrop) {
  EXPECT_EQ(rows_examined(R"(Sort  (cost=30.00..31.00 rows=5 width=36) (actual rows=5 loops=1)
  Sort Key: seq
  ->  Seq Scan on people  (cost=0.00..25.00 rows=5 width=36) (actual rows=5 loops=1)
        Filter: (doc = 1)
        Rows Removed by Filter: 995)"),
            1000);
}

TEST(PlanText, CountsTheRowsOfABitmapOnce) {
  EXPECT_EQ(rows_examined(R"(Append  (cost=4.30..20.00 rows=9 width=36) (actual rows=12 loops=1)
  ->  Bitmap Heap Scan on people  (cost=4.30..9.00 rows=5 width=36) (actual rows=10 loops=1)
        Recheck Cond: (k = 1)
        Rows Removed by Index Recheck: 3
        ->  Bitmap Index Scan on k  (cost=0.00..4.30 rows=5 width=0) (actual rows=13 loops=1)
              Index Cond: (k = 1)
  ->  Index Scan using i on people p  (cost=0.10..8.00 rows=1 width=36) (actual rows=2.50 loops=2)
        Rows Removed by Filter: 1)"),
            20);
}

TEST(PlanText, ANodeThatDidNotRunLooksAtNothing) {
  EXPECT_EQ(rows_examined("Seq Scan on p  (cost=0.00..1.00 rows=1 width=4) (never executed)"), 0);
  EXPECT_EQ(rows_examined(""), 0);
}

}  // namespace
}  // namespace iacdb::doc
