#pragma once
// What the SQL workloads read and write: the same rows and the same keys on both sides.
//
//   const auto items = bench::make_items(run.operations());
//   const std::int64_t key = bench::key(i);
//
// Threads: plain values.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "frame.hpp"

namespace bench {

/// How many rows bench_rows has. Throws: std::runtime_error.
inline std::int64_t rows_count() {
  return std::atoll(environment("IACDB_BENCH_ROWS"));
}
inline constexpr std::int64_t accounts_count = 1'000;

/// A row of int, bigint, text, double and timestamp.
struct Item {
  std::int32_t a = 0;
  std::int64_t b = 0;
  std::string c;
  double d = 0;
  std::int64_t e_us = 0;  ///< Microseconds since 1970-01-01.
  std::string e;          ///< The same as text.
};

/// Two digits at a time, as one would write it by hand where it matters.
inline char* put_digits(char* at, std::int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
  return at + count;
}

/// "2024-01-DD hh:mm:ss.uuuuuu" of a moment in January 2024; returns its end.
inline char* put_timestamp(char* at, std::int64_t us) {
  constexpr std::int64_t january_2024_us = 1'704'067'200'000'000;
  const std::int64_t since = us - january_2024_us;
  const std::int64_t second = since / 1'000'000;
  std::memcpy(at, "2024-01-", 8);
  at = put_digits(at + 8, 1 + second / 86'400, 2);
  *at++ = ' ';
  at = put_digits(at, second / 3'600 % 24, 2);
  *at++ = ':';
  at = put_digits(at, second / 60 % 60, 2);
  *at++ = ':';
  at = put_digits(at, second % 60, 2);
  *at++ = '.';
  return put_digits(at, since % 1'000'000, 6);
}

inline std::vector<Item> make_items(std::uint64_t count) {
  std::vector<Item> items(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    Item& item = items[i];
    item.b = static_cast<std::int64_t>(i) + 1;
    item.a = static_cast<std::int32_t>(i * 2'654'435'761 % 2'000'000'000);
    item.c = "customer " + std::to_string(i * 7'919 % 1'000'003);
    item.d = static_cast<double>(i % 100'000) * 0.25 + 0.125;
    item.e_us = 1'704'067'200'000'000 + static_cast<std::int64_t>(i % 2'600'000) * 1'000'001;
    char text[32];
    item.e.assign(text, put_timestamp(text, item.e_us));
  }
  return items;
}

/// The key of point select number i: all over the table.
inline std::int64_t key(std::uint64_t i, std::int64_t rows) {
  return static_cast<std::int64_t>(i * 611'953 % static_cast<std::uint64_t>(rows)) + 1;
}

/// What one row adds to a run's check: every column is looked at.
inline std::uint64_t sum(std::int64_t a, std::int64_t b, std::string_view c, double d,
                         std::uint64_t e) {
  return static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b) + c.size() +
         static_cast<unsigned char>(c.back()) + static_cast<std::uint64_t>(d * 8) + e;
}
inline std::uint64_t sum(std::string_view e) {
  return e.size() + static_cast<unsigned char>(e.back());
}

inline constexpr const char* point_select_sql = "select a, b, c, d, e from bench_rows where b = ?";
inline std::string scan_sql(std::uint64_t rows) {
  return "select a, b, c, d, e from bench_rows limit " + std::to_string(rows);
}
inline constexpr const char* bulk_rows_sql = "select a, b, c, d, e from bench_bulk";
inline constexpr const char* update_sql =
    "update bench_accounts set balance = balance + ? where id = ?";
inline constexpr const char* balance_sql = "select balance from bench_accounts where id = ?";

}  // namespace bench
