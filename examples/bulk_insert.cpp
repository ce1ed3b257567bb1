// Bulk insert: any range of tuples, structs or values, by the fastest way the database has (COPY,
// LOAD DATA, one prepared statement), all rows or none.

#include <iacdb/iacdb.hpp>
#include <iostream>
#include <ranges>

struct Reading {
  std::int64_t sensor;
  std::optional<double> celsius;
};

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  db.exec("drop table if exists example_readings");
  db.exec("create table example_readings (sensor bigint primary key, celsius double precision)");

  // A lazy range: the rows are made while they are sent, and never all in memory.
  auto readings = std::views::iota(0, 10'000) | std::views::transform([](int i) {
                    return Reading{i, i % 10 == 0 ? std::nullopt : std::optional(i * 0.5)};
                  });
  std::cout << db.bulk_insert("example_readings(sensor, celsius)", readings) << " rows\n";

  // One row that cannot be: none is kept.
  const std::vector<Reading> clash{{20'000, 1.0}, {20'001, 2.0}, {5, 3.0}};
  try {
    db.bulk_insert("example_readings(sensor, celsius)", clash);
  } catch (const iacdb::ConstraintError& error) {
    std::cout << to_string(error.kind()) << "\n";
  }
  std::cout << db.one<std::int64_t>("select count(*) from example_readings") << " rows, "
            << db.one<std::int64_t>("select count(celsius) from example_readings")
            << " with a value\n";
  db.exec("drop table example_readings");
}

// Prints:
//   10000 rows
//   unique_violation
//   10000 rows, 9000 with a value
